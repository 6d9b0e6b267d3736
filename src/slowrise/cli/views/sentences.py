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
    format_about,
    format_about_range,
    format_bounds,
    format_duration,
    format_in_words,
    format_range,
    format_seconds,
)
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_move
from slowrise.core.symptoms import RED_FLAG_KINDS
from slowrise.messages.guidance import Guidance

NO_BREAK_SPACE = "\u00a0"
SURE_OF_A_SIT = 5 * MINUTE
"""If the range of a sit is narrower, the sentence gives its length to the minute."""
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
    text = _("{weekday} {day:2} {month}")
    return text.format(weekday=short_weekdays()[day.weekday()], day=day.day, month=_short_months()[day.month - 1])


def short_weekdays() -> Sequence[str]:
    """Return the short names of the weekdays, Monday first."""
    return _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")


def short_date(day: date) -> str:
    """Return the date as `2 Mar`, for an axis."""
    return _("{day} {month}").format(day=day.day, month=_short_months()[day.month - 1])


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


def day_sentences(summary: Summary, today: date | None = None, *, exact: bool = False) -> list[str]:
    """Return the sentences about a day, one subject each. With `today`, a later day is called a future day.

    They are short and rounded; `exact` gives every number to the minute, with its range.
    """
    if today is not None and summary.day > today:
        return [_("This day is in the future.")]
    if not summary.observed_seconds:
        known = _notes(summary) if summary.prompts or summary.symptoms or summary.flare_up else []
        return [_("slowrise was not running on this day, or was paused, so nothing is known."), *known]
    if not exact:
        return [
            _("You sat about {length} at this computer.").format(length=_about(summary))
            if summary.high >= MINUTE
            else _("You did not sit at this computer."),
            _watched(summary),
            *_longest_and_breaks(summary.bout_metrics, _longest_about(summary), summary.break_rule_seconds),
            *_notes(summary),
        ]
    return [
        _sitting(summary),
        *_bouts(summary.bout_metrics, _longest(summary), summary.break_rule_seconds),
        *_notes(summary),
    ]


def period_sentences(period: Period, *, exact: bool = False) -> list[str]:
    """Return the sentences about several days together, short and rounded; `exact`: every number, with its range."""
    if not period.days or period.sitting_seconds_a_day is None:
        known = [_symptoms(period.symptoms)] if period.symptoms else []
        return [_("slowrise was not running on these days, or was paused, so nothing is known."), *known]
    if exact:
        lines = [
            _sitting(period, number_of_days(period.days)),
            _without_today(period).format(length=_length(period.sitting_seconds_a_day), days=period.days_over),
        ]
    else:
        mean, total = format_about(period.sitting_seconds_a_day, units()), _about(period)
        lines = [
            _("You sat about {length} a day at this computer, today not counted.").format(length=mean)
            if period.days_over < period.days
            else _("You sat about {length} a day at this computer.").format(length=mean),
            _("All in all about {length}, on {days}.").format(length=total, days=number_of_days(period.days)),
        ]
    if period.break_rule_seconds is None:
        lines.append(mixed_rules())
    else:
        seconds = period.bout_metrics.longest_seconds or 0.0
        longest = _length(seconds) if exact else _("about {length}").format(length=format_about(seconds, units()))
        bouts = _bouts if exact else _longest_and_breaks
        lines += bouts(period.bout_metrics, longest, period.break_rule_seconds)
    return [
        *lines,
        *_standing(period.standing_seconds, None),
        _reminders(period.prompts, period.answers),
        _symptoms(period.symptoms),
        *flare_up_sentences(period),
    ]


def flare_up_sentences(period: Period) -> list[str]:
    """Return a sentence with the days of the flare-ups, if there were any."""
    if not period.flare_ups:
        return []
    named = ", ".join(days_name(first, last) for first, last in period.flare_ups)
    return [_("Flare-up mode was on: {days}.").format(days=named)]


def _about(over: Summary | Period) -> str:
    return format_about_range(over.sitting_seconds, over.low, over.high, units())


