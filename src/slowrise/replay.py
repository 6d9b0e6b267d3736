"""A recorded trace through the same rules: what was concluded, and what would have been said. No clock is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from slowrise.bout import Span
from slowrise.config import Config, parse
from slowrise.events import Event
from slowrise.moment import written
from slowrise.prompting import Prompt
from slowrise.story import Story
from slowrise.summary import Summary, as_json

Saying = Callable[[Prompt, Summary | None], str]
"""What a prompt says; a summary prompt is given the day it is about."""


class Replay(msgspec.Struct, frozen=True):
    """What a trace comes to. `days` are in order; the last is the trace's summary."""

    spans: list[Span]
    prompts: list[Prompt]
    days: list[Summary]

    @property
    def summary(self) -> Summary | None:
        """The last day; None for an empty trace."""
        return self.days[-1] if self.days else None


def replay(events: Iterable[Event], config: Config | None = None, *, fixed: bool = False) -> Replay:
    """Fold the events under the configuration (the defaults without one); `fixed` passes over a trace's settings."""
    story = Story.under(config or parse(""), fixed=fixed)
    for event in events:
        story.tell(event)
    now = story.rules.sitting.now
    record = story.spans(now)
    return Replay(record, story.prompts, story.days(now, record))


def as_object(result: Replay, saying: Saying) -> dict[str, Any]:
    """The one object of `replay --json`."""
    by_day = {summary.day.isoformat(): summary for summary in result.days}
    found: dict[str, Any] = {
        "spans": [
            {"state": span.state, "start": written(span.start), "end": written(span.end), "sure": span.sure}
            for span in result.spans
        ],
        "prompts": [
            {"at": written(prompt.label), "kind": prompt.kind, "text": saying(prompt, by_day.get(prompt.day))}
            for prompt in result.prompts
        ],
        "summary": None if result.summary is None else as_json(result.summary),
    }
    if len(result.days) > 1:
        found["days"] = [as_json(day) for day in result.days]
    return found
