"""Labels for what happens: they advance with the clock that cannot be set, and say so when the other one was.

Pure: readings in, labels out. Between two steps of the wall clock a label is the boot clock plus a constant, so that
the labels of a stretch differ by exactly as much as it lasted, suspend included.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from slowrise.core.model.timestamps import Moment, rounded

STEP = 1.0
"""Seconds by which the clocks must part to call it a step: the label is then wrong by more than a person could see,
and a clock that is slewed (by at most 0.5 ms a second) is told only rarely."""


class Timestamper:
    """Gives each instant of the boot clock its label. Labels never go back but at a step."""

    def __init__(self, moment: Moment) -> None:
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall

    def step(self, moment: Moment) -> float | None:
        """By how many seconds the wall clock was set since the last reading; None if it was not.

        The zone is taken over from every reading: who travels has another offset from here on.
        """
        expected = self._label(moment.boot)
        by = round((moment.wall - expected).total_seconds(), 3)
        if abs(by) < STEP:
            self._anchor = Moment(self._anchor.boot, self._anchor.wall.astimezone(moment.wall.tzinfo))
            return None
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall
        return by

    def label(self, boot: float) -> datetime:
        """The label of an instant; of one before the last labelled, the last's."""
        self._last = max(self._last, self._label(boot)).astimezone(self._anchor.wall.tzinfo)
        return self._last

    def past(self, boot: float) -> datetime:
        """The label of an instant that lies back, such as the last input."""
        return self._label(boot)

    def _label(self, boot: float) -> datetime:
        return rounded(self._anchor.wall + timedelta(seconds=boot - self._anchor.boot))
