"""The user types, moves the mouse and opens windows: no trace of it is in the program's files, output or memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_session import DesktopSession
from support.input_sessions import MutterSession, SwaySession
from support.stored_data import Found, command_outputs, leaks, memory_regions, stored_files

TYPED = "ȝꝏƿ-tulip-ossuary"
"""Letters that no other text contains, so that the search finds even a single one; and two words."""
SECRETS = {
    "a letter": "ȝ",
    "another letter": "ꝏ",
    "a letter's name": "U021D",
    "its number": "100021d",
    "what was typed": "tulip",
    "the end of what was typed": "ossuary",
    "a window's title": "Zwetschgenkuchen",
    "a program's name": "marmalade",
    "a film's title": "Sehnsucht",
    "a pointer's path": "613, 377",
    "a pointer's path as written": "613,377",
}
TYPING = ("what was typed", "the end of what was typed", "a window's title", "a pointer's path")
WINDOW = """
import sys
from Xlib import X
from Xlib.display import Display
display = Display()
window = display.screen().root.create_window(600, 350, 200, 100, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
window.set_wm_name("Zwetschgenkuchen - secret plans")
window.set_wm_class("marmalade", "Marmalade")
window.map()
window.set_input_focus(X.RevertToParent, X.CurrentTime)
display.flush()
print("there", flush=True)
while True:
    display.next_event()
"""
CONFIG = """
[limits]
sit_soft = "2s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
use = "console"
wait_for_pause = "0s"
"""


@contextmanager
def window(environ: dict[str, str], folder: Path) -> Iterator[None]:
    """Open a window that receives the keys, of a program with a known name."""
    program = folder / "marmalade"
    program.write_text(WINDOW)
    with subprocess.Popen([sys.executable, str(program)], env=environ, stdout=subprocess.PIPE) as shown:
        assert shown.stdout
        assert shown.stdout.readline() == b"there\n"
        try:
            yield
        finally:
            shown.kill()


def xdotool(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=environ, check=True, timeout=60)


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")
@pytest.mark.parametrize("source", ["x11_idle", "pynput"])
def test_nothing_typed_through_the_x_server_is_found(
    desk: DesktopSession, private_home: Path, tmp_path: Path, source: str
) -> None:
    user = User(private_home, desk.environ)
    user.configure(CONFIG)
    film = desk.playing("marmalade", "Sehnsucht")
    with window(desk.environ, tmp_path), user.daemon("--source", source) as daemon, film:
        daemon.wait_for_event("inhibited")
        for _ in range(3):
            xdotool(desk.environ, "mousemove", "613", "377", "click", "1")
            xdotool(desk.environ, "type", "--delay", "60", TYPED)
        daemon.wait_for("prompt: sit-soft")
        daemon.wait_for_event("idle")
        xdotool(desk.environ, "type", "--delay", "60", TYPED)
        daemon.wait_for_event("active", times=2)
        memory = memory_regions(daemon)
        answers = command_outputs(user)
        assert daemon.end() == 0
    # D-Bus sends the holder and the reason of an inhibitor. The daemon drops them, but the memory is not yet reused.
    assert leaks({name: SECRETS[name] for name in TYPING}, memory) == []
    assert leaks(SECRETS, [*answers, *stored_files(user, daemon)]) == []


@pytest.mark.parametrize(
    ("compositor", "source"),
    [
        pytest.param(MutterSession, "mutter", marks=pytest.mark.real("mutter", "dbus-daemon"), id="mutter"),
        pytest.param(SwaySession, "wayland_idle", marks=pytest.mark.real("sway", "swaymsg", "wtype"), id="sway"),
    ],
)
def test_nothing_typed_through_a_compositor_is_found(
    private_home: Path, monkeypatch: pytest.MonkeyPatch, compositor: type[MutterSession | SwaySession], source: str
) -> None:
    with compositor(private_home, monkeypatch) as session:
        user = User(private_home, dict(os.environ))
        user.configure(CONFIG)
        with user.daemon("--source", source) as daemon:
            for _ in range(40):
                session.type(TYPED)
                time.sleep(0.1)
                if "prompt: sit-soft" in daemon.log_text():
                    break
            daemon.wait_for("prompt: sit-soft")
            daemon.wait_for_event("idle")
            memory = memory_regions(daemon)
            answers = command_outputs(user)
            assert daemon.end() == 0
    assert any(b"sit-soft" in each.content for each in memory), "the search of the memory finds nothing at all"
    assert leaks(SECRETS, memory) == []
    assert leaks(SECRETS, [*answers, *stored_files(user, daemon)]) == []


@pytest.mark.parametrize(
    "form", [str, str.upper, repr, lambda text: text[::-1]], ids=("plain", "upper", "quoted", "backwards")
)
def test_the_search_finds_a_secret_in_every_form(form: Callable[[str], str]) -> None:
    """Otherwise the tests above would prove nothing."""
    for name, secret in SECRETS.items():
        for encoding in ("utf-8", "utf-16-le"):
            assert leaks({name: secret}, [Found("here", f"DEBUG key {form(secret)} pressed".encode(encoding))])
    assert leaks(SECRETS, [Found("here", b"DEBUG active")]) == []
