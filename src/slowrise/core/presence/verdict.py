"""How a silence was judged, and what the user said of it: plain facts, for whoever asks why. Seconds on the axis."""

from __future__ import annotations

import msgspec

from slowrise.core.presence.silence import Silence


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A silence as it was judged, with all that was known of it then."""

    start: float
    end: float
    at: float
    """By when this was known."""
    silence: Silence
    bias: float
    """By how much this user's own silences and answers shifted the log-odds then."""
    probability: float
    """Probability of having stayed seated."""
    is_machine: bool
    """The touches in it came like clockwork: nobody was there, whatever the evidence says."""
    is_final: bool
    """Judged for good; before that its return, or the minute after it, may still change it."""


class UserVerdict(msgspec.Struct, frozen=True):
    """What the user said of one silence."""

    start: float
    log_odds: float
    """Of having stayed seated, before any of their answers."""
    stayed: bool
