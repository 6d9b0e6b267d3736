"""Do-not-disturb, as whoever keeps it tells: Plasma, dunst, Xfce, SwayNotificationCenter, GNOME.

The service itself holds notices back meanwhile. This only tells it, so that one that was forgotten can be named.
"""

from __future__ import annotations

from jeepney import DBusAddress

from slowrise.adapters.signals import gnome_banners
from slowrise.adapters.signals.dbus_query import DBusQuery, is_set, is_true_variant, watch_answers
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.dbus import names_on
from slowrise.ports.input import Emit

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
            gnome_banners.probe()

    async def watch(self, emit: Emit) -> None:
        """Tell it until cancelled; raise `Lost` with the bus."""
        quiet = Toggle("quieted", "unquieted", emit)
        if self._is_gnome:
            await gnome_banners.watch_banners(quiet)
        else:
            await watch_answers("session", _QUESTIONS, quiet)
