"""What other computers of the same user recorded, as the shared folder has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from slowrise.core.metrics.day_record import ShownPrompt
from slowrise.core.model.spans import Span


class RemoteDay(NamedTuple):
    """A day as another computer concluded it. `made`: when it was written there."""

    day: date
    spans: tuple[Span, ...]
    prompts: tuple[ShownPrompt, ...] = ()
    made: datetime | None = None


class BadShare(Exception):
    """The day cannot be used; the message gives the reason."""


class RemoteComputer(Protocol):
    """Another computer that shares its days."""

    @property
    def name(self) -> str:
        """The name that the user gave it."""

    @property
    def days(self) -> Sequence[date]:
        """The days it has shared, in order."""

    @property
    def undated(self) -> Sequence[str]:
        """The names of files that look like a day and name none, such as `2026-13-45.json`."""

    def read(self, day: date) -> RemoteDay:
        """Return one of these days. Raises `BadShare`."""
