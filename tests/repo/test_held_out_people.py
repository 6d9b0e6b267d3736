"""The fit of the weights never sees the people whose days test it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support import PROJECT

BENCHMARKS = PROJECT / "benchmarks"
HELD_OUT = "held_out.toml"
NAMED = re.compile(r"\bheld_out\b")


def modules_of(program: Path) -> set[Path]:
    """The modules beside the benchmarks that this one is made of, its own and those it imports, near and far."""
    found: set[Path] = set()
    unread = [program]
    while unread:
        path = unread.pop()
        if path in found:
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
            for name in names:
                module = BENCHMARKS.joinpath(*name.split("."))
                unread += [file for file in (module.with_suffix(".py"), module / "__init__.py") if file.exists()]
    return found


def test_the_fit_imports_the_simulator_and_nothing_that_names_the_held_out_people() -> None:
    modules = modules_of(BENCHMARKS / "fit" / "__main__.py")
    assert BENCHMARKS / "simulator" / "people.py" in modules
    assert BENCHMARKS / "accuracy" / "held_out.py" not in modules
    assert not [path.name for path in modules if NAMED.search(path.read_text(encoding="utf-8"))]


def test_the_walk_finds_the_held_out_people_where_they_are_used() -> None:
    assert BENCHMARKS / "accuracy" / "held_out.py" in modules_of(BENCHMARKS / "accuracy" / "__main__.py")


def test_only_held_out_names_the_file() -> None:
    naming = [path.name for path in BENCHMARKS.rglob("*.py") if HELD_OUT in path.read_text(encoding="utf-8")]
    assert naming == ["held_out.py"]


@pytest.mark.parametrize("opened", ["glob(", "iterdir(", "rglob(", "listdir("])
def test_the_fit_opens_no_file_by_chance(opened: str) -> None:
    for path in modules_of(BENCHMARKS / "fit" / "__main__.py"):
        assert opened not in path.read_text(encoding="utf-8"), path
