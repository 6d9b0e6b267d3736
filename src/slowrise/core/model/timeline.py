"""From the rules' own axis of seconds back to the labels a person reads.

The axis is the wall clock with every step of it taken out, so that lengths on it are true lengths. It runs on over
restarts. A step of the clock moves the labels of everything since the last start; where that would push them into an
earlier run, the earlier run's labels give way, and where nothing lies between the two they come along, so that labels
neither overlap nor leave a hole.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from functools import cache

import msgspec

from slowrise.core.model.timestamps import MILLISECOND


class Timeline(msgspec.Struct):
    """What the labels of an axis are. Lists run in parallel and in order of the axis; an empty one is legal."""

    shift: float = 0.0
    """Label minus axis now."""
    offset: timedelta | None = None
    """By how much the clock is ahead of UTC now."""
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

    def begin_run(self, at: float, *, ended: float) -> None:
        """A run begins, on the clock as it stands; the one before ended at `ended`."""
        if self.starts:
            self.ends.append(ended)
        self.starts.append(at)
        self.clocks.append(self.shift)
        self.shifts.append(self.shift)

    def step(self, by: float) -> None:
        """The clock was set by so many seconds in this run."""
        self.shift += by
        self.clocks[-1] = self.shift
        self.shifts[:] = self.clocks
        for run in range(len(self.starts) - 2, -1, -1):
            room = self.starts[run + 1] - self.ends[run]
            follows = self.shifts[run + 1] + room
            self.shifts[run] = min(self.shifts[run], follows) if room >= MILLISECOND else follows

    def place(self, offset: timedelta | None, at: float) -> None:
        """From here on the person is where the clock is `offset` ahead of UTC."""
        self.offset = offset
        self.turns.append(at)
        self.offsets.append(0.0 if offset is None else offset.total_seconds())

    def of(self, at: float) -> datetime:
        """The label of an instant on the axis, to the millisecond."""
        run = bisect_right(self.starts, at) - 1
        shift = self.shifts[max(run, 0)] if self.shifts else 0.0
        if 0 <= run < len(self.ends) and at > self.ends[run]:
            shift = min(shift, self.starts[run + 1] + self.shifts[run + 1] - at)
        turn = max(bisect_right(self.turns, at) - 1, 0)
        return wall_time(at + shift, self.offsets[turn] if self.offsets else 0.0)

    def find(self, label: datetime) -> float:
        """Where a label that `of` gave lies on the axis; also one of an earlier run, whose clock stood otherwise."""
        seconds = label.timestamp()
        for run in range(len(self.starts) - 1, -1, -1):
            if self.starts[run] + self.shifts[run] <= seconds:
                at = seconds - self.shifts[run]
                return min(at, self.starts[run + 1]) if run + 1 < len(self.starts) else at
        return seconds - (self.shifts[0] if self.shifts else 0.0)

    def local_seconds(self, at: float) -> float:
        """What the clock on the wall shows, as seconds since the epoch in local time, by the clock as it stands."""
        return at + self.shift + (self.offsets[-1] if self.offsets else 0.0)

    def now(self, at: float) -> datetime:
        """The label of an instant by the clock as it stands now."""
        return wall_time(at + self.shift, self.offsets[-1] if self.offsets else 0.0)


def wall_time(seconds: float, offset: float) -> datetime:
    """The aware label, to the millisecond, of so many seconds since the epoch."""
    return datetime.fromtimestamp(round(seconds * 1000) / 1000, _zone(offset))


@cache
def _zone(offset: float) -> timezone:
    return timezone(timedelta(seconds=offset))
