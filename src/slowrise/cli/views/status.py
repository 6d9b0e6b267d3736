"""The status in words. Imports nothing heavy, because the daemon shows its live line with this."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TextIO

from slowrise.cli.views.i18n import _, translate, units
from slowrise.cli.views.profile import profile_name
from slowrise.core.model.time_text import format_duration, format_range
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import KINDS
from slowrise.daemon.status import WAITING, Status


def doing(state: str) -> str:
    """Return the state as a word of a sentence."""
    words = {"sitting": _("Sitting"), "standing": _("Standing"), "away": _("Away"), "unobserved": _("Not watching")}
    return words[state]


def status_text(status: Status, now: datetime, *, verbose: bool = False) -> str:
    """Return some lines: the state, the next prompt, and the day so far. `verbose`: the inner names too."""
    state = _("{doing} for {length}").format(doing=doing(status.state), length=format_duration(status.seconds, units()))
    known = [_("since {time}").format(time=_time(status.since))]
    if status.state != "unobserved":
        known.append(_sure(status.confidence) if _has_seen(status) else _("no input seen yet"))
    lines = [f"{state} ({', '.join(known)}). {next_prompt(status, now)}".rstrip()]
    if status.source is None:
        lines.append(_("Nothing here can be watched now. The reason: slowrise doctor"))
    if status.unseen:
        text = _("slowrise cannot see whether you use {where}. When it says that you are away, you may be there.")
        lines.append(text.format(where=", ".join(map(translate, status.unseen))))
    if status.today:
        lines.append(_("Today: {sitting}.").format(sitting=today_text(status.today)))
    if status.profile != "standard" or verbose:
        lines.append(_("Profile: {name}{ends}").format(name=profile_name(status.profile), ends="."))
    if status.after_drive and status.profile == "standard":  # the others are as strict without a drive
        lines.append(_("After your long drive you are reminded sooner, in this sit or the next one."))
    if verbose:
        inside = _("Watching with {source}; notices by {notifier}; version {version}.")
        lines.append(
            inside.format(source=status.source or _("nothing"), notifier=status.notifier, version=status.version)
        )
    if status.held:
        lines.append(_("On for a long time now: {what}.").format(what=", ".join(map(translate, status.held))))
    lines += map(translate, status.notes)
    return "\n".join(lines)


def status_line(status: Status, now: datetime) -> str:
    """Return one line: `14:28 sitting 23 min | next reminder in 7 min | today 3 h 2 min of sitting`."""
    parts = [f"{now:%H:%M} {doing(status.state).lower()} {format_duration(status.seconds, units())}"]
    if left := _break_left(status, now):
        parts.append(_("Break: {left} left.").format(left=left).rstrip("."))
    elif (wait := _until(status, now)) is not None:
        soon = _("next reminder in {length}").format(length=format_duration(wait, units()))
        parts.append(_("reminder due") if wait <= 0 else soon)
    if status.paused_until:
        parts.append(_("paused until {time}").format(time=_time(status.paused_until)))
    elif status.why_waiting:
        parts.append(_("waiting: {why}").format(why=_why(status)))
    if status.today:
        parts.append(_("today {sitting}").format(sitting=today_text(status.today)))
    return " | ".join(parts)


def next_prompt(status: Status, now: datetime) -> str:
    """Return a sentence on when the next prompt comes, or why none does; empty where a note of the status says so."""
    if status.paused_until:
        until = _time(status.paused_until)
        return _("Paused by you until {time}; `slowrise resume` ends it earlier.").format(time=until)
    if left := _break_left(status, now):
        return _("Break: {left} left.").format(left=left)
    if WAITING in status.notes:
        return ""
    wait = _until(status, now)
    why = f" ({_('waiting: {why}').format(why=_why(status))})" if status.why_waiting else ""
    if wait is None:
        return _("No reminder is coming up{why}.").format(why=why)
    if wait <= 0:
        return _("A reminder is due{why}.").format(why=why)
    return _("Next reminder in about {length}{why}.").format(length=format_duration(wait, units()), why=why)


def in_short(status: Status, now: datetime) -> tuple[str, str]:
    """Return how it stands in two short sentences: what the user does, and when the next reminder comes."""
    if status.paused_until:
        return _("Paused until {time}").format(time=_time(status.paused_until)), _("Nothing is recorded until then.")
    if status.state == "unobserved":
        return _("Not watching at present"), translate(status.notes[0]) if status.notes else ""
    seconds = (now - datetime.fromisoformat(status.since)).total_seconds()
    if status.state == "sitting" and _break_left(status, now):
        return _("Getting up"), _reminder(status, now)
    if seconds < MINUTE:
        return doing(status.state), _reminder(status, now)
    words = {
        "sitting": _("Sitting for {length}"),
        "standing": _("Standing for {length}"),
        "away": _("Away for {length}"),
    }
    return words[status.state].format(length=_unbroken(seconds)), _reminder(status, now)


def _unbroken(seconds: float) -> str:
    """Return a length that no line break divides."""
    return format_duration(seconds, units()).replace(" ", "\N{NO-BREAK SPACE}")


def _reminder(status: Status, now: datetime) -> str:
    """Return when the next request to stand up or sit down comes, in a short sentence."""
    if _break_left(status, now):  # the window shows this for up to a minute, so without seconds
        left = datetime.fromisoformat(status.break_until or "") - now
        return _("Break: {left} left.").format(left=_unbroken(max(left.total_seconds(), MINUTE)))
    if status.held_until:
        return _("Quiet until {time}.").format(time=_time(status.held_until))
    wait = _until(status, now)
    # The notice may be gone by now; what it asks for is not.
    match KINDS[status.showing].asks if status.showing in KINDS else None:
        case "stand up":
            return _("Get up slowly when you are ready.")
        case "sit down":
            return _("Change position when you are ready.")
    if wait is None or status.next_kind not in KINDS or not KINDS[status.next_kind].asks:
        return _("No reminder is coming up.")
    if wait <= 0 and status.why_waiting == "a call":
        return _("The reminder waits for the end of your call.")
    if wait < MINUTE:
        return _("The next reminder is due.")
    return _("Next reminder in about {length}.").format(length=_unbroken(wait))


def today_text(today: Mapping[str, Any]) -> str:
    """Return the sitting of a summary with its range, in a few words."""
    if not today["observed_seconds"]:
        return _("nothing seen yet")
    if not round(today["high"]):
        return _("no sitting seen yet")
    sitting = format_range(today["sitting_seconds"], today["low"], today["high"], units())
    return _("{length} of sitting").format(length=sitting)


class Ticker:
    """Shows the newest line: over the last one on a terminal, below it elsewhere. Never shows the same line twice."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._redraws = stream.isatty()
        self._last = ""

    def show(self, line: str, columns: int) -> None:
        """Show the line. On a terminal it is cut to so many columns, because a wrapped line cannot be overwritten."""
        cut = line[: max(columns - 1, 1)] if self._redraws else line
        if cut != self._last:
            self._stream.write(f"\r\x1b[K{cut}" if self._redraws else f"{cut}\n")
            self._stream.flush()
            self._last = cut

    def clear(self) -> None:
        """Clear the line for other output."""
        if self._redraws and self._last:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
        self._last = ""


