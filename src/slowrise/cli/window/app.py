"""Runs the window: one for each data directory. A second command shows its page in the window that is open."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from slowrise.adapters.system.launcher import Page as PageName
from slowrise.adapters.system.paths import Paths
from slowrise.cli.window import style
from slowrise.cli.window.context import Context
from slowrise.cli.window.link import DaemonLink
from slowrise.cli.window.window import Window


def build(application: QApplication, paths: Paths, page: PageName) -> Window:
    """Return the window with a page. It is not shown yet, and does not follow the daemon yet."""
    application.setApplicationName("slowrise")
    QApplication.setDesktopFileName("slowrise")
    style.prepare(application)
    context = Context(paths, DaemonLink(paths.socket))
    context.read_config()
    window = Window(context)
    window.show_page(page)
    return window


def run(paths: Paths, page: PageName) -> int:
    """Show the window until the user closes it. Returns the exit code."""
    application = QApplication([sys.argv[0]])
    window = build(application, paths, page)
    window.show()
    window.context.link.start()
    code = QApplication.exec()
    window.context.link.close()
    return code
