"""Days and bouts as text for other programs, a piece at a time however many there are. Nothing is opened here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

import msgspec

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.spans import Bout, State, bouts_between
from slowrise.core.model.timestamps import iso

BUCKET = "slowrise-bouts"
"""The type of bucket that ActivityWatch shows on its timeline without knowing it."""


def days(records: Iterable[DayRecord]) -> Iterator[dict[str, Any]]:
    """The summary of each day of which something was seen, as `summary --json` has it."""
    return (as_json(record.summary) for record in records if record.summary.observed_seconds)


def bouts(records: Iterable[DayRecord]) -> Iterator[dict[str, Any]]:
    """The bouts of each day, sitting and standing, cut where days begin, as the summaries count them."""
    return (_bout(record, bout, state) for record in records for bout, state in _bouts(record))


def _bouts(record: DayRecord) -> list[tuple[Bout, State]]:
    """Of both states, in order of time."""
    rule = record.summary.break_rule_seconds
    states: tuple[State, State] = ("sitting", "standing")
    return sorted(
        (bout, state) for state in states for bout in bouts_between(record.spans, break_min=rule, state=state)
    )


def _bout(record: DayRecord, bout: Bout, state: str) -> dict[str, Any]:
    return {
        "day": record.summary.day.isoformat(),
        "state": state,
        "start": iso(bout.start),
        "end": iso(bout.end),
        "seconds": round(bout.seconds, 1),
        "open_start": bout.open_start,
        "open_end": bout.open_end,
        "break_rule_seconds": record.summary.break_rule_seconds,
    }


def as_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A JSON object a line."""
    return (msgspec.json.encode(row).decode() + "\n" for row in rows)


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A line a row below a line of names; what is a list or a table of its own is left to JSON."""
    text = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        plain = {name: value for name, value in row.items() if not isinstance(value, dict | list)}
        if writer is None:
            writer = csv.DictWriter(text, list(plain), lineterminator="\n")
            writer.writeheader()
        writer.writerow(plain)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def as_activitywatch(records: Iterable[DayRecord], host: str) -> Iterator[str]:
    """Bouts as ActivityWatch imports them: one bucket, its events in order of time."""
    bucket = {"id": f"{BUCKET}_{host}", "type": "sitting", "client": "slowrise", "hostname": host}
    begun = False
    for record in records:
        for bout, state in _bouts(record):
            if not begun:
                yield _opened(bucket | {"created": _utc(bout), "data": {}})
            yield (",\n" if begun else "\n") + msgspec.json.encode(_event(bout, state)).decode()
            begun = True
    if not begun:
        yield _opened(bucket | {"created": "1970-01-01T00:00:00+00:00", "data": {}})
    yield "\n]}}}\n"


def _opened(bucket: dict[str, Any]) -> str:
    name = msgspec.json.encode(bucket["id"]).decode()
    return f'{{"buckets": {{{name}: {msgspec.json.encode(bucket).decode()[:-1]}, "events": ['


def _utc(bout: Bout) -> str:
    return bout.start.astimezone(UTC).isoformat(timespec="milliseconds")


def _event(bout: Bout, state: str) -> dict[str, Any]:
    length = round((bout.end - bout.start).total_seconds(), 3)
    return {"timestamp": _utc(bout), "duration": length, "data": {"state": state, "seconds": round(bout.seconds, 1)}}
