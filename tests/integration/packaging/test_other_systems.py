"""macOS and Windows, as far as they can be pretended: what would serve there is chosen, what is missing is said.

Libraries are loaded before, for they look for the real system. Nothing here says that it works there.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from support import PROJECT

PRETENDS = """
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
    here = socket.socketpair
    socket.socketpair = lambda *_: here(1)  # the loop's own pipe; Windows makes it of another kind
    sys.modules.update(fcntl=None, pwd=None, termios=None)
"""
COMMAND = PRETENDS + "sys.argv = ['slowrise', *sys.argv[2:]]\nfrom slowrise.cli.main import main\nmain()"
CHOICE = (
    PRETENDS
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


def pretended(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a process says that takes its system for another."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_what_would_serve_there_is_chosen(private_home: Path, system: str) -> None:
    sources, notifiers, signals = pretended(CHOICE, system).stdout.splitlines()
    assert sources == "pynput"
    assert notifiers.split() == ["freedesktop", "plyer", "console"]
    assert signals.startswith("0 of "), "they all are a desktop's on Linux"


def test_macos_says_what_it_lacks(private_home: Path) -> None:
    told = pretended(COMMAND, "darwin", "run")
    assert told.returncode == 4
    assert "pip install pyobjc-framework-Quartz" in told.stderr
    told = pretended(COMMAND, "darwin", "service", "install")
    assert told.returncode == 1
    assert "login items" in told.stderr
    told = pretended(COMMAND, "darwin", "doctor")
    assert "pip install pyobjus" in told.stdout
    assert pretended(COMMAND, "darwin", "status").returncode == 3
    assert not [each for each in private_home.iterdir() if each.name != "run"], "nothing was written"


def test_windows_says_what_it_lacks(private_home: Path) -> None:
    for command, code, words in (
        (["run"], 1, "On Windows nothing keeps the record private yet"),
        (["service", "install"], 1, "login items"),
        (["status"], 3, "On Windows the daemon cannot run yet"),
        (["standing"], 3, "On Windows the daemon cannot run yet"),
        (["doctor"], 0, "pynput: works"),
        (["summary", "--json"], 0, "sitting_seconds"),
    ):
        told = pretended(COMMAND, "win32", *command)
        assert told.returncode == code, (command, told)
        assert words in told.stdout + told.stderr
    assert not [each for each in private_home.iterdir() if each.name != "run"], "nothing was written"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_the_rules_need_no_system(private_home: Path, system: str) -> None:
    asked = (["red-flags"], ["stand-up"], ["config", "show", "--default"])
    for command in (["replay", str(PROJECT / "config/demo-day.jsonl")], *asked):
        told = pretended(COMMAND, system, *command)
        assert told.returncode == 0, (command, told)
        assert told.stdout
