"""Once a day: cache the days that are over, and delete events older than the user wants to keep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.core.model.spans import ONE_DAY, day_of
from slowrise.history.days import Days, keep_in
from slowrise.ports.ledger import Archive, LedgerFailed

log = logging.getLogger(__name__)

DAYS_BACK = timedelta(days=14)
"""How many past days to cache at most, to keep this short. Commands rebuild and cache older days when needed."""
LOT = timedelta(days=30)
"""How much to delete at once, because deleting rewrites the whole file."""


class Housekeeping:
    """Runs once a day. `look` may be called at any time."""

    def __init__(
        self,
        archive: Archive,
        config: Callable[[], Config],
        now: Callable[[], datetime],
        *,
        is_settled: Callable[[], bool] = lambda: True,
    ) -> None:
        """`config`: the one in force. `is_settled`: whether the days before today can be cached."""
        self._archive = archive
        self._config = config
        self._now = now
        self._is_settled = is_settled
        self._done: date | None = None

    def look(self) -> None:
        """Run if a new day has begun and the days before it are settled."""
        now = self._now()
        today = day_of(now, self._config().day_starts)
        if self._done == today or not self._is_settled():
            return
        self._done = today
        try:
            self._cache_days(now)
            self._delete_old(now)
        except LedgerFailed as error:
            log.debug("housekeeping failed: %s", error)

    def _cache_days(self, now: datetime) -> None:
        days = Days(self._archive, self._config(), weights(), now, alive=True, keep=partial(keep_in, self._archive))
        days.fill_cache(days.today - DAYS_BACK, days.today - ONE_DAY)

    def _delete_old(self, now: datetime) -> None:
        keep = self._config().record.keep
        first = self._archive.first_label()
        if keep == float("inf") or first is None:
            return
        oldest = now - timedelta(seconds=keep)
        if first < oldest - LOT:
            self._archive.delete_before(oldest)
            log.info("deleted the events before %s, as configured", oldest.date())
