"""The connection to the Wayland compositor of this session, for its idle notifications. All times are seconds."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from functools import partial
from typing import Any

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.probe import Unavailable

_DEADLINE = 2.0
"""Seconds for a compositor to list its interfaces. It needs milliseconds, unless it hangs."""

_INPUT_ONLY_SINCE = 2
"""The version of ext-idle-notify-v1 that can ignore inhibitors."""


def _nothing() -> None:
    pass


class Compositor:
    """One connection. Making it raises `Unavailable` if there is no compositor, or none that reports idle."""

    def __init__(self, name: str = "") -> None:
        """Connect to the compositor of this session, or to another one by name."""
        name = name or _display_name()
        from pywayland.client.display import Display

        self._queue: EventQueue[None] = EventQueue()
        self._notifications: set[Any] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ignores_inhibitors = False
        """Whether the compositor reports a pause also while a program keeps the screen on."""
        self._display = Display(name)
        try:
            self._display.connect()
        except ValueError as refusal:
            raise _unanswered(name) from refusal
        try:
            self._bind(self._offered(name))
        except BaseException:
            self.close()
            raise

    def notify(
        self,
        seconds: float,
        *,
        idled: Callable[[], None] = _nothing,
        resumed: Callable[[], None] = _nothing,
        obeys_inhibitors: bool = False,
    ) -> Any:
        """Return a notification of pauses of this many seconds, counted from now at the earliest.

        It ignores inhibitors if the compositor can do that, unless it is to obey them.
        """
        make = self._make_obeying if obeys_inhibitors else self._make
        notification = make(round(seconds * 1000))
        # pywayland prints whatever a handler returns, except None.
        notification.dispatcher[0] = lambda _: idled()
        notification.dispatcher[1] = lambda _: resumed()
        self._notifications.add(notification)
        self._display.flush()
        return notification

    def forget(self, notification: Any) -> None:
        """Destroy the notification."""
        self._notifications.discard(notification)
        notification.destroy()
        self._display.flush()

    async def listen(self) -> None:
        """Call the handlers of notifications until cancelled. Raises `Lost` when the compositor goes away."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._display.get_fd(), self._read)
        while True:
            await self._queue.get()

    def close(self) -> None:
        """Close the connection, after destroying every object: libwayland crashes at exit otherwise."""
        if self._loop:
            self._loop.remove_reader(self._display.get_fd())
        for notification in self._notifications:
            notification.destroy()
        self._display.disconnect()

    def _read(self) -> None:
        try:
            self._dispatch()
        except RuntimeError:
            if self._loop:
                self._loop.remove_reader(self._display.get_fd())
            self._queue.fail("the compositor went away")

    def _dispatch(self) -> None:
        self._display.read()
        self._display.dispatch()
        self._display.flush()

    def _offered(self, name: str) -> dict[str, tuple[int, int]]:
        """Return each interface the compositor offers, with its number and version."""
        offers: list[tuple[int, str, int]] = []
        done: list[int] = []
        self._registry = self._display.get_registry()
        self._registry.dispatcher["global"] = lambda _, *offer: offers.append(offer)
        self._synced = self._display.sync()
        self._synced.dispatcher["done"] = lambda _, data: done.append(data)
        due = boot_seconds() + _DEADLINE
        self._display.flush()
        while not done:
            ready, _, _ = select.select([self._display.get_fd()], [], [], max(0.0, due - boot_seconds()))
            if not ready:
                raise Unavailable(
                    f"the compositor at WAYLAND_DISPLAY={name} hangs", "restart the session", may_come=True
                )
            try:
                self._dispatch()
            except RuntimeError as death:
                raise _unanswered(name) from death
        return {interface: (number, version) for number, interface, version in offers}

    def _bind(self, offered: dict[str, tuple[int, int]]) -> None:
        from pywayland.protocol.ext_idle_notify_v1 import ExtIdleNotifierV1
        from pywayland.protocol.wayland import WlSeat

        from slowrise.adapters.input.wayland_kde_protocol import OrgKdeKwinIdle

        def bound(interface: Any, version: int) -> Any:
            return self._registry.bind(offered[interface.name][0], interface, version)

        if WlSeat.name not in offered:
            raise Unavailable("the compositor has no seat", "connect a keyboard or a pointer")
        seat = bound(WlSeat, 1)
        if ExtIdleNotifierV1.name in offered:
            version = min(offered[ExtIdleNotifierV1.name][1], _INPUT_ONLY_SINCE)
            notifier = bound(ExtIdleNotifierV1, version)
            self.ignores_inhibitors = version >= _INPUT_ONLY_SINCE
            self._make_obeying: Callable[[int], Any] = lambda wait: notifier.get_idle_notification(wait, seat)
            self._make = self._make_obeying
            if self.ignores_inhibitors:
                self._make = lambda wait: notifier.get_input_idle_notification(wait, seat)
        elif OrgKdeKwinIdle.name in offered:
            self._make = self._make_obeying = partial(bound(OrgKdeKwinIdle, 1).get_idle_timeout, seat)
        else:
            raise Unavailable(
                "the compositor offers neither ext_idle_notifier_v1 nor org_kde_kwin_idle",
                "use the source `mutter` on GNOME, a newer compositor elsewhere",
            )


def _display_name() -> str:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        raise Unavailable("WAYLAND_DISPLAY is not set", "start slowrise from the desktop session (its user unit does)")
    if not name.startswith("/") and not os.environ.get("XDG_RUNTIME_DIR"):
        raise Unavailable("XDG_RUNTIME_DIR is not set", "start slowrise from the desktop session (its user unit does)")
    return name


def _unanswered(name: str) -> Unavailable:
    fix = "check WAYLAND_DISPLAY and XDG_RUNTIME_DIR"
    return Unavailable(f"no compositor answers at WAYLAND_DISPLAY={name}", fix, may_come=True)
