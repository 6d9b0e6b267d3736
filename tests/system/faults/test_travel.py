"""The time zone of the machine changes while the program runs, as with `timedatectl set-timezone`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from slowrise.adapters.system.clock import RealClock
from slowrise.core.model.timestamps import Timestamper

ZONES = Path("/usr/share/zoneinfo")


@pytest.fixture
def localtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the file that holds the time zone."""
    file = tmp_path / "localtime"
    monkeypatch.setenv("TZ", f":{file}")
    yield file
    monkeypatch.undo()
    time.tzset()


def set_zone(localtime: Path, zone: str) -> None:
    new = localtime.with_name("new")
    shutil.copyfile(ZONES / zone, new)
    new.replace(localtime)


@pytest.mark.skipif(not ZONES.exists(), reason="no zones are installed")
def test_a_new_zone_changes_labels_and_is_no_step_of_the_clock(localtime: Path) -> None:
    set_zone(localtime, "Asia/Tokyo")
    clock = RealClock()
    stamper = Timestamper(clock.now())
    set_zone(localtime, "Asia/Kathmandu")
    arrived = clock.now()
    assert stamper.step(arrived) is None
    label = stamper.label(arrived.boot)
    assert label.utcoffset() == timedelta(hours=5, minutes=45)
    assert abs(label - arrived.wall) < timedelta(seconds=1)
