"""Times of day in engine time, and the hours in which prompts are allowed."""

from __future__ import annotations

from slowrise.core.model.policy import Policy
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import DAY, LONG_AGO, NEVER


def time_of_day(day_start: float, seconds: float, day_starts: float) -> float:
    """Return the engine time of a time of day in the local day that began at `day_start`.

    `seconds` and `day_starts` are seconds after local midnight; `day_start` is engine time.
    """
    return day_start + (seconds - day_starts) % DAY


def open_hours(at: float, timeline: Timeline, policy: Policy) -> float:
    """Return the first instant from `at` on that is outside quiet hours and on a workday; NEVER if there is none."""
    if at in (NEVER, LONG_AGO) or not (policy.quiet_hours or policy.workdays):
        return at
    # Each step leaves a quiet period or a free day. More steps than this mean that they cover the whole week.
    for _ in range(2 * len(policy.quiet_hours) + 9):
        later = _past_quiet(at, timeline, policy)
        if later == at:
            return at
        at = later
    return NEVER


def _past_quiet(at: float, timeline: Timeline, policy: Policy) -> float:
    local = timeline.local_seconds(at)
    second = local % DAY
    begun = (local - policy.day_starts) // DAY
    if policy.workdays and (int(begun) + 3) % 7 not in policy.workdays:  # 1970-01-01 was a Thursday
        return at + (begun + 1) * DAY + policy.day_starts - local
    for start, end in policy.quiet_hours:
        length = (end - start) % DAY or DAY
        if (second - start) % DAY < length:
            return at + length - (second - start) % DAY
    return at
