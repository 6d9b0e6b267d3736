"""The X display of this session, opened by python-xlib (which pynput depends on)."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cache
from typing import Any

from slowrise.adapters.system.desktop import Display, is_there
from slowrise.ports.probe import Unavailable


def open_display(name: str = "") -> Any:
    """Connect to the X server of this session, or to another one by name.

    Raises `Unavailable` if there is none, or if it sees no input.
    """
    if name:
        return _opened(name)
    name = os.environ.get("DISPLAY", "")
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        # A compositor's X server works like any other, but receives only the input to its own windows.
        raise Unavailable(
            "pynput is blind on Wayland: X11 sees only the input to X11 windows there",
            "use the source of the compositor (wayland_idle or mutter)",
        )
    if not name:
        raise Unavailable("DISPLAY is not set", "start slowrise from the desktop session (its user unit does)")
    return _opened(name)


def _opened(name: str) -> Any:
    if not is_there(Display("x11", name)):
        raise _unanswered(name)
    from Xlib import display, error

    _number_extensions_by_connection()
    try:
        return display.Display(name)
    except (error.DisplayError, error.ConnectionClosedError, OSError) as refusal:
        raise _unanswered(name) from refusal


@cache
def _number_extensions_by_connection() -> None:
    """Give each connection its own numbers of extensions, in this process and from now on.

    X servers number their extensions differently, and python-xlib keeps the numbers in the class, for all connections.
    A second server would fail with a `TypeError`, or get the requests of the first one.
    """
    from Xlib import error
    from Xlib.protocol import event
    from Xlib.protocol.display import Display as Connection

    connect = Connection.__init__

    def connect_with_own(self: Any, name: str | None = None) -> None:
        self.extension_major_opcodes = {}
        self.error_classes = error.xerror_class.copy()
        self.event_classes = event.event_class.copy()
        connect(self, name)

    Connection.__init__ = connect_with_own


def check_record() -> None:
    """Raise `Unavailable` unless the X server reports input to pynput."""
    with closing(open_display()) as display:
        if not display.has_extension("RECORD"):
            raise Unavailable(
                "the X server lacks the RECORD extension, which pynput needs",
                'remove `Disable "record"` from xorg.conf, or `-extension RECORD` from the server\'s command line',
            )


def _unanswered(name: str) -> Unavailable:
    fix = "check DISPLAY and XAUTHORITY: `xset q` must answer in this session"
    return Unavailable(f"no X server answers at DISPLAY={name}", fix, may_come=True)
