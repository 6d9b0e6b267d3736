"""The architecture: a module imports only from its own folder and earlier ones, and the first five are pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import slowrise

FOLDERS = ("core", "messages", "config", "ports", "history", "adapters", "daemon", "cli")
"""From the inside out. A folder may import from itself and from the folders before it."""
PURE_FOLDERS = FOLDERS[:5]
ADAPTER_KINDS = {"input", "signals", "notify", "storage", "tray"}
"""Adapters of one kind do not import those of another; all may import `adapters/system`."""

PURE_IMPORTS = {
    *("__future__", "abc", "bisect", "calendar", "collections", "contextlib", "csv", "dataclasses", "datetime"),
    *("difflib", "enum", "fractions", "functools", "heapq", "itertools", "json", "math", "operator", "re", "shlex"),
    *("statistics", "string", "textwrap", "tomllib", "types", "typing", "msgspec", "zlib"),
}
"""These modules do not read clocks, files or the machine's time zone, and do not wait."""
IMPURE_CALLS = {"open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
"""Impure calls that are possible with `PURE_IMPORTS` and the builtins."""

SOURCE = Path(slowrise.__file__).parent
MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))


def tree_of(path: Path) -> ast.Module:
    return ast.parse((SOURCE / path).read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return `core.engine` for `core/engine.py`, `core` for `core/__init__.py` and nothing for the root."""
    return ".".join(part for part in path.with_suffix("").parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """Yield every module that the file imports, inside functions too. For our packages, yield the submodule."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the full name"
            base = node.module or ""
            inner = SOURCE.joinpath(*base.split(".")[1:]) if base.split(".")[0] == "slowrise" else None
            for alias in node.names:
                at = inner and inner.joinpath(alias.name)
                yield f"{base}.{alias.name}" if at and (at.is_dir() or at.with_suffix(".py").exists()) else base


def ours(path: Path) -> Iterator[str]:
    """Yield the modules of slowrise that the file imports, without the leading `slowrise.`."""
    return (name.removeprefix("slowrise.") for name in imports(path) if name.startswith("slowrise."))


def test_every_module_is_in_one_of_the_folders() -> None:
    flat = {path.parts[0] for path in MODULES}
    assert flat == {*FOLDERS, "__init__.py", "__main__.py"}
    assert not list(ours(Path("__init__.py"))), "the root package must cost nothing to import"


@pytest.mark.parametrize("path", [path for path in MODULES if len(path.parts) > 1], ids=str)
def test_a_module_imports_from_its_own_folder_or_from_one_before_it(path: Path) -> None:
    folder = path.parts[0]
    allowed = FOLDERS[: FOLDERS.index(folder) + 1]
    for other in ours(path):
        assert other.split(".")[0] in allowed, f"{path} imports {other}"
        if folder == "adapters" and other.startswith("adapters."):
            stranger = other.split(".")[1] in ADAPTER_KINDS - {path.parts[1]}
            assert not stranger, f"{path} imports {other}: adapters of one kind must not import another kind"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] in PURE_FOLDERS], ids=str)
def test_the_pure_folders_read_no_clock_and_no_file(path: Path) -> None:
    outside = {name.partition(".")[0] for name in imports(path)} - {"slowrise"}
    assert outside <= PURE_IMPORTS, f"{path} imports {', '.join(sorted(outside - PURE_IMPORTS))}"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in IMPURE_CALLS, f"{path}:{node.lineno} calls {called}"
            local = called.endswith(".astimezone") and not node.args and not node.keywords
            assert not local, f"{path}:{node.lineno} asks for the machine's time zone"


def test_imports_have_no_cycle() -> None:
    graph = {name_of(path): set(ours(path)) for path in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' <- '.join(error.args[1])}")
