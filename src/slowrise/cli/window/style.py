"""How the window looks: sizes, colours and the few kinds of text, card and button that all pages share.

Nothing here is in pixels: every size follows the user's font, so huge fonts and scaled screens work. Text and
background come from the desktop's palette; the accents are chosen for a light and for a dark one.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

SMALL, MEDIUM, LARGE, HUGE = 0.4, 0.8, 1.4, 2.4
"""Spaces in heights of the user's font: inside a group, between groups, around a page, between its parts. Judgement."""
RADIUS = 0.5
"""Roundness of cards and buttons, in heights of the user's font. Judgement."""
READABLE = 34
"""Widths of an m to which a column of text grows: about 75 letters a line, which is still easy to read. Judgement."""


Layout = TypeVar("Layout", bound=QBoxLayout)


def space(heights: float) -> int:
    """Return so many heights of the user's font, in pixels. `SMALL` to `HUGE` are meant for it."""
    return max(1, round(heights * QFontMetricsF(QApplication.font()).height()))


def letters(count: float) -> int:
    """Return the width of so many wide letters of the user's font, in pixels."""
    return round(count * QFontMetricsF(QApplication.font()).horizontalAdvance("m"))


# -- colours -----------------------------------------------------------------------------------------------------------


class Colours(NamedTuple):
    """The accents on one background. They differ in lightness too, for colour-blind readers. None signals an alarm."""

    sitting: QColor
    doubtful: QColor
    standing: QColor
    away: QColor
    unobserved: QColor
    accent: QColor
    """The primary button, and what is selected."""
    on_accent: QColor
    """Text on the accent."""
    notice: QColor
    """The edge of what the user should read first, such as the red flags."""
    line: QColor
    """Thin lines and the edges of cards."""
    card: QColor
    """The background of cards."""
    faint: QColor
    """Secondary text, still readable: at least 4.5 to 1 on the background, as WCAG 2.2 asks."""


_LIGHT = ("#0072b2", "#86bcdc", "#e69f00", "#c9d2db", "#9aa5b1", "#10587f", "#ffffff", "#c46a00")
_DARK = ("#56a8e0", "#2f6488", "#e6a532", "#46535f", "#6b7886", "#7cc0ee", "#0b1620", "#f0a94a")
"""The colours of the report, so that window and report look alike."""


def is_dark(palette: QPalette) -> bool:
    """Return whether the palette has light text on a dark background."""
    return palette.window().color().lightnessF() < palette.windowText().color().lightnessF()


def colours(palette: QPalette | None = None) -> Colours:
    """Return the accents for a palette, or for that of the application. Ask again on `QEvent.PaletteChange`."""
    palette = palette or QApplication.palette()
    window, text, base = palette.window().color(), palette.windowText().color(), palette.base().color()
    dark = is_dark(palette)
    line, faint = mixed(window, text, 0.16), mixed(window, text, 0.7)
    card = mixed(window, text, 0.05) if dark else base
    accents = [QColor(code) for code in (_DARK if dark else _LIGHT)]
    return Colours._make([*accents, line, card, faint])


def mixed(from_: QColor, to: QColor, share: float) -> QColor:
    """Return the colour at `share` of the way from the first to the second."""
    rest = 1 - share
    return QColor.fromRgbF(
        rest * from_.redF() + share * to.redF(),
        rest * from_.greenF() + share * to.greenF(),
        rest * from_.blueF() + share * to.blueF(),
    )


# -- text --------------------------------------------------------------------------------------------------------------


class Kind(Enum):
    """The kinds of text: their size, in sizes of the user's font, and their weight."""

    BODY = 1.0, QFont.Weight.Normal
    STRONG = 1.0, QFont.Weight.DemiBold
    SECONDARY = 0.95, QFont.Weight.Normal
    SUBHEADING = 1.15, QFont.Weight.DemiBold
    LARGE = 1.3, QFont.Weight.Normal
    STEP = 1.7, QFont.Weight.Normal
    HEADING = 1.6, QFont.Weight.DemiBold
    FIGURE = 2.2, QFont.Weight.DemiBold


