"""The base of every page of the window."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from slowrise.cli.window.context import Context

TICK = 10_000
"""Milliseconds between two updates of the minutes that are shown, only while the window is open."""


class Page(QWidget):
    """A page. It is made when it is first shown, and kept while the window is open."""

    alone = False
    """Whether the page is shown without the list of pages: nothing else distracts from it."""

    doing_changed = Signal()
    """`doing` changed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.not_saved = ""
        """Why something the user entered could not be saved, as sentences; the user is told if the window closes."""

    def entered(self) -> None:
        """Handle that the page is shown, first or again."""

    def left(self) -> None:
        """Handle that another page is shown, or the window closes."""

    def status_changed(self) -> None:
        """Handle a change of `context.link.status`. Called while the page is shown, and once when it is entered."""

    def doing(self) -> str:
        """Return in a few words what the user does, where this page knows it sooner than the daemon; else nothing."""
        return ""

    def config_changed(self) -> None:
        """Handle a change of `context.config` or `context.guidance`."""
