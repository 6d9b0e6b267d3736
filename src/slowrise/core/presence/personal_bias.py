"""How one user's silences differ from most people's: a shift of all their log-odds, learnt from the user's answers.

Silences without an answer teach nothing. A user with many silences that look like absences may leave often, or read
much; the silences alone cannot show which. On real days, learning from them took up to 45 minutes a day off the record.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from slowrise.core.presence.evidence import probability_of
from slowrise.core.presence.evidence_table import Table

MOST_ANSWERS = 60
"""Answers that count: one a day for two months, so that a changed habit is learnt again."""
STEPS = 6
"""Newton steps; more change nothing that can be seen."""


class UserVerdict(msgspec.Struct, frozen=True):
    """The user's answer about one silence."""

    start: float
    log_odds: float
    """Log-odds of having stayed, before any bias."""
    stayed: bool


class PersonalBias(msgspec.Struct):
    """The shift in force, and what it is estimated from."""

    log_odds: float = 0.0
    """The shift; positive if this user stays more often than most."""
    answers: list[UserVerdict] = []
    """The user's answers, one per silence, in the order in which they were given."""

    def learn(self, answers: Sequence[UserVerdict], table: Table) -> None:
        """Add the user's answers; each replaces an earlier answer about the same silence."""
        replaced = {answer.start for answer in answers}
        kept = [answer for answer in self.answers if answer.start not in replaced]
        self.answers = [*kept, *answers][-MOST_ANSWERS:]
        self.log_odds = estimate_bias([(each.log_odds, each.stayed) for each in self.answers], table)


def estimate_bias(answered: Sequence[tuple[float, bool]], table: Table) -> float:
    """Return the likeliest shift of this user's log-odds, at most `bias_limit` either way.

    `answered` holds the unshifted log-odds of each answered silence and whether the user stayed. The prior: people
    differ by `person_sd`. Found by Newton's method; the prior bounds the curvature from below, so no step overshoots.
    """
    prior, bias = 1 / table.person_sd**2, 0.0
    for _ in range(STEPS):
        expected = [probability_of(odds + bias) for odds, _ in answered]
        surprise = sum(stayed - probability for (_, stayed), probability in zip(answered, expected, strict=True))
        curvature = sum(probability * (1 - probability) for probability in expected) + prior
        bias += (surprise - bias * prior) / curvature
    return max(-table.bias_limit, min(table.bias_limit, bias))
