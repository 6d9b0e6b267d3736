"""The report, made and opened in the browser by a command of its own: the daemon itself draws nothing.

What a service starts lives in its sandbox, where no browser runs, and ends with it. So a service asks systemd to start
the command, beside it and as the user would.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from importlib.util import find_spec

from slowrise.adapters.system.paths import REPORT_NEEDS, Paths

_DESKTOP = (
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION"),
    *("DBUS_SESSION_BUS_ADDRESS", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "TZ", "BROWSER"),
)
"""What the browser needs to know, and a service that was started by hand may alone know."""

log = logging.getLogger(__name__)


class ReportLauncher:
    """Opens the report of one data directory. Called in the loop's thread, and returns at once."""

    def __init__(self, paths: Paths) -> None:
        self._places = paths
        self.running: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        """Make it and open it; nothing while that still goes on."""
        if self.running is None or self.running.done():
            self.running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Where systemd does not start it, we do: what it set in our environment may be left from elsewhere."""
        command = [sys.executable, "-m", "slowrise", "report", "--open", "--data-dir", str(self._places.data)]
        if self._places.config.exists():
            command += ["--config", str(self._places.config)]
        if "INVOCATION_ID" in os.environ and (systemd_run := shutil.which("systemd-run")):
            desktop = [f"--setenv={name}={os.environ[name]}" for name in _DESKTOP if name in os.environ]
            if await _done(systemd_run, "--user", "--collect", "--quiet", *desktop, "--", *command):
                return
        await _done(*command)


async def _done(*command: str) -> bool:
    """Run it to its end, and say whether it did what it is for."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
    except OSError as error:
        log.warning("%s: %s", command[0], error.strerror)
        return False
    _, said = await process.communicate()
    if process.returncode:
        log.warning("the report was not opened: %s", said.decode(errors="replace").strip()[-500:])
    return not process.returncode


def report_opener(paths: Paths) -> ReportLauncher | None:
    """What opens the report; None where it cannot be drawn."""
    return ReportLauncher(paths) if all(find_spec(name) for name in REPORT_NEEDS) else None
