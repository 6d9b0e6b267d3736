"""Runs the window: one for each data directory. A second command shows its page in the window that is open."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from slowrise.adapters.system.launcher import Page as PageName
from slowrise.adapters.system.paths import Paths
from slowrise.cli.window.context import Context
from slowrise.cli.window.link import DaemonLink
from slowrise.cli.window.window import Window


def run(paths: Paths, page: PageName) -> int:
    """Show the window until the user closes it. Returns the exit code."""
    application = QApplication.instance() or QApplication([sys.argv[0]])
    application.setApplicationName("slowrise")
    QApplication.setDesktopFileName("slowrise")
    context = Context(paths, DaemonLink(paths.socket))
    context.read_config()
    window = Window(context)
    window.show_page(page)
    window.show()
    context.link.start()
    code = QApplication.exec()
    context.link.close()
    return code
