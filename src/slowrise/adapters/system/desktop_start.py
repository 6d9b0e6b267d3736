"""How the desktop of this session starts programs at the login: systemd's target, autostart entries, or neither.

GNOME, Plasma and others start `graphical-session.target` of the user's systemd. Xfce and others only run the entries of
the XDG autostart specification. A plain window manager, such as sway or i3, does neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

RUNS_AUTOSTART = frozenset(
    {
        *("GNOME", "GNOME-Classic", "GNOME-Flashback", "KDE", "XFCE", "LXDE", "LXQt", "MATE", "X-Cinnamon", "Cinnamon"),
        *("Budgie", "Unity", "Pantheon", "Enlightenment", "UKUI", "Deepin", "DDE", "COSMIC", "TDE"),
    }
)
"""Desktops whose session manager runs autostart entries, as XDG_CURRENT_DESKTOP names them."""
_BY_SOCKET = {"SWAYSOCK": "sway", "I3SOCK": "i3", "HYPRLAND_INSTANCE_SIGNATURE": "Hyprland", "NIRI_SOCKET": "niri"}
"""Variables of window managers that may set no XDG_CURRENT_DESKTOP."""
_LINES = {
    "sway": ("~/.config/sway/config", "exec {command}"),
    "i3": ("~/.config/i3/config", "exec --no-startup-id {command}"),
    "Hyprland": ("~/.config/hypr/hyprland.conf", "exec-once = {command}"),
    "niri": ("~/.config/niri/config.kdl", 'spawn-sh-at-startup "{command}"'),
    "labwc": ("~/.config/labwc/autostart", "{command} &"),
    "river": ("~/.config/river/init", "{command} &"),
}
"""For each window manager the file with its start, and the line that starts a command."""


class Start(Enum):
    """What can start slowrise with this desktop."""

    TARGET = auto()
    """systemd: the desktop starts `graphical-session.target`."""
    ENTRY = auto()
    """The desktop, by an autostart entry."""
    LOGIN = auto()
    """systemd, when the user logs in. slowrise then waits for the screen."""
    UNKNOWN = auto()
    """There is no desktop here to look at."""


class Desktop(NamedTuple):
    """The desktop of this session, and how it starts programs."""

    name: str
    """Empty if it is unknown."""
    start: Start

    def line(self, command: str) -> tuple[str, str]:
        """Return the file of this desktop that starts programs, and the line to add; both empty if unknown."""
        file, line = _LINES.get(self.name, ("", ""))
        return file, line.format(command=command)


def desktop_of(environ: Mapping[str, str], *, target_runs: bool) -> Desktop:
    """Return the desktop that these variables name. `target_runs`: whether `graphical-session.target` is active."""
    names = [name for name in environ.get("XDG_CURRENT_DESKTOP", "").split(":") if name]
    names += [name for variable, name in _BY_SOCKET.items() if environ.get(variable)]
    known = next((name for name in names if name in RUNS_AUTOSTART), "")
    name = known or next(iter(names), "")
    if target_runs:
        return Desktop(name, Start.TARGET)
    if not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        return Desktop(name, Start.UNKNOWN)
    return Desktop(name, Start.ENTRY if known else Start.LOGIN)