def _until(status: Status, now: datetime) -> float | None:
    due = status.next_prompt
    return None if due is None else (datetime.fromisoformat(due) - now).total_seconds()


def _break_left(status: Status, now: datetime) -> str:
    """Return the time left of an announced break, as `4:34`; empty without one."""
    if status.break_until is None:
        return ""
    left = (datetime.fromisoformat(status.break_until) - now).total_seconds()
    return f"{int(left) // 60}:{int(left) % 60:02}" if left > 0 else ""


def _why(status: Status) -> str:
    """Return why a prompt waits, and until when if that is known."""
    words = {
        "held by you": _("you asked for quiet"),
        "put off by you": _("you put it off"),
        "a call": _("a call"),
        "a pause in the input": _("a pause in your typing"),
    }
    why = words.get(status.why_waiting or "", status.why_waiting or "")
    return f"{why}, {_('until {time}').format(time=_time(status.held_until))}" if status.held_until else why


def _time(label: str) -> str:
    return f"{datetime.fromisoformat(label):%H:%M}"


def _has_seen(status: Status) -> bool:
    return status.has_seen_input or status.state != "away"


def _sure(confidence: float) -> str:
    """Return the confidence in words; only an observed state is sure."""
    return _("sure") if confidence >= 1 else _("{percent} % sure").format(percent=min(99, round(100 * confidence)))
