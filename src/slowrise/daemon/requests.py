"""Requests to the running daemon, by command or by button.

A request is a word and a few plain values. The answer is plain data for the command to print.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, get_args

import msgspec

from slowrise.adapters.system.paths import Page
from slowrise.config.parse import ConfigError
from slowrise.core.model import events as e
from slowrise.core.model.safe_text import shown
from slowrise.core.model.time_text import LONGEST_DURATION
from slowrise.core.model.timestamps import ACCEPTED_YEARS, is_possible, iso, rounded
from slowrise.core.model.units import LONG_AGO
from slowrise.core.presence.segments import LIKELY, doubts
from slowrise.core.presence.tracker import provisional
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import name_for_log
from slowrise.daemon.control import Refused
from slowrise.daemon.daemon import LONGEST_QUIET, Daemon
from slowrise.daemon.exit_codes import ExitCode
from slowrise.daemon.notifications import PAGES, Press
from slowrise.daemon.status import Status, status_of

log = logging.getLogger(__name__)

PAUSE = 45 * 60.0
"""Seconds of a pause or hold without a length. Precedent: a meeting takes 42 min (Mark and Gonzalez)."""

_OPENED: dict[str, Page] = {
    "how": "getup",
    "standing-up": "getup",
    "today": "today",
    "welcome": "welcome",
    "settings": "settings",
    "flare-up": "flare-up",
    "red-flags": "back",
}
"""The page that a button opens."""


def page_for(press: Press) -> Page | None:
    """Return the page of the window to open after that; None for none.

    Red flags that were closed unread are opened too: dunst closes a notice at a click and draws no buttons.
    """
    if press.kind == "red-flag":
        return None if press.key == "read" else "back"
    return PAGES.get(press.kind) if press.key == "default" else _OPENED.get(press.key)


class OpenWindow(Protocol):
    """Opens the window on a page. `token`: the desktop's activation token of the click, if it gave one."""

    def __call__(self, page: Page, token: str = "") -> None:
        """Open it."""


