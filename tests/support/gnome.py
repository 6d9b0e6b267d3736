"""A real headless gnome-shell, as a context manager."""

from __future__ import annotations

import ast
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from support.desktop_programs import PATIENCE, Bus, Window, process, wait_until

_NOTIFICATIONS = "org.gnome.Shell.Notifications"
_SERVICES = Path("/usr/share/dbus-1/services")

_POINTER = """
const {Clutter} = imports.gi;
global.testPointer ??= Clutter.get_default_backend().get_default_seat()
    .create_virtual_device(Clutter.InputDeviceType.POINTER_DEVICE);
"""

_CLOSE_OTHERS = """
Main.messageTray.getSources().filter(source => source.title != "slowrise").forEach(source => source.destroy());
Main.messageTray._updateState();
"""

_TITLE = f"""{_CLOSE_OTHERS}
const shown = Main.messageTray._banner?.mapped ? Main.messageTray._notification : null;
shown?.source.title == "slowrise" ? shown.title : "";
"""

_BANNER = f"""{_CLOSE_OTHERS}
const banner = Main.messageTray._banner;
const ours = banner?.mapped && banner.notification.source.title == "slowrise";
const places = ours ? [banner, ...(banner._buttonBox?.get_children() ?? [])] : [];
places.map(actor => [actor.label ?? "", ...actor.get_transformed_position(), ...actor.get_transformed_size()]);
"""

# It is in the calendar, and from GNOME 49 on in the quick settings.
_SWITCH = """
const before = Main.panel.statusArea.dateMenu._messageList._dndSwitch;
const since = Main.panel.statusArea.quickSettings._doNotDisturb?.quickSettingsItems[0];
"""


