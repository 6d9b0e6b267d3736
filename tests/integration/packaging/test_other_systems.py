"""Simulated macOS and Windows: the program chooses sources and notifiers that exist there, and reports missing parts.

The script imports libraries first, because they detect the real system. These tests do not prove that it works there.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from support import PROJECT

SIMULATE = """
import sys
import asyncio, ctypes, logging, multiprocessing, platform, shutil
import socket, sqlite3, subprocess, sysconfig, uuid, zoneinfo
import apscheduler.schedulers.asyncio, click.testing, msgspec, platformdirs, plyer, psutil, tzlocal
sysconfig.get_config_vars()
system = sys.argv[1]
sys.platform = system
if system == "win32":
    import os
    for name in ("geteuid", "getuid", "getgid", "fork"):
        delattr(os, name)
    del socket.AF_UNIX
    real = socket.socketpair
    socket.socketpair = lambda *_: real(1)  # for the event loop, which uses another kind on Windows
    sys.modules.update(fcntl=None, pwd=None, termios=None)
"""
COMMAND = SIMULATE + "sys.argv = ['slowrise', *sys.argv[2:]]\nfrom slowrise.cli.main import main\nmain()"
CHOICE = (
    SIMULATE
    + """
from slowrise.adapters.notify import choose as notifiers
from slowrise.adapters.signals import choose as signals
from slowrise.adapters.input import choose as sources
print(*(probe.name for probe in asyncio.run(sources.probe_all())))
print(*(probe.name for probe in asyncio.run(notifiers.probe_all())))
probes = asyncio.run(signals.probe_all())
print(sum(probe.works for probe in probes), "of", len(probes))
"""
)


def simulated(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script. Its first argument is the system to simulate."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_the_sources_and_notifiers_of_the_system_are_chosen(private_home: Path, system: str) -> None:
    sources, notifiers, signals = simulated(CHOICE, system).stdout.splitlines()
    assert sources == "pynput"
    assert notifiers.split() == ["freedesktop", "plyer", "console"]
    assert signals.startswith("0 of "), "all signals come from a Linux desktop"


def test_on_macos_missing_parts_are_reported(private_home: Path) -> None:
    done = simulated(COMMAND, "darwin", "run")
    assert done.returncode == 4
    assert "pip install pyobjc-framework-Quartz" in done.stderr
    done = simulated(COMMAND, "darwin", "service", "install")
    assert done.returncode == 1
    assert "login items" in done.stderr
    done = simulated(COMMAND, "darwin", "doctor")
    assert "pip install pyobjus" in done.stdout
    assert simulated(COMMAND, "darwin", "status").returncode == 3
    assert not [each for each in private_home.iterdir() if each.name != "run"], "it wrote files"


def test_on_windows_missing_parts_are_reported(private_home: Path) -> None:
    for command, code, words in (
        (["run"], 1, "slowrise cannot run on Windows yet"),
        (["service", "install"], 1, "login items"),
        (["status"], 3, "On Windows slowrise cannot run yet"),
        (["standing"], 3, "On Windows slowrise cannot run yet"),
        (["doctor"], 0, "pynput: works"),
        (["summary", "--json"], 0, "sitting_seconds"),
    ):
        done = simulated(COMMAND, "win32", *command)
        assert done.returncode == code, (command, done)
        assert words in done.stdout + done.stderr
    assert not [each for each in private_home.iterdir() if each.name != "run"], "it wrote files"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_commands_without_adapters_work_on_every_system(private_home: Path, system: str) -> None:
    texts = (["red-flags"], ["stand-up"], ["config", "show", "--default"])
    for command in (["replay", str(PROJECT / "config/demo-day.jsonl")], *texts):
        done = simulated(COMMAND, system, *command)
        assert done.returncode == 0, (command, done)
        assert done.stdout
