"""An absence that stays in doubt: asked about on a real screen, or corrected by command, and explained afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.daemon.daemon import Daemon
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from support.daemon_process import User, noon_now
from support.desktop_programs import Dunst, dunst
from support.desktop_session import DesktopSession
from support.notices import freedesktop, until
from support.person import PersonDay as Living
from support.replay_agreement import concluded_spans
from support.simulated_daemon import simulated

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")

MINUTE = 60.0
SPEED = 120.0
"""25 minutes in 13 seconds, until the question is there to be answered in real time."""
ABSENCE = 21 * MINUTE
"""The answer moves the day by more than five minutes, whichever it is."""
CONFIG = parse('[notifications]\nwait_for_pause = "0s"\n')


def absence_in_doubt(start: datetime) -> list[e.Event]:
    """Three minutes of input, an absence with a click every four minutes or so, and input again."""
    desk = Living(start)
    desk.emit(e.Started)
    desk.type_for(3 * MINUTE, 280.0)
    for until_next in (240.0, 260.0, 230.0, 250.0):
        desk.type_for(0.5, until_next - 0.5)
    desk.type_for(60 * MINUTE)
    return desk.events


def lived(
    ledger: Path, day: list[e.Event], notices: Dunst, meanwhile: Callable[[Daemon, Dunst], Awaitable[None]]
) -> Monitor:
    """What the daemon has concluded in the end; `meanwhile` runs as soon as the question is up, at a human pace."""
    loop = VirtualLoop(1.0)
    asked = asyncio.Event()

    async def live() -> Monitor:
        clock = VirtualClock(loop, day[0].at)
        async with freedesktop() as notifier:
            app = simulated(
                clock,
                lambda: TracePlayer(day, clock, lambda: None),
                config=CONFIG,
                ledger=SqliteLedger(ledger),
                notifier=notifier,
                monitor=Monitor.under(CONFIG, weights()),
                changed=lambda: slow_down(app.daemon),
            )
            daemon = app.daemon
            running = asyncio.ensure_future(daemon.run())
            loop.speed = SPEED
            await asyncio.wait_for(asked.wait(), 2 * ABSENCE)
            await meanwhile(daemon, notices)
            daemon.stop()
            await running
        return daemon.monitor

    def slow_down(daemon: Daemon) -> None:
        if any(prompt.kind == "question" for prompt in daemon.monitor.prompts):
            loop.speed = 1.0
            asked.set()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(live())


@pytest.mark.parametrize(("label", "was"), [("Yes, sitting", "sitting"), ("No, away", "away")])
def test_the_button_answers_for_exactly_the_absence_that_was_asked_about(
    label: str, was: str, desk: DesktopSession, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in desk.environ.items():
        monkeypatch.setenv(name, value)
    user.data.mkdir(parents=True)
    begun = noon_now() - timedelta(hours=1)

    async def press(daemon: Daemon, notices: Dunst) -> None:
        await until(lambda: daemon.notifications.showing is not None and notices.displayed() == 1, "the notice")
        # On a busy machine dunst may lose the choice in its menu; where nothing is shown any more there is none.
        for last in (False, False, True):
            await asyncio.to_thread(notices.press, label)
            with nullcontext() if last else suppress(AssertionError):
                await until(lambda: daemon.monitor.state.answers, "the answer")
                break
        await until(lambda: notices.displayed() == 0, "the notice to go")

    with dunst(desk.bus, desk.screen) as notices:
        monitor = lived(user.ledger, absence_in_doubt(begun), notices, press)
    (asked,) = (prompt for prompt in monitor.prompts if prompt.kind == "question")
    (told,) = (event for event in user.events() if event["event"] == "answered")
    assert told["was"] == was
    assert asked.since is not None
    assert asked.until is not None
    assert (told["from"], told["to"]) == (iso(asked.since), iso(asked.until))
    assert (asked.until - asked.since).total_seconds() == pytest.approx(ABSENCE, abs=SPEED / 4)
    assert (monitor.state.presence.bias.log_odds > 0) == (was == "sitting")

    archive = SqliteLedger.open_read_only(user.ledger)
    again = replay(archive.events(), weights())
    archive.close()
    assert (again.spans, again.prompts) == (monitor.spans(monitor.state.presence.now), monitor.prompts)

    why = json.loads(user.ask("why", "--json"))
    assert (why["from"], why["to"], why["doubtful"]) == (told["from"], told["to"], True)
    assert why["answers"] == [{"from": told["from"], "to": told["to"], "was": was}]
    assert [span["state"] for span in why["record"]] == [was]


def test_what_was_in_doubt_is_corrected_by_a_word_and_taken_back_by_another(desk: DesktopSession, user: User) -> None:
    user.data.mkdir(parents=True)
    ledger = SqliteLedger(user.ledger)
    begun = noon_now() - timedelta(hours=2)
    events = absence_in_doubt(begun)
    ledger.append_all([*events, e.Stopped(at=events[-1].at)])
    ledger.close()

    def sitting() -> float:
        day: dict[str, Any] = json.loads(user.ask("summary", "--json"))
        return float(round(day["sitting_seconds"] / MINUTE, 1))

    with user.daemon() as daemon:
        why = json.loads(user.ask("why", "--json"))
        assert (why["doubtful"], why["seconds"], why["answers"]) == (True, ABSENCE, [])
        assert "Noted: sitting from " in user.ask("was", "sitting", "--yes")
        daemon.wait_for_event("answered")
        assert sitting() == 84.0
        said = user.ask("why", why["from"])
        assert "You answered: sitting from " in said
        assert user.ask("was", "away", "--from", why["from"], "--to", why["to"]).startswith("Noted: away from ")
        daemon.wait_for_event("answered", times=2)
        assert sitting() == 63.0
        answers = json.loads(user.ask("why", "--json"))["answers"]
        assert answers == [{"from": why["from"], "to": why["to"], "was": "away"}]
        assert daemon.end() == 0
    assert sitting() == 63.0
    assert user.replayed()["spans"] == concluded_spans(user)
