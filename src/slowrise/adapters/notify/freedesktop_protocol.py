"""`org.freedesktop.Notifications`: what it is asked, and its answers read with distrust.

Each function raises `CallFailed` or `Lost` as a call on the bus does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jeepney import DBusAddress, MatchRule
from jeepney.bus_messages import message_bus

from slowrise.adapters.notify.sanitize import body_with_commands, escaped, plain
from slowrise.adapters.system.dbus import Bus, CallFailed
from slowrise.ports.notifier import Notice

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

FIX = "start a notification daemon, such as dunst or xfce4-notifyd"
FIX_BUS = "start slowrise in the desktop session, or check that DBUS_SESSION_BUS_ADDRESS names its bus"


_LAST = 0xFFFFFFFF
"""The last number that a notice can have."""


class Server(NamedTuple):
    """Who shows the notices, by its own account."""

    name: str
    version: str
    capabilities: frozenset[str]

    @property
    def buttons(self) -> bool:
        """Whether it takes actions. Some that do draw no buttons (dunst: middle click or its context menu)."""
        return "actions" in self.capabilities


def at(unique: str) -> DBusAddress:
    """The service under its owner's unique name: a notice's number means nothing to the next owner."""
    return DBusAddress(_PATH, unique, NAME)


async def owner(bus: Bus) -> str | None:
    """The unique name of the running service."""
    match await bus.call(message_bus, "NameHasOwner", "s", NAME):
        case (True,):
            (unique,) = await bus.call(message_bus, "GetNameOwner", "s", NAME)
            return str(unique)
    return None


async def activatable(bus: Bus) -> bool:
    """Whether the bus would start the service when asked."""
    (names,) = await bus.call(message_bus, "ListActivatableNames")
    return NAME in names


async def running_owner(bus: Bus) -> str:
    """The unique name of the service, started if need be."""
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
    """What the service says it can do; nothing, if it does not say or what it says makes no sense."""
    try:
        match await bus.call(at(unique), "GetCapabilities"):
            case (list(names),):
                return frozenset(name for name in names if isinstance(name, str))
    except CallFailed:
        pass
    return frozenset()


async def server(bus: Bus, unique: str) -> Server:
    """Who the service is; raises `CallFailed` also when its answer makes no sense."""
    match await bus.call(at(unique), "GetServerInformation"):
        case (str(name), str(), str(version), str()):
            return Server(name, version, await capabilities(bus, unique))
    raise CallFailed("the notification service cannot say who it is")


def notify(notice: Notice, able: frozenset[str], *, replaces: int, sound: bool) -> tuple[str, tuple[Any, ...]]:
    """The signature and arguments of `Notify`. `replaces` is the number of the notice that makes way, or 0."""
    buttons = "actions" in able
    body = plain(notice.body if buttons else body_with_commands(notice))
    hints = {
        # Any other type than a byte is silently taken for NORMAL.
        "urgency": ("y", int(notice.urgency)),
        "category": ("s", f"x-slowrise.{notice.kind}"),
        "desktop-entry": ("s", "slowrise"),
    }
    # The naming specification's sound of a message, a soft one in every theme; a service without sounds passes it over.
    hints |= {"sound-name": ("s", "message")} if sound else {"suppress-sound": ("b", True)}
    return "susssasa{sv}i", (
        "slowrise",
        replaces,
        "",
        plain(notice.title),
        escaped(body) if "body-markup" in able else body,
        [word for button in notice.buttons for word in (button.key, plain(button.label))] if buttons else [],
        hints,
        0 if notice.stays else -1,
    )


def number_in(body: tuple[Any, ...]) -> int:
    """The number the service gave the notice; raises `CallFailed` if there is none."""
    match body:
        case (int(number),) if 0 < number <= _LAST and number is not True:
            return number
    raise CallFailed("the notification service gave no number for the notice")


def signals_of(unique: str) -> str:
    """The match for that owner's signals about notices: everybody's, for a match cannot tell numbers apart."""
    return str(MatchRule(type="signal", sender=unique, interface=NAME, path=_PATH).serialise())
