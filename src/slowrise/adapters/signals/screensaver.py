"""Screen lock, from the desktop's screen saver on the session bus.

Desktops use different names for it. A desktop may own two of them, or send each change from two paths. The lock is on
while any of them reports it, and counts once.
"""

from __future__ import annotations

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.dbus import names_on
from slowrise.ports.input import Emit

_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),  # KDE sends each change from both
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    ("org.mate.ScreenSaver", "/"),
)


class ScreenSaver:
    """Whether a screen saver of any desktop is active. One that dies no longer counts as locked."""

    name = "screensaver"

    async def probe(self) -> str:
        """Check the session bus: a screen saver may start later."""
        if {name for name, _ in _SAVERS} & await names_on("session"):
            return ""
        return "but no desktop reports its lock this way here and now"

    async def watch(self, emit: Emit) -> None:
        """Emit changes until cancelled. Raises `Lost` with the bus."""
        queries = [DBusQuery(DBusAddress(path, name, name), "GetActive", ("ActiveChanged",)) for name, path in _SAVERS]
        await watch_answers("session", queries, Toggle("locked", "unlocked", emit))
