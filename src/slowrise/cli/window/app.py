"""Runs the window: one for each data directory. A second command shows its page in the window that is open."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from PySide6.QtCore import QFileSystemWatcher, QLoggingCategory, QSocketNotifier, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QCursor, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from slowrise.adapters.system import resources
from slowrise.adapters.system.paths import Page as PageName
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.single_instance import socket_of
from slowrise.cli.views.i18n import _
from slowrise.cli.window import background, failing, style
from slowrise.cli.window.context import Context
from slowrise.cli.window.link import DaemonLink
from slowrise.cli.window.single import OneWindow
from slowrise.cli.window.window import Window
from slowrise.daemon.exit_codes import ExitCode

TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - the name of a variable
ICON = 128
"""Pixels of the window's icon. The desktop makes it smaller."""


def build(application: QApplication, paths: Paths, page: PageName) -> Window:
    """Return the window with a page. It is not shown yet, and does not follow the daemon yet."""
    application.setApplicationName("slowrise")
    QApplication.setDesktopFileName("slowrise")
    style.prepare(application)
    context = Context(paths, DaemonLink(socket_of(paths)))
    context.read_config()
    window = Window(context)
    window.show_page(page)
    return window


def run(paths: Paths, page: PageName, one: OneWindow) -> int:
    """Show the window until the user closes it. Returns the exit code. `one`: claimed by this process."""
    # Qt 6.11 writes this at each change of the focus in sway, about its own input method.
    QLoggingCategory.setFilterRules("qt.qpa.wayland.textinput=false")
    application = _application()
    window = build(application, paths, page)
    watcher = QFileSystemWatcher()
    if os.access(one.directory, os.R_OK):
        watcher.addPath(str(one.directory))
    watcher.directoryChanged.connect(lambda _path: _show_wish(window, one))
    _place(window)
    window.show()
    window.setWindowIcon(_icon())
    window.context.link.start()
    _show_wish(window, one)
    with _signals_close(window.close):
        code = QApplication.exec()
    window.context.link.close()
    one.release()
    background.finish()
    QApplication.sendPostedEvents()  # how it ended
    for each in window.pages.values():
        if each.not_saved:
            failing.report(_("Your entry is not saved"), each.not_saved)
            code = int(ExitCode.ERROR)
    return code


@contextmanager
def _signals_close(close: Callable[[], object]) -> Iterator[None]:
    """Close the window at Ctrl+C in its terminal and at the end of the session, so that pages finish what they do.

    Qt waits outside of Python, which then would not see a signal; but it sees the byte that a signal writes.
    """
    if sys.platform == "win32":
        yield
        return
    reader, writer = socket.socketpair()
    with reader, writer:
        for end in (reader, writer):
            end.setblocking(False)

        def woken() -> None:
            reader.recv(4096)
            close()

        notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(woken)
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for each in signals:
            signal.signal(each, lambda *_: None)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for each in signals:
                signal.signal(each, signal.SIG_DFL)  # Whoever insists may end what still goes on in threads.
            notifier.setEnabled(False)


def _place(window: Window) -> None:
    """Put a new window where the user is: in the middle of the screen with the pointer.

    Only X11 tells where the pointer is. On Wayland the compositor places windows, by rules like this one.
    """
    screen = QGuiApplication.screenAt(QCursor.pos())
    if QGuiApplication.platformName() == "xcb" and screen is not None:
        room = screen.availableGeometry()
        window.resize(window.size().boundedTo(room.size() * 0.9))
        frame = window.rect()
        frame.moveCenter(room.center())
        window.move(frame.topLeft())


def _show_wish(window: Window, one: OneWindow) -> None:
    """Show what a later command wants."""
    if (wish := one.take()) is not None:
        if wish.token:
            os.environ[TOKEN] = wish.token  # Qt reads it when a window asks for the focus.
        window.show_page(wish.page)
        window.come_forward()


def _application() -> QApplication:
    """Return Qt's application. Where Qt finds no screen, it says so in a sentence and ends the process."""
    messages: list[str] = []

    def heard(kind: QtMsgType, _context: object, text: str) -> None:
        messages.append(text)
        if kind == QtMsgType.QtFatalMsg:  # Qt would end the process with a signal and a dump.
            _end(messages)

    qInstallMessageHandler(heard)
    application = QApplication([sys.argv[0]])
    qInstallMessageHandler(None)
    return application


def _end(messages: list[str]) -> NoReturn:
    code = failing.end(messages)
    sys.stderr.flush()
    os._exit(code)


def _icon() -> QIcon:
    """Return the icon of the program: that of the desktop's theme if it is installed there."""
    if not (icon := QIcon.fromTheme("slowrise")).isNull():
        return icon
    from PySide6.QtCore import QByteArray, Qt
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QPixmap(ICON, ICON)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(resources.text("config/slowrise.svg").encode())).render(painter)
    painter.end()
    return QIcon(picture)
