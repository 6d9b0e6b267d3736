"""The contract of every notifier, tested on the real services and terminals."""

from __future__ import annotations

import asyncio
import pty
import termios
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

import psutil
import pytest

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.notify.fallback import FallbackNotifier
from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.adapters.notify.plyer import PlyerNotifier
from slowrise.ports.notifier import Notice, Notifier, NotifierFailed, Urgency
from support import desktop_programs as desktop
from support.desktop_programs import EnterSession
from support.notices import FIRM, PROMPT

ODD_TEXTS = [
    "<b>bold</b> & 'so' \"on\" <not closed",
    "--help",
    "-",
    "one\n\ntwo\r\n\tthree",
    "sit " * 100,
    "\x00\x1b[2J\x7f\ud800\N{ZERO WIDTH SPACE}\N{FACE WITH TEARS OF JOY}",
    "%s %(x)s {x} \\n $(true) `true`",
]


class World(NamedTuple):
    """A notifier, and what it needs to work."""

    make: Callable[[], Notifier]
    there: Callable[[], AbstractContextManager[object]]


@pytest.fixture(
    params=[
        pytest.param("dunst", marks=pytest.mark.real("dbus-daemon", "Xvfb", "dunst")),
        pytest.param("xfce4-notifyd", marks=pytest.mark.real("dbus-daemon", "Xvfb", "xfce4-notifyd")),
        pytest.param("plyer", marks=pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "notify-send")),
        pytest.param("chain", marks=pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "notify-send")),
        "console",
    ]
)
def world(request: pytest.FixtureRequest, enter_session: EnterSession) -> Iterator[World]:
    if request.param == "console":
        with _terminal() as world:
            yield world
        return
    bus: desktop.Bus = request.getfixturevalue("bus")
    screen: desktop.XDisplay = request.getfixturevalue("screen")
    enter_session(screen.environ)
    makers: dict[str, Callable[[], Notifier]] = {
        "plyer": PlyerNotifier,
        "chain": lambda: FallbackNotifier([FreedesktopNotifier(), PlyerNotifier()]),
    }
    server = desktop.xfce4_notifyd if request.param == "xfce4-notifyd" else desktop.dunst
    yield World(makers.get(request.param, FreedesktopNotifier), lambda: server(bus, screen))


@contextmanager
def _terminal() -> Iterator[World]:
    """A terminal that accepts text only while the test wants it to."""
    leader, follower = pty.openpty()

    @contextmanager
    def there() -> Iterator[None]:
        termios.tcflow(follower, termios.TCOON)
        yield
        termios.tcflow(follower, termios.TCOOFF)

    with open(follower, "w", errors="replace") as stream, open(leader, "rb"):  # noqa: PTH123 - descriptors
        termios.tcflow(follower, termios.TCOOFF)
        yield World(lambda: ConsoleNotifier(stream), there)
        termios.tcflow(follower, termios.TCOON)


def with_notifier(world: World, test: Callable[[Notifier], Awaitable[None]]) -> None:
    async def run() -> None:
        notifier = world.make()
        try:
            await test(notifier)
        finally:
            await notifier.close()

    asyncio.run(run())


def test_shows_one_notice_after_the_other_and_withdraws(world: World) -> None:
    async def show(notifier: Notifier) -> None:
        for notice in (PROMPT, FIRM, PROMPT._replace(urgency=Urgency.LOW, stays=False, buttons=())):
            await notifier.show(notice, lambda _: None)
            await notifier.withdraw()
        assert notifier.name in {"freedesktop", "plyer", "console"}

    with world.there():
        with_notifier(world, show)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_shows_any_text(world: World, text: str) -> None:
    async def show(notifier: Notifier) -> None:
        await notifier.show(Notice("sit-soft", title=text, body=text), lambda _: None)

    with world.there():
        with_notifier(world, show)


def test_a_failed_notice_does_not_prevent_the_next(world: World) -> None:
    async def show(notifier: Notifier) -> None:
        for _ in range(2):
            with pytest.raises(NotifierFailed, match=r".+"):
                await notifier.show(PROMPT, lambda _: None)
            await notifier.withdraw()
            with world.there():
                await notifier.show(FIRM, lambda _: None)

    with_notifier(world, show)


def test_withdrawing_and_closing_never_raise(world: World) -> None:
    async def close(notifier: Notifier) -> None:
        await notifier.withdraw()
        await notifier.close()
        with world.there():
            await notifier.show(PROMPT, lambda _: None)
        await notifier.withdraw()
        await notifier.withdraw()
        await notifier.close()
        await notifier.close()
        await notifier.withdraw()

    with_notifier(world, close)


def test_nothing_is_left_behind(world: World) -> None:
    """Ten notices leave no file descriptor open."""

    async def show(notifier: Notifier) -> None:
        for _ in range(10):
            await notifier.show(PROMPT, lambda _: None)
            await notifier.close()

    with world.there():
        with_notifier(world, show)
        before = psutil.Process().num_fds()
        with_notifier(world, show)
        assert psutil.Process().num_fds() == before
