"""How the desktop of a session starts programs, from the variables that it sets."""

import pytest

from slowrise.adapters.system import autostart, resources
from slowrise.adapters.system.desktop_start import Desktop, Start, desktop_of

X11 = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("environ", "target_runs", "found"),
    [
        ({**X11, "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, True, Desktop("GNOME", Start.TARGET)),
        ({**X11, "XDG_CURRENT_DESKTOP": "XFCE"}, False, Desktop("XFCE", Start.ENTRY)),
        ({"WAYLAND_DISPLAY": "wayland-1", "XDG_CURRENT_DESKTOP": "sway"}, False, Desktop("sway", Start.LOGIN)),
        ({"WAYLAND_DISPLAY": "wayland-1", "SWAYSOCK": "/run/sway"}, False, Desktop("sway", Start.LOGIN)),
        ({**X11, "I3SOCK": "/run/i3"}, False, Desktop("i3", Start.LOGIN)),
        (X11, False, Desktop("", Start.LOGIN)),
        ({"XDG_CURRENT_DESKTOP": "sway"}, False, Desktop("sway", Start.UNKNOWN)),
        ({}, True, Desktop("", Start.TARGET)),
    ],
)
def test_the_desktop_is_known_by_its_variables(environ: dict[str, str], target_runs: bool, found: Desktop) -> None:
    assert desktop_of(environ, target_runs=target_runs) == found


def test_a_window_manager_that_starts_nothing_has_a_line_to_copy() -> None:
    assert Desktop("sway", Start.LOGIN).line("/opt/slowrise run") == ("~/.config/sway/config", "exec /opt/slowrise run")
    assert Desktop("", Start.LOGIN).line("/opt/slowrise run") == ("", "")


def test_install_passes_the_screen_as_the_autostart_entry_does() -> None:
    assert " ".join(autostart.SCREEN) in resources.text("systemd/slowrise-autostart.desktop")
