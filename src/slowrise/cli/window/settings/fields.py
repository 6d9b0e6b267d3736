"""The fields of the settings page: one widget for each type of setting, and the row with its words.

A field shows a value, as `config/config.py` has it, and emits `chosen` with the value that the user wants. It never
changes a setting itself.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSizePolicy,
    QSpinBox,
    QTimeEdit,
    QWidget,
)

from slowrise.cli.views.i18n import _, language, units
from slowrise.cli.window import style
from slowrise.core.model.time_text import format_seconds
from slowrise.core.model.units import HOUR, MINUTE

SETTLED = 700
"""Milliseconds without a further step until a number counts as chosen. Judgement: longer than between two clicks."""
MOST = 24 * 60
"""Minutes that a length field allows. The parser has no highest value; more than a day is a typing mistake."""

Spans = tuple[tuple[float, float], ...]


class Field(QWidget):
    """A widget for one value."""

    chosen = Signal(object)
    """The value that the user wants."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = QTimer(self, singleShot=True, interval=SETTLED)
        self._waiting.timeout.connect(self._emit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    @abstractmethod
    def widget(self) -> QWidget:
        """The widget that takes the focus."""

    def show_inherited(self, value: Any) -> None:
        """Show what the profile has where the file says nothing."""

    @abstractmethod
    def show_value(self, value: Any) -> None:
        """Show the value of the file; None leaves it to the profile."""

    @abstractmethod
    def value(self) -> Any:
        """Return the value that the widget shows."""

    def words(self) -> str:
        """Return the value as the user reads it; empty where the label says enough."""
        return ""

    @property
    def is_waiting(self) -> bool:
        """Whether the user is still changing it."""
        return self._waiting.isActive()

    def finish(self) -> None:
        """Emit a number that still waits for a further step."""
        if self._waiting.isActive():
            self._waiting.stop()
            self._emit()

    def _emit(self) -> None:
        self.chosen.emit(self.value())

    def _soon(self) -> None:
        self._waiting.start()


class _NoWheel(QObject):
    """Leaves the mouse wheel to the page unless the field has the focus: scrolling must not change a setting."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _steady(widget: QWidget) -> None:
    guard = _NoWheel(widget)
    widget.installEventFilter(guard)
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class Switch(Field):
    """Yes or no."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.box = style.Check(label)
        self.box.clicked.connect(self._emit)
        style.row(self).addWidget(self.box)

    @property
    def widget(self) -> QWidget:
        """The box."""
        return self.box

    def show_value(self, value: Any) -> None:
        """Tick the box or not."""
        self.box.setChecked(bool(value))

    def value(self) -> bool:
        """Return whether it is ticked."""
        return self.box.isChecked()


class Choice(Field):
    """One of a few names, each with its words. With `by_profile` the first entry leaves the choice to the profile."""

    def __init__(self, words: Mapping[str, str], *, by_profile: bool = False) -> None:
        super().__init__()
        self._words = words
        self.box = QComboBox()
        # The first entry changes with the profile.
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        if by_profile:
            self.box.addItem("", None)
        for name, word in words.items():
            self.box.addItem(word, name)
        self.box.activated.connect(self._emit)
        _steady(self.box)
        style.row(self).addWidget(self.box)

    @property
    def widget(self) -> QWidget:
        """The list."""
        return self.box

    def show_inherited(self, value: Any) -> None:
        """Show what the first entry means now."""
        self.box.setItemText(0, _("As the profile: {value}").format(value=self._words.get(value, str(value))))

    def show_value(self, value: Any) -> None:
        """Show the entry of the value."""
        place = next((place for place in range(self.box.count()) if self.box.itemData(place) == value), 0)
        self.box.setCurrentIndex(place)

    def words(self) -> str:
        """Return what the widget shows."""
        return self.box.currentText()

    def value(self) -> Any:
        """Return the name of the entry; None for the profile's."""
        return self.box.currentData()


class _Number(Field):
    """A number in a box."""

    box: QSpinBox | QDoubleSpinBox

    def _watch(self) -> None:
        """Take the number once the user pauses or leaves the box."""
        self.box.setKeyboardTracking(False)
        self.box.valueChanged.connect(self._soon)
        self.box.editingFinished.connect(self.finish)
        _steady(self.box)

    @property
    def widget(self) -> QWidget:
        """The number."""
        return self.box

    def words(self) -> str:
        """Return what the widget shows."""
        return self.box.text()


class Length(_Number):
    """A length in minutes. With its own value, a button goes back to that of the profile."""

    box: QDoubleSpinBox

    def __init__(self) -> None:
        super().__init__()
        self.box = QDoubleSpinBox()
        self.box.setRange(1, MOST)
        self.box.setDecimals(0)
        self.box.setSuffix(units().min)
        self._watch()
        self.back = style.Button("")
        self.back.clicked.connect(lambda: self.chosen.emit(None))
        layout = style.column(self, between=style.SMALL)
        layout.addWidget(self.box)
        layout.addWidget(self.back)
        self._inherited = 0.0

    def show_inherited(self, value: Any) -> None:
        """Show the profile's length on the button."""
        self._inherited = value
        self.back.setText(_("As the profile: {value}").format(value=format_seconds(value, units())))

    def show_value(self, value: Any) -> None:
        """Show the length."""
        self._waiting.stop()
        seconds = self._inherited if value is None else value
        blocked = self.box.blockSignals(True)
        self.box.setDecimals(0 if seconds % MINUTE == 0 else 2)
        self.box.setMinimum(min(1.0, seconds / MINUTE))
        self.box.setValue(seconds / MINUTE)
        self.box.blockSignals(blocked)
        self.back.setVisible(value is not None)

    def value(self) -> float:
        """Return the length in seconds."""
        return round(self.box.value() * MINUTE, 3)


class Count(_Number):
    """A whole number, with a word for none."""

    box: QSpinBox

    def __init__(self, none: str, most: int) -> None:
        super().__init__()
        self.box = QSpinBox()
        self.box.setRange(0, most)
        self.box.setSpecialValueText(none)
        self._watch()
        style.row(self).addWidget(self.box)

    def show_value(self, value: Any) -> None:
        """Show the number."""
        self._waiting.stop()
        blocked = self.box.blockSignals(True)
        self.box.setMaximum(max(self.box.maximum(), value))
        self.box.setValue(value)
        self.box.blockSignals(blocked)

    def value(self) -> int:
        """Return the number."""
        return self.box.value()


class Clock(Field):
    """A time of day."""

    def __init__(self) -> None:
        super().__init__()
        self.box = _time_edit()
        self.box.timeChanged.connect(self._soon)
        self.box.editingFinished.connect(self.finish)
        style.row(self).addWidget(self.box)

    @property
    def widget(self) -> QWidget:
        """The time."""
        return self.box

    def show_value(self, value: Any) -> None:
        """Show the time."""
        self._waiting.stop()
        _set_time(self.box, value)

    def words(self) -> str:
        """Return what the widget shows."""
        return self.box.text()

    def value(self) -> float:
        """Return the seconds after midnight."""
        return _seconds(self.box)


class Days(Field):
    """Days of the week. All of them are the empty set, as in the file."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.space(style.MEDIUM))
        grid.setVerticalSpacing(style.space(style.SMALL))
        locale = QLocale(language())
        first = QLocale.system().firstDayOfWeek().value
        self.boxes: dict[int, QCheckBox] = {}
        for place in range(7):
            day = (first - 1 + place) % 7
            box = style.Check(locale.standaloneDayName(day + 1, QLocale.FormatType.ShortFormat))
            style.name(box, locale.standaloneDayName(day + 1, QLocale.FormatType.LongFormat))
            box.clicked.connect(self._soon)
            self.boxes[day] = box
            grid.addWidget(box, place // 4, place % 4)

    @property
    def widget(self) -> QWidget:
        """The first day."""
        return next(iter(self.boxes.values()))

    def show_value(self, value: Any) -> None:
        """Tick the days."""
        self._waiting.stop()
        for day, box in self.boxes.items():
            box.setChecked(not value or day in value)

    def value(self) -> frozenset[int] | None:
        """Return the days, Monday 0; None if no day is ticked, which is no setting."""
        days = frozenset(day for day, box in self.boxes.items() if box.isChecked())
        if len(days) == len(self.boxes):
            return frozenset()
        return days or None


class WorkingHours(Field):
    """The hours with reminders, which the file has as a quiet time over midnight: 09:00 to 17:00 is `17:00-09:00`."""

    USUAL = (17 * HOUR, 9 * HOUR)
    """Offered when the user turns it on. Judgement."""

    def __init__(self) -> None:
        super().__init__()
        self.box = style.Check(_("Only in these hours"))
        self.begin, self.end = _time_edit(), _time_edit()
        style.name(self.begin, _("Reminders from"))
        style.name(self.end, _("Reminders until"))
        self._others: Spans = ()
        self.box.clicked.connect(self._emit)
        times = style.row(between=style.SMALL)
        times.addWidget(self.begin)
        times.addWidget(_dash())
        times.addWidget(self.end)
        times.addStretch()
        for edit in (self.begin, self.end):
            edit.timeChanged.connect(self._soon)
            edit.editingFinished.connect(self.finish)
        layout = style.column(self, between=style.SMALL)
        layout.addWidget(self.box)
        layout.addLayout(times)

    @property
    def widget(self) -> QWidget:
        """The box."""
        return self.box

    def show_value(self, value: Any) -> None:
        """Show the hours."""
        self._waiting.stop()
        night, self._others = apart(value)
        self.box.setChecked(night is not None)
        end, begin = night or self.USUAL
        _set_time(self.begin, begin)
        _set_time(self.end, end)
        for edit in (self.begin, self.end):
            edit.setEnabled(night is not None)

    def value(self) -> Spans | None:
        """Return all quiet times; None if the hours end before they begin."""
        if not self.box.isChecked():
            return self._others
        begin, end = _seconds(self.begin), _seconds(self.end)
        return ((end, begin), *self._others) if begin < end else None


class QuietTimes(Field):
    """Times without reminders, apart from the hours that `WorkingHours` shows."""

    LUNCH = (12 * HOUR, 13 * HOUR)
    """A new quiet time. Judgement."""

    def __init__(self) -> None:
        super().__init__()
        self._night: Spans = ()
        self._edits: list[tuple[QTimeEdit, QTimeEdit]] = []
        self._rows = style.column(between=style.SMALL)
        self.add = style.Button(_("Add a quiet time"))
        self.add.clicked.connect(self._on_add)
        layout = style.column(self, between=style.SMALL)
        layout.addLayout(self._rows)
        layout.addWidget(self.add)

    @property
    def widget(self) -> QWidget:
        """The button."""
        return self._edits[0][0] if self._edits else self.add

    def show_value(self, value: Any) -> None:
        """Show the times."""
        self._waiting.stop()
        night, others = apart(value)
        self._night = () if night is None else (night,)
        if self._edits and others == self._times():
            return  # Keep the focus in the time that the user is changing.
        style.clear(self._rows)
        self._edits = [self._row(span) for span in others]

    def value(self) -> Spans | None:
        """Return all quiet times; None if one ends when it begins."""
        times = self._times()
        return None if any(begin == end for begin, end in times) else (*self._night, *times)

    def _times(self) -> Spans:
        return tuple((_seconds(begin), _seconds(end)) for begin, end in self._edits)

    def _row(self, span: tuple[float, float]) -> tuple[QTimeEdit, QTimeEdit]:
        begin, end = edits = _time_edit(), _time_edit()
        style.name(begin, _("Quiet from"))
        style.name(end, _("Quiet until"))
        for edit, seconds in zip(edits, span, strict=True):
            _set_time(edit, seconds)
            edit.timeChanged.connect(self._soon)
            edit.editingFinished.connect(self.finish)
        remove = style.Button(_("Remove"))
        remove.clicked.connect(lambda: self._on_remove(edits))
        row = style.row(between=style.SMALL)
        for widget in (begin, _dash(), end, remove):
            row.addWidget(widget)
        row.addStretch()
        self._rows.addLayout(row)
        return edits

    def _on_add(self) -> None:
        self._waiting.stop()
        self.chosen.emit((*self._night, *self._times(), self.LUNCH))

    def _on_remove(self, edits: tuple[QTimeEdit, QTimeEdit]) -> None:
        self._waiting.stop()
        rest = [each for each in self._edits if each is not edits]
        self.chosen.emit((*self._night, *((_seconds(begin), _seconds(end)) for begin, end in rest)))


def apart(spans: Spans) -> tuple[tuple[float, float] | None, Spans]:
    """Return the first quiet time over midnight, which leaves the working hours, and the others."""
    night = next((span for span in spans if span[0] > span[1]), None)
    return night, tuple(span for span in spans if span is not night)


def _dash() -> style.Text:
    return style.Text("\N{EN DASH}", wrap=False)


def _time_edit() -> QTimeEdit:
    edit = QTimeEdit()
    edit.setDisplayFormat("HH:mm")
    edit.setKeyboardTracking(False)
    edit.setWrapping(True)
    edit.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    # A clock reads from left to right in every language.
    edit.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    _steady(edit)
    return edit


def _set_time(edit: QTimeEdit, seconds: float) -> None:
    blocked = edit.blockSignals(True)
    edit.setTime(QTime.fromMSecsSinceStartOfDay(round(seconds * 1000)))
    edit.blockSignals(blocked)


def _seconds(edit: QTimeEdit) -> float:
    return edit.time().msecsSinceStartOfDay() / 1000


# -- the row of a field ------------------------------------------------------------------------------------------------

NARROW = 36
"""Widths of an m below which the field moves below its words. Judgement."""


class Row(QWidget):
    """A field with its label, one sentence on what it does, and a note where something is to be said about it."""

    def __init__(self, label: str, help_: str, field: Field) -> None:
        super().__init__()
        self.label = label
        self.field = field
        self._help = help_
        self.note = style.Text("", style.Kind.STRONG)
        self.note.hide()
        words = style.column(between=0.15)
        if not isinstance(field, Switch):
            title = style.Text(label, style.Kind.STRONG)
            title.setBuddy(field.widget)
            words.addWidget(title)
        else:
            words.addWidget(field)
        words.addWidget(style.secondary(help_))
        words.addWidget(self.note)
        words.addStretch()
        self._line = style.row(self, between=style.MEDIUM)
        self._line.addLayout(words, 1)
        if not isinstance(field, Switch):
            self._line.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        self._describe()

    def say(self, note: str) -> None:
        """Show a note beside the field, also to a screen reader; an empty one removes it."""
        changed = note != self.note.text()
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._describe()
        if note and changed:
            QAccessible.updateAccessibility(QAccessibleEvent(self.note, QAccessible.Event.Alert))

    def fit(self, width: int) -> None:
        """Put the field beside its words, or below them where the page is narrow."""
        narrow = width < style.letters(NARROW)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _describe(self) -> None:
        widget = self.field.widget
        if not isinstance(self.field, Switch | Days | WorkingHours | QuietTimes):
            widget.setAccessibleName(self.label)
        widget.setAccessibleDescription(" ".join(filter(None, (self._help, self.note.text()))))


def fit_to_width(content: QWidget) -> None:
    """Give the texts in a scrolling area the height of their lines at its width.

    Otherwise each asks for the height that it would need in a narrow column, and the page ends with empty space.
    """
    for text in content.findChildren(style.Text):
        policy = text.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        text.setSizePolicy(policy)