def _watched(day: Summary) -> str:
    watched, unknown = (format_about(each, units()) for each in (day.observed_seconds, day.unobserved_seconds))
    if day.unobserved_seconds < MINUTE:
        return _("slowrise watched for about {length}.").format(length=watched)
    text = _("slowrise watched for about {length}; {unknown} in between are unknown.")
    return text.format(length=watched, unknown=unknown)


def _longest_and_breaks(metrics: BoutMetrics, longest: str, break_min: float) -> list[str]:
    if not metrics.bouts:
        return []
    text = _("Breaks of {length} or more: {breaks}. Sits of 30 min or more: {sits}.")
    length = format_seconds(break_min, units())
    return [
        _("Longest sit: {longest}.").format(longest=longest),
        text.format(length=length, breaks=metrics.breaks or _("none"), sits=metrics.prolonged_30 or _("none")),
    ]


def _longest_about(day: Summary) -> str:
    longest = day.bout_metrics.longest_seconds or 0.0
    if day.longest_low is None or day.longest_high is None or day.longest_high - day.longest_low < SURE_OF_A_SIT:
        return _length(longest)
    return _("about {length}").format(length=format_about_range(longest, day.longest_low, day.longest_high, units()))


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
    text = _("On your usual day you sit about {length}.")
    if usual.longest_seconds is not None:
        text = _("On your usual day you sit about {length}, and about {longest} at the longest without a break.")
    longest = format_about(usual.longest_seconds or 0.0, units())
    return text.format(length=format_about(usual.sitting_seconds, units()), longest=longest)


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
    flare_up = [_("Flare-up mode was on.")] if summary.flare_up else []
    return [*standing, _reminders(summary.prompts, summary.answers), _symptoms(summary.symptoms), *flare_up]


def _standing(seconds: float, longest: float | None) -> list[str]:
    if not seconds:
        return []
    text = (
        _("Standing (as you told us) {length}, longest {longest}.")
        if longest
        else _("Standing (as you told us) {length}.")
    )
    return [text.format(length=_length(seconds), longest=_length(longest or 0))]


def about(seconds: float) -> str:
    """Return an estimate as people say it: `6½ hours`."""
    return format_about(seconds, units())


def reminder_sentence(over: Summary | Period) -> str:
    """Return how many reminders there were and how they were answered."""
    return _reminders(over.prompts, over.answers)


def _reminders(prompts: Mapping[str, int], answers: Mapping[str, int]) -> str:
    shown = sum(number for kind, number in prompts.items() if asks_to_move(kind))
    if not shown:
        return _("Reminders: none.")
    followed, later = answers.get("followed", 0), answers.get("later", 0)
    if not followed and not later:  # from a version that did not note answers, or of a user who just gets up
        return _("Reminders: {prompts}.").format(prompts=shown)
    text = _("Reminders: {prompts}. Followed: {followed}, put off: {later}, not answered: {none}.")
    return text.format(prompts=shown, followed=followed, later=later, none=max(shown - followed - later, 0))


def _symptoms(symptoms: Sequence[SymptomNote]) -> str:
    """The logged symptoms; level 0 means that there was none."""
    logged = Counter(symptom_name(note) for note in symptoms if note.level)
    times = _("{symptom} ({number} times)")
    kinds = ", ".join(
        symptom if number == 1 else times.format(symptom=symptom, number=number) for symptom, number in logged.items()
    )
    return _("Symptoms logged: {symptoms}.").format(symptoms=kinds or _("none"))


def symptom_name(note: SymptomNote) -> str:
    """Return the symptom and its side in a few words: `numbness on the left`."""
    kinds = {
        "pain": _("pain"),
        "radiating-pain": _("radiating pain"),
        "numbness": _("numbness"),
        "reduced-sensation": _("reduced sensation"),
        "odd-sensation": _("odd sensation"),
        "weakness": _("weakness"),
        "saddle-numbness": _("numbness between the legs"),
        "bladder-bowel": _("trouble with bladder or bowels"),
    }
    if note.kind in RED_FLAG_KINDS:
        return kinds[note.kind]  # there is one place for it
    sides = {
        "left": _("on the left"),
        "right": _("on the right"),
        "both": _("on both sides"),
        "middle": _("in the middle"),
    }
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
