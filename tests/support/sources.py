"""A source factory for a daemon in a test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


def source_made_by(make: Callable[[], T]) -> Callable[[object], Awaitable[T]]:
    """Return a `make_source` for the daemon's parts that calls `make` and skips the probe."""

    async def make_source(_: object) -> T:
        return make()

    return make_source
