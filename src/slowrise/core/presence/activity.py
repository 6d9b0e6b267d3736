"""Input bursts and on/off signals: the recent past that a silence is judged by. Engine time, in seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from math import inf
from typing import ClassVar

import msgspec


class Activity(msgspec.Struct):
    """Bursts of input, to measure how much input a window holds. The lists run in parallel."""

    KEPT: ClassVar[float] = 45 * 60.0
    """How far back bursts are kept: the half hour before a silence, and a margin for a silence still pending."""

    starts: list[float] = []
    ends: list[float] = []
    before: list[float] = []
    """Seconds of input before each burst."""
    total: float = 0.0
    """Seconds of input in all bursts, forgotten ones included."""

    def add(self, start: float, end: float) -> None:
        """Add a burst that comes after all others."""
        self.before.append(self.total)
        self.starts.append(start)
        self.ends.append(end)
        self.total += end - start

    def until(self, at: float) -> float:
        """Return the seconds of input up to `at`. Only differences between two results are meaningful."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return self.before[0] if self.before else 0.0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def within(self, begin: float, end: float) -> float:
        """Return the seconds of input in `[begin, end)`."""
        return self.until(end) - self.until(begin)

    def forget(self, horizon: float) -> None:
        """Drop bursts that ended before the horizon, many at once."""
        if self.starts and len(self.starts) > 256 and self.ends[0] < horizon:  # noqa: PLR2004 - rarely, not each time
            keep = bisect_left(self.ends, horizon)
            del self.starts[:keep], self.ends[:keep], self.before[:keep]


class OnOffHistory(msgspec.Struct):
    """The times at which one signal was on. Several holders may have it on at once."""

    count: int = 0
    """How many have it on now."""
    starts: list[float] = []
    ends: list[float] = []
    """One fewer than `starts` while the signal is on."""

    @property
    def is_on(self) -> bool:
        """Whether the signal is on now."""
        return self.count > 0

    @property
    def since(self) -> float | None:
        """When it was turned on; None while it is off."""
        return self.starts[-1] if self.count else None

    def begin(self, at: float, *, bridged: float = 0.0) -> None:
        """Add a holder. If the signal was off for less than `bridged` seconds, it was on all the while.

        That holds for a mute or a change of headset in a call, not for dictation: before, it was on for longer.
        """
        self.count += 1
        if self.count > 1:
            return
        if self.ends and at - self.ends[-1] < bridged <= self.ends[-1] - self.starts[-1]:
            self.ends.pop()
        else:
            self.starts.append(at)

    def begin_once(self, at: float) -> None:
        """Turn the signal on if it is off."""
        if not self.count:
            self.begin(at)

    def end(self, at: float) -> None:
        """Remove a holder, if there is one."""
        if self.count:
            self.count -= 1
            if not self.count:
                self.ends.append(max(at, self.starts[-1]))

    def end_all(self, at: float) -> None:
        """Turn the signal off, whatever number of holders it has."""
        self.count = min(self.count, 1)
        self.end(at)

    def last_end(self, least: float, *, after: float) -> float:
        """Return when the signal last ended, past `after`, having been on for `least` seconds; else minus infinity."""
        for index in range(len(self.ends) - 1, -1, -1):
            if self.ends[index] <= after:
                break
            if self.ends[index] - self.starts[index] >= least:
                return self.ends[index]
        return float("-inf")

    def edges(self, begin: float, end: float, least: float) -> Iterator[tuple[float, bool]]:
        """Yield when the signal turned on (True) or off (False) inside `(begin, end)`, in order.

        A time of less than `least` seconds on is left out.
        """
        for index, start in enumerate(self.starts):
            if start >= end:
                break
            stop = self.ends[index] if index < len(self.ends) else None
            if stop is not None and (stop <= begin or stop - start < least):
                continue
            if start > begin:
                yield start, True
            if stop is not None and stop < end:
                yield stop, False

    def on_at(self, at: float) -> tuple[float, float] | None:
        """Return when the time on that includes `at` began, and its end (infinity if it goes on); None if off."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return None
        stop = self.ends[index] if index < len(self.ends) else inf
        return (self.starts[index], stop) if stop > at else None

    def first(self, begin: float, end: float) -> float | None:
        """Return the seconds from `begin` to the start of the first time in `[begin, end)` that the signal is on.

        Negative if it was on before, None if it is never on.
        """
        for index, start in enumerate(self.starts):
            if start >= end:
                break
            if index >= len(self.ends) or self.ends[index] > begin:
                return start - begin
        return None

    def touches(self, begin: float, end: float) -> bool:
        """Return whether the signal is on at any time in `[begin, end)`."""
        if not self.starts or (not self.count and self.ends[-1] <= begin):
            return False
        return self.first(begin, end) is not None

    def within(self, begin: float, end: float) -> float:
        """Return the seconds of `[begin, end)` in which the signal is on."""
        total = 0.0
        for index, start in enumerate(self.starts):
            stop = self.ends[index] if index < len(self.ends) else end
            total += max(min(stop, end) - max(start, begin), 0.0)
        return total

    def forget(self, horizon: float) -> None:
        """Drop what ended before the horizon."""
        while self.ends and self.ends[0] < horizon:
            del self.starts[0], self.ends[0]


class Signals(msgspec.Struct):
    """All signals that are evidence of presence. A new one is a field here and two handlers in `tracker.py`."""

    locks: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    """The screen is locked."""
    suspends: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    """The machine sleeps."""
    calls: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    """A microphone or camera is in use."""
    inhibitors: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    """A program keeps the screen on."""
    unseen: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    """A program keeps the screen on, and the desktop shows no input meanwhile. These times are in `inhibitors` too."""

    def hide_input(self, since: float, *, bridged: float = 0.0) -> None:
        """Note that no input is shown from `since` on, because a program keeps the screen on.

        `bridged` is the longest gap between two films of a list, if there was no input in it.
        """
        if not self.unseen.is_on:
            self.unseen.begin(since, bridged=bridged)
            # It may have ended after `since`, while the source did not know yet that it sees nothing.
            self.inhibitors.begin(max([since, *self.inhibitors.ends[-1:]]), bridged=bridged)

    def show_input(self, at: float) -> None:
        """Note that input is shown again from `at` on."""
        if self.unseen.is_on:
            self.unseen.end(at)
            self.inhibitors.end(at)

    def end_all(self, at: float) -> None:
        """Turn every signal off."""
        for name in self.__struct_fields__:
            getattr(self, name).end_all(at)

    def forget(self, horizon: float) -> None:
        """Drop what ended before the horizon."""
        for name in self.__struct_fields__:
            getattr(self, name).forget(horizon)
