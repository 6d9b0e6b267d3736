"""The six floors: a module imports from its own floor or from floors below, and floors 0 to 2 are pure.

Two adapters do not know each other: what `sources` and `signals` both need lies beside them on floor 4, or below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import slowrise

FLOORS = {
    # values: instants, intervals, thresholds, lengths in words; no opinions
    0: ("moment", "labels", "hours", "bout", "policy", "words", "locales"),
    # rules: pure, events in, decisions out
    1: (
        *("events", "activity", "silence", "verdict", "weighing", "leaning", "pieces", "judging", "sitting"),
        *("doubts", "record", "sitclock"),
        *("prompting", "due"),
        *("counting", "rules", "stamping", "guidance", "notices", "symptoms", "suggesting", "estimate", "pattern"),
        *("summary", "beside"),
    ),
    # text <-> values; no file is opened here
    2: (
        *("kinds", "settings", "config", "saying", "trace", "story", "inquiry", "replay"),
        *("dayrecord", "overview", "joining"),
    ),
    # ports, named for the need; and what is permitted to open a file for an adapter
    3: ("ports", "private", "bounded"),
    # adapters: each knows one thing outside. A package ends with a slash.
    4: (
        *(
            "clock",
            "clockset",
            "bus",
            "messages",
            "inotify",
            "shipped",
            "weights",
            "tongue",
            "sdnotify",
            "places",
            "instance",
        ),
        *("shares", "exporting", "report_opener"),
        *("sources/", "signals/", "notifiers/", "ledgers/", "views/"),
    ),
    # shell: the loop, the one place where things are built, the commands
    5: (
        *("timers", "follow", "watching", "showing", "speaking", "blindness", "sight", "remembering", "retelling"),
        *("days", "sharing", "publishing", "housekeeping"),
        *("daemon", "requests", "control", "control_server"),
        *("wiring", "reading", "service", "cli/", "__main__"),
    ),
}

PURE = {
    *("__future__", "abc", "bisect", "calendar", "collections", "contextlib", "csv", "dataclasses", "datetime"),
    *("difflib", "enum", "fractions", "functools", "heapq", "itertools", "json", "math", "operator", "re", "shlex"),
    *("statistics", "string", "textwrap", "tomllib", "types", "typing", "msgspec"),
}
"""What floors 0 to 2 may import: nothing in it reads a clock, a file or the zone of the machine, or waits."""

IMPURE_CALLS = {"open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
"""What is impure within these."""

SOURCE = Path(slowrise.__file__).parent
MODULES = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))


def place(module: str) -> tuple[int, str]:
    """The floor of a module such as `moment` or `sources.terminal`, and the name it stands under in FLOORS."""
    first, _, _ = module.partition(".")
    for floor, names in FLOORS.items():
        for name in names:
            if first == name.removesuffix("/"):
                return floor, name
    message = f"slowrise.{module} stands on no floor: put {first} into FLOORS in {Path(__file__).name}"
    raise AssertionError(message)


def name_of(path: Path) -> str:
    """`sources/terminal.py` as `sources.terminal`, `sources/__init__.py` as `sources`, the root as nothing."""
    return ".".join(part for part in path.with_suffix("").parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it; of ours also the submodules."""
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
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
    """The modules of slowrise that the file imports, without the leading `slowrise.`."""
    return (name.removeprefix("slowrise.") for name in imports(path) if name.startswith("slowrise."))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_from_its_own_floor_or_below(path: Path) -> None:
    module = name_of(path)
    if not module:
        assert not list(ours(path)), "the root package must cost nothing to import"
        return
    floor, family = place(module)
    for other in ours(path):
        other_floor, other_family = place(other)
        assert other_floor <= floor, f"{module} (floor {floor}) imports {other} (floor {other_floor})"
        stranger = floor == other_floor == 4 and other_family.endswith("/") and other_family != family
        assert not stranger, f"{module} imports {other}: an adapter does not know another kind of adapter"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_floors_0_to_2_are_pure(path: Path) -> None:
    if not name_of(path) or place(name_of(path))[0] > 2:
        return
    world = {name.partition(".")[0] for name in imports(path)} - {"slowrise"}
    assert world <= PURE, f"{path} imports {', '.join(sorted(world - PURE))}"
    for node in ast.walk(ast.parse((SOURCE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in IMPURE_CALLS, f"{path}:{node.lineno} calls {called}"
            local = called.endswith(".astimezone") and not node.args and not node.keywords
            assert not local, f"{path}:{node.lineno} asks for the machine's zone"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name_of(path): set(ours(path)) for path in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports run in a circle: {' <- '.join(error.args[1])}")
