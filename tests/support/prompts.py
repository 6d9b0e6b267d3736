"""The words of every kind of notice, made from the few facts that a test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import msgspec

from slowrise.core.metrics.summary import Summary, summarize
from slowrise.core.model.policy import PROFILES, Policy
from slowrise.core.model.spans import Bout
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import InformationKind, NoticeKind
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import Words, information_words, prompt_words

STANDARD = PROFILES["standard"]
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
EVERY_KIND: tuple[NoticeKind, ...] = get_args(NoticeKind)
INFORMATION: tuple[InformationKind, ...] = get_args(InformationKind)


def words_of(
    kind: NoticeKind,
    guidance: Guidance,
    *,
    policy: Policy = STANDARD,
    summary: Summary | None = None,
    usual: float | None = None,
    window: bool = True,
    **facts: Any,
) -> Words:
    """Return the words of a notice. `facts` are fields of the prompt; a snooze of five minutes is offered."""
    for information in INFORMATION:
        if kind == information:
            return information_words(information, policy, guidance, window=window)
    prompt = Prompt(0.0, NOW, kind, **{"snooze": 300.0, **facts})  # type: ignore[arg-type] # the other kinds are prompts
    return prompt_words(prompt, policy, guidance, summary, usual=usual, window=window)


def a_summary(*, longest_seconds: float = 3720.0, breaks: int = 13, **values: Any) -> Summary:
    """Return the summary of an ordinary day with these values replaced."""
    day = summarize((), day=TODAY, break_min=STANDARD.break_min)
    bouts = (Bout(NOW, NOW + timedelta(seconds=longest_seconds), longest_seconds),)
    usual: dict[str, Any] = {"sitting_seconds": 18600.0, "low": 17400.0, "high": 19500.0, "unobserved_seconds": 1200.0}
    return msgspec.structs.replace(day, bouts=bouts, break_lengths=(120.0,) * breaks, **{**usual, **values})
