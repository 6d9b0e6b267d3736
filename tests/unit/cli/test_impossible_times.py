"""Times, days and lengths that no user can mean, on the command line and in a ledger written by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slowrise.cli.main import commands
from support.two_weeks import FIRST, LAST, fill

IN_THE_YEAR_1 = '{"from":"0001-01-01T00:00:00.000+00:00","to":"0001-01-02T00:00:00.000+00:00","was":"sitting"}'


def run(*words: object) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    "words",
    [
        ("was", "sitting", "--from", "0001-01-01T00:00Z", "--to", "0001-01-02T00:00Z"),
        ("was", "sitting", "--from", "2026-03-02T00:00Z", "--to", "9999-12-31T23:59-12:00"),
        ("why", "0001-01-01"),
        ("why", "9999-12-31T23:59"),
        ("summary", "9999-12-31"),
        ("summary", "0001-01-01"),
        ("report", "--from", "0001-01-01"),
        ("report", "--to", "9999-12-31"),
        ("export", "bouts", "--to", "9999-12-31"),
        ("export", "days", "--from", "0001-01-01"),
        ("export", "trace", "--from", "0001-01-01"),
        ("export", "trace", "--to", "9999-12-31T23:59"),
        ("forget", "--before", "0001-01-01"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused_with_the_years_that_are_possible(
    data: Path, words: tuple[str, ...]
) -> None:
    result = run(*words, "--data-dir", data)
    assert result.exit_code == 2, result.output
    assert "too early or too late; accepted are the years 1969-2099" in result.stderr


@pytest.mark.parametrize("command", ["snooze", "hold", "pause"])
def test_a_length_of_ages_is_refused_with_the_longest_that_is_possible(data: Path, command: str) -> None:
    result = run(command, "999999999h", "--data-dir", data)
    assert result.exit_code == 2
    assert "'999999999h' is too long; accepted is up to 1000h" in result.stderr


def test_an_export_to_a_day_far_ahead_ends_today(data: Path) -> None:
    whole = run("export", "bouts", "--data-dir", data)
    assert run("export", "bouts", "--data-dir", data, "--to", "2099-12-31").stdout == whole.stdout


def test_a_ledger_with_an_answer_of_the_year_1_is_read_and_the_row_is_named(data: Path) -> None:
    days = run("export", "days", "--data-dir", data, "--from", FIRST, "--to", LAST)
    with closing(sqlite3.connect(data / "ledger.sqlite3")) as database, database:
        database.execute("INSERT INTO events SELECT max(row) + 1, 0, 20, ? FROM events", (IN_THE_YEAR_1,))
        (row,) = database.execute("SELECT max(row) FROM events").fetchone()
        database.execute("DELETE FROM days")
        database.execute("DELETE FROM checkpoints")
    for words in (
        ("export", "days", "--from", FIRST, "--to", LAST),
        ("export", "trace"),
        ("report", "--from", FIRST, "--to", LAST, "--html", "-"),
        ("summary", LAST),
        ("why", f"{LAST}T12:00"),
        ("doctor", "--privacy"),
    ):
        result = run(*words, "--data-dir", data)
        assert result.exit_code == 0, (words, result.output, result.exception)
        if words[:2] == ("export", "days"):
            assert result.stdout == days.stdout
            assert f"1 of the recorded events cannot be used and were left out. The first: row {row}" in result.stderr
            assert "`from` is in the year 1, accepted are 1969-2099" in result.stderr
    assert run("forget", "--before", date(2099, 1, 1), "--yes", "--data-dir", data).exit_code == 0
    assert "cannot be used" not in run("export", "trace", "--data-dir", data).stderr
