"""The days that the page of today shows, read from the ledger in a thread: the window never waits for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

from slowrise.adapters.system.paths import Paths
from slowrise.cli.views.i18n import translate
from slowrise.cli.views.timeline import Kind, kind_of
from slowrise.config.config import Config
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import Span, clip

WEEK = 7
"""Days that are shown, today among them."""


class Record(NamedTuple):
    """What was recorded, or why it cannot be read."""

    today: DayRecord
    yesterday: DayRecord
    week: Sequence[Summary]
    """The last seven days, today last."""
    break_min: float
    """Seconds; a shorter doubtful absence changes nothing that anybody sees, so nobody is asked about it."""
    missing: Sequence[str] = ()
    """Sentences on what other computers did not share."""


class Stretch(NamedTuple):
    """Neighbouring spans that look alike on the timeline."""

    kind: Kind
    spans: tuple[Span, ...]

    @property
    def start(self) -> datetime:
        """When it begins."""
        return self.spans[0].start

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.spans[-1].end

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()


def observed(day: Summary, spans: Sequence[Span]) -> Sequence[Span]:
    """Return the spans from the first to the last observed moment of their day."""
    return clip(spans, day.begin, day.end) if day.begin is not None and day.end is not None else ()


def stretches(spans: Sequence[Span]) -> list[Stretch]:
    """Return the spans of a day, in order, with neighbours of one kind as one."""
    found: list[Stretch] = []
    for span in spans:
        if span.start >= span.end:
            continue
        kind = kind_of(span)
        if found and found[-1].kind == kind:
            found[-1] = Stretch(kind, (*found[-1].spans, span))
        else:
            found.append(Stretch(kind, (span,)))
    return found


def read(paths: Paths, config: Config) -> Record:
    """Read the last days. Raises `Failure` if the ledger cannot be read."""
    # These load the rules and SQLite, which would delay the window by a third of a second.
    from slowrise.cli.day_reader import open_days

    with open_days(paths, config) as days:
        today = days.today
        week = [each.summary for each in days.between(today - timedelta(days=WEEK - 1), today, whole=False)]
        yesterday, now = days.between(today - timedelta(days=1), today)
        return Record(now, yesterday, week, days.policy.break_min, days.missing)


class Reader(QObject):
    """Reads the record again and again, one reading at a time."""

    done = Signal(object)
    """A `Record`, in the window's thread."""
    failed = Signal(str)
    """Why it cannot be read, as a sentence."""
    _finished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._again: Callable[[], None] | None = None
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def read(self, paths: Paths, config: Config) -> None:
        """Read the record. What is read already is read once more afterwards."""
        if self._busy:
            self._again = lambda: self.read(paths, config)
            return
        self._busy = True
        # The process ends without waiting for it: nothing is lost, and a long record takes many seconds.
        threading.Thread(target=self._read, args=(paths, config), name="record", daemon=True).start()

    def _read(self, paths: Paths, config: Config) -> None:
        from slowrise.cli.common import Failure

        result: Record | str
        try:
            result = read(paths, config)
        except Failure as failure:
            result = translate(failure.message)
        except Exception as error:  # noqa: BLE001 - the user must see what no one has thought of
            result = f"{type(error).__name__}: {error}"
        with suppress(RuntimeError):  # The window was closed meanwhile, and this object with it.
            self._finished.emit(result)

    def _on_finished(self, result: Record | str) -> None:
        self._busy = False
        if isinstance(result, str):
            self.failed.emit(result)
        else:
            self.done.emit(result)
        if (again := self._again) is not None:
            self._again = None
            again()
