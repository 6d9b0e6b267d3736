"""The fit of the weights never uses the held-out people, whose days measure its accuracy."""

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
    """Return the modules in `benchmarks` that the program imports, directly or indirectly, and itself."""
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
    assert not [path for path in modules if BENCHMARKS / "third_hand" in path.parents]
    assert not [path.name for path in modules if NAMED.search(path.read_text(encoding="utf-8"))]


def test_modules_of_finds_an_indirect_use_of_the_held_out_people() -> None:
    assert BENCHMARKS / "third_hand" / "__init__.py" in modules_of(BENCHMARKS / "accuracy" / "__main__.py")
    assert BENCHMARKS / "accuracy" / "held_out.py" in modules_of(BENCHMARKS / "accuracy" / "__main__.py")


def test_only_held_out_names_the_file() -> None:
    naming = [path.name for path in BENCHMARKS.rglob("*.py") if HELD_OUT in path.read_text(encoding="utf-8")]
    assert naming == ["held_out.py"]


@pytest.mark.parametrize("opened", ["glob(", "iterdir(", "rglob(", "listdir("])
def test_the_fit_lists_no_directory(opened: str) -> None:
    for path in modules_of(BENCHMARKS / "fit" / "__main__.py"):
        assert opened not in path.read_text(encoding="utf-8"), path
