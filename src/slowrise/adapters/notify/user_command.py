"""The user's own command, run with each notice in addition to the notifier: for users who cannot see a notice.

It runs without a shell and reads the text from standard input. Nothing waits for it: the notice is shown whether the
command works, fails or hangs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex

from slowrise.adapters.system.child import Child
from slowrise.core.model.safe_text import plain
from slowrise.ports.notifier import Notice, Notifier, OnAnswer

TIME_LIMIT = 10.0
"""Seconds that a command may take: enough to speak a notice or to play a sound."""

log = logging.getLogger(__name__)


class CommandNotifier:
    """Runs the command, and shows the notice with another notifier. Logs once that the command fails."""

    def __init__(self, notifier: Notifier, command: str, *, time_limit: float = TIME_LIMIT) -> None:
        self._notifier = notifier
        self.name = notifier.name
        self._command = shlex.split(command)
        self._time_limit = time_limit
        self._running: set[asyncio.Task[None]] = set()
        self._failing = False

    @property
    def reports_end(self) -> bool:
        """Whether the notifier knows when a notice ends."""
        return self._notifier.reports_end

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Start the command, unless the notice comes again, and show the notice."""
        if not notice.again:
            task = asyncio.create_task(self._run(notice))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        await self._notifier.show(notice, answer)
        self.name = self._notifier.name

    async def withdraw(self) -> None:
        """Withdraw the notice. A command that is still running may finish."""
        await self._notifier.withdraw()

    async def close(self) -> None:
        """End running commands, and close the notifier."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._notifier.close()

    async def _run(self, notice: Notice) -> None:
        environ = {**os.environ, "SLOWRISE_KIND": notice.kind, "SLOWRISE_TITLE": plain(notice.title)}
        try:
            text = f"{plain(notice.title)}\n{plain(notice.body)}\n"
            child = await Child.start(self._command, given=text.encode(), environ=environ)
        except OSError as error:
            self._log_failure(error.strerror or str(error))
            return
        try:
            async with asyncio.timeout(self._time_limit):
                await child.wait()
        except TimeoutError:
            self._log_failure(f"it took more than {self._time_limit:g} s and was stopped")
        else:
            if child.code:
                self._log_failure(f"its exit code was {child.code}")
            else:
                self._failing = False
        finally:
            await child.end()

    def _log_failure(self, why: str) -> None:
        if not self._failing:
            self._failing = True
            log.warning("notifications.on_prompt: %s fails: %s", self._command[0], why)
