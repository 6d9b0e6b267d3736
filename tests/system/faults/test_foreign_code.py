"""Modules and programs that another user left in the current directory, as anybody can in /tmp, never run."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import slowrise
from slowrise.adapters.system.launcher import Launcher
from slowrise.adapters.system.paths import paths
from support.daemon_process import User, private_environ
from support.desktop_programs import PATIENCE, wait_until

LAZILY_IMPORTED = ("timeit", "sqlite3", "zoneinfo", "click", "rich", "matplotlib", "jinja2", "psutil", "platformdirs")
PROGRAMS = ("xdg-open", "gsettings", "systemctl", "systemd-run", "notify-send", "sh", "stand")


@pytest.fixture
def trap(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a directory with foreign modules and programs current. Whichever runs makes the file `caught`."""
    directory = private_home / "trap"
    directory.mkdir()
    for name in LAZILY_IMPORTED:
        (directory / f"{name}.py").write_text(f"open({os.fspath(directory / 'caught')!r}, 'a').write(__name__)\n")
    for name in PROGRAMS:
        (directory / name).write_text(f"#!/bin/sh\necho $0 >> '{directory}/caught'\n")
        (directory / name).chmod(0o755)
    monkeypatch.chdir(directory)
    return directory


def caught(trap: Path) -> str:
    return (trap / "caught").read_text() if (trap / "caught").exists() else ""


def test_the_report_of_a_button_runs_no_module_of_the_current_directory(
    trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "true")

    async def press() -> bool:
        launcher = Launcher(paths())
        launcher.open_report()
        assert launcher.making is not None
        return await launcher.making

    assert asyncio.run(press())
    assert caught(trap) == ""


@pytest.mark.parametrize("command", [["-m", "slowrise"], [str(Path(sys.executable).with_name("slowrise"))]])
def test_a_command_runs_no_module_of_the_current_directory(trap: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command, "summary"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert caught(trap) == ""


def test_each_child_of_ours_is_started_by_one_function() -> None:
    """`python -m` would search the current directory first."""
    sources = Path(slowrise.__file__).parent.rglob("*.py")
    found = [path.name for path in sources if re.search(r"sys\.executable,|\"-m\", \"slowrise\"", path.read_text())]
    assert found == ["programs.py"]


def test_a_relative_search_path_finds_no_program_of_the_current_directory(trap: Path) -> None:
    user = User(trap.parent, {**private_environ(), "PATH": f":.:{os.environ['PATH']}", "BROWSER": "true"})
    assert user.run("report", "--open").code == 0
    assert user.run("doctor").code == 0
    assert user.run("service", "status").code in (0, 1)
    assert caught(trap) == ""


def test_a_relative_command_of_the_user_is_sought_in_the_home_directory(user: User, trap: Path) -> None:
    own = user.home / "stand"
    own.write_text("#!/bin/sh\necho standing\nexec sleep 60\n")
    own.chmod(0o755)
    user.configure('[notifications]\nuse = "console"\n[standing_desk]\nsensor = "./stand"\n')
    with user.daemon() as daemon:
        wait_until(lambda: "DEBUG standing" in daemon.log_text(), "the posture")
    assert caught(trap) == ""
