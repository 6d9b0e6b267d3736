"""A person's time as it unfolds: events in, decisions out, under the settings that were in force at each of them.

The daemon tells it live and the replay tells it again; both run this and nothing else, so they conclude the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from slowrise import config as c
from slowrise import events as e
from slowrise.bout import Span, day_of, split_by_day
from slowrise.policy import ProfileName
from slowrise.prompting import Kind, Prompt
from slowrise.record import spans, stretches
from slowrise.rules import Decision, Rules, settle, step
from slowrise.sitting import Piece, instant
from slowrise.summary import Summary, SymptomNote, summarize

FOR_THE_STORY = {e.Policy, e.Profile, e.FlareUp, e.Symptom}
"""What means something beyond the rules."""


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

    @classmethod
    def under(cls, config: c.Config, *, fixed: bool = False) -> Story:
        """One that has not begun."""
        return cls(config, fixed=fixed, rules=Rules(policy=c.policy_of(config)))

    def tell(self, event: e.Event) -> list[Decision]:
        """One more event; raises `ConfigError` for a `policy` that no file could hold."""
        rules = self.rules
        if type(event) not in FOR_THE_STORY:
            return self._noted(step(rules, event))
        # What fell due before is decided under the settings that were in force then.
        decided = settle(rules, instant(rules.sitting, event))
        match event:
            case e.Policy() if not self.fixed:
                self._apply(c.from_differences(event.settings, where=f"policy at {event.at}"))
            case e.Profile():
                self._choose(event.name)
            case e.FlareUp():
                self._choose("flare-up" if event.on else "recovery")
            case e.Symptom():
                self.symptoms.append(SymptomNote(event.at, event.kind, event.side, event.level))
            case _:
                pass
        return self._noted(decided + step(rules, event))

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

    def by_day(self, record: Iterable[Span]) -> dict[date, tuple[Span, ...]]:
        """The spans of each local day."""
        return split_by_day(record, self.rules.policy.day_starts)

    def summary(self, day: date, part: Sequence[Span]) -> Summary:
        """The summary of a day whose spans these are."""
        return self._summary(day, part, self._told())

    def _summary(self, day: date, part: Sequence[Span], told: dict[date, Told]) -> Summary:
        of_day = told.get(day, NOTHING_TOLD)
        return summarize(
            part,
            day=day,
            break_min=self.rules.policy.break_min,
            open_end=self.is_running and self.rules.today.name == day.isoformat(),
            prompts=Counter(of_day.kinds),
            symptoms=of_day.symptoms,
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
            self.prompts += [decision for decision in decided if isinstance(decision, Prompt)]
        return decided

    def _choose(self, name: str) -> None:
        self.profile = msgspec.convert(name, ProfileName)
        self.rules.policy = c.policy_of(self.config, self.profile)

    def _apply(self, config: c.Config) -> None:
        if config.profile != self.config.profile:
            self.profile = None
        self.config = config
        self.rules.policy = c.policy_of(config, self.profile)


def _first_after(pieces: Sequence[Piece], at: float) -> int:
    return bisect_right(pieces, at, key=lambda piece: piece.end)
