"""The X display of this session, as python-xlib (which pynput brings along) opens it."""

from __future__ import annotations

import os
from typing import Any

from slowrise.ports import Unavailable


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
    from Xlib import display, error

    try:
        return display.Display(name)
    except (error.DisplayError, error.ConnectionClosedError, OSError) as refusal:
        raise Unavailable(
            f"no X server answers at DISPLAY={name}",
            "check DISPLAY and XAUTHORITY: `xset q` must answer in this session",
        ) from refusal


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
