"""Idle inhibitors: whether a program keeps the screen from going dark (video, slides, music). Not which program.

org.freedesktop.ScreenSaver does not list the inhibitors that programs request from it, but KDE and GNOME add them to
their own lists. slowrise's own delay of sleep is no idle inhibitor.
"""

from __future__ import annotations

import os
from typing import Any

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.dbus import names_on
from slowrise.ports.input import Emit
from slowrise.ports.probe import Unavailable

_GNOME = DBusQuery(  # Cinnamon and MATE too: their session managers use the same name
    DBusAddress("/org/gnome/SessionManager", "org.gnome.SessionManager", "org.gnome.SessionManager"),
    "IsInhibited",
    ("InhibitorAdded", "InhibitorRemoved"),
    "u",
    (8,),  # GSM_INHIBITOR_FLAG_IDLE
)

_POLICY_AGENT = "org.kde.Solid.PowerManagement.PolicyAgent"
_KDE = DBusQuery(
    DBusAddress("/org/kde/Solid/PowerManagement/PolicyAgent", _POLICY_AGENT, _POLICY_AGENT),
    "HasInhibition",
    ("InhibitionsChanged",),
    "u",
    (4,),  # ChangeScreenSettings: a video keeps the screen on; one that only keeps the machine awake does not count
)


class DesktopInhibitors:
    """The idle inhibitors that the desktop's session manager lists."""

    name = "desktop-inhibitors"

    async def probe(self) -> str:
        """Check that a session manager of GNOME or KDE runs."""
        if not await names_on("session") & {_GNOME.of.bus_name, _KDE.of.bus_name}:
            raise Unavailable("no session manager of GNOME or KDE runs here", "nothing to do on other desktops")
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit changes until cancelled. Raises `Lost` with the bus."""
        await watch_answers("session", (_GNOME, _KDE), Toggle("inhibited", "uninhibited", emit))


class LogindInhibitors:
    """This user's idle inhibitors that logind lists."""

    name = "logind-inhibitors"

    async def probe(self) -> str:
        """Check that logind runs."""
        if _LOGIND.of.bus_name not in await names_on("system"):
            raise Unavailable("no logind on the system bus", "use a system with systemd, or install elogind")
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit changes until cancelled. Raises `Lost` with the bus."""
        await watch_answers("system", (_LOGIND,), Toggle("inhibited", "uninhibited", emit))


def _blocks_idle(answer: tuple[Any, ...]) -> bool:
    """Whether a list of inhibitors (what, who, why, mode, user, process) has an idle inhibitor of this user."""
    match answer:
        case (list(inhibitors),):
            return any(_is_ours(inhibitor) for inhibitor in inhibitors)
    return False


def _is_ours(inhibitor: object) -> bool:
    match inhibitor:
        case (str(what), _, _, "block", int(user), _):
            return user == os.getuid() and "idle" in what.split(":")
    return False


_LOGIND = DBusQuery(
    DBusAddress("/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager"),
    "ListInhibitors",
    ("PropertiesChanged",),  # BlockInhibited changes
    means_yes=_blocks_idle,
)
