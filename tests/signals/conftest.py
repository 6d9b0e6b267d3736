"""The buses of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signals.stage import Stage, staged


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
