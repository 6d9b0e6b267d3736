"""The days of this machine's ledger, opened for a command. What had to be told again is kept for the next one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from slowrise.cli.common import Failure, here_and_now

if TYPE_CHECKING:
    from slowrise.config import Config
    from slowrise.days import Checkpoint, Days
    from slowrise.ledgers import KeptDay
    from slowrise.places import Places

LONG = 7
"""Days told again before it is shown that this takes its time; each is some hundredths of a second."""


@contextmanager
def days_of(places: Places, config: Config) -> Iterator[Days]:
    """The days as they stand now. What goes wrong with the ledger is a failure with its reason."""
    from slowrise import instance
    from slowrise.days import Days
    from slowrise.ledgers.sqlite import SqliteLedger
    from slowrise.ports import LedgerFailed

    try:
        archive = SqliteLedger.open_read_only(places.ledger)
        with _progress() as progress:
            yield Days(
                archive,
                config,
                here_and_now(),
                alive=instance.running(places.lock) is not None,
                keep=lambda days, checkpoints: _keep(places.ledger, days, checkpoints),
                progress=progress,
            )
    except LedgerFailed as error:
        raise Failure(str(error)) from None


def _keep(path: Path, days: Sequence[KeptDay], checkpoints: Sequence[Checkpoint]) -> None:
    """Best done, and no harm if not: on a read-only disk each command tells the days again."""
    from contextlib import suppress

    from slowrise.ledgers.sqlite import SqliteLedger
    from slowrise.ports import LedgerFailed

    with suppress(LedgerFailed):
        ledger = SqliteLedger.open_beside(path)
        ledger.save_days(days)
        for checkpoint in checkpoints:
            ledger.save_checkpoint(*checkpoint)
        ledger.close()


@contextmanager
def _progress() -> Iterator[Callable[[date], None]]:
    """On a terminal, which day is being told, once there have been some."""
    from shutil import get_terminal_size

    from slowrise.views.status import Ticker

    ticker = Ticker(sys.stderr)
    told = 0

    def tell(day: date) -> None:
        nonlocal told
        told += 1
        if told > LONG and sys.stderr.isatty():
            ticker.show(f"Reading the record: {day}", get_terminal_size().columns)

    yield tell
    ticker.clear()
