"""A fortnight through the real daemon, with everything that its user sees and types, in both languages."""

from __future__ import annotations

import re
from functools import cache

import pytest

from support.fortnight import DAYS, Language, Played, play
from support.fortnight_page import PAGES, guidance_in, page
from support.virtual_desk import Shown, Typed


@cache
def played(language: Language) -> Played:
    return play(language)


def seen(language: Language) -> list[object]:
    """What does not depend on the language."""
    return [
        (entry.at.replace(tzinfo=None), entry.notice.kind, entry.pressed != "")
        if isinstance(entry, Shown)
        else (entry.at.replace(tzinfo=None), entry.arguments, entry.code)
        for _, entries in played(language)
        for entry in entries
        if isinstance(entry, Shown | Typed)
    ]


def test_the_same_things_happen_in_either_language() -> None:
    assert seen("en") == seen("ko")
    assert len(seen("en")) > 100


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_every_day_and_every_statement_of_the_article(language: Language) -> None:
    written = page(language, played(language))
    assert written.count("\n## ") == len(DAYS) + 1
    assert len(re.findall(r"^\| G\d+", written, re.MULTILINE)) == len(guidance_in(language).statements)
    assert "{" not in written, "a place in a sentence is not filled"
