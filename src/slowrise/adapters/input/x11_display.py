"""The X display of this session, opened by python-xlib (which pynput depends on)."""

from __future__ import annotations

import os
import re
import socket
from contextlib import closing, suppress
from typing import Any

from slowrise.ports.probe import Unavailable


def open_display() -> Any:
    """Connect to the X server of this session. Raises `Unavailable` if there is none, or if it sees no input."""
    name = os.environ.get("DISPLAY")
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        # A compositor's X server works like any other, but receives only the input to its own windows.
        raise Unavailable(
            "pynput is blind on Wayland: X11 sees only the input to X11 windows there",
            "use the source of the compositor (wayland_idle or mutter)",
        )
    if not name:
        raise Unavailable("DISPLAY is not set", "start slowrise from the desktop session (its user unit does)")
    if _is_gone(name):
        raise _unanswered(name)
    from Xlib import display, error

    try:
        return display.Display(name)
    except (error.DisplayError, error.ConnectionClosedError, OSError) as refusal:
        raise _unanswered(name) from refusal


def check_record() -> None:
    """Raise `Unavailable` unless the X server reports input to pynput."""
    with closing(open_display()) as display:
        if not display.has_extension("RECORD"):
            raise Unavailable(
                "the X server lacks the RECORD extension, which pynput needs",
                'remove `Disable "record"` from xorg.conf, or `-extension RECORD` from the server\'s command line',
            )


def _is_gone(name: str) -> bool:
    """Whether `name` means an X server of this machine that is gone."""
    # python-xlib does not close the sockets of refused attempts, and the daemon retries often after a loss.
    if not (local := re.match(r"(?:unix)?:(\d+)", name)):
        return False
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108 where X servers listen
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
            attempt.connect(address)
            return False
    return True


def _unanswered(name: str) -> Unavailable:
    fix = "check DISPLAY and XAUTHORITY: `xset q` must answer in this session"
    return Unavailable(f"no X server answers at DISPLAY={name}", fix)
