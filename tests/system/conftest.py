"""One desktop for all these tests, and a user with a new home for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_session import DesktopSession, desktop_session


@pytest.fixture(scope="session")
def shared_desk() -> Iterator[DesktopSession]:
    with desktop_session() as desk:
        yield desk


@pytest.fixture
def desk(shared_desk: DesktopSession) -> DesktopSession:
    """Return the desktop, unlocked and awake, with an empty log of typing."""
    shared_desk.typed.clear()
    return shared_desk


@pytest.fixture
def user(desk: DesktopSession, private_home: Path) -> User:
    return User(private_home, desk.environ)
