"""How a silence is judged: *stayed seated* against *left*, by weights of evidence (log-odds) that add up.

A positive weight supports *stayed*. This module finds the evidence in a silence and adds up its weights, which come
from the table (`evidence_table.py`). Three rules override the weights: see `ruled_out`.
"""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

from slowrise.core.model.units import HOUR
from slowrise.core.presence.evidence_table import Evidence, Table
from slowrise.core.presence.silence import RHYTHM_FROM, Silence

# -- rules that override the weights -----------------------------------------------------------------------------------

SHORT_SILENCE = 30.0
"""A silence up to this long counts as input: a user cannot rise, leave and return within it. 30 s is also what
registration software counts as computer use (WorkPace; see Richter et al. 2008, Ergonomics 51)."""
INHIBITOR_LIMIT = 2 * HOUR
"""A longer piece with only an inhibitor as evidence of presence is away: programs leak inhibitors."""
CALL_LIMIT = 3 * HOUR
"""A longer piece is away even in a call: the microphone may have been left open."""
SILENCE_LIMIT = 3 * HOUR
"""Any longer silence is away, if it is untouched for `UNTOUCHED`. Judgement: as long as the longest call. The weights
alone would give a night a small chance of having been sat through, and a small chance of a weekend adds up to an
hour."""
UNTOUCHED = HOUR
"""A user who reads for hours touches something at least this often."""
RULED_OUT = -8.0
"""Log-odds of a silence that a rule decided; no other evidence outweighs them."""


def ruled_out(silence: Silence) -> str | None:
    """Return the name of the rule that decides *left* whatever the weights; None if no rule applies.

    "unseen" decides that nothing is known: no input was shown, and no program keeps the screen on for that long.
    """
    if silence.context == "call" and silence.length > CALL_LIMIT:
        return "call"
    if silence.context in ("film", "music") and silence.length > INHIBITOR_LIMIT:
        return "unseen" if silence.unseen > INHIBITOR_LIMIT else "inhibitor"
    if silence.context != "call" and silence.whole > SILENCE_LIMIT and silence.quiet > UNTOUCHED:
        return "nothing"
    return None


# -- evidence ----------------------------------------------------------------------------------------------------------


def evidence_in(silence: Silence) -> list[Evidence]:
    """Return the evidence for or against having stayed seated: context first, then rhythm and return."""
    length, context = silence.length, silence.context
    found: list[Evidence] = [
        (f"lasting {context}" if silence.ends == "now" else f"length {context}", length),
    ]
    if silence.touches:
        found += [("touches", float(silence.touches)), ("longest untouched", silence.quiet)]
    if length < silence.whole:
        found += [("whole", silence.whole), ("begins", silence.begins), ("ends", silence.ends)]
    if length >= RHYTHM_FROM:
        found.append(("rhythm", float(silence.rhythm)))
    _add_signals(found, silence)
    if silence.is_first:
        listens = " while listening" if context in ("call", "film") else ""
        found += [
            (f"last stretch{listens}", silence.last_stretch),
            ("pause before", silence.pause_before),
            (f"input before{listens}", silence.input_before),
            (f"stretches before{listens}", float(silence.stretches_before)),
        ]
    if silence.is_last:
        after = silence.after
        if after is not None:
            found += [
                ("first stretch after", after.first_stretch),
                ("input after", after.input),
                ("stretches after", float(after.stretches)),
            ]
        elif not silence.goes_on:
            found.append(("just back", context))
    return found


def _add_signals(found: list[Evidence], silence: Silence) -> None:
    """Add the evidence of locks, suspends, calls and inhibitors."""
    context = silence.context
    if silence.locked_after is not None:
        found += [
            ("locked share", silence.locked_share),
            ("lock", silence.locked_after),
            ("unlock", _unlock(silence)),
        ]
    if silence.suspended_after is not None:
        found += [("suspended share", silence.suspended_share), ("suspend", silence.suspended_after)]
    if context in ("call", "film", "music"):
        found.append((f"age of the {context}", silence.context_age))
        if silence.context_left is not None:
            found.append((f"{context} after it", silence.context_left))
        if context != "call":
            found.append(("typed under it", silence.typed_under))
    if silence.since_call is not None:
        found.append(("since a call", silence.since_call))
    if silence.since_inhibitor is not None:
        found.append(("since an inhibitor", silence.since_inhibitor))


def _unlock(silence: Silence) -> str:
    if silence.unlocked:
        return "unlocked"
    return "not yet" if silence.after is None else "late"


# -- adding up ---------------------------------------------------------------------------------------------------------


def log_odds(silence: Silence, table: Table, bias: float = 0.0) -> float:
    """Return the log-odds of having stayed seated, `bias` (the user's personal bias) included."""
    if ruled_out(silence) is not None:
        return RULED_OUT
    curves, odds = table.curves, bias
    for evidence in evidence_in(silence):
        # Inlined from Table.weight: a year has 100,000 silences, and the extra calls would cost half of the judging.
        curve = curves.get(evidence[0])
        odds += table.weight(evidence) if curve is None else curve.at(evidence[1])  # type: ignore[arg-type]
    return odds


def stay_probability(silence: Silence, table: Table, bias: float = 0.0) -> float:
    """Return the probability of having stayed seated; exactly 0 if a rule decides *left*."""
    return 0.0 if ruled_out(silence) is not None else probability_of(log_odds(silence, table, bias))


def probability_of(log_odds: float) -> float:
    """Return the probability with these log-odds."""
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds > -30 else 0.0  # noqa: PLR2004 - exp would overflow long after


def log_odds_of(probability: float) -> float:
    """Return the log-odds of a probability between 0 and 1, both exclusive."""
    return log(probability / (1.0 - probability))


# -- explaining --------------------------------------------------------------------------------------------------------


class Weight(NamedTuple):
    """One piece of evidence with its weight."""

    name: str
    value: float | str
    """As in `Evidence`."""
    log_odds: float


class Weighed(NamedTuple):
    """The evidence of a silence, heaviest first, and the probability of having stayed that it adds up to."""

    weights: tuple[Weight, ...]
    probability: float


def weigh(silence: Silence, table: Table, bias: float = 0.0) -> Weighed:
    """Return every weight that `log_odds` adds up, for `slowrise why`."""
    rule = ruled_out(silence)
    if rule is not None:
        return Weighed((Weight("rule", rule, RULED_OUT),), 0.0)
    weights = [Weight(*found, table.weight(found)) for found in evidence_in(silence)]
    if bias:
        weights.append(Weight("lean", bias, bias))
    weights.sort(key=lambda weight: -abs(weight.log_odds))
    return Weighed(tuple(weights), probability_of(sum(weight.log_odds for weight in weights)))
