"""When a prompt is due. Pure: it looks at the states, remembers what it said, and says when it next wants to be asked.

Seconds on the axis throughout. A prompt is *due* from the instant its reason is there and nothing forbids it; it is
*shown* at the first lull after that, or when it has waited long enough, and only while somebody is there: never at
`idle`, when the person may just be leaving.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from slowrise.labels import Labels
from slowrise.policy import HOUR, MINUTE, Policy
from slowrise.sitclock import SitClock, free_from

Kind = Literal[
    "sit-soft",
    "sit-repeat",
    "sit-firm",
    "stand-soft",
    "stand-firm",
    "stand-budget",
    "standing-question",
    "budget",
    "return",
    "summary",
]

PRIORITY: tuple[Kind, ...] = (
    "stand-firm",
    "sit-firm",
    "sit-soft",
    "sit-repeat",
    "stand-soft",
    "standing-question",
    "stand-budget",
    "budget",
    "return",
    "summary",
)
"""One at a time, the higher first. Red flags and the clinician's line come above all, and are no matter of time."""

NEVER = float("inf")
LONG_AGO = float("-inf")
DAY = 86400.0

MAX_REPEATS = 2
"""Of the soft prompt in one bout: judgement, annoyance against effect."""
CALL_HOLD = 90 * MINUTE
"""A prompt waits this long for a call to end: most meetings have by then, and a microphone may be left open."""
CALL_BELIEF = 0.8
"""Past that it is shown in the call even without input, if it is this likely that the person sits there."""
RETURN_SPACING = 2 * HOUR
"""Between two tips at a return: judgement, a tip repeated is noise."""
RETURN_FRESH = 5 * MINUTE
"""A tip for sitting down comes while one has just sat down, or not at all."""
STILL_THERE = 16.0
"""Seconds after an absence before anything is shown: by then a touch would have told itself by its `idle`."""
GUARD_SHARE = 2 / 3
"""After a break no prompt to stand up for this share of `sit_soft`."""
GUARD_CONFIDENCE = 0.8
"""How sure it must be that no break fell into that time. Fitted on simulated days: fewer prompts right after a break
that was missed, against few prompts late."""
MONITORED_ENOUGH = 2 * HOUR
"""A day seen for less has no summary (R9)."""
WARN_SHARE = 0.8
"""Of the day's budget, told once before it is used up (R8)."""


class Prompt(NamedTuple):
    """That something is to be said now, and the numbers it is about. What it says is another's matter."""

    at: float
    label: datetime
    kind: Kind
    bout_seconds: float = 0.0
    """Of sitting (of standing for the `stand-` kinds) up to now."""
    share: float = 0.0
    """Of the day's budget, for `budget`."""
    day_seconds: float = 0.0
    """Sitting (standing for `stand-budget`) of the day so far."""
    day: str = ""
    """The day a summary is about."""
    first_of_day: bool = False
    number: int = 0
    """How many were shown before it, ever: suggestions take turns by it."""


class Tally(msgspec.Struct):
    """The local day so far."""

    start: float = LONG_AGO
    """Where it began on the axis."""
    sitting: float = 0.0
    standing: float = 0.0
    observed: float = 0.0
    name: str = ""
    """Its date."""


class Scene(NamedTuple):
    """What prompting looks at: the states as they stand, with the open silence taken at its likelier reading."""

    clock: SitClock
    """Up to the beginning of the input that runs."""
    active_since: float | None
    """None while there is no input."""
    gap: float
    """Length of the silence before that input."""
    in_call: bool
    call_belief: float
    """Probability of sitting there, while in a call without input."""
    standing: bool
    standing_doubted: float
    """When declared standing falls into doubt; NEVER where there is none."""
    now: float
    today: Tally


class Candidate(NamedTuple):
    """Something to be said: due from `due`, shown at `show` at the latest once nobody has been shown it before."""

    show: float
    rank: int
    due: float
    kind: Kind


