"""The days of this machine's ledger, opened for a command. What had to be told again is kept for the next one."""

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
    from slowrise.history.days import Checkpoint, Days
    from slowrise.ports.ledger import Archive, KeptDay

LONG = 7
"""Days told again before it is shown that this takes its time; each is some hundredths of a second."""


@contextmanager
def open_days(paths: Paths, config: Config) -> Iterator[Days | CombinedDays]:
    """The days as they stand now, with those of other computers where a folder is shared.

    What goes wrong with the ledger is a failure with its reason; what is missing of other computers is said at the end.
    """
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system import single_instance
    from slowrise.history.days import Days
    from slowrise.ports.ledger import LedgerFailed

    now = now_here()
    try:
        archive = SqliteLedger.open_read_only(paths.ledger)
        with _progress() as progress:
            own = Days(
                archive,
                config,
                now,
                alive=single_instance.running(paths.lock) is not None,
                keep=lambda days, checkpoints: _keep(paths.ledger, days, checkpoints),
                progress=progress,
            )
            if not config.share.folder:
                yield own
                return
            days = _together(own, archive, config, now)
            yield days
        for sentence in days.missing:
            click.echo(sentence, err=True)
    except LedgerFailed as error:
        raise Failure(str(error)) from None


def _together(own: Days, archive: Archive, config: Config, now: datetime) -> CombinedDays:
    from slowrise.daemon.share_publisher import name_here, this_computer
    from slowrise.history.combined import CombinedDays

    folder = Path(config.share.folder).expanduser()
    here = this_computer(archive, name_here(config))
    return CombinedDays(own, folder, here, day_starts=config.day_starts, now=now)


def _keep(path: Path, days: Sequence[KeptDay], checkpoints: Sequence[Checkpoint]) -> None:
    """Best done, and no harm if not: on a read-only disk each command tells the days again."""
    from contextlib import suppress

    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.history.days import keeping
    from slowrise.ports.ledger import LedgerFailed

    with suppress(LedgerFailed):
        ledger = SqliteLedger.open_beside(path)
        keeping(ledger)(days, checkpoints)
        ledger.close()


@contextmanager
def _progress() -> Iterator[Callable[[date], None]]:
    """On a terminal, which day is being told, once there have been some."""
    from shutil import get_terminal_size

    from slowrise.cli.views.status import Ticker

    ticker = Ticker(sys.stderr)
    told = 0

    def tell(day: date) -> None:
        nonlocal told
        told += 1
        if told > LONG and sys.stderr.isatty():
            ticker.show(f"Reading the record: {day}", get_terminal_size().columns)

    yield tell
    ticker.clear()
