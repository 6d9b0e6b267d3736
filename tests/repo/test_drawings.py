from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from slowrise.adapters.system.resources import read_guidance
from support import PROJECT

DRAWINGS = PROJECT / "config" / "drawings"
COLOURS = {"CanvasText", "Canvas", "Highlight", "GrayText", "none"}
"""The colours that the window replaces by those of the palette."""


def test_each_step_and_sitting_down_has_its_drawing() -> None:
    steps = [f"step-{number}.svg" for number in range(len(read_guidance().steps))]
    assert sorted(each.name for each in DRAWINGS.iterdir()) == ["down.svg", *steps]


@pytest.mark.parametrize("path", sorted(DRAWINGS.iterdir()), ids=lambda path: path.stem)
def test_a_drawing_has_only_colours_of_the_palette_and_refers_to_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= COLOURS
    elements = list(ET.fromstring(text).iter())  # noqa: S314 - our own file
    assert {each.tag.partition("}")[2] for each in elements} <= {"svg", "title", "g", "path", "circle", "rect"}
    assert not [name for each in elements for name in each.attrib if "href" in name or name == "style"]
