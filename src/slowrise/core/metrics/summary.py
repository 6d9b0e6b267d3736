"""The day in numbers, from its spans. Seconds throughout; nothing is said here, only counted.

Three kinds of time, which add up to the time from `begin` to `end`. *Observed* is sitting, standing and away.
*Unobserved* lies between observed time of the same day: a pause, a crash, another user. What is not observed before
the day's first observed instant and after its last is outside: there was nothing running to miss anything. Unobserved
time is folded into neither sitting nor breaks.

Sitting, standing and away time are expected values: a silence of which we are 80 % sure gives 80 % of its length to
its own state and the rest to the other. The bouts are those of the likelier states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import dropwhile
from math import hypot
from statistics import median
from typing import Any

import msgspec

from slowrise.core.metrics.bouts import HOUR_SIT, BoutMetrics, alpha, bout_metrics
from slowrise.core.metrics.estimate import NINETY, PERSON_SD, Ranges, estimate, ranges
from slowrise.core.model.spans import Span, bouts_and_breaks, bouts_between
from slowrise.core.model.timestamps import iso
from slowrise.core.model.units import HOUR, MINUTE

GOOD_LONGEST = 45 * MINUTE
"""The longest sit of a good day in the standard profile; judgement, a little under HSE's 50 to 60 minutes of screen."""
ENOUGH_SEEN = 2 * HOUR
"""With less observed a day is called neither good nor usual; judgement."""
FEWEST_USUAL_DAYS = 5
STAND_20 = 20 * MINUTE
STAND_40 = 40 * MINUTE


class SymptomNote(msgspec.Struct, frozen=True):
    """What the person noted: `level` is 0 to 10."""

    at: datetime
    kind: str
    side: str
    level: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One day. The break rule belongs beside every bout number: another rule gives other bouts of the same day."""

    day: date
    break_rule_seconds: float
    begin: datetime | None
    """The first observed instant; None for a day of which nothing was seen."""
    end: datetime | None

    sitting_seconds: float
    low: float
    high: float
    """`low` to `high`: the 90 % interval of the sitting time."""
    standing_seconds: float
    away_seconds: float
    observed_seconds: float
    unobserved_seconds: float
    coverage: float | None
    """Observed share of the time from `begin` to `end`."""
    sitting_share: float | None
    """Sitting share of the observed time."""

    bout_metrics: BoutMetrics
    longest_low: float | None
    """`longest_low` to `longest_high`: the 90 % interval of the longest bout; of the breaks, those below."""
    longest_high: float | None
    breaks_low: int
    breaks_high: int
    first_sitting: datetime | None
    last_sitting: datetime | None
    open_start: bool
    """The first bout was not seen to begin: it came over the day's start, or the monitor was started during it."""
    open_end: bool
    """The last bout was not seen to end: it goes on, goes over the day's end, or the monitor was stopped."""

    standing_bouts: int
    standing_20: int
    """Standing bouts of at least 20 minutes, and of at least 40."""
    standing_40: int
    standing_longest_seconds: float | None

    good_day: bool | None
    """No sit of an hour and none over the profile's line; None where too little was seen."""
    prompts: dict[str, int]
    symptoms: tuple[SymptomNote, ...]
    bout_lengths: tuple[float, ...]
    break_lengths: tuple[float, ...]
    sd_silences: float
    """Standard deviation of the sitting time from the silences, each judged on its own, and from the person."""
    sd_person: float


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Several days together, as many as there are; only those of which something was seen count as days."""

    first_day: date
    last_day: date
    days: int
    break_rule_seconds: float | None
    """None where the days were counted by different rules: their bout numbers should not be read together."""
    sitting_seconds: float
    low: float
    high: float
    sitting_seconds_a_day: float | None
    """The mean of the days that are over; of the one that is not where there is no other."""
    days_over: int
    """Of how many days that is the mean."""
    standing_seconds: float
    away_seconds: float
    observed_seconds: float
    unobserved_seconds: float
    coverage: float | None
    bout_metrics: BoutMetrics
    alpha: float | None
    """Power-law exponent of the bouts, of those at least as long as the break rule; None for fewer than ten."""
    alpha_standard_error: float | None
    good_days: int
    prompts: dict[str, int]
    symptoms: tuple[SymptomNote, ...]


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """The person's own middle day: medians over `days` days."""

    days: int
    sitting_seconds: float
    longest_seconds: float | None
    breaks: float


