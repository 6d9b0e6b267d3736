"""Missing parts: no input source, no notification service, an X server without its extensions."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import desktop_programs as desktop
from support.daemon_process import User, private_environ
from support.desktop_programs import wait_until
from support.desktop_session import DesktopSession
from support.terminal_run import TerminalRun

SOON = """
[limits]
sit_soft = "1s"
sit_firm = "2s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""

WITHOUT_TERMINALS = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /dev/pts && exec "$@"', "sh")


@pytest.mark.real("unshare", "mount")
def test_without_any_input_source_every_source_gives_its_reason(private_home: Path) -> None:
    user = User(private_home, private_environ())
    result = user.run("run", "--own-display", before=WITHOUT_TERMINALS)
    assert result.code == 4
    assert result.out == ""
    lines = result.err[result.err.index("Error: Nothing can be watched here.") :].splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == [
        "wayland_idle",
        "mutter",
        "x11_idle",
        "pynput",
        "terminal",
    ]
    assert "WAYLAND_DISPLAY is not set" in lines[0]
    assert "DISPLAY is not set -> start slowrise from the desktop session" in lines[2]
    assert "no terminal belongs to you -> log in on a console or by ssh, or start tmux" in lines[4]
    assert not user.ledger.exists()


@pytest.mark.parametrize("source", ["x11_idle", "wayland_idle"])
def test_a_requested_source_that_cannot_work_gives_its_reason(private_home: Path, source: str) -> None:
    result = User(private_home, private_environ()).run("run", "--own-display", "--source", source)
    assert result.code == 4
    assert f"\n  {source}: " in result.err


def test_an_unknown_source_is_wrong_usage(private_home: Path) -> None:
    result = User(private_home, private_environ()).run("run", "--source", "evdev")
    assert result.code == 2
    assert "There is no source named 'evdev'; accepted are wayland_idle, mutter, x11_idle" in result.err


def test_every_mistake_in_the_configuration_is_named_at_once(private_home: Path) -> None:
    user = User(private_home, private_environ())
    user.configure('profil = "standard"\n[limits]\nsit_soft = "1h"\nsit_firm = "50m"\nbreak_min = "soon"\n')
    with TerminalRun(user.environ, "run") as terminal:
        assert terminal.ended() == 2
        printed = terminal.printed
    assert "3 mistakes" in printed
    assert "profil: no such setting; the nearest is profile" in printed
    assert "limits.sit_firm: it is 50m, shorter than sit_soft, which is 1h; for example sit_firm" in printed
    assert "limits.break_min: " in printed
    assert not user.ledger.exists()


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")
def test_prompts_go_to_the_console_until_a_notification_service_starts(desk: DesktopSession, user: User) -> None:
    user.configure(SOON)
    with user.daemon() as daemon, desk.typing():
        assert "notices go to console" in daemon.log_text()
        daemon.wait_for("Get up slowly")
        assert "slowrise snooze" in daemon.log_text(), "the console names no command for the button"
        with desktop.dunst(desk.bus, desk.screen) as notices:
            daemon.wait_for("freedesktop shows notices again")
            wait_until(lambda: notices.displayed() == 1, "the prompt in the service")
        assert user.status()["notifier"] == "freedesktop"


@pytest.mark.real("Xvfb", "dbus-daemon")
def test_without_record_x11_idle_warns_that_programs_can_reset_the_idle_time(private_home: Path) -> None:
    with desktop.session_bus() as bus, desktop.x_server(bus, "-extension", "RECORD") as screen:
        user = User(private_home, screen.environ)
        result = user.run("run", "--source", "pynput")
        assert result.code == 4
        assert "pynput: the X server lacks the RECORD extension, which pynput needs -> remove" in result.err
        with user.daemon() as daemon:
            assert (
                "x11_idle is used, but counts you as present while a program resets the idle time: the X server lacks"
                in daemon.log_text()
            )
            assert user.status()["source"] == "x11_idle"
