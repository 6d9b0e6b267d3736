"""A private bus and an X server for all these tests, and a notification service for each test that needs one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from support import desktop_programs as desktop
from support.desktop_programs import EnterSession


@pytest.fixture(scope="session")
def private_bus() -> Iterator[desktop.Bus]:
    with desktop.session_bus() as bus:
        yield bus


@pytest.fixture(scope="session")
def screen(private_bus: desktop.Bus) -> Iterator[desktop.XDisplay]:
    with desktop.x_server(private_bus) as screen:
        yield screen


@pytest.fixture
def enter_session(monkeypatch: pytest.MonkeyPatch) -> EnterSession:
    """Move the test process into the session of the environment."""

    def enter_session(environ: Mapping[str, str]) -> None:
        for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY"):
            if name in environ:
                monkeypatch.setenv(name, environ[name])
            else:
                monkeypatch.delenv(name, raising=False)

    return enter_session


@pytest.fixture
def bus(private_bus: desktop.Bus, enter_session: EnterSession) -> desktop.Bus:
    enter_session(private_bus.environ)
    return private_bus


@pytest.fixture
def dunst(bus: desktop.Bus, screen: desktop.XDisplay, enter_session: EnterSession) -> Iterator[desktop.Dunst]:
    enter_session(screen.environ)
    with desktop.dunst(bus, screen) as dunst:
        yield dunst


@pytest.fixture
def notifyd(bus: desktop.Bus, screen: desktop.XDisplay, enter_session: EnterSession) -> Iterator[desktop.Xfce4Notifyd]:
    enter_session(screen.environ)
    with desktop.xfce4_notifyd(bus, screen) as notifyd:
        yield notifyd
