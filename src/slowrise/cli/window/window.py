"""The main window: the list of pages, the page that is shown, and one line on how it stands."""

from __future__ import annotations

import importlib

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from slowrise.adapters.system.launcher import Page as PageName
from slowrise.cli.views.i18n import _
from slowrise.cli.window.context import Context
from slowrise.cli.window.page import Page

PAGES: dict[PageName, tuple[str, str]] = {
    "today": ("today", "TodayPage"),
    "getup": ("getup", "GetUpPage"),
    "back": ("back", "BackPage"),
    "settings": ("settings", "SettingsPage"),
    "welcome": ("welcome", "WelcomePage"),
}
"""Module and class of each page. The module is imported when the page is first shown, so the window opens fast."""


def titles() -> dict[PageName, str]:
    """Return the pages in the list, with their titles in the user's language."""
    return {
        "today": _("Today"),
        "getup": _("Get up slowly"),
        "back": _("How is my back?"),
        "settings": _("Settings"),
    }


class Window(QWidget):
    """The window. `show_page` shows a page in it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        self._list = QWidget()
        self._buttons = self._make_list()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list)
        layout.addWidget(self._stack, 1)
        self.setWindowTitle("slowrise")
        self.resize(960, 680)
        context.signals.page_wanted.connect(self.show_page)
        context.signals.config_changed.connect(self._on_config)
        context.link.changed.connect(self._on_status)

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        current = self._stack.currentWidget()
        return current if isinstance(current, Page) else None

    def show_page(self, name: PageName) -> None:
        """Show the page of that name."""
        if (before := self.page) is not None:
            before.left()
        if name not in self.pages:
            module, kind = PAGES[name]
            page: Page = getattr(importlib.import_module(f"slowrise.cli.window.{module}"), kind)(self.context)
            self.pages[name] = page
            self._stack.addWidget(page)
        page = self.pages[name]
        self._stack.setCurrentWidget(page)
        self._list.setVisible(not page.alone)
        if name in self._buttons:
            self._buttons[name].setChecked(True)
        page.entered()
        page.status_changed()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Let the page finish what it does."""
        if self.page is not None:
            self.page.left()
        super().closeEvent(event)

    def _make_list(self) -> dict[str, QToolButton]:
        column = QVBoxLayout(self._list)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        group = QButtonGroup(self)
        buttons = {}
        for name, title in titles().items():
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.clicked.connect(lambda _checked=False, name=name: self.show_page(name))
            group.addButton(button)
            column.addWidget(button)
            buttons[str(name)] = button
        return buttons

    def _on_status(self) -> None:
        if self.page is not None:
            self.page.status_changed()

    def _on_config(self) -> None:
        for page in self.pages.values():
            page.config_changed()
