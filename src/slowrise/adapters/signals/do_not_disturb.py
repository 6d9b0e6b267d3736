"""Do-not-disturb of the desktop: Plasma, dunst, mako, Xfce and SwayNotificationCenter by D-Bus, GNOME by its settings.

The notification service itself holds notices back meanwhile. This signal only reports the state: `status` names a
do-not-disturb that the user forgot, and a notice that has to break through to stay on the screen waits for its end.
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import Any

from jeepney import DBusAddress

from slowrise.adapters.signals.dbus_query import DBusQuery, ask, is_true_variant, on_signal, property_query, subscribe
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import DEADLINE, Bus, CallFailed, DBusSignal, connect, names_on
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost, Unavailable

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

_QUIET_MODES = frozenset({"do-not-disturb", "dnd"})
"""Names of a mode of mako in which it shows nothing: the one in its manual, and a usual short form. What a mode does is
in the user's configuration, which mako does not report."""


def _has_quiet_mode(answer: tuple[Any, ...]) -> bool:
    match answer:
        case (("as", list(modes)),):
            return not _QUIET_MODES.isdisjoint(modes)
    return False


_QUERIES = {
    # of the specification; Plasma has it
    "the notification service": property_query(DBusAddress(_PATH, _NAME, _NAME), "Inhibited"),
    "dunst": property_query(DBusAddress(_PATH, _NAME, "org.dunstproject.cmd0"), "paused"),
    # mako before 1.10 has no such property, and tells nobody when its modes change.
    "mako": property_query(DBusAddress("/fr/emersion/Mako", _NAME, "fr.emersion.Mako"), "Modes", _has_quiet_mode),
    "Xfce": DBusQuery(
        DBusAddress("/org/xfce/Xfconf", "org.xfce.Xfconf", "org.xfce.Xfconf"),
        "GetProperty",
        ("PropertyChanged", "PropertyRemoved"),
        "ss",
        ("xfce4-notifyd", "/do-not-disturb"),
        is_true_variant,
    ),
    "SwayNotificationCenter": DBusQuery(
        DBusAddress("/org/erikreider/swaync/cc", "org.erikreider.swaync.cc", "org.erikreider.swaync.cc"),
        "GetDnd",
        ("Subscribe", "SubscribeV2"),
    ),
}
"""The question to each service, by its name."""

_NEVER_SET = "org.xfce.Xfconf.Error.PropertyNotFound"
"""The answer of Xfce's settings before the switch was ever used."""

_GNOME = "org.gnome.Shell"
_DCONF = DBusAddress("/ca/desrt/dconf/Writer/user", "ca.desrt.dconf", "ca.desrt.dconf.Writer")
_BANNERS = "/org/gnome/desktop/notifications/show-banners"
"""GNOME's switch: a dconf key, false while do-not-disturb is on."""
_GET_BANNERS = ("gsettings", "get", "org.gnome.desktop.notifications", "show-banners")


class DoNotDisturb:
    """Whether the desktop holds notices back. A service that dies holds nothing back."""

    name = "do-not-disturb"

    async def probe(self) -> str:
        """Return who tells of it now. One that starts later is noticed. Raises `Unavailable`."""
        if _GNOME in await names_on("session"):
            if shutil.which(_GET_BANNERS[0]) is None:
                raise Unavailable(
                    f"GNOME keeps do-not-disturb in its settings, and there is no {_GET_BANNERS[0]}",
                    "install gsettings (Debian package libglib2.0-bin)",
                )
            return "told by GNOME"
        try:
            async with connect("session") as bus:
                told = [name for name, query in _QUERIES.items() if await _tells(bus, query)]
        except Lost as error:
            raise Unavailable(str(error)) from error
        return f"told by {', '.join(told)}" if told else "but nothing here tells of it now"

    async def watch(self, emit: Emit) -> None:
        """Emit changes until cancelled. Raises `Lost` with the bus."""
        toggle = Toggle("quieted", "unquieted", emit)
        try:
            async with connect("session") as bus:
                await _watch(bus, toggle)
        except Lost:
            toggle.clear(boot_seconds())
            raise


async def _tells(bus: Bus, query: DBusQuery) -> bool:
    """Whether the service answers the question. Raises `Lost`."""
    try:
        await ask(bus, query)
    except CallFailed as error:
        return str(error) == _NEVER_SET
    return True


async def _watch(bus: Bus, toggle: Toggle) -> None:
    """Hold the toggle while the desktop holds notices back. Raises `Lost` with the bus."""
    queries = tuple(_QUERIES.values())
    is_gnome = await bus.follow(_GNOME)
    await bus.follow(_DCONF.bus_name)
    await bus.listen(_DCONF, "Notify")
    await subscribe(bus, queries, toggle)
    # The switch stays in the settings of a user who now uses another desktop, so it counts only while GNOME runs.
    toggle.set(_BANNERS, is_gnome and await _are_banners_off(), boot_seconds())
    async for signal in bus:
        if signal.member == "NameOwnerChanged" and signal.body[0] == _GNOME:
            is_gnome = bool(signal.body[2])
        elif not _may_change_banners(signal):
            await on_signal(bus, signal, queries, toggle)
            continue
        toggle.set(_BANNERS, is_gnome and await _are_banners_off(), signal.at)


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
