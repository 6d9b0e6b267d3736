"""The window's connection to the daemon: its status as it changes, and requests that never block the window.

Two threads use the client of `daemon/control.py`, which waits. Qt carries their results into the window's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from slowrise import __version__
from slowrise.cli.views.i18n import translate
from slowrise.cli.window.background import Worker
from slowrise.daemon import control
from slowrise.daemon.status import OtherVersion, Status, parse_status

AGAIN = 2.0
"""Seconds between two attempts to reach the daemon. Judgement: only while the window is open."""

Then = Callable[[dict[str, Any]], None]
"""Receives the daemon's answer, in the window's thread."""
Failed = Callable[[str], None]
"""Receives the reason why there is no answer, in the window's thread."""


class DaemonLink(QObject):
    """The daemon at one socket. `start` it once. Its signals arrive in the window's thread."""

    changed = Signal()
    """`status` or `reason` changed."""
    _status = Signal(object)
    _lost = Signal(object)
    _call = Signal(object)

    def __init__(self, socket: Path) -> None:
        super().__init__()
        self.status: Status | None = None
        """The daemon's status; None while no daemon answers."""
        self.reason = ""
        """Why there is no status: no daemon, a silent one, or one of another version."""
        self.is_other_version = False
        """Whether a daemon of another version answers."""
        self.is_silent = False
        """Whether a daemon runs and does not answer."""
        self._socket = socket
        self._closed = threading.Event()
        self._emitting = threading.Lock()
        """Held to emit in another thread, which must not happen any more once the link is closed."""
        self._requests = Worker("requests")
        self._status.connect(self._on_status, Qt.ConnectionType.QueuedConnection)
        self._lost.connect(self._on_lost, Qt.ConnectionType.QueuedConnection)
        self._call.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Follow the daemon, also one that starts later."""
        threading.Thread(target=self._follow, name="status", daemon=True).start()

    def ask(self, do: str, then: Then | None = None, failed: Failed | None = None, **with_: Any) -> None:
        """Send a request. `then` receives the answer, `failed` the reason if there is none."""
        self._requests.do(self._ask, do, with_, then or (lambda _: None), failed or (lambda _: None))

    def close(self) -> None:
        """Send no more requests, and tell nobody anything any more. Requests already made are still sent."""
        with self._emitting:
            self._closed.set()
        self._requests.close(wait=False)

    def _ask(self, do: str, with_: dict[str, Any], then: Then, failed: Failed) -> None:
        try:
            answer = control.ask(self._socket, do, with_)
        except (control.NotRunning, control.Refused) as error:
            self._emit(self._call, partial(failed, translate(str(error))))
        else:
            self._emit(self._call, partial(then, answer))

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                for answer in control.follow(self._socket):
                    self._emit(self._status, parse_status(answer))
                why: Exception = control.NotRunning("slowrise has stopped")
            except (control.NotRunning, control.Refused) as error:
                why = error
            self._emit(self._lost, why)
            self._closed.wait(AGAIN)

    def _emit(self, signal: SignalInstance, *values: Any) -> None:
        """Emit one of our signals in another thread, unless the link is closed and perhaps deleted."""
        with self._emitting:
            if not self._closed.is_set():
                signal.emit(*values)

    def _on_status(self, status: Status) -> None:
        self.status, self.reason, self.is_silent = status, "", False
        self.is_other_version = status.version != __version__  # it is understood, and may refuse what is new
        self.changed.emit()

    def _on_lost(self, why: Exception) -> None:
        reason = str(why)
        if self.status is not None or self.reason != reason:
            self.status, self.reason = None, reason
            self.is_other_version, self.is_silent = isinstance(why, OtherVersion), isinstance(why, control.Silent)
            self.changed.emit()
