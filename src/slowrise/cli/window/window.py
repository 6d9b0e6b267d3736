"""The main window: the list of pages, the page that is shown, how it stands, and what is wrong."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QFileSystemWatcher, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QButtonGroup,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QToolButton,
    QWidget,
)

from slowrise.adapters.system.paths import Page as PageName
from slowrise.cli.common import now_here
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.status import in_short
from slowrise.cli.window import style
from slowrise.cli.window.context import Context
from slowrise.cli.window.page import TICK, Page
from slowrise.cli.window.starting import Starter
from slowrise.daemon.status import REFUSED

PAGES: dict[PageName, tuple[str, str]] = {
    "today": ("today.page", "TodayPage"),
    "getup": ("getup.page", "GetUpPage"),
    "back": ("back.page", "BackPage"),
    "settings": ("settings.page", "SettingsPage"),
    "welcome": ("welcome", "WelcomePage"),
}
"""Module and class of each page. The module is imported when the page is first shown, so the window opens fast."""
FORWARD_WITHIN = 300
"""Milliseconds in which a desktop brings a window forward. Judgement: it takes a few tens."""
FOCUS = 1.6
"""Pixels of the line around what has the keyboard. Judgement: seen at a glance."""
NARROW = 44
"""Widths of an m below which the list of pages moves above the page. Judgement: beside it a page would be squeezed."""


SETTLED = 100
"""Milliseconds after which a changed settings file is read. Judgement: an editor writes it in several steps."""


def titles() -> dict[PageName, str]:
    """Return the pages in the list, with their titles in the user's language."""
    return {
        "today": _("Today"),
        "getup": _("Get up slowly"),
        "back": _("How is my back?"),
        "settings": _("Settings"),
    }


