"""pynput's listeners, used so that they cost nearly nothing and tell nothing but that there was input.

A listener costs 40 to 220 us an event, so none runs for long while somebody is there: it ends itself, by the answer
of its own callback. One that is stopped from outside stays blocked until the next event of its own kind, with a
thread, two connections and memory that never comes back (measured; 69 such starts use up an X server's clients).
What leaves a listener's thread is a time stamp and whether it was more than a twitch.

Keys are heard by their release. A key that is held, stuck or lain on repeats its press without end, and its release
comes once.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any, Literal, NamedTuple

from slowrise.adapters.input.inbox import Inbox
from slowrise.adapters.input.jitter import BRIEF, JUDGED_FOR, InputBurst
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost

_APART = 0.5
"""Seconds by which the listener that did not hear last time is started later. Starting one costs 10 to 20 ms, and
who types or points now mostly did so a window ago: then the other is not needed at all."""

_TO_END = 1.0
"""Seconds that a listener gets to end when the watching ends; it needs milliseconds, unless the X server hangs."""


Kind = Literal["mouse", "keyboard"]


class Input(NamedTuple):
    """Input at `at`. It `counts` once it is known to be more than a twitch."""

    at: float
    counts: bool


class _SelfEnding(threading.Thread):
    """Mixed into a pynput listener: says when its thread has ended, and dies quietly when the display does."""

    when_ended: Callable[[], None]
    died = False
    _abandoned = False

    def run(self) -> None:
        """Listen until the callback has had enough or the display is gone."""
        try:
            super().run()
        except Exception:  # noqa: BLE001 whatever python-xlib raises falls out of pynput's thread
            self.died = not self._abandoned
        for display in self._displays():
            display.display.socket.close()
            # Its objects hold each other, and nine megabytes of them would lie about until they are collected.
            vars(display.display).clear()
        self.when_ended()

    def _displays(self) -> list[Any]:
        """The connections pynput has opened on X11, which it leaves open when one of them dies."""
        return [getattr(self, name) for name in ("_display_stop", "_display_record") if hasattr(self, name)]

    def _mark_ready(self) -> None:
        super()._mark_ready()  # type: ignore[misc]
        for display in self._displays():
            # By itself python-xlib prints that the recording it is to end has ended.
            display.set_error_handler(lambda *_: None)
        if self._abandoned:
            raise InterruptedError

    def abandon(self) -> None:
        """Make the thread end as if the display had died: on X11 nothing else wakes it at once and safely."""
        self._abandoned = True
        if sys.platform in {"darwin", "win32"}:
            self.stop()  # type: ignore[attr-defined]
        elif (record := getattr(self, "_display_record", None)) is not None:
            with suppress(OSError, AttributeError):
                record.display.socket.shutdown(socket.SHUT_RDWR)


@cache
def _listener_classes() -> tuple[Any, Any]:
    try:
        from pynput import keyboard, mouse
    except ImportError as error:
        # It asks the display for more than we did, or that has died since.
        raise Lost(f"pynput cannot listen here: {error}") from error

    class Mouse(_SelfEnding, mouse.Listener):  # type: ignore[misc]
        pass

    class Keyboard(_SelfEnding, keyboard.Listener):  # type: ignore[misc]
        pass

    return Mouse, Keyboard


class PynputListeners:
    """One mouse and one keyboard listener at most. Belongs to the loop's thread; others may share the inbox."""

    def __init__(self, inbox: Inbox[Any]) -> None:
        self._inbox = inbox
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[Kind, Any] = {}
        self._join: asyncio.TimerHandle | None = None
        self._none_left = asyncio.Event()
        # The listeners' threads share what follows.
        self._lock = threading.Lock()
        self._stretch = InputBurst()
        self._lasting = 0.0
        self._settled = True
        self._heard_last: Kind | None = None

    def listen(self) -> float:
        """Put the next input that counts, if only a single one; from when on none can be missed."""
        self._begin(lasting=0.0)
        if self._heard_last is None:
            self._start_missing()
            return boot_seconds()
        self._start(self._heard_last)
        self._join = self._loop.call_later(_APART, self._start_missing)
        return boot_seconds() + _APART

    async def returned(self, emit: Emit) -> float:
        """Tell each input that breaks the absence, and `idle` after a twitch; when it first was more than that."""
        self._begin(lasting=BRIEF)
        self._start_missing()
        while True:
            if isinstance(begun := await self._inbox.take(), Input):
                emit(Sighting("active", begun.at))
                if begun.counts:
                    return begun.at
                if (at := await self._judged(begun.at)) is not None:
                    return at
                emit(Sighting("idle", boot_seconds(), self._last_of_twitch(begun.at)))

    async def close(self) -> None:
        """End both listeners, from outside for once."""
        with self._lock:
            self._settled = True
        for listener in self._listeners.values():
            listener.abandon()
        if self._listeners:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none_left.wait(), _TO_END)

    async def _judged(self, begun: float) -> float | None:
        """When what began then has become more than a twitch; None if it has not in time."""
        due = begun + JUDGED_FOR
        while boot_seconds() < due or self._settled:
            heard = await self._inbox.take(None if self._settled else due)
            if isinstance(heard, Input) and heard.counts:
                return heard.at
        return None

    def _last_of_twitch(self, begun: float) -> float:
        with self._lock:
            last, self._stretch = max(begun, self._stretch.last), InputBurst()
        return last

    def _begin(self, *, lasting: float) -> None:
        if self._join:
            self._join.cancel()
        with self._lock:
            self._stretch, self._lasting, self._settled = InputBurst(), lasting, False

    def _start_missing(self) -> None:
        if not self._settled:
            self._start("mouse")
            self._start("keyboard")

    def _start(self, kind: Kind) -> None:
        if kind in self._listeners:
            return
        mouse, keyboard = _listener_classes()
        if kind == "mouse":
            moved, touched = partial(self._moved, kind), partial(self._goes_on, kind)
            listener = mouse(on_move=moved, on_click=touched, on_scroll=touched)
        else:
            listener = keyboard(on_release=partial(self._goes_on, kind))
        listener.when_ended = partial(self._post, self._ended, kind)
        self._listeners[kind] = listener
        self._none_left.clear()
        listener.start()

    def _ended(self, kind: Kind) -> None:
        listener = self._listeners.pop(kind)
        # The thread has nothing left to do but to end. Not pynput's `join`, which waits for more.
        threading.Thread.join(listener, _TO_END)
        if not self._listeners:
            self._none_left.set()
        if listener.died:
            self._inbox.lose("the X server went away")
        elif not self._settled:
            # It had enough of the round before, and the next has begun since.
            self._start(kind)

    # From here on in the listeners' threads.

    def _moved(self, kind: Kind, x: float, y: float) -> bool:
        return self._goes_on(kind, place=(int(x), int(y)))

    def _goes_on(self, kind: Kind, *_: object, place: tuple[int, int] | None = None) -> bool:
        at = boot_seconds()
        with self._lock:
            if self._settled:
                return False
            if not self._lasting and self._stretch.is_over(at):
                self._stretch = InputBurst()
            self._stretch.add(at, place)
            self._settled = self._stretch.counts(self._lasting)
            self._heard_last = kind
            begins = bool(self._lasting) and self._stretch.first == at
            if self._settled or begins:
                self._post(self._inbox.put, Input(at, self._settled))
            return not self._settled

    def _post(self, call: Callable[..., None], *args: Any) -> None:
        # The loop may be closed while a listener that nobody waits for any more comes to its end.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)
