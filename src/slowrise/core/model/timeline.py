"""Engine time and wall time, and the conversion between them.

Engine time is the wall clock without its steps (the user or NTP sets the clock), in seconds, so durations in it are
true. It continues over restarts. A step changes the wall times of everything since the last start. Earlier runs are
shifted back so that wall times never overlap. Adjacent runs move together so that no hole opens.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from functools import cache

import msgspec

from slowrise.core.model.timestamps import EARLIEST, LATEST, MILLISECOND

_FIRST, _LAST = EARLIEST.timestamp(), LATEST.timestamp()


class Timeline(msgspec.Struct):
    """The offset of wall time from engine time, for each run. Empty before the first event."""

    shift: float = 0.0
    """Wall time minus engine time, now."""
    offset: timedelta | None = None
    """Offset of local time from UTC, now."""
    starts: list[float] = []
    """When each run began, in engine time and in order; the next three lists run in parallel."""
    ends: list[float] = []
    """When each run but the last ended."""
    clocks: list[float] = []
    """Wall time minus engine time in each run, by the last setting of its clock."""
    shifts: list[float] = []
    """The same, reduced where the run would otherwise overlap the next."""
    turns: list[float] = []
    """When the offset from UTC changed."""
    offsets: list[float] = []
    """The offset from then on, in seconds; parallel to `turns`."""

    def begin_run(self, at: float, *, ended: float) -> None:
        """Begin a run, by the current clock. The run before ended at `ended`."""
        if self.starts:
            self.ends.append(ended)
        self.starts.append(at)
        self.clocks.append(self.shift)
        self.shifts.append(self.shift)

    def step(self, by: float) -> None:
        """Move the clock of this run by so many seconds."""
        self.shift += by
        self.clocks[-1] = self.shifts[-1] = self.shift
        for run in range(len(self.starts) - 2, -1, -1):
            room = self.starts[run + 1] - self.ends[run]
            follows = self.shifts[run + 1] + room
            shift = min(self.clocks[run], follows) if room >= MILLISECOND else follows
            if shift == self.shifts[run]:
                break  # each run rests on the next one alone, so nothing moves before here
            self.shifts[run] = shift

    def place(self, offset: timedelta | None, at: float) -> None:
        """Set the offset from UTC from `at` on."""
        self.offset = offset
        self.turns.append(at)
        self.offsets.append(0.0 if offset is None else offset.total_seconds())

    def of(self, at: float) -> datetime:
        """Return the wall time of an engine time, to the millisecond."""
        run = bisect_right(self.starts, at) - 1
        shift = self.shifts[max(run, 0)] if self.shifts else 0.0
        if 0 <= run < len(self.ends) and at > self.ends[run]:
            shift = min(shift, self.starts[run + 1] + self.shifts[run + 1] - at)
        turn = max(bisect_right(self.turns, at) - 1, 0)
        return wall_time(at + shift, self.offsets[turn] if self.offsets else 0.0)

    def find(self, wall_time: datetime) -> float:
        """Return the engine time of a wall time, by the clock setting of its run. The inverse of `of`."""
        seconds = wall_time.timestamp()
        for run in range(len(self.starts) - 1, -1, -1):
            if self.starts[run] + self.shifts[run] <= seconds:
                at = seconds - self.shifts[run]
                return min(at, self.starts[run + 1]) if run + 1 < len(self.starts) else at
        return seconds - (self.shifts[0] if self.shifts else 0.0)

    def local_seconds(self, at: float) -> float:
        """Return the local time by the current clock, as seconds since 1970-01-01 00:00 local time."""
        return at + self.shift + (self.offsets[-1] if self.offsets else 0.0)

    def now(self, at: float) -> datetime:
        """Return the wall time of an engine time by the current clock."""
        return wall_time(at + self.shift, self.offsets[-1] if self.offsets else 0.0)


def wall_time(seconds: float, offset: float) -> datetime:
    """Return the aware wall time, to the millisecond, of so many seconds since the epoch.

    A clock that is set back by more years than its run lasted moves the begin of the run out of the bound on instants.
    Such a time is the edge of the bound.
    """
    return datetime.fromtimestamp(round(min(max(seconds, _FIRST), _LAST) * 1000) / 1000, _zone(offset))


@cache
def _zone(offset: float) -> timezone:
    return timezone(timedelta(seconds=offset))