class PageButton(QToolButton):
    """The name of a page in the list. The one that is shown has a rounded background and a mark at its side."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the words with room around them."""
        self.setFont(style.font(style.Kind.STRONG))
        wide = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(wide + style.space(1.8), round(self.fontMetrics().height() * 2.0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the full size: the words are never cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move along the list by arrows, which shows no page yet; Enter and the space bar show it."""
        key = Qt.Key(event.key())
        group = [each for each in self.group().buttons() if each.isVisible()]
        before, after = {Qt.Key.Key_Up, Qt.Key.Key_Left}, {Qt.Key.Key_Down, Qt.Key.Key_Right}
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            before, after = {Qt.Key.Key_Up, Qt.Key.Key_Right}, {Qt.Key.Key_Down, Qt.Key.Key_Left}
        if key in before | after and self in group:
            place = group.index(self) + (1 if key in after else -1)
            group[min(max(place, 0), len(group) - 1)].setFocus(Qt.FocusReason.TabFocusReason)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the words, and what shows that the page is shown, that the pointer is here, or the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # of the words, whatever that of the list is
        chosen, palette = style.colours(self.palette()), self.palette()
        box, unit = QRectF(self.rect()), style.space(style.SMALL)
        if self.isChecked() or self.underMouse():
            share = 0.16 if self.isChecked() else 0.08
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.mixed(palette.window().color(), chosen.accent, share))
            painter.drawRoundedRect(box, unit, unit)
        if self.isChecked():
            painter.setBrush(chosen.accent)
            bar = QRectF(0, box.height() * 0.25, unit * 0.6, box.height() * 0.5)
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                bar.moveRight(box.right())
            painter.drawRoundedRect(bar, unit * 0.3, unit * 0.3)
        painter.setFont(style.font(style.Kind.STRONG if self.isChecked() else style.Kind.BODY))
        painter.setPen(palette.windowText().color())
        inner = box.adjusted(style.space(0.9), 0, -style.space(0.5), 0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            inner = box.adjusted(style.space(0.5), 0, -style.space(0.9), 0)
        along = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        painter.drawText(inner, int(along | Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus():
            # Qt's own mark is hardly seen with dark colours of GTK.
            painter.setPen(QPen(chosen.accent, FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(FOCUS, FOCUS, -FOCUS, -FOCUS), unit, unit)


class StateWords(QWidget):
    """How it stands: what the user does, and when the next reminder comes."""

    def __init__(self) -> None:
        super().__init__()
        self.state = style.Text("", style.Kind.STRONG)
        self.next = style.secondary()
        layout = style.column(self, between=0.1)
        side = style.space(0.9)
        layout.setContentsMargins(side, side, side, 0)
        layout.addWidget(self.state)
        layout.addWidget(self.next)

    def show_words(self, state: str, following: str) -> None:
        """Show these two sentences, the second if there is one."""
        self.state.setText(state)
        self.next.setText(following)
        self.next.setVisible(bool(following))


class Banner(style.Card):
    """A sentence on what is wrong, and the button that helps."""

    def __init__(self) -> None:
        super().__init__(notice=True, around=style.MEDIUM)
        self.words = style.body()
        self.button = style.Button("")
        self._act: Callable[[], object] = lambda: None
        self.button.clicked.connect(self._press)
        line = style.row(between=style.MEDIUM)
        line.addWidget(self.words, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.box.addLayout(line)
        self._line = line
        self.hide()

    def say(self, sentence: str, label: str = "", act: Callable[[], object] | None = None) -> None:
        """Show the sentence and perhaps a button; hide the banner if there is no sentence."""
        self.words.setText(sentence)
        self.button.setText(label)
        self.button.setVisible(bool(label))
        self._act = act or (lambda: None)
        self.setVisible(bool(sentence))

    def _press(self) -> None:
        self._act()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the button below the sentence where both do not fit beside each other."""
        narrow = event.size().width() < style.letters(24) + self.button.sizeHint().width()
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._line.setDirection(direction)
        super().resizeEvent(event)


class Window(QWidget):
    """The window. `show_page` shows a page in it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.pages: dict[str, Page] = {}
        self.starter = Starter(context.paths, lambda: context.link.status is not None)
        self.state_words = StateWords()
        self.banner = Banner()
        self._notice = QWidget()
        self._failure = ""
        self._was_read = True
        self._name: PageName = "today"
        self._columns = 1
        self._stack = QStackedWidget()
        self._list = QWidget()
        self._list.setMinimumWidth(style.space(12))
        self._buttons = self._make_list()
        everything = QWidget()
        self._side = style.row(everything)
        self._side.setSpacing(0)
        # Pages scroll by themselves. With a huge font on a small screen even the frame does not fit, so it scrolls too.
        whole = style.column(self)
        whole.addWidget(style.scrolling(everything))
        self._side.addWidget(self._list)
        self._side.addLayout(self._make_content(), 1)
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tell)
        self._watcher = QFileSystemWatcher(self)
        self._reading = QTimer(self, interval=SETTLED, singleShot=True)
        self._watcher.fileChanged.connect(lambda _path: self._reading.start())
        self._watcher.directoryChanged.connect(lambda _path: self._reading.start())
        self._reading.timeout.connect(self._read_config)
        self.setWindowTitle("slowrise")
        self.resize(self._usual_size())
        self._add_shortcuts()
        context.signals.page_wanted.connect(self.show_page)
        context.signals.config_changed.connect(self._on_config)
        context.link.changed.connect(self._on_status)
        self.starter.failed.connect(self._on_failed)
        self._tell()

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        current = self._stack.currentWidget()
        return current if isinstance(current, Page) else None

    def show_page(self, name: PageName) -> None:
        """Show the page of that name."""
        if name == "flare-up":
            self.show_page("back")
            self.context.signals.flare_up_wanted.emit()
            return
        if (before := self.page) is not None:
            before.left()
        if name not in self.pages:
            module, kind = PAGES[name]
            page: Page = getattr(importlib.import_module(f"slowrise.cli.window.{module}"), kind)(self.context)
            self.pages[name] = page
            self._stack.addWidget(page)
            page.doing_changed.connect(lambda: self._tell_state(now_here()))
        page = self.pages[name]
        self._name = name
        self._watch_config()
        self._stack.setCurrentWidget(page)
        self._list.setVisible(not page.alone)
        if name in self._buttons:
            self._buttons[name].setChecked(True)
        page.entered()
        page.status_changed()
        self._tell()

    def retranslate(self) -> None:
        """Show everything in the language that the user has just chosen. Pages are made again."""
        for page in self.pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        for name, title in titles().items():
            self._buttons[name].setText(title)
            self._buttons[name].updateGeometry()
        self.show_page(self._name)

    def come_forward(self) -> None:
        """Bring the open window before the others, as far as the desktop allows."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()
        if QGuiApplication.platformName() == "wayland":
            QTimer.singleShot(FORWARD_WITHIN, self, self._open_again)

    def _open_again(self) -> None:
        """Open the window as a new one, if it did not come forward.

        On Wayland a window may not come forward by itself, and not every panel or notice hands on that the user asked
        for it. A new window appears where the user is, on the workspace and screen of now.
        """
        if self.isVisible() and not self.isActiveWindow():
            self.hide()
            self.show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Count the minutes while the window is seen, and begin in the list at the page that is shown."""
        self._timer.start()
        if self.focusWidget() is None and self._name in self._buttons:
            self._buttons[self._name].setFocus(Qt.FocusReason.OtherFocusReason)  # Qt would begin at the first page.
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Let the page finish what it does."""
        self._timer.stop()
        if self.page is not None:
            self.page.left()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop from light to dark and back."""
        if event.type() == QEvent.Type.PaletteChange and (application := QApplication.instance()) is not None:
            style.prepare(application)  # type: ignore[arg-type] # the instance is ours
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Move the list of pages above the page where the window is narrow."""
        width = event.size().width()
        narrow = width < style.letters(NARROW)
        down, along = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        columns = 1
        if narrow:
            widest = max(button.sizeHint().width() for button in self._buttons.values())
            columns = next((many for many in (len(self._buttons), 2) if many * widest + style.space(2) <= width), 1)
        if self._side.direction() != (down if narrow else along) or columns != self._columns:
            self._columns = columns
            self._side.setDirection(down if narrow else along)
            self._arrange(self._buttons, columns=columns)
            self.state_words.setVisible(not narrow)
        super().resizeEvent(event)

    def _usual_size(self) -> QSize:
        """Return a size in which a page fits with the user's font, but not more than the screen has."""
        wanted = QSize(style.letters(92), style.space(43))
        screen = self.screen().availableSize()
        return wanted.boundedTo(QSize(round(screen.width() * 0.95), round(screen.height() * 0.9)))

    def _make_list(self) -> dict[str, PageButton]:
        self._grid = style.spaced_grid(self._list, between=0.2, around=style.MEDIUM)
        group = QButtonGroup(self)
        buttons: dict[str, PageButton] = {}
        for name, title in titles().items():
            button = PageButton(title)
            button.clicked.connect(lambda _checked=False, name=name: self.show_page(name))
            group.addButton(button)
            buttons[str(name)] = button
        self._arrange(buttons, columns=1)
        return buttons

    def _arrange(self, buttons: dict[str, PageButton], *, columns: int) -> None:
        """Put the names of the pages below each other, or into so many columns above the page."""
        for number, button in enumerate(buttons.values()):
            self._grid.addWidget(button, number // columns, number % columns)
        last = len(buttons)
        for line in range(last + 1):
            self._grid.setRowStretch(line, 0)
        if columns == 1:
            self._grid.setRowStretch(last, 1)
            self._grid.addWidget(self.state_words, last + 1, 0)

    def _make_content(self) -> QBoxLayout:
        content = style.column(between=0)
        place = style.column(self._notice)
        margin = style.space(style.LARGE)
        place.setContentsMargins(margin, margin, margin, 0)
        place.addWidget(self.banner)
        content.addWidget(self._notice)
        content.addWidget(self._stack, 1)
        return content

    def _add_shortcuts(self) -> None:
        for number, name in enumerate(titles(), start=1):
            key = QKeySequence(f"Alt+{number}")
            shortcut = QShortcut(key, self)
            shortcut.activated.connect(lambda name=name: self.show_page(name))
            words = key.toString(QKeySequence.SequenceFormat.NativeText)
            self._buttons[name].setToolTip(words)
            self._buttons[name].setAccessibleDescription(words)
        for close in ("Ctrl+W", "Ctrl+Q"):
            QShortcut(QKeySequence(close), self).activated.connect(self.close)

    # -- how it stands, and what is wrong ------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Show how it stands now, and what is wrong."""
        self._tell_state(now_here())
        self.banner.say(*(problem := self._problem()))
        self._notice.setVisible(bool(problem[0]))

    def _tell_state(self, now: datetime) -> None:
        link = self.context.link
        if link.status is not None and self.page is not None and (doing := self.page.doing()):
            self.state_words.show_words(doing, "")
        elif link.status is not None:
            self.state_words.show_words(*in_short(link.status, now))
        elif link.reason:
            self.state_words.show_words(_("Not watching at present"), "")
        else:
            self.state_words.show_words("", "")

    def _problem(self) -> tuple[str, str, Callable[[], object] | None]:
        """Return the most important problem, the label of the button that helps, and what it does."""
        link, page = self.context.link, self.page
        if page is None or page.alone:
            return "", "", None
        if link.status is not None and link.status.unread and self._name != "back":
            return _("There is something to read first about your symptoms."), _("Read now"), self._show("back")
        if self.starter.is_starting:
            return _("slowrise is being started."), "", None
        if self._failure:
            return self._failure, _("Try again"), self._start
        if link.is_other_version:
            words = _("slowrise was updated while it was running. Start it again, so that it works with this window.")
            return words, _("Start again"), self._restart
        if link.is_silent:
            return _("slowrise is running, and does not answer."), _("Start again"), self._restart
        if link.reason:
            words = _("slowrise is not running: nothing is recorded, and no reminder comes.")
            return words, _("&Start slowrise"), self._start
        if self.context.config_mistakes and self._name != "settings":
            words = _("The settings file has a mistake. Until it is fixed, the last good settings count.")
            return words, _("Show settings"), self._show("settings")
        notes = [] if link.status is None or link.status.unread else link.status.notes
        if problem := next((note for note in notes if note != REFUSED), ""):
            return translate(problem), "", None
        return "", "", None

    def _show(self, name: PageName) -> Callable[[], None]:
        return lambda: self.show_page(name)

    def _start(self) -> None:
        self._failure = ""
        self.starter.start()
        self._tell()

    def _restart(self) -> None:
        self._failure = ""
        self.starter.restart()
        self._tell()

    def _on_failed(self, why: str) -> None:
        self._failure = why
        self._tell()

    def _on_status(self) -> None:
        status = self.context.link.status
        if status is not None:
            self._failure = ""
            if status.unread and self._was_read and self._name != "back":
                self._was_read = False
                self.show_page("back")
                return
            self._was_read = not status.unread
        if self.page is not None:
            self.page.status_changed()
        self._tell()

    def _watch_config(self) -> None:
        """Notice when the file is changed by hand. An editor replaces it, so its directory is watched too."""
        file = self.context.paths.config
        watched = {*self._watcher.files(), *self._watcher.directories()}
        for path in (file, file.parent):
            if os.access(path, os.R_OK) and str(path) not in watched:
                self._watcher.addPath(str(path))

    def _read_config(self) -> None:
        self._watch_config()
        self.context.read_config()

    def _on_config(self) -> None:
        for page in self.pages.values():
            page.config_changed()
        self._tell()
