"""The days of this computer's ledger, opened for a command. Days that had to be rebuilt are cached for the next one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import Failure, now_here

if TYPE_CHECKING:
    from slowrise.adapters.system.paths import Paths
    from slowrise.config.config import Config
    from slowrise.history.combined import CombinedDays
    from slowrise.history.days import Days
    from slowrise.ports.ledger import Archive, KeptDay

MANY = 7
"""Days rebuilt before a progress line appears; each takes some hundredths of a second."""


@contextmanager
def open_days(paths: Paths, config: Config) -> Iterator[CombinedDays]:
    """Open the days as they are now, with those of other computers if a folder is shared.

    Prints at the end what is missing of other computers. Raises `Failure` if the ledger cannot be read.
    """
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system import single_instance
    from slowrise.adapters.system.resources import weights
    from slowrise.history.days import Days
    from slowrise.ports.ledger import LedgerFailed

    now = now_here()
    try:
        archive = SqliteLedger.open_read_only(paths.ledger)
        with _progress() as progress:
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
            click.echo(sentence, err=True)
    except LedgerFailed as error:
        raise Failure(str(error)) from None


def _combined(own: Days, archive: Archive, config: Config, now: datetime) -> CombinedDays:
    from slowrise.history.combined import CombinedDays

    if not config.share.folder:
        return CombinedDays(own, now)
    from slowrise.adapters.storage.shared_folder import name_here, other_computers, this_computer

    folder = Path(config.share.folder).expanduser()
    try:
        return CombinedDays(own, now, other_computers(folder, this_computer(archive, name_here(config))))
    except OSError as error:
        return CombinedDays(own, now, unreadable=f"{folder}: {error.strerror}. Only this computer is counted.")


def _keep(path: Path, days: Sequence[KeptDay], checkpoint: tuple[int, bytes] | None) -> None:
    """Save what was rebuilt. If that fails, as on a read-only disk, each command rebuilds it."""
    from contextlib import suppress

    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.history.days import keep_in
    from slowrise.ports.ledger import LedgerFailed

    with suppress(LedgerFailed):
        ledger = SqliteLedger.open_beside(path)
        keep_in(ledger, days, checkpoint)
        ledger.close()


@contextmanager
def _progress() -> Iterator[Callable[[date], None]]:
    """Show on a terminal which day is being rebuilt, once there were some."""
    from shutil import get_terminal_size

    from slowrise.cli.views.status import Ticker

    ticker = Ticker(sys.stderr)
    rebuilt = 0

    def show(day: date) -> None:
        nonlocal rebuilt
        rebuilt += 1
        if rebuilt > MANY and sys.stderr.isatty():
            ticker.show(f"Reading the record: {day}", get_terminal_size().columns)

    yield show
    ticker.clear()
