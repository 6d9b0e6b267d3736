"""The daemon and every command on a home without locks and without shared memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_session import DesktopSession
from support.odd_file_systems import mounted

pytestmark = pytest.mark.real("fuse", "gcc", "Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")


@pytest.fixture
def user(desk: DesktopSession, private_home: Path) -> Iterator[User]:
    """Yield a user whose data is on such a file system."""
    user = User(private_home, desk.environ)
    user.configure('[source]\nresolution = "1s"\n[notifications]\nuse = "console"\n')
    user.data.mkdir(parents=True)
    with mounted(user.data, without="locks,memory"):
        yield user


def test_everything_works_on_a_home_without_locks_and_doctor_says_what_to_mind(user: User) -> None:
    note = ("symptom", "pain", "--side", "middle", "--level", "3")
    user.ask(*note)
    with user.daemon() as daemon:
        user.ask("standing")
        user.ask("sitting")
        user.ask(*note)
        assert json.loads(user.ask("summary", "--json"))["sitting_seconds"] >= 0
        exported = [json.loads(line)["event"] for line in user.ask("export", "trace", "--with-health").splitlines()]
        assert exported[0] == "symptom"
        assert exported.count("symptom") == 2
        assert exported.index("standing") < exported.index("sitting")
        assert "start slowrise on one computer at a time" in user.ask("doctor").replace("\n", " ")
        second = user.run("run")
        assert "already running" in second.err
        assert daemon.end() == 0
    assert "kept in memory" not in daemon.log_text()
    assert "standing" in [event["event"] for event in user.events()]
    user.ask("forget", "--all", "--yes")
    assert json.loads(user.ask("summary", "--json"))["sitting_seconds"] == 0
