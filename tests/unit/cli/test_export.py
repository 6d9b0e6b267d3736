"""`slowrise export days|bouts`, and `forget`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slowrise.cli.main import commands
from slowrise.cli.views.export import as_activitywatch, as_csv, as_json_lines, bouts, days
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary import summarize
from support.day_strategies import spans_of
from support.two_weeks import FIRST, LAST, fill

SPANS = spans_of("s20 a5 s10")


def run(*words: object, given: str = "") -> Result:
    return CliRunner().invoke(commands, [str(word) for word in words], input=given)


def text(*words: object) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "data")
    return tmp_path / "data"


def test_exported_days_are_the_summaries_of_all_observed_days(data: Path) -> None:
    exported = [json.loads(line) for line in text("export", "days", "--data-dir", data, "--to", LAST).splitlines()]
    assert exported == [json.loads(text("summary", "--json", "--data-dir", data, day["day"])) for day in exported]
    assert len(exported) == 12
    rows = list(csv.DictReader(io.StringIO(text("export", "days", "--data-dir", data, "--format", "csv"))))
    assert [(row["day"], float(row["sitting_seconds"])) for row in rows] == [
        (day["day"], day["sitting_seconds"]) for day in exported
    ]


def test_exported_bouts_agree_with_the_days(data: Path) -> None:
    span = ("--data-dir", data, "--from", FIRST, "--to", LAST)
    found = [json.loads(line) for line in text("export", "bouts", *span).splitlines()]
    for day in map(json.loads, text("export", "days", *span).splitlines()):
        of_day = [bout for bout in found if bout["day"] == day["day"] and bout["state"] == "sitting"]
        assert [bout["seconds"] for bout in of_day] == day["bout_lengths"]
    assert {bout["break_rule_seconds"] for bout in found} == {120.0}
    assert [bout["start"] for bout in found] == sorted(bout["start"] for bout in found)
    assert any(bout["state"] == "standing" for bout in found)


def test_activitywatch_gets_one_bucket_with_every_bout(data: Path) -> None:
    span = ("--data-dir", data, "--from", FIRST, "--to", LAST)
    (bucket,) = json.loads(text("export", "bouts", *span, "--format", "activitywatch"))["buckets"].values()
    found = [json.loads(line) for line in text("export", "bouts", *span).splitlines()]
    assert len(bucket["events"]) == len(found)
    for event, bout in zip(bucket["events"], found, strict=True):
        assert datetime.fromisoformat(event["timestamp"]) == datetime.fromisoformat(bout["start"])
        assert event["data"] == {"state": bout["state"], "seconds": bout["seconds"]}
    assert bucket["created"] == bucket["events"][0]["timestamp"]
    assert {"id", "type", "client", "hostname", "created", "events"} <= set(bucket)


def test_the_export_of_an_empty_ledger_is_empty(tmp_path: Path) -> None:
    for what in ("days", "bouts", "trace"):
        assert text("export", what, "--data-dir", tmp_path / "none") == ""
        said = CliRunner().invoke(commands, ["export", what, "--data-dir", str(tmp_path / "none")])
        assert said.stderr == "Nothing is recorded for that time.\n"
    empty = json.loads(text("export", "bouts", "--format", "activitywatch", "--data-dir", tmp_path / "none"))
    assert [bucket["events"] for bucket in empty["buckets"].values()] == [[]]
    assert not (tmp_path / "none").exists()


def test_each_record_is_written_before_the_next_is_read() -> None:
    read: list[int] = []

    def records() -> Iterator[DayRecord]:
        for number in range(3):
            read.append(number)
            yield DayRecord(summarize(SPANS, day=date(2026, 3, 2), break_min=120.0), SPANS)

    for written in (as_json_lines(bouts(records())), as_csv(days(records())), as_activitywatch(records(), "here")):
        read.clear()
        next(written)
        assert read == [0]


def test_a_date_without_a_time_means_its_first_midnight(data: Path) -> None:
    events = text("export", "trace", "--data-dir", data, "--from", "2026-03-25", "--to", "2026-03-26").splitlines()
    labels = [datetime.fromisoformat(json.loads(line)["at"]) for line in events]
    # A date means the machine's own zone; the events keep the zone in which they happened.
    assert {label.astimezone().date() for label in labels} == {date(2026, 3, 25)}


def test_forget_all_deletes_the_report_and_damaged_ledgers_too(data: Path) -> None:
    (data / "report.html").write_text("sitting")
    (data / "ledger.sqlite3.aside-1").write_text("old")
    assert run("forget", "--all", "--data-dir", data, given="n\n").exit_code == 1
    assert "Deleted: everything." in run("forget", "--all", "--yes", "--data-dir", data).output
    assert sorted(path.name for path in data.iterdir()) == ["ledger.sqlite3"]


def test_forget_all_deletes_a_damaged_ledger_without_a_current_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    assert "Nothing is recorded." in run("forget", "--all", "--yes", "--data-dir", data).output
    (data / "ledger.sqlite3.aside-1").write_text("old")
    assert "Deleted: everything." in run("forget", "--all", "--yes", "--data-dir", data).output
    assert not list(data.glob("*.aside*"))


def test_forget_before_keeps_the_later_days(data: Path) -> None:
    later_days = ("export", "days", "--data-dir", data, "--from", "2026-03-28")
    before = [json.loads(line) for line in text(*later_days).splitlines()]
    assert run("forget", "--before", "2026-03-27", "--yes", "--data-dir", data).exit_code == 0
    after = [json.loads(line) for line in text(*later_days).splitlines()]
    # The estimate uses the person's history, and there is less of it now.
    for day, same in zip(after, before, strict=True):
        assert (day["day"], day["observed_seconds"]) == (same["day"], same["observed_seconds"])
        assert day["sitting_seconds"] == pytest.approx(same["sitting_seconds"], rel=0.02)
    assert "2026-03-25" not in text("export", "days", "--data-dir", data)
