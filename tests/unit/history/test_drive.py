"""A long drive: the first sit after it has the limits of recovery, in the record as live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.core.model.policy import PROFILES, after_drive
from slowrise.history.checkpoint import decode_checkpoint, encode_checkpoint
from slowrise.history.monitor import Monitor

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG = 2 * 3600.0
RECOVERY, STANDARD = PROFILES["recovery"], PROFILES["standard"]


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def drive(minutes: float, seconds: float = LONG) -> e.Drive:
    return e.Drive(at=at(minutes), seconds=seconds)


def sit(begin: float, length: float) -> list[e.Event]:
    """Input without a pause, then a locked screen, so that nothing of it is in doubt."""
    end = at(begin + length)
    idle = e.Idle(at=end + timedelta(seconds=15), since=end)
    return [e.Unlocked(at=at(begin)), e.Active(at=at(begin)), idle, e.Locked(at=end + timedelta(seconds=16))]


def first_prompts(*events: e.Event, config: str = "", saved: bool = False) -> list[int]:
    """Return the minutes of each soft prompt. `saved`: the monitor is saved and restored after each event."""
    monitor = Monitor.under(parse(config), weights())
    for event in sorted((e.Started(at=NINE), *events), key=lambda event: event.at):
        monitor.handle(event)
        if saved:
            restored = decode_checkpoint(encode_checkpoint(monitor), weights())
            assert restored is not None
            restored.prompts = monitor.prompts
            monitor = restored
    minutes = [(prompt.shown_at - NINE).total_seconds() / 60 for prompt in monitor.prompts if prompt.kind == "sit-soft"]
    return [int(minute) for minute in minutes]


def shift(usual: list[int], after: list[int]) -> list[int]:
    return [before - now for before, now in zip(usual, after, strict=True)]


SITS = (*sit(0, 38), *sit(60, 38), *sit(120, 38))


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize(
    ("noted", "earlier"),
    [
        (5, [5, 0, 0]),  # at the desk: this sit
        (50, [0, 5, 0]),  # away: the next one
        (110, [0, 0, 5]),
    ],
)
def test_the_first_sit_after_a_long_drive_has_the_limits_of_recovery(
    noted: float, earlier: list[int], *, saved: bool
) -> None:
    usual = first_prompts(*SITS)
    assert len(usual) == 3
    assert shift(usual, first_prompts(*SITS, drive(noted), saved=saved)) == earlier


def test_a_short_drive_changes_nothing() -> None:
    assert first_prompts(*SITS, drive(5, 3599)) == first_prompts(*SITS)


def test_limits_that_are_stricter_stay() -> None:
    config = 'profile = "flare-up"\n'
    assert first_prompts(*SITS, drive(5), config=config) == first_prompts(*SITS, config=config)


def test_a_second_drive_in_the_same_sit_counts_once() -> None:
    assert first_prompts(*SITS, drive(5), drive(7)) == first_prompts(*SITS, drive(5))


def test_a_profile_chosen_meanwhile_holds_after_that_sit() -> None:
    chosen = e.ProfileChosen(at=at(3), name="flare-up")
    monitor = Monitor.under(parse(""), weights())
    for event in (e.Started(at=NINE), *sit(0, 2)[:2], drive(2), chosen):
        monitor.handle(event)
    assert monitor.state.policy == after_drive(PROFILES["flare-up"]) == PROFILES["flare-up"]
    for event in (*sit(0, 38)[2:], *sit(60, 5)):
        monitor.handle(event)
    assert monitor.state.drive is None
    assert monitor.state.policy == PROFILES["flare-up"]


def test_only_the_limits_of_sitting_change() -> None:
    policy = after_drive(STANDARD)
    assert (policy.sit_soft, policy.sit_firm) == (RECOVERY.sit_soft, RECOVERY.sit_firm)
    assert (policy.profile, policy.stand_soft, policy.eagerness) == ("standard", STANDARD.stand_soft, "balanced")
