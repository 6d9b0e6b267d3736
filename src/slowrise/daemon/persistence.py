"""What the daemon keeps in its ledger besides events: the checkpoint, a pause, unread red flags, the first start."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial

from slowrise.adapters.system.resources import weights
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.usual import USUAL_OVER, usual_sitting
from slowrise.core.model.spans import ONE_DAY, day_bounds
from slowrise.core.model.timestamps import is_possible, iso
from slowrise.history.checkpoint import encode_checkpoint
from slowrise.history.day_records import day_records
from slowrise.history.days import Days, keep_in
from slowrise.history.monitor import Monitor
from slowrise.ports.ledger import UNREAD, Archive, LedgerFailed

log = logging.getLogger(__name__)


class Persistence:
    """Reads and writes these facts. If the ledger cannot be read, it behaves as if nothing had been kept."""

    def __init__(self, archive: Archive, *, complete: bool) -> None:
        """`complete`: the monitor was restored from the ledger. Only then may it be saved as the checkpoint."""
        self._archive = archive
        self._complete = complete
        self._day = ""
        """The day whose checkpoint has been saved."""

    def last_sign(self) -> datetime | None:
        """Return the last sign of life of the previous run."""
        with suppress(LedgerFailed):
            return self._archive.last_sign()
        return None

    def crashed_at(self, monitor: Monitor) -> datetime | None:
        """Return the same if the previous run ended without stopping."""
        return self.last_sign() if monitor.is_running else None

    def is_first_start(self) -> bool:
        """Return True once in the life of a ledger."""
        if self._noted("welcomed", otherwise="yes") is not None:
            return False
        self._archive.note("welcomed", "yes")
        return True

    def paused_until(self) -> datetime | None:
        """Return when the pause of the previous run ends."""
        text = self._noted("paused-until")
        with suppress(ValueError):
            until = datetime.fromisoformat(text) if text else None
            return until if until is not None and until.tzinfo is not None and is_possible(until) else None
        return None

    def note_pause(self, until: datetime | None) -> None:
        """Remember a pause over a restart; None means there is none."""
        self._archive.note("paused-until", "" if until is None else iso(until))

    def is_unread(self) -> bool:
        """Return whether the red flags of an earlier run, or of a command without the daemon, were never read."""
        return bool(self._noted(UNREAD))

    def note_unread(self, unread: bool) -> None:
        """Remember over a restart whether the red flags wait to be read."""
        self._archive.note(UNREAD, "yes" if unread else "")

    def usual_of(self, latest: Summary, monitor: Monitor, now: datetime) -> float | None:
        """Return the sitting that is usual by this time of the day, from the days in the cache; None if unknown."""
        try:
            days = Days(self._archive, monitor.config, weights(), now, alive=True)
            return usual_sitting(days.known(latest.day - USUAL_OVER, latest.day - ONE_DAY), now, latest)
        except LedgerFailed as error:
            log.warning("the past cannot be read at present: %s", error)
            return None

    def summary_of(self, day: date, monitor: Monitor, now: datetime, at: float) -> Summary | None:
        """Return the summary of a day up to `now`, which is `at` in engine time; None if nothing is known of it."""
        if day.isoformat() == monitor.state.today.name:
            begin, _ = day_bounds(day, monitor.state.policy.day_starts, now.tzinfo or UTC)
            records = day_records(monitor, monitor.spans(at, begin))
            return next((record.summary for record in records if record.summary.day == day), None)
        try:
            days = Days(self._archive, monitor.config, weights(), now, alive=True, keep=partial(keep_in, self._archive))
            record = days.of(day)
        except LedgerFailed as error:
            log.warning("the past cannot be read at present: %s", error)
            return None
        return record.summary if record.spans else None

    def checkpoint(self, monitor: Monitor) -> None:
        """Save the state of the monitor."""
        if self._complete:
            with suppress(LedgerFailed):
                self._archive.save_checkpoint(self._archive.last_row(), encode_checkpoint(monitor))

    def checkpoint_if_new_day(self, monitor: Monitor) -> None:
        """Save the state once a day, as soon as the days before are settled.

        Until then the checkpoint of an earlier day is needed: the days that are not settled are rebuilt from it.
        """
        today = monitor.state.today.name
        if today and today != self._day and monitor.is_past_settled:
            self._day = today
            self.checkpoint(monitor)
            monitor.forget_before_today()

    def _noted(self, key: str, otherwise: str | None = None) -> str | None:
        with suppress(LedgerFailed):
            return self._archive.noted(key)
        return otherwise
