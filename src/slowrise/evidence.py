"""How a silence is judged: *stayed seated* against *left*, as log-odds that add up. Pure arithmetic.

Seconds throughout. A positive weight speaks for having stayed.
"""

from __future__ import annotations

from math import exp, log

import msgspec

SHORT = 30.0
"""A silence up to this long is part of the input around it: nobody rises, leaves and is back within it (D3: 30 s is
what registration software itself calls computer use)."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a silence. Lengths are seconds; None where something did not happen."""

    length: float
    locked_after: float | None = None
    """From the last input to the lock; 0 where it was locked before."""
    suspended_after: float | None = None


def log_odds(silence: Silence) -> float:
    """Log-odds of having stayed seated."""
    odds = 2.2 - 1.6 * log(max(silence.length, SHORT) / 60.0) if silence.length else 4.0
    if silence.locked_after is not None:
        odds -= 3.0
    if silence.suspended_after is not None:
        odds -= 1.0
    return odds


def seated(silence: Silence) -> float:
    """Probability of having stayed seated."""
    return 1.0 / (1.0 + exp(-log_odds(silence)))
