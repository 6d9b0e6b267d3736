"""Summaries as JSON values, with the metrics that only `--json` shows. Their names and order are a stable format.

Seconds are rounded to a tenth, ratios to a ten-thousandth. GUIDANCE.md C3 has the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from statistics import median
from typing import Any

import msgspec

from slowrise.core.metrics.bouts import HOUR_SIT, BoutMetrics, gini
from slowrise.core.metrics.period import Period
from slowrise.core.metrics.summary import ENOUGH_SEEN, Summary, SymptomNote, share
from slowrise.core.model.timestamps import iso
from slowrise.core.model.units import MINUTE

STAND_20 = 20 * MINUTE
STAND_40 = 40 * MINUTE

_RATIOS = {
    *("coverage", "sitting_share", "fragmentation", "gini", "gini_unbiased"),
    *("transition_probability", "alpha", "alpha_standard_error"),
}


def as_json(summary: Summary | Period) -> dict[str, Any]:
    """Return a day or a period as plain values under stable names."""
    fields = _day(summary) if isinstance(summary, Summary) else _period(summary)
    fields |= _bouts(summary.bout_metrics, summary.bout_lengths, summary.break_lengths)
    return {name: _plain(name, value) for name, value in fields.items()}


def is_good_day(summary: Summary) -> bool | None:
    """Whether no sit lasted an hour or longer than the profile allows; None where too little was observed."""
    longest = max(summary.bout_lengths, default=None)
    if longest is None or summary.observed_seconds < ENOUGH_SEEN:
        return None
    return longest <= summary.good_longest and longest < HOUR_SIT


def _day(day: Summary) -> dict[str, Any]:
    return {
        "day": day.day,
        "break_rule_seconds": day.break_rule_seconds,
        "begin": day.begin,
        "end": day.end,
        "sitting_seconds": day.sitting_seconds,
        "low": day.low,
        "high": day.high,
        "standing_seconds": day.standing_seconds,
        "away_seconds": day.away_seconds,
        "observed_seconds": day.observed_seconds,
        "unobserved_seconds": day.unobserved_seconds,
        "coverage": day.coverage,
        "sitting_share": share(day.sitting_seconds, day.observed_seconds),
        "longest_low": day.longest_low,
        "longest_high": day.longest_high,
        "breaks_low": day.ranges.breaks_low,
        "breaks_high": day.ranges.breaks_high,
        "first_sitting": day.bouts[0].start if day.bouts else None,
        "last_sitting": day.bouts[-1].end if day.bouts else None,
        "open_start": day.open_start,
        "open_end": day.open_end,
        "standing_bouts": len(day.standing_lengths),
        "standing_20": sum(length >= STAND_20 for length in day.standing_lengths),
        "standing_40": sum(length >= STAND_40 for length in day.standing_lengths),
        "standing_longest_seconds": day.standing_longest_seconds,
        "good_day": is_good_day(day),
        "prompts": day.prompts,
        "symptoms": day.symptoms,
        "bout_lengths": day.bout_lengths,
        "break_lengths": day.break_lengths,
        "sd_silences": day.sd_silences,
        "sd_person": day.sd_person,
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "first_day": period.first_day,
        "last_day": period.last_day,
        "days": period.days,
        "break_rule_seconds": period.break_rule_seconds,
        "sitting_seconds": period.sitting_seconds,
        "low": period.low,
        "high": period.high,
        "sitting_seconds_a_day": period.sitting_seconds_a_day,
        "days_over": period.days_over,
        "standing_seconds": period.standing_seconds,
        "away_seconds": period.away_seconds,
        "observed_seconds": period.observed_seconds,
        "unobserved_seconds": period.unobserved_seconds,
        "coverage": period.coverage,
        "alpha": period.alpha,
        "alpha_standard_error": period.alpha_standard_error,
        "good_days": sum(is_good_day(day) is True for day in period.seen),
        "prompts": period.prompts,
        "symptoms": period.symptoms,
    }


def _bouts(metrics: BoutMetrics, bouts: Sequence[float], breaks: Sequence[float]) -> dict[str, Any]:
    total = sum(bouts)
    return {
        "bouts": metrics.bouts,
        "breaks": metrics.breaks,
        "fragmentation": metrics.fragmentation,
        "prolonged_30": metrics.prolonged_30,
        "prolonged_30_seconds": metrics.prolonged_30_seconds,
        "prolonged_60": metrics.prolonged_60,
        "prolonged_60_seconds": metrics.prolonged_60_seconds,
        "longest_seconds": metrics.longest_seconds,
        "mean_bout_seconds": metrics.mean_bout_seconds,
        "median_bout_seconds": median(bouts) if bouts else None,
        "usual_bout_seconds": metrics.usual_bout_seconds,
        "gini": gini(bouts),
        "gini_unbiased": gini(bouts, unbiased=True),
        # That a minute of sitting is the last of its bout.
        "transition_probability": share(len(bouts), total / MINUTE),
        "break_median_seconds": median(breaks) if breaks else None,
        "break_total_seconds": sum(breaks, 0.0) if bouts else None,
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
