"""Whoever fits the weights may not have seen the people who judge them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
JUDGES = "judges.toml"
NAMED = re.compile(r"\bjudg(es|ing)\b")


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


def test_fitting_is_made_of_the_simulator_and_of_nothing_that_names_the_judges() -> None:
    modules = modules_of(BENCHMARKS / "fitting" / "__main__.py")
    assert BENCHMARKS / "simulator" / "people.py" in modules
    assert BENCHMARKS / "judging.py" not in modules
    assert not [path.name for path in modules if NAMED.search(path.read_text(encoding="utf-8"))]


def test_the_walk_would_find_a_judge() -> None:
    assert BENCHMARKS / "judging.py" in modules_of(BENCHMARKS / "accuracy.py")


def test_only_judging_names_the_judges_file() -> None:
    naming = [path.name for path in BENCHMARKS.rglob("*.py") if JUDGES in path.read_text(encoding="utf-8")]
    assert naming == ["judging.py"]


@pytest.mark.parametrize("opened", ["glob(", "iterdir(", "rglob(", "listdir("])
def test_fitting_opens_no_file_by_chance(opened: str) -> None:
    for path in modules_of(BENCHMARKS / "fitting" / "__main__.py"):
        assert opened not in path.read_text(encoding="utf-8"), path
