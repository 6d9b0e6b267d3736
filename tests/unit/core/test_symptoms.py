"""The response to a symptom: red flags whenever in doubt, unless the clinician knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.events import Clinician, Event, FlareUp, Side, Symptom, SymptomKind
from slowrise.core.symptoms import History, history_of, response_to, usual_level

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS: tuple[SymptomKind, ...] = get_args(SymptomKind)
SIDES: tuple[Side, ...] = get_args(Side)


def note(kind: SymptomKind = "numbness", side: Side = "left", level: int = 3, *, hours: float = 0) -> Symptom:
    return Symptom(at=NOON + timedelta(hours=hours), kind=kind, side=side, level=level)


def noted(*notes: Symptom, known: bool = False) -> History:
    return History(notes, len(notes) if known else 0)


kinds = st.sampled_from(KINDS)
sides = st.sampled_from(SIDES)
levels = st.integers(0, 10)
notes = st.builds(note, kinds, sides, levels, hours=st.integers(-5000, 0))
histories = st.lists(notes, max_size=8).map(lambda made: tuple(sorted(made, key=lambda one: one.at)))


@given(kinds, levels, histories)
def test_both_sides_bring_the_red_flags_at_any_level(
    kind: SymptomKind, level: int, before: tuple[Symptom, ...]
) -> None:
    assert response_to(note(kind, "both", level), History(before)).red_flags


@given(kinds, kinds, levels, levels, histories)
def test_the_other_side_brings_the_red_flags_at_any_level_and_time(
    kind: SymptomKind, first: SymptomKind, level: int, then: int, before: tuple[Symptom, ...]
) -> None:
    history = History((note(first, "left", level, hours=-90_000), *before))
    assert response_to(note(kind, "right", then), history).red_flags


@given(kinds, sides, levels, levels, histories)
def test_the_level_matters_for_weakness_only(
    kind: SymptomKind, side: Side, one: int, other: int, before: tuple[Symptom, ...]
) -> None:
    if kind != "weakness":
        flags = {response_to(note(kind, side, level), History(before)).red_flags for level in (one, other)}
        assert len(flags) == 1


@given(notes, histories, notes)
def test_an_earlier_note_never_removes_red_flags_except_of_weakness(
    new: Symptom, before: tuple[Symptom, ...], more: Symptom
) -> None:
    if new.kind != "weakness" and response_to(new, History(before)).red_flags:
        assert response_to(new, History((*before, more))).red_flags


@given(notes, histories, st.integers(0, 8))
def test_a_known_history_covers_its_symptoms_sides_and_levels_only(
    new: Symptom, before: tuple[Symptom, ...], known: int
) -> None:
    history = History(before, min(known, len(before)))
    if response_to(new, History(before)).red_flags and not response_to(new, history).red_flags:
        covering = [one for one in before[:known] if one.kind == new.kind and one.side in (new.side, "both")]
        assert max(one.level for one in covering) >= new.level


@given(notes, histories)
def test_marking_a_history_never_brings_red_flags(new: Symptom, before: tuple[Symptom, ...]) -> None:
    if response_to(new, History(before, len(before))).red_flags:
        assert response_to(new, History(before)).red_flags


@given(notes, histories)
def test_red_flags_do_not_depend_on_the_profile(new: Symptom, before: tuple[Symptom, ...]) -> None:
    history = History(before)
    in_flare_up = response_to(new, history, in_flare_up=True)
    assert in_flare_up.red_flags == response_to(new, history).red_flags
    assert not in_flare_up.flare_up


def test_one_leg_alone_brings_no_red_flags() -> None:
    assert not response_to(note(level=9), noted(note(level=2))).red_flags


def test_the_first_note_about_the_other_leg_brings_the_red_flags() -> None:
    assert response_to(note("odd-sensation", "right", 1), noted(note("radiating-pain", "left", 6))).red_flags


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (note("numbness", "both", 5), "a higher level"),
        (note("odd-sensation", "both", 4), "another symptom"),
        (note("weakness", "both", 1), "weakness, which is new"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_a_change_of_a_known_history_brings_the_red_flags(new: Symptom, why: str) -> None:
    history = noted(note("numbness", "both", 4, hours=-1), known=True)
    assert not response_to(note("numbness", "both", 4), history).red_flags
    assert not response_to(note("numbness", "right", 2), history).red_flags
    assert response_to(new, history).red_flags, why


def test_knowing_each_leg_is_not_knowing_both() -> None:
    history = noted(note(side="left", level=9), note(side="right", level=9), known=True)
    assert not response_to(note(side="left", level=9), history).red_flags
    assert response_to(note(side="both", level=1), history).red_flags


@given(levels, levels)
def test_pain_in_the_middle_of_the_back_is_no_other_side(level: int, then: int) -> None:
    middle, left = note("pain", "middle", level, hours=-1), note("radiating-pain", "left", then)
    assert not response_to(middle, noted(left)).red_flags
    assert not response_to(left, noted(middle)).red_flags
    assert response_to(note("pain", "right"), noted(left, middle)).red_flags


@given(kinds, levels, histories, st.integers(0, 8))
def test_no_history_hides_the_red_flags_of_feeling_lost_between_the_legs(
    kind: SymptomKind, level: int, before: tuple[Symptom, ...], known: int
) -> None:
    if kind != "pain":
        assert response_to(note(kind, "middle", level), History(before, min(known, len(before)))).red_flags


def test_weakness_brings_the_red_flags_when_it_is_new_or_grows() -> None:
    assert response_to(note("weakness", level=1), noted(note("pain", level=8))).red_flags
    first = note("weakness", level=3, hours=-48)
    assert not response_to(note("weakness", level=3), noted(first)).red_flags
    assert response_to(note("weakness", level=4), noted(first)).red_flags
    gone = note("weakness", level=0, hours=-24)
    assert response_to(note("weakness", level=1), noted(first, gone)).red_flags


def test_growing_weakness_brings_the_red_flags_even_if_it_is_known() -> None:
    history = noted(note("weakness", level=5, hours=-48), note("weakness", level=2, hours=-24), known=True)
    assert response_to(note("weakness", level=3), history).red_flags


@pytest.mark.parametrize(
    ("before", "level", "offered"),
    [
        ((3, 4, 9), 5, False),
        ((3, 4, 9), 6, True),  # the median is 4: two above it, inclusive
        ((3, 4), 5, False),
        ((3, 4), 6, True),
        ((), 1, False),
        ((), 2, True),
    ],
)
def test_the_flare_up_profile_is_offered_two_above_the_usual(
    before: tuple[int, ...], level: int, offered: bool
) -> None:
    history = noted(*(note("pain", level=one, hours=-24 * (day + 1)) for day, one in enumerate(before)))
    assert response_to(note("pain", level=level), history).flare_up is offered


def test_the_usual_level_is_of_seven_days_and_of_one_symptom() -> None:
    week_ago = note("pain", level=8, hours=-7 * 24)
    assert usual_level(note("pain"), noted(week_ago)) == 8
    assert usual_level(note("pain", hours=0.01), noted(week_ago)) == 0
    assert usual_level(note("numbness"), noted(week_ago)) == 0


def test_easing_off_is_advised_for_new_or_stronger_symptoms() -> None:
    assert response_to(note(level=1), noted()).ease_off
    assert response_to(note(level=4), noted(note(level=3, hours=-1))).ease_off
    assert not response_to(note(level=3), noted(note(level=3, hours=-1))).ease_off
    assert not response_to(note(level=0), noted()).ease_off


@given(st.lists(notes | st.sampled_from([Clinician(at=NOON, knows="history"), FlareUp(at=NOON, on=True)])))
def test_the_clinician_knows_of_the_notes_before_their_note(told: list[Event]) -> None:
    history = history_of(told)
    until = max((place for place, event in enumerate(told) if isinstance(event, Clinician)), default=0)
    assert history.notes[: history.known] == tuple(one for one in told[:until] if isinstance(one, Symptom))
    assert history.notes == tuple(one for one in told if isinstance(one, Symptom))


def test_a_known_history_can_be_unmarked() -> None:
    told = [note(), Clinician(at=NOON, knows="history"), Clinician(at=NOON, knows="nothing")]
    assert history_of(told).known == 0


def test_unknown_symptoms_and_levels_are_refused() -> None:
    for wrong in ({"kind": "saddle numbness"}, {"level": 11}, {"level": -1}, {"side": "behind"}):
        plain = {"event": "symptom", "at": NOON, "kind": "pain", "side": "left", "level": 3, **wrong}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(plain, Symptom)
