"""Red flags that wait to be read, without a daemon: kept in the ledger until they are read or their symptom deleted."""

from __future__ import annotations

from click.testing import CliRunner, Result

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.paths import paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.main import commands

BOTH = ("symptom", "numbness", "--side", "both", "--level", "4")
LEFT = ("symptom", "pain", "--side", "left", "--level", "1")


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(commands, list(arguments), input=given, catch_exceptions=False)


def is_unread() -> bool:
    return HealthNotes(paths()).is_unread()


def test_they_wait_until_they_are_confirmed() -> None:
    assert not is_unread()
    run(*BOTH, given="")
    assert is_unread()
    run("red-flags")
    assert is_unread(), "showing them where nobody can be asked is no reading"
    assert run("red-flags", "--read").exit_code == 0
    assert not is_unread()


def test_enter_or_read_in_advance_leaves_nothing_waiting() -> None:
    run(*LEFT)
    assert not is_unread()
    run(*BOTH, given="\n")
    assert not is_unread()
    run(*BOTH, "--read")
    assert not is_unread()


def test_reading_where_nothing_is_recorded_creates_nothing() -> None:
    assert run("red-flags", "--read").exit_code == 0
    assert not paths().ledger.exists()


def test_they_go_with_the_last_symptom() -> None:
    run(*BOTH, given="")
    run("forget", "--before", "2020-01-01", "--yes")
    assert is_unread()
    run("forget", "--before", "2099-01-01", "--yes")
    assert not is_unread()
    run(*BOTH, given="")
    run("forget", "--all", "--yes")
    assert not is_unread()


def test_a_trace_says_nothing_of_them() -> None:
    run(*BOTH, given="")
    assert "red" not in run("export", "trace").output


def test_an_older_ledger_says_so_in_the_same_way() -> None:
    ledger = SqliteLedger(paths().ledger)
    ledger.note("red-flags-unread", "yes")  # what 0.2.0 wrote
    ledger.close()
    assert is_unread()