class Requests:
    """Carries out requests to one daemon."""

    def __init__(self, daemon: Daemon, *, open_window: OpenWindow | None = None) -> None:
        """`open_window`: None if no window can be opened here."""
        self.daemon = daemon
        self.open_window = open_window
        self._without_arguments: dict[str, Callable[[], None]] = {
            "status": lambda: None,
            "follow": lambda: None,
            "standing": partial(self.declare, standing=True),
            "sitting": partial(self.declare, standing=False),
            "getting-up": self.acknowledge,
            "staying": self.stay,
            "read": self.mark_read,
            "quit": daemon.stop,
        }
        """The commands that take no arguments; the answer to each is the status."""

    async def answer(self, do: str, with_: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command. Raises `Refused`."""
        self.daemon.check_clock()
        if do in self._without_arguments:
            self._without_arguments[do]()
            return self.status_object()
        match do:
            case "pause":
                return {"until": iso(self.daemon.pause(self._seconds(with_, PAUSE)))}
            case "resume":
                return {"ended": self.resume()}
            case "hold":
                return {"until": iso(self.hold(self._seconds(with_, PAUSE)))}
            case "snooze":
                return self.snooze(self._seconds(with_, self.daemon.monitor.state.policy.snooze))
            case "was":
                return self.was(with_)
            case "doubtful":
                return self.doubtful()
            case "reload":
                return self.reload()
            case "note":
                return self.note(with_)
            case _:
                raise Refused(
                    f"the daemon does not know how to {do!r}; is it older than this command? Restart it", ExitCode.USAGE
                )

    def press(self, press: Press) -> None:
        """Carry out what the user did with a notice."""
        log.info("answered: %s", name_for_log(press.kind, press.key))
        match press.key:
            case "standing-up":
                self.acknowledge()
            case "snooze":
                self.snooze(self.daemon.monitor.state.policy.snooze)
            case "standing" | "sitting":
                self.declare(standing=press.key == "standing")
            case "dismissed" if press.prompt is not None:
                self.daemon.record(e.Dismissed(at=self.daemon.stamp()))
            case "clinician":
                knows: Any = "flare-up" if press.kind == "flare-up" else "symptoms"
                self.daemon.record(e.Clinician(at=self.daemon.stamp(), knows=knows))
            case "was-sitting" | "was-away" if press.prompt is not None:
                self._answer_question(press.prompt, "sitting" if press.key == "was-sitting" else "away")
            case "flare-up" | "over":
                self.daemon.record(e.FlareUp(at=self.daemon.stamp(), on=press.key == "flare-up"))
            case _:
                pass  # the user has seen it, or wants to see more; nothing is recorded
        if self.open_window is not None and (page := page_for(press)) is not None:
            self.open_window(page, press.token)
        self.daemon.report_change()

    def mark_read(self) -> None:
        """Note that the user has read the red flags."""
        self.daemon.notifications.mark_read()
        self.daemon.report_change()

    def acknowledge(self) -> None:
        """Record that the user is getting up, and remove the prompt."""
        self.daemon.record(e.Acknowledged(at=self.daemon.stamp()))
        self.daemon.got_up = self.daemon.engine_now()
        self.daemon.notifications.withdraw()

    def stay(self) -> None:
        """Record that the user cannot get up after all, if they said that they do: then no break is expected."""
        daemon = self.daemon
        if daemon.monitor.state.load.posterior.has_promise(daemon.engine_now()):
            daemon.record(e.Dismissed(at=daemon.stamp()))
        daemon.got_up = LONG_AGO

    def resume(self) -> bool:
        """End a pause or a hold. Returns whether there was one."""
        daemon = self.daemon
        held = daemon.monitor.state.prompt_state.held_until > daemon.engine_now()
        if held:
            at = daemon.stamp()
            daemon.record(e.QuietUntil(at=at, until=at))
        return daemon.resume() or held

    def hold(self, seconds: float) -> datetime:
        """Keep observing, show no prompt. Returns the time at which it ends by itself."""
        at = self.daemon.stamp()
        until = at + timedelta(seconds=min(seconds, LONGEST_QUIET))
        self.daemon.record(e.QuietUntil(at=at, until=until))
        self.daemon.notifications.withdraw()
        return until

    def snooze(self, seconds: float) -> dict[str, Any]:
        """Put the current prompt off, within the budget of the bout."""
        daemon = self.daemon
        at = daemon.stamp()
        daemon.record(e.Snoozed(at=at, until=at + timedelta(seconds=seconds)))
        daemon.got_up = LONG_AGO
        daemon.notifications.withdraw()
        prompt_state, policy = daemon.monitor.state.prompt_state, daemon.monitor.state.policy
        granted = max(prompt_state.snooze.until - daemon.engine_now(), 0.0)
        return {
            "seconds": round(granted),
            "cut": granted < seconds - 1.0,
            "until": iso(at + timedelta(seconds=granted)),
            "left": max(round(policy.snooze_budget - prompt_state.snooze.used), 0),
        }

    def declare(self, *, standing: bool) -> None:
        """Record the posture that the user reports."""
        at = self.daemon.stamp()
        self.daemon.record(e.StandingDeclared(at=at) if standing else e.SittingDeclared(at=at))
        self.daemon.notifications.withdraw()

    def was(self, with_: dict[str, Any]) -> dict[str, Any]:
        """Correct the record between two times, or else of the latest doubtful silence."""
        was: Any = with_.get("was")
        if was not in get_args(e.Was):
            raise Refused("`was` takes sitting, away or standing", ExitCode.USAGE)
        now = self.daemon.stamp()
        begin, end = self._named_span(with_) if "from" in with_ else self._doubtful_span()
        if not begin < end <= now:
            raise Refused("the time must be in the past, and its start before its end", ExitCode.USAGE)
        self.daemon.record(e.Answered(at=now, from_=begin, to=end, was=was))
        return {"from": iso(begin), "to": iso(end), "was": was}

    def doubtful(self) -> dict[str, Any]:
        """Return the latest doubtful silence, which `was` corrects without times, and how it counts now.

        `from` and `to` are None if nothing is in doubt.
        """
        try:
            begin, end = self._doubtful_span()
        except Refused:
            return {"from": None, "to": None}
        state = self.daemon.monitor.state
        start, stop = state.timeline.find(begin), state.timeline.find(end)
        pieces = [*state.segments, *provisional(state.presence, self.daemon.engine_now())]
        sat = sum(
            (min(piece.end, stop) - max(piece.start, start)) * piece.probability
            for piece in pieces
            if piece.start < stop and start < piece.end
        )
        answers = [answer.was for answer in state.answers if answer.start < stop and start < answer.end]
        judged: e.Was = "sitting" if sat >= LIKELY * (stop - start) else "away"
        return {
            "from": iso(begin),
            "to": iso(end),
            "seconds": round(stop - start, 3),
            "judged": judged,
            "probability": round(sat / (stop - start), 3),
            "answered": answers[-1] if answers else None,
        }

    def _named_span(self, with_: dict[str, Any]) -> tuple[datetime, datetime]:
        try:
            begin, end = datetime.fromisoformat(with_["from"]), datetime.fromisoformat(with_["to"])
        except (KeyError, TypeError, ValueError):
            raise Refused("`was` needs from and to, each a time in ISO 8601", ExitCode.USAGE) from None
        if begin.tzinfo is None or end.tzinfo is None:
            raise Refused("`was` needs times with their offset from UTC", ExitCode.USAGE)
        # The ledger keeps milliseconds: cut before the two are compared, or the stored interval may be empty.
        begin, end = rounded(begin), rounded(end)
        if not is_possible(begin) or not is_possible(end):
            raise Refused(f"`was` takes times in the years {ACCEPTED_YEARS}", ExitCode.USAGE)
        return begin, end

    def _doubtful_span(self) -> tuple[datetime, datetime]:
        """Return the latest doubtful silence that is as long as a break: a shorter one changes no bout."""
        state = self.daemon.monitor.state
        # Right after the return its verdict is still provisional, and yet it is the one that the user means.
        returned = [
            piece
            for piece in provisional(state.presence, self.daemon.engine_now())
            if piece.end <= state.presence.since
        ]
        found = list(doubts([*state.segments, *returned], shortest=state.policy.break_min))
        if not found:
            raise Refused("No time of the last days is in doubt. Name it: --from 14:05 --to 14:30", ExitCode.USAGE)
        return state.timeline.of(found[-1].start), state.timeline.of(found[-1].end)

    def _answer_question(self, prompt: Prompt, was: e.Was) -> None:
        """Record the user's answer for exactly the absence that the question was about."""
        if prompt.since is None or prompt.until is None:
            return
        # The clock may have been set since the question was shown.
        moved = self.daemon.monitor.state.timeline.now(prompt.at) - prompt.shown_at
        self.daemon.record(
            e.Answered(at=self.daemon.stamp(), from_=prompt.since + moved, to=prompt.until + moved, was=was)
        )

    def note(self, with_: dict[str, Any]) -> dict[str, Any]:
        """Record a health note, and show the red flags if it asks for them."""
        shows_red_flags = with_.pop("red_flags", False)
        try:
            event: e.Event = msgspec.convert({**with_, "at": self.daemon.stamp()}, e.AnyHealth)
        except msgspec.ValidationError as error:
            raise Refused(f"not a health note: {error}", ExitCode.USAGE) from None
        if shows_red_flags:
            self.daemon.notifications.inform("red-flag")
        self.daemon.record(event)
        return self.status_object()

    def reload(self) -> dict[str, Any]:
        """Reload the configuration. If it has mistakes, nothing changes and the answer lists them all."""
        monitor = self.daemon.monitor
        before = monitor.state.policy.profile
        is_after_flare_up = before == "flare-up" or monitor.recovery_until is not None
        try:
            warnings = self._reloaded()
        except ConfigError as error:
            raise Refused(str(error), ExitCode.USAGE) from None
        if is_after_flare_up and monitor.state.policy.profile == "standard":
            warnings.append(self.daemon.notifications.guidance.say("leaving-early"))
        return {"warnings": warnings}

    def reload_and_log(self) -> None:
        """Reload the configuration for SIGHUP: warnings and mistakes go to the log."""
        try:
            for warning in self._reloaded():
                log.warning("%s", warning)
        except ConfigError as error:
            log.error("%s\nNothing was changed.", error)  # noqa: TRY400 - the user's mistake, not ours

    def _reloaded(self) -> list[str]:
        """Reload the configuration and return its warnings. Raises `ConfigError`."""
        before, config = self.daemon.parts.config, self.daemon.reload()
        if config.standing_desk.sensor == before.standing_desk.sensor:
            return list(config.warnings)
        return [*config.warnings, "standing_desk.sensor takes effect when slowrise starts the next time"]

    def _seconds(self, with_: dict[str, Any], default: float) -> float:
        seconds = with_.get("seconds", default)
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST_DURATION:
            wrong = f"{shown(str(seconds))} is not a length of time"
            raise Refused(f"{wrong}; accepted are seconds above zero, up to {LONGEST_DURATION:.0f}", ExitCode.USAGE)
        return float(seconds)

    def status(self) -> Status:
        """Return the status now."""
        return status_of(self.daemon)

    def status_object(self) -> dict[str, Any]:
        """Return the status as the control socket carries it."""
        return dict(msgspec.to_builtins(self.status()))
