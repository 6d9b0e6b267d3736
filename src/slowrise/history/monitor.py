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
from slowrise.config.parse import ConfigError, from_differences
from slowrise.core.engine import Decision, EngineState, advance_to, handle
from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.model import events as e
from slowrise.core.model.policy import ProfileName
from slowrise.core.model.spans import Span, day_of, split_by_day
from slowrise.core.model.units import DAY
from slowrise.core.presence.evidence_table import Table
from slowrise.core.presence.overlay import EngineSpan, engine_spans, spans
from slowrise.core.presence.segments import Segment
from slowrise.core.presence.tracker import PresenceState, event_time
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import PromptKind, asks_to_stand_up
from slowrise.core.prompts.suggestions import BROUGHT_ON, SuggestionRota

FOR_THE_STORY = {e.PolicyChanged, e.Profile, e.FlareUp, e.Symptom}
"""What means something beyond the rules."""

RECOVERY = timedelta(days=14)
"""Of the recovery profile after a flare-up (R12): judgement, the place stays sensitive (G15)."""
GENTLE = timedelta(days=1)
"""After a symptom what is suggested is as gentle as in a flare-up: judgement."""


class DayNotes(NamedTuple):
    """What was said and noted on one day."""

    kinds: list[PromptKind]
    symptoms: list[SymptomNote]


NO_NOTES = DayNotes([], [])


