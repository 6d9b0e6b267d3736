"""Private buses for the tests of the signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.desktop_programs import EnterSession
from support.mock_bus import MockBus, mock_bus


@pytest.fixture
def system(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockBus]:
    """A private system bus."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={private_home}/run/system-bus")
    with mock_bus("system", private_home) as bus:
        yield bus


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockBus]:
    """A private session bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={private_home}/run/session-bus")
    with mock_bus("session", private_home) as bus:
        yield bus


@pytest.fixture
def enter_session(monkeypatch: pytest.MonkeyPatch) -> EnterSession:
    """Return a function that moves this process into the session of an environment."""

    def enter_session(environ: Mapping[str, str]) -> None:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

    return enter_session
