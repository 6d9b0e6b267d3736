"""The user's own command, run with each notice beside the notifier: for whoever cannot see a notice.

It is run without a shell and given the text on standard input. Nothing waits for it: whether it works, fails or hangs,
the notice is shown all the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

from slowrise.adapters.notify.sanitize import plain
from slowrise.ports.notifier import Notice, Notifier, OnAnswer

TIME_LIMIT = 10.0
"""Seconds a command may take: enough to speak a notice or to play a sound."""

log = logging.getLogger(__name__)


class CommandNotifier:
    """Shows with another notifier. That the command fails is said once, until it works again."""

    def __init__(self, notifier: Notifier, command: str, *, time_limit: float = TIME_LIMIT) -> None:
        self._notifier = notifier
        self.name = notifier.name
        self._words = shlex.split(command)
        self._time_limit = time_limit
        self._running: set[asyncio.Task[None]] = set()
        self._failing = False

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Start the command, and show the notice."""
        task = asyncio.create_task(self._run(notice))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await self._notifier.show(notice, answer)
        self.name = self._notifier.name

    async def withdraw(self) -> None:
        """Take the notice away. What the command has begun to say it may end."""
        await self._notifier.withdraw()

    async def close(self) -> None:
        """End what still runs, and let go."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._notifier.close()

    async def _run(self, notice: Notice) -> None:
        environ = {**os.environ, "SLOWRISE_KIND": notice.kind, "SLOWRISE_TITLE": plain(notice.title)}
        try:
            # A group of its own, so that what it starts is ended with it.
            process = await asyncio.create_subprocess_exec(
                *self._words, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=environ, start_new_session=True
            )
        except OSError as error:
            self._complain(error.strerror or str(error))
            return
        try:
            await asyncio.wait_for(process.communicate(_text(notice)), self._time_limit)
        except TimeoutError:
            self._complain(f"it was ended after {self._time_limit:g} s")
        else:
            self._tell(process.returncode)
        finally:
            await _end(process)

    def _tell(self, code: int | None) -> None:
        if code:
            self._complain(f"it ended with {code}")
        else:
            self._failing = False

    def _complain(self, why: str) -> None:
        if not self._failing:
            self._failing = True
            log.warning("notifications.on_prompt: %s fails: %s", self._words[0], why)


def _text(notice: Notice) -> bytes:
    return f"{plain(notice.title)}\n{plain(notice.body)}\n".encode()


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
