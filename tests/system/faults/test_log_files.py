"""Somebody deletes or cuts off SQLite's files beside the ledger while a daemon runs, which is then killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_programs import wait_until


def delete(log: Path) -> None:
    log.unlink()


def empty(log: Path) -> None:
    os.truncate(log, 0)


@pytest.mark.parametrize("attack", [delete, empty])
def test_nothing_is_lost_and_the_log_says_so(user: User, attack: Callable[[Path], None]) -> None:
    user.configure('[notifications]\nuse = "console"\n')
    with user.daemon() as daemon:
        user.ask("standing")
        user.ask("sitting")
        attack(user.ledger.with_name("ledger.sqlite3-wal"))
        user.ask("standing")
        assert "its log was " in daemon.log_text()
        assert "The ledger can be written again; nothing was lost." in daemon.log_text()
        daemon.kill()
    assert [event["event"] for event in user.events()][2:] == ["standing", "sitting", "standing"]


def test_a_deleted_ledger_is_not_called_whole(user: User) -> None:
    user.configure('[notifications]\nuse = "console"\n')
    with user.daemon() as daemon:
        user.ledger.unlink()
        user.ask("standing")
        daemon.wait_for("it was moved or deleted while in use")

        def is_new() -> bool:
            return "A new one" in daemon.log_text() or user.run("sitting").code != 0

        wait_until(is_new, "the new ledger")
        assert "The record was deleted or moved away while slowrise ran." in daemon.log_text()
        assert "nothing was lost" not in daemon.log_text()
