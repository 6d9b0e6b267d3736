"""A notice that stays, on the screens of real services: seen past the time at which others go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from slowrise.adapters.notify import freedesktop as freedesktop_module
from slowrise.adapters.notify.choose import choose
from slowrise.daemon.desktop_follower import DesktopFollower
from slowrise.daemon.notifications import MOST_AGAIN, NoticeQueue
from slowrise.ports.notifier import Notice, Urgency
from support import desktop_programs as desktop
from support.desktop_programs import EnterSession
from support.gnome import GnomeShell, gnome_shell
from support.notice_servers import NoticeServer, mako, plasma, swaync
from support.notices import FIRM, PROMPT, freedesktop, settled, until

ON_SWAY, ON_X = ("dbus-daemon", "sway", "grim"), ("dbus-daemon", "Xvfb", "xdotool")
ORDINARY = PROMPT._replace(stays=False, seconds=1.0)
STAYS = FIRM._replace(urgency=Urgency.NORMAL)
MARGIN = 1.5
"""Seconds that a notice that stays is watched for longer than another."""


@contextmanager
def _on_mako(bus: desktop.Bus, _: desktop.XDisplay | None) -> Iterator[NoticeServer]:
    with mako(bus, "default-timeout=1000\n") as server:
        yield server


@contextmanager
def _on_swaync(bus: desktop.Bus, _: desktop.XDisplay | None) -> Iterator[NoticeServer]:
    with swaync(bus, **{"timeout": 1, "timeout-low": 1, "timeout-critical": 1}) as server:
        yield server


@contextmanager
def _on_plasma(bus: desktop.Bus, screen: desktop.XDisplay | None) -> Iterator[NoticeServer]:
    assert screen
    with plasma(bus, screen) as server:
        yield server


@pytest.fixture(
    params=[
        pytest.param(
            _on_mako, marks=[pytest.mark.real(*ON_SWAY, "mako"), pytest.mark.seen("sway", "notice", "stays")], id="mako"
        ),
        pytest.param(_on_swaync, marks=pytest.mark.real(*ON_SWAY, "swaync", "dconf-service"), id="swaync"),
        pytest.param(
            _on_plasma,
            marks=[
                pytest.mark.real("dbus-daemon", "Xvfb", "plasmawindowed", "import"),
                pytest.mark.seen("Plasma", "notice", "stays"),
            ],
            id="plasma",
        ),
    ]
)
def server(request: pytest.FixtureRequest, enter_session: EnterSession) -> Iterator[NoticeServer]:
    with ExitStack() as stack:
        bus = stack.enter_context(desktop.session_bus())
        screen = stack.enter_context(desktop.x_server(bus)) if request.param is _on_plasma else None
        server = stack.enter_context(request.param(bus, screen))
        enter_session({"DBUS_SESSION_BUS_ADDRESS": bus.address, **server.environ})
        yield server


async def seconds_of(notice: Notice, is_shown: Callable[[], bool]) -> float:
    """Show a notice and return for how long it is on the screen."""
    async with freedesktop() as notifier:
        await notifier.show(notice, lambda _: None)
        await until(is_shown, "the notice")
        begun = time.monotonic()
        await until(lambda: not is_shown(), "the notice to go")
        await notifier.withdraw()
        return time.monotonic() - begun


def test_a_notice_that_stays_is_on_the_screen_when_an_ordinary_one_is_gone(server: NoticeServer) -> None:
    async def look() -> None:
        ordinary = await seconds_of(ORDINARY, server.is_shown)
        async with freedesktop() as notifier:
            answers: list[str] = []
            for notice in (STAYS, STAYS._replace(title="In its place", urgency=Urgency.CRITICAL)):
                await notifier.show(notice, answers.append)
                await until(server.is_shown, "the notice")
                await asyncio.sleep(ordinary + MARGIN)
                assert server.is_shown()
            await notifier.withdraw()
            await until(lambda: not server.is_shown(), "the notice to be withdrawn")
            await settled(notifier)
            assert answers == []

    asyncio.run(look())


@pytest.mark.real(*ON_SWAY, "mako", "makoctl")
def test_a_service_that_gives_every_notice_a_time_of_its_own_is_not_asked_for_ever(enter_session: EnterSession) -> None:
    """Mako with `ignore-timeout`. The next notice in rank is shown then."""
    shown: list[str] = []

    async def look(server: NoticeServer) -> None:
        async with freedesktop() as notifier:

            class Counted:
                name, reports_end = "counted", True
                withdraw, close = notifier.withdraw, notifier.close

                async def show(self, notice: Notice, answer: Callable[..., None]) -> None:
                    shown.append(notice.kind)
                    await notifier.show(notice, answer)

            queue = NoticeQueue(Counted(), lambda _: None)
            queue.show(STAYS)
            queue.show(ORDINARY._replace(kind="budget"))
            await until(lambda: "budget" in shown, "the next notice", patience=60)
            await queue.close()

    with desktop.session_bus() as bus, mako(bus, "default-timeout=200\nignore-timeout=1\n") as server:
        enter_session({"DBUS_SESSION_BUS_ADDRESS": bus.address, **server.environ})
        asyncio.run(look(server))
    assert shown == [STAYS.kind] * (1 + MOST_AGAIN) + ["budget"]


@pytest.mark.real(*ON_SWAY, "mako", "makoctl")
def test_a_notice_that_stays_comes_back_on_a_service_that_was_started_again(
    enter_session: EnterSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freedesktop_module, "RESTARTING", desktop.PATIENCE)

    async def look(bus: desktop.Bus) -> None:
        async with freedesktop() as notifier:
            queue = NoticeQueue(notifier, lambda _: None)
            with mako(bus) as server:
                queue.show(STAYS)
                await until(server.is_shown, "the notice")
                empty = server.empty
            with mako(bus) as server:
                # It may be back before its own screen was seen empty.
                await until(lambda: server.picture() != empty, "the notice to come back")
            await queue.close()

    with desktop.session_bus() as bus:
        enter_session(bus.environ)
        asyncio.run(look(bus))


@pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "dunstctl")
@pytest.mark.parametrize("kind", ["red-flag", "welcome"])
def test_a_notice_that_could_only_be_written_is_shown_by_a_service_that_starts_later(
    enter_session: EnterSession, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """At a login without a desktop's own service, the daemon may be the first to start."""

    async def look(bus: desktop.Bus, screen: desktop.XDisplay) -> None:
        queue = NoticeQueue(await choose(), lambda _: None)
        follower = DesktopFollower(lambda: None, is_blind=lambda: False, served=queue.on_service)
        queue.show(ORDINARY._replace(kind=kind, stays=kind == "red-flag", seconds=desktop.PATIENCE))
        await until(lambda: ORDINARY.title in capsys.readouterr().err, "the text on standard error")
        with desktop.dunst(bus, screen) as service:
            await until(lambda: service.displayed() == 1, "the notice")
            assert queue.notifier.name == "freedesktop"
        follower.close()
        await queue.close()

    with desktop.session_bus() as bus, desktop.x_server(bus) as screen:
        enter_session(screen.environ)
        asyncio.run(look(bus, screen))


