"""Real panels that show icons of programs: Xfce's on an X server, and waybar on sway."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.desktop_programs import PATIENCE, Bus, XDisplay, process, wait_until
from support.programs import is_since, release_here

WATCHER = "org.kde.StatusNotifierWatcher"
SIZE = 28
KDED = "kded6" if is_since("trixie", release_here()) else "kded5"
"""Plasma's service with the list of icons."""
"""Pixels of the panel, and about those of an icon in it."""
_XFCONFD = "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"

_XFCE = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="{size}"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"""

_WAYBAR_STYLE = "* {{ font-size: 14px; }} window {{ background: {background}; color: #888888; }}"


def registered(bus: Bus) -> str:
    """Return the icons that the panel knows, as gdbus prints them."""
    ask = ["gdbus", "call", "--session", "--dest", WATCHER, "--object-path", "/StatusNotifierWatcher"]
    get = ["--method", "org.freedesktop.DBus.Properties.Get", WATCHER, "RegisteredStatusNotifierItems"]
    done = subprocess.run([*ask, *get], env=bus.environ, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.stdout


class XfcePanel(NamedTuple):
    """Xfce's panel along the upper edge, with its first icon at the left end."""

    bus: Bus
    screen: XDisplay
    pid: int

    def picture(self) -> bytes:
        """Return the pixels of the first icon."""
        return self._screen("-crop", f"{SIZE}x{SIZE}+0+0")

    def _screen(self, *part: str) -> bytes:
        done = subprocess.run(
            ["import", "-window", "root", *part, "-depth", "8", "rgb:-"],
            env=self.screen.environ,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def is_drawn(self) -> bool:
        """Whether there is an icon: the picture has dark and light pixels."""
        pixels = self.picture()
        return bool(pixels) and max(pixels) - min(pixels) > 60

    def click(self, button: int = 1) -> None:
        """Click on the first icon: 1 with the left button, 3 with the right one."""
        self.screen.run("xdotool", "mousemove", str(SIZE // 2), str(SIZE // 2), "click", str(button))

    def menus(self) -> list[str]:
        """Return the windows below the panel that belong to it: its open menu."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "wrapper-2.0|xfce4-panel"],
            env=self.screen.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        ).stdout.split()
        return [window for window in found if self._height(window) > 3 * SIZE]

    def choose(self, position: int) -> None:
        """Open the menu and choose the entry at this position, from 1, of those that can be chosen."""
        self.click(3)
        wait_until(self.menus, "the menu of the icon")
        wait_until(lambda: self._screen() == self._screen(), "the menu to be filled")
        self.screen.run("xdotool", "key", *["Down"] * position, "Return")

    def _height(self, window: str) -> int:
        done = subprocess.run(
            ["xdotool", "getwindowgeometry", "--shell", window],
            env=self.screen.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        values = dict(line.split("=") for line in done.stdout.split() if "=" in line)
        return int(values.get("HEIGHT", 0))


@contextmanager
def xfce_panel(bus: Bus, screen: XDisplay, *, dark: bool = False) -> Iterator[XfcePanel]:
    """Yield Xfce's panel with nothing but the status tray."""
    config = Path(bus.environ["XDG_CONFIG_HOME"]) / "xfce4/xfconf/xfce-perchannel-xml"
    config.mkdir(parents=True, exist_ok=True)
    (config / "xfce4-panel.xml").write_text(_XFCE.format(dark=str(dark).lower(), size=SIZE))
    bus.announce("org.xfce.Xfconf", _XFCONFD)
    log = screen.folder / "xfce4-panel.log"
    with process("xfce4-panel", "--disable-wm-check", environ=screen.environ, log=log) as child:
        wait_until(lambda: bus.owner(WATCHER) is not None, "the panel to take icons")
        yield XfcePanel(bus, screen, child.pid)
    wait_until(lambda: bus.owner(WATCHER) is None, "the panel to be gone")


class PlasmaTray(NamedTuple):
    """Plasma's tray in a window of its own, with the first icon in its middle."""

    screen: XDisplay

    def click(self, button: int = 1) -> None:
        """Click on the icon: 1 with the left button, 3 with the right one."""
        x, y, width, height = self._place()
        for command in (("mousemove", str(x + width // 2), str(y + height // 2)), ("click", str(button))):
            self.screen.run("xdotool", *command)

    def choose(self, position: int) -> None:
        """Open the menu and choose the entry at this position, from 1, of those that can be chosen."""
        before = len(self._windows())
        self.click(3)
        wait_until(lambda: len(self._windows()) > before, "the menu of the icon")
        self.screen.run("xdotool", "key", *["Down"] * position, "Return")

    def _windows(self) -> list[str]:
        command = ["xdotool", "search", "--onlyvisible", "--class", "plasmawindowed"]
        done = subprocess.run(
            command, env=self.screen.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout.split()

    def _place(self) -> tuple[int, int, int, int]:
        window = self.screen.run("xdotool", "search", "--onlyvisible", "--name", "System Tray").split()[0]
        printed = self.screen.run("xdotool", "getwindowgeometry", "--shell", window)
        values = dict(line.split("=") for line in printed.split())
        x, y, width, height = (int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))
        return x, y, width, height


@contextmanager
def plasma_tray(bus: Bus, screen: XDisplay) -> Iterator[PlasmaTray]:
    """Yield Plasma's tray."""
    environ = {**screen.environ, "XDG_CURRENT_DESKTOP": "KDE", "QT_QUICK_BACKEND": "software"}
    load = ["gdbus", "call", "--session", "--dest", f"org.kde.{KDED}", "--object-path", "/kded"]
    load += ["--method", f"org.kde.{KDED}.loadModule", "statusnotifierwatcher"]
    # Its update of a program that is not here waits for a minute for a service that is not here either.
    config = Path(bus.environ["XDG_CONFIG_HOME"])
    config.mkdir(parents=True, exist_ok=True)
    (config / "kconf_updaterc").write_text("[krunnerhistory.upd]\ndone=5.21KRunnerHistory\n")
    with process(KDED, environ=environ, log=screen.folder / f"{KDED}.log"):
        wait_until(lambda: bus.owner(f"org.kde.{KDED}") is not None, KDED)
        wait_until(lambda: "true" in bus.run(*load), f"the watcher of {KDED}")
        command = ("plasmawindowed", "org.kde.plasma.private.systemtray")
        with process(*command, environ=environ, log=screen.folder / "plasmawindowed.log"):
            tray = PlasmaTray(screen)
            wait_until(tray._windows, "Plasma's tray")
            yield tray
    wait_until(lambda: bus.owner(WATCHER) is None, "the watcher to be gone")


class Waybar(NamedTuple):
    """waybar along the upper edge of a sway that is a window of an X server, with its tray at the left end."""

    screen: XDisplay
    environ: Mapping[str, str]

    def click(self, x: int = 9, y: int = SIZE // 2, button: int = 1) -> None:
        """Click at this place, at first on the first icon: 1 with the left button, 3 with the right one."""
        # The pointer has to arrive before it presses.
        for command in (("mousemove", str(x), str(y)), ("mousemove_relative", "1", "0"), ("click", str(button))):
            self.screen.run("xdotool", *command)

    def picture(self, path: Path) -> Path:
        """Save a picture of the screen."""
        self.run("grim", str(path))
        return path

    def has_the_window_on(self, workspace: str) -> bool:
        """Whether slowrise's window is on this workspace and has the focus."""
        screens = json.loads(self.run("swaymsg", "-r", "-t", "get_tree"))["nodes"]
        spaces = [space for screen in screens for space in screen["nodes"] if space["name"] == workspace]
        nodes = [node for space in spaces for node in space["nodes"]]
        return any(node.get("app_id") == "slowrise" and node["focused"] for node in nodes)

    def run(self, *command: str) -> str:
        """Return the output of a command that must succeed, on sway."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


@contextmanager
def waybar(bus: Bus, screen: XDisplay, *, background: str = "#202020") -> Iterator[Waybar]:
    """Yield waybar with nothing but its tray."""
    with tempfile.TemporaryDirectory(prefix="sr-sway-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o700)
        config, style = folder / "waybar.json", folder / "waybar.css"
        tray = {"icon-size": 22, "spacing": 4}
        config.write_text(json.dumps({"height": SIZE, "modules-left": ["tray"], "tray": tray}))
        style.write_text(_WAYBAR_STYLE.format(background=background))
        environ = {**screen.environ, "XDG_RUNTIME_DIR": name, "GDK_BACKEND": "wayland", "XDG_CURRENT_DESKTOP": "sway"}
        environ |= {"WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman"}
        # sway refuses to run as root.
        as_user = ["unshare", "-U", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        with process(*as_user, "sway", "-c", "/dev/null", environ=environ, log=folder / "sway.log"):
            wait_until(lambda: _named(folder, "wayland-*[0-9]") and _named(folder, "sway-ipc*"), "the sockets of sway")
            environ["WAYLAND_DISPLAY"] = _named(folder, "wayland-*[0-9]")[0].name
            environ["SWAYSOCK"] = str(_named(folder, "sway-ipc*")[0])
            command = ("waybar", "--config", str(config), "--style", str(style))
            with process(*command, environ=environ, log=folder / "waybar.log"):
                wait_until(lambda: bus.owner(WATCHER) is not None, "waybar to take icons")
                yield Waybar(screen, environ)
            wait_until(lambda: bus.owner(WATCHER) is None, "waybar to be gone")


def _named(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))