class Monitor(msgspec.Struct):
    """The rules and the settings they go by. Made of a configuration; changed by `handle` and `advance_to` alone."""

    config: c.Config
    fixed: bool = False
    """True: settings told by events are passed over, to see what other settings would have said."""
    profile: ProfileName | None = None
    """Chosen since the file was read; None where the file's own holds."""
    state: EngineState = msgspec.field(default_factory=EngineState)
    prompts: list[Prompt] = []
    symptoms: list[SymptomNote] = []
    turns: SuggestionRota = msgspec.field(default_factory=SuggestionRota)
    """Of the suggestions."""
    recovery_until: datetime | None = None
    """When the recovery from a flare-up ends; None where none runs."""

    @classmethod
    def under(cls, config: c.Config, table: Table, *, fixed: bool = False) -> Monitor:
        """One that has not begun, judging by the weights of that table."""
        return cls(
            config, fixed=fixed, state=EngineState(policy=c.policy_of(config), presence=PresenceState(table=table))
        )

    def handle(self, event: e.Event) -> list[Decision]:
        """One more event. Settings that no file could hold, as of another version, leave those before in force."""
        state = self.state
        if type(event) not in FOR_THE_STORY:
            decided = handle(state, event)
            return self._noted(decided) if decided else decided
        # What fell due before is decided under the settings that were in force then.
        decided = advance_to(state, event_time(state.presence, event))
        match event:
            case e.PolicyChanged() if not self.fixed:
                with suppress(ConfigError):
                    self._apply(from_differences(event.settings))
            case e.Profile() | e.FlareUp():
                self._choose(event)
            case e.Symptom():
                self.symptoms.append(SymptomNote(event.at, event.kind, event.side, event.level))
                if event.level and self._came_of_a_break(event_time(state.presence, event)):
                    self.turns.lower()
            case _:
                pass
        return self._noted(decided + handle(state, event))

    def recall(self, event: e.Event) -> None:
        """A health note from before the story begins: the profile that it chose holds still."""
        if isinstance(event, e.Profile | e.FlareUp):
            self._choose(event)
            self.state.prompt_state.flare_up.turn(event.at.timestamp(), on=self.profile == "flare-up")

    def recovered(self, now: datetime) -> ProfileName | None:
        """The profile to go back to, once the recovery from a flare-up is over; None before, and without one."""
        if self.recovery_until is None or now < self.recovery_until:
            return None
        return "standard" if self.config.profile == "flare-up" else self.config.profile

    def advance_to(self, now: float) -> list[Decision]:
        """What time alone has decided up to `now`, an instant on the axis."""
        return self._noted(advance_to(self.state, now))

    def spans(self, now: float, since: datetime | None = None) -> list[Span]:
        """The record up to `now` (from about `since` on, where given), the open silence at its likelier reading."""
        state = self.state
        first = 0 if since is None else _first_after(state.segments, since.timestamp() - state.timeline.shift)
        kept = engine_spans(state.segments[first:], state.posture, state.answers)
        return spans([*kept, *state.open_parts(now)], state.timeline)

    @property
    def is_running(self) -> bool:
        """Whether the monitor runs, as far as the story goes: then the last bout is still open."""
        return self.state.presence.running

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
                found.append(self._summary(day, _until(parts.get(day, ()), prompt.shown_at), told, sampled=False))
            else:
                found.append(None)
        return found

    def by_day(self, record: Iterable[Span]) -> dict[date, tuple[Span, ...]]:
        """The spans of each local day."""
        return split_by_day(record, self.state.policy.day_starts)

    def summary(self, day: date, part: Sequence[Span]) -> Summary:
        """The summary of a day whose spans these are."""
        return self._summary(day, part, self._told())

    def _summary(self, day: date, part: Sequence[Span], told: dict[date, DayNotes], *, sampled: bool = True) -> Summary:
        of_day = told.get(day, NO_NOTES)
        return summarize(
            part,
            day=day,
            break_min=self.state.policy.break_min,
            person_sd=self.state.presence.table.person_sd,
            good_longest=self.state.policy.good_longest,
            open_end=self.is_running and self.state.today.name == day.isoformat(),
            prompts=Counter(of_day.kinds),
            symptoms=of_day.symptoms,
            sampled=sampled,
        )

    def _told(self) -> dict[date, DayNotes]:
        """What was said and noted on each day."""
        starts = self.state.policy.day_starts
        told: defaultdict[date, DayNotes] = defaultdict(lambda: DayNotes([], []))
        for prompt in self.prompts:
            told[day_of(prompt.shown_at, starts)].kinds.append(prompt.kind)
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
        if not asks_to_stand_up(prompt.kind):
            return prompt
        recent = any(note.level and note.at > prompt.shown_at - GENTLE for note in self.symptoms)
        gently = recent or self.state.policy.profile == "flare-up"
        return prompt._replace(suggestion=self.turns.take(gently=gently), gently=gently)

    def _came_of_a_break(self, now: float) -> bool:
        """Whether a break after the last prompt to stand up has just ended, or goes on."""
        asked, rest = self.state.prompt_state.ladder.asked, 0.0
        for part in self._parts(max(asked, now - DAY), now):
            if part.state in ("away", "standing"):
                rest += part.end - max(part.start, asked)
            elif rest >= self.state.policy.break_min and now - part.start <= BROUGHT_ON:
                return True
            else:
                rest = 0.0
        return rest >= self.state.policy.break_min

    def _parts(self, begin: float, now: float) -> Iterator[EngineSpan]:
        """The record from about `begin` to `now`."""
        state = self.state
        first = _first_after(state.segments, begin)
        yield from engine_spans(state.segments[first:], state.posture, state.answers)
        yield from state.open_parts(now)

    def _choose(self, event: e.Profile | e.FlareUp) -> None:
        self.recovery_until = None
        if isinstance(event, e.Profile):
            self.profile = event.name
        elif event.on:
            self.profile = "flare-up"
        else:
            self.profile, self.recovery_until = "recovery", event.at + RECOVERY
        self.state.policy = c.policy_of(self.config, self.profile)

    def _apply(self, config: c.Config) -> None:
        if config.profile != self.config.profile:
            self.profile = self.recovery_until = None
        self.config = config
        self.state.policy = c.policy_of(config, self.profile)


def _until(spans: Sequence[Span], end: datetime) -> tuple[Span, ...]:
    begun = tuple(spans[: bisect_left(spans, end, key=lambda span: span.start)])
    return (*begun[:-1], begun[-1]._replace(end=min(begun[-1].end, end))) if begun else ()


def _first_after(segments: Sequence[Segment], at: float) -> int:
    return bisect_right(segments, at, key=lambda segment: segment.end)
