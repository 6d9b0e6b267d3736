"""A recorded trace through the same rules: what was concluded, and what would have been said. No clock is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from slowrise.config.config import Config, parse
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.events import Event
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Span
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.evidence import Table
from slowrise.core.prompts.prompt_state import Prompt
from slowrise.history.monitor import Monitor

Saying = Callable[[Prompt, Policy, Summary | None], str]
"""What a prompt says under the limits of its time; a summary prompt is given the day it is about."""


class Replay(msgspec.Struct, frozen=True):
    """What a trace comes to. `days` are in order; the last is the trace's summary."""

    spans: list[Span]
    prompts: list[Prompt]
    days: list[Summary]
    policies: list[Policy] = []
    """What was in force at each prompt."""
    summed: list[Summary | None] = []
    """The day that each `summary` prompt was about, up to the prompt; None for other prompts."""

    @property
    def summary(self) -> Summary | None:
        """The last day; None for an empty trace."""
        return self.days[-1] if self.days else None


def replay(events: Iterable[Event], table: Table, config: Config | None = None, *, fixed: bool = False) -> Replay:
    """Fold the events by the weights of the table, under the configuration (the defaults without one).

    `fixed` passes over the settings that a trace brings.
    """
    monitor = Monitor.under(config or parse(""), table, fixed=fixed)
    policies: list[Policy] = []
    for event in events:
        policy = monitor.state.policy
        monitor.handle(event)
        if len(monitor.prompts) > len(policies):
            policies += [policy] * (len(monitor.prompts) - len(policies))
    now = monitor.state.presence.now
    record = monitor.spans(now)
    return Replay(record, monitor.prompts, monitor.days(now, record), policies, monitor.at_summaries(record))


def as_object(result: Replay, saying: Saying) -> dict[str, Any]:
    """The one object of `replay --json`."""
    found: dict[str, Any] = {
        "spans": [
            {"state": span.state, "start": iso(span.start), "end": iso(span.end), "sure": span.confidence}
            for span in result.spans
        ],
        "prompts": [
            {"at": iso(prompt.shown_at), "kind": prompt.kind, "text": saying(prompt, policy, summed)}
            for prompt, policy, summed in zip(result.prompts, result.policies, result.summed, strict=True)
        ],
        "summary": None if result.summary is None else as_json(result.summary),
    }
    if len(result.days) > 1:
        found["days"] = [as_json(day) for day in result.days]
    return found
