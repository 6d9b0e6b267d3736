"""The data of a report. The charts, the page and the picture are made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from slowrise.cli.views.sentences import days_name
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.period import Period, Usual, period
from slowrise.core.metrics.report_stats import Bin, HourOfWeek, Responses, bout_bins, hours_of_week, responses
from slowrise.core.metrics.summary import Summary, SymptomNote
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.policy import Policy


@dataclass(frozen=True)
class Report:
    """One or more consecutive days, and the numbers counted from them, each once."""

    records: Sequence[DayRecord]
    policy: Policy
    """The limits in force."""
    usual: Usual | None = None
    """From the weeks before."""
    today: date | None = None
    """The unfinished day."""
    computers: Sequence[str] = ()
    """The names of the combined computers, if several."""
    missing: Sequence[str] = ()
    """Sentences about the computers whose data is missing or old."""

    @property
    def summaries(self) -> list[Summary]:
        """The summary of each day."""
        return [record.summary for record in self.records]

    @cached_property
    def together(self) -> Period:
        """All days together."""
        return period(self.summaries, unfinished=self.today)

    @cached_property
    def finished(self) -> Period:
        """All days together without today, or today if it is the only one."""
        return period([day for day in self.summaries if day.day != self.today] or self.summaries)

    @property
    def dates(self) -> list[date]:
        """The date of each day."""
        return [record.summary.day for record in self.records]

    @property
    def first(self) -> date:
        """The first day."""
        return self.records[0].summary.day

    @property
    def last(self) -> date:
        """The last day."""
        return self.records[-1].summary.day

    @property
    def name(self) -> str:
        """The dates in words."""
        return days_name(self.first, self.last)

    @property
    def seen(self) -> list[DayRecord]:
        """The days on which something was observed."""
        return [record for record in self.records if record.summary.observed_seconds > 0]

    @property
    def symptoms(self) -> tuple[SymptomNote, ...]:
        """All logged symptoms, in order."""
        return self.together.symptoms

    @cached_property
    def hours(self) -> list[HourOfWeek]:
        """Sitting by weekday and hour."""
        return hours_of_week(self.records)

    @cached_property
    def bins(self) -> list[Bin]:
        """The number of bouts by length."""
        return bout_bins([length for day in self.summaries for length in day.bout_lengths])

    @cached_property
    def responses(self) -> Responses:
        """How soon the user stood up after each prompt."""
        return responses(self.records)

    def as_json(self) -> dict[str, Any]:
        """Return the numbers as `summary --json` prints them for a period."""
        return {"days": [as_json(day) for day in self.summaries], "together": as_json(self.together)}
