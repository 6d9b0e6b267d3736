"""What the user asks of the running daemon, by command or by button, and how it stands.

Each request is a word and a few plain values; what it comes to is plain data for the command to print.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec

from slowrise.adapters.storage.buffered import BufferedLedger
from slowrise.config.parse import ConfigError
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model import events as e
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.segments import LIKELY, doubts
from slowrise.core.presence.tracker import Phase, probability_now, provisional
from slowrise.core.prompts.due import Prompt
from slowrise.daemon.control import Refused
from slowrise.daemon.daemon import Daemon

log = logging.getLogger(__name__)

PAUSE = 45 * 60.0
"""Seconds a pause or a hold lasts when no length is given: a meeting's (Mark and Gonzalez found 42 min)."""
USAGE = 2
"""The exit code of a command that was used wrongly."""
LONG = 2 * 3600.0
"""Seconds from which on a call or an inhibitor is named: a leaked one outlasts every film."""
IN_WORDS = {"call-started": "a call", "inhibited": "an idle inhibitor", "quieted": "do-not-disturb"}
UNREAD = "The red flags are on the screen; prompts wait for an hour, or until they are read: slowrise red-flags --read"
LONGEST_QUIET = 24 * 3600.0
"""Seconds: a pause always ends by itself, and a day is the longest anyone means."""


