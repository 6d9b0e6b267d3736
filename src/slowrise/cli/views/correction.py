"""Commands in full that a user can paste on any day. Imports nothing heavy: the small commands print them too."""

from __future__ import annotations

import shlex
from datetime import datetime

import click

from slowrise.core.model.events import Was
from slowrise.core.model.timestamps import iso


def correction(was: Was, begin: datetime, end: datetime) -> str:
    """Return the command that corrects exactly this time. Its date and its offset make it right on any day."""
    return f"slowrise was {was} --from {exactly(begin)} --to {exactly(end)}{same_data()}"


def same_data() -> str:
    """Return the option that makes a command use the same data as this one; nothing where that is the usual place."""
    context = click.get_current_context(silent=True)
    data = context and context.params.get("data_dir")
    return f" --data-dir {shlex.quote(str(data))}" if data else ""


def exactly(time: datetime) -> str:
    """Return the time in ISO 8601 to the millisecond, which is left out where it is zero."""
    return iso(time).replace(".000", "")
