"""A day or a period in sentences, with the range of every estimate and the break rule beside the bouts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from slowrise.cli.views.i18n import _, units
from slowrise.core.metrics.bouts import BoutMetrics
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.period import Period, Usual
from slowrise.core.metrics.summary import Summary, SymptomNote
from slowrise.core.metrics.symptom_counts import LONG_SIT, LONG_STAND, symptom_days
from slowrise.core.model.time_text import (
    format_bounds,
    format_duration,
    format_in_words,
    format_range,
    format_seconds,
)
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_move
from slowrise.messages.guidance import Guidance

NO_BREAK_SPACE = "\u00a0"
ENOUGH_FOR_A_RATE = 30 * MINUTE
"""Sitting from which on breaks are also given per hour. A break in the first minute would give 60 an hour."""
_INNER_SPACE = re.compile(
    r"(?<=[0-9]) (?=(?:h|min|s|%|days?)\b)|(?<=[0-9] h) (?=[0-9])|(?<=of) (?=[0-9])|(?<=[0-9]시간) (?=[0-9]+분)"
)
"""The spaces within a length, and between `of` and a number."""


def keep_lengths_together(sentence: str) -> str:
    """Return the sentence with no-break spaces within lengths, so that no line ends there."""
    return _INNER_SPACE.sub(NO_BREAK_SPACE, sentence)


def day_name(day: date) -> str:
    """Return the date as `Monday 2 March 2026`."""
    text = _("{weekday} {day} {month} {year}")
    return text.format(weekday=_weekdays()[day.weekday()], day=day.day, month=_months()[day.month - 1], year=day.year)


def days_name(first: date, last: date) -> str:
    """Return the dates as `2 to 8 March 2026` or `23 February to 1 March 2026`; one day as `day_name` does."""
    if first == last:
        return day_name(first)
    if first.year != last.year:
        text = _("{day} {month} {year} to {last_day} {last_month} {last_year}")
    elif first.month != last.month:
        text = _("{day} {month} to {last_day} {last_month} {last_year}")
    else:
        text = _("{day} to {last_day} {last_month} {last_year}")
    months = _months()
    return text.format(
        day=first.day,
        month=months[first.month - 1],
        year=first.year,
        last_day=last.day,
        last_month=months[last.month - 1],
        last_year=last.year,
    )


def short_day_name(day: date) -> str:
    """Return the date as `Mon  2 Mar`, for a column."""
    weekdays = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    text = _("{weekday} {day:2} {month}")
    return text.format(weekday=weekdays[day.weekday()], day=day.day, month=_short_months()[day.month - 1])


def month_name(day: date) -> str:
    """Return the month as `Mar 2026`, for a column."""
    return _("{month} {year}").format(month=_short_months()[day.month - 1], year=day.year)


def number_of_days(number: int) -> str:
    """Return `1 day` or `5 days`."""
    return _("1 day") if number == 1 else _("{number} days").format(number=number)


def mixed_rules() -> str:
    """Return the sentence for days whose sits cannot be compared."""
    return _("The break rule changed within these days: their sits and breaks are not added up.")


def _weekdays() -> Sequence[str]:
    return _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")


def _months() -> Sequence[str]:
    return (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )


def _short_months() -> Sequence[str]:
    return (
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    )


def day_sentences(summary: Summary, today: date | None = None) -> list[str]:
    """Return the sentences about a day, one subject each. With `today`, a later day is called a future day."""
    if today is not None and summary.day > today:
        return [_("This day is in the future.")]
    if not summary.observed_seconds:
        known = _notes(summary) if summary.prompts or summary.symptoms or summary.standing_seconds else []
        return [_("slowrise was not running on this day, or was paused, so nothing is known."), *known]
    return [
        _sitting(summary),
        *_bouts(summary.bout_metrics, _longest(summary), summary.break_rule_seconds),
        *_notes(summary),
    ]


def period_sentences(period: Period) -> list[str]:
    """Return the sentences about several days together."""
    if not period.days or period.sitting_seconds_a_day is None:
        known = [_prompts_and_symptoms(period.prompts, period.symptoms)] if period.symptoms else []
        return [_("slowrise was not running on these days, or was paused, so nothing is known."), *known]
    lines = [
        _sitting(period, number_of_days(period.days)),
        _without_today(period).format(length=_length(period.sitting_seconds_a_day), days=period.days_over),
    ]
    if period.break_rule_seconds is None:
        lines.append(mixed_rules())
    else:
        longest = _length(period.bout_metrics.longest_seconds or 0)
        lines += _bouts(period.bout_metrics, longest, period.break_rule_seconds)
    return [*lines, *_standing(period.standing_seconds, None), _prompts_and_symptoms(period.prompts, period.symptoms)]


def _sitting(over: Summary | Period, *of: str) -> str:
    """The estimate; in brackets its range, then `of`, then how much was seen."""
    seen = _("seen {length}").format(length=_length(over.observed_seconds))
    unknown = _("unknown {length}").format(length=_length(over.unobserved_seconds))
    coverage = ", ".join((*of, seen, unknown))
    brackets = "; ".join(part for part in (format_bounds(over.low, over.high, units()), coverage) if part)
    text = _("Estimated desk sitting {length} ({details}).")
    return text.format(length=_length(over.sitting_seconds), details=brackets)


def _without_today(period: Period) -> str:
    """The sentence about the mean day, which leaves out the current day."""
    if period.days_over == period.days:
        return _("{length} a day.")
    if period.days_over == 1:
        return _("{length} a day, of the one that is over.")
    return _("{length} a day, of the {days} that are over.")


def sitting_range(over: Summary | Period) -> str:
    """Return the estimate and its range: `5 h 10 min (4 h 50 to 5 h 25)`."""
    return format_range(over.sitting_seconds, over.low, over.high, units())


def usual_sentence(usual: Usual) -> str:
    """Return the user's own median day, for comparison."""
    text = _("Your usual day (the middle of {days}): sitting {length}.")
    if usual.longest_seconds is not None:
        text = _("Your usual day (the middle of {days}): sitting {length}, longest sit {longest}.")
    longest = _length(usual.longest_seconds or 0)
    return text.format(days=usual.days, length=_length(usual.sitting_seconds), longest=longest)


