"""Traces: events as text, one JSON object a line, in order. Opens no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

import msgspec

from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso

MAX_LINE = 65_536
"""Bytes: the longest event, a `policy`, has a few hundred."""
MAX_STEP = 100 * 366 * 86400.0
"""Seconds. No clock is set by more than a hundred years."""
EARLIEST, LATEST = 1900, 9000
"""Accepted years of a timestamp: they leave room for an offset and a clock step."""


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
        raise TraceError(f"{error}. {EXAMPLE}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TraceError(f"no JSON object ({error}). {EXAMPLE}") from None
    except RecursionError:
        raise TraceError(f"nested too deep. {EXAMPLE}") from None
    _check(event)
    return event


EXAMPLE = 'Accepted: {"at": "2026-03-02T08:45:01.210+01:00", "event": "active"}'


def _check(event: e.Event) -> None:
    for field in _LABELS[type(event)]:
        label = getattr(event, field)
        if label is not None and (label.tzinfo is None or not EARLIEST <= label.year <= LATEST):
            raise TraceError(_wrong(field.rstrip("_"), label))
    if isinstance(event, e.ClockStepped) and abs(event.by) > MAX_STEP:
        raise TraceError(f"`by` is {event.by} s, accepted are up to {MAX_STEP:.0f} s either way")
    if isinstance(event, e.Answered) and event.to <= event.from_:
        raise TraceError("`to` is not after `from`")


def _wrong(field: str, label: datetime) -> str:
    if label.tzinfo is None:
        return f"`{field}` has no offset from UTC. {EXAMPLE}"
    return f"`{field}` is in the year {label.year}, accepted are {EARLIEST} to {LATEST}"


_LABELS: dict[type[e.Event], tuple[str, ...]] = {
    kind: tuple(field for field in ("at", "since", "until", "from_", "to") if field in kind.__struct_fields__)
    for kind in get_args(e.AnyEvent)
}


def written_line(event: e.Event) -> str:
    """Return the event as a trace line without the line end. Fields that are None are left out."""
    fields = {"at": iso(event.at), "event": e.name_of(event)}
    for name, value in msgspec.to_builtins(event, builtin_types=(datetime,)).items():
        if name not in fields and value is not None:
            fields[name] = iso(value) if isinstance(value, datetime) else value
    return msgspec.json.encode(fields).decode()