def summarize(
    spans: Sequence[Span],
    *,
    day: date,
    break_min: float,
    open_end: bool = False,
    person_sd: float = PERSON_SD,
    good_longest: float = GOOD_LONGEST,
    prompts: Mapping[str, int] | None = None,
    symptoms: Sequence[SymptomNote] = (),
    sampled: bool = True,
) -> Summary:
    """The day whose spans these are, in order without hole or overlap; none at all is a day without data.

    With `open_end` the monitor still runs at the end of the last span, so unobserved time there (a pause) is inside.
    Not `sampled`, the longest sit and the breaks have no range, which is half of the work.
    """
    seen = _seen(spans, open_end=open_end)
    bouts, between = bouts_and_breaks(seen, break_min=break_min)
    lengths, breaks = tuple(bout.seconds for bout in bouts), tuple(one.seconds for one in between)
    standing = [bout.seconds for bout in bouts_between(seen, break_min=break_min, state="standing")]
    sitting = estimate(seen, person_sd=person_sd)
    stood = sum((span.seconds * span.confidence for span in seen if span.state == "standing"), 0.0)
    unobserved = sum((span.seconds for span in seen if span.state == "unobserved"), 0.0)
    observed = (seen[-1].end - seen[0].start).total_seconds() - unobserved if seen else 0.0
    metrics = bout_metrics(lengths, breaks)
    longest = max(lengths, default=0.0)
    likely = Ranges(longest, longest, len(breaks), len(breaks))
    if sampled:
        likely = ranges(seen, break_min=break_min, longest=longest, breaks=len(breaks), person_sd=person_sd)
    return Summary(
        day=day,
        break_rule_seconds=break_min,
        begin=seen[0].start if seen else None,
        end=seen[-1].end if seen else None,
        sitting_seconds=sitting.seconds,
        low=sitting.low,
        high=sitting.high,
        standing_seconds=stood,
        away_seconds=max(0.0, observed - sitting.seconds - stood),
        observed_seconds=observed,
        unobserved_seconds=unobserved,
        coverage=_share(observed, observed + unobserved),
        sitting_share=_share(sitting.seconds, observed),
        bout_metrics=metrics,
        longest_low=likely.longest_low if bouts else None,
        longest_high=likely.longest_high if bouts else None,
        breaks_low=likely.breaks_low,
        breaks_high=likely.breaks_high,
        first_sitting=bouts[0].start if bouts else None,
        last_sitting=bouts[-1].end if bouts else None,
        open_start=bool(bouts) and bouts[0].open_start,
        open_end=bool(bouts) and bouts[-1].open_end,
        standing_bouts=len(standing),
        standing_20=sum(length >= STAND_20 for length in standing),
        standing_40=sum(length >= STAND_40 for length in standing),
        standing_longest_seconds=max(standing, default=None),
        good_day=_good(metrics.longest_seconds, good_longest) if observed >= ENOUGH_SEEN else None,
        prompts=dict(prompts or {}),
        symptoms=tuple(symptoms),
        bout_lengths=lengths,
        break_lengths=breaks,
        sd_silences=sitting.sd_silences,
        sd_person=sitting.sd_person,
    )


