"""The daemon: it records what sources and signals report, applies the rules, and shows what they decide.

One asyncio loop. Every event goes through `record`, in the order of the reports. A ledger, a notifier or a source that
fails affects only itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from slowrise.adapters.signals.combine import SignalCombiner
from slowrise.adapters.system import systemd_notify
from slowrise.adapters.system.clock import Clock
from slowrise.adapters.system.files import Unsafe
from slowrise.adapters.system.resources import read_guidance
from slowrise.adapters.system.single_instance import AlreadyRunning, DirectoryGone
from slowrise.config import config as c
from slowrise.config.parse import ConfigError, differences
from slowrise.core.engine import Decision, Withdraw, next_deadline
from slowrise.core.metrics.summary import Summary
from slowrise.core.model import events as e
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.timestamps import Timestamper, iso
from slowrise.core.model.units import LONG_AGO
from slowrise.core.prompts.kinds import StayingKind, name_for_log
from slowrise.daemon.notifications import Notifications
from slowrise.daemon.persistence import Persistence
from slowrise.daemon.supervisor import SourceSupervisor, Supervisor, Watchable
from slowrise.daemon.timers import Timers
from slowrise.daemon.visibility import PauseReasons, StaleInputDetector
from slowrise.history.monitor import Monitor
from slowrise.ports.input import OnDemand, Sighting, Source, What
from slowrise.ports.ledger import Archive
from slowrise.ports.notifier import Notifier

log = logging.getLogger(__name__)

HEARTBEAT = 60.0
"""Seconds between two signs of life; the most that a crash can leave in doubt."""
SOONEST = 0.001
"""Seconds. Times have milliseconds: a job due sooner would run before its time has come, again and again."""
LONGEST_QUIET = 24 * 3600.0
"""Seconds: a pause always ends by itself, and a day is the longest that anyone means."""
STALLED = 30.0
"""Seconds by which a heartbeat must be late to conclude that the program, or its machine, did not run meanwhile."""
A_SLEEP = 1.0
"""Seconds by which CLOCK_BOOTTIME must have run ahead of CLOCK_MONOTONIC to conclude that the machine slept."""
RED_FLAGS_AGAIN = 30 * 60.0
"""Seconds until red flags that were closed unread come again. Judgement: what matters most is not said only once."""
ENDING = 3.0
"""Seconds for sources and signals to end. The unit allows 10 for everything, also for closing the record."""
EVENT_OF_SIGHTING: dict[str, type[e.Event]] = {
    e.name_of(kind): kind
    for kind in (
        *(e.Active, e.Unlocked, e.Suspended, e.Resumed, e.CallStarted, e.CallEnded),
        *(e.Inhibited, e.Uninhibited, e.StandingDeclared, e.SittingDeclared),
    )
}
"""The event of each sighting that needs nothing but its time."""
SOURCE = "compositor"
"""The source of input among the signals: a compositor shows, beside input, that a program keeps the screen on."""
INPUT = frozenset({"active", "idle", "lull"})
"""Sightings that are dropped, not recorded, while the user has paused the daemon."""


class Parts(NamedTuple):
    """The outside world of one daemon. `make_source` and `make_signals` raise `Unavailable`."""

    config: c.Config
    """The settings in force."""
    clock: Clock
    ledger: Archive
    make_source: Callable[[c.SourceSettings], Awaitable[Source]]
    make_signals: tuple[tuple[str, Callable[[], Awaitable[Watchable]]], ...]
    make_notifier: Callable[[c.NotificationSettings], Awaitable[Notifier]]
    read_config: Callable[[], c.Config]
    """Returns the configuration as the file has it now. Raises `ConfigError`."""
    is_refused: bool = False
    """Whether the file has mistakes, so that `config` is older. The heartbeat reloads it once it is fixed."""
    keep_lock: Callable[[], None] = lambda: None
    """Makes sure that no other daemon can use this ledger. Raises `AlreadyRunning` if one does already."""


class Daemon:
    """Watches, records, decides and shows. `daemon/app.py` builds it; `run` it once."""

    def __init__(
        self,
        parts: Parts,
        monitor: Monitor,
        persistence: Persistence,
        timers: Timers,
        notifications: Notifications,
        *,
        changed: Callable[[], None],
    ) -> None:
        """`changed` is called whenever there may be something new to see."""
        self.parts = parts
        self.monitor = monitor
        self.persistence = persistence
        self.timers = timers
        self.notifications = notifications
        self._changed = changed
        self.paused_until: datetime | None = None
        self.got_up = LONG_AGO
        """When the user last said that they get up, in engine time."""
        self.combiner = SignalCombiner(self.on_sighting)
        self.source = SourceSupervisor(
            lambda: self.parts.make_source(self.parts.config.source),
            self.combiner.emitter(SOURCE),
            changed=self._on_source_changed,
        )
        self.signals = [
            Supervisor(name, make, self.combiner.emitter(name), changed=partial(self._on_signal_changed, name))
            for name, make in parts.make_signals
        ]
        self._timestamper = Timestamper(parts.clock.now())
        self._stale_input = StaleInputDetector(parts.clock.boot())
        self._pause_reasons = PauseReasons(self.record, self.source.restart)
        self._clock_checked_at = parts.clock.boot()
        self._slept = parts.clock.now().slept
        self.has_seen_input = False
        """Whether any source has seen input in this run."""
        self._input_is_stale = False
        """The program did not run for a while, and the source has not been watched again since."""
        self._next_beat: asyncio.TimerHandle | None = None
        self._stopping = asyncio.Event()

    # -- life -------------------------------------------------------------------------------------------------------

    async def run(self, source: Source | None = None) -> None:
        """Watch until `stop`. `source`: the one to begin with, if it is made already."""
        self._begin()
        watching = [self.source.run(source), *(signal.run() for signal in self.signals)]
        running = [asyncio.ensure_future(each) for each in watching]
        systemd_notify.ready(self._doing())
        try:
            await self._stopping.wait()
        finally:
            systemd_notify.stopping()
            for task in running:
                task.cancel()
            ended, stuck = await asyncio.wait(running, timeout=ENDING)
            await asyncio.gather(*ended, return_exceptions=True)
            if stuck:
                log.warning("%d sources or signals do not end", len(stuck))
            await self._end()

    def stop(self) -> None:
        """Make `run` record the end and return."""
        self._stopping.set()

    def _begin(self) -> None:
        now = self.parts.clock.now()
        last = self.persistence.last_sign()
        crashed_at = self.persistence.crashed_at(self.monitor)
        begun = self._timestamper.label(now.boot)
        if last is not None and last > begun:
            # The wall clock was set back since the last run. Begin where that one ended, then record the step.
            self.record(e.Started(at=last, since=crashed_at))
            self.record(e.ClockStepped(at=begun, by=round((begun - last).total_seconds(), 3)))
        else:
            self.record(e.Started(at=begun, since=crashed_at))
        self.record(e.PolicyChanged(at=self.stamp(), settings=differences(self.parts.config)))
        paused = self.persistence.paused_until()
        if paused is not None and paused > self.stamp():
            self.pause((paused - self.stamp()).total_seconds())
        self._beat()
        if self.notifications.is_unread:
            self.notifications.inform("red-flag")
        elif self.persistence.is_first_start():
            self.notifications.inform("welcome")
        if self.parts.is_refused:
            self.notifications.inform("settings")

    async def _end(self) -> None:
        if self._next_beat is not None:
            self._next_beat.cancel()
        self.record(e.Stopped(at=self.stamp()))
        self.persistence.checkpoint(self.monitor)
        await self.timers.close()
        try:
            await self.notifications.close()
        finally:
            self.parts.ledger.close()

    # -- events -----------------------------------------------------------------------------------------------------

    def on_sighting(self, sighting: Sighting) -> None:
        """Handle a report of a source or signal."""
        if sighting.what in INPUT and "user" in self._pause_reasons:
            return
        self._check_clock()
        if sighting.what in INPUT and self._input_is_stale:
            return  # it waited for an unknown time; watched again, the source reports the next input
        if sighting.what == "active":
            self._look_at_signals()
        self._stale_input.notice(sighting)
        self.has_seen_input = self.has_seen_input or sighting.what == "active"
        self._record_sighting(sighting)
        self._adapt_to(sighting.what)

    def _record_sighting(self, sighting: Sighting) -> None:
        at = self._timestamper.label(sighting.at)
        past = None if sighting.since is None else min(self._timestamper.past(sighting.since), at)
        match sighting.what:
            case "idle":
                self.record(e.Idle(at=at, since=past or at, unseen=sighting.unseen))
            case "lull":
                self.record(e.Lull(at=at, since=past or at))
            case "locked":
                self.record(e.Locked(at=at, since=past))
            case "paused":
                self._pause_reasons.begin("session", at)
            case "unpaused":
                self._pause_reasons.end("session", at)
            case "resumed" if not self._is_suspended:
                pass  # the clocks, or input, have shown it before
            case "quieted" | "unquieted":
                pass  # no evidence of sitting
            case what:
                self.record(EVENT_OF_SIGHTING[what](at=at))

    def _adapt_to(self, what: What) -> None:
        """Do what else follows from a report: for the signals, the notices, the timers and the source."""
        match what:
            case "idle":
                self._look_at_signals()
            case "quieted" | "unquieted":
                self.notifications.set_do_not_disturb(on=what == "quieted")
            case "unlocked":
                self.notifications.show_again()
            case "resumed":
                # The source's own timers stood still meanwhile. Watched again, it reports the next input as the first.
                self.timers.rearm()
                self.source.restart()

    def _look_at_signals(self) -> None:
        for signal in self.signals:
            if isinstance(signal.watched, OnDemand):
                signal.watched.look()

    def record(self, event: e.Event) -> None:
        """Store an event, apply the rules, and do what they decide."""
        self.parts.ledger.append(event)
        log.debug("%s", e.name_of(event))
        self._perform(self.monitor.handle(event))
        self._look_ahead_and_report()

    def wake(self) -> None:
        """Let the rules decide what follows from the time alone."""
        self._check_clock()
        self._perform(self.monitor.advance_to(self.engine_now()))
        self._look_ahead_and_report()

    # -- time -------------------------------------------------------------------------------------------------------

    def engine_now(self) -> float:
        """Return the present on the engine's axis.

        An event that is reported late gets this time or a later one, never an earlier one: the decisions made by now
        did not know of it, and a replay must reach the same decisions.
        """
        return max(self.stamp().timestamp() - self.monitor.state.timeline.shift, self.monitor.state.presence.now)

    def stamp(self) -> datetime:
        """Return the timestamp of an event that happens now. Records a standstill of the program first."""
        if self._stood_still(self.parts.clock.boot() - self._clock_checked_at):
            self._check_clock()
        return self._timestamper.label(self.parts.clock.boot())

    def now(self) -> datetime:
        """Return the present for display. Unlike `stamp`, this allows earlier timestamps afterwards."""
        return self._timestamper.past(self.parts.clock.boot())

    def check_clock(self) -> None:
        """Handle that the wall clock may have been set."""
        self._check_clock()
        self.timers.rearm()
        self.look_ahead()

    def _check_clock(self) -> None:
        """Record a step of the wall clock, and time in which the program did not run."""
        now = self.parts.clock.now()
        before, self._clock_checked_at = self._clock_checked_at, now.boot
        slept, self._slept = now.slept - self._slept, now.slept
        has_slept = slept >= A_SLEEP
        stood_still = self._stood_still(now.boot - before - max(slept, 0.0))
        if has_slept and not self._is_suspended:
            log.info("the machine slept for %.0f s, and nothing announced it", slept)
            self.record(e.Suspended(at=self._timestamper.label(max(now.boot - slept, before))))
        if stood_still:
            log.info("the program did not run for %.0f s; that time is unobserved", now.boot - before)
            self._input_is_stale = True
            self._pause_reasons.begin("standstill", self._timestamper.label(before))
        by = self._timestamper.step(now)
        if by is not None:
            log.info("the clock was set by %+.3f s", by)
            self.record(e.ClockStepped(at=self._timestamper.label(now.boot), by=by))
        if stood_still:
            self._pause_reasons.end("standstill", self._timestamper.label(now.boot))
        if has_slept:
            self.record(e.Resumed(at=self._timestamper.label(now.boot)))
            self._input_is_stale = True
            self.source.restart()
        if by is not None or stood_still or has_slept:
            self.timers.rearm()

    @property
    def _is_suspended(self) -> bool:
        """Whether the machine was reported to go to sleep, and nothing has shown since that it is awake."""
        return self.monitor.state.presence.signals.suspends.is_on

    def _stood_still(self, seconds: float) -> bool:
        """Whether a heartbeat is that late. In a suspend that was announced, it is no surprise."""
        return not self._is_suspended and seconds - HEARTBEAT > STALLED

    def _keep_lock(self) -> None:
        try:
            self.parts.keep_lock()
        except AlreadyRunning as error:
            log.error("%s, and uses this record. This one ends.", error)  # noqa: TRY400 - what happened is clear
            self.stop()
        except DirectoryGone as error:
            # The sandbox of the unit covers only a directory that exists at the start, where systemd makes it.
            if systemd_notify.is_service():
                log.error("%s was deleted. slowrise starts again, with a new record.", error)  # noqa: TRY400 - as above
                self.stop()
        except (Unsafe, OSError) as error:
            log.debug("the lock cannot be renewed: %s", error)

    # -- watching ---------------------------------------------------------------------------------------------------

    def _on_source_changed(self, source: Watchable | None) -> None:
        if source is None:
            self.combiner.release(SOURCE, self.parts.clock.boot())
            self._pause_reasons.begin("source", self.stamp())
        else:
            self._input_is_stale = False
            self._stale_input.begin(self.parts.clock.boot())
            self._pause_reasons.end("source", self.stamp())
        systemd_notify.status(self._doing())
        self.look_ahead()

    def _doing(self) -> str:
        """Return what `systemctl status` shows."""
        watched = self.source.watched
        return "watching" if watched else "waiting for a desktop or a terminal: no keyboard or mouse can be watched yet"

    def look_at_desktop(self) -> None:
        """Use what has come: a display, a bus, or a desktop that has passed its environment on."""
        self.source.look()
        for signal in self.signals:
            signal.try_now()

    def _on_signal_changed(self, name: str, signal: Watchable | None) -> None:
        if signal is None:
            self.combiner.release(name, self.parts.clock.boot())

    def unseen_seconds(self) -> float:
        """Return for how long the source has reported nothing although it could have."""
        return 0.0 if self._pause_reasons else self._stale_input.silent_seconds(self.parts.clock.boot())

    def pause(self, seconds: float) -> datetime:
        """Stop observing because the user wants it. Returns the time at which it ends, in a day at the latest."""
        at = self.stamp()
        seconds = min(seconds, LONGEST_QUIET)  # also of a pause before a restart: the clock may have been set since
        self.paused_until = at + timedelta(seconds=seconds)  # Before the event: whoever follows is told with it.
        self._pause_reasons.begin("user", at)
        self.persistence.note_pause(self.paused_until)
        self.timers.arm("resume", self.parts.clock.boot() + seconds, self.resume)
        return self.paused_until

    def resume(self) -> bool:
        """Observe again. Returns whether the user had paused."""
        was_paused, self.paused_until = self.paused_until is not None, None
        self.timers.disarm("resume")
        self.persistence.note_pause(None)
        self._pause_reasons.end("user", self.stamp())
        return was_paused

    def reload(self) -> c.Config:
        """Apply the changed configuration. Raises `ConfigError`; then nothing changes."""
        before = self.parts.config
        try:
            config = self.parts.read_config()
        except ConfigError:
            self.parts = self.parts._replace(is_refused=True)
            raise
        self.parts = self.parts._replace(config=config, is_refused=False)
        self.notifications.guidance = read_guidance(config.guidance)
        if config.notifications != before.notifications:
            self.notifications.change_notifier(self.parts.make_notifier(config.notifications))
        if config.source != before.source:
            self.source.choose_again()
        if differences(config) != differences(before):
            self.record(e.PolicyChanged(at=self.stamp(), settings=differences(config)))
        log.info("the configuration was reloaded")
        return config

    # -- decisions --------------------------------------------------------------------------------------------------

    def summary_of(self, day: date) -> Summary | None:
        """Return the summary of a local day up to now; None if nothing is known of that day."""
        return self.persistence.summary_of(day, self.monitor, self.stamp(), self.engine_now())

    def usual_of(self, latest: Summary, now: datetime) -> float | None:
        """Return the sitting that is usual by the wall time `now` of the latest day; None if unknown."""
        return self.persistence.usual_of(latest, self.monitor, now)

    def on_staying(self, kind: StayingKind | None) -> None:
        """Record which notice stays on the screen now."""
        if "red-flag" in {kind, self.monitor.state.prompt_state.staying}:
            self._on_red_flags(up=kind == "red-flag")
        if kind not in {"red-flag", self.monitor.state.prompt_state.staying}:
            self.record(e.NoticeStays(at=self.stamp(), notice=kind))

    def _on_red_flags(self, *, up: bool) -> None:
        """Record that the red flags are on the screen or not any more; those closed unread come again."""
        self.record(e.RedFlags(at=self.stamp(), up=up))
        if self.notifications.is_unread and not up:
            self.timers.arm("red-flags", self.parts.clock.boot() + RED_FLAGS_AGAIN, self._show_red_flags)
        else:
            self.timers.disarm("red-flags")

    def _show_red_flags(self) -> None:
        if self.notifications.is_unread:  # in the meantime they may have been read elsewhere
            self.notifications.inform("red-flag")

    def report_change(self) -> None:
        """Tell those who follow that there may be something new to see."""
        self._changed()

    def _perform(self, decisions: list[Decision]) -> None:
        for decision in decisions:
            if isinstance(decision, Withdraw):
                self.notifications.withdraw()
            else:
                sat = f", after {format_duration(decision.bout_seconds)}" if decision.bout_seconds else ""
                log.info("prompt: %s at %s%s", name_for_log(decision.kind), iso(decision.shown_at), sat)
                self.notifications.show_prompt(decision)

    def _look_ahead_and_report(self) -> None:
        self.look_ahead()
        self._changed()

    def look_ahead(self) -> None:
        """Set the timer to the next time at which the rules have to decide."""
        state = self.monitor.state
        now = self.engine_now()
        self.source.want_lull(wanted=state.wants_lull(now))
        due = next_deadline(state)
        if state.next_prompt is not None and state.next_prompt.due > now:
            due = state.next_prompt.due if due is None else min(due, state.next_prompt.due)
        if due is None:
            self.timers.disarm("decide")
        else:
            self.timers.arm("decide", self.parts.clock.boot() + max(due - now, SOONEST), self.wake)

    def _beat(self) -> None:
        # The watchdog of systemd may want to hear more often.
        interval = min(HEARTBEAT, systemd_notify.watchdog_interval() or HEARTBEAT)
        # On the loop's own timer: a job of APScheduler's would take a quarter of the CPU time of an idle daemon. Only
        # suspend delays it, by less than the interval, and whatever ends the suspend checks the clock itself.
        self._next_beat = asyncio.get_running_loop().call_later(interval, self._beat)
        self._check_clock()
        self._keep_lock()
        self.source.end_stand_in()
        at = self.stamp()
        self.parts.ledger.beat(at)
        systemd_notify.alive()
        if self.parts.is_refused:
            with suppress(ConfigError):
                self.reload()
        if (profile := self.monitor.recovered(at)) is not None:
            self.record(e.ProfileChosen(at=at, name=profile))
        self.persistence.checkpoint_if_new_day(self.monitor)
        self._look_ahead_and_report()