def font(kind: Kind) -> QFont:
    """Return the user's font in the size and weight of this kind of text."""
    size, weight = kind.value
    made = QFont(QApplication.font())
    if made.pointSizeF() > 0:
        made.setPointSizeF(made.pointSizeF() * size)
    else:
        made.setPixelSize(round(made.pixelSize() * size))
    made.setWeight(weight)
    return made


class Text(QLabel):
    """Text of one kind. It wraps, can be selected by mouse, and follows changes of the user's font and colours."""

    def __init__(self, text: str = "", kind: Kind = Kind.BODY, *, wrap: bool = True) -> None:
        super().__init__(text)
        self.kind = kind
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        side = Qt.AlignmentFlag.AlignRight if QApplication.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        if kind is Kind.SECONDARY:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setFont(font(kind))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the user's font."""
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.setFont(font(self.kind))
        super().changeEvent(event)


def heading(text: str = "") -> Text:
    """Return the title of a page."""
    return Text(text, Kind.HEADING)


def subheading(text: str = "") -> Text:
    """Return the title of a part of a page."""
    return Text(text, Kind.SUBHEADING)


def body(text: str = "") -> Text:
    """Return plain text."""
    return Text(text)


def large(text: str = "") -> Text:
    """Return text that is read from a distance, such as a step of getting up."""
    return Text(text, Kind.LARGE)


def secondary(text: str = "") -> Text:
    """Return text that explains or adds."""
    return Text(text, Kind.SECONDARY)


def figure(text: str = "") -> Text:
    """Return a number that is seen first."""
    return Text(text, Kind.FIGURE, wrap=False)


# -- layouts -----------------------------------------------------------------------------------------------------------


def spaced(layout: Layout, between: float, around: float = 0) -> Layout:
    """Give a layout its spaces, in heights of the user's font: between its parts, and around all of them."""
    layout.setSpacing(space(between))
    margin = space(around) if around else 0
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def column(parent: QWidget | None = None, *, between: float = MEDIUM, around: float = 0) -> QVBoxLayout:
    """Return a vertical layout."""
    return spaced(QVBoxLayout(parent) if parent else QVBoxLayout(), between, around)


def row(parent: QWidget | None = None, *, between: float = MEDIUM, around: float = 0) -> QHBoxLayout:
    """Return a horizontal layout."""
    return spaced(QHBoxLayout(parent) if parent else QHBoxLayout(), between, around)


def spaced_grid(parent: QWidget | None = None, *, between: float = MEDIUM, around: float = 0) -> QGridLayout:
    """Return a layout in lines and columns."""
    layout = QGridLayout(parent) if parent else QGridLayout()
    layout.setSpacing(space(between))
    margin = space(around) if around else 0
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout


def clear(layout: QLayout) -> None:
    """Remove everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)


def scrolling(content: QWidget) -> QScrollArea:
    """Return the content in an area that scrolls if it does not fit, so that nothing is ever cut."""
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


class Card(QFrame):
    """A rounded box with a layout, `box`. `notice` gives it the edge of what should be read first."""

    def __init__(self, *, notice: bool = False, between: float = MEDIUM, around: float = MEDIUM * 1.4) -> None:
        super().__init__()
        self._notice = notice
        self.box = column(self, between=between, around=around)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the box in the colours of the palette."""
        chosen = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = chosen.notice if self._notice else chosen.line
        wide = 2.0 if self._notice else 1.0
        painter.setPen(edge)
        painter.setBrush(chosen.card)
        pen = painter.pen()
        pen.setWidthF(wide)
        painter.setPen(pen)
        inset = wide / 2
        radius = space(RADIUS)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)


