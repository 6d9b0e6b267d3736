"""Whether something keeps the screen from going dark: a film, slides, music. Who it is is looked at by nobody.

What a program asks of org.freedesktop.ScreenSaver cannot be listed there, but KDE and GNOME put it with their own.
Our own delay of sleep is no idle inhibitor.
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

_GNOME = DBusQuery(  # and Cinnamon and MATE, whose session managers keep the name
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
    (4,),  # ChangeScreenSettings: those that let the screen go dark but keep the machine awake are no films
)


class DesktopInhibitors:
    """The idle inhibitors that the desktop's session keeps."""

    name = "desktop-inhibitors"

    def __init__(self) -> None:
        if not names_on("session") & {_GNOME.of.bus_name, _KDE.of.bus_name}:
            raise Unavailable("no session manager of GNOME or KDE here", "nothing to do on other desktops")

    async def watch(self, emit: Emit) -> None:
        """Tell inhibitors until cancelled; raise `Lost` with the bus."""
        await watch_answers("session", (_GNOME, _KDE), Toggle("inhibited", "uninhibited", emit))


class LogindInhibitors:
    """The idle inhibitors of this user's that logind keeps."""

    name = "logind-inhibitors"

    def __init__(self) -> None:
        if _LOGIND.of.bus_name not in names_on("system"):
            raise Unavailable("no logind on the system bus", "use a system with systemd, or install elogind")

    async def watch(self, emit: Emit) -> None:
        """Tell inhibitors until cancelled; raise `Lost` with the bus."""
        await watch_answers("system", (_LOGIND,), Toggle("inhibited", "uninhibited", emit))


def _blocks_idle(answer: tuple[Any, ...]) -> bool:
    """Whether a list of inhibitors (what, who, why, mode, user, process) has one of this user's against idle."""
    match answer:
        case (list(inhibitors),):
            return any(_is_ours(inhibitor) for inhibitor in inhibitors)
        case _:
            return False


def _is_ours(inhibitor: object) -> bool:
    match inhibitor:
        case (str(what), _, _, "block", int(user), _):
            return user == os.getuid() and "idle" in what.split(":")
        case _:
            return False


_LOGIND = DBusQuery(
    DBusAddress("/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager"),
    "ListInhibitors",
    ("PropertiesChanged",),  # of BlockInhibited
    means_yes=_blocks_idle,
)