class Prompting(msgspec.Struct):
    """What was said, and what the user asked of it."""

    shown: int = 0
    today: int = 0
    last: float = LONG_AGO
    bout: float | None = None
    """The bout the next four speak of."""
    soft_load: float | None = None
    """The clock when a soft prompt or its repeat was last shown in this bout."""
    repeats: int = 0
    firm_load: float | None = None
    snoozed: float = 0.0
    """Seconds put off in this bout."""
    snoozed_until: float = LONG_AGO
    held_until: float = LONG_AGO
    stand_said: list[str] = []
    """Kinds said in this standing bout."""
    day_said: list[str] = []
    """Budget kinds said today."""
    last_return: float = LONG_AGO
    return_at: float | None = None
    """When the person came back, while the tip for it is still to be shown."""
    summary_due: str = ""
    """The day whose summary is still to be shown."""
    summarised: str = ""
    """The last day summarised."""

    # -- what happened ------------------------------------------------------------------------------------------

    def new_day(self, yesterday: Tally) -> None:
        """The day rolls over; a summary that was not shown is shown when somebody comes."""
        if yesterday.observed >= MONITORED_ENOUGH and yesterday.sitting and self.summarised != yesterday.name:
            self.summary_due = yesterday.name
        self.today = 0
        self.day_said = []

    def snooze(self, at: float, until: float, policy: Policy) -> float:
        """Put the current prompt off, within what is left of the budget; returns until when."""
        wanted = max(until - at, 0.0)
        granted = min(wanted, max(policy.snooze_budget - self.snoozed, 0.0))
        self.snoozed += granted
        self.snoozed_until = at + granted
        return self.snoozed_until

    def came_back(self, at: float) -> None:
        """The first input after a break: a tip may be shown."""
        if at - self.last_return >= RETURN_SPACING:
            self.return_at = at

    # -- what is due --------------------------------------------------------------------------------------------

    def next(self, scene: Scene, labels: Labels, policy: Policy) -> Candidate | None:
        """What is to be said next, if all goes on as it is; None where nothing will be."""
        return min(self._candidates(scene, labels, policy), default=None)

    def calm_until(self, scene: Scene, doubtful: float, policy: Policy) -> float:
        """Before when nothing can be due, however the person comes and goes.

        As if input went on without a break from here, and the `doubtful` seconds of the open silences were all sat.
        """
        if scene.standing or self.summary_due or self._just_back(scene.now) or scene.in_call:
            return scene.now
        sitting = self._sitting(scene.clock, policy, guarded=False)[1]
        warn = scene.clock.at + (1.0 if self.day_said else WARN_SHARE) * policy.day_budget - scene.today.sitting
        evening = time_of_day(scene.today.start, policy.summary_at, policy.day_starts)
        evening = evening if self.summarised != scene.today.name else NEVER
        return min(sitting - doubtful, warn - doubtful if len(self.day_said) < 2 else NEVER, evening)  # noqa: PLR2004

    def _just_back(self, now: float) -> bool:
        return self.return_at is not None and now <= self.return_at + RETURN_FRESH + STILL_THERE

    def at_lull(self, scene: Scene, labels: Labels, policy: Policy, since: float) -> Candidate | None:
        """What is to be said in a lull of input since `since`: the highest of what is due; None where nothing is."""
        if scene.active_since is None or since - scene.active_since < 1.0:
            return None
        ready = [c for c in self._candidates(scene, labels, policy) if c.due <= scene.now]
        return min(ready, key=lambda candidate: candidate.rank, default=None)

    def show(self, kind: Kind, at: float, scene: Scene, label: datetime) -> Prompt:
        """Say it at `at`, labelled so by the clock of that moment: the prompt, and it is remembered as said."""
        load = scene.clock.load + max(at - scene.clock.at, 0.0)
        bout = at - scene.clock.bout_start if scene.clock.bout_start is not None else load
        facts = {"bout_seconds": bout}
        if kind.startswith("sit-"):
            self._said_sit(kind, scene, load)
        elif kind.startswith("stand"):
            self.stand_said.append(kind)
            facts = {"bout_seconds": scene.clock.stood + max(at - scene.clock.at, 0.0)}
        day, share = scene.today.name, 0.0
        day_seconds = scene.today.sitting + max(at - scene.clock.at, 0.0) * (not scene.standing)
        if kind == "budget":
            share = 1.0 if "budget" in self.day_said else WARN_SHARE
            self.day_said.append("budget")
        elif kind == "stand-budget":
            self.day_said.append(kind)
            day_seconds = scene.today.standing + max(at - scene.clock.at, 0.0)
        elif kind == "return":
            self.last_return, self.return_at = at, None
        elif kind == "summary":
            day = self.summary_due or scene.today.name
            self.summarised, self.summary_due = day, ""
        prompt = Prompt(
            at,
            label,
            kind,
            **facts,
            share=share,
            day_seconds=day_seconds,
            day=day,
            first_of_day=not self.today,
            number=self.shown,
        )
        self.last = at
        self.shown += 1
        self.today += 1
        return prompt

    def _said_sit(self, kind: Kind, scene: Scene, load: float) -> None:
        if self.bout != scene.clock.bout_start:
            self._new_bout(scene.clock.bout_start)
        if kind == "sit-firm":
            self.firm_load = load
        else:
            self.repeats += kind == "sit-repeat" and not self.snoozed_until > self.last
            self.soft_load = load
        self.snoozed_until = LONG_AGO

    def _new_bout(self, bout: float | None) -> None:
        self.bout, self.soft_load, self.firm_load = bout, None, None
        self.repeats, self.snoozed = 0, 0.0

    def _candidates(self, scene: Scene, labels: Labels, policy: Policy) -> Iterator[Candidate]:
        there = scene.active_since
        if there is None and not (scene.in_call and scene.call_belief >= CALL_BELIEF):
            return
        if self.today >= policy.most_a_day:
            return
        settled = scene.clock.at if there is None else there + (STILL_THERE if scene.gap > STILL_THERE else 0.0)
        for kind, reason, patient in self._reasons(scene, policy):
            due = self._allowed(kind, reason, labels, policy)
            if scene.in_call and policy.in_calls == "hold":
                due = self._allowed(kind, due + CALL_HOLD, labels, policy)
            elif there is None:
                continue
            if due == NEVER:
                continue
            show = max(due + policy.wait_for_pause if patient and there is not None else due, settled)
            final = self._ladder_kind(kind, scene, show, policy)
            yield Candidate(show, PRIORITY.index(final), max(due, settled), final)

    def _ladder_kind(self, kind: Kind, scene: Scene, show: float, policy: Policy) -> Kind:
        """A sitting prompt that had to wait has grown by the time it is shown."""
        if kind.startswith("sit-") and scene.clock.load + show - scene.clock.at >= policy.sit_firm:
            return "sit-firm"
        return kind

    def _reasons(self, scene: Scene, policy: Policy) -> Iterator[tuple[Kind, float, bool]]:
        """What there is to say, since when there is a reason to, and whether it waits for a lull."""
        clock, today = scene.clock, scene.today
        if scene.standing:
            yield from self._standing(clock, policy)
            if "stand-budget" not in self.day_said:
                yield "stand-budget", clock.at + max(policy.stand_budget - today.standing, 0.0), True
        else:
            yield self._sitting(clock, policy)
            said = self.day_said.count("budget")
            if said < 2:  # noqa: PLR2004 - at the warning and when it is used up
                limit = policy.day_budget * (1.0 if said else WARN_SHARE)
                yield "budget", clock.at + max(limit - today.sitting, 0.0), True
        if scene.standing_doubted < NEVER and "standing-question" not in self.stand_said:
            yield "standing-question", scene.standing_doubted, True
        there = scene.active_since
        if self.return_at is not None and there is not None and there <= self.return_at + RETURN_FRESH:
            yield "return", self.return_at, False
        if self.summary_due:
            yield "summary", NEVER if there is None else there, True
        elif self.summarised != today.name and today.observed >= MONITORED_ENOUGH and today.sitting:
            yield "summary", time_of_day(today.start, policy.summary_at, policy.day_starts), True

    def _sitting(self, clock: SitClock, policy: Policy, *, guarded: bool = True) -> tuple[Kind, float, bool]:
        same = self.bout == clock.bout_start and clock.bout_start is not None
        soft, firm = (self.soft_load, self.firm_load) if same else (None, None)
        needs: list[tuple[float, Kind]] = []
        if firm is not None:
            needs.append((firm + policy.sit_firm, "sit-firm"))
        elif soft is None:
            needs.append((policy.sit_soft, "sit-soft"))
        else:
            needs.append((max(policy.sit_firm, soft), "sit-firm"))
            if self.repeats < MAX_REPEATS:
                needs.append((soft + policy.sit_repeat, "sit-repeat"))
        need, kind = min(needs)
        at = clock.at + need - clock.load
        if same and self.snoozed_until > self.last:
            at = min(at, self.snoozed_until) if firm is None else self.snoozed_until
            kind = kind if firm is None else "sit-firm"
        guard = free_from(clock.doubts, GUARD_SHARE * policy.sit_soft, GUARD_CONFIDENCE) if guarded else LONG_AGO
        return kind, max(at, guard, self.snoozed_until if same else LONG_AGO), True

    def _standing(self, clock: SitClock, policy: Policy) -> Iterator[tuple[Kind, float, bool]]:
        if not clock.stood:
            self.stand_said = []
        if "stand-firm" in self.stand_said:
            return
        yield "stand-firm", clock.at + policy.stand_firm - clock.stood, True
        if "stand-soft" not in self.stand_said:
            yield "stand-soft", clock.at + policy.stand_soft - clock.stood, True

    def _allowed(self, kind: Kind, at: float, labels: Labels, policy: Policy) -> float:
        """The first instant from `at` on at which it may be said."""
        snoozed = kind.startswith("sit-") and self.snoozed_until > self.last and self.snoozed_until >= at
        spaced = at if snoozed else max(at, self.last + policy.spacing)
        return open_hours(max(spaced, self.held_until), labels, policy)


def time_of_day(day_start: float, seconds: float, day_starts: float) -> float:
    """Where a time of day lies in the day that began at `day_start`; both given in seconds after midnight."""
    return day_start + (seconds - day_starts) % DAY


def open_hours(at: float, labels: Labels, policy: Policy) -> float:
    """The first instant from `at` on that is in no quiet hour and on a work day; NEVER where there is none."""
    if at in (NEVER, LONG_AGO) or not (policy.quiet_hours or policy.workdays):
        return at
    for _ in range(2 * len(policy.quiet_hours) + 9):
        later = _past_quiet(at, labels, policy)
        if later == at:
            return at
        at = later
    return NEVER


def _past_quiet(at: float, labels: Labels, policy: Policy) -> float:
    local = labels.local_seconds(at)
    second = local % DAY
    begun = (local - policy.day_starts) // DAY
    if policy.workdays and (int(begun) + 3) % 7 not in policy.workdays:  # 1970-01-01 was a Thursday
        return at + (begun + 1) * DAY + policy.day_starts - local
    for start, end in policy.quiet_hours:
        length = (end - start) % DAY or DAY
        if (second - start) % DAY < length:
            return at + length - (second - start) % DAY
    return at
