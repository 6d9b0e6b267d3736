"""Starts the daemon for a user who pressed a button: as the desktop does where it is installed, or as a process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from PySide6.QtCore import QObject, QTimer, Signal

from slowrise.adapters.system import files, single_instance
from slowrise.adapters.system.autostart import UNIT
from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.programs import own_command
from slowrise.cli.views.i18n import _, translate
from slowrise.daemon.exit_codes import ExitCode

PATIENCE = 30.0
"""Seconds until a start that neither works nor fails is given up; the unit allows itself as many."""
_EVERY = 200
"""Milliseconds between two looks at the process, only while it starts."""


class Starter(QObject):
    """Starts and restarts the daemon of one data directory. The window notices by its link that it runs."""

    failed = Signal(str)
    """Why it does not run, as a sentence."""

    def __init__(self, own: Paths, is_running: Callable[[], bool]) -> None:
        """`is_running`: whether the daemon answers."""
        super().__init__()
        self._paths = own
        self._is_running = is_running
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._look)
        self._until = 0.0
        self._is_ending = False
        """The daemon before is still ending."""

    @property
    def is_starting(self) -> bool:
        """Whether a start is under way."""
        return self._is_ending or self._timer.isActive()

    def start(self) -> None:
        """Start the daemon, unless that is under way."""
        if not self.is_starting:
            self._run("start")

    def restart(self) -> None:
        """End the daemon that runs, perhaps one of another version, and start this version."""
        if self.is_starting:
            return
        if self._has_unit():
            self._run("restart")
            return
        if pid := single_instance.running(self._paths.lock):
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM)
        self._until = time.monotonic() + PATIENCE
        self._is_ending = True
        self._await_end()

    def _await_end(self) -> None:
        if single_instance.running(self._paths.lock) and time.monotonic() < self._until:
            QTimer.singleShot(_EVERY, self, self._await_end)
        else:
            self._is_ending = False
            self._run("start")

    def _has_unit(self) -> bool:
        """Return whether systemd starts the daemon of this very record."""
        if paths(config=self._paths.config).data != self._paths.data or not Path("/run/systemd/system").is_dir():
            return False
        if not shutil.which("systemctl"):
            return False
        try:
            found = subprocess.run(
                ["systemctl", "--user", "cat", UNIT], capture_output=True, check=False, timeout=PATIENCE / 10
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return found.returncode == 0

    def _run(self, verb: str) -> None:
        if self._has_unit():
            command = ["systemctl", "--user", verb, UNIT]
        else:
            command = own_command("run", "--data-dir", str(self._paths.data))
            if files.exists(self._paths.config):
                command += ["--config", str(self._paths.config)]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the start has ended
        try:
            # It outlives the window, and no terminal of the window ends it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
        except OSError as error:
            self.failed.emit(
                _("slowrise could not be started: {why}").format(why=translate(error.strerror or str(error)))
            )
            return
        self._until = time.monotonic() + PATIENCE
        self._timer.start()

    def _look(self) -> None:
        """See whether the start worked or failed."""
        code = None if self._process is None else self._process.poll()
        if self._is_running():
            self._end()
        elif code:
            self._end(_reason(code, self._said()))
        elif time.monotonic() > self._until:
            self._end(_("slowrise was started and does not answer. Log out and in again."))

    def _said(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()

    def _end(self, why: str = "") -> None:
        self._timer.stop()
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        if why:
            self.failed.emit(why)


def _reason(code: int, said: str) -> str:
    """Return why the daemon ended at once, as a sentence."""
    match code:
        case ExitCode.NOTHING_TO_WATCH:
            return _("slowrise cannot see here whether the keyboard or mouse is used. To find out why: slowrise doctor")
    last = said.splitlines()[-1].removeprefix("Error: ") if said else str(code)
    return _("slowrise could not be started: {why}").format(why=translate(last))
