"""Symptoms and exercise in the summary of the week, from a ledger on disk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import RealClock
from slowrise.adapters.system.paths import paths
from slowrise.cli.commands.summary import dates
from slowrise.cli.main import commands
from slowrise.core.model import events as e

EXERCISE = "When you are symptom-free, ask your clinician which exercise suits you."


def at(days_ago: int, minutes: float) -> datetime:
    """Return the local time so many minutes after nine on that day before the present week."""
    today = RealClock().now().wall.replace(hour=9, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday() + days_ago) + timedelta(minutes=minutes)


def a_day(days_ago: int, *more: e.Event) -> list[e.Event]:
    """Return the events of a day with a sit of an hour, and `more` events."""
    events: list[e.Event] = [
        e.Started(at=at(days_ago, 0)),
        e.Active(at=at(days_ago, 0)),
        e.Idle(at=at(days_ago, 60.25), since=at(days_ago, 60)),
        e.Locked(at=at(days_ago, 61)),
        e.Stopped(at=at(days_ago, 200)),
    ]
    return sorted([*events, *more], key=lambda event: event.at)


def pain(days_ago: int, minutes: float, level: int = 4) -> e.Event:
    return e.Symptom(at=at(days_ago, minutes), kind="pain", side="left", level=level)


def week(*days: list[e.Event]) -> str:
    """Store the days and return the output of `summary last-week` on one line."""
    ledger = SqliteLedger(paths().ledger)
    ledger.append_all(event for day in days for event in day)
    ledger.close()
    done = CliRunner().invoke(commands, ["summary", "last-week"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def stood(days_ago: int, *more: e.Event) -> list[e.Event]:
    """Return the events of a day with 65 minutes of declared standing, and `more` events."""
    events: list[e.Event] = [
        e.Started(at=at(days_ago, 0)),
        e.StandingDeclared(at=at(days_ago, 0)),
        e.Active(at=at(days_ago, 0)),
        e.Idle(at=at(days_ago, 65.25), since=at(days_ago, 65)),
        e.SittingDeclared(at=at(days_ago, 66)),
        e.Locked(at=at(days_ago, 66)),
        e.Stopped(at=at(days_ago, 200)),
    ]
    return sorted([*events, *more], key=lambda event: event.at)


def test_symptoms_are_counted_beside_sitting_and_standing() -> None:
    printed = week(a_day(4, pain(4, 55)), stood(3, pain(3, 66)), a_day(2, pain(2, 10)))
    assert (
        "You logged low back pain on 3 days: on 1 soon after 50 minutes or more of sitting, "
        "on 1 soon after 40 minutes or more of standing, on 1 after neither. Counts only. They show no cause."
    ) in printed
    assert EXERCISE not in printed


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ([], True),
        ([pain(3, 10)], False),
        ([pain(3, 10, level=0)], True),
        ([e.FlareUp(at=at(3, 10), on=True)], False),
        ([e.FlareUp(at=at(3, 10), on=True), e.FlareUp(at=at(3, 11), on=False)], False),
    ],
    ids=["nothing", "a symptom", "none today", "a flare-up", "recovery"],
)
def test_exercise_is_suggested_only_in_a_week_without_symptoms(more: list[e.Event], named: bool) -> None:
    assert (EXERCISE in week(a_day(3, *more), a_day(2))) is named


def test_an_empty_month_is_one_line() -> None:
    done = CliRunner().invoke(commands, ["summary", "month"], catch_exceptions=False)
    assert done.exit_code == 0
    assert " ".join(done.output.split()).endswith("so nothing is known.")
    assert EXERCISE not in done.output


@pytest.mark.parametrize(
    ("today", "week", "last_week"),
    [
        (date(2026, 3, 2), (date(2026, 3, 2), date(2026, 3, 2)), (date(2026, 2, 23), date(2026, 3, 1))),
        (date(2026, 3, 4), (date(2026, 3, 2), date(2026, 3, 4)), (date(2026, 2, 23), date(2026, 3, 1))),
        (date(2026, 3, 8), (date(2026, 3, 2), date(2026, 3, 8)), (date(2026, 2, 23), date(2026, 3, 1))),
    ],
    ids=["Monday", "Wednesday", "Sunday"],
)
def test_a_week_begins_on_monday(today: date, week: tuple[date, date], last_week: tuple[date, date]) -> None:
    assert dates("week", today) == week
    assert dates("last-week", today) == last_week
