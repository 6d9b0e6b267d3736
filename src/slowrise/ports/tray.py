"""The tray port: an icon in the panel with a menu. The daemon says what both show; an adapter shows them."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

IconName = Literal["sitting", "due", "standing", "away", "paused"]
"""An icon in `config/icons`."""


class Look(NamedTuple):
    """What the panel shows all the time: no lengths, because they would change every minute."""

    icon: IconName
    title: str
    """How it stands, in a few words."""
    more: str = ""
    """A second line under the pointer."""
    urgent: bool = False
    """Whether the user should look now: panels that hide icons show this one."""


class Entry(NamedTuple):
    """A line of the menu."""

    key: str
    """What a choice of it asks for."""
    label: str
    """Empty for a line between groups."""
    enabled: bool = True


class TrayContent(Protocol):
    """What the icon shows, and what happens when it is used. The adapter asks when a panel does."""

    def look(self) -> Look:
        """Return what the panel shows."""

    def menu(self) -> tuple[Entry, ...]:
        """Return the menu as it is now."""

    def choose(self, key: str, token: str) -> None:
        """Carry out an entry. `token`: the desktop's activation token of the click; empty if it gave none."""

    @property
    def opens(self) -> bool:
        """Whether a click on the icon opens something; otherwise it shows the menu."""

    def open(self, token: str) -> None:
        """Carry out a click on the icon."""
