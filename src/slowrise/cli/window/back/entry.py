"""The form of one symptom: where, what, how strong. It decides nothing; `BackPage` saves what it returns."""

from __future__ import annotations

import time
from typing import NamedTuple, get_args

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from slowrise.cli.views.i18n import _
from slowrise.cli.window.back.body import SIDES, BodyDrawing, Place
from slowrise.cli.window.flow import Flow
from slowrise.cli.window.style import (
    MEDIUM,
    SMALL,
    Check,
    Kind,
    Radio,
    Text,
    colours,
    column,
    font,
    mixed,
    name,
    primary_button,
    row,
    scrolling,
    secondary,
    space,
)
from slowrise.core.model.events import Side, SymptomKind
from slowrise.messages.guidance import Guidance

KINDS: dict[Place, tuple[SymptomKind, ...]] = {
    "back": ("pain",),
    "leg": ("radiating-pain", "weakness", "numbness", "reduced-sensation", "odd-sensation"),
    "foot": ("numbness", "reduced-sensation", "odd-sensation"),
    "between": ("saddle-numbness", "bladder-bowel"),
}
"""What can be felt in each place, in the words of the guidance. What is felt between the legs is always a red flag."""
LEVELS = range(11)
TEN_WITHIN = 1.0
"""Seconds within which the keys 1 and 0 mean ten. Judgement."""


class Entry(NamedTuple):
    """One symptom as filled in."""

    kind: SymptomKind
    side: Side
    level: int
    known: bool
    """The user says that their clinician knows of this symptom on this side."""


class EntryForm(QWidget):
    """The form. `saved` is emitted with a complete `Entry`."""

    saved = Signal(object)

    def __init__(self, guidance: Guidance) -> None:
        super().__init__()
        self._guidance = guidance
        self.drawing = BodyDrawing(guidance.sides["left"].say, guidance.sides["right"].say)
        self.places = _Choice(_places())
        self.sides = _Choice({side: guidance.sides[side].say for side in get_args(Side)}, mirrors=False)
        self.first = secondary(_("Choose a place first, on the drawing or above."))
        self.kinds = _Choice({kind: text.say for kind, text in guidance.symptoms.items()}, below=True)
        self.levels = _Levels()
        self.known = Check(_("My clinician knows of this"))
        self.summary = Text("", Kind.STRONG)
        self.save = primary_button(_("Save"))
        self._lay_out()
        self.drawing.picked.connect(self._on_drawing)
        self.places.changed.connect(self._on_choice)
        self.sides.changed.connect(self._on_choice)
        self.kinds.changed.connect(self._show)
        self.levels.changed.connect(self._show)
        self.save.clicked.connect(self._on_save)
        self._on_choice()

    @property
    def entry(self) -> Entry | None:
        """The symptom; None while something is missing."""
        kind, side, level = self.kinds.value, self.sides.value, self.levels.value
        if kind is None or side is None or level is None:
            return None
        return Entry(kind, side, level, self.known.isChecked())  # type: ignore[arg-type]  # keys of the guidance

    def show_busy(self, *, busy: bool) -> None:
        """Take no input while the symptom is saved."""
        self.setEnabled(not busy)
        self.save.setText(_("Saving…") if busy else _("Save"))

    def clear(self) -> None:
        """Empty the form for the next symptom."""
        for choice in (self.places, self.sides, self.kinds):
            choice.choose(None)
        self.levels.choose(None)
        self.known.setChecked(False)
        self._on_choice()

    def _lay_out(self) -> None:
        questions = QWidget()
        right = column(questions, between=SMALL)
        for question, answers in (
            (_("Where is it?"), self.places),
            (_("Which side?"), self.sides),
            (_("What is it?"), self.kinds),
            (_("How strong is it, from 0 to 10?"), self.levels),
        ):
            right.addWidget(Text(question, Kind.STRONG))
            right.addWidget(answers)
            if answers is self.kinds:
                right.addWidget(self.first)
            right.addSpacing(space(SMALL))
            name(answers, question)
        right.addStretch(1)
        content = QWidget()
        content.setMinimumHeight(1)  # as in the red flags: its layout knows its height
        both = row(content)
        left = column(between=SMALL)
        left.addWidget(self.drawing, 1, Qt.AlignmentFlag.AlignHCenter)
        caption = secondary(_("Seen from behind: your left is on the left."))
        caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        caption.setMaximumWidth(space(12))
        left.addWidget(caption)
        both.addLayout(left)
        both.addWidget(questions, 1)
        last = row()
        words = column(between=SMALL)
        words.addWidget(self.summary)
        words.addWidget(self.known)
        last.addLayout(words, 1)
        last.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        page = column(self, between=MEDIUM)
        page.addWidget(scrolling(content), 1)
        page.addLayout(last)

    def _on_drawing(self, place: str, side: str) -> None:
        self.places.choose(place)
        self._offer_sides()
        self.sides.choose(side)
        self._on_choice()

    def _on_choice(self) -> None:
        self._offer_sides()
        place, side = self.places.value, self.sides.value
        kinds = KINDS.get(place, ())  # type: ignore[call-overload]
        self.kinds.offer(kinds)
        self.first.setVisible(not kinds)
        if len(kinds) == 1:
            self.kinds.choose(kinds[0])
        self.drawing.choose((place, side) if place and side else None)  # type: ignore[arg-type]  # both are listed
        self._show()

    def _offer_sides(self) -> None:
        place = self.places.value
        sides = SIDES[place] if place in SIDES else SIDES["back"]
        self.sides.offer(sides)
        if len(sides) == 1:
            self.sides.choose(sides[0])

    def _show(self) -> None:
        entry = self.entry
        self.save.setEnabled(entry is not None)
        said = _("Choose where, what and how strong.") if entry is None else in_words(entry, self._guidance)
        self.summary.setText(said[:1].upper() + said[1:])

    def _on_save(self) -> None:
        if (entry := self.entry) is not None:
            self.saved.emit(entry)


