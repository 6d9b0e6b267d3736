"""The security score of the unit, computed by systemd."""

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
    """Return the analysis of the unit by systemd."""
    file = directory / "slowrise.service"
    file.write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "security", "--user", "--offline=true", "--no-pager", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(directory)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def exposure(unit: str, directory: Path) -> float:
    """Return the exposure, from 0 (closed) to 10 (open)."""
    (found,) = re.findall(r"Overall exposure level for slowrise.service: ([0-9.]+)", analyzed(unit, directory))
    return float(found)


def test_the_score_is_no_worse_than_the_comment_in_the_unit(private_home: Path) -> None:
    (named,) = re.findall(r"gives ([0-9.]+) of 10", text("systemd/slowrise.service"))
    unit = autostart.unit(Path("/usr/bin/slowrise"), private_home / "data")
    assert exposure(unit, private_home) <= float(named)
    assert exposure(BARE, private_home) > 9, "the score means little if a bare unit has a good one"


def test_the_unit_explains_every_missing_setting(private_home: Path) -> None:
    unit = autostart.unit(Path("/usr/bin/slowrise"), private_home / "data")
    missing = re.findall(r"^✗ (\S+)", analyzed(unit, private_home), re.MULTILINE)
    assert "PrivateTmp=" in missing
    _, _, reasons = unit.partition("# Missing settings that systemd-analyze counts:")
    for settings in missing:
        name = re.split(r"=|/", settings)[0]
        assert name in reasons or f"\n{name}=" in unit, settings


def test_every_line_of_the_hardening_has_a_comment() -> None:
    """A comment is above its line, or above at most five lines."""
    lines_since_comment = 0
    hardening = text("systemd/slowrise.service").partition("# Hardening")[2].partition("[Install]")[0]
    for line in f"#{hardening}".splitlines():
        lines_since_comment = 0 if line.startswith("#") else lines_since_comment + bool(line)
        assert lines_since_comment <= 5, line
