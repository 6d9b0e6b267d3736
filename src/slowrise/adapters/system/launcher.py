"""Start the report or the window in a process of its own: the daemon loads neither a drawing library nor Qt.

Processes of a systemd service share its sandbox, where no browser runs, and end with it. So inside a service systemd
starts the command, outside the sandbox.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

from slowrise.adapters.system import files
from slowrise.adapters.system.paths import REPORT_NEEDS, WINDOW_NEEDS, Page, Paths
from slowrise.adapters.system.programs import own_command

_DESKTOP = (
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION"),
    *("DBUS_SESSION_BUS_ADDRESS", "LANG", "LC_ALL", "LC_MESSAGES", "LC_TELEPHONE", "LANGUAGE", "TZ", "BROWSER"),
    *("XDG_ACTIVATION_TOKEN", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR"),
)
"""Variables that a program on the desktop needs. systemd may lack them if the service was started by hand."""

_DETACHED = ("/bin/sh", "-c", '"$@" 2>/dev/null &', "sh")
"""Starts a command that is no child of ours: asyncio kills its children when the loop ends."""

log = logging.getLogger(__name__)


class Launcher:
    """Starts `slowrise report --open` and `slowrise window` for one data directory.

    Call it in the loop's thread; each method returns at once.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.making: asyncio.Task[bool] | None = None
        """The report that is being made, or the last one."""
        self._starting: set[asyncio.Task[bool]] = set()

    @property
    def can_report(self) -> bool:
        """Whether the libraries that draw the report are installed."""
        return all(find_spec(name) for name in REPORT_NEEDS)

    @property
    def can_open_window(self) -> bool:
        """Whether the library of the window is installed."""
        return all(find_spec(name) for name in WINDOW_NEEDS)

    def open_report(self) -> None:
        """Make and open the report, unless the last one is still being made."""
        if self.making is None or self.making.done():
            self.making = asyncio.create_task(self._run("the report was not opened", "report", "--open"))

    def open_window(self, page: Page, token: str = "") -> None:
        """Open the window on a page, or show the page in the open window. It outlives the daemon.

        `token`: the desktop's activation token of the click, which lets the window take the focus on Wayland.
        """
        desktop = {"XDG_ACTIVATION_TOKEN": token} if token else {}
        task = asyncio.create_task(self._run("the window was not opened", "window", page, desktop=desktop, waits=False))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _run(
        self, failure: str, *arguments: str, desktop: Mapping[str, str] | None = None, waits: bool = True
    ) -> bool:
        """Run a command of ours to its end, or without `waits` only start it. Return whether that succeeded."""
        command = own_command(*arguments, "--data-dir", str(self._paths.data))
        if "window" in arguments or files.exists(self._paths.config):  # the window shows what is wrong with the file
            command += ["--config", str(self._paths.config)]
        environ = {**os.environ, **(desktop or {})}
        if "INVOCATION_ID" in os.environ and (systemd_run := shutil.which("systemd-run")):
            set_all = [f"--setenv={name}={environ[name]}" for name in _DESKTOP if name in environ]
            if await _succeeds(failure, [systemd_run, "--user", "--collect", "--quiet", *set_all, "--", *command]):
                return True
            # The variable may be left from elsewhere, so without systemd the daemon starts the command.
        return await _succeeds(failure, command if waits else [*_DETACHED, *command], environ)


async def _succeeds(failure: str, command: Sequence[str], environ: Mapping[str, str] | None = None) -> bool:
    """Run the command to its end, log a failure, and return whether it succeeded."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, start_new_session=True, env=environ
        )
    except OSError as error:
        log.warning("%s: %s", command[0], error.strerror)
        return False
    _, errors = await process.communicate()
    if process.returncode:
        log.warning("%s: %s", failure, errors.decode(errors="replace").strip()[-500:])
    return not process.returncode
