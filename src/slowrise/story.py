"""A person's time as it unfolds: events in, decisions out, under the settings that were in force at each of them.

The daemon tells it live and the replay tells it again; both run this and nothing else, so they conclude the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from slowrise import config as c
from slowrise import events as e
from slowrise.bout import Span, day_of, split_by_day
from slowrise.policy import ProfileName
from slowrise.prompting import Prompt
from slowrise.record import spans, stretches
from slowrise.rules import Decision, Rules, settle, step
from slowrise.sitting import Phase, Piece
from slowrise.summary import Summary, SymptomNote, summarize


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
        return self._noted(step(self.rules, event))

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
        return self.rules.sitting.phase is not Phase.UNOBSERVED

    def days(self, now: float, record: Sequence[Span] | None = None) -> list[Summary]:
        """A summary of every day in the record, in order."""
        record = self.spans(now) if record is None else record
        return [self.summary(day, part) for day, part in self.by_day(record).items()]

    def by_day(self, record: Iterable[Span]) -> dict[date, tuple[Span, ...]]:
        """The spans of each local day."""
        return split_by_day(record, self.rules.policy.day_starts)

    def summary(self, day: date, part: Sequence[Span]) -> Summary:
        """The summary of a day whose spans these are."""
        policy = self.rules.policy
        is_last = bool(part) and self.is_running and self.rules.today.name == day.isoformat()
        counts: dict[str, int] = {}
        for prompt in self.prompts:
            if self._day(prompt.label) == day:
                counts[prompt.kind] = counts.get(prompt.kind, 0) + 1
        symptoms = [note for note in self.symptoms if self._day(note.at) == day]
        return summarize(part, day=day, break_min=policy.break_min, open_end=is_last, prompts=counts, symptoms=symptoms)

    def _day(self, label: datetime) -> date:
        return day_of(label, self.rules.policy.day_starts)

    def _noted(self, decided: list[Decision]) -> list[Decision]:
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
