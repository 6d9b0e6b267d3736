"""A run ends, however it ends, and the next one goes on: nothing recorded is lost, and no break is invented."""

from __future__ import annotations

import signal
import time

import pytest

from slowrise.adapters.storage.database import check
from slowrise.adapters.storage.sqlite import SqliteLedger
from support.daemon_process import User
from support.desktop_session import DesktopSession

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")

SECONDS = """
[limits]
sit_soft = "20s"
break_min = "10s"
[source]
resolution = "1s"
[notifications]
use = "console"
"""


def test_a_bout_goes_on_after_a_crash_in_its_middle(desk: DesktopSession, user: User) -> None:
    user.configure(SECONDS)
    with desk.typing():
        with user.daemon() as daemon:
            daemon.wait_for_event("active")
            time.sleep(1.2)
            user.ask("standing")
            user.ask("sitting")
            daemon.kill()
        with user.daemon() as daemon:
            daemon.wait_for_event("active")
            before, after = seen_in_runs(user)
            assert before[-2:] == ["standing", "sitting"], "an event is on disk before its command has returned"
            assert after[:2] == ["started", "policy"]
            status = user.status()
            assert daemon.end() == 0

    started = [event for event in user.events() if event["event"] == "started"]
    active = [event for event in user.events() if event["event"] == "active"]
    last = [event for event in user.events() if event["event"] == "sitting"]
    assert started[1]["since"] == last[0]["at"], "the last sign of life"
    assert status["since"] == active[0]["at"], "the bout goes on"
    replayed = user.replayed()
    gap = {"state": "unobserved", "start": started[1]["since"], "end": started[1]["at"], "sure": 1.0}
    assert gap in replayed["spans"]
    assert (replayed["summary"]["bouts"], replayed["summary"]["breaks"]) == (1, 0)


def seen_in_runs(user: User) -> list[list[str]]:
    """The names of what was recorded, run by run."""
    runs: list[list[str]] = []
    for event in user.events():
        if event["event"] == "started":
            runs.append([])
        runs[-1].append(event["event"])
    return runs


def test_a_second_daemon_leaves_the_first_alone_and_a_dead_one_is_no_hindrance(
    desk: DesktopSession, user: User
) -> None:
    with user.daemon() as daemon:
        told = user.run("run")
        assert told.code == 1
        assert f"slowrise is already running (process {daemon.process.pid})" in told.err
        assert user.status()["source"] == "x11_idle"
        daemon.kill()
    assert (user.data / "lock").stat().st_size, "a stale lock"
    with user.daemon() as daemon:
        assert daemon.end() == 0
    assert [run[0] for run in seen_in_runs(user)] == ["started", "started"]


LINES_AT_START = 8
"""What it says until it watches, and a little more."""


@pytest.mark.timeout(180)
def test_sigterm_at_any_moment_closes_what_is_open(desk: DesktopSession, user: User) -> None:
    """The moments: right after each line that it says from its start on, and some time after the last."""
    ended: list[int] = []
    with desk.typing():
        for moment in range(20):
            daemon = user.start()
            try:
                daemon.wait_for_lines(min(moment, LINES_AT_START))
                time.sleep(max(0, moment - LINES_AT_START) / 30)
                ended.append(daemon.end())
            finally:
                daemon.ensure_ended()
    # Before it listens to signals there is nothing to close yet, and the signal itself ends it.
    assert set(ended) <= {0, -signal.SIGTERM}
    assert ended.count(0) >= 8, ended
    runs = seen_in_runs(user)
    assert {run[-1] for run in runs} == {"stopped"}
    assert len(runs) == ended.count(0)
    ledger = SqliteLedger.open_read_only(user.ledger)
    check(ledger._database, ledger.path)
    ledger.close()
