"""Somebody types, moves the mouse and looks at windows: none of it is anywhere in what the program leaves or says."""

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
"""Letters that nothing else says, so that even one of them alone would be found; and words."""
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
    """A window that takes what is typed, of a program with a name."""
    program = folder / "marmalade"
    program.write_text(WINDOW)
    with subprocess.Popen([sys.executable, str(program)], env=environ, stdout=subprocess.PIPE) as shown:
        assert shown.stdout
        assert shown.stdout.readline() == b"there\n"
        try:
            yield
        finally:
            shown.kill()


def hand(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=environ, check=True, timeout=60)


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")
@pytest.mark.parametrize("source", ["x11_idle", "pynput"])
def test_through_the_x_server(desk: DesktopSession, private_home: Path, tmp_path: Path, source: str) -> None:
    user = User(private_home, desk.environ)
    user.configure(CONFIG)
    with window(desk.environ, tmp_path), user.daemon("--source", source) as daemon:
        desk.play("marmalade", "Sehnsucht")
        daemon.wait_for_event("inhibited")
        for _ in range(3):
            hand(desk.environ, "mousemove", "613", "377", "click", "1")
            hand(desk.environ, "type", "--delay", "60", TYPED)
        daemon.wait_for("prompt: sit-soft")
        daemon.wait_for_event("idle")
        hand(desk.environ, "type", "--delay", "60", TYPED)
        daemon.wait_for_event("active", times=2)
        in_mind = memory_regions(daemon)
        answers = command_outputs(user)
        assert daemon.end() == 0
    # D-Bus tells it who holds an inhibitor, and why: forgotten at once, but not yet overwritten.
    assert leaks({name: SECRETS[name] for name in TYPING}, in_mind) == []
    assert leaks(SECRETS, [*answers, *stored_files(user, daemon)]) == []


@pytest.mark.parametrize(
    ("compositor", "source"),
    [
        pytest.param(MutterSession, "mutter", marks=pytest.mark.real("mutter", "dbus-daemon"), id="mutter"),
        pytest.param(SwaySession, "wayland_idle", marks=pytest.mark.real("sway", "swaymsg", "wtype"), id="sway"),
    ],
)
def test_through_a_compositor(
    private_home: Path, monkeypatch: pytest.MonkeyPatch, compositor: type[MutterSession | SwaySession], source: str
) -> None:
    with compositor(private_home, monkeypatch) as place:
        user = User(private_home, dict(os.environ))
        user.configure(CONFIG)
        with user.daemon("--source", source) as daemon:
            for _ in range(40):
                place.type(TYPED)
                time.sleep(0.1)
                if "prompt: sit-soft" in daemon.log_text():
                    break
            daemon.wait_for("prompt: sit-soft")
            daemon.wait_for_event("idle")
            in_mind = memory_regions(daemon)
            answers = command_outputs(user)
            assert daemon.end() == 0
    assert any(b"sit-soft" in each.content for each in in_mind), "what it knows is found there"
    assert leaks(SECRETS, in_mind) == []
    assert leaks(SECRETS, [*answers, *stored_files(user, daemon)]) == []


@pytest.mark.parametrize(
    "form", [str, str.upper, repr, lambda text: text[::-1]], ids=("plain", "upper", "quoted", "backwards")
)
def test_the_search_finds_what_is_there(form: Callable[[str], str]) -> None:
    """Else nothing above would show anything."""
    for name, secret in SECRETS.items():
        for encoding in ("utf-8", "utf-16-le"):
            assert leaks({name: secret}, [Found("here", f"DEBUG key {form(secret)} pressed".encode(encoding))])
    assert leaks(SECRETS, [Found("here", b"DEBUG active")]) == []
