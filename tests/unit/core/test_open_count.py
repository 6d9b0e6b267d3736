"""Counting what is open: as if anew each time, but not at the cost of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slowrise.core.engine import EngineState, Outlook, handle
from slowrise.core.model import events as e
from slowrise.core.model.policy import Policy
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.prompts.load import DayTotals, SittingLoad

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = 60.0


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


@st.composite
def postures_and_answers(draw: st.DrawFn) -> list[e.Event]:
    """Draw input that goes on for hours, with postures and answers in it, and now and then a silence."""
    now = 1.0
    events: list[e.Event] = [e.Started(at=at(0)), e.Active(at=at(1))]
    kinds = st.sampled_from(["standing", "sitting", "answered", "lock", "silence", "quiet", "run"])
    for kind in draw(st.lists(kinds, max_size=25)):
        now += draw(st.integers(1, 2000)) + draw(st.sampled_from([0.0, 0.5]))
        match kind:
            case "standing":
                events.append(e.StandingDeclared(at=at(now)))
            case "sitting":
                events.append(e.SittingDeclared(at=at(now)))
            case "answered":
                begin = draw(st.floats(0, now - 1))
                end = draw(st.floats(begin + 0.5, now))
                was: list[e.Was] = ["sitting", "standing", "away"]
                events.append(e.Answered(at=at(now), from_=at(begin), to=at(end), was=draw(st.sampled_from(was))))
            case "lock":
                events += [e.Locked(at=at(now)), e.Unlocked(at=at(now + 30))]
                now += 30
            case "silence":
                events += [e.Idle(at=at(now), since=at(now - draw(st.integers(0, 900))))]
                now += draw(st.integers(1, 1200))
                events.append(e.Active(at=at(now)))
            case "run":
                events += [e.Stopped(at=at(now)), e.Started(at=at(now + 60)), e.Active(at=at(now + 61))]
                now += 61
            case _:
                events.append(e.QuietUntil(at=at(now), until=at(now + 60)))
    return events


def totals(today: DayTotals) -> tuple[float, float, float, float]:
    return today.start, today.sitting, today.standing, today.observed


STANDS_AND_SITS: list[e.Event] = [
    e.Started(at=at(0)),
    e.Active(at=at(1)),
    e.StandingDeclared(at=at(600)),
    e.SittingDeclared(at=at(900)),
]
AN_ANSWER_BEFORE: list[e.Event] = [
    *STANDS_AND_SITS,
    e.Snoozed(at=at(1000), until=at(1100)),
    e.Answered(at=at(1200), from_=at(60), to=at(500), was="away"),
]
A_CONFIRMED_STAND: list[e.Event] = [
    *STANDS_AND_SITS,
    e.StandingDeclared(at=at(1000)),
    e.Snoozed(at=at(6000), until=at(6100)),
    e.SittingDeclared(at=at(6500)),
]


@given(postures_and_answers())
@example(AN_ANSWER_BEFORE)
@example(A_CONFIRMED_STAND)
def test_what_is_open_counts_as_if_it_were_counted_from_its_beginning(events: list[e.Event]) -> None:
    state = EngineState()
    for event in events:
        handle(state, event)
        known = state.snapshot
        counted, state.outlook = state.outlook, Outlook()
        anew = state.snapshot
        state.outlook = counted
        assert totals(known.today) == pytest.approx(totals(anew.today))
        for name in ("bout_start", "run", "stand_start", "stood", "rest", "absent"):
            assert getattr(known.load, name) == pytest.approx(getattr(anew.load, name)), name
        assert [pytest.approx(tuple(sit)) for sit in anew.sits] == [tuple(sit) for sit in known.sits]
        assert (known.standing, known.standing_doubted) == (anew.standing, anew.standing_doubted)


@pytest.mark.parametrize("kind", ["posture", "answer"])
def test_thousands_of_corrections_within_one_stretch_of_input_cost_no_more_each_than_a_few(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace from elsewhere may hold any number of them."""
    parts: list[EngineSpan] = []
    advance = SittingLoad.advance

    def counting(load: SittingLoad, part: EngineSpan, policy: Policy) -> None:
        parts.append(part)
        advance(load, part, policy)

    monkeypatch.setattr(SittingLoad, "advance", counting)
    state, number = EngineState(), 2000
    handle(state, e.Started(at=at(0)))
    handle(state, e.Active(at=at(1)))
    for index in range(number):
        now = 10.0 * (index + 1)
        if kind == "answer":
            handle(
                state,
                e.Answered(at=at(now), from_=at(now - 9), to=at(now - 5), was="away" if index % 2 else "standing"),
            )
        else:
            handle(state, e.StandingDeclared(at=at(now)) if index % 2 else e.SittingDeclared(at=at(now)))
        assert state.snapshot.now == now + NINE.timestamp()
    assert len(parts) < 10 * number
