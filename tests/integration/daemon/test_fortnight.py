"""A fortnight through the real daemon, with everything that its user sees and types, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from support.fortnight import Language, Played, play
from support.fortnight_page import PAGES, UNSEEN, guidance_in, page
from support.virtual_desk import Shown, Typed

ROW = re.compile(r"^\| (G\d+[abc]?) \| .* \| (\d*) \|$", re.MULTILINE)
"""A row of the table of statements: the statement, and on how many days it was seen."""
BOTH_SIDES = date(2026, 3, 11)
"""The day of the entry on both sides, whose red flags she leaves unread over a log-out."""


@cache
def played(language: Language) -> Played:
    return play(language)


def shown(language: Language, kind: str) -> Iterator[Shown]:
    """Yield the notices of a kind."""
    entries = (entry for _, day in played(language) for entry in day)
    return (entry for entry in entries if isinstance(entry, Shown) and entry.notice.kind == kind)


def facts(language: Language) -> list[object]:
    """What happened, as far as it does not depend on the language."""
    return [
        (entry.at.replace(tzinfo=None), entry.notice.kind, entry.pressed != "", entry.opened)
        if isinstance(entry, Shown)
        else (entry.at.replace(tzinfo=None), entry.arguments, entry.code)
        for _, entries in played(language)
        for entry in entries
        if isinstance(entry, Shown | Typed)
    ]


def test_the_same_things_happen_in_either_language() -> None:
    assert facts("en") == facts("ko")
    assert len(facts("en")) > 100


@pytest.mark.parametrize("language", PAGES)
def test_the_page_in_docs_shows_this_fortnight(language: Language) -> None:
    written = PAGES[language].read_text(encoding="utf-8")
    assert written == page(language, played(language)), "if it is meant so, `make documents` writes the page again"
    assert "{" not in written, "a place in a sentence is not filled"


@pytest.mark.parametrize("language", PAGES)
def test_each_statement_of_the_article_is_seen_or_the_table_says_why_not(language: Language) -> None:
    days = dict(ROW.findall(page(language, played(language))))
    statements = guidance_in(language).statements
    assert list(days) == list(statements)
    unsaid = {name for name, statement in statements.items() if statement.not_said}
    assert {name for name, seen in days.items() if not seen} == unsaid | set(UNSEEN)


@pytest.mark.parametrize("language", PAGES)
def test_nothing_speaks_of_irritation_from_the_entry_on_both_sides_on(language: Language) -> None:
    said = guidance_in(language).say("symptom-ease-off")
    on = {
        day for day, entries in played(language) for each in entries if isinstance(each, Typed) and said in each.output
    }
    assert on
    assert max(on) < BOTH_SIDES


def test_red_flags_that_were_left_unread_come_again_with_the_next_login_and_go_once_read() -> None:
    notices = [entry for entry in shown("en", "red-flag") if entry.at.date() == BOTH_SIDES]
    assert [(f"{entry.at:%H:%M}", entry.ended) for entry in notices] == [("11:40", "withdrawn"), ("13:00", "withdrawn")]


def test_a_flare_up_is_asked_about_once_a_day_and_after_the_third_says_to_be_seen_until_she_was() -> None:
    guidance = guidance_in("en")
    days = {entry.at.day: entry.notice.body for entry in shown("en", "flare-up")}
    assert len(list(shown("en", "flare-up"))) == len(days)
    seen = guidance.say("clinician-day-3")
    assert {day: (guidance.say("clinician") in body, seen in body) for day, body in days.items()} == {
        7: (True, False),
        9: (True, True),
        10: (False, False),
    }