@pytest.mark.seen("GNOME", "stays")
@pytest.mark.real("dbus-daemon", "gnome-shell", "gjs", "gdbus", "dbusmock")
def test_on_gnome_it_stays_comes_back_after_a_lock_and_keeps_out_of_do_not_disturb(enter_session: EnterSession) -> None:
    async def use(shell: GnomeShell) -> None:
        def is_shown() -> bool:
            return bool(shell.banner(as_if_used=True))

        ordinary = await seconds_of(ORDINARY, is_shown)
        async with freedesktop() as notifier:
            queue = NoticeQueue(notifier, lambda _: None)
            queue.show(STAYS)
            await until(is_shown, "the banner")
            end = time.monotonic() + ordinary + MARGIN
            while time.monotonic() < end:
                assert is_shown()
                await asyncio.sleep(0.1)

            shell.lock()
            await until(lambda: not is_shown(), "the lock to hide it")
            shell.unlock()
            queue.show_again()
            await until(is_shown, "the banner to come back")

            shell.disturb(yes=False)
            queue.set_do_not_disturb(on=True)
            await until(lambda: not is_shown(), "the banner to give way")
            await until(lambda: shell.titles() == [STAYS.title], "it to be in the list only")
            shell.disturb(yes=True)
            queue.set_do_not_disturb(on=False)
            await until(is_shown, "the banner to come back")

            queue.show(ORDINARY._replace(kind=STAYS.kind))
            await until(lambda: shell.banner(as_if_used=True) == ORDINARY.title, "the next notice")
            await until(lambda: not is_shown(), "the ordinary notice to go")
            await queue.close()

    with desktop.session_bus() as bus, gnome_shell(bus) as shell:
        enter_session(bus.environ)
        asyncio.run(use(shell))
