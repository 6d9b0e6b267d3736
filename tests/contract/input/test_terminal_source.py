from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from psutil import _psposix

from slowrise.adapters.input import terminal
from slowrise.adapters.input.terminal import Terminal, own_terminals
from slowrise.core.presence.silence import NO_LENGTH
from slowrise.ports.probe import Lost, Unavailable
from support.desktop_programs import PATIENCE, wait_until
from support.input_sessions import TerminalSession
from support.mock_bus import Sightings
from support.source_helpers import SETTLED, watched


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TerminalSession]:
    with TerminalSession(private_home, monkeypatch) as session:
        yield session


def test_output_is_no_input(session: TerminalSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            session.print("a line\n" * 3)
            await asyncio.sleep(SETTLED)
            assert not seen
            session.touch()
            await seen.expect("active", "idle")
            active, idle = seen
            assert idle.since is not None
            assert idle.since - active.at >= NO_LENGTH, "a key would count as a machine's"

    asyncio.run(day())


def test_a_terminal_opened_later_is_watched_and_one_may_be_closed(session: TerminalSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen) as task:
            session.open()
            await asyncio.sleep(SETTLED)
            session.touch()
            await seen.expect("active", "idle")
            session.close_newest()
            await asyncio.sleep(SETTLED)
            session.touch()
            await seen.expect("active", "idle", "active", "idle")
            session.close_newest()
            with pytest.raises(Lost, match="your last terminal was closed"):
                await asyncio.wait_for(task, PATIENCE)

    asyncio.run(day())


def test_reports_that_the_user_has_no_terminal(session: TerminalSession) -> None:
    session.close()
    with pytest.raises(Unavailable, match="no terminal belongs to you"):
        asyncio.run(Terminal().probe())


def test_finds_the_terminal_of_a_process_without_a_list_of_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Debian from 13 on: the system keeps no list of logins."""
    monkeypatch.setattr(psutil, "users", list)
    ours, theirs = os.openpty()
    name = os.ttyname(theirs)
    # psutil lists the terminals once in a process, and a test before may have asked. Consoles, which are what slowrise
    # looks for this way, are there from the boot on.
    _psposix.get_terminal_map.cache_clear()
    # A terminal belongs to the first process that opens it in a session of its own.
    shell = subprocess.Popen(["setsid", "--ctty", "sleep", "60"], stdin=theirs)
    try:
        wait_until(lambda: name in terminal._of_processes(os.getuid()), "it to take the terminal")
        assert name in own_terminals()
    finally:
        shell.kill()
        shell.wait()
        os.close(theirs)
        os.close(ours)
    assert name not in own_terminals()
