"""GNOME's do-not-disturb, which is a setting: `show-banners` of org.gnome.desktop.notifications.

dconf says on the bus that a setting was written. What it is by then is asked of `gsettings`, a program that comes with
GNOME and ends at once: the settings lie in a file whose format is dconf's own.
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress

from jeepney import DBusAddress

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import DEADLINE, DBusSignal, connect
from slowrise.ports.probe import Lost, Unavailable

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
