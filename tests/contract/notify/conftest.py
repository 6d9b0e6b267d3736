"""A private bus and an X server for all these tests, and a notification service for each test that needs one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from support import desktop_programs as desktop
from support.desktop_programs import LiveIn


@pytest.fixture(scope="session")
def private_bus() -> Iterator[desktop.Bus]:
    with desktop.session_bus() as bus:
        yield bus


@pytest.fixture(scope="session")
def screen(private_bus: desktop.Bus) -> Iterator[desktop.Desktop]:
    with desktop.x_server(private_bus) as screen:
        yield screen


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> LiveIn:
    """Move the test process into the session of the environment."""

    def live_in(environ: Mapping[str, str]) -> None:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY"):
            if name in environ:
                monkeypatch.setenv(name, environ[name])
            else:
                monkeypatch.delenv(name, raising=False)

    return live_in


@pytest.fixture
def bus(private_bus: desktop.Bus, live_in: LiveIn) -> desktop.Bus:
    live_in(private_bus.environ)
    return private_bus


@pytest.fixture
def dunst(bus: desktop.Bus, screen: desktop.Desktop, live_in: LiveIn) -> Iterator[desktop.Dunst]:
    live_in(screen.environ)
    with desktop.dunst(bus, screen) as dunst:
        yield dunst


@pytest.fixture
def notifyd(bus: desktop.Bus, screen: desktop.Desktop, live_in: LiveIn) -> Iterator[desktop.Xfce4Notifyd]:
    live_in(screen.environ)
    with desktop.xfce4_notifyd(bus, screen) as notifyd:
        yield notifyd
