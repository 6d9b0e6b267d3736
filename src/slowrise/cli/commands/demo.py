"""`slowrise demo`: a recorded day through the real daemon, in virtual time. Nothing is stored.

The daemon runs in a loop whose clock jumps from one timer to the next, so every run gives the same numbers as
`slowrise replay` of that day. Notices go to the real desktop from a thread of their own: showing one takes real time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TextIO

import click

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.adapters.notify import choose as notifiers
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import read_guidance, text, weights
from slowrise.cli.commands.report import PAGE, check_for_charts, missing_for_charts, write_page
from slowrise.cli.common import agrees, now_here
from slowrise.cli.report.model import Report
from slowrise.cli.views.i18n import _
from slowrise.cli.views.terminal import DayPage, console_on
from slowrise.cli.views.timeline import marks_of
from slowrise.config import config as c
from slowrise.config.parse import parse
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.prompts.due import Prompt
from slowrise.daemon.app import App
from slowrise.daemon.daemon import Parts
from slowrise.daemon.threaded_notifier import ThreadedNotifier
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from slowrise.history import trace
from slowrise.history.day_records import day_records
from slowrise.history.monitor import Monitor
from slowrise.messages.day_words import closing_line
from slowrise.messages.notices import prompt_words
from slowrise.ports.input import Source
from slowrise.ports.notifier import Notifier

SPEED = 600.0
"""Seconds of the day in one second: a working day in a minute."""


@click.command(epilog="Example: slowrise demo --speed 1200")
@click.option(
    "--speed",
    type=click.FloatRange(1),
    default=SPEED,
    show_default=True,
    help="Seconds of the day that pass in one second. The numbers are the same at any speed.",
)
@click.option("--html", type=PAGE, help="Write the report of the day to this file; - is standard output.")
def demo(speed: float, html: Path | None) -> None:
    """Play a simulated day in a minute. Records nothing.

    The real daemon watches it, and your desktop shows its reminders. Their buttons do nothing here.
    """
    if html is not None:
        check_for_charts()
    loop = VirtualLoop(speed)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        monitor = runner.run(_play(loop))
    records = day_records(monitor, monitor.spans(monitor.state.presence.now))
    _show(records, to=sys.stderr if str(html) == "-" else sys.stdout)
    if html is not None:
        _write_report(records, monitor, html)
    elif _can_offer_report():
        _offer_report(records, monitor)
    else:
        click.echo(
            "\n" + _("To get the report of such a day: {command}").format(command="slowrise demo --html day.html"),
            err=True,
        )


async def _play(loop: VirtualLoop) -> Monitor:
    """Run the daemon through the day, and print each prompt as it comes."""
    events = list(trace.read(text("config/demo-day.jsonl").encode().splitlines()))
    clock = VirtualClock(loop, events[0].at)
    config = parse("")
    announced: list[Prompt] = []

    async def make_source(_settings: c.SourceSettings) -> Source:
        return player

    async def make_notifier(_settings: c.NotificationSettings) -> Notifier:
        return await ThreadedNotifier.start(notifiers.choose)

    def announce() -> None:
        for prompt in app.daemon.monitor.prompts[len(announced) :]:
            words = prompt_words(prompt, app.daemon.monitor.state.policy, app.daemon.notifications.guidance)
            click.echo(f"{prompt.shown_at:%H:%M}  {words.title} ({prompt.kind})", err=True)
            announced.append(prompt)

    parts = Parts(
        config=config,
        clock=clock,
        ledger=SqliteLedger.in_memory(),
        make_source=make_source,
        make_signals=(),
        make_notifier=make_notifier,
        read_config=lambda: config,
    )
    notifier = await make_notifier(config.notifications)
    app = App(parts, notifier, Monitor.under(config, weights()), changed=announce)
    # No trace has lulls. With them the prompts would come at other times than in its replay.
    player = TracePlayer(events, clock, app.daemon.stop, lulls=False)
    begins = _("A simulated day, {speed} times as fast. Nothing is stored. Ctrl-C ends it.")
    click.echo(begins.format(speed=f"{loop.speed:.0f}"), err=True)
    await app.daemon.run(player)
    return app.daemon.monitor


def _show(records: list[DayRecord], *, to: TextIO) -> None:
    for record in records:
        marks = marks_of(record.prompts, record.summary.symptoms)
        line = closing_line(record.summary, read_guidance())
        console_on(to).print(DayPage(record.summary, record.spans, marks, line=line))


def _can_offer_report() -> bool:
    """Whether there is a person to ask and the libraries to draw with."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not missing_for_charts()


def _offer_report(records: list[DayRecord], monitor: Monitor) -> None:
    """Open the report in the browser if the user wants it. Nothing in it is private, so a temporary file will do."""
    click.echo(err=True)
    if agrees(_("Open the report of this day in the browser?"), err=True):
        path = Path(tempfile.mkdtemp(prefix="slowrise-demo-"), "report.html")
        _write_report(records, monitor, path)
        click.launch(path.as_uri())


def _write_report(records: list[DayRecord], monitor: Monitor, path: Path) -> None:
    from slowrise.cli.report.html import page  # matplotlib and jinja2

    write_page(path, page(Report(records, monitor.state.policy), read_guidance(), now_here()).encode())
