"""The days of this computer together with those that other computers put into the shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from slowrise.adapters.storage import shared_folder
from slowrise.adapters.storage.shared_folder import BadShare, Computer
from slowrise.adapters.system.resources import weights
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import ONE_DAY
from slowrise.history.days import Days
from slowrise.history.merge import RemoteDay, merge_day

OLD = timedelta(hours=1)
"""With nothing newer from a computer, what it saw since may be missing; it says a word every quarter of an hour."""


class CombinedDays:
    """As `Days`, with what the other computers saw joined in; sitting at two at once is counted once."""

    def __init__(self, days: Days, folder: Path, own: Computer | None, *, day_starts: float, now: datetime) -> None:
        """`own`: this computer as it is called there, if it was ever shared."""
        self._days = days
        self._folder = folder
        self._day_starts = day_starts
        self._now = now
        self._torn: list[str] = []
        self._unread = ""
        self._there: dict[Computer, list[date]] = {}
        self._read: dict[tuple[Computer, date], RemoteDay | None] = {}
        self._asked: list[date] = []
        try:
            others = [computer for computer in shared_folder.computers(folder) if computer != own]
            self._there = {computer: shared_folder.days_of(folder, computer) for computer in others}
        except OSError as error:
            self._unread = f"{folder}: {error.strerror}. Only this computer is counted."

    @property
    def today(self) -> date:
        """As of this computer."""
        return self._days.today

    @property
    def policy(self) -> Policy:
        """As of this computer."""
        return self._days.policy

    @property
    def first_day(self) -> date | None:
        """No day before it has anything in it; None where nothing is recorded anywhere."""
        firsts = [days[0] - ONE_DAY for days in self._there.values() if days]
        return min([*firsts, *([self._days.first_day] if self._days.first_day else [])], default=None)

    @property
    def computers(self) -> tuple[str, ...]:
        """Whose records are joined, where it is more than one."""
        others = tuple(computer.name for computer, days in self._there.items() if days)
        return ("this one", *others) if others else ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Sentences on what is not there of the days that were asked for, or cannot be used."""
        if self._unread:
            return (self._unread,)
        if not self._asked:
            return ()
        first, last = min(self._asked), max(self._asked)
        found = [sentence for computer in self._there for sentence in self._gaps(computer, first, last)]
        return (*found, *self._torn)

    def between(self, first: date, last: date, *, whole: bool = True) -> Iterator[DayRecord]:
        """A record of each day from `first` to `last`, in order; unless `whole`, perhaps without its spans."""
        for record in self._days.between(first, last, whole=whole or bool(self._there)):
            yield self._joined(record)

    def of(self, day: date) -> DayRecord:
        """The record of one day."""
        return self._joined(self._days.of(day))

    def known(self, first: date, last: date) -> list[Summary]:
        """Of this computer alone, those that need not be told again; none where several are joined."""
        return [] if self._there else self._days.known(first, last)

    def _joined(self, own: DayRecord) -> DayRecord:
        day = own.summary.day
        self._asked.append(day)
        elsewhere = [self._around(computer, day) for computer in self._there]
        return merge_day(
            own,
            elsewhere,
            day_starts=self._day_starts,
            good=self.policy.good_longest,
            person_sd=weights().person_sd,
        )

    def _around(self, computer: Computer, day: date) -> list[RemoteDay]:
        days = (day - ONE_DAY, day, day + ONE_DAY)
        return [found for each in days if (found := self._take(computer, each)) is not None]

    def _take(self, computer: Computer, day: date) -> RemoteDay | None:
        if day not in self._there[computer]:
            return None
        if (computer, day) not in self._read:
            try:
                self._read[computer, day] = shared_folder.read(self._folder, computer, day)[0]
            except (BadShare, OSError) as error:
                self._read[computer, day] = None
                why = error.strerror if isinstance(error, OSError) else str(error)
                self._torn.append(f"The record of {computer.name} for {day} was left out: {why}.")
        return self._read[computer, day]

    def _gaps(self, computer: Computer, first: date, last: date) -> Iterator[str]:
        there = self._there[computer]
        if not there:
            yield f"Nothing has come from {computer.name} yet."
            return
        missing = [day for day in _every_day(max(first, there[0]), min(last, there[-1])) if day not in there]
        if missing:
            days = ", ".join(str(day) for day in missing[:3]) + (" and more" if len(missing) > 3 else "")  # noqa: PLR2004
            yield f"No record has come from {computer.name} for {days}."
        heard = self._heard(computer, there[-1])
        if heard is not None and heard < self._now - OLD and last >= there[-1]:
            yield (
                f"{computer.name} was last heard of on {heard:%-d %B %Y, %H:%M}; "
                "if it was used since, that is not counted."
            )

    def _heard(self, computer: Computer, day: date) -> datetime | None:
        try:
            return shared_folder.read(self._folder, computer, day)[1]
        except (BadShare, OSError):
            return None


def _every_day(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))
