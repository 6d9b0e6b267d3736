"""pynput's listeners, run so briefly that they cost nearly nothing. They report only that there was input.

A listener costs 40 to 220 us an event, so none runs for long while the user is active: its own callback ends it by
returning False. A listener stopped from outside stays blocked until the next event of its kind, and keeps a thread,
two connections and memory that is never freed (measured; 69 such starts use up an X server's clients).
A listener's thread passes on a timestamp, and whether the input was more than jitter.

The keyboard listener reacts to releases. A key that is held or stuck repeats its press without end, but is released
only once.
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

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.input.jitter import BRIEF, JUDGED_FOR, InputBurst
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost

_APART = 0.5
"""Seconds by which the listener that received nothing last time starts later. A start costs 10 to 20 ms. A user who
types now mostly typed a window ago too, and then the mouse listener is not needed at all (and the other way round)."""

_TO_END = 1.0
"""Seconds that a listener gets to end when `watch` ends. It needs milliseconds, unless the X server hangs."""


Kind = Literal["mouse", "keyboard"]


class RawInput(NamedTuple):
    """Input at `at`. It `counts` once it is known to be more than jitter."""

    at: float
    counts: bool


class _SelfEnding(threading.Thread):
    """Mixed into a pynput listener: calls `when_ended` at its end, and ends quietly when the display dies."""

    when_ended: Callable[[], None]
    died = False
    _abandoned = False

    def run(self) -> None:
        """Listen until the callback returns False or the display is gone."""
        try:
            super().run()
        except Exception:  # noqa: BLE001 pynput passes on whatever python-xlib raises
            self.died = not self._abandoned
        for display in self._displays():
            display.display.socket.close()
            # Its objects form reference cycles: nine megabytes that would stay until the next full collection.
            vars(display.display).clear()
        self.when_ended()

    def _displays(self) -> list[Any]:
        """Return pynput's connections to X11. It leaves one open when the other dies."""
        return [getattr(self, name) for name in ("_display_stop", "_display_record") if hasattr(self, name)]

    def _mark_ready(self) -> None:
        super()._mark_ready()  # type: ignore[misc]
        for display in self._displays():
            # Without this, python-xlib prints an error when it ends a recording that has ended already.
            display.set_error_handler(lambda *_: None)
        if self._abandoned:
            raise InterruptedError

    def abandon(self) -> None:
        """End the thread as if the display had died: on X11 nothing else wakes it at once and safely."""
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
        # pynput asks the display for more than our check did, or the display has died since.
        raise Lost(f"pynput cannot listen here: {error}") from error

    if sys.platform not in {"darwin", "win32"}:
        _look_for_record_only()

    class Mouse(_SelfEnding, mouse.Listener):  # type: ignore[misc]
        pass

    class Keyboard(_SelfEnding, keyboard.Listener):  # type: ignore[misc]
        pass

    return Mouse, Keyboard


def _look_for_record_only() -> None:
    """Keep python-xlib from asking about 15 extensions at each connection: a quarter of what a listener costs."""
    from Xlib import ext

    ext.__extensions__ = [(name, module) for name, module in ext.__extensions__ if name == "RECORD"]


