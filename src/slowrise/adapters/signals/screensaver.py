"""Lock, as the screen saver of the desktop tells it on the session bus.

There are several names for the one thing; a desktop may own two of them, or tell each change from two paths. The lock
is on while any of them says so, and counted once.
"""

from __future__ import annotations

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.dbus import names_on
from slowrise.ports.input import Emit

_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),  # KDE tells each change from both
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    ("org.mate.ScreenSaver", "/"),
)


class ScreenSaver:
    """Whether a screen saver is up, whichever the desktop has. One that dies locks nothing any more."""

    name = "screensaver"

    def __init__(self) -> None:
        names_on("session")

    async def watch(self, emit: Emit) -> None:
        """Tell locks until cancelled; raise `Lost` with the bus."""
        questions = [
            DBusQuery(DBusAddress(path, name, name), "GetActive", ("ActiveChanged",)) for name, path in _SAVERS
        ]
        await watch_answers("session", questions, Toggle("locked", "unlocked", emit))
