"""The window for tests: in this process, where a test finds its widgets; and as a command, as the user starts it.

Both run under a real X server. `python -m support.window today picture.png --dark --scale 2` takes a picture of a page.
"""

from __future__ import annotations

import argparse
import locale
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from slowrise.adapters.system.paths import Paths, paths
from support import PROJECT, demo_record
from support.daemon_process import User
from support.desktop_programs import PATIENCE, XDisplay, process, session_bus, wait_until, x_server

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette
    from PySide6.QtWidgets import QApplication, QWidget

    from slowrise.adapters.system.paths import Page
    from slowrise.cli.window.window import Window

COMMAND = (sys.executable, "-m", "slowrise")
W = TypeVar("W", bound="QWidget")


# -- in this process ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def qt_screen() -> Iterator[XDisplay]:
    """Return the X server on which this process shows its windows."""
    with session_bus() as bus, x_server(bus, size="1600x1200x24") as screen:
        yield screen


@pytest.fixture(scope="session")
def qt(qt_screen: XDisplay) -> Iterator[QApplication]:
    """Return the application, on an X server of its own. A process can have only one."""
    from PySide6.QtWidgets import QApplication

    with pytest.MonkeyPatch.context() as environ:
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environ.setenv(name, qt_screen.environ[name])
        environ.setenv("QT_QPA_PLATFORM", "xcb")
        before = locale.setlocale(locale.LC_ALL)
        application = QApplication(["slowrise"])
        locale.setlocale(locale.LC_ALL, before)  # Qt takes the user's, in which all later tests would read errors.
        yield application
        application.shutdown()  # While the server still runs: Qt ends the process when it loses it.


@pytest.fixture
def own_paths(private_home: Path) -> Paths:
    """Return the files of a user of whom nothing is recorded yet."""
    return paths(config=private_home / "slowrise.toml", data=private_home / "data")


@contextmanager
def opened(qt: QApplication, own: Paths, page: Page, *, follow: bool = False) -> Iterator[Window]:
    """Yield the window with this page, as `slowrise window` builds it. It asks the daemon only with `follow`."""
    from shiboken6 import delete

    from slowrise.cli.window.app import build

    window = build(qt, own, page)
    window.show()
    if follow:
        window.context.link.start()
    try:
        window.activateWindow()
        until(qt, window.isActiveWindow, "the focus in the window")
        yield window
    finally:
        window.close()
        window.context.link.close()
        settle(qt)
        delete(window)  # It watches files: without this, some hundred tests use up what the kernel has for that.


def settle(qt: QApplication) -> None:
    """Handle everything that waits in Qt: layouts, drawing, answers of other threads."""
    for _ in range(5):
        qt.sendPostedEvents()
        qt.processEvents()


def until(qt: QApplication, true: Callable[[], object], what: str, *, patience: float = 2 * PATIENCE) -> None:
    """Run Qt until the condition holds. Fail with `what` after `patience` seconds."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s for: {what}"
        settle(qt)
        time.sleep(0.01)


def name_of(widget: QWidget) -> str:
    """Return what a screen reader says: the accessible name, the words, or the label that belongs to the widget."""
    from PySide6.QtGui import QAccessible

    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def named(root: QWidget, name: str, kind: type[W]) -> W:
    """Return the one visible widget with this accessible name (`&` of a shortcut left out)."""
    found = [each for each in root.findChildren(kind) if each.isVisible() and name_of(each).replace("&", "") == name]
    names = sorted({name_of(each) for each in root.findChildren(kind) if each.isVisible()})
    assert len(found) == 1, f"{len(found)} named {name!r}; there are {names}"
    return found[0]


def words(root: QWidget) -> str:
    """Return every visible label in the widget, one a line, as it is read from top to bottom."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(each.text() for each in root.findChildren(QLabel) if each.isVisible() and each.text())


def cut(root: QWidget) -> list[str]:
    """Return the words of visible labels and buttons that get less room than they need."""
    from PySide6.QtWidgets import QAbstractButton, QLabel

    found: list[str] = []
    worded: list[QLabel | QAbstractButton] = [*root.findChildren(QLabel), *root.findChildren(QAbstractButton)]
    for each in worded:
        if not each.isVisible() or not each.text():
            continue
        wraps = isinstance(each, QLabel) and each.wordWrap()
        high = each.heightForWidth(each.width()) if wraps else each.minimumSizeHint().height()
        wide = each.minimumSizeHint().width()
        if each.height() < high or each.width() < wide:
            found.append(each.text())
    return found


# -- as a command ------------------------------------------------------------------------------------------------------


