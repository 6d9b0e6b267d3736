"""Several displays as one source, where a program keeps the screen of one on."""

from __future__ import annotations

import pytest

from slowrise.adapters.input.together import _Merged
from slowrise.ports.input import Sighting


@pytest.fixture
def seen() -> list[Sighting]:
    return []


@pytest.fixture
def merged(seen: list[Sighting]) -> _Merged:
    return _Merged(seen.append, 15.0)


def test_no_input_is_shown_while_one_display_hides_it_and_the_others_are_idle(
    merged: _Merged, seen: list[Sighting]
) -> None:
    merged.take(0, Sighting("active", 100))
    merged.take(1, Sighting("active", 110))
    merged.take(0, Sighting("idle", 200, 130, unseen=True))
    assert seen == [Sighting("active", 100)], "the other one shows input"
    merged.take(1, Sighting("idle", 260, 245))
    assert seen[1:] == [Sighting("idle", 260, 245, unseen=True)]
    merged.take(0, Sighting("idle", 400, 400))
    assert seen[2:] == [Sighting("idle", 400, 400)]


def test_the_next_film_of_a_list_hides_input_again(merged: _Merged, seen: list[Sighting]) -> None:
    merged.take(0, Sighting("active", 100))
    merged.take(0, Sighting("idle", 200, 130, unseen=True))
    merged.take(0, Sighting("idle", 400, 400))
    merged.take(0, Sighting("idle", 430, 415, unseen=True))
    assert [each.unseen for each in seen[1:]] == [True, False, True]


def test_a_display_that_is_lost_hides_nothing_any_more(merged: _Merged, seen: list[Sighting]) -> None:
    merged.take(0, Sighting("active", 100))
    merged.take(1, Sighting("active", 100))
    merged.take(1, Sighting("idle", 200, 130, unseen=True))
    merged.end(1)
    merged.take(0, Sighting("idle", 260, 245))
    assert seen[1:] == [Sighting("idle", 260, 245)]


def test_the_screens_that_are_kept_on_count_as_one(merged: _Merged, seen: list[Sighting]) -> None:
    for number, what in ((0, "inhibited"), (1, "inhibited"), (0, "uninhibited")):
        merged.take(number, Sighting(what, 100 + number))  # type: ignore[arg-type]  # it is one of its names
    assert [each.what for each in seen] == ["inhibited"]
    merged.end(1)
    assert [each.what for each in seen] == ["inhibited", "uninhibited"]
