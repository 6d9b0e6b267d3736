"""A recorded trace through the same monitor: its spans, days and prompts. Reads no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from slowrise.config.config import Config
from slowrise.config.parse import parse
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.events import Event
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Span
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.evidence_table import Table
from slowrise.core.prompts.due import Prompt
from slowrise.history.day_records import day_records, summaries_at_prompts
from slowrise.history.monitor import Monitor

PromptText = Callable[[Prompt, Policy, Summary | None], str]
"""Returns the text of a prompt under the policy of its time; a `summary` prompt gets the summary of its day."""


class Replay(msgspec.Struct, frozen=True):
    """The results of a trace. `days` are in order; the last is the trace's summary."""

    spans: list[Span]
    prompts: list[Prompt]
    days: list[Summary]
    policies: list[Policy] = []
    """The policy in force at each prompt."""
    summed: list[Summary | None] = []
    """For each `summary` prompt the summary of its day up to the prompt; None for other prompts."""

    @property
    def summary(self) -> Summary | None:
        """The last day; None for an empty trace."""
        return self.days[-1] if self.days else None


def replay(events: Iterable[Event], table: Table, config: Config | None = None, *, fixed: bool = False) -> Replay:
    """Replay the events under the configuration (without one, the defaults), weighing evidence by `table`.

    `fixed`: ignore the settings that the trace contains.
    """
    monitor = Monitor.under(config or parse(""), table, fixed=fixed)
    policies: list[Policy] = []
    for event in events:
        policy = monitor.state.policy
        monitor.handle(event)
        if len(monitor.prompts) > len(policies):
            policies += [policy] * (len(monitor.prompts) - len(policies))
    now = monitor.state.presence.now
    spans = monitor.spans(now)
    days = [record.summary for record in day_records(monitor, spans)]
    return Replay(spans, monitor.prompts, days, policies, summaries_at_prompts(monitor, spans))


def as_object(result: Replay, text_of: PromptText) -> dict[str, Any]:
    """Return the object that `replay --json` prints."""
    found: dict[str, Any] = {
        "spans": [
            {"state": span.state, "start": iso(span.start), "end": iso(span.end), "sure": span.confidence}
            for span in result.spans
        ],
        "prompts": [
            {"at": iso(prompt.shown_at), "kind": prompt.kind, "text": text_of(prompt, policy, summed)}
            for prompt, policy, summed in zip(result.prompts, result.policies, result.summed, strict=True)
        ],
        "summary": None if result.summary is None else as_json(result.summary),
    }
    if len(result.days) > 1:
        found["days"] = [as_json(day) for day in result.days]
    return found
