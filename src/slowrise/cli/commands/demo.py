"""`slowrise demo`: a simulated day through the real daemon and notifier, at high speed. Nothing is recorded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.commands.report import PAGE, check_for_charts, missing_for_charts, write_page
from slowrise.cli.common import now_here

if TYPE_CHECKING:
    from typing import TextIO

    from slowrise.core.metrics.day_record import DayRecord
    from slowrise.history.monitor import Monitor

SPEED = 600.0
"""A working day in a minute."""
FASTEST = 6000.0
"""Judgement. The faster, the more of the day passes while the daemon works: at this speed the sitting it tells was
5 h 37 min where the replay has 5 h 52."""


@click.command(epilog="Example: slowrise demo --speed 1200")
@click.option(
    "--speed",
    type=click.FloatRange(1, FASTEST),
    default=SPEED,
    show_default=True,
    help="Seconds of the day that pass in one.",
)
@click.option("--html", type=PAGE, help="Write the report of the day there; - is standard output.")
def demo(speed: float, html: Path | None) -> None:
    """Play a simulated day in a minute; nothing is recorded.

    It goes through the real daemon and its prompts to the real notification service.
    """
    if html is not None:
        check_for_charts()
    sys.modules["ssl"] = None  # type: ignore[assignment]  # as in `run`
    import asyncio

    monitor = asyncio.run(_play(speed))
    records = _records(monitor)
    _show(records, to=sys.stderr if str(html) == "-" else sys.stdout)
    if html is not None:
        _write_report(records, monitor, html)
    elif _can_show_a_report():
        _offer_report(records, monitor)
    else:
        click.echo("\nThe report of such a day, a page with charts: slowrise demo --html day.html", err=True)


def _can_show_a_report() -> bool:
    """Whether somebody can be asked, and it can be drawn."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not missing_for_charts()


def _offer_report(records: list[DayRecord], monitor: Monitor) -> None:
    """Open it in the browser if that is wished. It is of nobody's day, so it may lie among the temporary files."""
    import tempfile

    click.echo(err=True)
    if click.confirm("Open the report of this day, a page with charts, in the browser?", default=False, err=True):
        path = Path(tempfile.mkdtemp(prefix="slowrise-demo-"), "report.html")
        _write_report(records, monitor, path)
        click.launch(path.as_uri())


async def _play(speed: float) -> Monitor:
    import asyncio

    from slowrise.adapters.input.trace_player import TracePlayer
    from slowrise.adapters.notify import choose as notifiers
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system import resources
    from slowrise.adapters.system.clock import FastClock
    from slowrise.adapters.system.resources import read_guidance, weights
    from slowrise.config.parse import parse
    from slowrise.daemon.daemon import Daemon, Parts
    from slowrise.history import trace
    from slowrise.history.monitor import Monitor
    from slowrise.messages.notices import prompt_words

    events = list(trace.read(resources.text("config/demo-day.jsonl").encode().splitlines()))
    clock = FastClock(events[0].at, speed)
    settings = parse("")
    ending = asyncio.Event()

    async def make_source(_: object) -> TracePlayer:
        return TracePlayer(events, clock, ending.set)

    parts = Parts(
        config=settings,
        clock=clock,
        ledger=SqliteLedger.in_memory(),
        notifier=await notifiers.choose(),
        guidance=read_guidance(),
        make_source=make_source,
        make_signals=(),
        make_notifier=lambda wanted: notifiers.choose(wanted.use),
        make_guidance=read_guidance,
        reread=lambda: settings,
    )
    daemon = Daemon(parts, Monitor.under(settings, weights()))
    click.echo(f"A simulated day, {speed:.0f} times as fast. Nothing is recorded; Ctrl-C ends it.", err=True)
    said = [0]

    def tell_prompts() -> None:
        for prompt in daemon.monitor.prompts[said[0] :]:
            title = prompt_words(prompt, daemon.monitor.state.policy, parts.guidance).title
            click.echo(f"{prompt.shown_at:%H:%M}  {title} ({prompt.kind})", err=True)
        said[0] = len(daemon.monitor.prompts)

    daemon.watchers.append(tell_prompts)
    playing = asyncio.ensure_future(daemon.run())
    try:
        await ending.wait()
    finally:
        daemon.stop()
        await playing
    return daemon.monitor


def _records(monitor: Monitor) -> list[DayRecord]:
    """The days as the daemon would have kept them; one, unless it was played past its end."""
    from slowrise.history.day_records import day_records

    return day_records(monitor, monitor.spans(monitor.state.presence.now))


def _show(records: list[DayRecord], *, to: TextIO) -> None:
    from slowrise.adapters.system.resources import read_guidance
    from slowrise.cli.views.terminal import DayPage, console_on
    from slowrise.cli.views.timeline import marks_of

    for record in records:
        marks = marks_of(record.prompts, record.summary.symptoms)
        console_on(to).print(DayPage(record.summary, record.spans, marks, line=read_guidance().say("summary-line")))


def _write_report(records: list[DayRecord], monitor: Monitor, path: Path) -> None:
    from slowrise.adapters.system.resources import read_guidance
    from slowrise.cli.report.html import page
    from slowrise.cli.report.model import Report

    made = page(Report(records, monitor.state.policy), read_guidance(), now_here())
    write_page(path, made.encode())
