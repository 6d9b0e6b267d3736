"""The status: what the daemon sees and does now, as the control socket carries it and `slowrise status` shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from slowrise import __version__
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.timestamps import iso
from slowrise.daemon.control import NotRunning

if TYPE_CHECKING:
    from slowrise.core.prompts.due import Candidate
    from slowrise.daemon.daemon import Daemon

GETTING_UP = 60.0
"""Seconds in which input does not end an announced break. Judgement: saving a file before getting up."""
GUESS = 0.5
"""The most that `away` is believed where the user may be at a keyboard that nobody watches, or has not been seen yet.
Judgement: nothing is known of it."""
NAMED_AFTER = 2 * 3600.0
"""Seconds after which the status names a call or an inhibitor: one that was never ended outlasts every film."""
NAMES = {"call-started": "a call", "inhibited": "an idle inhibitor", "quieted": "do-not-disturb"}
UNREAD = "You have not read yet when to get help at once: slowrise red-flags --read"
UNSEEN = "While a video keeps the screen on, this desktop does not show that you are there."
WAITING = "Reminders wait until you read when to get help at once: slowrise red-flags --read"
REFUSED = (
    "The settings file has a mistake. Until it is fixed, the last good settings count. To see it: slowrise config check"
)


class Status(msgspec.Struct, frozen=True):
    """What `status --json` prints, key for key. Times are ISO 8601."""

    state: str
    """`sitting`, `standing`, `away` or `unobserved`."""
    since: str
    """The begin of the bout where one runs, else of the state."""
    confidence: float = msgspec.field(name="sure")
    """Probability of the state."""
    seconds: int
    """Seconds since `since`."""
    next_prompt: str | None
    next_kind: str | None
    why_waiting: str | None
    showing: str | None
    """The kind of the prompt that is shown."""
    profile: str
    source: str | None
    """The name of the source in use; None if nothing can be watched at present."""
    unseen_seconds: int
    """For how long the source has reported nothing although it could have."""
    notifier: str
    held_until: str | None
    paused_until: str | None
    held: list[str]
    """Calls, inhibitors and do-not-disturb that have been on for long, in words."""
    today: dict[str, Any] | None
    """The summary of the day so far, as `summary --json` prints it."""
    notes: list[str]
    """Problems at present, in words."""
    unread: bool = False
    """Whether the red flags wait to be read."""
    suggestion: str = "walk"
    """The name of what to do in a break now."""
    gently: bool = True
    """Whether the suggestion is left to the user's comfort."""
    avoid: str = ""
    """The name of the line on what to avoid that the last reminder had; empty if it had none."""
    break_until: str | None = None
    """The end of the break that the user said they begin, while it goes on."""
    version: str = ""
    """The version of the daemon; empty for one before 0.3.0."""
    after_drive: bool = False
    """Whether the first sit after a long drive goes on, or is still to come."""
    has_seen_input: bool = True
    """Whether this run has seen any input. Without, `away` is a guess."""
    displays: list[str] = []
    """The displays that are watched, by name."""
    unseen: list[str] = []
    """Displays and sessions of this user whose input is not seen."""


class OtherVersion(NotRunning):
    """The daemon that runs is of another version."""


def parse_status(answer: Mapping[str, Any]) -> Status:
    """Return the status that a daemon answered. Raises `OtherVersion` if another one did."""
    try:
        return msgspec.convert(answer, Status)
    except msgspec.ValidationError as error:
        raise OtherVersion(f"The daemon that runs is of another version ({error}); restart it") from None


