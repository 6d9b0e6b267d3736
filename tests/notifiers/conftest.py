"""A private bus and an X server for the whole run of these tests; a server of notices for each test that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from real import desktop


@pytest.fixture(scope="session")
def bus() -> Iterator[desktop.Bus]:
    with desktop.session_bus() as bus:
        yield bus


@pytest.fixture(scope="session")
def screen(bus: desktop.Bus) -> Iterator[desktop.Desktop]:
    with desktop.x_server(bus) as screen:
        yield screen


@pytest.fixture
def dunst(bus: desktop.Bus, screen: desktop.Desktop) -> Iterator[desktop.Dunst]:
    with desktop.dunst(bus, screen) as dunst:
        yield dunst


@pytest.fixture
def notifyd(bus: desktop.Bus, screen: desktop.Desktop) -> Iterator[desktop.Xfce4Notifyd]:
    with desktop.xfce4_notifyd(bus, screen) as notifyd:
        yield notifyd
