"""A run ends in any way, and the next one continues: no recorded event is lost, and no break is invented."""

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
            before, after = recorded_runs(user)
            assert before[-2:] == ["standing", "sitting"], "a command returned before its event was on disk"
            assert after[:2] == ["started", "policy"]
            status = user.status()
            assert daemon.end() == 0

    started = [event for event in user.events() if event["event"] == "started"]
    active = [event for event in user.events() if event["event"] == "active"]
    last = [event for event in user.events() if event["event"] == "sitting"]
    assert started[1]["since"] == last[0]["at"], "the gap does not begin at the last event before the crash"
    assert status["since"] == active[0]["at"], "the bout did not continue"
    replayed = user.replayed()
    gap = {"state": "unobserved", "start": started[1]["since"], "end": started[1]["at"], "sure": 1.0}
    assert gap in replayed["spans"]
    assert (replayed["summary"]["bouts"], replayed["summary"]["breaks"]) == (1, 0)


def recorded_runs(user: User) -> list[list[str]]:
    """Return the names of the recorded events, run by run."""
    runs: list[list[str]] = []
    for event in user.events():
        if event["event"] == "started":
            runs.append([])
        runs[-1].append(event["event"])
    return runs


def test_a_second_daemon_refuses_to_start_unless_the_first_was_killed(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon:
        result = user.run("run")
        assert result.code == 1
        assert f"slowrise is already running (process {daemon.process.pid})" in result.err
        assert user.status()["source"] == "x11_idle"
        daemon.kill()
    assert (user.data / "lock").stat().st_size, "the killed daemon left no stale lock"
    with user.daemon() as daemon:
        assert daemon.end() == 0
    assert [run[0] for run in recorded_runs(user)] == ["started", "started"]


LINES_AT_START = 8
"""About as many lines as the daemon logs until it observes input, and a few more."""


@pytest.mark.timeout(180)
def test_sigterm_at_any_moment_closes_what_is_open(desk: DesktopSession, user: User) -> None:
    """Send SIGTERM after each line that the daemon logs at its start, and at some moments after the last one."""
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
    # Before the daemon handles signals, nothing is open, and the signal ends it directly.
    assert set(ended) <= {0, -signal.SIGTERM}
    assert ended.count(0) >= 8, ended
    runs = recorded_runs(user)
    assert {run[-1] for run in runs} == {"stopped"}
    assert len(runs) == ended.count(0)
    ledger = SqliteLedger.open_read_only(user.ledger)
    check(ledger._database, ledger.path)
    ledger.close()
