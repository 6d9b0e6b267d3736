from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slowrise.adapters.input.choose import probe_all
from slowrise.adapters.input.wayland import WaylandIdle
from slowrise.ports.probe import Unavailable
from support.fake_compositor import FakeCompositor
from support.mock_bus import Sightings
from support.source_helpers import watched

NOTIFIER, KDE = "ext_idle_notifier_v1", "org_kde_kwin_idle"
GET_NOTIFICATION, GET_INPUT_NOTIFICATION = 1, 2
GET_IDLE_TIMEOUT = 0


@pytest.fixture
def place(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The socket on which every client expects the compositor."""
    place = private_home / "run/wayland-paper"
    monkeypatch.setenv("WAYLAND_DISPLAY", place.name)
    return place


@pytest.mark.parametrize(
    ("offers", "request_"),
    [
        ({NOTIFIER: 2, KDE: 1}, (NOTIFIER, GET_INPUT_NOTIFICATION)),
        ({NOTIFIER: 7}, (NOTIFIER, GET_INPUT_NOTIFICATION)),
        ({KDE: 1, NOTIFIER: 1}, (NOTIFIER, GET_NOTIFICATION)),
        ({KDE: 1}, (KDE, GET_IDLE_TIMEOUT)),
    ],
    ids=["past-inhibitors", "newer-than-we-know", "first-version", "kde"],
)
def test_uses_the_best_protocol_offered(place: Path, offers: dict[str, int], request_: tuple[str, int]) -> None:
    async def ask() -> None:
        async with watched(WaylandIdle(), Sightings()):
            pass

    with FakeCompositor(place, {"wl_seat": 5, **offers}) as compositor:
        asyncio.run(ask())
        assert [asked for asked in compositor.asked if asked[0] in offers][:2] == [request_, request_]


def test_idle_that_is_reported_again_tells_of_the_input_in_between(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask(compositor: FakeCompositor) -> Sightings:
        seen = Sightings()
        async with watched(WaylandIdle(resolution=2.0), seen):
            for _ in range(3):
                compositor.report_idle(2000)
            await seen.expect("active", "idle", "idle")
        return seen

    with FakeCompositor(place, {"wl_seat": 5, NOTIFIER: 1}) as compositor:
        active, idle, again = asyncio.run(ask(compositor))
    assert active.at == idle.since == pytest.approx(idle.at - 2.0)
    assert again.since == pytest.approx(again.at - 2.0)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_doctor_warns_where_inhibitors_hide_idle(place: Path) -> None:
    for version, hidden in ((1, True), (2, False)):
        with FakeCompositor(place, {"wl_seat": 5, NOTIFIER: version}):
            probe = next(each for each in asyncio.run(probe_all()) if each.name == "wayland_idle")
            assert probe.works
            assert ("video" in probe.reason, "version 2" in probe.reason) == (hidden, hidden)
        place.unlink()


@pytest.mark.parametrize(
    ("offers", "reason"),
    [({"wl_seat": 5}, "neither ext_idle_notifier_v1 nor org_kde_kwin_idle"), ({NOTIFIER: 1}, "no seat")],
    ids=["no-protocol", "no-seat"],
)
def test_reports_what_the_compositor_lacks(place: Path, offers: dict[str, int], reason: str) -> None:
    with FakeCompositor(place, offers), pytest.raises(Unavailable, match=reason) as refusal:
        asyncio.run(WaylandIdle().probe())
    assert refusal.value.fix


def test_does_not_wait_for_a_compositor_that_hangs(place: Path) -> None:
    with FakeCompositor(place, {}, silent=True), pytest.raises(Unavailable, match="hangs"):
        asyncio.run(WaylandIdle().probe())


def test_reports_a_missing_compositor(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="no compositor answers at WAYLAND_DISPLAY=wayland-paper"):
        asyncio.run(WaylandIdle().probe())
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with pytest.raises(Unavailable, match="XDG_RUNTIME_DIR is not set"):
        asyncio.run(WaylandIdle().probe())
    monkeypatch.delenv("WAYLAND_DISPLAY")
    with pytest.raises(Unavailable, match="WAYLAND_DISPLAY is not set"):
        asyncio.run(WaylandIdle().probe())
