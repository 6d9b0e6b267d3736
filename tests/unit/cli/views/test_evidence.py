"""Evidence in words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.cli.views import i18n
from slowrise.cli.views.evidence import evidence_words
from slowrise.core.presence.evidence import Weight
from slowrise.core.presence.silence import Silence

SILENCE = Silence(length=9000.0, locked_after=20.0, suspended_after=300.0)


def all_evidence() -> Iterator[Weight]:
    """Yield every kind of evidence: of the shipped table, and of the rules beside it."""
    for name in weights().curves:
        yield Weight(name, 9000.0, 1.0)
    for name, marks in weights().marks.items():
        yield from (Weight(name, mark, 1.0) for mark in marks)
    yield from (Weight("rule", which, -8.0) for which in ("call", "inhibitor", "nothing"))
    yield from (Weight("lean", 0.5, 0.5), Weight("after", "not known yet", 0.0), Weight("lock", "before", 1.0))


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
        return evidence_words(weight, SILENCE)
    finally:
        i18n.language.cache_clear()


def test_long_input_before_a_silence_is_not_called_none() -> None:
    words = evidence_words(Weight("stretches before", 0.0, 0.5), SILENCE)
    assert words == "the input before it had begun more than half an hour earlier"
    assert evidence_words(Weight("stretches before", 1.0, 0.5), SILENCE) == (
        "input began once in the half hour before it"
    )
    assert evidence_words(Weight("stretches before", 3.0, 0.5), SILENCE) == (
        "input began 3 times in the half hour before it"
    )
