"""The documents that are generated from the code are up to date and readable."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from slowrise.cli.main import COMMANDS
from support import desktops_page, documents

STALE = "`make documents` updates it"


def test_the_manual_page_has_the_current_help_texts() -> None:
    # A new process, because click caches the help option of a command with the settings of its first use.
    program = [sys.executable, "-c", "from support import documents; print(documents.manual(), end='')"]
    tests = Path(documents.__file__).parents[1]
    done = subprocess.run(program, cwd=tests, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=True)
    assert documents.MANUAL.read_text(encoding="utf-8") == done.stdout, STALE


def test_the_page_of_settings_is_current() -> None:
    assert documents.SETTINGS_PAGE.read_text(encoding="utf-8") == documents.settings_document(), STALE


def test_the_page_of_desktops_is_current() -> None:
    assert desktops_page.PAGE.read_text(encoding="utf-8") == desktops_page.page(), STALE


def test_each_marker_of_a_test_names_a_desktop_and_what_was_seen_of_it() -> None:
    noted = tomllib.loads(desktops_page.BY_HAND.read_text(encoding="utf-8"))
    by_hand = {(each["desktop"], what) for each in noted.get("by_hand", []) for what in each["what"]}
    seen = {(each.desktop, each.what) for each in desktops_page.sights()}
    assert seen
    assert {desktop for desktop, _ in seen | by_hand} <= desktops_page.DESKTOPS.keys()
    assert {what for _, what in seen | by_hand} <= desktops_page.WHAT.keys()


def test_the_page_of_desktops_knows_every_marker_that_pytest_sees(request: pytest.FixtureRequest) -> None:
    known = {(each.test, each.desktop, each.what) for each in desktops_page.sights()}
    marked = ((item.path, marker.args) for item in request.session.items for marker in item.iter_markers("seen"))
    assert {(path, desktop, what) for path, (desktop, *shown) in marked for what in shown} <= known


SHOWN = """
pytestmark = pytest.mark.real("sway")
@pytest.mark.since("trixie")
@pytest.mark.seen("sway", "lock", "tray")
def test_one(): ...
PLACES = [pytest.param(1, marks=[pytest.mark.seen("labwc", "idle"), pytest.mark.since("forky")])]
@pytest.mark.until("bookworm")
@pytest.mark.seen("Plasma", "tray")
def test_two(): ...
"""


def test_a_marker_counts_for_the_releases_that_its_test_is_for(tmp_path: Path) -> None:
    (tmp_path / "test_shown.py").write_text(SHOWN)
    found = {(each.desktop, each.what): each.releases for each in desktops_page.sights(tmp_path)}
    assert found == {
        ("sway", "lock"): ["trixie", "forky"],
        ("sway", "tray"): ["trixie", "forky"],
        ("labwc", "idle"): ["forky"],
        ("Plasma", "tray"): ["bookworm"],
    }


@pytest.mark.real("groff")
def test_groff_formats_the_manual_page_without_a_warning() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", "-P-c", str(documents.MANUAL)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not shown.stderr
    text = re.sub(".\b", "", shown.stdout)  # groff prints a bold letter twice in one place
    text = re.sub("(?<=\\S) +", " ", text)
    for heading in (*(f"slowrise {name}" for name in COMMANDS), "EXIT STATUS", "FILES"):
        assert re.search(rf"^ *{heading}\b", text, re.MULTILINE), heading
