"""One day in numbers, counted from its spans. All lengths are seconds.

Three kinds of time add up to the time from `begin` to `end`. *Observed* time is sitting, standing and away.
*Unobserved* time is between observed time of the same day: a pause, a crash, another user. It counts as neither
sitting nor break. Time before the first observed instant and after the last is outside the day.

Sitting, standing and away time are expected values. A silence that was sitting with probability 0.8 adds 80 % of its
length to sitting and the rest to away. Bouts follow the likelier state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import dropwhile

import msgspec

from slowrise.core.metrics.bouts import BoutMetrics, bout_metrics
from slowrise.core.metrics.estimate import PERSON_SD, Ranges, estimate, ranges
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Bout, Span, bouts_and_breaks, bouts_between
from slowrise.core.model.units import HOUR

ENOUGH_SEEN = 2 * HOUR
"""A day with less observed time is neither called good nor counted as usual; judgement."""


class SymptomNote(msgspec.Struct, frozen=True):
    """A symptom that the user logged. `level` is 0 to 10."""

    at: datetime
    kind: str
    side: str
    level: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One day. Show the break rule beside every bout number: another rule finds other bouts in the same day."""

    day: date
    break_rule_seconds: float
    good_longest: float
    """The longest sit that a good day may have, in seconds, under the day's profile."""
    begin: datetime | None
    """The first observed instant; None for a day without observed time."""
    end: datetime | None

    sitting_seconds: float
    low: float
    high: float
    """`low` to `high` is the 90 % interval of the sitting time."""
    sd_silences: float
    """Standard deviation of the sitting time due to the silences, which err independently."""
    sd_person: float
    """Standard deviation due to the person, who differs from most in every silence alike."""
    standing_seconds: float
    away_seconds: float
    observed_seconds: float
    unobserved_seconds: float

    bouts: tuple[Bout, ...]
    break_lengths: tuple[float, ...]
    ranges: Ranges
    """90 % intervals of the longest bout and of the number of breaks."""
    standing_lengths: tuple[float, ...]
    """Of each standing bout."""

    prompts: dict[str, int]
    symptoms: tuple[SymptomNote, ...]
    answers: dict[str, int] = {}
    """How many prompts to change posture were followed or put off. The others were not answered."""
    flare_up: bool = False
    """Flare-up mode was on, at least for a part of the day."""

    @property
    def coverage(self) -> float | None:
        """Observed share of the time from `begin` to `end`; None for a day without observed time."""
        return share(self.observed_seconds, self.observed_seconds + self.unobserved_seconds)

    @property
    def bout_lengths(self) -> tuple[float, ...]:
        """Seconds of sitting in each bout."""
        return tuple(bout.seconds for bout in self.bouts)

    @property
    def bout_metrics(self) -> BoutMetrics:
        """The bout metrics of the field."""
        return bout_metrics(self.bout_lengths, self.break_lengths)

    @property
    def longest_low(self) -> float | None:
        """Lower end of the 90 % interval of the longest bout; None without a bout."""
        return self.ranges.longest_low if self.bouts else None

    @property
    def longest_high(self) -> float | None:
        """Upper end of the same interval."""
        return self.ranges.longest_high if self.bouts else None

    @property
    def standing_longest_seconds(self) -> float | None:
        """The longest standing bout."""
        return max(self.standing_lengths, default=None)

    @property
    def open_start(self) -> bool:
        """Whether the first bout was already under way at the day's start or when observation began."""
        return bool(self.bouts) and self.bouts[0].open_start

    @property
    def open_end(self) -> bool:
        """Whether the last bout goes on now, over the day's end, or past the end of observation."""
        return bool(self.bouts) and self.bouts[-1].open_end


def summarize(
    spans: Sequence[Span],
    *,
    day: date,
    break_min: float,
    open_end: bool = False,
    person_sd: float = PERSON_SD,
    good_longest: float = Policy().good_longest,
    prompts: Mapping[str, int] | None = None,
    answers: Mapping[str, int] | None = None,
    flare_up: bool = False,
    symptoms: Sequence[SymptomNote] = (),
    sampled: bool = True,
) -> Summary:
    """Summarize the spans of one day, in order, without hole or overlap. No spans make a day without data.

    `open_end`: the monitor still runs at the end of the last span, so unobserved time there counts as inside the day.
    `sampled`: also estimate how far the longest bout and the breaks may be off, which is half of the work.
    """
    seen = _observed_part(spans, open_end=open_end)
    bouts, breaks = bouts_and_breaks(seen, break_min=break_min)
    standing = bouts_between(seen, break_min=break_min, state="standing")
    sitting = estimate(seen, person_sd=person_sd)
    longest = max((bout.seconds for bout in bouts), default=0.0)
    likely = Ranges(longest, longest, len(breaks), len(breaks))
    if sampled:
        likely = ranges(seen, break_min=break_min, longest=longest, breaks=len(breaks), person_sd=person_sd)
    stood = sum((span.seconds * span.confidence for span in seen if span.state == "standing"), 0.0)
    unobserved = sum((span.seconds for span in seen if _is_unobserved(span)), 0.0)
    observed = (seen[-1].end - seen[0].start).total_seconds() - unobserved if seen else 0.0
    return Summary(
        day=day,
        break_rule_seconds=break_min,
        good_longest=good_longest,
        begin=seen[0].start if seen else None,
        end=seen[-1].end if seen else None,
        sitting_seconds=sitting.seconds,
        low=sitting.low,
        high=sitting.high,
        sd_silences=sitting.sd_silences,
        sd_person=sitting.sd_person,
        standing_seconds=stood,
        away_seconds=max(0.0, observed - sitting.seconds - stood),
        observed_seconds=observed,
        unobserved_seconds=unobserved,
        bouts=bouts,
        break_lengths=tuple(one.seconds for one in breaks),
        ranges=likely,
        standing_lengths=tuple(bout.seconds for bout in standing),
        prompts=dict(prompts or {}),
        symptoms=tuple(symptoms),
        answers=dict(answers or {}),
        flare_up=flare_up,
    )


def share(part: float, whole: float) -> float | None:
    """Return `part / whole`; None where there is no whole."""
    return part / whole if whole else None


def _observed_part(spans: Sequence[Span], *, open_end: bool) -> list[Span]:
    """Return the spans without unobserved time at the beginning, and at the end unless `open_end`."""
    seen = list(dropwhile(_is_unobserved, (span for span in spans if span.start < span.end)))
    while seen and not open_end and _is_unobserved(seen[-1]):
        seen.pop()
    return seen


def _is_unobserved(span: Span) -> bool:
    return span.state == "unobserved"
