"""A drawing of the body from behind, on which the user points at where it hurts. A list beside it means the same.

The drawing is seen from behind, so left is on the left; it never mirrors, not even where text runs from right to left.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from slowrise.cli.views.i18n import _
from slowrise.cli.window.style import Kind, colours, font, mixed, name, space
from slowrise.core.model.events import Side

Place = Literal["back", "leg", "foot", "between"]
Region = tuple[Place, Side]

PLACES: tuple[Place, ...] = ("back", "leg", "foot")
"""The places on the drawing, from above. What is felt between the legs is in the list beside it alone."""
SIDES: dict[Place, tuple[Side, ...]] = {
    "back": ("left", "middle", "right", "both"),
    "leg": ("left", "right", "both"),
    "foot": ("left", "right", "both"),
    "between": ("middle",),
}
"""The sides of each place, from left to right as seen from behind."""

WIDTH, HEIGHT = 200.0, 440.0
"""The size of the drawing in its own units; x = 0 is the middle of the body."""
MIDDLE = 13.0
"""Half the width of the middle of the back."""
TOP_OF_BACK, TOP_OF_LEGS, TOP_OF_FEET = 148.0, 212.0, 394.0

_OUTLINE = (
    *((8.0, 46.0), (10.0, 62.0), (40.0, 71.0), (50.0, 86.0), (45.0, 118.0), (38.0, 152.0), (39.0, 176.0)),
    *((45.0, 206.0), (46.0, 232.0), (41.0, 275.0), (35.0, 312.0), (37.0, 345.0), (30.0, 380.0), (25.0, 402.0)),
    *((34.0, 420.0), (28.0, 429.0), (12.0, 428.0), (11.0, 402.0), (12.0, 372.0), (14.0, 342.0), (10.0, 312.0)),
    *((9.0, 275.0), (3.0, 226.0), (0.0, 222.0)),
)
"""The right half of the outline, from the neck down to between the legs."""
_ARM = ((46.0, 84.0), (58.0, 118.0), (63.0, 158.0), (68.0, 212.0))
_ARM_WIDTH = 15.0


def _smooth(points: tuple[tuple[float, float], ...]) -> QPainterPath:
    """Return a curve through the points (Catmull and Rom)."""
    path = QPainterPath(QPointF(*points[0]))
    padded = (points[0], *points, points[-1])
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        path.cubicTo(
            QPointF(start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6),
            QPointF(end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6),
            QPointF(*end),
        )
    return path


def _mirrored(path: QPainterPath) -> QPainterPath:
    return QTransform.fromScale(-1, 1).map(path)


def _body() -> QPainterPath:
    half = _smooth(_OUTLINE)
    half.lineTo(0, 46)
    half.closeSubpath()
    pen = QPainterPathStroker()
    pen.setWidth(_ARM_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    arm = pen.createStroke(_smooth(_ARM)).simplified()
    head = QPainterPath()
    head.addEllipse(QPointF(0, 29), 19, 24)
    seam = QPainterPath()
    seam.addRect(QRectF(-1, 48, 2, 172))
    right = half.united(arm)
    return right.united(_mirrored(right)).united(head).united(seam).simplified()


def _cut(body: QPainterPath, left: float, top: float, right: float, bottom: float) -> QPainterPath:
    area = QPainterPath()
    area.addRect(QRectF(QPointF(left, top), QPointF(right, bottom)))
    return body.intersected(area)


_STEPS = {
    int(Qt.Key.Key_Up): (-1, 0),
    int(Qt.Key.Key_Down): (1, 0),
    int(Qt.Key.Key_Left): (0, -1),
    int(Qt.Key.Key_Right): (0, 1),
}
"""How each arrow key moves: down, and to the right."""


def moved(region: Region | None, down: int, right: int) -> Region:
    """Return the region one step away, or the same at the edge. The first step is to the middle of the back."""
    if region is None:
        return "back", "middle"
    place, side = region
    if down:
        place = PLACES[max(0, min(PLACES.index(place) + down, len(PLACES) - 1))]
        return place, side if side in SIDES[place] else "left"  # a leg has no middle
    if side == "both":
        return place, "left" if right < 0 else "right"
    order = [each for each in SIDES[place] if each != "both"]
    return place, order[max(0, min(order.index(side) + right, len(order) - 1))]


class BodyDrawing(QWidget):
    """The body. `picked` is emitted with a place and a side; `choose` marks them. Arrow keys move between places."""

    picked = Signal(str, str)

    def __init__(self, left: str, right: str) -> None:
        """`left` and `right` are the words for the sides."""
        super().__init__()
        self._left, self._right = left, right
        self.chosen: Region | None = None
        self._pointed: Region | None = None
        self._body = _body()
        trunk = _cut(self._body, -50, TOP_OF_BACK, 50, TOP_OF_LEGS)
        self.regions: dict[Region, QPainterPath] = {
            ("back", "left"): _cut(trunk, -50, TOP_OF_BACK, -MIDDLE, TOP_OF_LEGS),
            ("back", "middle"): _cut(trunk, -MIDDLE, TOP_OF_BACK, MIDDLE, TOP_OF_LEGS),
            ("back", "right"): _cut(trunk, MIDDLE, TOP_OF_BACK, 50, TOP_OF_LEGS),
            ("leg", "left"): _cut(self._body, -50, TOP_OF_LEGS, 0, TOP_OF_FEET),
            ("leg", "right"): _cut(self._body, 0, TOP_OF_LEGS, 50, TOP_OF_FEET),
            ("foot", "left"): _cut(self._body, -50, TOP_OF_FEET, 0, HEIGHT),
            ("foot", "right"): _cut(self._body, 0, TOP_OF_FEET, 50, HEIGHT),
        }
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        name(self, _("The body, seen from behind"), _("Arrow keys choose a place. The lists beside it do the same."))

    def choose(self, region: Region | None) -> None:
        """Mark a place and a side."""
        self.chosen = region
        self.update()

    def region_at(self, at: QPointF) -> Region | None:
        """Return the region at a point of the widget."""
        back, possible = self._transform().inverted()
        point = back.map(at)
        if not possible:
            return None
        for region, path in self.regions.items():
            # A foot is small, so that a click beside it counts too.
            if path.contains(point) or (
                region[0] == "foot" and path.boundingRect().adjusted(-8, 0, 8, 4).contains(point)
            ):
                return region
        return None

    def centre_of(self, region: Region) -> QPointF:
        """Return the middle of a region, as a point of the widget."""
        return self._transform().map(self.regions[region].boundingRect().center())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that follows the user's font. The drawing grows with the page."""
        return QSize(space(12), space(17))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least size at which a foot can be hit."""
        return QSize(space(10), space(17))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the region under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and (region := self.region_at(event.position())):
            self._pick(region)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show which region a click would choose."""
        self._point_at(self.region_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Show no region."""
        self._point_at(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move the choice: up and down between places, left and right between sides."""
        step = _STEPS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        else:
            self._pick(moved(self.chosen, *step))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys go here."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys go elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the body, its regions and which side is which."""
        chosen = colours(self.palette())
        window, text = self.palette().window().color(), self.palette().windowText().color()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self._transform())
        painter.setPen(QPen(mixed(window, text, 0.35), 1.2))
        painter.setBrush(mixed(window, text, 0.07))
        painter.drawPath(self._body)
        for region, path in self.regions.items():
            marked = self._is_marked(region)
            pointed = region == self._pointed
            fill = chosen.accent if marked else mixed(window, chosen.accent, 0.38 if pointed else 0.16)
            painter.setPen(QPen(mixed(window, chosen.accent, 0.8), 1.0))
            painter.setBrush(fill)
            painter.drawPath(path)
        painter.resetTransform()
        self._write_sides(painter)
        if self.hasFocus():
            pen = QPen(chosen.accent, 2.0)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), space(0.4), space(0.4))

    def _write_sides(self, painter: QPainter) -> None:
        """Write left and right where they are: what is left must not move where text runs from right to left."""
        painter.setPen(self.palette().windowText().color())
        painter.setFont(font(Kind.STRONG))
        high = painter.fontMetrics().height()
        edge = space(0.4)
        box = QRectF(edge, self._transform().map(QPointF(0, 4)).y(), self.width() - 2 * edge, high)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute, self._left)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute, self._right)

    def _is_marked(self, region: Region) -> bool:
        if self.chosen is None or self.chosen[0] != region[0]:
            return False
        return self.chosen[1] == region[1] or (self.chosen[1] == "both" and region[1] != "middle")

    def _transform(self) -> QTransform:
        """Return how the drawing's own units become points of the widget."""
        scale = min(self.width() / WIDTH, self.height() / HEIGHT)
        return QTransform.fromTranslate(self.width() / 2, (self.height() - scale * HEIGHT) / 2).scale(scale, scale)

    def _pick(self, region: Region) -> None:
        self.choose(region)
        self.picked.emit(*region)

    def _point_at(self, region: Region | None) -> None:
        if region != self._pointed:
            self._pointed = region
            self.setCursor(Qt.CursorShape.PointingHandCursor if region else Qt.CursorShape.ArrowCursor)
            self.update()
