"""How a silence is judged: *stayed seated* against *left*, as weights of evidence (log-odds) that add up.

Pure arithmetic. A positive weight speaks for having stayed. What each piece of evidence is worth lies in
`config/evidence.toml`, each with its origin; this module knows only what to look for, and the rules that stand above
the weights.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from math import exp, log
from typing import NamedTuple

from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.presence.silence import Overlap, Silence

SHORT = 30.0
"""A silence up to this long is part of the input around it: nobody rises, leaves and is back within it. 30 s is also
what registration software calls computer use (WorkPace; see Richter et al. 2008, Ergonomics 51)."""
INHIBITOR_CARRIES = 2 * HOUR
"""A silence with nothing but an inhibitor for it, longer than this, is away: inhibitors leak."""
CALL_CARRIES = 3 * HOUR
"""A call carries so long without input: a microphone may be left open."""
NOTHING_CARRIES = 3 * HOUR
"""Nobody sits so long before a computer without touching it: judgement, as long as the longest call. The weights alone
would leave a night a small chance of having been sat through, and a small part of a weekend is an hour."""
RULED_OUT = -8.0
"""Log-odds that no other evidence brings back."""
BEFORE = -2.0
"""A lock at most so long before the last input is that input: the key that locks."""
WITH_INPUT = 0.5
AT_ONCE = 25.0
"""A call or inhibitor that ends so soon after the last input ended with it."""
LONG_BEFORE = 5 * MINUTE
LISTENING = 10 * MINUTE
"""Somebody who listens or watches for so long does: how they typed before says nothing more."""
TYPING = 15.0
"""So many seconds of input in the five minutes before a silence, or in the minute after it, are typing: an inhibitor
that was on
through both was not taken for the silence."""


Evidence = tuple[str, float | str]
"""One thing to be weighed, by name: its size on a curve, or which mark it bears."""


def evidence_in(silence: Silence) -> list[Evidence]:
    """What speaks for or against having stayed seated."""
    length = silence.length
    found: list[Evidence] = [("lasting" if silence.open else "length", length)]
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
    elif not silence.open:
        found.append(("after", "not known yet"))
    return found


def _lock(after: float) -> str:
    """By hand while leaving, or by the machine after five minutes or more."""
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
    return "not yet" if silence.open else "still locked"


def _call(call: Overlap) -> str:
    if call.at_start and call.at_end:
        return "throughout"
    if call.at_start:
        return "hung up at once" if call.ended_after < AT_ONCE else "ended within"
    return "begun within"


def _inhibitor(silence: Silence) -> str:
    """Held across typing on both sides it is music; taken and let go with the silence it is a film."""
    inhibitor, after = silence.inhibitor, silence.after
    typing_after = after is not None and after.input >= TYPING and inhibitor.lasted_on >= MINUTE
    if inhibitor.at_start and not inhibitor.at_end and inhibitor.ended_after < AT_ONCE:
        return "let go at once"
    if not inhibitor.at_start or inhibitor.begun_before < MINUTE:
        return "taken for it" if inhibitor.at_end and not typing_after else "within it"
    typing_before = inhibitor.begun_before >= LONG_BEFORE and silence.input_before >= TYPING
    return "held across" if typing_before and (typing_after or silence.open) else "on already"


class Curve(NamedTuple):
    """A weight by size: straight between the knots, level beyond them."""

    knots: tuple[float, ...]
    weights: tuple[float, ...]
    origin: str

    def at(self, size: float) -> float:
        """The weight of that size."""
        knots, weights, _ = self
        index = bisect_right(knots, size)
        if index == 0:
            return weights[0]
        if index == len(knots):
            return weights[-1]
        left, low = knots[index - 1], weights[index - 1]
        return low + (weights[index] - low) * (size - left) / (knots[index] - left)


class Marks(NamedTuple):
    """A weight by kind; a kind that was never seen weighs nothing."""

    weights: dict[str, float]
    origin: str


class Table(NamedTuple):
    """The weights in force: `curves` and `marks` by the name of the evidence."""

    curves: dict[str, Curve]
    marks: dict[str, Marks]
    person_sd: float
    """How much people differ, in log-odds, all day in the same direction."""
    stayed: float
    """The share of all silences in which most people stay."""
    bias_limit: float
    """No user's own silences and answers shift their weights by more than this."""

    def weight(self, evidence: Evidence) -> float:
        """What the evidence is worth; 0 if the table does not know it."""
        name, found = evidence
        if isinstance(found, str):
            marks = self.marks.get(name)
            return marks.weights.get(found, 0.0) if marks is not None else 0.0
        curve = self.curves.get(name)
        return curve.at(found) if curve is not None else 0.0


