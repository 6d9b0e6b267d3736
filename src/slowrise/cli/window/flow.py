"""A layout that puts buttons in as many rows as they need, so that none is cut at any size of the font."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QLayoutItem

from slowrise.cli.window import style


class Flow(QLayout):
    """Its widgets one after the other, in rows; from right to left where the language is."""

    def __init__(self, *, centred: bool = True, mirrors: bool = True) -> None:
        """`centred`: each row is in the middle; otherwise it begins at the side where text begins.

        Without `mirrors` the order is from left to right in every language: it means sides, or numbers.
        """
        super().__init__()
        self._centred = centred
        self._mirrors = mirrors
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """Add a widget at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of widgets."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Return one of them, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Remove one of them."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        """Take no more room than needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Return whether fewer columns need more rows."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height of all rows."""
        rows = self._rows(width)
        return sum(_height(row) for row in rows) + self._gap * max(len(rows) - 1, 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of one row."""
        shown = self._shown()
        wide = sum(item.sizeHint().width() for item in shown) + self._gap * max(len(shown) - 1, 0)
        return QSize(wide, _height(shown))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the widest widget."""
        shown = self._shown()
        return QSize(max((item.sizeHint().width() for item in shown), default=0), _height(shown))

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's name
        """Place the widgets."""
        super().setGeometry(rect)
        mirrored = QGuiApplication.isRightToLeft()
        y = rect.top()
        for row in self._rows(rect.width()):
            wide = sum(item.sizeHint().width() for item in row) + self._gap * (len(row) - 1)
            free = max(rect.width() - wide, 0)
            x = rect.left() + (free // 2 if self._centred else free if mirrored else 0)
            for item in reversed(row) if mirrored and self._mirrors else row:
                size = QSize(min(item.sizeHint().width(), rect.width()), _height(row))
                item.setGeometry(QRect(QPoint(x, y), size))
                x += size.width() + self._gap
            y += _height(row) + self._gap

    @property
    def _gap(self) -> int:
        return style.space(style.SMALL)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            wide = item.sizeHint().width()
            if rows and used + self._gap + wide <= width:
                rows[-1].append(item)
                used += self._gap + wide
            else:
                rows.append([item])
                used = wide
        return rows


def _height(row: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in row), default=0)
