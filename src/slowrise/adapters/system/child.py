"""A program of the user's that the daemon runs, with everything that it starts.

asyncio's own `Process.wait` waits until the pipes are closed too. A grandchild can hold them for hours, and a pipe that
was full when the reading stopped is never noticed to close: the daemon would not end. Here the end of the process is
its end, and its pipes are closed with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import cast

ENDING = 1.0
"""Seconds to wait for a killed process. Only one that the kernel cannot interrupt takes longer."""


class Child(asyncio.SubprocessProtocol):
    """A running program in a process group of its own. Make it with `start`, and `end` it."""

    _transport: asyncio.SubprocessTransport

    def __init__(self) -> None:
        self._exited = asyncio.Event()
        self._pieces: deque[bytes] = deque()
        self._has_output = asyncio.Event()
        self._has_closed_output = False

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        given: bytes | None = None,
        environ: Mapping[str, str] | None = None,
        reads: bool = False,
    ) -> Child:
        """Run the command with `given` as its standard input. Raises `OSError`.

        `reads`: `output` will read its standard output, and its errors go to ours; otherwise both go nowhere.
        """
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            cls,
            *command,
            stdin=DEVNULL if given is None else PIPE,
            stdout=PIPE if reads else DEVNULL,
            stderr=None if reads else DEVNULL,
            env=environ,
            start_new_session=True,
        )
        if given is not None:
            pipe = cast("asyncio.WriteTransport", transport.get_pipe_transport(0))
            pipe.write(given)
            pipe.write_eof()
        return child

    @property
    def code(self) -> int | None:
        """The exit code; None while the program runs."""
        return self._transport.get_returncode()

    async def output(self) -> AsyncIterator[bytes]:
        """Return the output in pieces, until the program closes it. A program that is not read waits."""
        while True:
            await self._has_output.wait()
            self._has_output.clear()
            while self._pieces:
                yield self._pieces.popleft()
            if self._has_closed_output:
                return
            self._reading().resume_reading()

    async def wait(self) -> None:
        """Wait until the program has ended."""
        await self._exited.wait()

    async def end(self) -> None:
        """Kill the program and what it started, and close its pipes."""
        try:
            if self.code is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._transport.get_pid(), signal.SIGKILL)
                with suppress(TimeoutError):
                    async with asyncio.timeout(ENDING):
                        await self.wait()
        finally:
            self._transport.close()

    def _reading(self) -> asyncio.ReadTransport:
        return cast("asyncio.ReadTransport", self._transport.get_pipe_transport(1))

    # -- called by asyncio -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the process, before its first output."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 - there is only standard output
        """Keep the piece, and read no more until it is taken."""
        self._pieces.append(data)
        self._reading().pause_reading()
        self._has_output.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Note that the output is closed. A program need not read its input."""
        if fd == 1:
            self._has_closed_output = True
            self._has_output.set()

    def process_exited(self) -> None:
        """Note the end."""
        self._exited.set()
