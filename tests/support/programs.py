"""The real programs that tests run against: the path of each, its Debian package, and whether it needs root.

A test names its programs with `@pytest.mark.real("Xvfb", "dunst")`. A name that is not listed here is looked up on
PATH and expected in the Debian package of the same name.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PACKAGE_LIST = Path(__file__).with_name("system-packages.txt")

RELEASES = ("bookworm", "trixie", "forky")
"""Debian 12, 13 and what will be 14."""
_AS_OLD = {"jammy": "bookworm", "noble": "bookworm"}
"""Ubuntu's releases whose desktops are those of Debian 12, or nearly."""


class Program(NamedTuple):
    """A program outside this project. `path` is set if the program is not on PATH."""

    name: str
    package: str
    path: str | None = None
    root: bool = False

    def missing(self) -> str | None:
        """Return why the program cannot be used here, as a sentence for the developer, or None if it can."""
        if self.path and not Path(self.path).exists():
            return f"{self.name} is missing: `make test-deps` installs the Debian package {self.package}"
        if not self.path and not shutil.which(self.name):
            return f"{self.name} is not on PATH: `make test-deps` installs the Debian package {self.package}"
        if self.root and os.geteuid() != 0:
            return f"{self.name} works for root only: `sudo make test` runs these tests too"
        return None


_KNOWN = {
    program.name: program
    for program in (
        Program("Xvfb", "xvfb"),
        Program("Xephyr", "xserver-xephyr"),
        Program("xprop", "x11-utils"),
        Program("xwininfo", "x11-utils"),
        Program("xrandr", "x11-xserver-utils"),
        Program("xset", "x11-xserver-utils"),
        Program("import", "imagemagick"),
        Program("convert", "imagemagick"),
        Program("xfce4-notifyd", "xfce4-notifyd", "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd"),
        Program("swaync", "sway-notification-center"),
        Program("xfconfd", "xfconf", "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"),
        Program("gsettings", "libglib2.0-bin"),
        Program("dconf-service", "dconf-service", "/usr/libexec/dconf-service"),
        Program("notification-daemon", "notification-daemon", "/usr/lib/notification-daemon/notification-daemon"),
        Program("dbus-daemon", "dbus"),
        Program("dbus-run-session", "dbus"),
        Program("dbus-monitor", "dbus"),
        Program("gdbus", "libglib2.0-bin"),
        Program("gio", "libglib2.0-bin"),
        Program("dbusmock", "python3-dbusmock", "/usr/lib/python3/dist-packages/dbusmock"),
        Program("notify-send", "libnotify-bin"),
        Program("dunstctl", "dunst"),
        Program("plasmawindowed", "plasma-workspace"),
        Program("kwin_wayland", "kwin-wayland"),
        Program("swaymsg", "sway"),
        Program("mako", "mako-notifier"),
        Program("makoctl", "mako-notifier"),
        Program("pactl", "pulseaudio-utils"),
        Program("parecord", "pulseaudio-utils"),
        Program("pw-cli", "pipewire-bin"),
        Program("script", "bsdutils"),
        Program("setsid", "util-linux"),
        Program("unshare", "util-linux", root=True),
        Program("setpriv", "util-linux", root=True),
        Program("mount", "mount", root=True),
        Program("nsenter", "util-linux", root=True),
        Program("mmdebstrap", "mmdebstrap", root=True),
        Program("systemd-nspawn", "systemd-container", root=True),
        Program("systemd-analyze", "systemd"),
        Program("systemctl", "systemd"),
        Program("busctl", "systemd"),
        Program("appstreamcli", "appstream"),
        Program("pdftoppm", "poppler-utils"),
        Program("groff", "groff-base"),
        Program("xdg-open", "xdg-utils"),
        Program("qemu-system-x86_64", "qemu-system-x86"),
        Program("fuse", "libfuse3-dev", "/usr/include/fuse3/fuse.h", root=True),
        Program("mke2fs", "e2fsprogs", root=True),
    )
}


def program_named(name: str) -> Program:
    """Return the program with this name."""
    return _KNOWN.get(name) or Program(name, name.lower())


def versions(programs: Iterable[Program]) -> dict[str, str]:
    """Return the installed versions by program name. A program without a Debian package is left out."""
    if not shutil.which("dpkg-query"):
        return {}
    wanted = {program.name: program.package for program in programs}
    query = ["dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *set(wanted.values())]
    printed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = dict(line.split(" ", 1) for line in printed.splitlines() if " " in line)
    return {name: installed[package] for name, package in wanted.items() if installed.get(package)}


def release_here() -> str:
    """Return which of `RELEASES` this machine has, or resembles. An unknown one is taken for the newest."""
    try:
        codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        codename = ""
    return codename if codename in RELEASES else _AS_OLD.get(codename, RELEASES[-1])


def is_since(release: str, here: str) -> bool:
    """Return whether the release `here` is this one or newer."""
    return RELEASES.index(here) >= RELEASES.index(release)


def listed_packages(text: str, release: str = "") -> list[str]:
    """Return the packages of a list with lines `package   # why`, in order and without repetition.

    `package >=trixie` is for that release and newer ones, `package <trixie` for older ones. Without a release, all are
    returned.
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        name, _, condition = line.partition("#")[0].strip().partition(" ")
        if name and (not release or not condition or _holds(condition, release)):
            found[name] = None
    return list(found)


def _holds(condition: str, release: str) -> bool:
    if condition.startswith(">="):
        return is_since(condition.removeprefix(">="), release)
    return not is_since(condition.removeprefix("<"), release)
