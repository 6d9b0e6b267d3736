"""The five icons: their names for a panel that finds files, and their pixels for one that does not.

The pixels are read again whenever a panel asks, which is seldom: kept, they would be memory for nothing.
"""

from __future__ import annotations

import zlib

from slowrise.adapters.system import resources
from slowrise.ports.tray import IconName

SIZES = (22, 32, 48)
"""Pixels: of most panels, and of two with a scale."""

Pixmap = tuple[int, int, bytes]
"""Width, height, and the pixels row by row: alpha, red, green and blue, a byte each."""


def theme_path() -> str:
    """Return the folder with the icons."""
    return str(resources.path("config/icons"))


def name_of(icon: IconName) -> str:
    """Return the name of the icon in that folder. `symbolic` lets the panel draw it in its own colour."""
    return f"slowrise-{icon}-symbolic"


def pixmaps(icon: IconName) -> list[Pixmap]:
    """Return the icon in every size; none if its file cannot be read."""
    try:
        pixels = zlib.decompress(resources.path(f"config/icons/{name_of(icon)}.argb.z").read_bytes())
    except (OSError, zlib.error):
        return []
    return list(unpacked(pixels))


def unpacked(pixels: bytes) -> tuple[Pixmap, ...]:
    """Return the pixmaps of all sizes, which follow one another."""
    found = []
    begin = 0
    for size in SIZES:
        end = begin + 4 * size * size
        found.append((size, size, pixels[begin:end]))
        begin = end
    return tuple(found)
