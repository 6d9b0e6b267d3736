"""The calls of `org.freedesktop.Notifications`, with checked answers: a service may answer anything.

Each function raises `CallFailed` or `Lost` as a call on the bus does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jeepney import DBusAddress, MatchRule
from jeepney.bus_messages import message_bus

from slowrise.adapters.system.dbus import Bus, CallFailed
from slowrise.core.model.safe_text import escaped, plain, shown
from slowrise.ports.notifier import Notice

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"

FIX = "start a notification daemon, such as dunst or xfce4-notifyd"
FIX_BUS = "start slowrise in the desktop session, or check that DBUS_SESSION_BUS_ADDRESS names its bus"


CLICKED = "default"
"""The specification's key of a click on the notice itself."""

DRAWS_CLICKS = frozenset({"Xfce Notify Daemon"})
"""Services that draw a button for it, seen with xfce4-notifyd 0.7.3. They draw all the others too."""

LONGEST_NAME = 60
"""Characters of the service's name and of its version that are shown."""

_LAST = 0xFFFFFFFF
"""The highest number that a notice can have."""


class Server(NamedTuple):
    """The service that shows notices, as it describes itself."""

    name: str
    version: str
    capabilities: frozenset[str]

    @property
    def buttons(self) -> bool:
        """Whether it supports actions. Not every such service draws buttons (dunst: middle click or context menu)."""
        return "actions" in self.capabilities


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


async def takes_clicks(bus: Bus, unique: str) -> bool:
    """Whether a click on a notice can have an action. False where that would be drawn as one more button."""
    try:
        match await bus.call(at(unique), "GetServerInformation"):
            case (str(name), *_):
                return name not in DRAWS_CLICKS
    except CallFailed:
        pass
    return True


async def server(bus: Bus, unique: str) -> Server:
    """Return the service's description. Raises `CallFailed` also when its answer makes no sense."""
    match await bus.call(at(unique), "GetServerInformation"):
        case (str(name), str(), str(version), str()):
            return Server(shown(name, LONGEST_NAME), shown(version, LONGEST_NAME), await capabilities(bus, unique))
    raise CallFailed("the notification service does not describe itself")


def notify(
    notice: Notice, capabilities: frozenset[str], *, clicks: bool, replaces: int, sound: bool
) -> tuple[str, tuple[Any, ...]]:
    """Return the signature and arguments of `Notify`.

    `clicks`: a click on the notice may have an action. `replaces` is the number of the replaced notice, or 0.
    """
    buttons = "actions" in capabilities
    body = plain(notice.body if buttons else notice.without_buttons or notice.body)
    actions = [*(((CLICKED, notice.click),) if notice.click and clicks else ()), *notice.buttons]
    hints = {
        # Services silently treat any other type than a byte as NORMAL.
        "urgency": ("y", int(notice.urgency)),
        "category": ("s", f"x-slowrise.{notice.kind}"),
        "desktop-entry": ("s", "slowrise"),
    }
    # The sound naming specification's "message", a soft sound in every theme. Services without sound ignore it.
    hints |= {"sound-name": ("s", "message")} if sound else {"suppress-sound": ("b", True)}
    return "susssasa{sv}i", (
        "slowrise",
        replaces,
        "",
        plain(notice.title),
        escaped(body) if "body-markup" in capabilities else body,
        [text for key, label in actions for text in (key, plain(label))] if buttons else [],
        hints,
        0 if notice.stays else round(notice.seconds * 1000),
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
