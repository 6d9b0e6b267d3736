"""Recorded days and what is concluded of them, as text beside each: a reviewer reads the difference.

`WRITE_EXPECTED=1 pytest tests/unit/history/test_stored_traces.py` writes the text anew.
"""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.history.replay import Replay, replay
from slowrise.history.trace import read
from support import DATA
from support.person import config

TRACES = DATA / "traces"
SCENARIO = config(
    limits={"sit_soft": "30m", "break_min": "5m", "break_full": "5m"}, notifications={"wait_for_pause": "0s"}
)
"""One kind of break and no waiting, so that a reader can work out the times of a scenario."""


def as_text(result: Replay) -> str:
    """Return the states from a minute up, each with its least confidence, then the prompts and the day, as text."""
    lines = ["states"]
    told = [span for span in result.spans if span.seconds >= 60]
    for state, group in groupby(told, key=lambda span: span.state):
        same = list(group)
        confidence = min(span.confidence for span in same)
        lines.append(f"  {same[0].start:%H:%M:%S} {same[-1].end:%H:%M:%S} {state:10} {confidence:.1f}")
    lines.append("prompts")
    for prompt in result.prompts:
        minutes = prompt.bout_seconds / 60
        lines.append(f"  {prompt.shown_at:%H:%M:%S} {prompt.kind}" + (f" {minutes:.0f} min" if minutes else ""))
    for day in result.days:
        lines += [
            f"{day.day}, breaks of {day.break_rule_seconds / 60:.0f} min",
            f"  sitting {day.sitting_seconds / 60:.0f} min ({day.low / 60:.0f} to {day.high / 60:.0f})",
            f"  standing {day.standing_seconds / 60:.0f} min",
            f"  bouts {day.bout_metrics.bouts}, breaks {day.bout_metrics.breaks}",
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("trace", sorted(TRACES.glob("*.jsonl")), ids=lambda trace: trace.stem)
def test_what_is_concluded_of_a_trace(trace: Path) -> None:
    settings: Config = config() if trace.stem == "an-office-day" else SCENARIO
    with trace.open("rb") as lines:
        text = as_text(replay(read(lines), weights(), settings))
    expected = trace.with_suffix(".txt")
    if os.environ.get("WRITE_EXPECTED"):
        expected.write_text(text)
    assert text == expected.read_text()
