"""How one person's silences differ from most people's, in log-odds: what to lean on when judging theirs. Pure.

Two things tell. One is the user's own answers. The other is the silences themselves, though nobody says what they were:
who has many that look like absences is somebody who leaves much, and so each of theirs is likelier an absence than it
would be for most. That is how the odds of a classifier are moved to where fewer stay, or more, without a single case
known (Saerens, Latinne and Decaestecker 2002, Neural Computation 14:21).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import msgspec

from slowrise.core.presence.evidence import Table, chance, log_odds_of

UNANSWERED = 0.08
"""What a silence that nobody spoke of counts beside an answer: those of a day are alike, and the odds of each are only
the table's. Judgement: on our simulated days 0.15 errs by a fifth of a minute less, on days by another hand, which the
table was not fitted on, by a minute more after some days; there nothing at all would be best."""
KEPT = 600
"""So many silences back one counts a third of the last; about four days. 150 and 1200 do nearly as well."""
OFTEN = 5
"""After so many more silences the lean is found anew."""
WIDTH, FARTHEST = 0.5, 6.0
"""Log-odds of a bin, and of the last one: silences beyond it say nothing new."""
STEPS = 6
BINS = tuple(exp(FARTHEST - WIDTH * index) for index in range(round(2 * FARTHEST / WIDTH) + 1))
"""The odds against having stayed of each bin: what they come to with any lean is a division then."""


class SilenceHistogram(msgspec.Struct):
    """How many silences there were of each log-odds, as most people's would be judged; older ones count less."""

    counts: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(BINS))
    fresh: int = 0
    """Silences since the lean was last found."""

    def note(self, log_odds: float) -> None:
        """One more silence; `log_odds` without what this person shifts them by."""
        kept = 1 - 1 / KEPT
        self.counts = [count * kept for count in self.counts]
        self.counts[round((max(-FARTHEST, min(FARTHEST, log_odds)) + FARTHEST) / WIDTH)] += 1
        self.fresh += 1


def personal_bias(answered: Sequence[tuple[float, bool]], habit: SilenceHistogram, table: Table) -> float:
    """What all log-odds of this person are shifted by, within bounds.

    `answered` are the log-odds each silence had without it, and whether the user said *seated*. The shift is the
    likeliest one given that people differ by `person_sd`: one step of Newton's after another, with a curve that is
    never too flat, so that none goes too far.
    """
    usual, silences = log_odds_of(table.stayed), sum(habit.counts)
    doubt, bias = 1 / table.person_sd**2, 0.0
    for _ in range(STEPS):
        chances = [chance(odds + bias) for odds, _ in answered]
        pull = (
            sum(stayed - probability for (_, stayed), probability in zip(answered, chances, strict=True)) - bias * doubt
        )
        curve = sum(probability * (1 - probability) for probability in chances) + doubt
        # Were the table right about everybody, the silences would look stayed through as often as that share.
        share = chance(usual + bias)
        against = exp(-bias)
        looks = sum([count / (1 + odds * against) for odds, count in zip(BINS, habit.counts, strict=True)])
        pull += UNANSWERED * (looks - silences * share)
        curve += UNANSWERED * silences * share * (1 - share)
        bias += pull / curve
    return max(-table.bias_limit, min(table.bias_limit, bias))
