"""A daemon without a unit or a terminal ends with the display that it has watched."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slowrise.daemon.session import GONE, Session


@contextmanager
def compositor(home: Path) -> Iterator[None]:
    """Listen at `wayland-1`."""
    path = home / "run" / "wayland-1"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield
    path.unlink()


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
    return Time()


def test_it_has_ended_once_the_display_is_gone_for_long(private_home: Path, time: Time) -> None:
    session = Session(time)
    with compositor(private_home):
        assert not session.has_ended(sees_display=True)
    assert not session.has_ended(sees_display=False)
    time.seconds += GONE - 1
    assert not session.has_ended(sees_display=False)
    time.seconds += 2
    assert session.has_ended(sees_display=False)


def test_a_compositor_that_restarts_is_the_same_session(private_home: Path, time: Time) -> None:
    session = Session(time)
    with compositor(private_home):
        session.has_ended(sees_display=True)
    session.has_ended(sees_display=False)
    time.seconds += GONE + 1
    with compositor(private_home):
        assert not session.has_ended(sees_display=False)
    assert not session.has_ended(sees_display=False)


def test_a_display_that_has_never_been_there_is_waited_for(private_home: Path, time: Time) -> None:
    session = Session(time)
    for _ in range(3):
        assert not session.has_ended(sees_display=False)
        time.seconds += GONE
