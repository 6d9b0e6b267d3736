"""A person's time as it unfolds: events in, decisions out, under the settings that were in force at each of them.

The daemon tells it live and the replay tells it again; both run this and nothing else, so they conclude the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from slowrise.config import config as c
from slowrise.core.engine import Decision, settle, step
from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.model import events as e
from slowrise.core.model.policy import ProfileName
from slowrise.core.model.quiet_hours import DAY
from slowrise.core.model.spans import Span, day_of, split_by_day
from slowrise.core.presence.evidence import Table
from slowrise.core.presence.judge import Sitting
from slowrise.core.presence.overlay import Stretch, spans, stretches
from slowrise.core.presence.segments import Piece
from slowrise.core.presence.tracker import instant
from slowrise.core.prompts.prompt_state import Kind, Prompt
from slowrise.core.prompts.suggestions import BROUGHT_ON, Turns
from slowrise.core.state import Rules
from slowrise.messages.notices import TO_STAND_UP

FOR_THE_STORY = {e.Policy, e.Profile, e.FlareUp, e.Symptom}
"""What means something beyond the rules."""

RECOVERY = timedelta(days=14)
"""Of the recovery profile after a flare-up (R12): judgement, the place stays sensitive (G15)."""
GENTLE = timedelta(days=1)
"""After a symptom what is suggested is as gentle as in a flare-up: judgement."""


class Told(NamedTuple):
    """What was said and noted on one day."""

    kinds: list[Kind]
    symptoms: list[SymptomNote]


NOTHING_TOLD = Told([], [])


class Story(msgspec.Struct):
    """The rules and the settings they go by. Made of a configuration; changed by `tell` and `pass_time` alone."""

    config: c.Config
    fixed: bool = False
    """True: settings told by events are passed over, to see what other settings would have said."""
    profile: ProfileName | None = None
    """Chosen since the file was read; None where the file's own holds."""
    rules: Rules = msgspec.field(default_factory=Rules)
    prompts: list[Prompt] = []
    symptoms: list[SymptomNote] = []
    turns: Turns = msgspec.field(default_factory=Turns)
    """Of the suggestions."""
    recovery_until: datetime | None = None
    """When the recovery from a flare-up ends; None where none runs."""

    @classmethod
    def under(cls, config: c.Config, table: Table, *, fixed: bool = False) -> Story:
        """One that has not begun, judging by the weights of that table."""
        return cls(config, fixed=fixed, rules=Rules(policy=c.policy_of(config), sitting=Sitting(table=table)))

    def tell(self, event: e.Event) -> list[Decision]:
        """One more event. Settings that no file could hold, as of another version, leave those before in force."""
        rules = self.rules
        if type(event) not in FOR_THE_STORY:
            decided = step(rules, event)
            return self._noted(decided) if decided else decided
        # What fell due before is decided under the settings that were in force then.
        decided = settle(rules, instant(rules.sitting, event))
        match event:
            case e.Policy() if not self.fixed:
                with suppress(c.ConfigError):
                    self._apply(c.from_differences(event.settings))
            case e.Profile() | e.FlareUp():
                self._choose(event)
            case e.Symptom():
                self.symptoms.append(SymptomNote(event.at, event.kind, event.side, event.level))
                if event.level and self._came_of_a_break(instant(rules.sitting, event)):
                    self.turns.lower()
            case _:
                pass
        return self._noted(decided + step(rules, event))

    def recall(self, event: e.Event) -> None:
        """A health note from before the story begins: the profile that it chose holds still."""
        if isinstance(event, e.Profile | e.FlareUp):
            self._choose(event)
            self.rules.prompting.flare_up(event.at.timestamp(), on=self.profile == "flare-up")

    def recovered(self, now: datetime) -> ProfileName | None:
        """The profile to go back to, once the recovery from a flare-up is over; None before, and without one."""
        if self.recovery_until is None or now < self.recovery_until:
            return None
        return "standard" if self.config.profile == "flare-up" else self.config.profile

    def pass_time(self, now: float) -> list[Decision]:
        """What time alone has decided up to `now`, an instant on the axis."""
        return self._noted(settle(self.rules, now))

    def spans(self, now: float, since: datetime | None = None) -> list[Span]:
        """The record up to `now` (from about `since` on, where given), the open silence at its likelier reading."""
        rules = self.rules
        first = 0 if since is None else _first_after(rules.pieces, since.timestamp() - rules.labels.shift)
        kept = stretches(rules.pieces[first:], rules.posture, rules.answers)
        return spans([*kept, *rules.open_parts(now)], rules.labels)

    @property
    def is_running(self) -> bool:
        """Whether the monitor runs, as far as the story goes: then the last bout is still open."""
        return self.rules.sitting.running

    def days(self, now: float, record: Sequence[Span] | None = None) -> list[Summary]:
        """A summary of every day in the record, in order."""
        told = self._told()
        record = self.spans(now) if record is None else record
        return [self._summary(day, part, told) for day, part in self.by_day(record).items()]

    def at_summaries(self, record: Sequence[Span]) -> list[Summary | None]:
        """The day that each `summary` prompt was about, as far as it had gone by then; None for other prompts.

        No prompt says how far the longest sit or the breaks may be off, so that is not asked.
        """
        told, parts = self._told(), self.by_day(record)
        found: list[Summary | None] = []
        for prompt in self.prompts:
            if prompt.kind == "summary":
                day = date.fromisoformat(prompt.day)
                found.append(self._summary(day, _until(parts.get(day, ()), prompt.label), told, sampled=False))
            else:
                found.append(None)
        return found

    def by_day(self, record: Iterable[Span]) -> dict[date, tuple[Span, ...]]:
        """The spans of each local day."""
        return split_by_day(record, self.rules.policy.day_starts)

    def summary(self, day: date, part: Sequence[Span]) -> Summary:
        """The summary of a day whose spans these are."""
        return self._summary(day, part, self._told())

    def _summary(self, day: date, part: Sequence[Span], told: dict[date, Told], *, sampled: bool = True) -> Summary:
        of_day = told.get(day, NOTHING_TOLD)
        return summarize(
            part,
            day=day,
            break_min=self.rules.policy.break_min,
            person_sd=self.rules.sitting.table.person_sd,
            good_longest=self.rules.policy.good_longest,
            open_end=self.is_running and self.rules.today.name == day.isoformat(),
            prompts=Counter(of_day.kinds),
            symptoms=of_day.symptoms,
            sampled=sampled,
        )

    def _told(self) -> dict[date, Told]:
        """What was said and noted on each day."""
        starts = self.rules.policy.day_starts
        told: defaultdict[date, Told] = defaultdict(lambda: Told([], []))
        for prompt in self.prompts:
            told[day_of(prompt.label, starts)].kinds.append(prompt.kind)
        for note in self.symptoms:
            told[day_of(note.at, starts)].symptoms.append(note)
        return told

    def _noted(self, decided: list[Decision]) -> list[Decision]:
        if decided:
            decided = [self._suggesting(each) if isinstance(each, Prompt) else each for each in decided]
            self.prompts += [decision for decision in decided if isinstance(decision, Prompt)]
        return decided

    def _suggesting(self, prompt: Prompt) -> Prompt:
        """The prompt with what to do in the break, where it asks to stand up."""
        if prompt.kind not in TO_STAND_UP:
            return prompt
        recent = any(note.level and note.at > prompt.label - GENTLE for note in self.symptoms)
        gently = recent or self.rules.policy.profile == "flare-up"
        return prompt._replace(suggestion=self.turns.take(gently=gently), gently=gently)

    def _came_of_a_break(self, now: float) -> bool:
        """Whether a break after the last prompt to stand up has just ended, or goes on."""
        asked, rest = self.rules.prompting.asked, 0.0
        for part in self._parts(max(asked, now - DAY), now):
            if part.state in ("away", "standing"):
                rest += part.end - max(part.start, asked)
            elif rest >= self.rules.policy.break_min and now - part.start <= BROUGHT_ON:
                return True
            else:
                rest = 0.0
        return rest >= self.rules.policy.break_min

    def _parts(self, begin: float, now: float) -> Iterator[Stretch]:
        """The record from about `begin` to `now`."""
        rules = self.rules
        first = _first_after(rules.pieces, begin)
        yield from stretches(rules.pieces[first:], rules.posture, rules.answers)
        yield from rules.open_parts(now)

    def _choose(self, event: e.Profile | e.FlareUp) -> None:
        self.recovery_until = None
        if isinstance(event, e.Profile):
            self.profile = event.name
        elif event.on:
            self.profile = "flare-up"
        else:
            self.profile, self.recovery_until = "recovery", event.at + RECOVERY
        self.rules.policy = c.policy_of(self.config, self.profile)

    def _apply(self, config: c.Config) -> None:
        if config.profile != self.config.profile:
            self.profile = self.recovery_until = None
        self.config = config
        self.rules.policy = c.policy_of(config, self.profile)


def _until(spans: Sequence[Span], end: datetime) -> tuple[Span, ...]:
    begun = tuple(spans[: bisect_left(spans, end, key=lambda span: span.start)])
    return (*begun[:-1], begun[-1]._replace(end=min(begun[-1].end, end))) if begun else ()


def _first_after(pieces: Sequence[Piece], at: float) -> int:
    return bisect_right(pieces, at, key=lambda piece: piece.end)
