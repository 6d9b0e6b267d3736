"""Summaries as JSON values. The names and their order are a stable format.

Seconds are rounded to a tenth, ratios to a ten-thousandth.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from slowrise.core.metrics.bouts import HOUR_SIT
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
_DAY: tuple[str, ...] = (
    *("day", "break_rule_seconds", "begin", "end", "sitting_seconds", "low", "high"),
    *("standing_seconds", "away_seconds", "observed_seconds", "unobserved_seconds", "coverage", "sitting_share"),
    *("longest_low", "longest_high", "breaks_low", "breaks_high", "first_sitting", "last_sitting"),
    *("open_start", "open_end", "standing_bouts", "standing_20", "standing_40", "standing_longest_seconds"),
    *("good_day", "prompts", "symptoms", "bout_lengths", "break_lengths", "sd_silences", "sd_person"),
    *("answers", "flare_up"),
)
_PERIOD: tuple[str, ...] = (
    *("first_day", "last_day", "days", "break_rule_seconds", "sitting_seconds", "low", "high"),
    *("sitting_seconds_a_day", "days_over", "standing_seconds", "away_seconds", "observed_seconds"),
    *("unobserved_seconds", "coverage", "alpha", "alpha_standard_error", "good_days", "prompts", "symptoms"),
    *("answers", "flare_up_days"),
)


def as_json(summary: Summary | Period) -> dict[str, Any]:
    """Return a day or a period as plain values under stable names."""
    if isinstance(summary, Summary):
        names, extra = _DAY, _only_in_json(summary)
    else:
        names, extra = _PERIOD, {"good_days": sum(is_good_day(day) is True for day in summary.seen)}
    fields = {name: extra[name] if name in extra else getattr(summary, name) for name in names}
    fields |= msgspec.structs.asdict(summary.bout_metrics)
    return {name: _plain(name, value) for name, value in fields.items()}


def is_good_day(summary: Summary) -> bool | None:
    """Whether no sit lasted an hour or longer than the profile allows; None where too little was observed."""
    longest = max(summary.bout_lengths, default=None)
    if longest is None or summary.observed_seconds < ENOUGH_SEEN:
        return None
    return longest <= summary.good_longest and longest < HOUR_SIT


def _only_in_json(day: Summary) -> dict[str, Any]:
    return {
        "sitting_share": share(day.sitting_seconds, day.observed_seconds),
        "breaks_low": day.ranges.breaks_low,
        "breaks_high": day.ranges.breaks_high,
        "first_sitting": day.bouts[0].start if day.bouts else None,
        "last_sitting": day.bouts[-1].end if day.bouts else None,
        "standing_bouts": len(day.standing_lengths),
        "standing_20": sum(length >= STAND_20 for length in day.standing_lengths),
        "standing_40": sum(length >= STAND_40 for length in day.standing_lengths),
        "good_day": is_good_day(day),
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
