"""An absence that stays in doubt: asked about on a real screen, or corrected by command, and explained afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import FastClock, boot_seconds
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.daemon.requests import Requests
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from slowrise.ports.notifier import Notifier
from support.daemon_process import User
from support.desktop_programs import Dunst, dunst
from support.desktop_session import DesktopSession
from support.notices import freedesktop, until
from support.person import PersonDay as Living
from support.replay_agreement import concluded_spans
from support.sources import source_made_by

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")

MINUTE = 60.0
SPEED = 120.0
"""Ten minutes in five seconds, until there is something to answer."""
CONFIG = parse('[notifications]\nwait_for_pause = "0s"\n')


class SlowingClock(FastClock):
    """One that runs like any other from a moment on: whoever is asked has the time to answer."""

    _slowed: tuple[float, float] | None = None

    def slow_down(self) -> None:
        """From now on a second lasts a second."""
        self._slowed = self.boot(), boot_seconds()
        self.speed = 1.0

    def boot(self) -> float:
        """Goes on from where it was slowed down."""
        if self._slowed is None:
            return super().boot()
        at, then = self._slowed
        return at + boot_seconds() - then


def absence_in_doubt(start: datetime) -> list[e.Event]:
    """Three minutes of input, seven without, and input again."""
    desk = Living(start)
    desk.emit(e.Started)
    desk.type_for(3 * MINUTE, 7 * MINUTE)
    desk.type_for(60 * MINUTE)
    return desk.events


async def lived(
    ledger: Path, day: list[e.Event], notices: Dunst, meanwhile: Callable[[Daemon, Dunst], Awaitable[None]]
) -> Monitor:
    """What the daemon has concluded in the end; `meanwhile` runs as soon as the question is up, at a human pace."""
    clock = SlowingClock(day[0].at, SPEED)
    async with freedesktop() as notifier:

        async def the_same(_: object) -> Notifier:
            return notifier

        parts = Parts(
            config=CONFIG,
            clock=clock,
            ledger=SqliteLedger(ledger),
            notifier=notifier,
            guidance=read_guidance(CONFIG.guidance),
            make_source=source_made_by(lambda: TracePlayer(day, clock, lambda: None)),
            make_signals=(),
            make_notifier=the_same,
            make_guidance=read_guidance,
            reread=lambda: CONFIG,
        )
        daemon = Daemon(parts, Monitor.under(CONFIG, weights()))
        Requests(daemon)
        running = asyncio.ensure_future(daemon.run())
        await until(lambda: any(prompt.kind == "question" for prompt in daemon.monitor.prompts), "the question")
        clock.slow_down()
        daemon.check_clock()
        await meanwhile(daemon, notices)
        daemon.stop()
        await running
    return daemon.monitor


@pytest.mark.parametrize(("label", "was"), [("Yes, sitting", "sitting"), ("No, away", "away")])
def test_the_button_answers_for_exactly_the_absence_that_was_asked_about(
    label: str, was: str, desk: DesktopSession, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in desk.environ.items():
        monkeypatch.setenv(name, value)
    user.data.mkdir(parents=True)
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    async def press(daemon: Daemon, notices: Dunst) -> None:
        await until(lambda: daemon.speaking.showing is not None and notices.displayed() == 1, "the notice")
        # On a busy machine dunst may lose the choice in its menu; where nothing is shown any more there is none.
        for last in (False, False, True):
            await asyncio.to_thread(notices.press, label)
            with nullcontext() if last else suppress(AssertionError):
                await until(lambda: daemon.monitor.state.answers, "the answer")
                break
        await until(lambda: notices.displayed() == 0, "the notice to go")

    with dunst(desk.bus, desk.screen) as notices:
        monitor = asyncio.run(lived(user.ledger, absence_in_doubt(begun), notices, press))
    (asked,) = (prompt for prompt in monitor.prompts if prompt.kind == "question")
    (told,) = (event for event in user.events() if event["event"] == "answered")
    assert told["was"] == was
    assert asked.since is not None
    assert asked.until is not None
    assert (told["from"], told["to"]) == (iso(asked.since), iso(asked.until))
    assert (asked.until - asked.since).total_seconds() == pytest.approx(7 * MINUTE, abs=SPEED / 4)
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
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    events = absence_in_doubt(begun)
    ledger.append_all([*events, e.Stopped(at=events[-1].at)])
    ledger.close()

    def sitting() -> float:
        day: dict[str, Any] = json.loads(user.ask("summary", "--json"))
        return float(round(day["sitting_seconds"] / MINUTE, 1))

    with user.daemon() as daemon:
        why = json.loads(user.ask("why", "--json"))
        assert (why["doubtful"], why["seconds"], why["answers"]) == (True, 7 * MINUTE, [])
        assert user.ask("was", "sitting").startswith("Noted: sitting from ")
        daemon.wait_for_event("answered")
        assert sitting() == 70.0
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
