"""docs/desktops.md: what was seen to work on which desktop and release, by which test or by hand.

A test says what it shows with `@pytest.mark.seen(desktop, what, ...)`. What was seen by hand is in
`tests/data/desktops.toml`, with the desktops' versions.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from support import DATA, PROJECT, TESTS
from support.programs import RELEASES, is_since

PAGE = PROJECT / "docs/desktops.md"
BY_HAND = DATA / "desktops.toml"

DEBIAN = dict(zip(RELEASES, ("12", "13", "14"), strict=True))
BY_TESTS = ("bookworm", "trixie")
DESKTOPS = {
    "GNOME": "GNOME",
    "Plasma": "Plasma",
    "sway": "sway",
    "labwc": "labwc",
    "Xfce": "Xfce",
    "X11": "X11 alone, as with i3",
    "terminal": "bare terminal",
    "any": "no desktop's part",
}
WHAT = {
    "input": "keyboard and mouse are seen to be used",
    "idle": "their silence is seen, without polling where the desktop allows",
    "dated": "the beginning of a silence is known, within a second",
    "notice": "a reminder is shown, replaced by the next, and withdrawn",
    "buttons": "its buttons are on the screen and answer",
    "stays": "one that should stay, stays until it is answered",
    "do-not-disturb": "the desktop's own switch keeps reminders waiting",
    "lock": "a locked screen counts as away",
    "microphone": "a call counts as a call, and reminders wait for its end",
    "inhibitor": "a film or a talk that keeps the screen on is known",
    "tray": "the icon is in the panel, and its menu works",
    "start": "it starts with the session",
    "stop": "it ends with the session",
}
HEAD = """\
<!-- `make documents` writes this page from the tests' markers `seen` and tests/data/desktops.toml. -->

# Desktops

What has been seen to work, and where. A number is a release of Debian, and links to the test that shows it there: on 12
and 13 with every change (`make test`, `make test-desktops`). *In italics* it was seen by hand: the same test was run
there, or a note below says how. An empty cell does not mean *broken*: nobody has looked yet.

"""
TAIL = """\
macOS and Windows: untried; only the choice of their parts is tested. Other Wayland compositors work as far as they
speak ext-idle-notify-v1 or KDE's idle protocol: `slowrise doctor` says what it found.
"""


class Sight(NamedTuple):
    """A test shows one thing on one desktop, on these releases."""

    desktop: str
    what: str
    test: Path
    name: str
    releases: Sequence[str]


def sights(root: Path = TESTS) -> list[Sight]:
    """Return what the markers in all test files say, in the order of the files."""
    return [sight for path in sorted(root.rglob("test_*.py")) for sight in _sights_in(path)]


def _sights_in(path: Path) -> Iterator[Sight]:
    source = path.read_text(encoding="utf-8")
    if "mark.seen(" not in source:
        return
    module = ast.parse(source)
    common = [node for node in module.body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)]
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            name, marks = node.name, list[ast.AST](node.decorator_list)
        elif isinstance(node, ast.Call):
            name, marks = "", [keyword.value for keyword in node.keywords if keyword.arg == "marks"]
        else:
            continue
        ((since,), *_) = [*_marks("since", [*marks, *common]), RELEASES[:1]]
        ((until,), *_) = [*_marks("until", [*marks, *common]), RELEASES[-1:]]
        releases = [each for each in RELEASES if is_since(since, each) and is_since(each, until)]
        for desktop, *shown in _marks("seen", marks):
            yield from (Sight(desktop, what, path, name, releases) for what in shown)


def _marks(marker: str, nodes: Sequence[ast.AST]) -> list[Sequence[str]]:
    """Return the arguments of each `pytest.mark.MARKER(...)` in the syntax."""
    calls = [each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Call)]
    return [
        [ast.literal_eval(argument) for argument in call.args]
        for call in calls
        if ast.unparse(call.func) == f"pytest.mark.{marker}"
    ]


def page() -> str:
    """Return the page."""
    noted = tomllib.loads(BY_HAND.read_text(encoding="utf-8"))
    hands, runs, seen = noted.get("by_hand", []), noted["runs"], sights()
    rows = [["", *DESKTOPS.values()], ["---"] * (len(DESKTOPS) + 1)]
    for what in WHAT:
        shown = {desktop: [each for each in seen if each[:2] == (desktop, what)] for desktop in DESKTOPS}
        noticed = {
            desktop: [each["release"] for each in hands if each["desktop"] == desktop and what in each["what"]]
            for desktop in DESKTOPS
        }
        rows.append([what, *(_cell(shown[desktop], noticed[desktop], runs) for desktop in DESKTOPS)])
    versions = [["", *(f"Debian {number}" for number in DEBIAN.values())], ["---"] * (len(DEBIAN) + 1)]
    versions += [[name, *each] for name, each in noted["versions"].items()]
    parts = [HEAD, _table(rows), "\n## What each row means\n\n"]
    parts += [f"- **{what}**: {meaning}\n" for what, meaning in WHAT.items()]
    parts += ["\n## The versions\n\n", _table(versions), "\n## By hand\n\n"]
    parts += [f"- {_note(each)}\n" for each in hands]
    for name, run in runs.items():
        parts.append(f"- Debian {DEBIAN[name]}, {run['when']}: all tests of desktops. {run['how']}\n")
    parts += ["\n## Not tried\n\n", TAIL, "\n"]
    tests = sorted({each.test for each in seen})
    return "".join([*parts, *(f"[{_key(test)}]: ../{test.relative_to(PROJECT)}\n" for test in tests)])


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _note(hand: dict[str, Any]) -> str:
    where = f"Debian {DEBIAN[hand['release']]}, {DESKTOPS[hand['desktop']]}"
    return f"{where}, {hand['when']}: {', '.join(hand['what'])}. {hand['how']}"


def _key(test: Path) -> str:
    return test.stem.removeprefix("test_")


def _cell(shown: Sequence[Sight], by_hand: Sequence[str], runs: dict[str, Any]) -> str:
    """Return the releases on which one thing was seen on one desktop, each with its first test."""
    cells = []
    for release, number in DEBIAN.items():
        works = [each for each in shown if release in each.releases]
        if release not in BY_TESTS:
            works = [each for each in works if release in runs and each.name not in runs[release]["broken"]]
        text = number if works and release in BY_TESTS else f"*{number}*"
        if works:
            cells.append(f"[{text}][{_key(works[0].test)}]")
        elif release in by_hand:
            cells.append(text)
    return " ".join(cells)
