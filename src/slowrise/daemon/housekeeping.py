"""What the daemon does for its ledger once a day: conclude the days gone by, and delete what is older than wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from slowrise.config.config import Config
from slowrise.core.model.spans import ONE_DAY, day_of
from slowrise.history.days import Days, keeping
from slowrise.ports.ledger import Archive, LedgerFailed

log = logging.getLogger(__name__)

DAYS_BACK = timedelta(days=14)
"""Days concluded at most, so that it is done in a moment; the others are when somebody asks for them."""
LOT = timedelta(days=30)
"""So much is deleted at once: the file is written anew each time."""


class Housekeeping:
    """Call `look` as often as you like."""

    def __init__(self, archive: Archive, config: Callable[[], Config], now: Callable[[], datetime]) -> None:
        """`config`: the one in force."""
        self._archive = archive
        self._config = config
        self._now = now
        self._done: date | None = None

    def look(self) -> None:
        """Do it, if another day has begun since."""
        now = self._now()
        today = day_of(now, self._config().day_starts)
        if self._done == today:
            return
        self._done = today
        try:
            self._conclude(now)
            self._delete_old(now)
        except LedgerFailed as error:
            log.debug("the ledger was not looked after: %s", error)

    def _conclude(self, now: datetime) -> None:
        days = Days(self._archive, self._config(), now, alive=True, keep=keeping(self._archive))
        first = max(days.today - DAYS_BACK, days.first_day or days.today)
        for _ in days.between(first, days.today - ONE_DAY, whole=False):
            pass

    def _delete_old(self, now: datetime) -> None:
        keep = self._config().record.keep
        first = self._archive.first_label()
        if keep == float("inf") or first is None:
            return
        oldest = now - timedelta(seconds=keep)
        if first < oldest - LOT:
            self._archive.delete_before(oldest)
            log.info("what was recorded before %s was deleted, as configured", oldest.date())
