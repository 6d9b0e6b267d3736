"""What prompts there are, and what is remembered of those said and put off. Seconds on the axis throughout. Pure.

What makes one due, and when it is shown, is in `due.py`.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any, Literal, NamedTuple

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.units import DAY, HOUR, LONG_AGO
from slowrise.core.prompts.load import SittingLoad

PromptKind = Literal[
    "flare-up",
    "sit-soft",
    "sit-repeat",
    "sit-firm",
    "stand-soft",
    "stand-firm",
    "stand-budget",
    "standing-question",
    "budget",
    "question",
    "return",
    "summary",
]

BUDGET_LINES = (0.8, 1.0)
"""Shares of the day's budget at which it is told, once each (R8)."""
RETURN_SPACING = 2 * HOUR
"""Between two tips at a return: judgement, a tip repeated is noise."""
MONITORED_ENOUGH = 2 * HOUR
"""A day seen for less has no summary (R9)."""


class Prompt(NamedTuple):
    """That something is to be said now, and the numbers it is about. What it says is another's matter."""

    at: float
    shown_at: datetime
    kind: PromptKind
    bout_seconds: float = 0.0
    """Of sitting (of standing for the `stand-` kinds) in this bout up to now."""
    share: float = 0.0
    """Of the day's budget, for `budget`: the line that is crossed."""
    day_seconds: float = 0.0
    """Sitting (standing for `stand-budget`) of the day so far."""
    day: str = ""
    """The day a summary is about."""
    first_of_day: bool = False
    suggestion: str = "walk"
    """What to do in the break, by name."""
    gently: bool = False
    """Whether that is left to comfort."""
    flare_up_day: int = 1
    clinician_told: bool = False
    snooze: float = 0.0
    """By how much it can be put off."""
    since: datetime | None = None
    """When the absence began that a question is about, on the clock of the moment it is asked."""
    until: datetime | None = None
    """When it ended."""


class DayTotals(msgspec.Struct):
    """The local day so far."""

    start: float = LONG_AGO
    """Where it began on the axis."""
    sitting: float = 0.0
    standing: float = 0.0
    observed: float = 0.0
    name: str = ""
    """Its date."""


class Snapshot(NamedTuple):
    """What prompting looks at: the states as they stood at `now`, the open silence taken at its likelier reading."""

    load: SittingLoad
    now: float
    active_since: float | None
    """None while there is no input."""
    gap: float
    """Length of the silence before that input."""
    in_call: bool
    """Not in one that never ends."""
    call_over: float
    """When the last one of a minute or more ended; long ago where there was none."""
    standing: bool
    standing_doubted: float
    """When declared standing falls into doubt; NEVER where there is none."""
    today: DayTotals


class Question(msgspec.Struct, frozen=True):
    """Whether the user sat through an absence that stays in doubt."""

    start: float
    end: float
    at: float
    """When it was judged for good."""