def status_of(daemon: Daemon, *, summed: bool = True) -> Status:
    """Return the status of the daemon now; without `today`, which takes most of the time, unless `summed`."""
    from slowrise.core.metrics.summary_json import as_json  # the asking side does without the rules

    state = daemon.monitor.state
    wall_time = state.timeline.now
    now = daemon.engine_now()
    doing, since, confidence = _state(daemon, now)
    today = daemon.summary_of(wall_time(state.today.start).date()) if summed else None
    daemon.look_ahead()
    upcoming, held_until = state.next_prompt, state.prompt_state.held_until
    suggestion, gently = daemon.monitor.for_the_break(wall_time(now))
    source, showing = daemon.source.watched, daemon.notifications.showing
    return Status(
        state=doing,
        since=iso(wall_time(since)),
        confidence=round(confidence, 2),
        seconds=round(now - since),
        next_prompt=None if upcoming is None else iso(wall_time(_expected(upcoming, now))),
        next_kind=None if upcoming is None else upcoming.kind,
        why_waiting=_why_waiting(daemon, now),
        showing=None if showing is None else showing.kind,
        profile=state.policy.profile,
        source=None if source is None else source.name,
        unseen_seconds=round(daemon.unseen_seconds()),
        notifier=daemon.notifications.notifier.name,
        held_until=iso(wall_time(held_until)) if held_until > now else None,
        paused_until=None if daemon.paused_until is None else iso(daemon.paused_until),
        held=_on_for_long(daemon),
        today=None if today is None else as_json(today),
        notes=_notes(daemon),
        unread=daemon.notifications.is_unread,
        after_drive=state.drive is not None,
        suggestion=suggestion,
        gently=gently,
        avoid=daemon.monitor.avoid_in_the_break,
        break_until=None if (ends := _break_ends(daemon, now)) is None else iso(wall_time(ends)),
        version=__version__,
        has_seen_input=daemon.has_seen_input,
        displays=list(daemon.source.watching.displays),
        unseen=list(daemon.source.watching.unseen),
    )


def _expected(upcoming: Candidate, now: float) -> float:
    """Return when the prompt is due; from then on, when it comes even if the input does not pause."""
    return upcoming.due if upcoming.due > now else upcoming.show_at


def _break_ends(daemon: Daemon, now: float) -> float | None:
    """Return the end of the break that the user announced. None once it is over, or they are back at the keyboard."""
    from slowrise.core.presence.tracker import Phase

    ends = daemon.got_up + daemon.monitor.state.policy.break_full
    is_away = daemon.monitor.state.presence.phase is Phase.SILENT or now - daemon.got_up < GETTING_UP
    return ends if now < ends and is_away else None


def _state(daemon: Daemon, now: float) -> tuple[str, float, float]:
    """Return the state, when it began (the bout, where one runs) and its probability."""
    from slowrise.core.presence.segments import LIKELY
    from slowrise.core.presence.tracker import is_observed, probability_now

    state = daemon.monitor.state
    presence, standing = state.presence, state.posture.standing
    if not is_observed(presence, now):
        return "unobserved", presence.since, 1.0
    probability = probability_now(presence, now)
    if probability < LIKELY:
        is_guess = not daemon.has_seen_input or daemon.source.watching.unseen
        return "away", presence.since, min(1.0 - probability, GUESS if is_guess else 1.0)
    if standing is not None and state.posture.is_standing(now):
        return "standing", standing.start, probability
    bout_start = state.snapshot.load.bout_start
    return "sitting", presence.since if bout_start is None else bout_start, probability


def _why_waiting(daemon: Daemon, now: float) -> str | None:
    state = daemon.monitor.state
    prompt_state, snapshot = state.prompt_state, state.snapshot
    waits_for_lull = state.wants_lull(now)
    if prompt_state.held_until > now:
        return "held by you"
    # A snooze is of one bout: after a break, or while standing, another prompt comes next.
    is_of_bout = not snapshot.standing and prompt_state.ladder.is_on(snapshot.sits)
    if prompt_state.snooze.until > now and is_of_bout:
        return "put off by you"
    if snapshot.in_call:
        return "a call"
    return "a pause in the input" if waits_for_lull else None


def _on_for_long(daemon: Daemon) -> list[str]:
    """Name the calls and inhibitors that are on for so long that the rules trust them less, and do-not-disturb."""
    now = daemon.parts.clock.boot()
    return [
        f"{NAMES[signal.what]} for {format_duration(now - signal.since)} ({signal.by})"
        for signal in daemon.combiner.active()
        if signal.what in NAMES and now - signal.since >= NAMED_AFTER
    ]


def _notes(daemon: Daemon) -> list[str]:
    """Name what keeps prompts waiting, and what worked and does not now. `doctor` names what never worked."""
    from slowrise.adapters.storage.buffered import BufferedLedger

    unread, waiting = daemon.notifications.is_unread, daemon.notifications.shows_red_flags
    notes = [WAITING if waiting else UNREAD] if unread else []
    notes += [f"{each.what}: {each.reason}" for each in (daemon.source, *daemon.signals) if each.is_lost]
    notes += [REFUSED] if daemon.parts.is_refused else []
    if daemon.monitor.state.presence.signals.unseen.is_on:
        notes.append(UNSEEN)
    ledger = daemon.parts.ledger
    if isinstance(ledger, BufferedLedger) and ledger.failure:
        notes.append(f"record: {ledger.failure.reason}; kept in memory until it can be written")
    return notes
