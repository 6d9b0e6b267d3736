"""What went on around a silence: stretches of input, and things that were on for a while. Seconds on the axis."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import ClassVar

import msgspec


class Activity(msgspec.Struct):
    """Stretches of input, for asking how much there was of it in a window. Lists run in parallel."""

    KEPT: ClassVar[float] = 45 * 60.0
    """How far back it remembers: the half hour before a silence, and room for one still open."""

    starts: list[float] = []
    ends: list[float] = []
    before: list[float] = []
    """Seconds of input before each stretch."""
    total: float = 0.0
    """Seconds of input in all."""

    def add(self, start: float, end: float) -> None:
        """A stretch of input, later than all before it."""
        self.before.append(self.total)
        self.starts.append(start)
        self.ends.append(end)
        self.total += end - start

    def until(self, at: float) -> float:
        """Seconds of input up to `at`, from an origin of its own."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return self.before[0] if self.before else 0.0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def within(self, begin: float, end: float) -> float:
        """Seconds of input in `[begin, end)`."""
        return self.until(end) - self.until(begin)

    def forget(self, horizon: float) -> None:
        """Drop what ended before the horizon, some at a time."""
        if self.starts and len(self.starts) > 256 and self.ends[0] < horizon:  # noqa: PLR2004 - rarely, not each time
            keep = bisect_left(self.ends, horizon)
            del self.starts[:keep], self.ends[:keep], self.before[:keep]


class OnOffHistory(msgspec.Struct):
    """Something that is on or off, and may be on several times over."""

    count: int = 0
    starts: list[float] = []
    ends: list[float] = []
    """One fewer than `starts` while it is on."""

    @property
    def is_on(self) -> bool:
        """Whether it is on now."""
        return self.count > 0

    def begin(self, at: float) -> None:
        """Once more on."""
        self.count += 1
        if self.count == 1:
            self.starts.append(at)

    def begin_once(self, at: float) -> None:
        """On, if it was not."""
        if not self.count:
            self.begin(at)

    def end(self, at: float) -> None:
        """Once less on; nothing where it was off."""
        if self.count:
            self.count -= 1
            if not self.count:
                self.ends.append(at)

    def end_all(self, at: float) -> None:
        """Off, however often it was on."""
        self.count = min(self.count, 1)
        self.end(at)

    def last_end(self, least: float) -> float:
        """When it was last over, having been on for so long at least; before all time where it never was."""
        lasted = zip(reversed(self.starts[: len(self.ends)]), reversed(self.ends), strict=True)
        return next((end for start, end in lasted if end - start >= least), float("-inf"))

    def first(self, begin: float, end: float) -> float | None:
        """Seconds from `begin` to where it was first on in `[begin, end)`; 0 if it was on already; None if never."""
        for index, start in enumerate(self.starts):
            if start >= end:
                break
            if index >= len(self.ends) or self.ends[index] > begin:
                return max(start - begin, 0.0)
        return None

    def touches(self, begin: float, end: float) -> bool:
        """Whether it was on at all in `[begin, end)`."""
        if not self.starts or (not self.count and self.ends[-1] <= begin):
            return False
        return self.first(begin, end) is not None

    def within(self, begin: float, end: float) -> float:
        """Seconds of `[begin, end)` in which it was on."""
        total = 0.0
        for index, start in enumerate(self.starts):
            stop = self.ends[index] if index < len(self.ends) else end
            total += max(min(stop, end) - max(start, begin), 0.0)
        return total

    def forget(self, horizon: float) -> None:
        """Drop what ended before the horizon."""
        while self.ends and self.ends[0] < horizon:
            del self.starts[0], self.ends[0]
