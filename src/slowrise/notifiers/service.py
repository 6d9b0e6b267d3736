"""`org.freedesktop.Notifications`: its calls as messages, and its answers read with distrust."""

from __future__ import annotations

from typing import NamedTuple

from jeepney import DBusAddress, MatchRule, Message, new_method_call
from jeepney.bus_messages import message_bus

from slowrise.notifiers.bus import Body, Bus, BusFailed, Refused
from slowrise.notifiers.text import body_with_commands, escaped, plain
from slowrise.ports import Notice

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

FIX = "start a notification daemon, such as dunst or xfce4-notifyd"


class Server(NamedTuple):
    """Who shows the notices, by its own account."""

    name: str
    version: str
    capabilities: frozenset[str]

    @property
    def buttons(self) -> bool:
        """Whether it takes actions. Some that do draw no buttons (dunst: middle click or its context menu)."""
        return "actions" in self.capabilities


async def owner(bus: Bus) -> str | None:
    """The unique name of the running service."""
    try:
        match await bus.call(message_bus.GetNameOwner(NAME)):
            case (str(unique),):
                return unique
    except Refused:
        pass
    return None


async def activatable(bus: Bus) -> bool:
    """Whether the bus would start the service when asked."""
    match await bus.call(message_bus.ListActivatableNames()):
        case (list(names),):
            return NAME in names
    return False


async def running_owner(bus: Bus) -> str:
    """The unique name of the service, started if need be; raises `BusFailed`."""
    if found := await owner(bus):
        return found
    try:
        await bus.call(message_bus.StartServiceByName(NAME))
    except Refused as error:
        raise BusFailed(f"no notification service is running, and none could be started: {error}") from error
    if found := await owner(bus):
        return found
    raise BusFailed("the notification service went away as soon as it was started")


async def capabilities(bus: Bus, unique: str) -> frozenset[str]:
    """What the service says it can do; nothing, if what it says makes no sense."""
    try:
        match await bus.call(_call(unique, "GetCapabilities")):
            case (list(names),):
                return frozenset(name for name in names if isinstance(name, str))
    except Refused:
        pass
    return frozenset()


async def server(bus: Bus, unique: str) -> Server:
    """Who the service is; raises `BusFailed` also when its answer makes no sense."""
    match await bus.call(_call(unique, "GetServerInformation")):
        case (str(name), str(), str(version), str()):
            return Server(name, version, await capabilities(bus, unique))
    raise BusFailed("the notification service cannot say who it is")


def notify(unique: str, notice: Notice, able: frozenset[str], *, replaces: int, sound: bool) -> Message:
    """Show the notice, in place of number `replaces` unless that is 0."""
    buttons = "actions" in able
    body = plain(notice.body if buttons else body_with_commands(notice))
    hints = {
        # Any other type than a byte is silently taken for NORMAL.
        "urgency": ("y", int(notice.urgency)),
        "category": ("s", f"x-slowrise.{notice.kind}"),
        "desktop-entry": ("s", "slowrise"),
    }
    if not sound:
        hints["suppress-sound"] = ("b", True)
    arguments = (
        "slowrise",
        replaces,
        "",
        plain(notice.title),
        escaped(body) if "body-markup" in able else body,
        [word for button in notice.buttons for word in (button.key, plain(button.label))] if buttons else [],
        hints,
        0 if notice.stays else -1,
    )
    return _call(unique, "Notify", "susssasa{sv}i", arguments)


def number_in(body: Body) -> int | None:
    """The number the service gave the notice; None if that is no number."""
    match body:
        case (int(number),) if number > 0:
            return number
    return None


def close(unique: str, number: int) -> Message:
    """Take the notice of that number away."""
    return _call(unique, "CloseNotification", "u", (number,))


def signals_of(unique: str) -> MatchRule:
    """The signals of that owner about notices: everybody's, for a match cannot tell numbers apart."""
    return MatchRule(type="signal", sender=unique, interface=NAME, path=_PATH)


def _call(unique: str, member: str, signature: str | None = None, body: Body = ()) -> Message:
    # To the unique name, not the well-known one: a number means nothing to the next owner.
    return new_method_call(DBusAddress(_PATH, unique, NAME), member, signature, body)
