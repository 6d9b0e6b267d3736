"""The days of this computer combined with those that other computers share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import ONE_DAY
from slowrise.history.days import Days
from slowrise.history.merge import merge_day
from slowrise.ports.shared_days import BadShare, RemoteComputer, RemoteDay

OLD = timedelta(hours=1)
"""Warn when a computer's newest file is older than this; it writes every 15 minutes."""
MOST_NAMED = 3
"""Warnings name at most this many missing days, and as many odd files; judgement."""


class CombinedDays:
    """The days of this computer, and of the others if there are any. Sitting at two at once counts once."""

    def __init__(
        self, days: Days, now: datetime, others: Sequence[RemoteComputer] = (), *, unreadable: str = ""
    ) -> None:
        """`unreadable`: a sentence on why the others could not be read, if so."""
        self._days = days
        self._now = now
        self._others = others
        self._unreadable = unreadable
        self._bad = [
            f"The file {name} of {other.name} names no day and was left out."
            for other in others
            for name in other.undated[:MOST_NAMED]
        ]
        self._read: dict[tuple[RemoteComputer, date], RemoteDay | None] = {}
        self._asked: list[date] = []

    @property
    def today(self) -> date:
        """Today on this computer."""
        return self._days.today

    @property
    def policy(self) -> Policy:
        """The policy in force on this computer."""
        return self._days.policy

    @property
    def first_day(self) -> date | None:
        """A day before which no computer has data; None if none has any."""
        own = [self._days.first_day] if self._days.first_day else []
        return min([*own, *(other.days[0] - ONE_DAY for other in self._others if other.days)], default=None)

    @property
    def computers(self) -> tuple[str, ...]:
        """The names of the combined computers; empty if there is only this one."""
        others = tuple(other.name for other in self._others if other.days)
        return ("this one", *others) if others else ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Sentences on what is missing or unusable of the days read so far."""
        if self._unreadable:
            return (self._unreadable,)
        if not self._asked:
            return ()
        first, last = min(self._asked), max(self._asked)
        found = [sentence for other in self._others for sentence in self._gaps(other, first, last)]
        return (*found, *self._bad)

    def between(self, first: date, last: date, *, whole: bool = True) -> Iterator[DayRecord]:
        """Yield a record of each day from `first` to `last`. Unless `whole`, spans and prompts may be left out."""
        for record in self._days.between(first, last, whole=whole or bool(self._others)):
            yield self._merged(record)

    def known(self, first: date, last: date) -> list[Summary]:
        """Return the summaries of those days that need no rebuilding; none where several computers are combined."""
        return [] if self._others else self._days.known(first, last)

    def _merged(self, own: DayRecord) -> DayRecord:
        day = own.summary.day
        self._asked.append(day)
        around = (day - ONE_DAY, day, day + ONE_DAY)
        remote = [[found for each in around if (found := self._of(other, each))] for other in self._others]
        return merge_day(own, remote, day_starts=self._days.day_starts, person_sd=self._days.table.person_sd)

    def _of(self, other: RemoteComputer, day: date) -> RemoteDay | None:
        if day not in other.days:
            return None
        if (other, day) not in self._read:
            try:
                self._read[other, day] = other.read(day)
            except BadShare as error:
                self._read[other, day] = None
                self._bad.append(f"The record of {other.name} for {day} was left out: {error}.")
        return self._read[other, day]

    def _gaps(self, other: RemoteComputer, first: date, last: date) -> Iterator[str]:
        there = other.days
        if not there:
            yield f"Nothing has come from {other.name} yet."
            return
        begin, end = max(first, there[0]), min(last, there[-1])
        missing = [day for n in range((end - begin).days + 1) if (day := begin + n * ONE_DAY) not in there]
        if missing:
            more = " and more" if len(missing) > MOST_NAMED else ""
            yield f"No record has come from {other.name} for {', '.join(map(str, missing[:MOST_NAMED]))}{more}."
        newest = self._made(other, there[-1])
        if newest is not None and newest < self._now - OLD and last >= there[-1]:
            yield (
                f"{other.name} was last heard of on {newest:%-d %B %Y, %H:%M}; "
                "if it was used since, that is not counted."
            )

    @staticmethod
    def _made(other: RemoteComputer, day: date) -> datetime | None:
        try:
            return other.read(day).made
        except BadShare:
            return None
