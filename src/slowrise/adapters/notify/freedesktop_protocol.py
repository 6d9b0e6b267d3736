"""The calls of `org.freedesktop.Notifications`, with checked answers: a service may answer anything.

Each function raises `CallFailed` or `Lost` as a call on the bus does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jeepney import DBusAddress, MatchRule
from jeepney.bus_messages import message_bus

from slowrise.adapters.system.dbus import Bus, CallFailed
from slowrise.core.model.safe_text import escaped, plain, shown
from slowrise.ports.notifier import Notice, Urgency

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

FIX = "start a notification daemon, such as dunst or xfce4-notifyd"
FIX_BUS = "start slowrise in the desktop session, or check that DBUS_SESSION_BUS_ADDRESS names its bus"


CLICKED = "default"
"""The specification's key of a click on the notice itself."""

_DRAWS_CLICKS = frozenset({"Xfce Notify Daemon"})
"""Services that draw a button for it, seen with xfce4-notifyd 0.7.3. They draw all the others too."""

_KEEPS_CRITICAL = frozenset({"gnome-shell"})
"""Services that keep only critical notices on the screen: seen with GNOME 43 and 48. Others go into a list after 4 s,
without a signal."""

_KEEPS_LONGEST = frozenset({"SwayNotificationCenter"})
"""Services that read 0 as their own time (10 s), and keep a notice for any other. Seen with 0.7.3 and 0.11."""

_LONGEST = 2**31 - 1
"""Milliseconds, 24 days: the longest time a notice can ask for."""

LONGEST_NAME = 60
"""Characters of the service's name and of its version that are shown."""

_LAST = 0xFFFFFFFF
"""The highest number that a notice can have."""


class Server(NamedTuple):
    """The service that shows notices, as it describes itself."""

    name: str = ""
    version: str = ""
    capabilities: frozenset[str] = frozenset()

    @property
    def buttons(self) -> bool:
        """Whether it supports actions. Not every such service draws buttons (dunst: middle click or context menu)."""
        return "actions" in self.capabilities

    @property
    def clicks(self) -> bool:
        """Whether a click on a notice can have an action. False where that would be drawn as one more button."""
        return self.name not in _DRAWS_CLICKS

    def urgency(self, notice: Notice) -> Urgency:
        """Return the urgency that the notice needs here: the least that keeps it on the screen as it should."""
        insists = notice.stays and not notice.discreet and self.name in _KEEPS_CRITICAL
        return Urgency.CRITICAL if insists else notice.urgency

    def can_replace(self, before: Urgency, now: Urgency) -> bool:
        """Whether a notice can take the place of the one before.

        GNOME 48 keeps one that was critical for ever, and draws no buttons on one that becomes critical.
        """
        return before is now or self.name not in _KEEPS_CRITICAL

    def milliseconds(self, notice: Notice) -> int:
        """Return the time that the notice has to ask for here; 0 is for ever."""
        if notice.stays:
            return _LONGEST if self.name in _KEEPS_LONGEST else 0
        return round(notice.seconds * 1000)


def at(unique: str) -> DBusAddress:
    """Return the service's address by its owner's unique name: the next owner does not know a notice's number."""
    return DBusAddress(_PATH, unique, NAME)


async def owner(bus: Bus) -> str | None:
    """Return the unique name of the running service, or None."""
    match await bus.call(message_bus, "NameHasOwner", "s", NAME):
        case (True,):
            (unique,) = await bus.call(message_bus, "GetNameOwner", "s", NAME)
            return str(unique)
    return None


async def activatable(bus: Bus) -> bool:
    """Whether the bus can start the service."""
    (names,) = await bus.call(message_bus, "ListActivatableNames")
    return NAME in names


async def running_owner(bus: Bus) -> str:
    """Return the unique name of the service; start it if necessary."""
    if found := await owner(bus):
        return found
    try:
        await bus.call(message_bus, "StartServiceByName", "su", NAME, 0)
    except CallFailed as error:
        raise CallFailed(f"no notification service is running, and none could be started: {error}") from error
    if found := await owner(bus):
        return found
    raise CallFailed("the notification service went away as soon as it was started")


async def capabilities(bus: Bus, unique: str) -> frozenset[str]:
    """Return the service's capabilities; empty if its answer fails or makes no sense."""
    try:
        match await bus.call(at(unique), "GetCapabilities"):
            case (list(names),):
                return frozenset(name for name in names if isinstance(name, str))
    except CallFailed:
        pass
    return frozenset()


async def server_or_unknown(bus: Bus, unique: str) -> Server:
    """Return the service's description; one without a name if its answer fails or makes no sense."""
    try:
        return await server(bus, unique)
    except CallFailed:
        return Server(capabilities=await capabilities(bus, unique))


async def server(bus: Bus, unique: str) -> Server:
    """Return the service's description. Raises `CallFailed` also when its answer makes no sense."""
    match await bus.call(at(unique), "GetServerInformation"):
        case (str(name), str(), str(version), str()):
            return Server(shown(name, LONGEST_NAME), shown(version, LONGEST_NAME), await capabilities(bus, unique))
    raise CallFailed("the notification service does not describe itself")


def notify(notice: Notice, to: Server, *, replaces: int, sound: bool) -> tuple[str, tuple[Any, ...]]:
    """Return the signature and arguments of `Notify`. `replaces` is the number of the replaced notice, or 0."""
    body = plain(notice.body if to.buttons else notice.without_buttons or notice.body)
    actions = [*(((CLICKED, notice.click),) if notice.click and to.clicks else ()), *notice.buttons]
    hints = {
        # Services silently treat any other type than a byte as NORMAL.
        "urgency": ("y", int(to.urgency(notice))),
        "category": ("s", f"x-slowrise.{notice.kind}"),
        "desktop-entry": ("s", "slowrise"),
    }
    # The sound naming specification's "message", a soft sound in every theme. Services without sound ignore it.
    plays = sound and not notice.again
    hints |= {"sound-name": ("s", "message")} if plays else {"suppress-sound": ("b", True)}
    return "susssasa{sv}i", (
        "slowrise",
        replaces,
        "",
        plain(notice.title),
        escaped(body) if "body-markup" in to.capabilities else body,
        [text for key, label in actions for text in (key, plain(label))] if to.buttons else [],
        hints,
        to.milliseconds(notice),
    )


def number_in(body: tuple[Any, ...]) -> int:
    """Return the number that the service gave the notice. Raises `CallFailed` if there is none."""
    match body:
        case (int(number),) if 0 < number <= _LAST and number is not True:
            return number
    raise CallFailed("the notification service returned no number for the notice")


def signals_of(unique: str) -> str:
    """Return the match rule for that owner's signals: about all notices, because a rule cannot select a number."""
    return str(MatchRule(type="signal", sender=unique, interface=NAME, path=_PATH).serialise())
