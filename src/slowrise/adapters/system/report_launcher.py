"""Make the report and open it in the browser, in a process of its own: the daemon loads no drawing library.

Processes of a systemd service share its sandbox, where no browser runs, and end with it. So inside a service systemd
starts the command, outside the sandbox.
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
"""Variables that the browser needs. systemd may lack them if the service was started by hand."""

log = logging.getLogger(__name__)


class ReportLauncher:
    """Opens the report of one data directory. Call it in the loop's thread; it returns at once."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.running: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        """Make and open the report, unless the last one is still being made."""
        if self.running is None or self.running.done():
            self.running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        command = [sys.executable, "-m", "slowrise", "report", "--open", "--data-dir", str(self._paths.data)]
        if self._paths.config.exists():
            command += ["--config", str(self._paths.config)]
        if "INVOCATION_ID" in os.environ and (systemd_run := shutil.which("systemd-run")):
            desktop = [f"--setenv={name}={os.environ[name]}" for name in _DESKTOP if name in os.environ]
            if await _succeeds(systemd_run, "--user", "--collect", "--quiet", *desktop, "--", *command):
                return
            # The variable may be left from elsewhere, so without systemd the daemon starts the command.
        await _succeeds(*command)


async def _succeeds(*command: str) -> bool:
    """Run the command to its end, log a failure, and return whether it succeeded."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
    except OSError as error:
        log.warning("%s: %s", command[0], error.strerror)
        return False
    _, errors = await process.communicate()
    if process.returncode:
        log.warning("the report was not opened: %s", errors.decode(errors="replace").strip()[-500:])
    return not process.returncode


def report_opener(paths: Paths) -> ReportLauncher | None:
    """Return what opens the report; None if the libraries that draw it are not installed."""
    return ReportLauncher(paths) if all(find_spec(name) for name in REPORT_NEEDS) else None
