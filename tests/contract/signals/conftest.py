"""Private buses for the tests of the signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.dbus_stage import Stage, staged
from support.desktop_programs import LiveIn


@pytest.fixture
def system(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A private system bus."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={private_home}/run/system-bus")
    with staged("system", private_home) as stage:
        yield stage


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A private session bus."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={private_home}/run/session-bus")
    with staged("session", private_home) as stage:
        yield stage


@pytest.fixture
def live_in(monkeypatch: pytest.MonkeyPatch) -> LiveIn:
    """Return a function that moves this process into the session of an environment."""

    def live_in(environ: Mapping[str, str]) -> None:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

    return live_in
