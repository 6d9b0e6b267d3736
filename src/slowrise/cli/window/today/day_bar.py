"""A day as a picture: when the user sat, stood and was away, and what is in doubt. Reached by pointer and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.timeline import Kind, Mark, MarkKind
from slowrise.cli.window import style
from slowrise.cli.window.today.record import Stretch
from slowrise.core.model.time_text import format_duration

SHORTEST = timedelta(hours=8)
"""The least time that the axis shows, so that the first minutes of a day look like a beginning. Judgement."""
BAR, SMALL_BAR = 3.2, 1.3
"""Heights of the bar, in heights of the user's font. Judgement."""
FLAT: dict[Kind, float] = {"away": 0.22, "unobserved": 0.08}
"""Share of the bar's height of the kinds that are no time at the desk; the shape tells them apart without colour."""


def kind_words(kind: Kind) -> str:
    """Return the name of a kind of time, as the legend shows it."""
    words: dict[Kind, str] = {
        "sitting": _("Sitting"),
        "standing": _("Standing"),
        "away": _("Away"),
        "doubtful": _("In doubt"),
        "unobserved": _("Not watching"),
    }
    return words[kind]


def in_words(stretch: Stretch) -> str:
    """Return one stretch in words: `12:10 to 12:35: away, 25 min`."""
    return _("{begin} to {end}: {doing}, {length}").format(
        begin=f"{stretch.start:%H:%M}",
        end=f"{stretch.end:%H:%M}",
        doing=kind_words(stretch.kind).lower(),
        length=format_duration(stretch.seconds, units()),
    )


