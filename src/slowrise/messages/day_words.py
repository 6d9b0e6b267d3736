"""The sentences of the evening about one day, in round figures. Lengths are seconds."""

from __future__ import annotations

from datetime import date, timedelta

from slowrise.core.metrics.period import Period
from slowrise.core.metrics.summary import Summary
from slowrise.core.model import time_text
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_move
from slowrise.messages.guidance import Guidance

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
TEN_MINUTES = 10 * MINUTE
HALF_AN_HOUR = 30 * MINUTE
AS_USUAL = HALF_AN_HOUR / 2
"""A smaller difference is none: half of the step to which the sitting is rounded."""
_IN_MINUTES = 45 * MINUTE
"""From here on lengths are rounded to half hours, below to ten minutes."""


def summary_title(day: date, sitting: float, guidance: Guidance, *, today: date) -> str:
    """Return how long the user sat on a day: `Today: about 6 hours of sitting`."""
    short = sitting < TEN_MINUTES
    total = guidance.say("under-ten-minutes") if short else guidance.say("about", length=roughly(sitting, guidance))
    return guidance.say("summary-title", day=_name(day, guidance, today), total=total)


def summary_sentence(day: Summary, usual: float | None, guidance: Guidance) -> str:
    """Return how the day compares with `usual`, if that is known, and its longest sit, if there is one."""
    longest = day.bout_metrics.longest_seconds
    parts = [] if usual is None else [_beside_usual(day.sitting_seconds - usual, guidance)]
    if longest:
        length = time_text.format_length(longest, guidance.units)
        parts.append(guidance.say("summary-longest", longest=length.replace(" ", NO_BREAK_SPACE)))
    return " ".join(parts)


def closing_line(over: Summary | Period, guidance: Guidance) -> str:
    """Return the last line under a day or several days. Beside symptoms no cheerful word fits: then it is empty."""
    if any(note.level for note in over.symptoms):
        return ""
    shown = sum(number for kind, number in over.prompts.items() if asks_to_move(kind))
    return guidance.say("summary-missed" if shown > over.answers.get("followed", 0) else "summary-good")


def roughly(seconds: float, guidance: Guidance) -> str:
    """Return a length as one would say it: `20 minutes`, `half an hour`, `an hour and a half`, `6 hours`."""
    if seconds < _IN_MINUTES:
        minutes = max(int((seconds + TEN_MINUTES / 2) // TEN_MINUTES), 1) * 10
        return guidance.say("half-an-hour" if minutes == HALF_AN_HOUR / MINUTE else "minutes", count=minutes)
    hours, half = divmod(int((seconds + HALF_AN_HOUR / 2) // HALF_AN_HOUR), 2)
    if hours == 1:
        return guidance.say("an-hour-and-a-half" if half else "an-hour")
    return guidance.say("hours-and-a-half" if half else "hours", count=hours)


def _beside_usual(difference: float, guidance: Guidance) -> str:
    if abs(difference) < AS_USUAL:
        return guidance.say("summary-same")
    said = guidance.say(
        "summary-less" if difference < 0 else "summary-more", difference=roughly(abs(difference), guidance)
    )
    return said[0].upper() + said[1:]


def _name(day: date, guidance: Guidance, today: date) -> str:
    if day == today:
        return guidance.say("summary-today")
    return guidance.say("summary-yesterday") if day == today - timedelta(days=1) else day.isoformat()
