"""The zone of the machine is changed while the program runs, as `timedatectl set-timezone` and desktops do it."""

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
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that says where we are."""
    place = tmp_path / "localtime"
    monkeypatch.setenv("TZ", f":{place}")
    yield place
    monkeypatch.undo()
    time.tzset()


def go(here: Path, zone: str) -> None:
    arriving = here.with_name("arriving")
    shutil.copyfile(ZONES / zone, arriving)
    arriving.replace(here)


@pytest.mark.skipif(not ZONES.exists(), reason="no zones are installed")
def test_who_travels_gets_labels_of_the_place_and_no_step_of_the_clock(here: Path) -> None:
    go(here, "Asia/Tokyo")
    clock = RealClock()
    stamper = Timestamper(clock.now())
    go(here, "Asia/Kathmandu")
    arrived = clock.now()
    assert stamper.step(arrived) is None
    label = stamper.label(arrived.boot)
    assert label.utcoffset() == timedelta(hours=5, minutes=45)
    assert abs(label - arrived.wall) < timedelta(seconds=1)
