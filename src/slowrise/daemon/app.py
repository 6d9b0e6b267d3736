"""The one place where things are built and given to each other."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from slowrise.adapters.input import choose as sources
from slowrise.adapters.notify import choose as notifiers
from slowrise.adapters.notify.user_command import CommandNotifier
from slowrise.adapters.signals import choose as signals
from slowrise.adapters.storage import repair
from slowrise.adapters.storage.buffered import BufferedLedger
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import systemd_notify
from slowrise.adapters.system.clock import Clock, RealClock, boot_seconds
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import read_config, read_guidance, weights
from slowrise.config import config as c
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.daemon.supervisor import Watchable
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.monitor import Monitor
from slowrise.ports.input import Source
from slowrise.ports.ledger import Archive, LedgerFailed
from slowrise.ports.notifier import Notifier
from slowrise.ports.probe import Unavailable

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds that a supervisor is asked for, again and again, while a damaged ledger is replaced."""


def open_ledger(paths: Paths, say: Callable[[str], None]) -> Archive:
    """The ledger to write to. One that cannot be read is set aside, so that the day is recorded all the same."""

    def reopen() -> Archive:
        why = "which was seen before"
        try:
            if not repair.is_under_way(paths.ledger):
                return SqliteLedger(paths.ledger)
        except LedgerFailed as error:
            if error.kind not in ("unusable", "newer"):
                raise
            why = error.reason
        aside = repair.renew(paths.ledger, alive=lambda: systemd_notify.takes_longer(PATIENCE))
        fresh = SqliteLedger(paths.ledger)
        saved = fresh.last_row()
        begun = f"a new one was begun with the {saved} events that could be read" if saved else "a new one was begun"
        say(f"The record could not be read ({why}). It lies unchanged in {aside}, and {begun}.")
        return fresh

    return BufferedLedger(reopen, now=boot_seconds, say=say)


async def make_notifier(wanted: c.Notifications) -> Notifier:
    """Where notices go, and the user's own command with each of them where there is one."""
    chain = await notifiers.choose(wanted.use, sound=wanted.sound)
    return CommandNotifier(chain, wanted.on_prompt) if wanted.on_prompt else chain


def source_maker(forced: str | None) -> Callable[[c.Source], Awaitable[Source]]:
    """Makes the source to watch with; raises `Unavailable` with the reason of each."""

    async def make(wanted: c.Source) -> Source:
        try:
            return await sources.choose(forced or wanted.use, resolution=wanted.resolution)
        except sources.NothingToWatch as error:
            raise Unavailable(str(error)) from None

    return make


def signal_makers(config: c.Config) -> tuple[tuple[str, Callable[[], Awaitable[Watchable]]], ...]:
    """What makes each signal, by name."""
    sensor = config.standing_desk.sensor
    desk = (("desk-sensor", partial(signals.make_desk_sensor, sensor)),) if sensor else ()
    return (*((name, partial(signals.make, name)) for name in signals.SIGNALS), *desk)


async def build(paths: Paths, config: c.Config, *, say: Callable[[str], None], source: str | None = None) -> Daemon:
    """The daemon of this machine. Its story goes on where the ledger left it."""
    clock = RealClock()
    ledger = open_ledger(paths, say)
    parts = Parts(
        config=config,
        clock=clock,
        ledger=ledger,
        notifier=await make_notifier(config.notifications),
        guidance=read_guidance(config.guidance),
        make_source=source_maker(source),
        make_signals=signal_makers(config),
        make_notifier=make_notifier,
        make_guidance=read_guidance,
        reread=lambda: read_config(paths.config),
    )
    return Daemon(parts, remembered(ledger, clock, config))


def remembered(ledger: Archive, clock: Clock, config: c.Config) -> Monitor | None:
    """Where the last run left the story; None where the ledger cannot be read at present."""
    try:
        return restored_monitor(ledger, clock.now().wall, config, weights())
    except LedgerFailed as error:
        log.warning("the past cannot be read at present: %s", error)
        return None
