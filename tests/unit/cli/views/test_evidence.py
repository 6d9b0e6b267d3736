"""Evidence in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.cli.views import i18n
from slowrise.cli.views.evidence import evidence_words
from slowrise.core.presence.evidence import Weight
from slowrise.core.presence.silence import Edge


def all_evidence() -> Iterator[Weight]:
    """Yield every kind of evidence: of the shipped table, and of the rules beside it."""
    for name in weights().curves:
        yield Weight(name, 9000.0, 1.0)
    for name, marks in weights().marks.items():
        yield from (Weight(name, mark, 1.0) for mark in marks)
    yield from (Weight("rule", which, -8.0) for which in ("call", "inhibitor", "nothing"))
    yield from (Weight("lean", 0.5, 0.5), Weight("just back", "film", 0.0), Weight("lock", -3.0, 1.0))
    yield from (Weight("ends", edge, 0.0) for edge in get_args(Edge))
    yield from (Weight("begins", edge, 0.0) for edge in get_args(Edge) if edge != "now")


@pytest.mark.parametrize("weight", list(all_evidence()), ids=lambda weight: f"{weight.name} {weight.value}")
def test_every_evidence_has_words_in_every_language(weight: Weight, monkeypatch: pytest.MonkeyPatch) -> None:
    english = words_in(weight, "en_US.UTF-8", monkeypatch)
    assert not english.startswith(f"{weight.name}:"), "it has no words in English"
    assert re.fullmatch(r"[\x20-\x7e]+", english)
    assert not re.search(r"[A-Za-z{}]", words_in(weight, "ko_KR.UTF-8", monkeypatch))


def words_in(weight: Weight, language: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LC_ALL", language)
    i18n.language.cache_clear()
    try:
        return evidence_words(weight)
    finally:
        i18n.language.cache_clear()


def test_long_input_before_a_silence_is_not_called_none() -> None:
    words = evidence_words(Weight("stretches before", 0.0, 0.5))
    assert words == "the input before it had begun more than half an hour earlier"
    assert evidence_words(Weight("stretches before", 3.0, 0.5)) == (
        "times that input began in the half hour before it: 3"
    )


def test_a_call_that_ended_after_the_last_input_is_not_called_earlier() -> None:
    assert evidence_words(Weight("since a call", 12.0, -1.0)) == "a call had ended 12 s before it"
    assert evidence_words(Weight("since a call", -12.0, -1.0)) == "a call ended 12 s after the last input"
