"""The pixels of the icons in the panel, drawn from their SVG: `make documents` writes them beside it."""

from __future__ import annotations

import sys
import zlib
from array import array
from pathlib import Path

from slowrise.adapters.tray.icons import SIZES
from support import PROJECT

ICONS = PROJECT / "config/icons"


def drawings() -> list[Path]:
    """Return the drawing of every icon."""
    return sorted(ICONS.glob("*.svg"))


def pixels_of(drawing: Path) -> bytes:
    """Return the drawing in every size, as `adapters/tray/icons.py` reads it."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(drawing))
    found = bytearray()
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        pixels = array("I", bytes(image.constBits()))
        if sys.byteorder == "little":
            pixels.byteswap()
        found += pixels.tobytes()
    return bytes(found)


def stored(drawing: Path) -> Path:
    """Return the file with the pixels of a drawing."""
    return drawing.with_suffix(".argb.z")


def write() -> None:
    """Write the pixels of every icon."""
    for drawing in drawings():
        stored(drawing).write_bytes(zlib.compress(pixels_of(drawing), 9))