class PynputListeners:
    """At most one mouse and one keyboard listener, which put `RawInput` into a queue.

    They run in rounds: a round is done once there was input that counts, and then both listeners end themselves.
    Public methods are for the loop's thread. The queue may hold other items too.
    """

    def __init__(self, queue: EventQueue[Any]) -> None:
        self._queue = queue
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[Kind, Any] = {}
        self._start_other: asyncio.TimerHandle | None = None
        self._none_left = asyncio.Event()
        # The listeners' threads share these, under the lock.
        self._lock = threading.Lock()
        self._burst = InputBurst()
        self._min_length = 0.0
        """Seconds that a burst must last to count."""
        self._done = True
        self._last_kind: Kind | None = None

    def listen(self) -> float:
        """Begin a round for the next input, even a single one. Return the time from which no input can be missed."""
        self._begin_round(min_length=0.0)
        if self._last_kind is None:
            self._start_missing()
            return boot_seconds()
        self._start(self._last_kind)
        self._start_other = self._loop.call_later(_APART, self._start_missing)
        return boot_seconds() + _APART

    async def wait_for_return(self, emit: Emit) -> float:
        """Emit `active` at each input, and `idle` again if it was jitter. Return when the user came back."""
        self._begin_round(min_length=BRIEF)
        self._start_missing()
        while True:
            if isinstance(first := await self._queue.get(), RawInput):
                emit(Sighting("active", first.at))
                if first.counts:
                    return first.at
                if (at := await self._counted_at(first.at)) is not None:
                    return at
                emit(Sighting("idle", boot_seconds(), self._end_jitter(first.at)))

    async def close(self) -> None:
        """End both listeners from outside."""
        with self._lock:
            self._done = True
        for listener in self._listeners.values():
            listener.abandon()
        if self._listeners:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TO_END):
                    await self._none_left.wait()

    async def _counted_at(self, first: float) -> float | None:
        """Return when the burst that began at `first` counted; None if it did not in time."""
        due = first + JUDGED_FOR
        while boot_seconds() < due or self._done:
            # Once the round is done, the input that ended it is on its way.
            item = await self._queue.get(None if self._done else due)
            if isinstance(item, RawInput) and item.counts:
                return item.at
        return None

    def _end_jitter(self, first: float) -> float:
        """Forget the burst that began at `first`, and return its last input."""
        with self._lock:
            last, self._burst = max(first, self._burst.last), InputBurst()
        return last

    def _begin_round(self, *, min_length: float) -> None:
        if self._start_other:
            self._start_other.cancel()
        with self._lock:
            self._burst, self._min_length, self._done = InputBurst(), min_length, False

    def _start_missing(self) -> None:
        if not self._done:
            self._start("mouse")
            self._start("keyboard")

    def _start(self, kind: Kind) -> None:
        if kind in self._listeners:
            return
        mouse, keyboard = _listener_classes()
        if kind == "mouse":
            moved, touched = partial(self._on_move, kind), partial(self._on_input, kind)
            listener = mouse(on_move=moved, on_click=touched, on_scroll=touched)
        else:
            listener = keyboard(on_release=partial(self._on_input, kind))
        listener.when_ended = partial(self._post, self._on_ended, kind)
        self._listeners[kind] = listener
        self._none_left.clear()
        listener.start()

    def _on_ended(self, kind: Kind) -> None:
        listener = self._listeners.pop(kind)
        # The thread is at its end. pynput's own `join` would wait for more.
        threading.Thread.join(listener, _TO_END)
        if not self._listeners:
            self._none_left.set()
        if listener.died:
            self._queue.fail("the X server went away")
        elif not self._done:
            # It ended with the round before, and the next round has begun since.
            self._start(kind)

    # The methods below run in the listeners' threads.

    def _on_move(self, kind: Kind, x: float, y: float) -> bool:
        return self._on_input(kind, place=(int(x), int(y)))

    def _on_input(self, kind: Kind, *_: object, place: tuple[int, int] | None = None) -> bool:
        """Add the input to the burst; return whether the listener goes on."""
        at = boot_seconds()
        with self._lock:
            if self._done:
                return False
            if not self._min_length and self._burst.is_over(at):
                self._burst = InputBurst()
            self._burst.add(at, place)
            self._done = self._burst.counts(self._min_length)
            self._last_kind = kind
            is_first = bool(self._min_length) and self._burst.first == at
            if self._done or is_first:
                self._post(self._queue.put, RawInput(at, self._done))
            return not self._done

    def _post(self, call: Callable[..., None], *args: Any) -> None:
        # The loop may be closed before an abandoned listener has ended.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)
