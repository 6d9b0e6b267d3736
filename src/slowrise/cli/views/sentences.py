"""A day or a week in sentences: plain text with every range and the break rule beside the bouts. Nothing is judged."""

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
from slowrise.core.model.time_text import format_duration, format_range, format_seconds
from slowrise.core.prompts.kinds import asks_to_move
from slowrise.messages.guidance import Guidance

NO_BREAK = "\u00a0"
ENOUGH_FOR_A_RATE = 1800.0
"""Seconds of sitting below which breaks are not put per hour: one break in the first minute would be sixty."""
_UNITS = re.compile(r"(?<=[0-9]) (?=(?:h|min|s|%|days?)\b)|(?<=[0-9] h) (?=[0-9])|(?<=of) (?=[0-9])")
"""Spaces at which a line is not broken: within a length, and before a number that the word before explains."""


def unbroken(sentence: str) -> str:
    """The sentence with no-break spaces where a line must not end."""
    return _UNITS.sub(NO_BREAK, sentence)


def day_name(day: date) -> str:
    """`Monday 2 March 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def days_name(first: date, last: date) -> str:
    """`2 to 8 March 2026`, `23 February to 1 March 2026`, and the one day where both are the same."""
    if first == last:
        return day_name(first)
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begin} to {last.day} {last:%B %Y}"


def day_sentences(summary: Summary, today: date | None = None) -> list[str]:
    """What a day comes to, a subject a line. Seen from `today`, a day to come is said to be one."""
    if today is not None and summary.day > today:
        return ["This day is yet to come."]
    if not summary.observed_seconds:
        return ["Nothing was seen of this day. Nobody watched it, so it says nothing about sitting.", *_notes(summary)]
    lines = [
        _with_coverage(
            f"Estimated desk sitting {sitting_range(summary)}",
            f"seen {format_duration(summary.observed_seconds)}, unknown {format_duration(summary.unobserved_seconds)}",
        )
    ]
    return [*lines, *_pattern(summary.bout_metrics, _longest(summary), summary.break_rule_seconds), *_notes(summary)]


def week_sentences(week: Period) -> list[str]:
    """What several days come to together."""
    if not week.days or week.sitting_seconds_a_day is None:
        return ["Nothing was seen of these days. Nobody watched them, so they say nothing about sitting."]
    days = "1 day" if week.days == 1 else f"{week.days} days"
    lines = [
        _with_coverage(
            f"Estimated desk sitting {sitting_range(week)}",
            f"{days}, seen {format_duration(week.observed_seconds)}, "
            f"unknown {format_duration(week.unobserved_seconds)}",
        ),
        f"{format_duration(week.sitting_seconds_a_day)} a day{_of_those_over(week)}.",
    ]
    if week.break_rule_seconds is None:
        lines.append("The break rule changed within these days: their sits and breaks are not added up.")
    else:
        longest = format_duration(week.bout_metrics.longest_seconds or 0)
        lines += _pattern(week.bout_metrics, longest, week.break_rule_seconds)
    if week.alpha is not None and week.alpha_standard_error is not None:
        lines.append(
            f"Power-law exponent of the sits {week.alpha:.2f} ± {week.alpha_standard_error:.2f}; lower is longer."
        )
    return [*lines, *_standing(week.standing_seconds, None), *_asides(week.prompts, week.symptoms)]


def _of_those_over(week: Period) -> str:
    if week.days_over == week.days:
        return ""
    return ", of the one that is over" if week.days_over == 1 else f", of the {week.days_over} that are over"


def sitting_range(over: Summary | Period) -> str:
    """`5 h 10 min (4 h 50 to 5 h 25)`."""
    return format_range(over.sitting_seconds, over.low, over.high)


def usual_sentence(usual: Usual) -> str:
    """The person's own middle day, to hold a day against."""
    longest = "" if usual.longest_seconds is None else f", longest sit {format_duration(usual.longest_seconds)}"
    return f"Your usual day (the middle of {usual.days}): sitting {format_duration(usual.sitting_seconds)}{longest}."


def beside_sentences(days: Iterable[DayRecord], guidance: Guidance, break_min: float) -> list[str]:
    """Symptoms beside the long sits before them, as counts. The days have to be whole."""
    long = format_seconds(LONG_SIT, guidance.units)
    return [
        guidance.say(
            "symptom-after-sits", symptom=guidance.symptoms[each.kind].say, length=long, days=each.days, total=each.of
        )
        for each in symptoms_after_long_sits(((day.summary.symptoms, day.spans) for day in days), break_min)
    ]


def _pattern(pattern: BoutMetrics, longest: str, rule: float) -> list[str]:
    if not pattern.bouts or pattern.prolonged_30 is None or pattern.usual_bout_seconds is None:
        return ["Sits: none."]
    enough = pattern.bouts * (pattern.mean_bout_seconds or 0.0) >= ENOUGH_FOR_A_RATE
    rate = f" ({pattern.fragmentation:.1f} per sitting hour)" if enough and pattern.fragmentation is not None else ""
    long = [f"Sits of 30 min or more: {_held(pattern.prolonged_30, pattern.prolonged_30_seconds)}"]
    if pattern.prolonged_60:
        long.append(f"of 1 h or more: {_held(pattern.prolonged_60, pattern.prolonged_60_seconds)}")
    lines = [
        f"Sits: {pattern.bouts}; breaks of {format_seconds(rule)} or more: {pattern.breaks}{rate}.",
        f"Longest sit {longest}. {'; '.join(long)}.",
    ]
    if pattern.bouts > 1:
        lines.append(f"Half of your sitting was in sits longer than {format_duration(pattern.usual_bout_seconds)}.")
    return lines


def _notes(summary: Summary) -> list[str]:
    standing = _standing(summary.standing_seconds, summary.standing_longest_seconds)
    return [*standing, *_asides(summary.prompts, summary.symptoms)]


def _standing(seconds: float, longest: float | None) -> list[str]:
    if not seconds:
        return []
    most = f", longest {format_duration(longest)}" if longest else ""
    return [f"Standing (as you told us) {format_duration(seconds)}{most}."]


def _asides(prompts: Mapping[str, int], symptoms: Sequence[SymptomNote]) -> list[str]:
    noted = Counter(f"{note.kind.replace('-', ' ')} {note.side}" for note in symptoms)
    kinds = ", ".join(kind if number == 1 else f"{kind} ({number} times)" for kind, number in noted.items())
    given = sum(number for kind, number in prompts.items() if asks_to_move(kind))
    return [f"Prompts: {given or 'none'}. Symptoms logged: {kinds or 'none'}."]


def _with_coverage(said: str, coverage: str) -> str:
    """The range and what was seen in one pair of brackets."""
    return f"{said[:-1]}; {coverage})." if said.endswith(")") else f"{said} ({coverage})."


def _longest(summary: Summary) -> str:
    if summary.longest_low is None or summary.longest_high is None:
        return "none"
    return format_range(summary.bout_metrics.longest_seconds or 0, summary.longest_low, summary.longest_high)


def _held(number: int, seconds: float | None) -> str:
    return f"{number} ({format_duration(seconds or 0)})" if number else "none"
