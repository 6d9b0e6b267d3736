"""A Debian 13 with a user `alice`, a screen, and the package to install: as clean as apt leaves it, or with Xfce.

The screen is an Xvfb of the host, so the host's xdotool and `import` press and see what alice would. The container has
no network; apt installs our package from archives that were fetched when the file system was built.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.container import Container, booted
from support.debian_package import RELEASE, dependencies
from support.debian_trees import ALICE, tree
from support.desktop_programs import XDisplay, session_bus, wait_until, x_server

CLEAN = ("systemd-sysv", "libpam-systemd", "dbus", "dbus-user-session")
XFCE = (
    *CLEAN,
    *("xfce4-session", "xfwm4", "xfce4-panel", "xfdesktop4", "xfce4-settings", "xfce4-notifyd", "adwaita-icon-theme"),
    *("x11-xserver-utils", "fonts-dejavu-core", "fonts-noto-cjk", "at-spi2-core", "librsvg2-common"),
    *("python3-gi", "gir1.2-atspi-2.0"),  # find what is on the screen by its accessible name
)
PACKAGES = "/srv/packages"
"""Where the container sees the folder of packages."""
SETTLED_SESSION = """[Unit]
Description=A desktop that tells systemd of its session, as GNOME and Plasma do
BindsTo=graphical-session.target
Before=graphical-session.target
"""


class DebianDesk:
    """The machine of alice and her screen."""

    def __init__(self, machine: Container, screen: XDisplay) -> None:
        self.machine = machine
        self.screen = screen

    def apt(self, *arguments: str) -> str:
        """Run apt-get as root."""
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet")
        return self.machine.root(*quiet, *arguments)

    def logs_in(self, *session: str) -> None:
        """Let alice log in at the screen. The command is her session; it has the variables of a display manager."""
        desktop = (f"DISPLAY={self.screen.environ['DISPLAY']}", "XDG_SESSION_TYPE=x11", "XDG_CURRENT_DESKTOP=XFCE")
        bus = f"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/{ALICE}/bus"
        unit = ("--collect", "--quiet", "--unit=login-alice", f"--uid={ALICE}", "--property=PAMName=login")
        folder = "--working-directory=/home/alice"
        environ = [f"--setenv={each}" for each in (*desktop, bus)]
        self.machine.root("systemd-run", *unit, folder, *environ, *session)
        self.machine.await_alice()

    def logs_out(self) -> None:
        """End her session and wait until her systemd has stopped."""
        self.machine.root("systemctl", "stop", "login-alice.service", check=False)
        user = ("systemctl", "is-active", f"user@{ALICE}.service")
        wait_until(lambda: self.machine.root(*user, check=False).strip() == "inactive", "her systemd has stopped")

    def begins_a_settled_session(self) -> None:
        """Log in to a desktop that starts `graphical-session.target`. She has nothing but that."""
        self.machine.write("/home/alice/.config/systemd/user/desktop.target", SETTLED_SESSION)
        tell = "systemctl --user import-environment DISPLAY; systemctl --user start desktop.target; exec sleep infinity"
        self.logs_in("sh", "-c", tell)

    def in_session(self, *command: str, check: bool = True) -> str:
        """Run the command as alice, with her screen."""
        return self.machine.alice("env", f"DISPLAY={self.screen.environ['DISPLAY']}", *command, check=check)

    def starts(self, *command: str) -> None:
        """Start a program in her session, which goes on."""
        display = f"--setenv=DISPLAY={self.screen.environ['DISPLAY']}"
        self.machine.alice("systemd-run", "--user", "--collect", "--quiet", display, "--", *command)

    def unit(self, *names: str) -> tuple[str, ...]:
        """Return properties of slowrise's unit."""
        return tuple(self.machine.unit(name, "slowrise.service") for name in names)

    def status(self) -> dict[str, Any]:
        """Return what `slowrise status` knows."""
        status: dict[str, Any] = json.loads(self.machine.alice("slowrise", "status", "--format", "json"))
        return status

    def moves_the_mouse(self) -> None:
        """Make input."""
        self.screen.run("xdotool", "mousemove_relative", "--", "7", "5")
        self.screen.run("xdotool", "mousemove_relative", "--", "-7", "-5")

    def sits(self) -> None:
        """Move the mouse until the daemon sees her sitting."""

        def seen() -> bool:
            self.moves_the_mouse()
            return bool(self.status()["state"] == "sitting")

        wait_until(seen, "the daemon sees input")

    def windows(self, name: str) -> list[str]:
        """Return the ids of the visible windows with this title, a regular expression."""
        search = ["xdotool", "search", "--onlyvisible", "--name", name]
        done = subprocess.run(search, env=self.screen.environ, capture_output=True, text=True, check=False, timeout=30)
        return done.stdout.split()

    def picture(self, path: Path) -> Path:
        """Take a picture of the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return self.screen.screenshot(path)


@contextmanager
def debian_desk(packages: Path, installed: Sequence[str] = CLEAN, *, size: str = "1280x800x24") -> Iterator[DebianDesk]:
    """Boot a Debian 13 with these packages, which sees the folder `packages`. Nobody is logged in."""
    root = tree(RELEASE, installed, archives=dependencies())
    binds = ("--bind-ro=/tmp/.X11-unix", f"--bind-ro={packages}:{PACKAGES}")
    # Shared memory does not reach across the border of the container.
    options = ("-ac", "-extension", "MIT-SHM")
    with session_bus() as bus, x_server(bus, *options, size=size) as screen, booted(root, binds) as machine:
        machine.patience = 900  # apt unpacks hundreds of packages
        machine.await_boot()
        machine.root("useradd", "--create-home", "--shell", "/bin/bash", f"--uid={ALICE}", "alice", check=False)
        yield DebianDesk(machine, screen)


def words(command: str) -> list[str]:
    """Return the words of the Exec key of a menu entry, without its field codes."""
    return [word for word in shlex.split(command) if not word.startswith("%")]
