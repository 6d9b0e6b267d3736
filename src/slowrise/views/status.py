"""What goes on now, in words: from the daemon's status to text. Nothing heavy is imported: the daemon shows it too.

The status is a mapping as it comes over the control socket: `state`, `since` (ISO), `sure`, `seconds`, `next_prompt`
(ISO or None), `why_waiting`, `profile`, `source`, `today` (a summary object), `held` (the calls and inhibitors that are
on) and perhaps `notes`, what does not work at present.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TextIO

from slowrise.words import ranged, spoken

Status = Mapping[str, Any]

DOING = {"sitting": "Sitting", "standing": "Standing", "away": "Away", "unobserved": "Not watching"}


def status_text(status: Status, now: datetime) -> str:
    """Some lines: what the person does, when a prompt is next, by what this is known, and the day so far."""
    state = f"{DOING[status['state']]} for {spoken(status['seconds'])}"
    known = [f"since {_time(status['since'])}"]
    if status["state"] != "unobserved":
        known.append(_sure(status["sure"]))
    source = f", {status['source']}" if status["source"] else ", nothing to watch"
    lines = [f"{state} ({', '.join(known)}). {next_prompt(status, now)} {status['profile']} profile{source}."]
    if status["today"]:
        lines.append(f"Today: {today_text(status['today'])}.")
    if status["held"]:
        lines.append(f"On at present: {', '.join(status['held'])}.")
    lines += status.get("notes", ())
    return "\n".join(lines)


def status_line(status: Status, now: datetime) -> str:
    """All that fits one line: `14:28 sitting 23 min | next prompt in 7 min | today 3 h 2 min of sitting`."""
    parts = [f"{now:%H:%M} {DOING[status['state']].lower()} {spoken(status['seconds'])}"]
    if (wait := _until(status, now)) is not None:
        parts.append("prompt due" if wait <= 0 else f"next prompt in {spoken(wait)}")
    if status["why_waiting"]:
        parts.append(f"waiting: {status['why_waiting']}")
    if status["today"]:
        parts.append(f"today {today_text(status['today'])}")
    return " | ".join(parts)


def next_prompt(status: Status, now: datetime) -> str:
    """A sentence on when the next prompt comes, or why it does not."""
    wait = _until(status, now)
    why = f" (waiting: {status['why_waiting']})" if status["why_waiting"] else ""
    if wait is None:
        return f"No prompt is coming up{why}."
    if wait <= 0:
        return f"A prompt is due{why}."
    return f"Next prompt in about {spoken(wait)}{why}."


def today_text(today: Mapping[str, Any]) -> str:
    """The day so far with its range, as short as it goes."""
    if not today["observed_seconds"]:
        return "nothing seen yet"
    if not round(today["high"]):
        return "no sitting seen yet"
    return f"{ranged(today['sitting_seconds'], today['low'], today['high'])} of sitting"


class Ticker:
    """Shows the newest line: in place of the last one on a terminal, below it elsewhere, and never twice the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._redraws = stream.isatty()
        self._last = ""

    def show(self, line: str, columns: int) -> None:
        """Show the line, cut to the columns of a terminal so that it does not wrap."""
        cut = line[: max(columns - 1, 1)] if self._redraws else line
        if cut != self._last:
            self._stream.write(f"\r\x1b[K{cut}" if self._redraws else f"{cut}\n")
            self._stream.flush()
            self._last = cut

    def clear(self) -> None:
        """Make room for other output; the next line is shown whatever it says."""
        if self._redraws and self._last:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        self._last = ""


def _until(status: Status, now: datetime) -> float | None:
    due = status["next_prompt"]
    return None if due is None else (datetime.fromisoformat(due) - now).total_seconds()


def _time(label: str) -> str:
    return f"{datetime.fromisoformat(label):%H:%M}"


def _sure(sure: float) -> str:
    """Never all sure but of what was seen to be so."""
    return "sure" if sure >= 1 else f"{min(99, round(100 * sure))} % sure"