NO_TABLE = Table({}, {}, person_sd=1.0, stayed=0.5, bias_limit=0.0)
"""Nothing weighs anything: what a story has before it is given its table."""


def parse_table(text: str) -> Table:
    """The table in the text of `evidence.toml`; raises `ValueError` naming what is wrong with it."""
    try:
        sections = tomllib.loads(text)
        person = sections.pop("person")
        curves: dict[str, Curve] = {}
        marks: dict[str, Marks] = {}
        for name, section in sections.items():
            if "knots" in section:
                curves[name] = _curve(name, section)
            else:
                marks[name] = Marks({key: float(w) for key, w in section["weights"].items()}, section["origin"])
        return Table(curves, marks, float(person["sd"]), float(person["stayed"]), float(person["lean_most"]))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"evidence table: {wrong!r}") from wrong


def _curve(name: str, section: dict[str, list[float]]) -> Curve:
    knots, weights = tuple(map(float, section["knots"])), tuple(map(float, section["weights"]))
    if len(knots) != len(weights) or not knots or list(knots) != sorted(set(knots)):
        raise ValueError(f"evidence table: [{name}] needs rising knots and one weight for each")
    return Curve(knots, weights, str(section["origin"]))


def ruled_out(silence: Silence) -> str | None:
    """What the rule is about that stands above the weights and says *left*; None where none does."""
    if silence.length > CALL_CARRIES and silence.call.share > 0:
        return "call"
    if silence.length > INHIBITOR_CARRIES and silence.inhibitor.share > 0 and not silence.call.share:
        return "inhibitor"
    if silence.length > NOTHING_CARRIES:
        return "nothing"
    return None


def log_odds(silence: Silence, table: Table, bias: float = 0.0) -> float:
    """Log-odds of having stayed seated; `bias` is what this person shifts them by."""
    if ruled_out(silence) is not None:
        return RULED_OUT
    curves, odds = table.curves, bias
    for evidence in evidence_in(silence):
        # Looked up here: a year has a hundred thousand silences to judge, and a call each would cost half of that.
        curve = curves.get(evidence[0])
        odds += table.weight(evidence) if curve is None else curve.at(evidence[1])  # type: ignore[arg-type]
    return odds


def chance(log_odds: float) -> float:
    """The probability that has those log-odds."""
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds > -30 else 0.0  # noqa: PLR2004 - exp would overflow long after


def log_odds_of(probability: float) -> float:
    """The log-odds of a probability between 0 and 1."""
    return log(probability / (1.0 - probability))


def stay_probability(silence: Silence, table: Table, bias: float = 0.0) -> float:
    """Probability of having stayed seated; exactly 0 where a rule says so."""
    return 0.0 if ruled_out(silence) is not None else chance(log_odds(silence, table, bias))


class Weight(NamedTuple):
    """One piece of evidence as it was weighed."""

    name: str
    value: float | str
    """As in `Evidence`."""
    log_odds: float


class Weighed(NamedTuple):
    """A silence's evidence, the heaviest first, and the probability of having stayed that it adds up to."""

    weights: tuple[Weight, ...]
    probability: float


def weigh(silence: Silence, table: Table, bias: float = 0.0) -> Weighed:
    """Everything that was weighed: what `why` prints."""
    rule = ruled_out(silence)
    if rule is not None:
        return Weighed((Weight("rule", rule, RULED_OUT),), 0.0)
    weights = [Weight(*found, table.weight(found)) for found in evidence_in(silence)]
    if bias:
        weights.append(Weight("lean", bias, bias))
    weights.sort(key=lambda weight: -abs(weight.log_odds))
    return Weighed(tuple(weights), chance(sum(weight.log_odds for weight in weights)))
