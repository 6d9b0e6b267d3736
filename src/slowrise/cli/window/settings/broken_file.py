"""What the settings page shows while the file has mistakes: each with its line. It never writes the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from slowrise.adapters.system import files
from slowrise.adapters.system.config_file import line_of
from slowrise.adapters.system.resources import read_config
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.window import style
from slowrise.config.parse import ConfigError


class BrokenFile(QWidget):
    """The mistakes, and two buttons: open the file, and try again."""

    def __init__(self, path: Path, again: Callable[[], None]) -> None:
        super().__init__()
        self._path = path
        self._card = style.Card(notice=True)
        self._list = style.column(between=style.MEDIUM)
        self._card.box.addWidget(style.subheading(_("Your settings file has a mistake")))
        self._meanwhile = style.body()
        self._card.box.addWidget(self._meanwhile)
        self._card.box.addLayout(self._list)
        self.opener = FileOpener(path)
        self.again = style.button(_("Try again"))
        self.again.clicked.connect(again)
        self.opener.add(self.again)
        self._card.box.addWidget(self.opener)
        style.column(self).addWidget(self._card)

    def show_mistakes(self, labels: Mapping[str, str], *, is_running: bool) -> None:
        """Show what is wrong with the file now. `labels`: the names of settings on the page."""
        goes_on = _("slowrise goes on with the settings it had. Until the file is right, nothing can be changed here.")
        cannot = _("slowrise cannot start until the file is right, and nothing can be changed here.")
        self._meanwhile.setText(goes_on if is_running else cannot)
        style.clear(self._list)
        for where, wrong in mistakes(self._path, labels):
            line = style.column(between=0.1)
            line.addWidget(style.Text(where, style.Kind.STRONG))
            line.addWidget(style.body(wrong))
            self._list.addLayout(line)


class FileOpener(QWidget):
    """The path of the file, and a button that opens it with the desktop's editor."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.button = style.button(_("Open the file"))
        self.button.clicked.connect(self._open)
        self._note = style.secondary()
        self._note.hide()
        place = style.secondary(str(path))
        # A path has no spaces where a line could break.
        place.setText(str(path).replace("/", "/\u200b"))
        place.setAccessibleName(str(path))
        layout = style.column(self, between=style.SMALL)
        layout.addWidget(place)
        layout.addWidget(self._note)
        self._buttons = style.row()
        self._buttons.addWidget(self.button)
        self._buttons.addStretch()
        layout.addLayout(self._buttons)

    def add(self, button: QWidget) -> None:
        """Put another button beside the first."""
        self._buttons.insertWidget(1, button)

    def _open(self) -> None:
        opened = files.exists(self._path) and QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))
        if not files.exists(self._path):
            self._note.setText(_("There is no such file yet. It appears with your first change."))
        elif not opened:
            self._note.setText(_("No program opened it. Open the file above with a text editor."))
        self._note.setVisible(not opened)


def mistakes(path: Path, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each mistake in the file: where it is, and what is wrong with an example that works."""
    try:
        read_config(path)
    except ConfigError as error:
        try:
            text = files.text(path)
        except (OSError, files.NotUtf8):
            text = ""
        for mistake in error.mistakes:
            if mistake.key == "the file":
                yield _("The file"), _("It cannot be read: {reason}").format(reason=translate(mistake.wrong))
                continue
            if place := re.match(r"line (\d+), column", mistake.key):
                unread = _("This line cannot be read: {reason}. For example: {example}")
                reason = translate(mistake.wrong.removeprefix("not TOML: "))
                yield _("Line {number}").format(number=place[1]), unread.format(reason=reason, example=mistake.example)
                continue
            label = labels.get(mistake.key)
            what = f"{label} ({mistake.key})" if label else mistake.key
            line = line_of(text, mistake.key)
            where = _("In the file") if line is None else _("Line {number}").format(number=line)
            wrong = _("{what}: {wrong}. For example: {example}")
            yield where, wrong.format(what=what, wrong=translate(mistake.wrong), example=mistake.example)
