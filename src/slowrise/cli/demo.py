"""`slowrise demo`: a recorded day through the real daemon and notifier, at high speed. Nothing is stored."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from slowrise.story import Story

SPEED = 600.0
"""A working day in a minute."""


@click.command(epilog="Example: slowrise demo --speed 1200")
@click.option(
    "--speed",
    type=click.FloatRange(1, 100_000),
    default=SPEED,
    show_default=True,
    help="Seconds of the day that pass in one.",
)
def demo(speed: float) -> None:
    """Play a recorded day through the real daemon and notifier, a working day in a minute; stores nothing."""
    sys.modules["ssl"] = None  # type: ignore[assignment]  # as in `run`
    import asyncio

    story = asyncio.run(_play(speed))
    _show_day(story)


async def _play(speed: float) -> Story:
    import asyncio

    from slowrise import config, shipped, trace
    from slowrise.clock import FastClock
    from slowrise.daemon import Daemon, Parts
    from slowrise.ledgers.memory import MemoryLedger
    from slowrise.notifiers import choose as notifiers
    from slowrise.reading import read_guidance
    from slowrise.sources.replay import Replay
    from slowrise.story import Story
    from slowrise.weights import weights

    events = list(trace.read(shipped.text("config/demo-day.jsonl").encode().splitlines()))
    clock = FastClock(events[0].at, speed)
    settings = config.parse("")
    ending = asyncio.Event()
    parts = Parts(
        config=settings,
        clock=clock,
        ledger=MemoryLedger(),
        notifier=await notifiers.choose(),
        guidance=read_guidance(),
        make_source=lambda _: Replay(events, clock, ending.set),
        make_signals=(),
        make_notifier=lambda wanted: notifiers.choose(wanted.use),
        make_guidance=read_guidance,
        reread=lambda: settings,
    )
    daemon = Daemon(parts, Story.under(settings, weights()))
    click.echo(f"A recorded day, {speed:.0f} times as fast. Nothing is stored; Ctrl-C ends it.", err=True)
    said = [0]

    def tell_prompts() -> None:
        for prompt in daemon.story.prompts[said[0] :]:
            click.echo(f"{prompt.label:%H:%M}  {prompt.kind}", err=True)
        said[0] = len(daemon.story.prompts)

    daemon.watchers.append(tell_prompts)
    playing = asyncio.ensure_future(daemon.run())
    try:
        await ending.wait()
    finally:
        daemon.stop()
        await playing
    return daemon.story


def _show_day(story: Story) -> None:
    from slowrise.reading import read_guidance
    from slowrise.views.terminal import DayPage, console_on
    from slowrise.views.timeline import Mark

    spans = story.spans(story.rules.sitting.now)
    for day, part in story.by_day(spans).items():
        marks = [Mark(prompt.label, "prompt") for prompt in story.prompts]
        page = DayPage(story.summary(day, part), part, marks, line=read_guidance().say("summary-line"))
        console_on(sys.stdout).print(page)
