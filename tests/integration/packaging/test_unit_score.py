"""How much of its rights the unit gives up, as systemd itself counts it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from slowrise.adapters.system import autostart
from slowrise.adapters.system.resources import text

pytestmark = pytest.mark.real("systemd-analyze")

BARE = "[Service]\nExecStart=/bin/true\n"


def analyzed(unit: str, directory: Path) -> str:
    """What systemd says of the unit."""
    file = directory / "slowrise.service"
    file.write_text(unit)
    told = subprocess.run(
        ["systemd-analyze", "security", "--user", "--offline=true", "--no-pager", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(directory)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return told.stdout


def exposure(unit: str, directory: Path) -> float:
    """From 0 (shut away) to 10 (open)."""
    (found,) = re.findall(r"Overall exposure level for slowrise.service: ([0-9.]+)", analyzed(unit, directory))
    return float(found)


def test_the_score_is_no_worse_than_the_unit_says(private_home: Path) -> None:
    (named,) = re.findall(r"gives ([0-9.]+) of 10", text("systemd/slowrise.service"))
    unit = autostart.unit(Path("/usr/bin/slowrise"), private_home / "data")
    assert exposure(unit, private_home) <= float(named)
    assert exposure(BARE, private_home) > 9, "else the number above would say little"


def test_what_the_unit_keeps_is_named_in_it_with_the_reason(private_home: Path) -> None:
    unit = autostart.unit(Path("/usr/bin/slowrise"), private_home / "data")
    kept = re.findall(r"^✗ (\S+)", analyzed(unit, private_home), re.MULTILINE)
    assert "PrivateTmp=" in kept
    _, _, reasons = unit.partition("# What systemd-analyze counts and is not here:")
    for settings in kept:
        name = re.split(r"=|/", settings)[0]
        assert name in reasons or f"\n{name}=" in unit, settings


def test_every_line_of_the_hardening_comes_with_its_reason() -> None:
    """A reason stands above its line, or above the few that it holds for."""
    under_one = 0
    hardening = text("systemd/slowrise.service").partition("# Hardening")[2].partition("[Install]")[0]
    for line in f"#{hardening}".splitlines():
        under_one = 0 if line.startswith("#") else under_one + bool(line)
        assert under_one <= 5, line
