"""A new ledger, with all that can be read of the old one, in the place of one that cannot be used.

It is written beside the old one, which stays where it is until the new one is whole. So a crash, or a supervisor that
loses patience, costs nothing: what was begun is begun again, and what was whole is brought to its end.

    ledger           ledger           (moving)         ledger.aside-1   ledger.aside-1
    aside-new (part) aside-ready      aside-ready      aside-ready      ledger
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from slowrise.adapters.storage.database import set_aside, translate_errors
from slowrise.adapters.storage.repair import salvage
from slowrise.adapters.storage.sqlite import SqliteLedger


def is_under_way(path: Path) -> bool:
    """Whether a renewal of this ledger was cut off when the new one was whole already."""
    return _ready(path).exists()


def renew(path: Path, *, alive: Callable[[], object]) -> Path:
    """Put the new one in its place and return where the old one lies now. Raises `LedgerFailed`, and may be repeated.

    A million events take half a minute; `alive` is called all along.
    """
    with translate_errors(path):
        if not is_under_way(path):
            _write(path, alive)
        aside = set_aside(path)
        _ready(path).rename(path)
    return aside


def _write(path: Path, alive: Callable[[], object]) -> None:
    new = path.with_name(f"{path.name}.aside-new")
    for left in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{new}{left}").unlink()
    fresh = SqliteLedger(new)
    try:
        salvage(path, fresh, alive=alive)
    finally:
        fresh.close()
    new.rename(_ready(path))


def _ready(path: Path) -> Path:
    return path.with_name(f"{path.name}.aside-ready")