def symptom_sentences(days: Iterable[DayRecord], guidance: Guidance, break_min: float) -> list[str]:
    """Return, for each symptom, on how many days it came after a long sit or stand. The records need their spans."""
    counts = symptom_days(((day.summary.symptoms, day.spans) for day in days), break_min)
    lines = [
        guidance.say(
            "symptom-days",
            symptom=guidance.symptoms[each.kind].say,
            total=each.days,
            sat=each.after_sit,
            sit=format_in_words(LONG_SIT, guidance.units),
            stood=each.after_stand,
            stand=format_in_words(LONG_STAND, guidance.units),
            neither=each.after_neither,
        )
        for each in counts
    ]
    return [*lines, guidance.say("symptom-days-only")] if lines else []


def _bouts(metrics: BoutMetrics, longest: str, break_min: float) -> list[str]:
    if not metrics.bouts or metrics.prolonged_30 is None or metrics.usual_bout_seconds is None:
        return [_("Sits: none.")]
    enough = metrics.bouts * (metrics.mean_bout_seconds or 0.0) >= ENOUGH_FOR_A_RATE
    counted = _("Sits: {sits}; breaks of {length} or more: {breaks}.")
    if enough and metrics.fragmentation is not None:
        counted = _("Sits: {sits}; breaks of {length} or more: {breaks} ({rate:.1f} per sitting hour).")
    long = _("Longest sit {longest}. Sits of 30 min or more: {half}.")
    if metrics.prolonged_60:
        long = _("Longest sit {longest}. Sits of 30 min or more: {half}; of 1 h or more: {hour}.")
    length, rate = format_seconds(break_min, units()), metrics.fragmentation or 0.0
    half = _number_and_time(metrics.prolonged_30, metrics.prolonged_30_seconds)
    hour = _number_and_time(metrics.prolonged_60 or 0, metrics.prolonged_60_seconds)
    lines = [
        counted.format(sits=metrics.bouts, length=length, breaks=metrics.breaks, rate=rate),
        long.format(longest=longest, half=half, hour=hour),
    ]
    if metrics.bouts > 1:
        text = _("Half of your sitting was in sits longer than {length}.")
        lines.append(text.format(length=_length(metrics.usual_bout_seconds)))
    return lines


def _notes(summary: Summary) -> list[str]:
    standing = _standing(summary.standing_seconds, summary.standing_longest_seconds)
    return [*standing, _prompts_and_symptoms(summary.prompts, summary.symptoms)]


def _standing(seconds: float, longest: float | None) -> list[str]:
    if not seconds:
        return []
    text = (
        _("Standing (as you told us) {length}, longest {longest}.")
        if longest
        else _("Standing (as you told us) {length}.")
    )
    return [text.format(length=_length(seconds), longest=_length(longest or 0))]


def _prompts_and_symptoms(prompts: Mapping[str, int], symptoms: Sequence[SymptomNote]) -> str:
    logged = Counter(_symptom(note) for note in symptoms)
    times = _("{symptom} ({number} times)")
    kinds = ", ".join(
        symptom if number == 1 else times.format(symptom=symptom, number=number) for symptom, number in logged.items()
    )
    shown = sum(number for kind, number in prompts.items() if asks_to_move(kind))
    text, none = _("Reminders: {prompts}. Symptoms logged: {symptoms}."), _("none")
    return text.format(prompts=shown or none, symptoms=kinds or none)


def _symptom(note: SymptomNote) -> str:
    kinds = {
        "pain": _("pain"),
        "radiating-pain": _("radiating pain"),
        "numbness": _("numbness"),
        "reduced-sensation": _("reduced sensation"),
        "odd-sensation": _("odd sensation"),
        "weakness": _("weakness"),
    }
    sides = {"left": _("left"), "right": _("right"), "both": _("both"), "middle": _("middle")}
    return _("{symptom} {side}").format(
        symptom=kinds.get(note.kind, note.kind.replace("-", " ")), side=sides.get(note.side, note.side)
    )


def _longest(summary: Summary) -> str:
    if summary.longest_low is None or summary.longest_high is None:
        return _("none")
    longest = summary.bout_metrics.longest_seconds or 0
    return format_range(longest, summary.longest_low, summary.longest_high, units())


def _number_and_time(number: int, seconds: float | None) -> str:
    return _("{number} ({length})").format(number=number, length=_length(seconds or 0)) if number else _("none")


def _length(seconds: float) -> str:
    return format_duration(seconds, units())
