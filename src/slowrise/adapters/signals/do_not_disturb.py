"""Do-not-disturb of the desktop: Plasma, dunst, Xfce and SwayNotificationCenter by D-Bus, GNOME by its settings.

The notification service itself holds notices back meanwhile. This signal only reports the state: `status` names a
do-not-disturb that the user forgot.
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, is_true_variant, property_query, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import DEADLINE, DBusSignal, connect, names_on
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost, Unavailable

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

_QUERIES = (
    property_query(DBusAddress(_PATH, _NAME, _NAME), "Inhibited"),  # of the specification; Plasma has it
    property_query(DBusAddress(_PATH, _NAME, "org.dunstproject.cmd0"), "paused"),
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

_GNOME = "org.gnome.Shell"
_DCONF = DBusAddress("/ca/desrt/dconf/Writer/user", "ca.desrt.dconf", "ca.desrt.dconf.Writer")
_BANNERS = "/org/gnome/desktop/notifications/show-banners"
"""GNOME's switch: a dconf key, false while do-not-disturb is on."""
_GET_BANNERS = ("gsettings", "get", "org.gnome.desktop.notifications", "show-banners")


class DoNotDisturb:
    """Whether the desktop holds notices back. A service that dies holds nothing back."""

    name = "do-not-disturb"

    async def probe(self) -> str:
        """Check the session bus, and on GNOME that its settings can be read."""
        if _GNOME in await names_on("session") and shutil.which(_GET_BANNERS[0]) is None:
            raise Unavailable(
                f"GNOME keeps do-not-disturb in its settings, and there is no {_GET_BANNERS[0]}",
                "install gsettings (Debian package libglib2.0-bin)",
            )
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit changes until cancelled. Raises `Lost` with the bus."""
        is_gnome = _GNOME in await names_on("session")
        toggle = Toggle("quieted", "unquieted", emit)
        if is_gnome:
            await _watch_gnome(toggle)
        else:
            await watch_answers("session", _QUERIES, toggle)


async def _watch_gnome(toggle: Toggle) -> None:
    """Hold the toggle while GNOME shows no banners, until cancelled. Raises `Lost` with the bus."""
    try:
        async with connect("session") as bus:
            await bus.follow(_DCONF.bus_name)
            await bus.listen(_DCONF, "Notify")
            toggle.set(_BANNERS, await _are_banners_off(), boot_seconds())
            async for signal in bus:
                if _may_change_banners(signal):
                    toggle.set(_BANNERS, await _are_banners_off(), signal.at)
    except Lost:
        toggle.clear(boot_seconds())
        raise


def _may_change_banners(signal: DBusSignal) -> bool:
    """Whether dconf wrote the key, or a folder that contains it."""
    match signal:
        case DBusSignal(member="Notify", body=(str(prefix), list(changes), _)):
            return any(_BANNERS.startswith(f"{prefix}{change}") for change in changes)
    return False


async def _are_banners_off() -> bool:
    """Return whether `gsettings` answers false now. A call that fails or hangs means no."""
    try:
        process = await asyncio.create_subprocess_exec(*_GET_BANNERS, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return False
    try:
        async with asyncio.timeout(DEADLINE):
            output, _ = await process.communicate()
    except TimeoutError:
        return False
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return output.strip() == b"false"
