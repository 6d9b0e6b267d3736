"""What a prompt says: from its numbers and the day's to words. No sentence is worded here."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.prompts.prompt_state import Prompt
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import Facts, Words, buttons, notice_words


class Saying(NamedTuple):
    """A prompt in words: key and label of each button in order, the likeliest first."""

    words: Words
    buttons: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Title and body, as one."""
        return f"{self.words.title}\n{self.words.body}"


def say(
    prompt: Prompt, policy: Policy, guidance: Guidance, summary: Summary | None = None, *, steps: bool = False
) -> Saying:
    """The words of a prompt; `summary` is the day that a summary prompt is about, `steps` asks for them in full."""
    facts = _facts(prompt, policy, summary if prompt.kind == "summary" else None)
    facts = msgspec.structs.replace(facts, steps=steps)
    return Saying(notice_words(prompt.kind, facts, guidance), buttons(prompt.kind, facts, guidance))


def _facts(prompt: Prompt, policy: Policy, summary: Summary | None) -> Facts:
    budget = policy.stand_budget if prompt.kind == "stand-budget" else policy.day_budget
    if summary is None:
        return Facts(
            profile=policy.profile,
            bout_seconds=prompt.bout_seconds,
            break_seconds=policy.break_full,
            first_of_day=prompt.first_of_day,
            suggestion=prompt.suggestion,
            gently=prompt.gently,
            standing_desk=policy.standing_desk,
            flare_up_day=prompt.flare_up_day,
            clinician_told=prompt.clinician_told,
            snooze_seconds=prompt.snooze,
            day_seconds=prompt.day_seconds,
            budget_seconds=budget,
            since=_clock(prompt.since),
            until=_clock(prompt.until),
        )
    return Facts(
        profile=policy.profile,
        day_seconds=summary.sitting_seconds,
        low=summary.low,
        high=summary.high,
        longest_seconds=summary.bout_metrics.longest_seconds or 0.0,
        breaks=summary.bout_metrics.breaks,
        break_rule=summary.break_rule_seconds,
        unobserved_seconds=summary.unobserved_seconds,
        day="" if prompt.shown_at.date() == summary.day else summary.day.isoformat(),
        budget_seconds=budget,
    )


def _clock(label: datetime | None) -> str:
    return "" if label is None else f"{label:%H:%M}"
