"""The response to a symptom: red flags whenever in doubt, unless the clinician knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowrise.core.model.events import Clinician, Event, Side, Symptom, SymptomKind
from slowrise.core.symptoms import History, SymptomResponse, history_of, response_to, usual_level
from slowrise.messages.symptom_words import sentences_for, window_sentences_for

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KINDS: tuple[SymptomKind, ...] = get_args(SymptomKind)
SIDES: tuple[Side, ...] = get_args(Side)
DAY = 24.0


def note(kind: SymptomKind = "numbness", side: Side = "left", level: int = 3, *, hours: float = 0) -> Symptom:
    return Symptom(at=NOON + timedelta(hours=hours), kind=kind, side=side, level=level)


def marked(kind: SymptomKind | None = None, side: Side | None = None, *, hours: float = 0) -> Clinician:
    return Clinician(at=NOON + timedelta(hours=hours), knows="history", kind=kind, side=side)


def noted(*notes: Symptom, known: bool = False) -> History:
    return history_of([*notes, marked()] if known else notes)


def days(*levels: int, kind: SymptomKind = "numbness", side: Side = "left") -> list[Symptom]:
    """Return a note on each of the days up to today."""
    return [note(kind, side, level, hours=DAY * (place + 1 - len(levels))) for place, level in enumerate(levels)]


def alarms(*events: Event) -> list[bool]:
    """Return for each note whether the user has to read the red flags."""
    return [
        response_to(event, history_of(events[:place])).red_flags
        for place, event in enumerate(events)
        if isinstance(event, Symptom)
    ]


kinds = st.sampled_from(KINDS)
sides = st.sampled_from(SIDES)
levels = st.integers(0, 10)
some = st.integers(1, 10)
notes = st.builds(note, kinds, sides, levels, hours=st.integers(-1000, 0))
marks = st.builds(marked, st.none() | kinds, st.none() | sides, hours=st.integers(-1000, 0)) | st.builds(
    Clinician, at=st.just(NOON - timedelta(hours=10)), knows=st.just("nothing")
)
stories = st.lists(notes | marks, max_size=12).map(lambda made: sorted(made, key=lambda one: one.at))


# -- what asks to be read ----------------------------------------------------------------------------------------------


@given(kinds, some, stories)
def test_both_sides_bring_the_red_flags_at_any_level(kind: SymptomKind, level: int, before: list[Event]) -> None:
    """Unless they were noted at that level in the last 14 days."""
    new = note(kind, "both", level)
    there = [one.level for one in history_of(before).recent(new) if (one.kind, one.side) == (kind, "both")]
    if not there:
        assert response_to(new, history_of(before)).red_flags


@given(kinds, kinds, some, some, st.integers(0, 90_000))
def test_the_other_side_brings_the_red_flags_at_any_level_and_time(
    kind: SymptomKind, first: SymptomKind, level: int, then: int, hours: int
) -> None:
    history = noted(note(first, "left", level, hours=-hours))
    assert response_to(note(kind, "right", then), history).red_flags


def test_the_first_note_about_the_other_leg_brings_the_red_flags() -> None:
    assert response_to(note("odd-sensation", "right", 1), noted(note("radiating-pain", "left", 6))).red_flags


def test_a_repeat_within_14_days_is_no_alarm() -> None:
    """Once left and right are on record, the same again asks for nothing."""
    left, right = note(side="left", hours=-5), note(side="right", hours=-4)
    again = [note(side="left", hours=-3), note(side="right", level=2, hours=-2), note(side="left", level=1)]
    assert alarms(left, right, *again) == [False, True, False, False, False]
    assert not response_to(again[-1], noted(left, right)).shows_red_flags
    assert alarms(*days(4, 4, 3, 4, side="both")) == [True, False, False, False]


def test_worse_than_in_14_days_or_the_first_in_14_days_is_one_again() -> None:
    assert alarms(*days(4, 2, 5, 5, side="both")) == [True, False, True, False]
    first = note(side="both", hours=-14 * DAY)
    assert not response_to(note(side="both"), noted(first)).red_flags
    assert response_to(note(side="both", hours=0.1), noted(first)).red_flags


def test_weakness_that_is_new_or_grows_is_one() -> None:
    assert alarms(*days(2, 5, 5, kind="weakness")) == [True, True, False]
    assert alarms(note("pain", "left", 8, hours=-DAY), note("weakness", level=1)) == [False, True]
    assert alarms(*days(3, 0, 1, 0, 4, kind="weakness")) == [True, False, False, False, True]


@given(sides, levels, st.lists(notes | marks, max_size=8))
def test_the_level_matters_for_what_is_serious_only(side: Side, level: int, before: list[Event]) -> None:
    """One leg alone, without weakness, asks for no reading at any level."""
    history = history_of(one for one in before if not isinstance(one, Symptom) or one.side in (side, "middle"))
    if side != "both" and (side != "middle" and not history.notes):
        assert not response_to(note("numbness", side, level), history).red_flags


@given(levels, levels)
def test_pain_in_the_middle_of_the_back_is_no_other_side(level: int, then: int) -> None:
    middle, left = note("pain", "middle", level, hours=-1), note("radiating-pain", "left", then)
    assert not response_to(middle, noted(left)).red_flags
    assert not response_to(left, noted(middle)).red_flags
    assert response_to(note("pain", "right"), noted(note("radiating-pain", "left", 1), middle)).red_flags


@given(kinds, some, stories)
def test_no_history_hides_the_red_flags_of_feeling_lost_between_the_legs(
    kind: SymptomKind, level: int, before: list[Event]
) -> None:
    if kind != "pain":
        assert response_to(note(kind, "middle", level), history_of(before)).red_flags


@given(kinds, sides, stories, st.booleans())
def test_none_today_is_thanked_for_and_nothing_else(
    kind: SymptomKind, side: Side, before: list[Event], asks: bool
) -> None:
    none = note(kind, side, 0)
    assert response_to(none, history_of(before), asks_clinician=asks) == SymptomResponse(none=True)


@given(stories, notes, notes)
def test_none_today_is_no_symptom_of_the_last_14_days(before: list[Event], none: Symptom, new: Symptom) -> None:
    none = note(none.kind, none.side, 0)
    with_it, without = history_of([*before, none]), history_of(before)
    asked = note(new.kind, new.side, new.level, hours=0)
    changed = response_to(asked, with_it)._replace(flare_up=False)
    assert changed == response_to(asked, without)._replace(flare_up=False), "the usual level does count it"


@given(stories, notes)
def test_red_flags_do_not_depend_on_the_profile_or_on_the_days(before: list[Event], new: Symptom) -> None:
    history = history_of(before)
    plain = response_to(new, history)
    assert response_to(new, history, in_flare_up=True, asks_clinician=True).red_flags == plain.red_flags
    assert not response_to(new, history, in_flare_up=True).flare_up


# -- what is said after it ---------------------------------------------------------------------------------------------


def are_both_legs(*notes: Symptom) -> bool:
    sides = {one.side for one in notes if one.level} - {"middle"}
    return "both" in sides or len(sides) > 1


@settings(max_examples=400)
@given(stories, notes, st.booleans(), st.booleans())
def test_nothing_is_said_of_irritation_after_what_may_be_serious(
    before: list[Event], new: Symptom, in_flare_up: bool, asks: bool
) -> None:
    """Both sides, the other side, growing, or weakness: this entry, and any of the last 14 days."""
    history = history_of(before)
    new = note(new.kind, new.side, new.level)
    response = response_to(new, history, in_flare_up=in_flare_up, asks_clinician=asks)
    said = sentences_for(response)
    recent = history.recent(new)
    same = [one.level for one in recent if one.kind == new.kind]
    grows = bool(same) and new.level > min(same)
    weak = any(one.kind == "weakness" and one.level for one in (*recent, new))
    if grows or weak or are_both_legs(*recent, new) or response.red_flags:
        assert "symptom-ease-off" not in said
        assert "symptom-ease-off" not in window_sentences_for(response)
    if response.red_flags:
        call = ["red-flag-call"] if response.call else []
        assert said == [*call, "red-flag-after", "symptom-log"], "no offer stands below it, and no other advice"


@given(stories, notes)
def test_a_serious_entry_names_the_clinician_and_offers_no_flare_up(before: list[Event], new: Symptom) -> None:
    new = note(new.kind, "both", max(new.level, 1))
    response = response_to(new, history_of(before))
    assert "red-flag-after" in sentences_for(response)
    assert not response.flare_up


def test_the_histories_of_the_review_are_never_reassured() -> None:
    known = [*days(5, side="both"), marked("numbness", "both", hours=0.5)]
    later = [note(side="both", level=level, hours=1 + place) for place, level in enumerate((2, 2, 4))]
    weak = days(2, 5, 5, kind="weakness")
    for story in ([*known, *later], weak):
        for place, event in enumerate(story):
            if isinstance(event, Symptom):
                said = sentences_for(response_to(event, history_of(story[:place])))
                assert said[0] == "red-flag-after"
                assert "symptom-ease-off" not in said
    assert alarms(*known, *later) == [True, False, False, False], "up to 5 was read and is known"


def test_easing_off_is_advised_for_what_is_new_on_one_side() -> None:
    assert response_to(note(level=1), noted()).ease_off
    assert response_to(note("pain", "middle", 4), noted(note("radiating-pain", hours=-1))).ease_off
    assert not response_to(note(level=3), noted(note(level=3, hours=-1))).ease_off
    grew = noted(note("pain", "middle", 3, hours=-2), note("pain", "middle", 6, hours=-1))
    assert not response_to(note(level=1), grew).ease_off
    grown = response_to(note(level=4), noted(note(level=3, hours=-1)))
    assert (grown.ease_off, grown.contact, grown.red_flags, grown.shows_red_flags) == (False, True, False, True)


# -- what the clinician knows ------------------------------------------------------------------------------------------


def test_what_is_known_is_of_one_symptom_and_one_side() -> None:
    both, tingling = note(side="both", level=4, hours=-2), note("odd-sensation", "left", 2, hours=-3)
    history = history_of([tingling, both, marked("numbness", "both", hours=-1)])
    assert history.known == {("numbness", "both"): 4}
    assert history_of([tingling, both, marked(hours=-1)]).known == {
        ("odd-sensation", "left"): 2,
        ("numbness", "both"): 4,
    }


def test_an_old_mark_is_of_everything_noted_so_far() -> None:
    old = msgspec.convert({"event": "clinician", "at": NOON, "knows": "history"}, Clinician)
    assert history_of([note(level=6, hours=-2), note(level=2, hours=-1), old]).known == {("numbness", "left"): 6}
    assert msgspec.to_builtins(old).keys() == {"event", "at", "knows"}, "it is written as it was"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (note("numbness", "both", 6), "two higher"),
        (note("odd-sensation", "both", 4), "another symptom"),
        (note("weakness", "both", 1), "weakness, which is new"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_only_a_change_of_what_is_known_brings_the_red_flags(new: Symptom, why: str) -> None:
    history = noted(note("numbness", "both", 4, hours=-1), known=True)
    for level in (1, 4, 5):
        assert not response_to(note("numbness", "both", level), history).shows_red_flags
    assert not response_to(note("numbness", "right", 2), history).red_flags
    assert response_to(new, history).red_flags, why


@pytest.mark.parametrize("new", [note(side="both", level=6), note("odd-sensation"), note("weakness", "both", 1)])
def test_a_change_ends_what_is_known_until_it_is_marked_too(new: Symptom) -> None:
    known = [note(side="both", level=4, hours=-2), marked("numbness", "both", hours=-1)]
    assert history_of([*known, new]).known == {}
    assert history_of([*known, new, marked(new.kind, new.side)]).known == {
        ("numbness", "both"): 4,
        (new.kind, new.side): new.level,
    }
    assert history_of([*known, note("pain", "middle", 9), note(side="left", level=5)]).known, "neither is a change"


def test_a_slow_rise_is_measured_against_what_is_known() -> None:
    known = [note(side="both", level=4, hours=-3), marked(hours=-2)]
    assert alarms(*known, note(side="both", level=5, hours=-1), note(side="both", level=6)) == [True, False, True]


def test_what_is_known_is_the_first_in_14_days_all_the_same() -> None:
    history = history_of([note(side="both", hours=-20 * DAY), marked(hours=-19 * DAY)])
    assert response_to(note(side="both"), history).red_flags


def test_knowing_each_leg_is_not_knowing_both() -> None:
    history = noted(note(side="left", level=9), note(side="right", level=9), known=True)
    assert not response_to(note(side="left", level=9), history).red_flags
    assert response_to(note(side="both", level=1), history).red_flags


def test_a_mark_can_be_taken_back() -> None:
    told = [note(hours=-2), note("pain", hours=-2), marked(hours=-1)]
    nothing = Clinician(at=NOON, knows="nothing")
    assert history_of([*told, nothing]).known == {}
    one = Clinician(at=NOON, knows="nothing", kind="pain", side="left")
    assert history_of([*told, one]).known == {("numbness", "left"): 3}


@given(stories, notes)
def test_marking_a_history_never_brings_red_flags(before: list[Event], new: Symptom) -> None:
    if response_to(new, history_of([*before, marked()])).red_flags:
        assert response_to(new, history_of([one for one in before if isinstance(one, Symptom)])).red_flags


# -- the flare-up profile ----------------------------------------------------------------------------------------------


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


def test_a_reason_to_see_a_clinician_offers_it_too() -> None:
    history = noted(*days(3, 3, 3, kind="pain", side="middle"))
    asked = response_to(note("pain", "middle", 3), history, asks_clinician=True)
    assert (asked.clinician, asked.flare_up, asked.ease_off) == (True, True, False)
    assert sentences_for(asked)[:2] == ["clinician", "symptom-log"]
    assert response_to(note("pain", "middle", 3), history, in_flare_up=True, asks_clinician=True).flare_up is False


def test_unknown_symptoms_and_levels_are_refused() -> None:
    for wrong in ({"kind": "saddle numbness"}, {"level": 11}, {"level": -1}, {"side": "behind"}):
        plain = {"event": "symptom", "at": NOON, "kind": "pain", "side": "left", "level": 3, **wrong}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(plain, Symptom)


@pytest.mark.parametrize("kind", ["saddle-numbness", "bladder-bowel"])
def test_a_red_flag_by_itself_has_to_be_read_each_time_and_says_whom_to_call(kind: SymptomKind) -> None:
    first, again = note(kind, "middle", 2), note(kind, "middle", 1, hours=1)
    for history in (noted(), noted(first), noted(first, known=True)):
        response = response_to(again, history)
        assert response.red_flags
        assert not response.flare_up
        assert sentences_for(response)[0] == "red-flag-call"
    assert response_to(note(kind, "middle", 0), noted(first)).none


def test_after_a_serious_symptom_only_the_clinician_is_named_on_a_third_day_too() -> None:
    history = history_of([note("weakness")])
    response = response_to(note("weakness", hours=DAY), history, asks_clinician=True)
    assert (response.red_flags, response.contact, response.clinician, response.flare_up) == (False, True, False, False)
    assert "clinician" not in sentences_for(response)
