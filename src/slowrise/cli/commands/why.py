"""`slowrise why`: how a silence was judged, from the ledger; no daemon is needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import (
    USAGE,
    Failure,
    When,
    as_json,
    config_file,
    configured,
    data_dir,
    found,
    here_and_now,
    printed,
)
from slowrise.cli.views.i18n import _

if TYPE_CHECKING:
    from slowrise.adapters.system.paths import Paths
    from slowrise.config.config import Config
    from slowrise.history.explain import Explained, Explainer, NoSilence
    from slowrise.ports.ledger import Archive

BEFORE = timedelta(days=1)
"""So long before a time the story begins: what led to it is known then, and labels that were moved lie within."""
LATELY = (timedelta(days=2), timedelta(days=60))
"""So far back the latest silence is looked for, first near and then far."""


@click.command(epilog="Example: slowrise why 14:05")
@data_dir
@config_file
@as_json
@click.argument("time", type=When(), required=False)
def why(data_dir: Path | None, config_file: Path | None, *, time: datetime | None, as_json: bool) -> None:
    """Explain how the silence around TIME was judged.

    TIME is 14:05, the latest one gone by, or ISO 8601; without it the latest silence in doubt is told, or else the
    latest. Each piece of evidence is told with its weight, in log-odds.
    """
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.cli.views import explanation
    from slowrise.history.explain import Explained
    from slowrise.ports.ledger import LedgerFailed

    if time is not None and time > here_and_now():
        raise Failure(_("{time} is yet to come.").format(time=f"{time:%Y-%m-%d %H:%M}"), USAGE)
    paths = found(data_dir, config_file)
    config = configured(paths.config)
    try:
        archive = SqliteLedger.open_read_only(paths.ledger)
        answer = _at(archive, paths, config, time) if time is not None else _latest(archive, paths, config)
        archive.close()
    except LedgerFailed as error:
        raise Failure(str(error)) from None
    if answer is None:
        raise Failure(_("No silence has been judged in the last 60 days. What is recorded: slowrise doctor --privacy"))
    if as_json:
        printed(explanation.as_json(answer, time))
    elif isinstance(answer, Explained):
        click.echo(explanation.explained_text(answer))
    elif time is not None:
        click.echo(explanation.otherwise_text(answer, time))


def _at(archive: Archive, paths: Paths, config: Config, time: datetime) -> Explained | NoSilence:
    from slowrise.history.explain import last_step

    explainer = _explainer(archive, time - BEFORE, config)
    is_settled = explainer.replay_past(time)
    if is_settled and (step := last_step(archive.turns_after(explainer.row), explainer.row)):
        is_settled = explainer.replay_past(time, step)
    if not is_settled:
        _end(explainer, archive, paths)
    explainer.correct(archive.turns_after(explainer.row))
    return explainer.at(time)


def _latest(archive: Archive, paths: Paths, config: Config) -> Explained | None:
    for back in LATELY:
        explainer = _explainer(archive, here_and_now() - back, config)
        explainer.replay_all()
        _end(explainer, archive, paths)
        if (answer := explainer.latest()) is not None:
            return answer
    return None


def _explainer(archive: Archive, begin: datetime, config: Config) -> Explainer:
    from slowrise.adapters.system.resources import weights
    from slowrise.history.checkpoint import monitor_before
    from slowrise.history.explain import Explainer

    monitor, row = monitor_before(archive, begin, config, weights())
    return Explainer(monitor, archive.events_after(row))


def _end(explainer: Explainer, archive: Archive, paths: Paths) -> None:
    """What is open goes on until now, or ended with the last sign of life."""
    from slowrise.adapters.system import single_instance
    from slowrise.core.model.events import Stopped

    monitor = explainer.monitor
    if single_instance.running(paths.lock) is not None:
        monitor.advance_to(here_and_now().timestamp() - monitor.state.timeline.shift)
    elif monitor.is_running:
        monitor.handle(Stopped(at=archive.last_sign() or here_and_now()))