class GnomeShell(NamedTuple):
    """A headless gnome-shell on Wayland with a virtual pointer. A banner shows its buttons under the pointer."""

    bus: Bus
    pid: int

    def has_come_up(self) -> bool:
        """Return whether the desktop is drawn. Until then it may leave a call waiting for seconds."""
        return self._evaluate("Main.layoutManager._startingUp") is False

    def titles(self) -> list[str]:
        """Return the titles of slowrise's notices, in the banner and in the list."""
        found = self._evaluate(
            "Main.messageTray.getSources().filter(s => s.title == 'slowrise')"
            ".flatMap(s => s.notifications).map(n => n.title)"
        )
        assert isinstance(found, list)
        return found

    def press(self, label: str) -> None:
        """Move the pointer onto the banner, and press the button with this label."""
        wait_until(lambda: bool(self._places()), "the banner")
        self._move(self._places()[""])
        wait_until(lambda: label in self._places() and self._still(label), f"the button {label}")
        self._move(self._places()[label])
        for state in ("PRESSED", "RELEASED"):
            self._evaluate(
                f"{_POINTER} global.testPointer.notify_button("
                f"global.get_current_time() * 1000, Clutter.BUTTON_PRIMARY, Clutter.ButtonState.{state})"
            )

    def dismiss(self) -> None:
        """Close the notice as a click on its close button does."""
        self._evaluate("Main.messageTray._banner.notification.destroy(2)")

    def disturb(self, *, yes: bool) -> None:
        """Set the shell's own switch for notifications: `yes` allows them."""
        self._evaluate(f"{_SWITCH} if (before) before.state = {not yes:d}; else since.checked = {not yes:d};")

    def banner(self, *, as_if_used: bool = False) -> str:
        """Return the title in slowrise's banner; empty without one. A banner waits for a user who does nothing."""
        if as_if_used:
            self._evaluate(
                f"{_POINTER} global.testAt = ((global.testAt ?? 0) + 7) % 300;"
                "global.testPointer.notify_absolute_motion(global.get_current_time() * 1000, 100 + global.testAt, 600)"
            )
        found = self._evaluate(_TITLE)
        return str(found or "")

    def lock(self) -> None:
        """Show the lock screen's mode of the shell, without asking for a password."""
        self._evaluate("Main.sessionMode.pushMode('unlock-dialog')")

    def unlock(self) -> None:
        """End it."""
        self._evaluate("Main.sessionMode.popMode('unlock-dialog')")

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the whole screen."""
        self._call(
            "org.gnome.Shell.Screenshot", "/org/gnome/Shell/Screenshot", "Screenshot", "false", "false", str(path)
        )
        return path

    def _still(self, label: str) -> bool:
        before = self._places().get(label)
        time.sleep(0.1)
        return before is not None and before == self._places().get(label)

    def _places(self) -> dict[str, Window]:
        """Return where the banner (label "") and its buttons are. Notices of the shell itself are closed."""
        found = self._evaluate(_BANNER)
        assert isinstance(found, list)
        return {label: Window(*map(round, place)) for label, *place in found if None not in place}

    def _move(self, place: Window) -> None:
        x, y = place.x + place.width // 2, place.y + place.height // 2
        self._evaluate(
            f"{_POINTER} global.testPointer.notify_absolute_motion(global.get_current_time() * 1000, {x}, {y})"
        )

    def _evaluate(self, script: str) -> object:
        """Return the value of a script in the shell. `--unsafe-mode` allows this."""
        answer = self._call("org.gnome.Shell", "/org/gnome/Shell", "Eval", f"{{ {script} }}")
        done, found = re.fullmatch(r"\((true|false), (.*)\)\n", answer, re.DOTALL).groups()  # type: ignore[union-attr]
        assert done == "true", found
        text = ast.literal_eval(found)
        return json.loads(text) if text else None

    def _call(self, name: str, path: str, member: str, *arguments: str) -> str:
        call = ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", f"{name}.{member}"]
        return self.bus.run(*call, *arguments)


@contextmanager
def gnome_shell(bus: Bus) -> Iterator[GnomeShell]:
    """Yield a headless gnome-shell. It needs logind, which dbusmock plays on a private system bus."""
    system, log = bus.folder / "system-bus", bus.folder / "gnome-shell.log"
    environ = {**bus.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={system}"}
    # From GNOME 45 on, gjs wants an option for it.
    installed = (_SERVICES / f"{_NOTIFICATIONS}.service").read_text(encoding="utf-8")
    bus.announce(_NOTIFICATIONS, re.search("^Exec=(.*)$", installed, re.MULTILINE)[1])  # type: ignore[index]
    bus_command = ("dbus-daemon", "--session", f"--address=unix:path={system}", "--nofork", "--nopidfile")
    logind = ("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind")
    shell = ("gnome-shell", "--headless", "--wayland", "--no-x11", "--unsafe-mode", "--virtual-monitor", "1280x720")
    with ExitStack() as stack:
        stack.enter_context(process(*bus_command, environ=environ, log=bus.folder / "system-bus.log"))
        wait_until(system.is_socket, "the system bus")
        stack.enter_context(process(*logind, environ=environ, log=bus.folder / "logind.log"))
        at_system = bus._replace(environ={**environ, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={system}"})
        wait_until(lambda: at_system.owner("org.freedesktop.login1") is not None, "logind")
        pid = stack.enter_context(_started(*shell, environ=environ, log=log))
        wait_until(lambda: bus.owner() is not None, "gnome-shell's notification service")
        started = GnomeShell(bus, pid)
        wait_until(started.has_come_up, "the desktop")
        yield started


@contextmanager
def _started(*command: str, environ: Mapping[str, str], log: Path) -> Iterator[int]:
    """Yield the process of a gnome-shell that has started. Now and then one hangs, and another does not."""
    for _ in range(3):
        with process(*command, environ=environ, log=log) as child:
            if _says_started(log):
                yield child.pid
                return
    raise AssertionError(f"gnome-shell does not start: {log.read_text()}")


def _says_started(log: Path) -> bool:
    try:
        wait_until(lambda: "GNOME Shell started" in log.read_text(), "gnome-shell", patience=PATIENCE)
    except AssertionError:
        return False
    return True
