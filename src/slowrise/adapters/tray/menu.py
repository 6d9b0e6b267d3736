"""The menu of the icon: `com.canonical.dbusmenu`, which panels read and draw. No bus here: calls in, answers out.

A panel asks before it opens the menu (`AboutToShow`), so lengths in it are of that moment. Every key keeps its number:
panels remember what they know of a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slowrise.adapters.system.dbus_objects import BadCall, Interface, Method, Property
from slowrise.ports.tray import Entry

MENU = "com.canonical.dbusmenu"
MENU_PATH = "/MenuBar"

_ROOT = 0
_LAYOUT = "(ia{sv}av)"
_MOST_ASKED = 100
"""Numbers in one request that are answered; our menu has a dozen."""
_ROOM = "\xa0" * 6
"""No-break spaces after a line with lengths. GTK opens a menu as wide as it was when last read, and cuts the rest."""

_MENU_ITSELF: dict[str, tuple[str, Any]] = {"children-display": ("s", "submenu")}

_Item = tuple[int, dict[str, tuple[str, Any]]]


class Menu:
    """Answers the panel."""

    def __init__(
        self, entries: Callable[[], Sequence[Entry]], choose: Callable[[str], None], tell: Callable[[int], None]
    ) -> None:
        """`entries` returns the menu of now, and `choose` receives the key of a chosen entry.

        `tell` tells the panels that they have to read the menu again; it receives the revision of the menu.
        """
        self._entries = entries
        self._choose = choose
        self._tell = tell
        self._numbers: dict[str, int] = {}
        self._shown: tuple[Entry, ...] = ()
        """The menu as last filled."""
        self._told: tuple[Entry, ...] = ()
        """The menu as a panel has last read it."""
        self._revision = self._announced = 1
        self.interface = Interface(
            methods={
                "GetLayout": Method("iias", f"u{_LAYOUT}", self._get_layout),
                "GetGroupProperties": Method("aias", "a(ia{sv})", self._get_group),
                "GetProperty": Method("is", "v", self._get_property),
                "Event": Method("isvu", "", self._event),
                "EventGroup": Method("a(isvu)", "ai", self._event_group),
                "AboutToShow": Method("i", "b", self._about_to_show),
                "AboutToShowGroup": Method("ai", "aiai", self._about_to_show_group),
            },
            properties={
                "Version": Property("u", lambda: 3),
                "TextDirection": Property("s", lambda: "ltr"),
                "Status": Property("s", lambda: "normal"),
                "IconThemePath": Property("as", list),
            },
        )

    def refresh(self) -> None:
        """Tell the panels if the menu has changed. Lengths in it grow all the time, so this is not for every minute."""
        self._fill()
        if self._shown != self._told and self._revision != self._announced:
            self._announced = self._revision
            self._tell(self._revision)

    def _fill(self) -> None:
        entries = tuple(self._entries())
        if entries != self._shown:
            self._shown = entries
            self._revision += 1

    def _items(self) -> list[_Item]:
        """Return the menu itself and its entries."""
        return [(_ROOT, _MENU_ITSELF), *((self._number(entry.key), _properties(entry)) for entry in self._shown)]

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _get_layout(self, parent: int, depth: int, names: list[str]) -> tuple[Any, ...]:
        self._fill()
        self._told = self._shown
        (_, itself), *entries = [(number, _wanted(properties, names)) for number, properties in self._items()]
        if parent != _ROOT:
            return self._revision, (*self._known(parent, dict(entries)), [])
        children: list[tuple[str, Any]] = [] if depth == 0 else [(_LAYOUT, (*entry, [])) for entry in entries]
        return self._revision, (_ROOT, itself, children)

    def _get_group(self, numbers: list[int], names: list[str]) -> tuple[Any, ...]:
        # An empty list asks for all. Unknown numbers are left out: the panel may ask for what was there just before.
        wanted = set(numbers[:_MOST_ASKED])
        return ([(number, _wanted(each, names)) for number, each in self._items() if number in wanted or not numbers],)

    def _get_property(self, number: int, name: str) -> tuple[Any, ...]:
        _, properties = self._known(number, dict(self._items()))
        if name not in properties:
            raise BadCall("there is no such property")
        return (properties[name],)

    def _known(self, number: int, items: dict[int, dict[str, tuple[str, Any]]]) -> _Item:
        if number not in items:
            raise BadCall("there is no such entry")
        return number, items[number]

    def _event(self, number: int, what: str, _data: Any, _time: int) -> tuple[Any, ...]:
        if number != _ROOT and number not in self._numbers.values():
            raise BadCall("there is no such entry")
        self._handle(number, what)
        return ()

    def _event_group(self, events: list[tuple[int, str, Any, int]]) -> tuple[Any, ...]:
        known = {_ROOT, *self._numbers.values()}
        for number, what, _data, _time in events[:_MOST_ASKED]:
            if number in known:
                self._handle(number, what)
        return ([number for number, *_ in events[:_MOST_ASKED] if number not in known],)

    def _handle(self, number: int, what: str) -> None:
        """Carry out a click. An entry that is gone or cannot be chosen does nothing: the menu was open for long."""
        if what != "clicked":
            return
        for entry in self._shown:
            if self._number(entry.key) == number and entry.enabled and entry.label:
                self._choose(entry.key)

    def _about_to_show(self, number: int) -> tuple[Any, ...]:
        if number not in {_ROOT, *self._numbers.values()}:
            raise BadCall("there is no such entry")
        return (self._changes(),)

    def _about_to_show_group(self, numbers: list[int]) -> tuple[Any, ...]:
        known = {_ROOT, *self._numbers.values()}
        asked = numbers[:_MOST_ASKED]
        changed = [_ROOT] if _ROOT in asked and self._changes() else []
        return changed, [number for number in asked if number not in known]

    def _changes(self) -> bool:
        """Fill the menu that is about to open. Return whether the panel has to read it again."""
        # Told as well, because libdbusmenu, which Xfce and waybar use, does not look at the answer.
        self.refresh()
        return self._shown != self._told


def _properties(entry: Entry) -> dict[str, tuple[str, Any]]:
    if not entry.label:
        return {"type": ("s", "separator")}
    # A single underscore would underline the next letter as a keyboard shortcut.
    label = entry.label.replace("_", "__")
    if entry.enabled:
        return {"label": ("s", label)}
    return {"label": ("s", label + _ROOM), "enabled": ("b", False)}


def _wanted(properties: dict[str, tuple[str, Any]], names: list[str]) -> dict[str, tuple[str, Any]]:
    """Return the properties of these names; all for no names."""
    return {name: value for name, value in properties.items() if name in names} if names else properties
