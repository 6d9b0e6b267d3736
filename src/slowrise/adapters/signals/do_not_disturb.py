"""Do-not-disturb, as whoever keeps it tells: Plasma, dunst, Xfce, SwayNotificationCenter, GNOME.

The service itself holds notices back meanwhile. This only tells it, so that one that was forgotten can be named.
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, is_set, is_true_variant, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import DEADLINE, DBusSignal, connect, names_on
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost, Unavailable

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_GNOME = "org.gnome.Shell"

_QUESTIONS = (
    is_set(DBusAddress(_PATH, _NAME, _NAME), "Inhibited"),  # the specification's, and Plasma's
    is_set(DBusAddress(_PATH, _NAME, "org.dunstproject.cmd0"), "paused"),
    DBusQuery(
        DBusAddress("/org/xfce/Xfconf", "org.xfce.Xfconf", "org.xfce.Xfconf"),
        "GetProperty",
        ("PropertyChanged", "PropertyRemoved"),
        "ss",
        ("xfce4-notifyd", "/do-not-disturb"),
        is_true_variant,
    ),
    DBusQuery(
        DBusAddress("/org/erikreider/swaync/cc", "org.erikreider.swaync.cc", "org.erikreider.swaync.cc"),
        "GetDnd",
        ("Subscribe", "SubscribeV2"),
    ),
)


class DoNotDisturb:
    """Whether notices are held back at present. A service that dies disturbs again."""

    name = "do-not-disturb"

    def __init__(self) -> None:
        self._is_gnome = _GNOME in names_on("session")
        if self._is_gnome:
            probe()

    async def watch(self, emit: Emit) -> None:
        """Tell it until cancelled; raise `Lost` with the bus."""
        quiet = Toggle("quieted", "unquieted", emit)
        if self._is_gnome:
            await watch_banners(quiet)
        else:
            await watch_answers("session", _QUESTIONS, quiet)


# -- gNOME's do-not-disturb, which is a setting: `show-banners` of org.gnome.desktop.notifications ---------------------

_DCONF = DBusAddress("/ca/desrt/dconf/Writer/user", "ca.desrt.dconf", "ca.desrt.dconf.Writer")
_KEY = "/org/gnome/desktop/notifications/show-banners"
_ASK = ("gsettings", "get", "org.gnome.desktop.notifications", "show-banners")


def probe() -> None:
    """Raise `Unavailable` where the setting cannot be asked for."""
    if shutil.which(_ASK[0]) is None:
        raise Unavailable(
            f"GNOME keeps it among its settings, and there is no {_ASK[0]}",
            "install gsettings (Debian package libglib2.0-bin)",
        )


async def watch_banners(edge: Toggle) -> None:
    """Hold the edge while no banners are shown, until cancelled; raise `Lost` with the bus."""
    try:
        async with connect("session") as bus:
            await bus.follow(_DCONF.bus_name)
            await bus.listen(_DCONF, "Notify")
            edge.hold(_KEY, await _are_off(), boot_seconds())
            async for heard in bus:
                if _may_be_about_them(heard):
                    edge.hold(_KEY, await _are_off(), heard.at)
    except Lost:
        edge.only(set(), boot_seconds())
        raise


def _may_be_about_them(heard: DBusSignal) -> bool:
    """Whether what was written is the setting, or a folder that holds it."""
    match heard:
        case DBusSignal(member="Notify", body=(str(prefix), list(changes), _)):
            return any(_KEY.startswith(f"{prefix}{change}") for change in changes)
        case _:
            return False


async def _are_off() -> bool:
    """What `gsettings` says now; one that fails or hangs says no."""
    try:
        asked = await asyncio.create_subprocess_exec(*_ASK, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return False
    try:
        said, _ = await asyncio.wait_for(asked.communicate(), DEADLINE)
    except TimeoutError:
        return False
    finally:
        with suppress(ProcessLookupError):
            asked.kill()
        await asked.wait()
    return said.strip() == b"false"
