"""Notices through plyer and notify-send on a real dunst, as in a virtual environment without dbus-python."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from slowrise.adapters.notify.plyer import PlyerNotifier
from slowrise.ports.notifier import Notice, NotifierFailed
from slowrise.ports.probe import Unavailable
from support import desktop_programs as desktop
from support.desktop_programs import EnterSession
from support.notices import FIRM, PROMPT, freedesktop, until

pytestmark = pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "notify-send")


def with_plyer(test: Callable[[PlyerNotifier], Awaitable[None]]) -> None:
    async def run() -> None:
        notifier = PlyerNotifier()
        try:
            await test(notifier)
        finally:
            await notifier.close()

    asyncio.run(run())


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "plyer"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("--help", " --help"),
        ("-u critical", " -u critical"),
        ("<b>bold</b> & 'so' \"on\"", "&lt;b&gt;bold&lt;/b&gt; &amp; 'so' \"on\""),
        ("one\n\ntwo", "one\n\ntwo"),
        ("sit " * 100, "sit " * 100),
        ("a\x00b\x1b[31m", "ab[31m"),
    ],
)
def test_any_text_is_shown_as_written(dunst: desktop.Dunst, text: str, shown: str) -> None:
    async def show(notifier: PlyerNotifier) -> None:
        await notifier.show(Notice("sit-soft", title=text.splitlines()[0], body=text), lambda _: None)

    with_plyer(show)
    dunst.dismiss()
    (notice,) = dunst.history()
    assert (notice["body"], notice["appname"]) == (shown, "slowrise")


def test_the_notice_has_the_words_for_where_there_are_no_buttons(dunst: desktop.Dunst) -> None:
    async def show(notifier: PlyerNotifier) -> None:
        await notifier.show(PROMPT._replace(without_buttons="All of it."), lambda _: None)
        await notifier.withdraw()

    with_plyer(show)
    dunst.dismiss()
    assert dunst.history()[0]["body"] == "All of it."


def test_a_hung_service_is_a_failure_and_costs_no_thread(dunst: desktop.Dunst) -> None:
    async def hang(notifier: PlyerNotifier) -> None:
        os.kill(dunst.pid, signal.SIGSTOP)
        with pytest.raises(NotifierFailed, match="no answer within 3 s"):
            await notifier.show(PROMPT, lambda _: None)
        assert threads() == []
        os.kill(dunst.pid, signal.SIGCONT)
        await notifier.show(FIRM, lambda _: None)

    with_plyer(hang)
    dunst.dismiss()
    assert dunst.history()[0]["summary"] == FIRM.title


def test_a_hanging_call_keeps_one_thread_and_later_notices_fail(
    dunst: desktop.Dunst, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    hanging = tmp_path / "notify-send"
    hanging.write_text(f"#!/bin/sh\nread line < {gate}\n")
    hanging.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    async def hang(notifier: PlyerNotifier) -> None:
        with pytest.raises(NotifierFailed, match="took more than"):
            await notifier.show(PROMPT, lambda _: None)
        for _ in range(3):
            with pytest.raises(NotifierFailed, match="still hangs"):
                await notifier.show(PROMPT, lambda _: None)
        assert len(threads()) == 1
        gate.write_text("go on\n")
        await until(lambda: not threads(), "the call to end")
        hanging.unlink()
        await notifier.show(FIRM, lambda _: None)
        assert dunst.displayed() == 1

    with_plyer(hang)


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"DISPLAY": ":0"}, "the session bus has no address"),
        ({"XDG_RUNTIME_DIR": "/nonexistent"}, "cannot be reached"),
        ({"DBUS_SESSION_BUS_ADDRESS": "autolaunch:"}, "cannot be reached"),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}, "cannot be reached"),
    ],
)
def test_refuses_a_notice_that_plyer_would_lose(
    enter_session: EnterSession, environ: dict[str, str], reason: str
) -> None:
    enter_session(environ)

    async def ask(notifier: PlyerNotifier) -> None:
        with pytest.raises(Unavailable, match=reason):
            await notifier.probe()
        with pytest.raises(NotifierFailed, match=reason):
            await notifier.show(PROMPT, lambda _: None)

    with_plyer(ask)


@pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "notify-send")
def test_uses_plyer_unchecked_on_a_bus_it_cannot_reach_itself(enter_session: EnterSession) -> None:
    """notify-send can use a bus over TCP, which slowrise cannot: the use of plyer on Linux."""
    with desktop.session_bus(tcp=True) as bus, desktop.x_server(bus) as screen, desktop.dunst(bus, screen) as dunst:
        enter_session(screen.environ)

        async def show(notifier: PlyerNotifier) -> None:
            async with freedesktop() as ours:
                with pytest.raises(NotifierFailed, match="cannot be reached"):
                    await ours.show(PROMPT, lambda _: None)
            await notifier.show(PROMPT, lambda _: None)

        with_plyer(show)
        assert dunst.displayed() == 1


def test_without_a_service_it_refuses(bus: desktop.Bus) -> None:
    async def ask(notifier: PlyerNotifier) -> None:
        with pytest.raises(Unavailable, match="no notification service") as refused:
            await notifier.probe()
        assert "dunst" in refused.value.fix

    with_plyer(ask)


def test_without_notify_send_it_refuses(dunst: desktop.Dunst, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    async def ask(notifier: PlyerNotifier) -> None:
        with pytest.raises(Unavailable, match="no notify-send") as refused:
            await notifier.probe()
        assert "libnotify-bin" in refused.value.fix
        with pytest.raises(NotifierFailed, match="no notify-send"):
            await notifier.show(PROMPT, lambda _: None)

    with_plyer(ask)


def test_an_exception_of_plyer_fails(dunst: desktop.Dunst, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plyer finds its program once. If that is removed later, the call fails."""
    broken = tmp_path / "notify-send"
    broken.write_text("no program\n")
    broken.chmod(0o700)

    async def show(notifier: PlyerNotifier) -> None:
        await notifier.show(PROMPT, lambda _: None)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(NotifierFailed, match="plyer: "):
            await notifier.show(PROMPT, lambda _: None)

    with_plyer(show)


def test_on_macos_it_needs_pyobjus() -> None:
    async def ask() -> None:
        with pytest.raises(Unavailable, match="pyobjus"):
            await PlyerNotifier(platform="darwin").probe()

    asyncio.run(ask())


def test_plyer_is_imported_with_the_first_notice() -> None:
    code = "import sys, slowrise.adapters.notify.choose; sys.exit('plyer' in sys.modules)"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0
