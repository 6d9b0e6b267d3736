"""Write the days of this computer into the shared folder; today's every 15 minutes while there is input.

The folder may be on a network that hangs, so a thread of its own writes the files. If that fails, the next round tries
again.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from slowrise.adapters.storage import shared_folder
from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.spans import ONE_DAY
from slowrise.history.days import Days, keep_in
from slowrise.ports.ledger import Archive, LedgerFailed

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
LOOK_BACK = timedelta(days=31)
"""How many past days to write when sharing begins, or after the folder was not reachable."""
CLOSE_WITHIN = 5.0
"""Seconds that writing may take when the daemon ends."""


def _fix(error: OSError) -> str:
    """Return what the user can do. The systemd unit may only write to the folder known when it was installed."""
    if error.errno == errno.EROFS and "INVOCATION_ID" in os.environ:
        return "Run `slowrise service install` again: it permits this folder."
    return "slowrise tries again later."


class SharePublisher:
    """Writes the days of a ledger into a folder. `look` may be called at any time."""

    def __init__(
        self, archive: Archive, config: Config, now: Callable[[], datetime], is_running: Callable[[], bool]
    ) -> None:
        """`is_running`: false once the daemon has recorded that it stops; then the last state is written."""
        self._archive = archive
        self._config = config
        self._folder = Path(config.share.folder).expanduser()
        self._now = now
        self._is_running = is_running
        self._row = -1
        self._day: date | None = None
        self._next: datetime | None = None
        self._writing: threading.Thread | None = None
        self._failed = False

    def look(self) -> None:
        """Write new days if it is time."""
        now, alive = self._now(), self._is_running()
        if self._next is None or now >= self._next or not alive:
            self._next = now + EVERY
            self._publish(now, alive=alive)

    def close(self) -> None:
        """Wait a little for the writing thread."""
        if self._writing is not None:
            self._writing.join(CLOSE_WITHIN)

    def _publish(self, now: datetime, *, alive: bool) -> None:
        if self._writing is not None and self._writing.is_alive():
            return
        try:
            row = self._archive.last_row()
            if row == self._row:
                return
            computer = shared_folder.registered_computer(self._archive, shared_folder.name_here(self._config))
            days = Days(self._archive, self._config, weights(), now, alive=alive, keep=partial(keep_in, self._archive))
            # Once a day write all of them: the user may have corrected one.
            back = LOOK_BACK if self._day != days.today else ONE_DAY
            first = max(days.today - back, days.first_day or days.today)
            records = [record for record in days.between(first, days.today) if record.spans]
        except LedgerFailed as error:
            log.debug("nothing was shared: %s", error)
            return
        self._row, self._day = row, days.today
        self._writing = threading.Thread(target=self._put, args=(computer, records, days.today, now), daemon=True)
        self._writing.start()

    def _put(self, computer: shared_folder.Computer, records: list[DayRecord], today: date, now: datetime) -> None:
        """Write the records. Runs in the writing thread."""
        try:
            for record in records:
                shared_folder.write(self._folder, computer, record, made=now, finished=record.summary.day < today)
        except OSError as error:
            if not self._failed:
                log.warning("%s: nothing was shared (%s). %s", self._folder, error.strerror, _fix(error))
            self._failed = True
        else:
            self._failed = False
