"""The time zone of the computer and its countries, from the files of the system that runs the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from slowrise.adapters.system import time_zone
from slowrise.adapters.system.time_zone import local_zone
from slowrise.messages.emergency import Zone

ZONES = Path("/usr/share/zoneinfo")

pytestmark = pytest.mark.skipif(not (ZONES / "zone.tab").exists(), reason="this system has no table of time zones")


@pytest.mark.parametrize(
    ("name", "country"),
    [("Asia/Seoul", "KR"), (":Asia/Seoul", "KR"), (f"{ZONES}/Asia/Seoul", "KR"), ("Europe/Oslo", "NO"), ("ROK", "KR")],
)
def test_the_variable_names_the_zone(name: str, country: str) -> None:
    assert local_zone({"TZ": name}).countries == (country,)


@pytest.mark.parametrize("name", ["Etc/UTC", "Etc/GMT+5", "no/such", "../../etc/passwd", "KST-9"])
def test_a_zone_of_no_country_is_none(name: str) -> None:
    assert local_zone({"TZ": name}) == Zone()


@pytest.mark.parametrize("link", ["/usr/share/zoneinfo/Asia/Seoul", "../usr/share/zoneinfo/Asia/Seoul"])
def test_else_the_link_of_the_system_does(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(time_zone, "LOCALTIME", tmp_path / "etc" / "localtime")
    monkeypatch.setattr(time_zone, "DIRECTORIES", (str(ZONES), str(tmp_path / "usr/share/zoneinfo")))
    time_zone.LOCALTIME.symlink_to(link)
    assert local_zone({}).countries == ("KR",)


def test_a_copied_file_has_its_name_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_zone, "LOCALTIME", tmp_path / "localtime")
    monkeypatch.setattr(time_zone, "DEBIAN_NAME", tmp_path / "timezone")
    time_zone.LOCALTIME.write_bytes((ZONES / "Asia/Seoul").read_bytes())
    assert local_zone({}) == Zone()
    time_zone.DEBIAN_NAME.write_text("Asia/Seoul\n")
    assert local_zone({}).countries == ("KR",)


def test_without_a_table_no_country_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(time_zone, "DIRECTORIES", (str(tmp_path),))
    time_zone._zone.cache_clear()
    assert local_zone({"TZ": "Asia/Seoul"}) == Zone()
    time_zone._zone.cache_clear()
