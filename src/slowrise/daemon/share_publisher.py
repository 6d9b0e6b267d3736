"""The daemon's part in sharing: it puts its days into the folder, today every quarter of an hour while it is used.

The folder may lie on a network that hangs, so files are written by a thread of their own, one at a time; what could
not be written is tried again with the next.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from slowrise.adapters.storage import shared_folder
from slowrise.config.config import Config
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.spans import ONE_DAY
from slowrise.history.days import Days, keeping
from slowrise.ports.ledger import Archive, LedgerFailed

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
LOOK_BACK = timedelta(days=31)
"""Days put there after the fact, when sharing begins or the folder was away."""
LAST_WORD = 5.0
"""Seconds the writing may take when the daemon ends."""
NOTE = "computer"


def name_here(config: Config) -> str:
    """What this computer is called."""
    import platform
    import re

    return config.share.name or re.sub(r"[^\w.-]", "-", platform.node())[:40].lstrip(".-") or "computer"


def this_computer(archive: Archive, name: str) -> shared_folder.Computer | None:
    """As it is called in the folder; None before anything was shared from this ledger."""
    mark = archive.noted(NOTE)
    return None if mark is None else shared_folder.Computer(name, mark)


def _fix(error: OSError) -> str:
    """What to do: the unit may write where it was told when it was installed."""
    if error.errno == errno.EROFS and "INVOCATION_ID" in os.environ:
        return "Run `slowrise service install` again, which permits it"
    return "It is tried again later"


class SharePublisher:
    """Puts the days of a ledger into a folder. `look` may be called as often as one likes."""

    def __init__(
        self, archive: Archive, config: Config, now: Callable[[], datetime], is_running: Callable[[], bool]
    ) -> None:
        """`is_running`: false once the daemon has said that it stops: then the last word is due."""
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
        """Put there what is new, if it is time."""
        now, alive = self._now(), self._is_running()
        if self._next is None or now >= self._next or not alive:
            self._next = now + EVERY
            self._publish(now, alive=alive)

    def close(self) -> None:
        """Wait a little for what is being written."""
        if self._writing is not None:
            self._writing.join(LAST_WORD)

    def _publish(self, now: datetime, *, alive: bool) -> None:
        if self._writing is not None and self._writing.is_alive():
            return
        try:
            row = self._archive.last_row()
            if row == self._row:
                return
            computer = self._computer()
            days = Days(self._archive, self._config, now, alive=alive, keep=keeping(self._archive))
            # Once a day all of them: one may have been corrected.
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
        """In the thread of its own."""
        try:
            for record in records:
                shared_folder.write(self._folder, computer, record, made=now, finished=record.summary.day < today)
        except OSError as error:
            if not self._failed:
                log.warning(
                    "%s: nothing was shared (%s); tried again later%s", self._folder, error.strerror, _fix(error)
                )
            self._failed = True
        else:
            self._failed = False

    def _computer(self) -> shared_folder.Computer:
        name = name_here(self._config)
        found = this_computer(self._archive, name)
        if found is None:
            found = shared_folder.Computer(name, secrets.token_hex(4))
            self._archive.note(NOTE, found.id)
        return found
