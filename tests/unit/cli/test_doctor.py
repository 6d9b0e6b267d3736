"""The text of the doctor about the cost of the daemon, and its last line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from slowrise.cli.commands.doctor import cpu_text, extra
from slowrise.cli.common import DEBIAN_PACKAGES
from slowrise.cli.main import commands
from slowrise.cli.views.verdict import verdict
from slowrise.daemon.status import UNREAD, UNSEEN, WAITING, Status
from support import PROJECT

NAMES = {
    "sources": ("x11_idle", "terminal"),
    "signals": ("logind", "screensaver", "locker", "microphone", "camera"),
    "notifiers": ("freedesktop", "plyer", "console"),
    "tray": ("icon (auto)", "icon (always)"),
    "extras": ("window", "report"),
}
WORKS = "Everything slowrise needs works here."
NOTHING_HELD: dict[str, Any] = dict.fromkeys(
    ("next_prompt", "next_kind", "why_waiting", "showing", "held_until", "paused_until", "today")
)
STATUS = msgspec.convert(
    {
        **NOTHING_HELD,
        "state": "sitting",
        "since": "2026-03-02T09:00:00+01:00",
        "sure": 1.0,
        "seconds": 60,
        "held": [],
        "profile": "standard",
        "source": "x11_idle",
        "unseen_seconds": 0,
        "notifier": "freedesktop",
        "notes": [],
    },
    Status,
)


@pytest.mark.parametrize(
    ("seconds", "age", "expected"),
    [
        (0.61, 40.0, "0.61 s in 40 s"),
        (0.61, 3599.0, "0.61 s in 1 h"),
        (1.5, 3 * 3600.0, "1.50 s in 3 h, 0.50 s an hour"),
    ],
)
def test_an_hourly_cost_is_shown_only_after_an_hour(seconds: float, age: float, expected: str) -> None:
    assert cpu_text(seconds, age) == expected


def verdict_on(*failing: str, status: Status | None = STATUS, is_running: bool = True, mistake: bool = False) -> str:
    """Return the last line where these adapters fail."""
    sections = {
        section: [{"name": name, "works": name not in failing, "reason": f"no {name} here"} for name in names]
        for section, names in NAMES.items()
    }
    line = verdict(sections, status, is_running=is_running, mistake=mistake)
    assert "\n" not in line
    return line


def test_everything_works() -> None:
    assert verdict_on() == WORKS
    assert verdict_on("camera", "plyer", "terminal", "screensaver") == WORKS
    assert (
        verdict_on(status=None, is_running=False)
        == f"{WORKS} It is not running now. To start it: slowrise service install"
    )


def test_what_does_not_work_is_named_with_its_reason() -> None:
    assert verdict_on("icon (auto)") == WORKS
    assert verdict_on("icon (always)") == "It works, but not the icon in the panel: no icon (always) here."
    assert verdict_on("freedesktop") == "It works, but not the buttons of notices: no freedesktop here."
    assert verdict_on("freedesktop", "plyer") == "It works, but not notices on the desktop: no freedesktop here."
    assert verdict_on("window", "report") == "It works, but not the window: no window here; the report: no report here."
    stale = verdict_on(status=msgspec.structs.replace(STATUS, unseen_seconds=2 * 3600))
    assert stale == "It works, but not seeing your keyboard and mouse: nothing for 2 h, with x11_idle."
    failing = msgspec.structs.replace(STATUS, notes=[UNREAD, UNSEEN, WAITING, "record: the disk is full"])
    assert verdict_on(status=failing) == "It works, but not all of it: record: the disk is full."


def test_what_makes_it_useless_comes_before_the_rest() -> None:
    assert verdict_on("x11_idle", "terminal", "window") == "It works, but not the window: no window here.", "it watches"
    for status in (None, msgspec.structs.replace(STATUS, source=None)):
        blind = verdict_on("x11_idle", "terminal", "window", status=status, is_running=status is not None)
        assert blind.startswith("slowrise cannot see when you use this computer")
    late = verdict_on(status=msgspec.structs.replace(STATUS, source=None))
    assert late.startswith("slowrise sees no input now, although a source above works")
    assert verdict_on(status=None).startswith("slowrise cannot answer")
    assert verdict_on(mistake=True).endswith("To see it: slowrise config check")


def test_a_missing_library_is_named_with_the_command_that_installs_it() -> None:
    assert extra("window", ["json"])["works"]
    row = extra("report", ["json", "no_such_library", "nor_this"])
    assert (row["works"], row["reason"]) == (False, "no_such_library and nor_this are not installed")
    assert row["fix"].endswith("-m pip install 'slowrise[report]'")


def test_beside_the_debian_package_it_is_a_debian_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slowrise.adapters.system.autostart.packaged", lambda: True)
    control = (PROJECT / "debian/control").read_text()
    for name in DEBIAN_PACKAGES:
        fix = extra(name, ["no_such_library"])["fix"]
        assert fix.startswith("sudo apt install ")
        assert all(package in control for package in fix.split()[3:])


def test_the_name_of_a_file_that_another_program_left_is_one_line_that_no_terminal_obeys(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nnever stored:\x9b").touch()
    output = CliRunner().invoke(commands, ["doctor", "--privacy", "--data-dir", str(tmp_path)], color=True).output
    assert f"  {tmp_path}/a?[31m?never stored:?: 0 bytes\n" in output


def test_a_path_with_control_characters_is_escaped_in_json(private_home: Path) -> None:
    data = private_home / "a\x9b31m\u202eb"
    done = CliRunner().invoke(commands, ["doctor", "--json", "--data-dir", str(data)], catch_exceptions=False)
    assert msgspec.json.decode(done.stdout)["places"]["record"].startswith(f"{data}/")
    assert "\\u009b31m\\u202eb" in done.stdout