class Swatch(QWidget):
    """A small piece of the bar, for the legend."""

    def __init__(self, kind: Kind | MarkKind) -> None:
        super().__init__()
        self._kind: Kind | MarkKind = kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size near that of a letter."""
        return QSize(style.space(0.9), style.space(0.9))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the kind as the bar does."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match self._kind:  # mypy narrows by these
            case "prompt" | "followed" | "later" | "symptom":
                colour = self.palette().windowText().color()
                draw_mark(painter, self._kind, QPointF(self.width() / 2, self.height() * 0.8), colour)
                return
            case _:
                pass
        fill(painter, self._kind, QRectF(self.rect()), style.colours(self.palette()), flat=0.4)


def fill(painter: QPainter, kind: Kind, box: QRectF, chosen: style.Colours, *, flat: float | None = None) -> None:
    """Draw one stretch. What is in doubt has stripes; time away from the desk is flat, at the foot of the bar."""
    colours = {
        "sitting": chosen.sitting,
        "standing": chosen.standing,
        "away": chosen.away,
        "unobserved": chosen.unobserved,
        "doubtful": chosen.doubtful,
    }
    if kind in FLAT:
        box = QRectF(box)
        box.setTop(box.bottom() - max(2.0, box.height() * (flat or FLAT[kind])))
    colour = colours[kind]
    painter.setPen(Qt.PenStyle.NoPen)
    if kind == "doubtful":
        painter.fillRect(box, style.mixed(chosen.card, colour, 0.45))
        painter.fillRect(box, QBrush(chosen.sitting, Qt.BrushStyle.BDiagPattern))
    else:
        painter.fillRect(box, colour)


def draw_mark(painter: QPainter, kind: MarkKind, foot: QPointF, colour: QColor) -> None:
    """Draw a reminder as a triangle or a symptom as a diamond, with its lowest point there.

    A reminder that was followed is filled. One that was put off points to the right, where it came again.
    """
    size = style.space(0.3)
    x, y = foot.x(), foot.y()
    points = [QPointF(x - size, y - 2 * size), QPointF(x + size, y - 2 * size), foot]
    if kind == "symptom":
        points = [foot, QPointF(x - size, y - size), QPointF(x, y - 2 * size), QPointF(x + size, y - size)]
    if kind == "later":
        points = [QPointF(x - size, y - 2 * size), QPointF(x + size, y - size), QPointF(x - size, y)]
    painter.setPen(QPen(colour, 1.0))
    painter.setBrush(colour if kind in ("followed", "symptom") else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(points))


class DayBar(QWidget):
    """The bar of one day with its hours. A small one shows another day and cannot be pressed."""

    picked = Signal(object)
    """A `Stretch` was chosen, by pointer or keyboard."""
    pressed = Signal()
    """Enter was pressed: the user wants to answer."""

    def __init__(self, name: str, *, small: bool = False) -> None:
        super().__init__()
        self.chosen: Stretch | None = None
        self._small = small
        self._stretches: list[Stretch] = []
        self._marks: list[Mark] = []
        self._begin = self._end = datetime.now().astimezone()
        self._now: datetime | None = None
        style.name(self, name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not small:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setMouseTracking(True)

    def show_day(self, parts: Sequence[Stretch], marks: Sequence[Mark] = (), now: datetime | None = None) -> None:
        """Show these stretches of a day, in order. `now`: drawn as a line, on the day that goes on."""
        self._stretches, self._marks, self._now = list(parts), list(marks), now
        if parts:
            self._begin = parts[0].start.replace(minute=0, second=0, microsecond=0)
            end = max(parts[-1].end, self._begin + SHORTEST)
            self._end = self._begin + timedelta(hours=ceil((end - self._begin) / timedelta(hours=1)))
        kept = self.chosen
        self.chosen = None
        if kept is not None:
            self.chosen = next((each for each in parts if each.start == kept.start), None)
        self.updateGeometry()
        self.update()

    def choose(self, stretch: Stretch | None) -> None:
        """Mark one stretch, and tell a screen reader."""
        self.chosen = stretch
        self.setAccessibleDescription("" if stretch is None else in_words(stretch))
        self.update()

    def box_of(self, stretch: Stretch) -> QRectF:
        """Return where a stretch is drawn, at least as wide as can be seen."""
        left, right = self._x(stretch.start), self._x(stretch.end)
        if left > right:
            left, right = right, left
        bar = self._bar()
        return QRectF(left, bar.top(), max(right - left, 1.5), bar.height())

    # -- Qt's events ---------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of the bar with its hours, and room for twelve of them."""
        high = style.space(SMALL_BAR if self._small else BAR) + self._above() + style.space(1.3)
        return QSize(style.letters(20 if self._small else 40), round(high))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same height; it may be narrow."""
        return QSize(style.letters(12), self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self._small:
            found = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), in_words(found) if found else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show that a stretch can be pressed."""
        found = self._at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the stretch under the pointer."""
        if not self._small and (found := self._at(event.position())):
            self._pick(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the stretch before or after, the first, the last; or answer."""
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.pressed.emit()
            return
        if not self._stretches:
            super().keyPressEvent(event)
            return
        last = len(self._stretches) - 1
        here = self._stretches.index(self.chosen) if self.chosen in self._stretches else last
        forward = -1 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 1
        steps = {
            Qt.Key.Key_Left: here - forward,
            Qt.Key.Key_Right: here + forward,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in steps:
            self._pick(self._stretches[min(max(steps[Qt.Key(key)], 0), last)])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the hours, the stretches, the marks, and what is chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = style.colours(self.palette())
        bar = self._bar()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.mixed(chosen.card, chosen.line, 0.4))
        painter.drawRoundedRect(bar, style.space(0.2), style.space(0.2))
        self._paint_hours(painter, chosen, bar)
        for stretch in self._stretches:
            fill(painter, stretch.kind, self.box_of(stretch), chosen)
        if self._now is not None:
            x = self._x(self._now)
            painter.setPen(QPen(self.palette().windowText().color(), 1.5))
            painter.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 3))
        if not self._small:
            self._paint_marks(painter, bar)
            self._paint_choice(painter)

    # -- drawing -------------------------------------------------------------------------------------------------------

    def _paint_hours(self, painter: QPainter, chosen: style.Colours, bar: QRectF) -> None:
        painter.setFont(style.font(style.Kind.SECONDARY))
        metrics = QFontMetricsF(painter.font())
        wide = metrics.horizontalAdvance("00:00")
        hours = round((self._end - self._begin) / timedelta(hours=1))
        each = next((n for n in (1, 2, 3, 4, 6, 12) if hours and bar.width() / hours * n > wide * 1.5), 12)
        for hour in range(hours + 1):
            at = self._begin + timedelta(hours=hour)
            x = self._x(at)
            painter.setPen(QPen(chosen.line, 1))
            painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
            if hour % each == 0:
                painter.setPen(chosen.faint)
                left = min(max(x - wide / 2, 0.0), self.width() - wide)
                box = QRectF(left, bar.bottom() + style.space(0.15), wide + 1, metrics.height())
                words = f"{at.astimezone(self._zone(at)):%H:%M}"
                painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), words)

    def _paint_marks(self, painter: QPainter, bar: QRectF) -> None:
        for mark in self._marks:
            foot = QPointF(self._x(mark.at), bar.top() - style.space(0.15))
            draw_mark(painter, mark.kind, foot, self.palette().windowText().color())

    def _paint_choice(self, painter: QPainter) -> None:
        if self.chosen is None:
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self.palette().highlight().color(), 2))
                painter.drawRoundedRect(self._bar().adjusted(-3, -3, 3, 3), 4, 4)
            return
        wide = 3.0 if self.hasFocus() else 2.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().windowText().color(), wide))
        box = self.box_of(self.chosen).adjusted(-2, -2, 2, 2)
        painter.drawRoundedRect(box, 3, 3)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 4, 4)

    # -- where things are ----------------------------------------------------------------------------------------------

    def _above(self) -> int:
        return 4 if self._small else style.space(0.9)

    def _bar(self) -> QRectF:
        # The hours at both ends are written as far out as the bar goes, and the frame of a choice needs some pixels.
        return QRectF(6, self._above(), self.width() - 12, style.space(SMALL_BAR if self._small else BAR))

    def _x(self, at: datetime) -> float:
        bar = self._bar()
        whole = self._end - self._begin
        share = (at - self._begin) / whole if whole else 0.0
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            share = 1 - share
        return bar.left() + share * bar.width()

    def _zone(self, at: datetime) -> tzinfo | None:
        """Return the offset from UTC around a time: when clocks change, an hour is missing or comes twice."""
        around = [span for stretch in self._stretches for span in stretch.spans]
        found = next((span for span in around if at < span.end), around[-1] if around else None)
        return None if found is None else found.start.tzinfo

    def _at(self, place: QPointF) -> Stretch | None:
        """Return the stretch at a place, or the nearest within a few pixels: short ones are hard to hit."""
        reach = style.space(0.3)
        near = [(self._distance(each, place.x()), each) for each in self._stretches]
        inside = [each for each in near if each[0] <= reach]
        wanted = min(inside, key=lambda each: (each[0], each[1].kind != "doubtful"), default=None)
        return wanted[1] if wanted is not None and self._bar().adjusted(0, -8, 0, 8).contains(place) else None

    def _distance(self, stretch: Stretch, x: float) -> float:
        box = self.box_of(stretch)
        return max(box.left() - x, x - box.right(), 0.0)

    def _pick(self, stretch: Stretch) -> None:
        self.choose(stretch)
        self.picked.emit(stretch)