def in_words(entry: Entry, guidance: Guidance) -> str:
    """Return the symptom in a line: `low back pain, in the middle, 3 of 10`."""
    return _("{symptom}, {side}, {level} of 10").format(
        symptom=guidance.symptoms[entry.kind].say, side=guidance.sides[entry.side].say, level=entry.level
    )


def _places() -> dict[str, str]:
    names: dict[Place, str] = {
        "back": _("Low back"),
        "leg": _("Leg"),
        "foot": _("Foot or toes"),
        "between": _("Between the legs, bladder or bowels"),
    }
    return {str(place): text for place, text in names.items()}


class _Choice(QWidget):
    """Radio buttons, of which some are offered at a time."""

    changed = Signal()

    def __init__(self, words: dict[str, str], *, below: bool = False, mirrors: bool = True) -> None:
        """`below`: one below the other. Without `mirrors` the order means the sides of the body."""
        super().__init__()
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        buttons = column(between=SMALL * 0.6) if below else Flow(centred=False, mirrors=mirrors)
        self.setLayout(buttons)
        for key, text in words.items():
            button = Radio(text[:1].upper() + text[1:])
            button.setMinimumWidth(0 if below else button.sizeHint().width() + space(MEDIUM))
            self.group.addButton(button)
            buttons.addWidget(button)
            buttons.setAlignment(button, Qt.AlignmentFlag.AlignLeading)
            self.buttons[key] = button
        self.group.buttonClicked.connect(lambda _button: self.changed.emit())

    @property
    def value(self) -> str | None:
        """The key of the chosen button."""
        return next((key for key, button in self.buttons.items() if button.isChecked()), None)

    def choose(self, key: str | None) -> None:
        """Choose a button, or none."""
        _check(self.group, None if key is None else self.buttons[key])

    def offer(self, keys: tuple[str, ...]) -> None:
        """Show these buttons only. A choice that is no longer offered is dropped."""
        if self.value not in keys:
            self.choose(None)
        for key, button in self.buttons.items():
            button.setVisible(key in keys)
        _stop_once(self.group)


class _Level(QRadioButton):
    """A level as a large square."""

    def __init__(self, level: int) -> None:
        super().__init__(str(level))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        name(self, _("{level} of 10").format(level=level))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a square that is easy to hit."""
        return QSize(space(1.95), space(2.2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the full size."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802 - Qt's name
        """Return whether a click there counts: anywhere."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the number in a square."""
        chosen = colours(self.palette())
        window, text = self.palette().window().color(), self.palette().windowText().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        checked = self.isChecked()
        painter.setPen(QPen(chosen.accent if checked or self.hasFocus() else mixed(window, text, 0.4), 1.2))
        painter.setBrush(chosen.accent if checked else chosen.card)
        area = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.drawRoundedRect(area, space(0.3), space(0.3))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(chosen.on_accent if checked else chosen.accent, 1.6))
            painter.drawRoundedRect(area.adjusted(3, 3, -3, -3), space(0.2), space(0.2))
        painter.setPen(chosen.on_accent if checked else text)
        painter.setFont(font(Kind.SUBHEADING))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class _Levels(QWidget):
    """The levels 0 to 10. Arrow keys move between them, and digits choose one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self.buttons = [_Level(level) for level in LEVELS]
        self._one_typed_at = 0.0
        numbers = Flow(centred=False, mirrors=False)
        for level, button in enumerate(self.buttons):
            self.group.addButton(button, level)
            numbers.addWidget(button)
        _stop_once(self.group)
        ends = Flow(centred=False)
        for text in (_("0: none today"), _("10: the worst you can imagine")):
            ends.addWidget(Text(f"{text}\N{EM SPACE}", Kind.SECONDARY, wrap=False))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(space(0.2))
        box.addLayout(numbers)
        box.addLayout(ends)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.group.buttonClicked.connect(lambda _button: self.changed.emit())

    @property
    def value(self) -> int | None:
        """The chosen level."""
        return None if (level := self.group.checkedId()) < 0 else level

    def choose(self, level: int | None) -> None:
        """Choose a level, or none."""
        _check(self.group, None if level is None else self.buttons[level])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the level of the digit that is typed; 1 and then 0 is ten."""
        if not event.text().isdecimal():
            super().keyPressEvent(event)
            return
        level, now = int(event.text()), time.monotonic()
        if level == 0 and now - self._one_typed_at < TEN_WITHIN:
            level = 10
        self._one_typed_at = now if level == 1 else 0.0
        self.choose(level)
        self.buttons[level].setFocus()
        self.changed.emit()


def _check(group: QButtonGroup, button: QAbstractButton | None) -> None:
    """Choose a button of the group, or none."""
    if button is not None:
        button.setChecked(True)
        return
    group.setExclusive(False)
    for each in group.buttons():
        each.setChecked(False)
    group.setExclusive(True)
    _stop_once(group)


def _stop_once(group: QButtonGroup) -> None:
    """Let the Tab key stop at the first button only, while none is chosen. Arrow keys go on from there."""
    if group.checkedId() != -1:
        return  # Qt lets it stop at the chosen one
    shown = [each for each in group.buttons() if not each.isHidden()]
    for each in shown:
        each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each is shown[0] else Qt.FocusPolicy.ClickFocus)
