"""The tracker: touches of a device, without a monitor around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from slowrise.core.model import events as e
from slowrise.core.presence.tracker import DEVICE_TOUCHES, MOST_OPEN, PresenceState, apply, evenly_spaced, event_time

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def clicks(number: int) -> Iterator[PresenceState]:
    """Yield the state after each of so many clicks, one a minute."""
    presence = PresenceState()
    apply(presence, e.Started(at=BEGIN), event_time(presence, e.Started(at=BEGIN)))
    for turn in range(number):
        at = BEGIN + timedelta(minutes=turn)
        for event in (e.Active(at=at), e.Idle(at=at + timedelta(seconds=15), since=at)):
            apply(presence, event, event_time(presence, event))
        yield presence


def test_a_device_is_still_recognised_when_its_silences_become_final() -> None:
    lots = 0
    for number, presence in enumerate(clicks(2 * MOST_OPEN)):
        assert len(presence.pending) <= MOST_OPEN
        assert evenly_spaced(presence.touches) == (number >= DEVICE_TOUCHES)
        lots += number > DEVICE_TOUCHES and not presence.pending
    assert lots > 0
