"""Do-not-disturb, as the notification service tells it: Plasma by the specification's `Inhibited`, dunst by `paused`.

The service itself holds notices back meanwhile. This only tells it, so that one that was forgotten can be named.
GNOME and Xfce keep theirs among their settings, where it is not looked for.
"""

from __future__ import annotations

from jeepney import DBusAddress

from slowrise.bus import names_on
from slowrise.ports import Tell, Unavailable
from slowrise.signals.edge import Edge
from slowrise.signals.question import is_set, watch_answers

_NAME = "org.freedesktop.Notifications"
_GNOME = "org.gnome.Shell"
_PATH = "/org/freedesktop/Notifications"
_QUESTIONS = (
    is_set(DBusAddress(_PATH, _NAME, _NAME), "Inhibited"),
    is_set(DBusAddress(_PATH, _NAME, "org.dunstproject.cmd0"), "paused"),
)


class DoNotDisturb:
    """Whether the notification service shows nothing at present. One that dies disturbs again."""

    name = "do-not-disturb"

    def __init__(self) -> None:
        if _GNOME in names_on("session"):
            raise Unavailable("GNOME keeps it among its settings", "nothing to do: it holds notices back by itself")

    async def watch(self, tell: Tell) -> None:
        """Tell it until cancelled; raise `Lost` with the bus."""
        await watch_answers("session", _QUESTIONS, Edge("quieted", "unquieted", tell))
