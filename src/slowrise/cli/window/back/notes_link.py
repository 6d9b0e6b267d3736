"""The health notes for the window: read and written in a thread of their own, so that the window never waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.i18n import translate
from slowrise.cli.window.background import Worker

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class NotesLink(QObject):
    """The notes of one data directory. What is asked for happens in order, and ends even if the window is closed."""

    _call = Signal(object)

    def __init__(self, paths: Paths, parent: QObject) -> None:
        super().__init__(parent)
        self._notes = HealthNotes(paths, log.warning)
        self._thread = Worker("health notes")
        self._call.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[HealthNotes], Found],
        then: Callable[[Found], None] = lambda _: None,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Do the work. `then` receives its result, or `failed` the reason why there is none, in the window's thread."""
        self._thread.do(self._run, work, then, failed)

    def _run(
        self, work: Callable[[HealthNotes], Found], then: Callable[[Found], None], failed: Callable[[str], None]
    ) -> None:
        try:
            found = work(self._notes)
        except Failure as failure:
            self._answer(partial(failed, failure.message))
        except Exception as error:  # what fails here must not leave the page waiting
            log.exception("a health note")
            self._answer(partial(failed, translate(str(error))))
        else:
            self._answer(partial(then, found))

    def _answer(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window is closed, and nobody waits for the answer
            self._call.emit(call)


def added(event: str, **facts: Any) -> Callable[[HealthNotes], None]:
    """Return the work that logs a note. It waits for a daemon that is just starting or ending."""

    def work(notes: HealthNotes) -> None:
        notes.add(event, **facts)

    return work
