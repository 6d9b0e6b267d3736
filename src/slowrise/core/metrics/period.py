"""Several days together, and the user's own usual day. Lengths are seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from math import hypot
from statistics import median

import msgspec

from slowrise.core.metrics.bouts import BoutMetrics, alpha, bout_metrics
from slowrise.core.metrics.estimate import NINETY
from slowrise.core.metrics.summary import ENOUGH_SEEN, Summary, SymptomNote, share
from slowrise.core.metrics.usual import FEWEST_USUAL_DAYS


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Several days together. Only days with observed time count as days."""

    first_day: date
    last_day: date
    seen: tuple[Summary, ...]
    """The days with observed time."""
    break_rule_seconds: float | None
    """None where the days used different rules: their bout numbers must not be compared."""
    sitting_seconds: float
    low: float
    high: float
    """`low` to `high` is the 90 % interval of the sitting time."""
    sitting_seconds_a_day: float | None
    """Mean of the finished days; of the unfinished one where there is no other."""
    days_over: int
    """How many days that mean covers."""
    standing_seconds: float
    away_seconds: float
    observed_seconds: float
    unobserved_seconds: float
    bout_metrics: BoutMetrics
    alpha: float | None
    """Power-law exponent of the bouts that last at least the break rule; None for fewer than ten."""
    alpha_standard_error: float | None
    prompts: dict[str, int]
    symptoms: tuple[SymptomNote, ...]
    answers: dict[str, int]
    """As in the days."""
    flare_ups: tuple[tuple[date, date], ...]
    """The first and the last day of each flare-up, as far as it is in the period."""

    @property
    def flare_up_days(self) -> int:
        """On how many days flare-up mode was on."""
        return sum((last - first).days + 1 for first, last in self.flare_ups)

    @property
    def days(self) -> int:
        """How many days have observed time."""
        return len(self.seen)

    @property
    def coverage(self) -> float | None:
        """Observed share of the time from the first to the last observed instant of each day."""
        return share(self.observed_seconds, self.observed_seconds + self.unobserved_seconds)


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """The user's own usual day: medians over `days` days."""

    days: int
    sitting_seconds: float
    longest_seconds: float | None
    breaks: float


def period(summaries: Sequence[Summary], *, unfinished: date | None = None) -> Period:
    """Add up the days; `summaries` must not be empty. A bout across a day's start counts as two, as in the days.

    `unfinished`: today, which stays out of the mean. In the morning it would lower a week's mean by an hour.
    """
    days = tuple(summary for summary in summaries if summary.observed_seconds > 0)
    over = [summary for summary in days if summary.day != unfinished] or days
    rules = {summary.break_rule_seconds for summary in days or summaries}
    rule = rules.pop() if len(rules) == 1 else None
    bouts = [length for day in days for length in day.bout_lengths]
    breaks = [length for day in days for length in day.break_lengths]
    exponent = alpha(bouts, rule) if rule else None
    sitting = sum((day.sitting_seconds for day in days), 0.0)
    # Silences of different days err independently; the person is the same in all. The days' own ranges are bounds.
    reach = NINETY * hypot(*(day.sd_silences for day in days), sum(day.sd_person for day in days))
    return Period(
        first_day=min(summary.day for summary in summaries),
        last_day=max(summary.day for summary in summaries),
        seen=days,
        break_rule_seconds=rule,
        sitting_seconds=sitting,
        low=max(sum((day.low for day in days), 0.0), sitting - reach),
        high=min(sum((day.high for day in days), 0.0), sitting + reach),
        sitting_seconds_a_day=share(sum((day.sitting_seconds for day in over), 0.0), len(over)),
        days_over=len(over),
        standing_seconds=sum((day.standing_seconds for day in days), 0.0),
        away_seconds=sum((day.away_seconds for day in days), 0.0),
        observed_seconds=sum((day.observed_seconds for day in days), 0.0),
        unobserved_seconds=sum((day.unobserved_seconds for day in days), 0.0),
        bout_metrics=bout_metrics(bouts, breaks),
        alpha=exponent.alpha if exponent else None,
        alpha_standard_error=exponent.standard_error if exponent else None,
        prompts=dict(sum((Counter(summary.prompts) for summary in summaries), Counter())),
        symptoms=tuple(note for summary in summaries for note in summary.symptoms),
        answers=dict(sum((Counter(summary.answers) for summary in summaries), Counter())),
        flare_ups=tuple(_flare_ups(summaries)),
    )


def _flare_ups(summaries: Iterable[Summary]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last of the neighbouring days with flare-up mode."""
    for is_on, days in groupby(summaries, lambda summary: summary.flare_up):
        if is_on:
            run = [summary.day for summary in days]
            yield run[0], run[-1]


def usual(summaries: Iterable[Summary]) -> Usual | None:
    """Return the medians of the days that were observed long enough; None with fewer than five."""
    days = [summary for summary in summaries if summary.observed_seconds >= ENOUGH_SEEN]
    if len(days) < FEWEST_USUAL_DAYS:
        return None
    metrics = [day.bout_metrics for day in days]
    longest = [each.longest_seconds for each in metrics if each.longest_seconds is not None]
    return Usual(
        days=len(days),
        sitting_seconds=median(day.sitting_seconds for day in days),
        longest_seconds=median(longest) if longest else None,
        breaks=median(each.breaks for each in metrics),
    )