class PromptState(msgspec.Struct):
    """What was said, and what the user asked of it."""

    today: int = 0
    """Prompts of every kind."""
    asked_today: bool = False
    """Whether one of them asked to stand up."""
    last: float = LONG_AGO
    asked: float = LONG_AGO
    """When one was last asked to stand up: the next four speak of the bout that was in."""
    soft_sat: float | None = None
    """The sitting in the bout when a soft prompt or its repeat was last shown."""
    repeats: int = 0
    firm_sat: float | None = None
    snoozed: float = 0.0
    """Seconds put off in this bout."""
    snoozed_until: float = LONG_AGO
    held_until: float = LONG_AGO
    stand_bout: float | None = None
    """The standing bout the next speaks of."""
    stand_said: list[PromptKind] = []
    doubt_asked: float = LONG_AGO
    """The doubted standing that was asked about, by when it fell into doubt."""
    day_said: list[PromptKind] = []
    """Budget kinds said today."""
    last_return: float = LONG_AGO
    return_at: float | None = None
    """When the person came back, while the tip for it is still to be shown."""
    question: Question | None = None
    """What is still to be asked about an absence, while somebody may want to."""
    questions: int = 0
    """Asked today."""
    summary_due: str = ""
    """The day whose summary is still to be shown."""
    summarised: str = ""
    """The last day summarised."""
    flare_up_from: float | None = None
    """When the flare-up began; None while there is none."""
    flare_up_asked: str = ""
    """The day on which it was last asked about."""
    clinician_told: bool = False
    """Whether a clinician was spoken to in this flare-up."""

    def new_day(self, yesterday: DayTotals) -> None:
        """The day rolls over; a summary that was not shown is shown when somebody comes."""
        if yesterday.observed >= MONITORED_ENOUGH and yesterday.sitting and self.summarised != yesterday.name:
            self.summary_due = yesterday.name
        self.today, self.asked_today, self.questions = 0, False, 0
        self.day_said = []

    def snooze(self, at: float, until: float, policy: Policy) -> None:
        """Put the current prompt off, within what is left of the budget; with nothing left it stays."""
        granted = min(until - at, policy.snooze_budget - self.snoozed)
        if granted > 0:
            self.snoozed += granted
            self.snoozed_until = at + granted

    def flare_up(self, at: float, *, on: bool) -> None:
        """A flare-up begins, or is over."""
        if not on:
            self.flare_up_from = None
        elif self.flare_up_from is None:
            self.flare_up_from, self.clinician_told = at, False

    def asks_about_flare_up(self, today: DayTotals) -> bool:
        """Whether it is still to be asked about today; not on the day it began."""
        begun = self.flare_up_from
        return begun is not None and begun < today.start and self.flare_up_asked != today.name

    def asked_in(self, load: SittingLoad) -> bool:
        """Whether one was asked to stand up in this sitting bout."""
        return load.bout_start is not None and self.asked >= load.bout_start

    @property
    def is_put_off(self) -> bool:
        """Whether what was asked last is to be asked again at `snoozed_until`."""
        return self.snoozed_until > self.asked

    def next_limit(self, policy: Policy) -> float | None:
        """The sitting of a day at which its budget is told next; None once all has been said."""
        said = self.day_said.count("budget")
        return BUDGET_LINES[said] * policy.day_budget if said < len(BUDGET_LINES) else None

    def wants_tip(self, at: float, policy: Policy) -> bool:
        """Whether a tip at a return would not come too soon after the last, or after anything else."""
        return at - self.last_return >= RETURN_SPACING and at - self.last >= policy.spacing

    def show(self, kind: PromptKind, at: float, snapshot: Snapshot, label: datetime, policy: Policy) -> Prompt:
        """Say it at `at`, labelled so by the clock of that moment: the prompt, and it is remembered as said."""
        passed = max(at - snapshot.load.at, 0.0)
        facts: dict[str, Any] = {"first_of_day": not self.asked_today}
        if kind in ("sit-soft", "sit-repeat", "sit-firm"):
            sat = snapshot.load.sat + passed
            # One that had to wait has grown by the time it is shown.
            kind = "sit-firm" if sat >= policy.sit_firm else kind
            self._said_sit(kind, at, sat, is_first=not self.asked_in(snapshot.load))
            facts |= {"bout_seconds": sat, "snooze": max(min(policy.snooze, policy.snooze_budget - self.snoozed), 0.0)}
        elif kind == "standing-question":
            self.doubt_asked = snapshot.standing_doubted
            facts["bout_seconds"] = at - (snapshot.standing_doubted - policy.confirm_after)
        elif kind in ("stand-soft", "stand-firm"):
            self._said_stand(kind, snapshot.load.stand_start)
        elif kind == "flare-up":
            facts |= self._said_flare_up(snapshot.today)
        elif kind == "return":
            self.last_return, self.return_at = at, None
        elif kind == "summary":
            self.summarised, self.summary_due = self.summary_due or snapshot.today.name, ""
            facts["day"] = self.summarised
        if snapshot.standing:
            facts |= {"bout_seconds": snapshot.load.stood + passed, "day_seconds": snapshot.today.standing + passed}
        else:
            facts["day_seconds"] = snapshot.today.sitting + passed
        if kind == "stand-budget":
            self.day_said.append(kind)
        elif kind == "budget":
            facts["share"] = self._said_budget(facts["day_seconds"], policy)
        self.last = at
        self.today += 1
        return Prompt(at, label, kind, **{"day": snapshot.today.name, **facts})

    def _said_sit(self, kind: PromptKind, at: float, sat: float, *, is_first: bool) -> None:
        if is_first:
            self.soft_sat = self.firm_sat = None
            self.repeats, self.snoozed = 0, 0.0
        if kind == "sit-firm":
            self.firm_sat = sat
        else:
            self.repeats += kind == "sit-repeat" and not self.is_put_off
            self.soft_sat = sat
        self.snoozed_until = LONG_AGO
        self.asked, self.asked_today = at, True

    def _said_stand(self, kind: PromptKind, bout: float | None) -> None:
        if self.stand_bout != bout:
            self.stand_bout, self.stand_said = bout, []
        self.stand_said.append(kind)

    def _said_flare_up(self, today: DayTotals) -> dict[str, Any]:
        """Which day of it this is, from 1, and whether a clinician was told."""
        self.flare_up_asked = today.name
        passed = 0.0 if self.flare_up_from is None else today.start - self.flare_up_from
        return {"flare_up_day": 1 + ceil(passed / DAY), "clinician_told": self.clinician_told}

    def _said_budget(self, sitting: float, policy: Policy) -> float:
        """The line that is crossed; the ones below need not be told any more."""
        crossed = self.day_said.count("budget") + 1
        while crossed < len(BUDGET_LINES) and sitting >= BUDGET_LINES[crossed] * policy.day_budget:
            crossed += 1
        self.day_said += ["budget"] * (crossed - self.day_said.count("budget"))
        return BUDGET_LINES[crossed - 1]
