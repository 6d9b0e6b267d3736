"""How a silence is judged: *stayed seated* against *left*, by weights of evidence (log-odds) that add up.

A positive weight supports *stayed*. This module finds the evidence in a silence and adds up its weights, which come
from the table (`evidence_table.py`). Three rules override the weights: see `ruled_out`.
"""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.presence.evidence_table import Evidence, Table
from slowrise.core.presence.silence import Overlap, Silence

# -- rules that override the weights -----------------------------------------------------------------------------------

SHORT_SILENCE = 30.0
"""A silence up to this long counts as input: a user cannot rise, leave and return within it. 30 s is also what
registration software counts as computer use (WorkPace; see Richter et al. 2008, Ergonomics 51)."""
INHIBITOR_LIMIT = 2 * HOUR
"""A longer silence with only an inhibitor as evidence of presence is away: programs leak inhibitors."""
CALL_LIMIT = 3 * HOUR
"""A longer silence is away even in a call: the microphone may have been left open."""
SILENCE_LIMIT = 3 * HOUR
"""Any longer silence is away. Judgement: as long as the longest call. The weights alone would give a night a small
chance of having been sat through, and a small chance of a weekend adds up to an hour."""
RULED_OUT = -8.0
"""Log-odds of a silence that a rule decided; no other evidence outweighs them."""


def ruled_out(silence: Silence) -> str | None:
    """Return the name of the rule that decides *left* whatever the weights; None if no rule applies."""
    if silence.length > CALL_LIMIT and silence.call.share > 0:
        return "call"
    if silence.length > INHIBITOR_LIMIT and silence.inhibitor.share > 0 and not silence.call.share:
        return "inhibitor"
    if silence.length > SILENCE_LIMIT:
        return "nothing"
    return None


# -- evidence ----------------------------------------------------------------------------------------------------------

BEFORE = -2.0
"""Seconds. A lock up to this long before the last input is that input: the key that locks the screen."""
WITH_INPUT = 0.5
"""Seconds. A lock this soon after the last input came with it."""
AT_ONCE = 25.0
"""Seconds. A lock, or the end of a call or inhibitor, this soon after the last input belongs to leaving."""
LONG_BEFORE = 5 * MINUTE
"""An inhibitor on for this long before the silence was not taken for it."""
LISTENING = 10 * MINUTE
"""After this long in a call or film, earlier typing is no evidence any more."""
TYPING = 15.0
"""Seconds of input in the five minutes before a silence, or in the minute after it, that count as typing. An inhibitor
that was on through typing on both sides was not taken for the silence."""


def evidence_in(silence: Silence) -> list[Evidence]:
    """Return the evidence for or against having stayed seated."""
    length = silence.length
    found: list[Evidence] = [("lasting" if silence.goes_on else "length", length)]
    if silence.locked_after is not None:
        found += [("lock", _lock(silence.locked_after)), ("unlock", _unlock(silence))]
    if silence.suspended_after is not None:
        found.append(("suspend", "soon" if silence.suspended_after < 2 * MINUTE else "late"))
    in_call = silence.call.share > 0
    watching = not in_call and silence.inhibitor.share > 0 and silence.locked_after is None
    if in_call:
        found.append((f"call {_call(silence.call)}", length))
    elif watching:
        found.append((f"inhibitor {_inhibitor(silence)}", length))
    if length < LISTENING or not (in_call or watching):
        found += [
            ("last stretch in a call" if in_call else "last stretch", silence.last_stretch),
            ("pause before", silence.pause_before),
            ("input before", silence.input_before),
            ("stretches before in a call" if in_call else "stretches before", float(silence.stretches_before)),
        ]
    after = silence.after
    if after is not None:
        found += [("first stretch after", after.first_stretch), ("input after", after.input)]
    elif not silence.goes_on:
        found.append(("after", "not known yet"))
    return found


def _lock(after: float) -> str:
    """Classify a lock: up to `soon` by hand, later by the machine, which waits five minutes or more."""
    if after < BEFORE:
        return "before"
    if after < WITH_INPUT:
        return "with the last input"
    if after < AT_ONCE:
        return "at once"
    return "soon" if after < 4.5 * MINUTE else "by itself"


def _unlock(silence: Silence) -> str:
    if silence.unlocked:
        return "unlocked"
    if silence.locked_after is not None and silence.locked_after < BEFORE:
        return "locked throughout"
    return "not yet" if silence.goes_on else "still locked"


def _call(call: Overlap) -> str:
    if call.at_start and call.at_end:
        return "throughout"
    if call.at_start:
        return "hung up at once" if call.ended_after < AT_ONCE else "ended within"
    return "begun within"


def _inhibitor(silence: Silence) -> str:
    """Classify an inhibitor: held across typing on both sides it is music, on for the silence only it is a film."""
    inhibitor, after = silence.inhibitor, silence.after
    typing_after = after is not None and after.input >= TYPING and inhibitor.lasted_on >= MINUTE
    if inhibitor.at_start and not inhibitor.at_end and inhibitor.ended_after < AT_ONCE:
        return "let go at once"
    if not inhibitor.at_start or inhibitor.begun_before < MINUTE:
        return "taken for it" if inhibitor.at_end and not typing_after else "within it"
    typing_before = inhibitor.begun_before >= LONG_BEFORE and silence.input_before >= TYPING
    return "held across" if typing_before and (typing_after or silence.goes_on) else "on already"


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
