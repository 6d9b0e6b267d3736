"""The red flags in full: the only thing on the page until the user has read them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from slowrise.cli.views.i18n import _
from slowrise.cli.window.style import (
    MEDIUM,
    SMALL,
    Card,
    Kind,
    Text,
    body,
    clear,
    column,
    heading,
    primary_button,
    row,
    scrolling,
    secondary,
    space,
)
from slowrise.messages.guidance import Guidance, RedFlags

NARROW = 30
"""Lines of text that fit side by side into the width where two columns have some twenty letters each. Judgement."""


class RedFlagsView(QWidget):
    """The fixed text between the number above and the button below, which never scroll away. `read` follows the button.

    A window that is small shows its top: the number and the signs in the user's language.
    """

    read = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._asked_for = False
        self._title = heading()
        self._texts = QWidget()
        # Qt takes text that wraps for taller than it is; the layout knows its height at this width.
        self._texts.setMinimumHeight(1)
        self.area = scrolling(self._texts)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.number = Text("", Kind.HEADING)
        self.button = primary_button("")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.read)
        page = column(self, between=MEDIUM)
        page.addWidget(self._title)
        page.addWidget(self.number)
        page.addWidget(self.area, 1)
        page.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._box = column(self._texts, between=MEDIUM)
        self._columns = row(between=MEDIUM)

    def show_text(self, guidance: Guidance, *, asked_for: bool) -> None:
        """Show them. `asked_for`: the user opened them, so the way back is no confirmation."""
        self._asked_for = asked_for
        clear(self._box)
        self._title.setText(guidance.say("button-red-flags" if asked_for else "red-flag-title"))
        self._columns = columns = row(between=MEDIUM)
        self._box.addLayout(columns)
        columns.addWidget(_signs(guidance.red_flags, small=guidance.original is not None), 1)
        if guidance.original is not None:
            # The translation was not checked by a clinician, so the English stands beside it.
            columns.addWidget(_signs(guidance.original, small=True), 1)
            self._box.addWidget(secondary(guidance.note))
        self._box.addStretch(1)
        self._arrange()
        self.number.setText(guidance.number_line)
        self.button.setText(_("Back") if asked_for else guidance.say("button-read"))
        self.area.setAccessibleName(guidance.emergency)
        self.area.verticalScrollBar().setValue(0)
        # Not on the button: a key that is still held down must not confirm what nobody has read.
        self.area.setFocus()

    def _arrange(self) -> None:
        """Put the English beside the translation, or below it where that would make both too narrow to read."""
        is_narrow = self.width() < space(NARROW)
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Arrange the two languages for the new width."""
        self._arrange()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go back with Escape, if the user opened them."""
        if event.key() == Qt.Key.Key_Escape and self._asked_for:
            self.read.emit()
        else:
            super().keyPressEvent(event)


def _signs(flags: RedFlags, *, small: bool) -> Card:
    card = Card(notice=True, between=SMALL)
    kind = Kind.STRONG if small else Kind.SUBHEADING
    text = Kind.BODY if small else Kind.LARGE
    card.box.addWidget(Text(flags.head, kind))
    for sign in flags.signs:
        line = row(between=SMALL)
        line.addWidget(Text("\N{BULLET}", text, wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(Text(sign, text), 1)
        card.box.addLayout(line)
    card.box.addWidget(Text(flags.foot, kind))
    card.box.addSpacing(space(SMALL))
    card.box.addWidget(body(flags.urgent))
    card.box.addStretch(1)
    for label in card.findChildren(Text):
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return card
