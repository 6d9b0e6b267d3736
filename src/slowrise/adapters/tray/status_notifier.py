"""The icon in the panel: `org.kde.StatusNotifierItem`, which KDE, Xfce, waybar and others show.

A watcher on the session bus knows which icons there are, and tells the panels. The icon registers with it, and again
with each new one. After that it sleeps: it speaks when it looks different, and answers what a panel asks.
"""

from __future__ import annotations

import os
from typing import Any

from jeepney import DBusAddress, new_signal

from slowrise.adapters.system.dbus import Bus, CallFailed, DBusSignal, connect, names_on
from slowrise.adapters.system.dbus_objects import Interface, Method, Objects, Property
from slowrise.adapters.tray import icons
from slowrise.adapters.tray.menu import MENU, MENU_PATH, Menu
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost, Unavailable
from slowrise.ports.tray import Look, TrayContent

WATCHER = "org.kde.StatusNotifierWatcher"
_WATCHER = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
ITEM = "org.kde.StatusNotifierItem"
ITEM_PATH = "/StatusNotifierItem"
_ITEM = DBusAddress(ITEM_PATH, interface=ITEM)
_MENU = DBusAddress(MENU_PATH, interface=MENU)

_ADD = "Add the status tray (system tray, status notifier) to your panel"
_INSTEAD = "slowrise is in the applications menu, and its notices open the window"
_LONGEST_TOKEN = 1000
"""Characters of an activation token; compositors give a few dozen."""


class StatusNotifierIcon:
    """Shows the content in every panel that takes icons."""

    name = "status notifier"

    def __init__(self, content: TrayContent) -> None:
        self._content = content
        self._bus: Bus | None = None
        self._look: Look | None = None
        """What the panels were told last; None while there is no watcher."""
        self._token = ""
        self._menu = Menu(content.menu, self._choose, self._tell_of_menu)
        self._objects = Objects({ITEM_PATH: {ITEM: self._interface()}, MENU_PATH: {MENU: self._menu.interface}})

    @property
    def is_registered(self) -> bool:
        """Whether a watcher knows the icon."""
        return self._look is not None

    async def reach(self) -> None:
        """Raise `Unavailable` without a session bus."""
        await names_on("session")

    async def watch(self, _emit: Emit) -> None:
        """Show the icon until cancelled. Raises `Lost` with the bus."""
        try:
            async with connect("session") as bus:
                bus.answer = self._objects.answer
                self._bus = bus
                if await bus.follow(WATCHER):
                    await self._register(bus)
                async for signal in bus:
                    match signal:
                        case DBusSignal(member="NameOwnerChanged", body=(name, _, owner)) if name == WATCHER:
                            self._look = None
                            if owner:
                                await self._register(bus)
        finally:
            self._bus = self._look = None

    def refresh(self) -> None:
        """Tell the panels what looks different now; nothing if nothing does."""
        before, bus = self._look, self._bus
        if before is None or bus is None:
            return
        look = self._content.look()
        if look == before:
            return
        self._look = look
        if look.icon != before.icon:
            bus.post(new_signal(_ITEM, "NewIcon"))
        if look.urgent != before.urgent:
            bus.post(new_signal(_ITEM, "NewStatus", "s", (_status(look),)))
        bus.post(new_signal(_ITEM, "NewTitle"))
        bus.post(new_signal(_ITEM, "NewToolTip"))
        self._menu.refresh()

    def _tell_of_menu(self, revision: int) -> None:
        if self._bus is not None:
            self._bus.post(new_signal(_MENU, "LayoutUpdated", "ui", (revision, 0)))

    async def _register(self, bus: Bus) -> None:
        self._look = self._content.look()
        try:
            await bus.call(_WATCHER, "RegisterStatusNotifierItem", "s", bus.name)
        except CallFailed:
            self._look = None  # it went away again, or is no watcher

    def _interface(self) -> Interface:
        return Interface(
            methods={
                "Activate": Method("ii", "", self._activate),
                "SecondaryActivate": Method("ii", "", lambda *_: ()),
                "ContextMenu": Method("ii", "", lambda *_: ()),
                "Scroll": Method("is", "", lambda *_: ()),
                "ProvideXdgActivationToken": Method("s", "", self._take_token),
            },
            properties={
                "Category": Property("s", lambda: "ApplicationStatus"),
                "Id": Property("s", lambda: "slowrise"),
                "Title": Property("s", lambda: f"slowrise: {self._now().title}"),
                "Status": Property("s", lambda: _status(self._now())),
                "WindowId": Property("i", lambda: 0),
                "IconThemePath": Property("s", icons.theme_path),
                "IconName": Property("s", self._icon_name),
                "IconPixmap": Property("a(iiay)", self._pixmaps),
                "OverlayIconName": Property("s", str),
                "OverlayIconPixmap": Property("a(iiay)", list),
                "AttentionIconName": Property("s", self._icon_name),
                "AttentionIconPixmap": Property("a(iiay)", list),
                "AttentionMovieName": Property("s", str),
                "ToolTip": Property("(sa(iiay)ss)", self._tool_tip),
                "ItemIsMenu": Property("b", lambda: not self._content.opens),
                "Menu": Property("o", lambda: MENU_PATH),
            },
        )

    def _now(self) -> Look:
        return self._look or self._content.look()

    def _icon_name(self) -> str:
        return icons.name_of(self._now().icon)

    def _pixmaps(self) -> list[icons.Pixmap]:
        return icons.pixmaps(self._now().icon)

    def _tool_tip(self) -> tuple[str, list[icons.Pixmap], str, str]:
        look = self._now()
        return "", [], look.title, look.more

    def _take_token(self, token: str) -> tuple[Any, ...]:
        self._token = token if len(token) <= _LONGEST_TOKEN and token.isprintable() else ""
        return ()

    def _activate(self, _x: int, _y: int) -> tuple[Any, ...]:
        if self._content.opens:
            self._content.open(self._used_token())
        return ()

    def _choose(self, key: str) -> None:
        self._content.choose(key, self._used_token())
        self.refresh()

    def _used_token(self) -> str:
        """Return the token of this click. It is good for one."""
        token, self._token = self._token, ""
        return token


def _status(look: Look) -> str:
    return "NeedsAttention" if look.urgent else "Active"


async def probe() -> str:
    """Return how icons are shown here. Raises `Unavailable` if no panel shows any."""
    if WATCHER not in await names_on("session"):
        raise Unavailable(*_without_watcher(os.environ.get("XDG_CURRENT_DESKTOP", "")))
    try:
        async with connect("session") as bus:
            properties = await bus.properties(_WATCHER)
    except (Lost, CallFailed) as error:
        raise Unavailable(f"what keeps the icons does not answer: {error}", "log out and in again") from None
    if properties.get("IsStatusNotifierHostRegistered") is not True:
        raise Unavailable("no panel here shows icons", _ADD)
    return "the panel shows the icon"


def _without_watcher(desktop: str) -> tuple[str, str]:
    """Return the reason and the fix on this desktop."""
    if "GNOME" in desktop.upper():
        return "GNOME shows no tray icons", f"{_INSTEAD}. The extension AppIndicator Support adds tray icons to GNOME"
    return "no panel here shows icons", f"{_ADD}. {_INSTEAD}"