class Requests:
    """Answers what is asked of one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        """From here on the buttons of the daemon's notices are answered too."""
        self.daemon = daemon
        daemon.speaking.pressed = self.pressed

    # -- what is asked ----------------------------------------------------------------------------------------------

    async def answer(self, do: str, with_: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked; raises `Refused`."""
        self.daemon.check_clock()
        match do:
            case "status" | "follow":
                return self.status()
            case "pause":
                return {"until": iso(self.pause(self._seconds(with_, PAUSE)))}
            case "resume":
                return {"ended": self.resume()}
            case "hold":
                return {"until": iso(self.hold(self._seconds(with_, PAUSE)))}
            case "snooze":
                return self.snooze(self._seconds(with_, self.daemon.monitor.state.policy.snooze))
            case "standing" | "sitting":
                self.declare(standing=do == "standing")
                return self.status()
            case "was":
                return self.was(with_)
            case "reload":
                return self.reload()
            case "note" | "read":
                return self.care(do, with_)
            case _:
                raise Refused(
                    f"the daemon does not know how to {do!r}; is it older than this command? Restart it", USAGE
                )

    def pressed(self, word: str, prompt: Prompt | None) -> None:
        """A button of the notice was pressed, or it was closed (`dismissed`)."""
        log.info("answered: %s", word)
        match word:
            case "standing-up":
                self.daemon.record(e.Acknowledged(at=self.daemon.stamp()))
            case "how" if prompt is not None:
                self.daemon.speaking.show(prompt, steps=True)
            case "snooze":
                self.snooze(self.daemon.monitor.state.policy.snooze)
            case "standing" | "sitting":
                self.declare(standing=word == "standing")
            case "dismissed" if prompt is not None:
                self.daemon.record(e.Dismissed(at=self.daemon.stamp()))
            case "clinician":
                self.daemon.record(e.Clinician(at=self.daemon.stamp(), knows="flare-up"))
            case "was-sitting" | "was-away" if prompt is not None:
                self._answer_question(prompt, "sitting" if word == "was-sitting" else "away")
            case "over":
                self.daemon.record(e.FlareUp(at=self.daemon.stamp(), on=False))
            case "dismissed" | "read" | "goes-on":
                pass  # It was seen, and nothing follows from it.
            case _:
                log.debug("a button nobody made")

    def pause(self, seconds: float = PAUSE) -> datetime:
        """Stop watching; it ends by itself. Returns when."""
        return self.daemon.pause(min(seconds, LONGEST_QUIET))

    def resume(self) -> bool:
        """Watch again, and end a hold; returns whether there was anything to end."""
        daemon = self.daemon
        held = daemon.monitor.state.prompt_state.held_until > daemon.axis()
        if held:
            at = daemon.stamp()
            daemon.record(e.QuietUntil(at=at, until=at))
        return daemon.resume() or held

    def hold(self, seconds: float = PAUSE) -> datetime:
        """Keep counting, keep quiet; it ends by itself. Returns when."""
        at = self.daemon.stamp()
        until = at + timedelta(seconds=min(seconds, LONGEST_QUIET))
        self.daemon.record(e.QuietUntil(at=at, until=until))
        self.daemon.speaking.withdraw()
        return until

    def snooze(self, seconds: float) -> dict[str, Any]:
        """Put the current prompt off, within the budget of the bout."""
        daemon = self.daemon
        at = daemon.stamp()
        daemon.record(e.Snoozed(at=at, until=at + timedelta(seconds=seconds)))
        daemon.speaking.withdraw()
        prompt_state, policy = daemon.monitor.state.prompt_state, daemon.monitor.state.policy
        granted = max(prompt_state.snooze.until - daemon.axis(), 0.0)
        return {
            "seconds": round(granted),
            "cut": granted < seconds - 1.0,
            "until": iso(at + timedelta(seconds=granted)),
            "left": max(round(policy.snooze_budget - prompt_state.snooze.used), 0),
        }

    def declare(self, *, standing: bool) -> None:
        """The posture at the desk, by the user's word."""
        at = self.daemon.stamp()
        self.daemon.record(e.Standing(at=at) if standing else e.Sitting(at=at))
        self.daemon.speaking.withdraw()

    def was(self, with_: dict[str, Any]) -> dict[str, Any]:
        """Correct the record: the time that is given, or the latest doubtful silence."""
        was: Any = with_.get("was")
        if was not in get_args(e.Was):
            raise Refused("`was` takes sitting, away or standing", USAGE)
        now = self.daemon.stamp()
        begin, end = self._given(with_) if "from" in with_ else self._doubtful()
        if not begin < end <= now:
            raise Refused("the time must lie in the past, and begin before it ends", USAGE)
        self.daemon.record(e.Answered(at=now, from_=begin, to=end, was=was))
        return {"from": iso(begin), "to": iso(end), "was": was}

    def _given(self, with_: dict[str, Any]) -> tuple[datetime, datetime]:
        try:
            begin, end = datetime.fromisoformat(with_["from"]), datetime.fromisoformat(with_["to"])
        except (KeyError, TypeError, ValueError):
            raise Refused("`was` needs from and to, each a time in ISO 8601", USAGE) from None
        if begin.tzinfo is None or end.tzinfo is None:
            raise Refused("`was` needs times with their offset from UTC", USAGE)
        return begin, end

    def _doubtful(self) -> tuple[datetime, datetime]:
        """The latest silence whose verdict hangs in the balance; one shorter than a break changes no bout."""
        state = self.daemon.monitor.state
        # Right after the return it is not judged for good yet, and still the one that is meant.
        returned = [
            piece for piece in provisional(state.presence, self.daemon.axis()) if piece.end <= state.presence.since
        ]
        found = list(doubts([*state.segments, *returned], shortest=state.policy.break_min))
        if not found:
            raise Refused("no silence of these days is in doubt; name one: --from 14:05 --to 14:30", USAGE)
        return state.timeline.of(found[-1].start), state.timeline.of(found[-1].end)

    def _answer_question(self, prompt: Prompt, was: e.Was) -> None:
        """The user's word on exactly the absence they were asked about."""
        if prompt.since is None or prompt.until is None:
            return
        # The clock may have been set since it was asked.
        moved = self.daemon.monitor.state.timeline.now(prompt.at) - prompt.shown_at
        self.daemon.record(
            e.Answered(at=self.daemon.stamp(), from_=prompt.since + moved, to=prompt.until + moved, was=was)
        )

    def care(self, do: str, with_: dict[str, Any]) -> dict[str, Any]:
        """Take a health note down, or that the red flags were read. A note that calls for them shows them at once."""
        if do == "read":
            self.daemon.speaking.notices.was_read()
            return self.status()
        shows_red_flags = with_.pop("red_flags", False)
        try:
            event: e.Event = msgspec.convert({**with_, "at": self.daemon.stamp()}, e.AnyHealth)
        except msgspec.ValidationError as error:
            raise Refused(f"no health note: {error}", USAGE) from None
        if shows_red_flags:
            self.daemon.speaking.inform("red-flag")
        self.daemon.record(event)
        return self.status()

    def reload(self) -> dict[str, Any]:
        """Take the changed file up; a wrong one is refused whole, and the running settings stay."""
        try:
            return {"warnings": self._reloaded()}
        except ConfigError as error:
            raise Refused(str(error), USAGE) from None

    def reload_or_say(self) -> None:
        """As `reload`, for a signal that nobody waits for: warnings and mistakes go to the log."""
        try:
            for warning in self._reloaded():
                log.warning("%s", warning)
        except ConfigError as error:
            log.error("%s\nThe running settings stay.", error)  # noqa: TRY400 - the user's mistake, not ours

    def _reloaded(self) -> list[str]:
        """Take the changed file up; what is to be warned of. Raises `ConfigError`."""
        before, config = self.daemon.parts.config, self.daemon.reload()
        if config.standing_desk.sensor == before.standing_desk.sensor:
            return list(config.warnings)
        return [*config.warnings, "standing_desk.sensor is taken up when slowrise starts the next time"]

    def _seconds(self, with_: dict[str, Any], default: float) -> float:
        seconds = with_.get("seconds", default)
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < float("inf"):
            raise Refused(f"{seconds!r} is no length of time; accepted are seconds above zero", USAGE)
        return float(seconds)

    # -- how it stands ----------------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """How things stand now, as plain data."""
        daemon, state = self.daemon, self.daemon.monitor.state
        now = daemon.axis()
        label = state.timeline.now
        now_in, since, confidence = self._state(now)
        day = daemon.summary_of(label(state.today.start).date())
        daemon.look_ahead()
        prompt_state = state.prompt_state
        waits = state.wants_lull(now)
        source, showing = daemon.source.watched, daemon.speaking.showing
        return {
            "state": now_in,
            "since": iso(label(since)),
            "sure": round(confidence, 2),
            "seconds": round(now - since),
            "next_prompt": None if state.next_prompt is None else iso(label(state.next_prompt.show_at)),
            "next_kind": None if state.next_prompt is None else state.next_prompt.kind,
            "why_waiting": self._why_waiting(now, waits=waits),
            "showing": None if showing is None else showing.kind,
            "profile": state.policy.profile,
            "source": None if source is None else source.name,
            "unseen_seconds": round(daemon.unseen_seconds()),
            "notifier": daemon.speaking.notices.notifier.name,
            "held_until": iso(label(prompt_state.held_until)) if prompt_state.held_until > now else None,
            "paused_until": None if daemon.paused_until is None else iso(daemon.paused_until),
            "held": self._held_for_long(),
            "today": None if day is None else as_json(day),
            "notes": self._notes(),
        }

    def _notes(self) -> list[str]:
        """What keeps prompts waiting, or worked and does not at present; what never did here is the doctor's matter."""
        followed = (self.daemon.source, *self.daemon.signals)
        gone = [f"{each.what}: {each.why}" for each in followed if each.why and each.has_worked]
        if self.daemon.speaking.is_unread:
            gone.insert(0, UNREAD)
        ledger = self.daemon.parts.ledger
        if isinstance(ledger, BufferedLedger) and ledger.failure:
            gone.append(f"record: {ledger.failure.reason}; kept in memory until it can be written")
        return gone

    def _held_for_long(self) -> list[str]:
        """Calls and inhibitors on for so long that they are trusted less, and do-not-disturb, in words."""
        now = self.daemon.parts.clock.boot()
        return [
            f"{IN_WORDS[held.what]} for {format_duration(now - held.since)} ({held.by})"
            for held in self.daemon.merged.active()
            if held.what in IN_WORDS and now - held.since >= LONG
        ]

    def _state(self, now: float) -> tuple[str, float, float]:
        """The state, since when (a bout, where one runs), and how sure."""
        state = self.daemon.monitor.state
        presence = state.presence
        since = presence.since
        if presence.phase is Phase.UNOBSERVED:
            return "unobserved", since, 1.0
        p = probability_now(presence, now)
        if p < LIKELY:
            return "away", since, 1.0 - p
        stand = state.posture.standing
        if stand is not None and state.posture.is_standing(now):
            return "standing", stand.start, p
        start = state.snapshot.load.bout_start
        return "sitting", since if start is None else start, p

    def _why_waiting(self, now: float, *, waits: bool) -> str | None:
        prompt_state, snapshot = self.daemon.monitor.state.prompt_state, self.daemon.monitor.state.snapshot
        if prompt_state.held_until > now:
            return "held by you"
        # What was put off is the prompt of one sit: after a break, or standing, another is next.
        is_of_sit = not snapshot.standing and prompt_state.ladder.is_on(snapshot.load)
        if prompt_state.snooze.until > now and is_of_sit:
            return "put off by you"
        if snapshot.in_call:
            return "a call"
        return "a pause in the input" if waits else None
