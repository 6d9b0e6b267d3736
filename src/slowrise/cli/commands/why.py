"""`slowrise why`: explain how a silence was judged. Reads the ledger; needs no daemon."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from slowrise.adapters.system import single_instance
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.cli.common import (
    Failure,
    TimeParam,
    as_json,
    echo_json,
    load_config,
    now_here,
    open_ledger,
    with_paths,
)
from slowrise.cli.views import explanation
from slowrise.cli.views.i18n import _
from slowrise.config.config import Config
from slowrise.core.model.events import Stopped
from slowrise.daemon.exit_codes import ExitCode
from slowrise.history.checkpoint import monitor_before
from slowrise.history.explain import Explained, Explainer, NoSilence, last_step
from slowrise.ports.ledger import Archive

LEAD = timedelta(days=1)
"""The replay begins this long before the time in question: enough for the context and for moved timestamps."""
SEARCHED = (timedelta(days=2), timedelta(days=60))
"""How far back to search for the latest silence: first the last days, then two months."""


@click.command(epilog="Example: slowrise why 14:05")
@with_paths
@as_json
@click.argument("time", type=TimeParam(), required=False)
def why(paths: Paths, *, time: datetime | None, as_json: bool) -> None:
    """Explain why a time counted as sitting or as away.

    TIME is 14:05 or 2026-03-02T14:05. Without TIME it explains the latest time that is in doubt.
    """
    if time is not None and time > now_here():
        raise Failure(_("{time} is in the future.").format(time=f"{time:%Y-%m-%d %H:%M}"), ExitCode.USAGE)
    config = load_config(paths.config)
    with open_ledger(paths) as ledger:
        answer = _at(ledger, paths, config, time) if time is not None else _latest(ledger, paths, config)
    if answer is None:
        raise Failure(_("No silence was judged in the last 60 days. To see what is stored: slowrise doctor --privacy"))
    if as_json:
        echo_json(explanation.as_json(answer, time))
    elif isinstance(answer, Explained):
        click.echo(explanation.explained_text(answer))
    elif time is not None:
        click.echo(explanation.no_silence_text(answer, time))


def _at(ledger: Archive, paths: Paths, config: Config, time: datetime) -> Explained | NoSilence:
    explainer = _explainer(ledger, time - LEAD, config)
    is_final = explainer.replay_past(time)
    if is_final and (step := last_step(ledger.retroactive_events_after(explainer.row), explainer.row)):
        is_final = explainer.replay_past(time, step)
    if not is_final:
        _close(explainer, ledger, paths)
    explainer.correct(ledger.retroactive_events_after(explainer.row))
    return explainer.at(time)


def _latest(ledger: Archive, paths: Paths, config: Config) -> Explained | None:
    for back in SEARCHED:
        explainer = _explainer(ledger, now_here() - back, config)
        explainer.replay_all()
        _close(explainer, ledger, paths)
        if (answer := explainer.latest()) is not None:
            return answer
    return None


def _explainer(ledger: Archive, begin: datetime, config: Config) -> Explainer:
    monitor, row = monitor_before(ledger, begin, config, weights())
    return Explainer(monitor, ledger.events_after(row))


def _close(explainer: Explainer, ledger: Archive, paths: Paths) -> None:
    """Extend an open run to now if the daemon runs; else end it at its last sign of life."""
    monitor = explainer.monitor
    if single_instance.running(paths.lock) is not None:
        monitor.advance_to(now_here().timestamp() - monitor.state.timeline.shift)
    elif monitor.is_running:
        monitor.handle(Stopped(at=ledger.last_sign() or now_here()))
