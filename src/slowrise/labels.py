"""From the rules' own axis of seconds back to the labels a person reads.

The axis is the wall clock with every step of it taken out, so that lengths on it are true lengths. It runs on over
restarts. A step of the clock moves the labels of everything since the last start; where that would push them into an
earlier run, the earlier run's labels give way, so that labels neither overlap nor leave a hole.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, timezone

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Labels(msgspec.Struct):
    """What the labels of an axis are. Lists run in parallel and in order of the axis; an empty one is legal."""

    starts: list[float] = []
    """Where each run begins on the axis."""
    ends: list[float] = []
    """Where each run but the last ended."""
    clocks: list[float] = []
    """Label minus axis in each run, as its own clock last stood."""
    shifts: list[float] = []
    """The same, moved back where the run would otherwise overlap the next."""
    turns: list[float] = []
    """Where the offset from UTC changes."""
    offsets: list[float] = []
    """The offset from there on, in seconds."""

    @property
    def shift(self) -> float:
        """Label minus axis now."""
        return self.clocks[-1] if self.clocks else 0.0

    def begin_run(self, at: float, *, ended: float) -> None:
        """A run begins, on the clock as it stands; the one before ended at `ended`."""
        if self.starts:
            self.ends.append(ended)
        self.starts.append(at)
        self.clocks.append(self.shift)
        self.shifts.append(self.shift)

    def step(self, by: float) -> None:
        """The clock was set by so many seconds; before any run it is the clock we begin with."""
        if not self.clocks:
            return
        self.clocks[-1] += by
        self.shifts[:] = self.clocks
        for run in range(len(self.starts) - 2, -1, -1):
            room = self.starts[run + 1] - self.ends[run]
            self.shifts[run] = min(self.shifts[run], self.shifts[run + 1] + room)

    def place(self, offset: float, at: float) -> None:
        """From here on the person is where the clock is `offset` seconds ahead of UTC."""
        if not self.offsets or self.offsets[-1] != offset:
            self.turns.append(at)
            self.offsets.append(offset)

    def of(self, at: float) -> datetime:
        """The label of an instant on the axis, to the millisecond."""
        run = max(bisect_right(self.starts, at) - 1, 0)
        shift = self.shifts[run] if self.shifts else 0.0
        turn = max(bisect_right(self.turns, at) - 1, 0)
        offset = self.offsets[turn] if self.offsets else 0.0
        return labelled(at + shift, offset)

    def local_seconds(self, at: float) -> float:
        """What the clock on the wall shows, as seconds since the epoch in local time, by the clock as it stands."""
        return at + self.shift + (self.offsets[-1] if self.offsets else 0.0)

    def now(self, at: float) -> datetime:
        """The label of an instant by the clock as it stands now."""
        return labelled(at + self.shift, self.offsets[-1] if self.offsets else 0.0)


def labelled(seconds: float, offset: float) -> datetime:
    """The aware label, to the millisecond, of so many seconds since the epoch."""
    zone = timezone(timedelta(seconds=offset))
    return (EPOCH + timedelta(milliseconds=round(seconds * 1000))).astimezone(zone)
