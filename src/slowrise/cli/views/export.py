"""Days and bouts as text for other programs. The text is made piece by piece, so years of it need little memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.safe_text import json_text
from slowrise.core.model.spans import Bout, State, bouts_between
from slowrise.core.model.timestamps import iso

BUCKET = "slowrise-bouts"
"""The name of the ActivityWatch bucket, before the host name."""


def days(records: Iterable[DayRecord]) -> Iterator[dict[str, Any]]:
    """Return the summary of each observed day, as `summary --json` prints it."""
    return (as_json(record.summary) for record in records if record.summary.observed_seconds)


def bouts(records: Iterable[DayRecord]) -> Iterator[dict[str, Any]]:
    """Return the sitting and standing bouts of each day. Bouts over the start of a day are cut there."""
    return (_bout(record, bout, state) for record in records for bout, state in _bouts(record))


def _bouts(record: DayRecord) -> list[tuple[Bout, State]]:
    """The bouts of both states in order of time."""
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


def as_json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return one JSON object a line."""
    return (json_text(row) + "\n" for row in rows)


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return CSV with a header. Lists and nested objects are only in the JSON."""
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
    """Return the bouts in the import format of ActivityWatch: one bucket with events in order of time."""
    bucket = {"id": f"{BUCKET}_{host}", "type": "sitting", "client": "slowrise", "hostname": host}
    has_begun = False
    for record in records:
        for bout, state in _bouts(record):
            if not has_begun:
                yield _bucket_head(bucket | {"created": _utc(bout), "data": {}})
            yield (",\n" if has_begun else "\n") + json_text(_event(bout, state))
            has_begun = True
    if not has_begun:
        yield _bucket_head(bucket | {"created": "1970-01-01T00:00:00+00:00", "data": {}})
    yield "\n]}}}\n"


def _bucket_head(bucket: dict[str, Any]) -> str:
    name = json_text(bucket["id"])
    return f'{{"buckets": {{{name}: {json_text(bucket)[:-1]}, "events": ['


def _utc(bout: Bout) -> str:
    return bout.start.astimezone(UTC).isoformat(timespec="milliseconds")


def _event(bout: Bout, state: str) -> dict[str, Any]:
    length = round((bout.end - bout.start).total_seconds(), 3)
    return {"timestamp": _utc(bout), "duration": length, "data": {"state": state, "seconds": round(bout.seconds, 1)}}