def period(summaries: Sequence[Summary], *, unfinished: date | None = None) -> Period:
    """The days together; `summaries` is not empty. A bout over a day's start is two, as in the days themselves.

    `unfinished` is the day that goes on: in the morning it would draw the mean of a week down by an hour.
    """
    days = [summary for summary in summaries if summary.observed_seconds > 0]
    over = [summary for summary in days if summary.day != unfinished] or days
    state = {summary.break_rule_seconds for summary in days or summaries}
    rule = state.pop() if len(state) == 1 else None
    sitting, standing, away, observed, unobserved = (
        sum((getattr(summary, name + "_seconds") for summary in days), 0.0)
        for name in ("sitting", "standing", "away", "observed", "unobserved")
    )
    # Silences of different days err independently; the person is the same in all. The days' own ranges bound theirs.
    reach = NINETY * hypot(*(day.sd_silences for day in days), sum(day.sd_person for day in days))
    bouts = [length for day in days for length in day.bout_lengths]
    exponent = alpha(bouts, rule) if rule else None
    return Period(
        first_day=min(summary.day for summary in summaries),
        last_day=max(summary.day for summary in summaries),
        days=len(days),
        break_rule_seconds=rule,
        sitting_seconds=sitting,
        low=max(sum((day.low for day in days), 0.0), sitting - reach),
        high=min(sum((day.high for day in days), 0.0), sitting + reach),
        sitting_seconds_a_day=_share(sum((day.sitting_seconds for day in over), 0.0), len(over)),
        days_over=len(over),
        standing_seconds=standing,
        away_seconds=away,
        observed_seconds=observed,
        unobserved_seconds=unobserved,
        coverage=_share(observed, observed + unobserved),
        bout_metrics=bout_metrics(bouts, [length for day in days for length in day.break_lengths]),
        alpha=exponent.alpha if exponent else None,
        alpha_standard_error=exponent.standard_error if exponent else None,
        good_days=sum(day.good_day is True for day in days),
        prompts=_added(summary.prompts for summary in summaries),
        symptoms=tuple(note for summary in summaries for note in summary.symptoms),
    )


def usual(summaries: Iterable[Summary]) -> Usual | None:
    """The middle of these days, of those seen long enough to count; None with fewer than five."""
    days = [summary for summary in summaries if summary.observed_seconds >= ENOUGH_SEEN]
    if len(days) < FEWEST_USUAL_DAYS:
        return None
    longest = [day.bout_metrics.longest_seconds for day in days if day.bout_metrics.longest_seconds is not None]
    return Usual(
        days=len(days),
        sitting_seconds=median(day.sitting_seconds for day in days),
        longest_seconds=median(longest) if longest else None,
        breaks=median(day.bout_metrics.breaks for day in days),
    )


def as_json(summary: Summary | Period) -> dict[str, Any]:
    """The same numbers under stable names, bout metrics beside the others: seconds to a tenth, ratios to 1/10000."""
    fields = msgspec.structs.asdict(summary)
    fields |= msgspec.structs.asdict(fields.pop("bout_metrics"))
    return {name: _plain(name, value) for name, value in fields.items()}


def _seen(spans: Sequence[Span], *, open_end: bool) -> list[Span]:
    """Without what is outside: unobserved time at the beginning, and at the end unless that is now."""
    seen = list(dropwhile(_unseen, (span for span in spans if span.start < span.end)))
    while seen and not open_end and _unseen(seen[-1]):
        seen.pop()
    return seen


def _unseen(span: Span) -> bool:
    return span.state == "unobserved"


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _good(longest: float | None, line: float) -> bool | None:
    return None if longest is None else longest <= line and longest < HOUR_SIT


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for kind, number in count.items():
            total[kind] = total.get(kind, 0) + number
    return total


_RATIOS = {
    *("coverage", "sitting_share", "fragmentation", "gini", "gini_unbiased"),
    *("transition_probability", "alpha", "alpha_standard_error"),
}


def _plain(name: str, value: Any) -> Any:
    match value:
        case float():
            return round(value, 4 if name in _RATIOS else 1)
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(name, one) for one in value]
        case SymptomNote():
            return {field: _plain(field, one) for field, one in msgspec.structs.asdict(value).items()}
    return value