class WindowProcess:
    """`slowrise window` on an X server, which a test sees and presses keys in."""

    def __init__(self, screen: XDisplay, child: subprocess.Popen[bytes], log: Path) -> None:
        self.screen = screen
        self.child = child
        self._log = log

    def log_text(self) -> str:
        """Return what it has printed."""
        return self._log.read_text(errors="replace")

    def window_id(self) -> str | None:
        """Return the X window, or None while it is not shown."""
        search = ["xdotool", "search", "--onlyvisible", "--pid", str(self.child.pid)]
        done = subprocess.run(search, env=self.screen.environ, capture_output=True, text=True, check=False)
        found = done.stdout.split()
        return found[-1] if found else None

    def wait_shown(self) -> str:
        """Wait until the window is on the screen, and return its X window."""
        wait_until(lambda: self.window_id() or self.child.poll() is not None, "the window")
        shown = self.window_id()
        assert shown, f"it ended with {self.child.poll()}: {self.log_text()}"
        return shown

    def title(self) -> str:
        """Return the title of the window."""
        return self.screen.run("xdotool", "getwindowname", self.wait_shown()).strip()

    def press(self, *keys: str) -> None:
        """Press keys in the window, each named as `xdotool` does: `Tab`, `space`, `alt+p`."""
        self.screen.run("xdotool", "windowfocus", "--sync", self.wait_shown(), "key", *keys)

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the window."""
        self.screen.run("import", "-window", self.wait_shown(), str(path))
        return path


@contextmanager
def window_process(
    screen: XDisplay, *arguments: str, before: Sequence[str] = (), **environ: str
) -> Iterator[WindowProcess]:
    """Yield `slowrise window` with these arguments, and end it. `before`: a command that starts it."""
    handle, name = tempfile.mkstemp(prefix="sr-window-")
    os.close(handle)
    log = Path(name)
    everything = {**screen.environ, "PYTHONPATH": str(PROJECT / "src"), "QT_QPA_PLATFORM": "xcb", **environ}
    try:
        with process(*before, *COMMAND, "window", *arguments, environ=everything, log=log) as child:
            yield WindowProcess(screen, child, log)
    finally:
        log.unlink()


# -- pictures ----------------------------------------------------------------------------------------------------------


def take_picture(page: str, picture: Path, *more: str, scale: float = 1, **environ: str) -> None:
    """Take a picture of a page, with the options of `python -m support.window`, on an X server of its own."""
    with tempfile.TemporaryDirectory() as home, session_bus() as bus, x_server(bus, size="3200x2400x24") as screen:
        user = User(Path(home), {**screen.environ, "QT_QPA_PLATFORM": "xcb"})
        user.environ |= {"QT_SCALE_FACTOR": str(scale), "TZ": os.environ.get("TZ", ""), **environ}
        if not {"--demo", "--daemon"} & set(more):
            _take_there(page, picture, more, user)
            return
        now = datetime.now(UTC)
        if "--demo" in more:
            demo_record.fill(user.data, now)
        user.environ["TZ"] = demo_record.zone_name(now)
        with user.daemon(), _moving_pointer(user):
            if "--demo" in more:
                wait_until(lambda: user.status()["state"] == "sitting", "the demo's user to sit")
            _take_there(page, picture, (*more, "--data-dir", str(user.data)), user)


def _take_there(page: str, picture: Path, options: Sequence[str], user: User) -> None:
    path = f"{PROJECT}/src:{PROJECT}/tests"
    command = [sys.executable, "-m", "support.window", page, str(picture), *options, "--here"]
    subprocess.run(command, env={**user.environ, "PYTHONPATH": path}, check=True, timeout=120)


@contextmanager
def _moving_pointer(user: User) -> Iterator[None]:
    """Move the pointer to and fro in a corner while the block runs: the demo's user works."""
    move = "while :; do xdotool mousemove 3190 2390 mousemove 3180 2390; sleep 0.5; done"
    with process("sh", "-c", move, environ=user.environ, log=user.home / "pointer"):
        yield


def dark() -> QPalette:
    """Return a dark palette, as a desktop gives one."""
    from PySide6.QtGui import QColor, QPalette

    palette = QPalette(QColor("#2b3035"), QColor("#1d2125"))
    for role, colour in (("Base", "#16191c"), ("AlternateBase", "#22272b"), ("Highlight", "#3d7fb5")):
        palette.setColor(QPalette.ColorRole[role], QColor(colour))
    for role in ("WindowText", "Text", "ButtonText", "HighlightedText", "ToolTipText"):
        palette.setColor(QPalette.ColorRole[role], QColor("#e6e9ec"))
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], QColor("#7f878e"))
    return palette


def _take_here(options: argparse.Namespace) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from slowrise.cli.window.app import build

    application = QApplication(["slowrise"])
    if options.dark:
        application.setPalette(dark())
    if options.rtl:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    if options.font:
        font = application.font()
        font.setPointSizeF(options.font)
        application.setFont(font)
    with tempfile.TemporaryDirectory() as empty:
        own = paths(config=options.config, data=options.data_dir or Path(empty))
        window = build(application, own, options.page)
        width, height = (int(part) for part in options.size.split("x"))
        window.resize(width, height)
        window.show()
        window.context.link.start()
        end = time.monotonic() + options.wait
        while time.monotonic() < end:
            settle(application)
            time.sleep(0.02)
        window.grab().save(str(options.picture))
        window.close()


def main(arguments: Sequence[str]) -> None:
    """Take a picture of a page."""
    parser = argparse.ArgumentParser(prog="python -m support.window")
    parser.add_argument("page")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--demo", action="store_true", help="with the demo day as today, and a daemon")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--daemon", action="store_true", help="with a daemon that knows nothing yet")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--rtl", action="store_true", help="from right to left")
    parser.add_argument("--font", type=float, help="size of the user's font in points")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--size", default="960x680")
    parser.add_argument("--language", default="C.UTF-8", help="such as ko_KR.UTF-8")
    parser.add_argument("--wait", type=float, default=1.5, help="seconds until the picture is taken")
    parser.add_argument("--here", action="store_true", help="on the display of this session")
    options = parser.parse_args(arguments)
    if options.here:
        _take_here(options)
    else:
        take_picture(options.page, options.picture, *arguments[2:], scale=options.scale, LANG=options.language)


if __name__ == "__main__":
    main(sys.argv[1:])
