"""The real programs that tests run against: where each is found, which Debian package brings it, what it needs.

A test names its parts by `@pytest.mark.real("Xvfb", "dunst")`. A name that is not listed here is looked up on PATH
and taken to come from the Debian package of the same name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PACKAGE_LIST = Path(__file__).with_name("system-packages.txt")


class Part(NamedTuple):
    """A program outside this project. `place` is set where PATH does not lead to it."""

    name: str
    package: str
    place: str | None = None
    root: bool = False

    def missing(self) -> str | None:
        """Why it cannot be used here, in words for the person who runs the tests; None if it can."""
        if self.place and not Path(self.place).exists():
            return f"{self.name} is missing: `make test-deps` installs the Debian package {self.package}"
        if not self.place and not shutil.which(self.name):
            return f"{self.name} is not on PATH: `make test-deps` installs the Debian package {self.package}"
        if self.root and os.geteuid() != 0:
            return f"{self.name} works for root only: `sudo make test` runs these tests too"
        return None


_KNOWN = {
    part.name: part
    for part in (
        Part("Xvfb", "xvfb"),
        Part("Xephyr", "xserver-xephyr"),
        Part("xprop", "x11-utils"),
        Part("xwininfo", "x11-utils"),
        Part("xset", "x11-xserver-utils"),
        Part("import", "imagemagick"),
        Part("convert", "imagemagick"),
        Part("xfce4-notifyd", "xfce4-notifyd", "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd"),
        Part("swaync", "sway-notification-center"),
        Part("xfconfd", "xfconf", "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"),
        Part("gsettings", "libglib2.0-bin"),
        Part("dconf-service", "dconf-service", "/usr/libexec/dconf-service"),
        Part("notification-daemon", "notification-daemon", "/usr/lib/notification-daemon/notification-daemon"),
        Part("dbus-daemon", "dbus"),
        Part("dbus-run-session", "dbus"),
        Part("dbus-monitor", "dbus"),
        Part("gdbus", "libglib2.0-bin"),
        Part("gio", "libglib2.0-bin"),
        Part("dbusmock", "python3-dbusmock", "/usr/lib/python3/dist-packages/dbusmock"),
        Part("notify-send", "libnotify-bin"),
        Part("dunstctl", "dunst"),
        Part("kwin_wayland", "kwin-wayland"),
        Part("swaymsg", "sway"),
        Part("pactl", "pulseaudio-utils"),
        Part("parecord", "pulseaudio-utils"),
        Part("pw-cli", "pipewire-bin"),
        Part("script", "bsdutils"),
        Part("unshare", "util-linux", root=True),
        Part("mount", "mount", root=True),
        Part("nsenter", "util-linux", root=True),
        Part("mmdebstrap", "mmdebstrap", root=True),
        Part("systemd-nspawn", "systemd-container", root=True),
        Part("systemd-analyze", "systemd"),
        Part("systemctl", "systemd"),
        Part("pdftoppm", "poppler-utils"),
        Part("groff", "groff-base"),
        Part("xdg-open", "xdg-utils"),
        Part("qemu-system-x86_64", "qemu-system-x86"),
        Part("mke2fs", "e2fsprogs", root=True),
    )
}


def part(name: str) -> Part:
    """The part of that name."""
    return _KNOWN.get(name) or Part(name, name.lower())


def versions(parts: Iterable[Part]) -> dict[str, str]:
    """The installed version of each part by name, as the package manager tells it; no entry where it does not."""
    found: dict[str, str] = {}
    if not shutil.which("dpkg-query"):
        return found
    wanted = {part.name: part.package for part in parts}
    asked = ["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *set(wanted.values())]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    installed = dict(line.split(" ", 1) for line in told.splitlines() if " " in line)
    return {name: installed[package] for name, package in wanted.items() if installed.get(package)}


def listed_packages(text: str) -> list[str]:
    """The packages of a list `package   # why`, one a line, in order and without repetition."""
    names = (line.partition("#")[0].strip() for line in text.splitlines())
    return list(dict.fromkeys(name for name in names if name))
