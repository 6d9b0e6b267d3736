"""The daemon: it stamps what sources and signals tell, keeps it, lets the rules conclude, and shows what they decide.

One asyncio loop. Everything that happens goes through `record`, in the order it is told; a ledger, a notifier or a
source that fails costs nothing but itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from slowrise.adapters.signals.combine import SignalCombiner
from slowrise.adapters.system import systemd_notify
from slowrise.adapters.system.clock import Clock
from slowrise.adapters.system.resources import weights
from slowrise.config import config as c
from slowrise.config.parse import differences
from slowrise.core.engine import Decision, Withdraw, next_deadline
from slowrise.core.metrics.summary import Summary
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import Timestamper
from slowrise.daemon.notifications import Notifications
from slowrise.daemon.persistence import Persistence
from slowrise.daemon.supervisor import SourceSupervisor, Supervisor, Watchable
from slowrise.daemon.timers import Timers
from slowrise.daemon.visibility import PauseReasons, StaleInputDetector
from slowrise.history.monitor import Monitor
from slowrise.messages.guidance import Guidance
from slowrise.ports.input import Sighting, Source
from slowrise.ports.ledger import Archive
from slowrise.ports.notifier import Notifier

log = logging.getLogger(__name__)

HEARTBEAT = 60.0
"""Seconds: what a crash can leave open."""
SOONEST = 0.001
"""Seconds: labels are that fine, and what is due sooner would be looked at again and again until it is."""
STALLED = 30.0
"""Real seconds by which a heartbeat must be late to say that the program stood still, stopped or with its machine."""
TOLD: dict[str, type[e.Event]] = {
    e.name_of_kind(kind): kind
    for kind in (
        *(e.Active, e.Locked, e.Unlocked, e.Suspended, e.Resumed, e.CallStarted, e.CallEnded),
        *(e.Inhibited, e.Uninhibited, e.Standing, e.Sitting),
    )
}
"""What a sighting without more becomes."""
INPUT = frozenset({"active", "idle", "lull"})
"""What is not even kept while the user has the watching paused."""


class Parts(NamedTuple):
    """What the daemon is built of. `make_source` and `make_signals` raise `Unavailable`, or give what works now."""

    config: c.Config
    clock: Clock
    ledger: Archive
    notifier: Notifier
    guidance: Guidance
    make_source: Callable[[c.Source], Awaitable[Source]]
    make_signals: tuple[tuple[str, Callable[[], Awaitable[Watchable]]], ...]
    make_notifier: Callable[[c.Notifications], Awaitable[Notifier]]
    make_guidance: Callable[[c.Guidance], Guidance]
    reread: Callable[[], c.Config]
    """The configuration as the file has it now; raises `ConfigError`."""


class Daemon:
    """Made of its parts; `run` it once."""

    def __init__(self, parts: Parts, monitor: Monitor | None) -> None:
        """`monitor` goes on from where the ledger left it; None where that cannot be read at present."""
        self.parts = parts
        self.monitor = monitor or Monitor.under(parts.config, weights())
        self.memory = Persistence(parts.ledger, complete=monitor is not None)
        self.stamper = Timestamper(parts.clock.now())
        self.timers = Timers(parts.clock.boot, parts.clock.speed)
        self.source = SourceSupervisor(self._make_source, self.on_sighting, changed=self._source_changed)
        self.merged = SignalCombiner(self.on_sighting)
        self.signals = [
            Supervisor(name, make, self.merged.emitter(name), changed=partial(self._signal_changed, name))
            for name, make in parts.make_signals
        ]
        self.paused_until: datetime | None = None
        self._looked = parts.clock.boot()
        """When the clock was last looked at."""
        self._asleep = False
        """The machine said that it goes to sleep, and not yet that it woke."""
        self._stale = False
        """The program stood still, and the source was not watched anew since."""
        self.watchers: list[Callable[[], None]] = []
        """Called whenever there may be something new to see."""
        self.speaking = Notifications(
            parts.notifier, parts.guidance, policy=lambda: self.monitor.state.policy, summary_of=self.summary_of
        )
        self._sight = StaleInputDetector(parts.clock.boot())
        self._blind = PauseReasons(self.record, self.source.restart)
        self._ending = asyncio.Event()

    # -- life -------------------------------------------------------------------------------------------------------

    async def run(self, source: Source | None = None) -> None:
        """Watch until `stop`. `source` is one that has been chosen already."""
        self._begin()
        followers = [self.source.run(source), *(signal.run() for signal in self.signals)]
        running = [asyncio.ensure_future(follower) for follower in followers]
        systemd_notify.ready("watching")
        try:
            await self._ending.wait()
        finally:
            systemd_notify.stopping()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._end()

    def stop(self) -> None:
        """End: what is open is closed and kept."""
        self._ending.set()

    def _begin(self) -> None:
        now = self.parts.clock.now()
        last = self.memory.last_sign()
        crashed_at = self.memory.crashed_at(self.monitor)
        begun = self.stamper.label(now.boot)
        if last is not None and last > begun:
            # The clock stands before what is recorded. The run begins where the last one ended, then the clock steps.
            self.record(e.Started(at=last, since=crashed_at))
            self._stepped(round((begun - last).total_seconds(), 3), begun)
        else:
            self.record(e.Started(at=begun, since=crashed_at))
        self.record(e.PolicyChanged(at=self.stamp(), settings=differences(self.parts.config)))
        paused = self.memory.paused_until()
        if paused is not None and paused > self.stamp():
            self.pause((paused - self.stamp()).total_seconds())
        self._beat()
        if self.memory.is_first_start():
            self.speaking.inform("welcome")

    async def _end(self) -> None:
        self.record(e.Stopped(at=self.stamp()))
        self.memory.checkpoint(self.monitor)
        await self.timers.close()
        try:
            await self.speaking.close()
        finally:
            self.parts.ledger.close()

    # -- what happens -----------------------------------------------------------------------------------------------

    def on_sighting(self, sighting: Sighting) -> None:
        """What a source or signal has seen."""
        if sighting.what in INPUT and "user" in self._blind:
            return
        self._check_clock()
        if sighting.what in INPUT and self._stale:
            return  # it waited since nobody knows when; the source, watched anew, tells the next input
        self._sight.told(sighting)
        at = self.stamper.label(sighting.at)
        since = at if sighting.since is None else min(self.stamper.past(sighting.since), at)
        match sighting.what:
            case "idle":
                self.record(e.Idle(at=at, since=since))
            case "lull":
                self.record(e.Lull(at=at, since=since))
            case "paused":
                self._blind.begin("session", at)
            case "unpaused":
                self._blind.end("session", at)
            case "quieted" | "unquieted":
                pass  # the notification service holds notices back by itself
            case what:
                self.record(TOLD[what](at=at))
        if sighting.what == "suspended":
            self._asleep = True
        elif sighting.what == "resumed":
            self._asleep = False
            # What a source counted stood still meanwhile; watched anew, it tells the next input as the first.
            self.timers.rearm()
            self.source.restart()

    def record(self, event: e.Event) -> None:
        """Keep an event and conclude from it."""
        self.parts.ledger.append(event)
        log.debug("%s", e.name_of(event))
        self._perform(self.monitor.handle(event))
        self._go_on()

    def wake(self) -> None:
        """See what time alone has decided."""
        self._check_clock()
        self._perform(self.monitor.advance_to(self.axis()))
        self._go_on()

    def axis(self) -> float:
        """Now, as the rules count.

        What happened before and is told after this gets a later label, for it has not decided what was decided by now:
        else a replay would conclude otherwise.
        """
        return max(self.stamp().timestamp() - self.monitor.state.timeline.shift, self.monitor.state.presence.now)

    def check_clock(self) -> None:
        """Called when the wall clock may have been set."""
        self._check_clock()
        self.timers.rearm()
        self.look_ahead()

    def stamp(self) -> datetime:
        """The label of now. Where the program stood still in the midst of what it does, that is recorded first."""
        if self._stood_still(self.parts.clock.boot() - self._looked):
            self._check_clock()
        return self.stamper.label(self.parts.clock.boot())

    def now(self) -> datetime:
        """The same for who only looks: it does not hold back what is told late."""
        return self.stamper.past(self.parts.clock.boot())

    def _check_clock(self) -> None:
        """See whether it was set, and whether time passed unseen."""
        now = self.parts.clock.now()
        begun, self._looked = self._looked, now.boot
        stood_still = self._stood_still(now.boot - begun)
        if stood_still:
            log.info("nothing was seen for %.0f s: the program stood still", now.boot - begun)
            self._stale = True
            self._blind.begin("standstill", self.stamper.label(begun))
        by = self.stamper.step(now)
        if by is not None:
            log.info("the clock was set by %+.3f s", by)
            self._stepped(by, self.stamper.label(now.boot))
        if stood_still:
            self._blind.end("standstill", self.stamper.label(now.boot))
        if by is not None or stood_still:
            self.timers.rearm()

    def _stood_still(self, seconds: float) -> bool:
        """Whether that is too long for a program that runs. A sleep that was announced is known for what it is."""
        return not self._asleep and seconds - HEARTBEAT > STALLED * self.parts.clock.speed

    def _stepped(self, by: float, at: datetime) -> None:
        self.record(e.ClockStepped(at=at, by=by))

    async def _make_source(self) -> Source:
        return await self.parts.make_source(self.parts.config.source)

    def _source_changed(self, source: Watchable | None) -> None:
        if source is None:
            self._blind.begin("source", self.stamp())
        else:
            self._stale = False
            self._sight.begin(self.parts.clock.boot())
            self._blind.end("source", self.stamp())
        self.look_ahead()

    def _signal_changed(self, name: str, signal: Watchable | None) -> None:
        if signal is None:
            self.merged.release(name, self.parts.clock.boot())

    def unseen_seconds(self) -> float:
        """For how long the source has told nothing while it could have been expected to."""
        return 0.0 if self._blind else self._sight.unseen(self.parts.clock.boot())

    def pause(self, seconds: float) -> datetime:
        """The user wants nothing watched for so long; returns until when."""
        at = self.stamp()
        self._blind.begin("user", at)
        self.paused_until = at + timedelta(seconds=seconds)
        self.memory.note_pause(self.paused_until)
        self.timers.arm("resume", self.parts.clock.boot() + seconds, self.resume)
        return self.paused_until

    def resume(self) -> bool:
        """Watch again; returns whether the user had it paused."""
        was_paused, self.paused_until = self.paused_until is not None, None
        self.timers.disarm("resume")
        self.memory.note_pause(None)
        self._blind.end("user", self.stamp())
        return was_paused

    def reload(self) -> c.Config:
        """Take the changed file up; raises `ConfigError`, and then the running settings stay."""
        before, config = self.parts.config, self.parts.reread()
        self.parts = self.parts._replace(config=config)
        self.speaking.guidance = self.parts.make_guidance(config.guidance)
        if config.notifications != before.notifications:
            self.speaking.notices.use(self.parts.make_notifier(config.notifications))
        if config.source != before.source:
            self.source.choose_anew()
        self.record(e.PolicyChanged(at=self.stamp(), settings=differences(config)))
        log.info("the configuration was read anew")
        return config

    # -- what is decided --------------------------------------------------------------------------------------------

    def summary_of(self, day: date) -> Summary | None:
        """The summary of a local day up to now; None where nothing is known of it."""
        return self.memory.summary_of(day, self.monitor, self.stamp(), self.axis())

    def _perform(self, decided: list[Decision]) -> None:
        for decision in decided:
            if isinstance(decision, Withdraw):
                self.speaking.withdraw()
            else:
                self.speaking.prompt(decision)

    def _go_on(self) -> None:
        self.look_ahead()
        for watcher in self.watchers:
            watcher()

    # -- what comes next --------------------------------------------------------------------------------------------

    def look_ahead(self) -> None:
        """Arm the timer for what the rules want next."""
        state = self.monitor.state
        now = self.axis()
        self.source.want_lull(wanted=state.wants_lull(now))
        due = next_deadline(state)
        if state.next_prompt is not None and state.next_prompt.due > now:
            due = state.next_prompt.due if due is None else min(due, state.next_prompt.due)
        boot = self.parts.clock.boot()
        if due is None:
            self.timers.disarm("decide")
        else:
            self.timers.arm("decide", boot + max(due - now, SOONEST), self.wake)

    def _beat(self) -> None:
        self.timers.arm("heartbeat", self.parts.clock.boot() + _pulse(), self._beat)
        self._check_clock()
        self.source.end_stand_in()
        at = self.stamp()
        self.parts.ledger.beat(at)
        systemd_notify.alive()
        if (profile := self.monitor.recovered(at)) is not None:
            self.record(e.Profile(at=at, name=profile))
        self.memory.checkpoint_if_new_day(self.monitor)
        self._go_on()


def _pulse() -> float:
    """Seconds from one heartbeat to the next; a watchdog of systemd's that wants it more often gets it."""
    return min(HEARTBEAT, systemd_notify.watchdog_interval() or HEARTBEAT)
