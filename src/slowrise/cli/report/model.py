"""What a report is about: days, what they come to, and what is said of them. Charts and page are drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
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


class Report:
    """The records of consecutive days, at least one, and what is counted from them once."""

    def __init__(
        self,
        records: Sequence[DayRecord],
        policy: Policy,
        *,
        usual: Usual | None = None,
        today: date | None = None,
        computers: Sequence[str] = (),
        missing: Sequence[str] = (),
    ) -> None:
        """Of consecutive days. `policy`: the limits in force. `usual`: the weeks before. `today`: not over yet.

        `computers`: whose records were joined, if several; `missing`: sentences on those whose record is not there or
        not up to date.
        """
        self.records = tuple(records)
        self.policy = policy
        self.usual = usual
        self.today = today
        self.computers = tuple(computers)
        self.missing = tuple(missing)

    @property
    def summaries(self) -> list[Summary]:
        """Of each day."""
        return [record.summary for record in self.records]

    @cached_property
    def together(self) -> Period:
        """All days in one."""
        return period(self.summaries, unfinished=self.today)

    @cached_property
    def over(self) -> Period:
        """All days that are over in one; where there is no other, today."""
        return period([day for day in self.summaries if day.day != self.today] or self.summaries)

    @property
    def dates(self) -> list[date]:
        """Of each day."""
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
        """The days in words."""
        return days_name(self.first, self.last)

    @property
    def seen(self) -> list[DayRecord]:
        """The days of which something was seen."""
        return [record for record in self.records if record.summary.observed_seconds > 0]

    @property
    def symptoms(self) -> tuple[SymptomNote, ...]:
        """All that were noted, in order."""
        return self.together.symptoms

    @cached_property
    def hours(self) -> list[HourOfWeek]:
        """The hours of the week."""
        return hours_of_week(self.records)

    @cached_property
    def bins(self) -> list[Bin]:
        """Bouts by length."""
        return bout_bins([length for day in self.summaries for length in day.bout_lengths])

    @cached_property
    def responses(self) -> Responses:
        """What followed the prompts."""
        return responses(self.records)

    def as_json(self) -> dict[str, Any]:
        """The same numbers as `summary --json` gives for several days."""
        return {"days": [as_json(day) for day in self.summaries], "together": as_json(self.together)}
