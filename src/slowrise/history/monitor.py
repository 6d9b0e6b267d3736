"""The monitor: events in, decisions out, under the settings in force at each event.

The daemon and the replay run the same monitor, so they reach the same decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

import msgspec

from slowrise.config import config as c
from slowrise.config.parse import ConfigError, from_differences
from slowrise.core.engine import Decision, EngineState, advance_to, handle, parts_from, totals_at
from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.model import events as e
from slowrise.core.model.policy import Policy, ProfileName, halfway
from slowrise.core.model.spans import Span, day_of
from slowrise.core.model.units import DAY, LONG_AGO
from slowrise.core.presence.evidence_table import Table
from slowrise.core.presence.overlay import EngineSpan, spans
from slowrise.core.presence.tracker import Phase, PresenceState, event_time, last_sign_of_life
from slowrise.core.prompts.avoid import fits, line_of
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import KINDS, PromptAnswer, asks_to_move, asks_to_stand_up
from slowrise.core.prompts.suggestions import BROUGHT_ON, WALK, Moment, SuggestionRota

ANSWERS = {e.Acknowledged, e.Dismissed, e.Snoozed, e.StandingDeclared, e.SittingDeclared}
"""Events that may answer a prompt, or take an answer back."""
BEYOND_THE_ENGINE = {e.PolicyChanged, e.ProfileChosen, e.FlareUp, e.Symptom, *ANSWERS}
"""Events that change what the engine does not know: the settings, the suggestions, and the answers to prompts."""


RECOVERY = timedelta(days=14)
"""How long the recovery profile lasts after a flare-up (R12); judgement, the place stays sensitive (G15)."""
LAST_STEP = timedelta(days=7)
"""In the last days of a recovery the limits are half the way back. Judgement: one step is easy to explain."""
ANSWERED_WITHIN = timedelta(minutes=20)
"""What the user does later than this is no answer to a prompt. Judgement: the next prompt comes by then."""
GENTLE = timedelta(days=1)
"""How long after a symptom the suggestions are as gentle as in a flare-up, and after weakness have no standing in one
place; judgement."""


class Monitor(msgspec.Struct):
    """The engine and its settings. Only `handle`, `advance_to`, `recall` and `forget_before` change it."""

    config: c.Config
    fixed: bool = False
    """True: ignore settings in events, to see what other settings would have decided."""
    profile: ProfileName | None = None
    """Chosen since the file was read; None if the file's own profile holds."""
    state: EngineState = msgspec.field(default_factory=EngineState)
    prompts: list[Prompt] = []
    symptoms: list[SymptomNote] = []
    turns: SuggestionRota = msgspec.field(default_factory=SuggestionRota)
    """Which suggestion comes next."""
    avoided_on: str = ""
    """The last day on which a prompt had the line on what to avoid."""
    recovery_until: datetime | None = None
    """When the recovery from a flare-up ends; None without one."""
    limits_of: str = ""
    """The day whose limits are in force, in a recovery."""
    flare_ups: list[tuple[datetime, datetime | None]] = []
    """When flare-up mode was turned on and off; None while it is on."""

    @classmethod
    def under(cls, config: c.Config, table: Table, *, fixed: bool = False) -> Monitor:
        """Return a monitor without a past that weighs evidence by `table`."""
        return cls(
            config, fixed=fixed, state=EngineState(policy=c.policy_of(config), presence=PresenceState(table=table))
        )

    def handle(self, event: e.Event) -> list[Decision]:
        """Handle one event. Settings that this version does not accept leave those before in force."""
        if self.recovery_until is None:
            return self._handle(event)
        decided = self._cross_days(self._known_until(event)) + self._handle(event)
        self._set_day_limits()
        return decided

    def _handle(self, event: e.Event) -> list[Decision]:
        state = self.state
        if type(event) not in BEYOND_THE_ENGINE:
            decided = handle(state, event)
            return self._noted(decided) if decided else decided
        # Anything due before the event is decided, suggestion included, under the settings in force until then.
        decided = self.advance_to(event_time(state.presence, event))
        match event:
            case e.PolicyChanged() if not self.fixed:
                with suppress(ConfigError):
                    self.adopt(from_differences(event.settings))
            case e.ProfileChosen() | e.FlareUp():
                self._choose_profile(event)
            case e.Symptom():
                self.symptoms.append(SymptomNote(event.at, event.kind, event.side, event.level))
                if event.level and self._follows_a_break(event_time(state.presence, event)):
                    self.turns.lower()
            case _:
                self._note_answer_in(event)
        self._note_flare_up(event.at)
        return decided + self._noted(handle(state, event))

    def advance_to(self, now: float) -> list[Decision]:
        """Decide what time alone decides up to `now`, in engine time."""
        return self._cross_days(now) + self._noted(advance_to(self.state, now))

    def _noted(self, decided: list[Decision]) -> list[Decision]:
        if decided:
            decided = [self._with_suggestion(each) if isinstance(each, Prompt) else each for each in decided]
            self.prompts += [decision for decision in decided if isinstance(decision, Prompt)]
        return decided

    # -- the record -------------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether the last run has not stopped, as far as the events show. Its last bout is still open."""
        return self.state.presence.running

    @property
    def now(self) -> datetime:
        """The wall time that the monitor has reached."""
        return self.state.timeline.of(self.state.presence.now)

    @property
    def settled_until(self) -> float:
        """The engine time before which only an answer or a clock step can still change the record."""
        presence, standing = self.state.presence, self.state.posture.standing
        if presence.pending:
            at = presence.pending[0].start
        else:
            at = presence.since if presence.phase is Phase.SILENT else presence.now
        return at if standing is None else min(at, standing.start)

    @property
    def is_past_settled(self) -> bool:
        """Whether the days before today are settled."""
        return self.settled_until >= self.state.today.start

    def spans(self, now: float, since: datetime | None = None) -> list[Span]:
        """Return the record up to `now`, an open silence as its likelier state; from about `since` on, if given."""
        begin = LONG_AGO if since is None else since.timestamp() - self.state.timeline.shift
        return spans(self._parts(now, begin), self.state.timeline)

    def _parts(self, now: float, begin: float = LONG_AGO) -> Iterator[EngineSpan]:
        yield from parts_from(self.state, begin)
        yield from self.state.open_parts(now)

    def forget_before_today(self) -> None:
        """Drop what a new day no longer needs; the ledger has it."""
        self.forget_before(min(self.state.today.start - DAY, self.state.needed_from))

    def forget_before(self, keep: float) -> None:
        """Drop what ended before `keep`, in engine time."""
        state = self.state
        state.segments = [segment for segment in state.segments if segment.end > keep]
        state.posture.stands = [stand for stand in state.posture.stands if stand.end is None or stand.end > keep]
        state.answers = [answer for answer in state.answers if answer.end > keep]
        self.prompts = [prompt for prompt in self.prompts if prompt.at > keep]

    def _note_answer_in(self, event: e.Event) -> None:
        """Note what the event says about the last prompt."""
        match event:
            case e.Acknowledged():
                self._note_answer(event.at, "followed")
            case e.Dismissed() if self.state.load.posterior.has_promise(event_time(self.state.presence, event)):
                self._note_answer(event.at, None)
            case e.Snoozed():
                self._note_answer(event.at, "later")
            case e.StandingDeclared():
                self._note_answer(event.at, "followed", to="stand up")
            case e.SittingDeclared():
                self._note_answer(event.at, "followed", to="sit down")
            case _:
                pass

    def _note_answer(self, at: datetime, answer: PromptAnswer | None, to: str | None = None) -> None:
        """Note the answer to the last prompt that asks for another posture (`to` it, if given)."""
        place = next((n for n in reversed(range(len(self.prompts))) if asks_to_move(self.prompts[n].kind)), None)
        if place is None:
            return
        prompt = self.prompts[place]
        if timedelta(0) <= at - prompt.shown_at <= ANSWERED_WITHIN and to in (None, KINDS[prompt.kind].asks):
            self.prompts[place] = prompt._replace(answer=answer)

    # -- profile and settings ---------------------------------------------------------------------------------------

    def recall(self, event: e.Event) -> None:
        """Apply a health note or settings from before the replay begins: the profile that they chose still holds."""
        match event:
            case e.PolicyChanged():
                with suppress(ConfigError):
                    self.adopt(from_differences(event.settings))
            case e.ProfileChosen() | e.FlareUp():
                self._choose_profile(event)
            case e.Clinician(knows="flare-up"):
                self.state.prompt_state.flare_up.clinician_told = True
            case _:
                return
        self._note_flare_up(event.at)
        self.state.prompt_state.flare_up.turn(event.at.timestamp(), on=self.state.policy.profile == "flare-up")

    def recovered(self, now: datetime) -> ProfileName | None:
        """Return the profile to go back to once the recovery from a flare-up is over; None before or without one."""
        return None if self.recovery_until is None or now < self.recovery_until else self._after_recovery

    @property
    def _after_recovery(self) -> ProfileName:
        return "standard" if self.config.profile == "flare-up" else self.config.profile

    def policy_on(self, day: date) -> Policy:
        """Return the limits in force on a local day, unless the profile changes by then."""
        policy = c.policy_of(self.config, self.profile)
        if self.recovery_until is None or day < day_of(self.recovery_until - LAST_STEP, policy.day_starts):
            return policy
        return halfway(policy, c.policy_of(self.config, self._after_recovery))

    def _cross_days(self, until: float) -> list[Decision]:
        """Decide up to `until`, day by day, if the limits may change with the day."""
        decided: list[Decision] = []
        while self.recovery_until is not None and self.state.day_end <= until:
            decided += self._noted(advance_to(self.state, self.state.day_end))
            self._set_day_limits()
        return decided

    def _set_policy(self) -> None:
        self.limits_of = ""
        self.state.use(c.policy_of(self.config, self.profile))
        self._set_day_limits()

    def _set_day_limits(self) -> None:
        name = self.state.today.name
        if self.recovery_until is None or name == self.limits_of or not name:
            return
        self.limits_of = name
        policy = self.policy_on(date.fromisoformat(name))
        if policy != self.state.policy:
            self.state.use(policy)
            self.state.outlook.invalidate()

    def _known_until(self, event: e.Event) -> float:
        """Return up to when time has decided before the event: after a crash, to the last sign of life."""
        presence = self.state.presence
        at = event_time(presence, event)
        is_crash = isinstance(event, e.Started) and presence.running
        return last_sign_of_life(presence, event, at) if is_crash else at  # type: ignore[arg-type]  # it is a start

    def _note_flare_up(self, at: datetime) -> None:
        """Note that flare-up mode was turned on or off by what happened at `at`."""
        is_on, was_on = self.state.policy.profile == "flare-up", bool(self.flare_ups) and self.flare_ups[-1][1] is None
        if is_on and not was_on:
            self.flare_ups.append((at, None))
        elif was_on and not is_on:
            self.flare_ups[-1] = (self.flare_ups[-1][0], at)

    def _choose_profile(self, event: e.ProfileChosen | e.FlareUp) -> None:
        self.recovery_until = None
        if isinstance(event, e.ProfileChosen):
            self.profile = event.name
        elif event.on:
            self.profile = "flare-up"
        else:
            self.profile, self.recovery_until = "recovery", event.at + RECOVERY
        self._set_policy()

    def adopt(self, config: c.Config) -> None:
        """Take over the settings of a file. A profile that was chosen holds until the file names another one."""
        if config.profile != self.config.profile:
            self.profile = self.recovery_until = None
        self.config = config
        self._set_policy()

    # -- suggestions ------------------------------------------------------------------------------------------------

    def _with_suggestion(self, prompt: Prompt) -> Prompt:
        """Add what to do in the break, if the prompt asks the user to stand up."""
        if not asks_to_stand_up(prompt.kind):
            return prompt
        moment = self._moment(prompt.shown_at, prompt.day_standing)
        suggestion, avoid = self.turns.take(moment), self._avoid_line(prompt)
        return prompt._replace(suggestion=suggestion, gently=moment.gently, avoid=avoid)

    def _avoid_line(self, prompt: Prompt) -> str:
        """Return the day's line on what to avoid, if this prompt has it: a soft one, which has room for one more line.

        One that is not sure has to say so, which takes the room.
        """
        line = line_of(date.fromisoformat(prompt.day))
        is_wanted = self.state.policy.avoid_line and self.avoided_on != prompt.day
        if not (is_wanted and prompt.kind == "sit-soft" and not prompt.unsure and fits(line, prompt.shown_at)):
            return ""
        self.avoided_on = prompt.day
        return line

    def for_the_break(self, now: datetime) -> tuple[str, bool]:
        """Return what to do in a break that begins now, and whether it is left to the user's comfort.

        It is the suggestion of the last prompt to stand up, where that one suits.
        """
        given = next((each.suggestion for each in reversed(self.prompts) if asks_to_stand_up(each.kind)), WALK)
        moment = self._moment(now, totals_at(self.state, self.state.presence.now).standing)
        return moment.instead_of(given), moment.gently

    @property
    def avoid_in_the_break(self) -> str:
        """The line on what to avoid that the last prompt to stand up had today; empty if it had none."""
        last = next((each for each in reversed(self.prompts) if asks_to_stand_up(each.kind)), None)
        return last.avoid if last is not None and last.day == self.state.today.name else ""

    def _moment(self, now: datetime, standing: float) -> Moment:
        """Return what decides on suggestions after so many seconds of standing in the day."""
        policy = self.state.policy
        recent = {note.kind for note in self.symptoms if note.level and note.at > now - GENTLE}
        return Moment(
            gently=bool(recent) or policy.profile == "flare-up",
            may_stand="weakness" not in recent and standing < policy.stand_budget,
            may_lie_down=policy.lie_down,
        )

    def _follows_a_break(self, now: float) -> bool:
        """Whether a break after the last prompt to stand up is going on or has just ended."""
        asked, rest = self.state.prompt_state.ladder.asked, 0.0
        for part in self._parts(now, max(asked, now - DAY)):
            if part.state in ("away", "standing"):
                rest += part.end - max(part.start, asked)
            elif rest >= self.state.policy.break_min and now - part.start <= BROUGHT_ON:
                return True
            else:
                rest = 0.0
        return rest >= self.state.policy.break_min