class Tiles(QWidget):
    """Boxes of equal width beside each other; where they do not fit, in fewer columns."""

    def __init__(self, tiles: Sequence[QWidget], *, narrowest: float, between: float = MEDIUM) -> None:
        """`narrowest`: widths of an m that a tile needs at least."""
        super().__init__()
        self._tiles = list(tiles)
        self._narrowest = narrowest
        self._columns = 0
        self._grid = spaced_grid(self, between=between)
        self._arrange(len(self._tiles))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the number of columns: one that leaves no tile alone in the last line, if possible."""
        width, count = event.size().width(), len(self._tiles)
        each = max(letters(self._narrowest), *(tile.minimumSizeHint().width() for tile in self._tiles))
        most = max(1, min(count, (width + self._grid.spacing()) // (each + self._grid.spacing())))
        self._arrange(next((many for many in range(most, 1, -1) if count % many == 0), most))
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size with one column, which the tiles can always take."""
        widest = max(tile.minimumSizeHint().width() for tile in self._tiles)
        return QSize(widest, super().minimumSizeHint().height())

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, number // columns, number % columns)
            self._grid.setColumnStretch(number, 1 if number < columns else 0)


# -- buttons -----------------------------------------------------------------------------------------------------------


class Button(QPushButton):
    """A button with room around its words. A primary one is filled with the accent; there is at most one in sight."""

    def __init__(self, text: str, *, primary: bool = False) -> None:
        super().__init__(text)
        self._primary = primary
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(primary)
        if primary:
            self._colour()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the style, and room to hit it easily."""
        hint = super().sizeHint()
        return QSize(hint.width() + space(1.0), max(hint.height(), space(2.0)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the full size: the words of a button are never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the user's colours."""
        if self._primary and event.type() == QEvent.Type.ApplicationPaletteChange:
            self._colour()
        super().changeEvent(event)

    def _colour(self) -> None:
        chosen = colours()
        palette = QPalette(QApplication.palette())
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.Button, chosen.accent)
            palette.setColor(group, QPalette.ColorRole.ButtonText, chosen.on_accent)
        self.setPalette(palette)


class Radio(QRadioButton):
    """A radio button whose circle is seen in dark colours too: Qt draws it in a dark line."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the circle again, lighter."""
        super().paintEvent(event)
        if is_dark(self.palette()):
            with QPainter(self) as painter:
                painter.drawEllipse(_mark(self, painter, QStyle.SubElement.SE_RadioButtonIndicator))


class Check(QCheckBox):
    """A check box whose frame is seen in dark colours too: Qt draws it in a dark line."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the frame again, lighter."""
        super().paintEvent(event)
        if is_dark(self.palette()):
            with QPainter(self) as painter:
                painter.drawRect(_mark(self, painter, QStyle.SubElement.SE_CheckBoxIndicator))


def _mark(button: QAbstractButton, painter: QPainter, part: QStyle.SubElement) -> QRectF:
    """Return where the mark of the button is, with the painter ready to draw its outline."""
    option = QStyleOptionButton()
    option.initFrom(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours(button.palette()).faint, 1.2))
    return QRectF(button.style().subElementRect(part, option, button)).adjusted(1.0, 1.0, -1.0, -1.0)


def button(text: str) -> Button:
    """Return a button."""
    return Button(text)


def primary_button(text: str) -> Button:
    """Return the button of the page's main action."""
    return Button(text, primary=True)


# -- the application ---------------------------------------------------------------------------------------------------


def prepare(application: QApplication) -> None:
    """Make secondary text of the whole application readable: Qt's own is half transparent."""
    palette = QPalette(application.palette())
    faint = colours(application.palette()).faint
    if application.palette().placeholderText().color() != faint:
        palette.setColor(QPalette.ColorRole.PlaceholderText, faint)
        application.setPalette(palette)


def name(widget: QWidget, text: str, description: str = "") -> None:
    """Give a widget without words of its own the name, and perhaps a description, that a screen reader says."""
    widget.setAccessibleName(text)
    if description:
        widget.setAccessibleDescription(description)
