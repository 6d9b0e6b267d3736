"""A day or a period in English sentences, with the range of every estimate and the break rule beside the bouts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from slowrise.core.metrics.bouts import BoutMetrics
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.period import Period, Usual
from slowrise.core.metrics.summary import Summary, SymptomNote
from slowrise.core.metrics.symptom_counts import LONG_SIT, symptoms_after_long_sits
from slowrise.core.model.time_text import format_bounds, format_duration, format_range, format_seconds
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_move
from slowrise.messages.guidance import Guidance

NO_BREAK_SPACE = "\u00a0"
ENOUGH_FOR_A_RATE = 30 * MINUTE
"""Sitting from which on breaks are also given per hour. A break in the first minute would give 60 an hour."""
MIXED_RULES = "The break rule changed within these days: their sits and breaks are not added up."
_INNER_SPACE = re.compile(r"(?<=[0-9]) (?=(?:h|min|s|%|days?)\b)|(?<=[0-9] h) (?=[0-9])|(?<=of) (?=[0-9])")
"""The spaces within a length, and between `of` and a number."""


def keep_lengths_together(sentence: str) -> str:
    """Return the sentence with no-break spaces within lengths, so that no line ends there."""
    return _INNER_SPACE.sub(NO_BREAK_SPACE, sentence)


def day_name(day: date) -> str:
    """Return the date as `Monday 2 March 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def days_name(first: date, last: date) -> str:
    """Return the dates as `2 to 8 March 2026` or `23 February to 1 March 2026`; one day as `day_name` does."""
    if first == last:
        return day_name(first)
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begin} to {last.day} {last:%B %Y}"


def day_sentences(summary: Summary, today: date | None = None) -> list[str]:
    """Return the sentences about a day, one subject each. With `today`, a later day is called a future day."""
    if today is not None and summary.day > today:
        return ["This day is in the future."]
    if not summary.observed_seconds:
        known = _notes(summary) if summary.prompts or summary.symptoms or summary.standing_seconds else []
        return ["slowrise was not running on this day, or was paused, so nothing is known.", *known]
    return [
        _sitting(summary),
        *_bouts(summary.bout_metrics, _longest(summary), summary.break_rule_seconds),
        *_notes(summary),
    ]


def period_sentences(period: Period) -> list[str]:
    """Return the sentences about several days together."""
    if not period.days or period.sitting_seconds_a_day is None:
        known = [_prompts_and_symptoms(period.prompts, period.symptoms)] if period.symptoms else []
        return ["slowrise was not running on these days, or was paused, so nothing is known.", *known]
    lines = [
        _sitting(period, "1 day" if period.days == 1 else f"{period.days} days"),
        f"{format_duration(period.sitting_seconds_a_day)} a day{_without_today(period)}.",
    ]
    if period.break_rule_seconds is None:
        lines.append(MIXED_RULES)
    else:
        longest = format_duration(period.bout_metrics.longest_seconds or 0)
        lines += _bouts(period.bout_metrics, longest, period.break_rule_seconds)
    return [*lines, *_standing(period.standing_seconds, None), _prompts_and_symptoms(period.prompts, period.symptoms)]


def _sitting(over: Summary | Period, *of: str) -> str:
    """The estimate; in brackets its range, then `of`, then how much was seen."""
    seen, unknown = format_duration(over.observed_seconds), format_duration(over.unobserved_seconds)
    coverage = ", ".join((*of, f"seen {seen}", f"unknown {unknown}"))
    brackets = "; ".join(part for part in (format_bounds(over.low, over.high), coverage) if part)
    return f"Estimated desk sitting {format_duration(over.sitting_seconds)} ({brackets})."


def _without_today(period: Period) -> str:
    """The mean leaves out the current day."""
    if period.days_over == period.days:
        return ""
    return ", of the one that is over" if period.days_over == 1 else f", of the {period.days_over} that are over"


def sitting_range(over: Summary | Period) -> str:
    """Return the estimate and its range: `5 h 10 min (4 h 50 to 5 h 25)`."""
    return format_range(over.sitting_seconds, over.low, over.high)


def usual_sentence(usual: Usual) -> str:
    """Return the user's own median day, for comparison."""
    longest = "" if usual.longest_seconds is None else f", longest sit {format_duration(usual.longest_seconds)}"
    return f"Your usual day (the middle of {usual.days}): sitting {format_duration(usual.sitting_seconds)}{longest}."


def symptom_sentences(days: Iterable[DayRecord], guidance: Guidance, break_min: float) -> list[str]:
    """Return, for each symptom, on how many days it came after a long sit. The records need their spans."""
    long = format_seconds(LONG_SIT, guidance.units)
    return [
        guidance.say(
            "symptom-after-sits", symptom=guidance.symptoms[each.kind].say, length=long, days=each.days, total=each.of
        )
        for each in symptoms_after_long_sits(((day.summary.symptoms, day.spans) for day in days), break_min)
    ]


def _bouts(metrics: BoutMetrics, longest: str, break_min: float) -> list[str]:
    if not metrics.bouts or metrics.prolonged_30 is None or metrics.usual_bout_seconds is None:
        return ["Sits: none."]
    enough = metrics.bouts * (metrics.mean_bout_seconds or 0.0) >= ENOUGH_FOR_A_RATE
    rate = f" ({metrics.fragmentation:.1f} per sitting hour)" if enough and metrics.fragmentation is not None else ""
    long = [f"Sits of 30 min or more: {_number_and_time(metrics.prolonged_30, metrics.prolonged_30_seconds)}"]
    if metrics.prolonged_60:
        long.append(f"of 1 h or more: {_number_and_time(metrics.prolonged_60, metrics.prolonged_60_seconds)}")
    lines = [
        f"Sits: {metrics.bouts}; breaks of {format_seconds(break_min)} or more: {metrics.breaks}{rate}.",
        f"Longest sit {longest}. {'; '.join(long)}.",
    ]
    if metrics.bouts > 1:
        lines.append(f"Half of your sitting was in sits longer than {format_duration(metrics.usual_bout_seconds)}.")
    return lines


def _notes(summary: Summary) -> list[str]:
    standing = _standing(summary.standing_seconds, summary.standing_longest_seconds)
    return [*standing, _prompts_and_symptoms(summary.prompts, summary.symptoms)]


def _standing(seconds: float, longest: float | None) -> list[str]:
    if not seconds:
        return []
    most = f", longest {format_duration(longest)}" if longest else ""
    return [f"Standing (as you told us) {format_duration(seconds)}{most}."]


def _prompts_and_symptoms(prompts: Mapping[str, int], symptoms: Sequence[SymptomNote]) -> str:
    logged = Counter(f"{note.kind.replace('-', ' ')} {note.side}" for note in symptoms)
    kinds = ", ".join(kind if number == 1 else f"{kind} ({number} times)" for kind, number in logged.items())
    shown = sum(number for kind, number in prompts.items() if asks_to_move(kind))
    return f"Prompts: {shown or 'none'}. Symptoms logged: {kinds or 'none'}."


def _longest(summary: Summary) -> str:
    if summary.longest_low is None or summary.longest_high is None:
        return "none"
    return format_range(summary.bout_metrics.longest_seconds or 0, summary.longest_low, summary.longest_high)


def _number_and_time(number: int, seconds: float | None) -> str:
    return f"{number} ({format_duration(seconds or 0)})" if number else "none"
