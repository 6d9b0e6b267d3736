"""How one user's silences differ from most people's: a shift of all their log-odds.

Two things shift it. The first is the user's own answers. The second is the silences themselves, although their truth
is unknown: a user with many silences that look like absences leaves often, so each further silence is likelier to be an
absence. This is how the output of a classifier is adjusted to a new class frequency without a single labelled case
(Saerens, Latinne and Decaestecker 2002, Neural Computation 14:21).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import msgspec

from slowrise.core.presence.evidence import log_odds_of, probability_of
from slowrise.core.presence.evidence_table import Table

UNANSWERED = 0.08
"""Weight of an unanswered silence relative to an answered one. The silences of one day are correlated, and their odds
come from the table alone. Judgement: on our simulated days 0.15 errs by a fifth of a minute less, on the days of the
held-out people by a minute more after some days; there, 0 would be best."""
KEPT = 600
"""A silence this many silences ago, about four days, counts a third of the last. 150 and 1200 do nearly as well."""
OFTEN = 5
"""The bias is estimated again after this many more silences."""
MOST_ANSWERS = 60
"""Answers that count: three a day for three weeks, so that a changed habit is learnt again."""
WIDTH, FARTHEST = 0.5, 6.0
"""Log-odds of a bin, and of the last bin: silences beyond it add nothing new."""
STEPS = 6
"""Newton steps; more change nothing that can be seen."""
BINS = tuple(exp(FARTHEST - WIDTH * index) for index in range(round(2 * FARTHEST / WIDTH) + 1))
"""The odds against having stayed of each bin. Stored as odds, because a bias is then applied by one multiplication."""


class UserVerdict(msgspec.Struct, frozen=True):
    """The user's answer about one silence."""

    start: float
    log_odds: float
    """Log-odds of having stayed, before any bias."""
    stayed: bool


class SilenceHistogram(msgspec.Struct):
    """How many silences had which log-odds before any bias; older ones count less."""

    counts: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(BINS))
    fresh: int = 0
    """Silences since the bias was last estimated."""

    def note(self, log_odds: float) -> None:
        """Add one silence; `log_odds` without the bias."""
        kept = 1 - 1 / KEPT
        self.counts = [count * kept for count in self.counts]
        self.counts[round((max(-FARTHEST, min(FARTHEST, log_odds)) + FARTHEST) / WIDTH)] += 1
        self.fresh += 1


class PersonalBias(msgspec.Struct):
    """The shift in force, and what it is estimated from."""

    log_odds: float = 0.0
    """The shift; positive if this user stays more often than most."""
    answers: list[UserVerdict] = []
    """The user's answers, one per silence, in the order in which they were given."""
    histogram: SilenceHistogram = msgspec.field(default_factory=SilenceHistogram)
    """All silences of the user, the answered ones included."""

    def note(self, log_odds: float) -> None:
        """Count one more judged silence; `log_odds` as judged, the shift included."""
        self.histogram.note(log_odds - self.log_odds)

    def learn(self, answers: Sequence[UserVerdict], table: Table) -> None:
        """Add the user's answers; each replaces an earlier answer about the same silence."""
        replaced = {answer.start for answer in answers}
        kept = [answer for answer in self.answers if answer.start not in replaced]
        self.answers = [*kept, *answers][-MOST_ANSWERS:]
        self.update(table)

    def update_if_stale(self, table: Table) -> None:
        """Estimate the shift again if `OFTEN` silences came since the last time."""
        if self.histogram.fresh >= OFTEN:
            self.update(table)

    def update(self, table: Table) -> None:
        """Estimate the shift again."""
        self.histogram.fresh = 0
        self.log_odds = estimate_bias([(each.log_odds, each.stayed) for each in self.answers], self.histogram, table)


def estimate_bias(answered: Sequence[tuple[float, bool]], histogram: SilenceHistogram, table: Table) -> float:
    """Return the likeliest shift of this user's log-odds, at most `bias_limit` either way.

    `answered` holds the unshifted log-odds of each answered silence and whether the user stayed. The prior: people
    differ by `person_sd`. Found by Newton's method, with a curvature that is bounded from below so that no step
    overshoots.
    """
    usual, silences = log_odds_of(table.stayed), sum(histogram.counts)
    prior, bias = 1 / table.person_sd**2, 0.0
    for _ in range(STEPS):
        expected = [probability_of(odds + bias) for odds, _ in answered]
        slope = (
            sum(stayed - probability for (_, stayed), probability in zip(answered, expected, strict=True))
            - bias * prior
        )
        curvature = sum(probability * (1 - probability) for probability in expected) + prior
        # If the table fitted everybody, the silences would look stayed through as often as this share.
        share = probability_of(usual + bias)
        against = exp(-bias)
        looks = sum([count / (1 + odds * against) for odds, count in zip(BINS, histogram.counts, strict=True)])
        slope += UNANSWERED * (looks - silences * share)
        curvature += UNANSWERED * silences * share * (1 - share)
        bias += slope / curvature
    return max(-table.bias_limit, min(table.bias_limit, bias))
