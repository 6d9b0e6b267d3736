"""The weights of evidence in force: the shipped table, read once."""

from __future__ import annotations

from functools import cache

from slowrise.adapters.system import resources as shipped
from slowrise.core.presence.evidence import Table, parse_table


@cache
def weights() -> Table:
    """What `config/evidence.toml` holds."""
    return parse_table(shipped.text("config/evidence.toml"))
