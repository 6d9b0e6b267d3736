"""What the page of getting up draws: the drawing of a step in the desktop's colours, and the count of the break."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from slowrise.adapters.system import resources
from slowrise.cli.window import style

SMALLEST = 5
"""Height at which a drawing can be understood, in heights of the user's font. It grows with the window. Judgement."""


class Drawing(QWidget):
    """One of the drawings in `config/drawings`."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        """The name of the drawing, such as `step-0`; empty for none."""
        self._renderer = QSvgRenderer(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_drawing(self, name: str) -> None:
        """Show the drawing of that name."""
        if name != self.name:
            self.name = name
            if name:
                self._colour()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the smallest size at which it can be understood."""
        return QSize(style.space(1.2 * SMALLEST), style.space(SMALLEST))

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it in the middle, as large as it fits."""
        if self.name:
            self._renderer.render(QPainter(self), _fitting(self._renderer.defaultSize(), self.rect().toRectF()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop's colours."""
        if event.type() == QEvent.Type.PaletteChange and self.name:
            self._colour()
        super().changeEvent(event)

    def _colour(self) -> None:
        palette = self.palette()
        back, line = palette.window().color(), palette.windowText().color()
        colours = {
            "CanvasText": style.mixed(line, back, 0.1),
            "GrayText": style.mixed(line, back, 0.55),
            "Highlight": style.colours(palette).accent,
            "Canvas": back,
        }
        svg = resources.text(f"config/drawings/{self.name}.svg")
        for word, colour in colours.items():
            svg = svg.replace(f'"{word}"', f'"{colour.name()}"')
        self._renderer.load(QByteArray(svg.encode()))
        self.update()


class Ring(QWidget):
    """A ring that fills slowly, with a few words in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_share(self, share: float, words: str) -> None:
        """Fill it up to a share of 0 to 1, with the words in the middle."""
        if (share, words) != (self._share, self._words):
            self._share, self._words = share, words
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size in which the words fit."""
        return QSize(style.space(SMALLEST), style.space(SMALLEST))

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the ring and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, wide = style.colours(self.palette()), style.space(0.5)
        side = min(self.width(), self.height(), style.space(14)) - 2 * wide
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        for colour, share in ((colours.line, 1.0), (colours.accent, self._share)):
            painter.setPen(QPen(colour, wide, c=Qt.PenCapStyle.RoundCap))
            if share:
                painter.drawArc(box, 90 * 16, -round(share * 360 * 16))
        painter.setPen(self.palette().windowText().color())
        painter.setFont(style.font(style.Kind.FIGURE))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._words)


class Dots(QWidget):
    """A dot for each step; those behind the user are filled, and the present one is larger."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def show_step(self, step: int) -> None:
        """Show at which step the user is, counted from 0."""
        self._at = step
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the row of dots."""
        return QSize(style.space(self._count), style.space(1))

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the dots in the middle, from right to left where the language is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours, step = style.colours(self.palette()), style.space(1)
        first = (self.width() - step * (self._count - 1)) / 2
        for place in range(self._count):
            painter.setBrush(colours.accent if place <= self._at else colours.line)
            x = first + step * (self._count - 1 - place if self.isRightToLeft() else place)
            radius = style.space(0.36 if place == self._at else 0.22)
            painter.drawEllipse(QRectF(x - radius, self.height() / 2 - radius, 2 * radius, 2 * radius))


def _fitting(size: QSize, room: QRectF) -> QRectF:
    """Return the largest rectangle of that shape in the middle of the room."""
    scale = min(room.width() / size.width(), room.height() / size.height())
    wide, high = size.width() * scale, size.height() * scale
    return QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high)
