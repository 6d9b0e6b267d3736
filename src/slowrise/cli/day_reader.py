"""The days of this computer's ledger, opened for a command. Days that had to be rebuilt are cached for the next one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from shutil import get_terminal_size

import click

from slowrise.adapters.storage.shared_folder import name_here, other_computers, this_computer
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import single_instance
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.cli.common import now_here, open_ledger
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.status import Ticker
from slowrise.config.config import Config
from slowrise.history.combined import CombinedDays
from slowrise.history.days import Days, keep_in
from slowrise.ports.ledger import Archive, KeptDay, LedgerFailed

MANY = 7
"""Days rebuilt before a progress line appears; each takes some hundredths of a second."""


@contextmanager
def open_days(paths: Paths, config: Config) -> Iterator[CombinedDays]:
    """Open the days as they are now, with those of other computers if a folder is shared.

    Prints at the end what is missing of other computers. Raises `Failure` if the ledger cannot be read.
    """
    now = now_here()
    with open_ledger(paths) as archive, _progress() as progress:
        own = Days(
            archive,
            config,
            weights(),
            now,
            alive=single_instance.running(paths.lock) is not None,
            keep=lambda days, checkpoint: _keep(paths.ledger, days, checkpoint),
            progress=progress,
        )
        days = _combined(own, archive, config, now)
        yield days
    for sentence in days.missing:
        click.echo(translate(sentence), err=True)


def _combined(own: Days, archive: Archive, config: Config, now: datetime) -> CombinedDays:
    if not config.share.folder:
        return CombinedDays(own, now)
    folder = Path(config.share.folder).expanduser()
    try:
        return CombinedDays(own, now, other_computers(folder, this_computer(archive, name_here(config))))
    except OSError as error:
        return CombinedDays(own, now, unreadable=f"{folder}: {error.strerror}. Only this computer is counted.")


def _keep(path: Path, days: Sequence[KeptDay], checkpoint: tuple[int, bytes] | None) -> None:
    """Save what was rebuilt. If that fails, as on a read-only disk, each command rebuilds it."""
    with suppress(LedgerFailed), closing(SqliteLedger.open_beside(path)) as ledger:
        keep_in(ledger, days, checkpoint)


@contextmanager
def _progress() -> Iterator[Callable[[date], None]]:
    """Show on a terminal which day is being rebuilt, once there were some."""
    ticker = Ticker(sys.stderr)
    rebuilt = 0

    def show(day: date) -> None:
        nonlocal rebuilt
        rebuilt += 1
        if rebuilt > MANY and sys.stderr.isatty():
            ticker.show(_("Reading the record: {day}").format(day=day), get_terminal_size().columns)

    yield show
    ticker.clear()
