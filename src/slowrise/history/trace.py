"""Traces: events as text, one JSON object a line, in order. Opens no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

import msgspec

from slowrise.core.model import events as e
from slowrise.core.model.safe_text import json_text, shown
from slowrise.core.model.timestamps import iso

MINUTE = timedelta(minutes=1)
MAX_LINE = 65_536
"""Bytes: the longest event, a `policy`, has a few hundred."""


class TraceError(Exception):
    """A line is not an event. The message names the line, the mistake and what is accepted."""


_decode = msgspec.json.Decoder(e.AnyEvent).decode


def read(lines: Iterable[bytes], *, where: str = "trace") -> Iterator[e.Event]:
    """Yield the events of a trace, skipping blank lines. Raises `TraceError` at the first wrong line."""
    last: datetime | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = parse(line)
        except TraceError as error:
            raise TraceError(f"{where}, line {number}: {error}") from None
        if last is not None and event.at < last and not isinstance(event, e.ClockStepped):
            raise TraceError(
                f"{where}, line {number}: `at` {iso(event.at)} is before the line above ({iso(last)}); "
                "only `clock-stepped` may go back"
            )
        last = event.at
        yield event


def parse(line: bytes) -> e.Event:
    """Parse one event. Raises `TraceError` without naming the line."""
    if len(line) > MAX_LINE:
        raise TraceError(f"longer than {MAX_LINE} bytes: no event is")
    try:
        event: e.Event = _decode(line)
    except msgspec.ValidationError as error:
        raise TraceError(f"{shown(str(error))}. {EXAMPLE}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if column := _undecodable(line):
            raise TraceError(f"the character at column {column} is not UTF-8. {EXAMPLE}") from None
        raise TraceError(f"no JSON object ({shown(str(error))}). {EXAMPLE}") from None
    except RecursionError:
        raise TraceError(f"nested too deep. {EXAMPLE}") from None
    if fault := e.fault_of(event):
        raise TraceError(f"{fault}. {EXAMPLE}")
    return event


def _undecodable(line: bytes) -> int:
    """Return the column, from 1, of the first character that is not UTF-8; 0 if all are."""
    text = line.decode(errors="surrogateescape")
    return next((column for column, each in enumerate(text, 1) if "\udc80" <= each <= "\udcff"), 0)


EXAMPLE = 'Accepted: {"at": "2026-03-02T08:45:01.210+01:00", "event": "active"}'


def written(events: Iterable[e.Event]) -> Iterator[str]:
    """Yield the lines of a trace that `read` accepts, whatever was left out of it.

    A part of a record may lack the step after which time goes back; such a step is written in its place.
    """
    last: datetime | None = None
    for event in events:
        if last is not None and event.at < last and not isinstance(event, e.ClockStepped):
            yield written_line(e.ClockStepped(at=event.at, by=(event.at - last).total_seconds()))
        last = event.at
        yield written_line(event)


def written_line(event: e.Event) -> str:
    """Return the event as a trace line without the line end. Fields that are None are left out."""
    fields = {"at": _label(event.at), "event": e.name_of(event)}
    for name, value in msgspec.to_builtins(event, builtin_types=(datetime,)).items():
        if name not in fields and value is not None:
            fields[name] = _label(value) if isinstance(value, datetime) else value
    return json_text(fields)


def _label(wall_time: datetime) -> str:
    """Return the time with an offset in whole minutes: JSON has no other, but some zones had until 1972."""
    offset = wall_time.utcoffset() or timedelta(0)
    return iso(wall_time.astimezone(timezone(offset - offset % MINUTE)) if offset % MINUTE else wall_time)
