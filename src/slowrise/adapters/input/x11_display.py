"""The X display of this session, as python-xlib (which pynput brings along) opens it."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from typing import Any

from slowrise.ports.probe import Unavailable


def open_display() -> Any:
    """A connection to the X server of this session. Raises `Unavailable` where there is none or it sees no input."""
    name = os.environ.get("DISPLAY")
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        # A compositor's X server starts and answers as any other, and is told of no input but its own windows'.
        raise Unavailable(
            "pynput is blind on Wayland: X11 sees only what goes to X11 windows there",
            "use the source of the compositor (wayland_idle or mutter)",
        )
    if not name:
        raise Unavailable("DISPLAY is not set", "start slowrise from the desktop session (its user unit does)")
    if _nobody_listens(name):
        raise _unanswered(name)
    from Xlib import display, error

    try:
        return display.Display(name)
    except (error.DisplayError, error.ConnectionClosedError, OSError) as refusal:
        raise _unanswered(name) from refusal


def check_record() -> None:
    """Raise `Unavailable` unless the X server tells pynput of input."""
    display = open_display()
    try:
        if not display.has_extension("RECORD"):
            raise Unavailable(
                "the X server lacks the RECORD extension, through which pynput hears",
                'remove `Disable "record"` from xorg.conf, or `-extension RECORD` from the server\'s command line',
            )
    finally:
        display.close()


def _nobody_listens(name: str) -> bool:
    """Whether it names an X server of this machine that is gone."""
    # python-xlib leaves the sockets of refused attempts to the collector, and a lost server is asked for often.
    if not (local := re.match(r"(?:unix)?:(\d+)", name)):
        return False
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108 where X servers listen
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as asking, suppress(OSError):
            asking.connect(address)
            return False
    return True


def _unanswered(name: str) -> Unavailable:
    fix = "check DISPLAY and XAUTHORITY: `xset q` must answer in this session"
    return Unavailable(f"no X server answers at DISPLAY={name}", fix)
