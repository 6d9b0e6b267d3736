"""Answers the clients of `control`, which has the messages and limits. Runs in the daemon's asyncio loop."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import select
import socket
import stat
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from slowrise.adapters.system.files import FILE, Unsafe, private_directory
from slowrise.daemon.control import (
    ANSWER_WITHIN,
    CLIENTS,
    FOLLOWERS,
    LONGEST_REQUEST,
    REQUEST_WITHIN,
    UNREAD,
    Refused,
    Reply,
    Request,
    peer_uid,
)
from slowrise.daemon.exit_codes import ExitCode

log = logging.getLogger(__name__)

Answers = Callable[[str, dict[str, Any]], "Awaitable[dict[str, Any]] | dict[str, Any]"]
"""Receives a command and its arguments, returns the result. Raises `Refused`, also for an unknown command."""


class ControlServer:
    """Serves the socket at `path` from `start` to `close`. Sets the mode of its directory to 0700, its own to 0600."""

    def __init__(self, path: Path, answer: Answers) -> None:
        self._path = path
        self._answer = answer
        self._socket: tuple[int, int] | None = None
        """Device and inode of the socket, while this listens."""
        self._restoring: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._silent: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        """The clients that have not sent their request yet, the oldest first. They make room when it gets crowded."""
        self._followers: set[asyncio.StreamWriter] = set()
        self._mistakes: set[tuple[str, type[Exception]]] = set()
        """Bugs that are logged already: a status bar may run into the same one every second."""

    async def start(self) -> None:
        """Listen, in place of a socket that a crash left behind. Raises `Unsafe` or `OSError`."""
        private_directory(self._path.parent)
        _clear(self._path)
        listening = socket.socket(socket.AF_UNIX)
        try:
            listening.bind(os.fspath(self._path))
            self._path.chmod(FILE)
            self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=LONGEST_REQUEST)
            self._socket = _identity(self._path)
        except BaseException:
            listening.close()
            raise

    def look(self) -> None:
        """Listen again if the socket was removed: a runtime directory goes with the last session of its user."""
        is_lost = self._server is not None and (self._socket is None or _identity(self._path) != self._socket)
        if is_lost and (self._restoring is None or self._restoring.done()):
            self._restoring = asyncio.ensure_future(self._restore())

    async def _restore(self) -> None:
        if self._server is not None:
            self._server.close()  # the connections that it has go on
            self._socket = None
        if not self._path.parent.parent.is_dir():
            return  # the system makes the runtime directory, at the next login
        with suppress(Unsafe, OSError):
            await self.start()
            log.info("the control socket was removed, and is there again")

    @property
    def followed(self) -> bool:
        """Whether there are followers to publish to."""
        return bool(self._followers)

    def publish(self, result: dict[str, Any]) -> None:
        """Send a result to every follower. One that does not read is dropped."""
        line = _line(Reply(ok=True, result=result))
        for writer in tuple(self._followers):
            if writer.transport.get_write_buffer_size() > UNREAD:
                self._followers.discard(writer)
                writer.transport.abort()
            else:
                writer.write(line)

    async def close(self) -> None:
        """Disconnect every client and remove the socket. Never raises."""
        if self._server is None:
            return
        if self._restoring is not None:
            self._restoring.cancel()
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        with suppress(OSError):
            self._path.unlink()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it disconnects."""
        client = asyncio.current_task()
        assert client  # noqa: S101 - for the type checker: asyncio runs this as a task
        crowded = len(self._clients) >= CLIENTS and not self._make_room()
        self._clients.add(client)
        writer.transport.set_write_buffer_limits(high=0)  # `drain` then waits until the kernel has everything
        try:
            if peer_uid(writer.get_extra_info("socket")) != os.geteuid():
                await _send(writer, _refusal(Refused("this daemon is another user's")))
            elif crowded:
                await _send(writer, _refusal(Refused(f"{CLIENTS} others are asking; try again")))
            else:
                self._silent[client] = writer
                await self._converse(client, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client is gone or does not read, so no answer reaches it
        except asyncio.CancelledError:
            pass  # by `close` or `_make_room`; it ends here, because Python 3.11 logs a cancelled client as an error
        finally:
            self._clients.discard(client)
            self._silent.pop(client, None)
            self._followers.discard(writer)
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()  # the client has not read everything
            else:
                writer.close()

    def _make_room(self) -> bool:
        """Send away the client that has waited longest with its request. Return whether there was one."""
        if not self._silent:
            return False
        client, writer = next(iter(self._silent.items()))
        del self._silent[client]
        self._clients.discard(client)
        writer.write(_refusal(Refused(f"{CLIENTS} others are asking; try again")))
        client.cancel()
        return True

    async def _converse(
        self, client: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            try:
                request = await _request(reader)
            finally:
                self._silent.pop(client, None)
            if _has_left(writer):
                return  # it has told its user that nothing was done: this daemon was stopped, or busy, for too long
            follows = request.do == "follow"
            if follows:
                self._check_room()
            line = await self._result("status" if follows else request.do, request.with_)
        except Refused as refused:
            await _send(writer, _refusal(refused))
            return
        if follows:
            self._followers.add(writer)
        await _send(writer, line)
        while writer in self._followers and await reader.read(LONGEST_REQUEST):
            pass  # a follower sends nothing more; the end of its stream means that it left

    def _check_room(self) -> None:
        """Raise `Refused` if there are too many followers."""
        if len(self._followers) >= FOLLOWERS:
            raise Refused(f"{FOLLOWERS} others are following; end one of them")

    async def _result(self, do: str, with_: dict[str, Any]) -> bytes:
        """Return the reply line with the result. Raises `Refused`, whatever goes wrong."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                result = self._answer(do, with_)
                return _line(Reply(ok=True, result=await result if inspect.isawaitable(result) else result))
        except Refused:
            raise
        except TimeoutError:
            raise Refused(f"no answer to {do!r} within {ANSWER_WITHIN:g} s") from None
        except Exception as error:  # outermost frame of a request: the daemon must survive a bug in answering it
            if (mistake := (do, type(error))) not in self._mistakes:
                self._mistakes.add(mistake)
                log.exception("answering %r failed; this is a bug", do)
            raise Refused(f"answering {do!r} failed; the daemon's log says where") from error


async def _request(reader: asyncio.StreamReader) -> Request:
    """Read the request. Raises `Refused` if it is not one."""
    try:
        async with asyncio.timeout(REQUEST_WITHIN):
            line = await reader.readuntil(b"\n")
        return msgspec.json.decode(line, type=Request)
    except TimeoutError:
        raise Refused(f"no request within {REQUEST_WITHIN:g} s", code=ExitCode.USAGE) from None
    except asyncio.LimitOverrunError:
        raise Refused(f"a request has at most {LONGEST_REQUEST} bytes", code=ExitCode.USAGE) from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused(f'not understood ({error}); for example {{"do": "status"}}', code=ExitCode.USAGE) from None


def _has_left(writer: asyncio.StreamWriter) -> bool:
    """Return whether the client has closed the connection. One that only ended its own side still reads."""
    waiting = select.poll()
    waiting.register(writer.get_extra_info("socket").fileno(), 0)
    return any(events & select.POLLHUP for _, events in waiting.poll(0))


async def _send(writer: asyncio.StreamWriter, line: bytes) -> None:
    writer.write(line)
    async with asyncio.timeout(REQUEST_WITHIN):
        await writer.drain()


def _line(reply: Reply) -> bytes:
    return msgspec.json.encode(reply) + b"\n"


def _refusal(refused: Refused) -> bytes:
    return _line(Reply(ok=False, error=refused.reason, code=refused.code))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _clear(path: Path) -> None:
    """Remove the socket of a daemon that crashed. Raises `Unsafe` if it is not a socket."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise Unsafe(f"{path} is not a socket; move it away")
        path.unlink()
