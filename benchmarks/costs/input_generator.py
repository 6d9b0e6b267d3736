"""Generate input at an even rate on the desktop of the environment: `input_generator.py KIND RATE SECONDS`.

SIGINT ends it early. It prints the rate that it reached.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))


def x11() -> Callable[[], None]:
    """Move the pointer through XTEST, over a window that receives the motion events.

    The X server sends RECORD data together with window events, or once a kilobyte has collected. Without a window, the
    motion of five seconds would arrive all at once.
    """
    from Xlib import X
    from Xlib.display import Display
    from Xlib.ext import xtest

    display = Display()
    display.screen().root.change_attributes(event_mask=X.PointerMotionMask)
    paths = _there_and_back()

    def move() -> None:
        xtest.fake_input(display, X.MotionNotify, x=next(paths), y=100)
        display.flush()
        for _ in range(display.pending_events()):
            display.next_event()

    return move


def sway() -> Callable[[], None]:
    """Move the pointer through the compositor's socket (sway-ipc(7))."""
    ipc = socket.socket(socket.AF_UNIX)
    ipc.connect(os.environ["SWAYSOCK"])
    paths = _there_and_back()

    def move() -> None:
        words = f"seat seat0 cursor set {next(paths)} 100".encode()
        ipc.sendall(b"i3-ipc" + struct.pack("=II", len(words), 0) + words)
        ipc.recv(4096)

    return move


def kwin() -> Callable[[], None]:
    """Move the pointer through KWin's fake-input protocol."""
    from support.fake_input import FakeInput

    return FakeInput().move


def mutter() -> Callable[[], None]:
    """Move the pointer through mutter's remote desktop."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    remote = "org.gnome.Mutter.RemoteDesktop"
    bus = open_dbus_connection(bus="SESSION")
    made = new_method_call(DBusAddress("/org/gnome/Mutter/RemoteDesktop", remote, remote), "CreateSession")
    (path,) = bus.send_and_get_reply(made, timeout=20).body
    session = DBusAddress(path, remote, f"{remote}.Session")
    bus.send_and_get_reply(new_method_call(session, "Start"), timeout=20)
    by = _there_and_back()

    def move() -> None:
        motion = new_method_call(session, "NotifyPointerMotionRelative", "dd", (float(next(by) - 150), 1.0))
        bus.send_and_get_reply(motion, timeout=20)

    return move


def terminal() -> Callable[[], None]:
    """Type into the terminal whose other side is the descriptor in KEYBOARD."""
    keyboard = int(os.environ["KEYBOARD"])
    os.set_blocking(keyboard, False)

    def press() -> None:
        os.write(keyboard, b"\r")
        with suppress(BlockingIOError):
            os.read(keyboard, 4096)

    return press


def _there_and_back() -> Iterator[int]:
    while True:
        yield from range(100, 200)
        yield from range(200, 100, -1)


KINDS = {each.__name__: each for each in (x11, sway, kwin, mutter, terminal)}


def main(kind: str, rate: float, seconds: float) -> None:
    """Generate input and print the rate that was reached."""
    touch = KINDS[kind]()
    begun, count = time.monotonic(), 0
    with suppress(KeyboardInterrupt):
        while (now := time.monotonic()) < begun + seconds:
            if now < (due := begun + count / rate):
                time.sleep(due - now)
            touch()
            count += 1
    print(f"{count / (time.monotonic() - begun):.0f}")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
