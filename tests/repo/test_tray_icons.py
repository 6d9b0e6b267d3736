"""The icons in the panel: drawings that panels can colour, and pixels that are those of the drawings."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest

from slowrise.adapters.tray import icons
from slowrise.ports.tray import IconName
from support import tray_icons

pytest.importorskip("PySide6")

NAMES: tuple[IconName, ...] = get_args(IconName)
PANELS = ("ffffff", "f6f5f4", "eff0f1", "2a2e32", "1e1e1e", "2e3440", "000000")
"""Colours of the panels of Xfce, GNOME, Plasma and common themes."""


def test_every_icon_is_drawn_and_no_other() -> None:
    assert {path.stem for path in tray_icons.drawings()} == {icons.name_of(name) for name in NAMES}


@pytest.mark.parametrize("drawing", tray_icons.drawings(), ids=lambda path: path.stem)
def test_a_drawing_has_filled_shapes_only(drawing: Path) -> None:
    _, _, shapes = drawing.read_text(encoding="utf-8").partition("-->")
    assert re.search("<(rect|circle|path) ", shapes)
    assert not re.search("stroke|none|style", shapes)


@pytest.mark.parametrize("drawing", tray_icons.drawings(), ids=lambda path: path.stem)
def test_the_stored_pixels_are_those_of_the_drawing(drawing: Path) -> None:
    (name,) = (name for name in NAMES if icons.name_of(name) == drawing.stem)
    stored = icons.pixmaps(name)
    assert [pixmap[:2] for pixmap in stored] == [(size, size) for size in icons.SIZES]
    # Another version of Qt may round the edges in another way.
    for (_, _, here), (_, _, drawn) in zip(stored, icons.unpacked(tray_icons.pixels_of(drawing)), strict=True):
        different = sum(abs(one - other) for one, other in zip(here[::4], drawn[::4], strict=True))
        assert different / len(here[::4]) < 4, "`make documents` updates them"


def test_the_icons_differ_in_shape() -> None:
    """In a panel of 22 pixels, without their colours."""
    shapes = {name: [alpha > 127 for alpha in icons.pixmaps(name)[0][2][::4]] for name in NAMES}
    for one, other in combinations(NAMES, 2):
        apart = sum(a != b for a, b in zip(shapes[one], shapes[other], strict=True))
        assert apart >= 20, f"{one} and {other} are {apart} pixels apart"


@pytest.mark.parametrize("panel", PANELS)
def test_the_colours_can_be_seen_on_light_and_dark_panels(panel: str) -> None:
    """Nearly 3:1, which WCAG 2.2 asks of icons. No grey has more on every one of these."""
    for drawing in tray_icons.drawings():
        for colour in re.findall(r'fill="#(\w{6})"', drawing.read_text(encoding="utf-8")):
            assert contrast(colour, panel) > 2.8


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
