"""What a daemon does with the buttons about health, and with a settings file that leaves a flare-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.config.config import Config
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.app import App
from slowrise.daemon.daemon import HEARTBEAT
from slowrise.daemon.notifications import Press
from slowrise.daemon.status import REFUSED
from slowrise.daemon.virtual_time import VirtualClock
from support import ledgers
from support.simulated_daemon import run_virtually, simulated

MORNING = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))


def done(act: Callable[[App], Coroutine[Any, Any, Any]], config: str = "") -> tuple[Any, list[e.Event]]:
    """Return what `act` returns with a daemon, and the health notes in the ledger."""
    ledger = ledgers.in_memory()
    notes: list[e.Event] = []

    async def live(clock: VirtualClock) -> Any:
        player = TracePlayer([e.Active(at=MORNING)], clock, lambda: None)
        app = simulated(clock, lambda: player, config=parse(config), ledger=ledger)
        running = asyncio.ensure_future(app.daemon.run())
        await asyncio.sleep(60)
        result = await act(app)
        notes.extend(ledger.health())
        app.daemon.stop()
        await running
        return result

    return run_virtually(MORNING, live), notes


@pytest.mark.parametrize(
    ("press", "knows"), [(Press("clinician", "clinician"), "symptoms"), (Press("clinician", "flare-up"), "flare-up")]
)
def test_the_button_about_the_clinician_ticks_what_the_notice_is_about(press: Press, knows: str) -> None:
    async def act(app: App) -> None:
        app.requests.press(press)

    (note,) = done(act)[1]
    assert isinstance(note, e.Clinician)
    assert (note.knows, note.kind, note.side) == (knows, None, None)


def test_the_button_for_flare_up_mode_turns_it_on_and_opens_its_page() -> None:
    opened: list[str] = []

    async def act(app: App) -> str:
        app.requests.open_window = lambda page, token="": opened.append(page)  # noqa: ARG005 - as the window is opened
        app.requests.press(Press("flare-up", "clinician"))
        return app.requests.status().profile

    profile, notes = done(act)
    assert (profile, opened) == ("flare-up", ["flare-up"])
    assert isinstance(notes[0], e.FlareUp)


@pytest.mark.parametrize(("before", "warned"), [("flare-up", True), ("standard", False)])
def test_a_reload_that_leaves_a_flare_up_for_the_standard_profile_warns(before: str, warned: bool) -> None:
    async def act(app: App) -> list[str]:
        app.daemon.parts = app.daemon.parts._replace(read_config=lambda: parse(""))
        answer = await app.requests.answer("reload", {})
        assert app.requests.status().profile == "standard"
        return list(answer["warnings"])

    warnings, _ = done(act, f'profile = "{before}"')
    sentence = "Your back may stay sensitive for a while. Recovery is the gentler way back, for two weeks."
    assert warnings == ([sentence] if warned else [])


def test_a_file_with_a_mistake_counts_again_within_a_minute_after_it_is_fixed() -> None:
    async def act(app: App) -> tuple[list[str], list[str], str]:
        def refuse() -> Config:
            return parse("[limits\n")

        app.daemon.parts = app.daemon.parts._replace(is_refused=True, read_config=refuse)
        await asyncio.sleep(2 * HEARTBEAT)
        before = app.requests.status().notes
        app.daemon.parts = app.daemon.parts._replace(read_config=lambda: parse('profile = "recovery"'))
        await asyncio.sleep(HEARTBEAT)
        after = app.requests.status()
        return before, after.notes, after.profile

    assert done(act)[0] == ([REFUSED], [], "recovery")
