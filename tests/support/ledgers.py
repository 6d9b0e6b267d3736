"""Ledgers in memory that are closed when the test ends. Python 3.13 warns about an SQLite connection left open."""

from __future__ import annotations

from slowrise.adapters.storage.sqlite import SqliteLedger

_open: list[SqliteLedger] = []


def in_memory() -> SqliteLedger:
    """Return an empty ledger. `tests/conftest.py` closes it."""
    ledger = SqliteLedger.in_memory()
    _open.append(ledger)
    return ledger


def close_all() -> None:
    """Close those that this test has made."""
    while _open:
        _open.pop().close()
