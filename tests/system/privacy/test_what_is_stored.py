"""`doctor --privacy` lists everything that is stored: every table with its rows, every file with its size."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from slowrise.cli.commands.privacy import TABLES
from slowrise.core.model import events as e
from slowrise.ports.input import Sighting, What
from support.daemon_process import User
from support.desktop_session import DesktopSession

EVENTS = "stored events, each a time and at most two plain facts"


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")
def test_every_row_and_every_file_is_listed(desk: DesktopSession, user: User) -> None:
    folder = user.home / "synced"
    folder.mkdir()
    user.configure(f'[share]\nfolder = "{folder}"\n[source]\nresolution = "1s"\n[notifications]\nuse = "console"\n')
    user.ask("service", "install")
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for_event("active")
        user.ask("report")
        listed = json.loads(user.ask("doctor", "--privacy", "--json"))
        assert str(next((user.home / "run").rglob("*.sock"))) in listed["files"]
        assert daemon.end() == 0
    listed = json.loads(user.ask("doctor", "--privacy", "--json"))
    ours = [path for path in user.home.rglob("*") if path.is_file() and path.name != "log"]
    assert sorted(listed["files"]) == sorted(str(path) for path in ours)
    assert any(str(folder) in path for path in listed["files"]), "the shared folder is not listed"
    with closing(sqlite3.connect(user.ledger)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608
    assert sum(listed[EVENTS].values()) == rows.pop("events")
    assert listed["stored beside them"] == {TABLES[name]: count for name, count in rows.items()}


def test_a_sighting_can_hold_only_a_kind_two_times_and_a_switch() -> None:
    """Its types allow a word of a fixed list, two numbers, and yes or no, so no key or title fits."""
    hints = get_type_hints(Sighting)
    assert hints == {"what": What, "at": float, "since": float | None, "unseen": bool}
    assert get_origin(What) is Literal


def test_an_event_can_hold_only_times_numbers_switches_and_words_of_fixed_lists() -> None:
    """The only exception are settings, which come from the user's file and not from a source."""
    plain = {datetime, float, int, bool, type(None)}
    roomy = {
        (e.name_of(kind), field)
        for kind in get_args(e.AnyEvent)
        for field, hint in get_type_hints(kind).items()
        for part in (get_args(hint) if get_origin(hint) not in (Literal, None) else (hint,))
        if get_origin(part) is not Literal and part not in plain and not field.startswith("__")
    }
    assert roomy <= {("policy", "settings")}
