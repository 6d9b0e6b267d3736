"""The composition root: the one place that builds the daemon and everything around it.

`build` makes the daemon of this machine; `App` connects any daemon, real or simulated, with what answers its buttons
and commands and looks after its files. `slowrise run`, `slowrise demo`, the benchmarks and the tests all use it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from slowrise.adapters.input import choose as sources
from slowrise.adapters.notify import choose as notifiers
from slowrise.adapters.notify.user_command import CommandNotifier
from slowrise.adapters.signals import choose as signals
from slowrise.adapters.storage import repair
from slowrise.adapters.storage.buffered import BufferedLedger
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import systemd_notify
from slowrise.adapters.system.clock import Clock, RealClock, boot_seconds
from slowrise.adapters.system.clock_changes import ClockChanges
from slowrise.adapters.system.desktop import follow_desktop
from slowrise.adapters.system.files import Unsafe, exists
from slowrise.adapters.system.launcher import Launcher
from slowrise.adapters.system.paths import NoHome, Paths, autostart_entry
from slowrise.adapters.system.resources import read_config, read_guidance, weights
from slowrise.adapters.system.standard_streams import ends_with_terminal
from slowrise.config import config as c
from slowrise.config.parse import ConfigError, from_differences
from slowrise.core.model.events import PolicyChanged
from slowrise.daemon.control_server import ControlServer
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.daemon.desktop_follower import DesktopFollower
from slowrise.daemon.housekeeping import Housekeeping
from slowrise.daemon.notifications import Notifications
from slowrise.daemon.persistence import Persistence
from slowrise.daemon.requests import Requests
from slowrise.daemon.session import Session
from slowrise.daemon.share_publisher import SharePublisher
from slowrise.daemon.supervisor import Watchable
from slowrise.daemon.timers import Timers
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.monitor import Monitor
from slowrise.ports.input import Source
from slowrise.ports.ledger import Archive, LedgerFailed
from slowrise.ports.notifier import Notifier
from slowrise.ports.probe import Unavailable
from slowrise.ports.tray import TrayContent

if TYPE_CHECKING:
    from slowrise.daemon.tray import Icon, Tray

log = logging.getLogger(__name__)

SourceMaker = Callable[[c.SourceSettings], Awaitable[Source]]
SignalMaker = Callable[[], Awaitable[Watchable]]

REPAIR_PATIENCE = 30.0
"""Seconds of patience that the daemon asks of systemd, again and again, while it replaces a damaged ledger."""


class CannotListen(Exception):
    """The control socket cannot be opened; the message is the reason."""


class App:
    """A daemon with what answers its buttons and, if it has paths, what answers commands and looks after its files."""

    def __init__(
        self,
        parts: Parts,
        notifier: Notifier,
        monitor: Monitor | None = None,
        *,
        paths: Paths | None = None,
        make_icon: Callable[[TrayContent], Icon] | None = None,
        follows_desktop: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Create it within the running loop.

        `monitor`: the state at the end of the ledger; None if the ledger cannot be read at present. `make_icon`: makes
        the icon in the panel; None for no icon. `follows_desktop`: look again when displays come and go. `changed` is
        called whenever there may be something new to see.
        """
        launcher = Launcher(paths) if paths else None
        open_window = launcher.open_window if launcher and launcher.can_open_window else None
        persistence = Persistence(parts.ledger, complete=monitor is not None)
        self.daemon = Daemon(
            parts,
            monitor or Monitor.under(parts.config, weights()),
            persistence,
            Timers(parts.clock.boot),
            Notifications(
                notifier,
                read_guidance(parts.config.guidance),
                # The daemon does not exist yet: it and its notifications call each other.
                pressed=lambda press: self.requests.press(press),  # noqa: PLW0108
                policy=lambda: self.daemon.monitor.state.policy,
                summary_of=lambda day: self.daemon.summary_of(day),  # noqa: PLW0108
                usual_of=lambda latest, now: self.daemon.usual_of(latest, now),  # noqa: PLW0108
                open_report=launcher.open_report if launcher and launcher.can_report else None,
                has_window=open_window is not None,
                unread=persistence.is_unread(),
                note_unread=persistence.note_unread,
                staying=lambda kind: self.daemon.on_staying(kind),  # noqa: PLW0108
                changed=self._on_change,
            ),
            changed=self._on_change,
        )
        self.requests = Requests(self.daemon, open_window=open_window)
        self._changed = changed
        self._make_icon = make_icon
        self._follows_desktop = follows_desktop
        self._tray: Tray | None = None
        self._server = ControlServer(paths.socket, self.requests.answer) if paths else None
        self._session: Session | None = None
        """The session with which this daemon ends; None for a service, which waits for the next one."""
        self._housekeeping = (
            Housekeeping(
                parts.ledger,
                lambda: self.daemon.parts.config,
                self.daemon.now,
                is_settled=lambda: self.daemon.monitor.is_past_settled,
            )
            if paths
            else None
        )
        self._publisher = (
            SharePublisher(parts.ledger, parts.config, self.daemon.now, lambda: self.daemon.monitor.is_running)
            if paths and parts.config.share.folder
            else None
        )

    async def serve(
        self, source: Source | None = None, *, beside: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        """Run the daemon until it stops, with its control socket and its signals. Raises `CannotListen`.

        `source`: the one to begin with, if it is made already. `beside`: runs as long as the daemon does.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.daemon.stop)
        # A terminal that closes sends this to the programs in it. Elsewhere it asks a daemon to read its configuration.
        is_service, in_terminal = systemd_notify.is_service(), ends_with_terminal()
        ends = in_terminal and not is_service
        loop.add_signal_handler(signal.SIGHUP, self.daemon.stop if ends else self.requests.reload_and_log)
        if self._server is not None and sys.platform == "linux" and not (is_service or in_terminal):
            self._session = Session(boot_seconds)
        clock_changes = ClockChanges(self.daemon.check_clock)
        async with AsyncExitStack() as stack:
            stack.callback(clock_changes.close)
            if (file := clock_changes.fileno()) is not None:
                loop.add_reader(file, clock_changes.heard)
                stack.callback(loop.remove_reader, file)
            if self._publisher is not None:
                stack.callback(self._publisher.close)
            if self._server is not None:
                try:
                    await self._server.start()
                except (Unsafe, OSError) as error:
                    raise CannotListen(str(error)) from None
                stack.push_async_callback(self._server.close)
            if self._follows_desktop:
                follower = DesktopFollower(
                    self._look_at_desktop,
                    is_blind=lambda: not self.daemon.source.watching.displays,
                    served=self.daemon.notifications.on_service,
                )
                stack.callback(follower.close)
            if beside is not None:
                stack.callback(asyncio.ensure_future(beside()).cancel)
            stack.push_async_callback(self._close_tray)
            await self.daemon.run(source)

    def _look_at_desktop(self) -> None:
        if self._server is not None:
            self._server.look()
        self.daemon.look_at_desktop()
        self._end_with_session()
        if self._tray is not None:
            self._tray.try_now()

    def _look_after_tray(self) -> None:
        wanted = self.daemon.parts.config.tray.show != "never"
        if self._make_icon is None or not (wanted or self._tray):
            return
        if self._tray is None:
            from slowrise.daemon.tray import DaemonContent, Tray

            content = DaemonContent(self.requests, comes_back=starts_at_login)
            self._tray = Tray(partial(self._make_icon, content))
        self._tray.look(wanted=wanted)

    async def _close_tray(self) -> None:
        if self._tray is not None:
            await self._tray.close()

    def _end_with_session(self) -> None:
        watched = self.daemon.source.watched
        sees_display = watched is not None and watched.name != "terminal"
        if self._session is not None and self._session.has_ended(sees_display=sees_display):
            self._session = None
            log.info("the session that slowrise was started in has ended, and slowrise with it")
            self.daemon.stop()

    def _on_change(self) -> None:
        if self._server is not None:
            self._server.look()
            if self._server.followed:
                self._server.publish(self.requests.status_object())
        self._end_with_session()
        if self._housekeeping is not None:
            self._housekeeping.look()
        if self._publisher is not None:
            self._publisher.look()
        self._look_after_tray()
        self._changed()


async def build(
    paths: Paths,
    config: c.Config,
    *,
    warn: Callable[[str], None],
    keep_lock: Callable[[], None],
    source: str | None = None,
    is_refused: bool = False,
    own_display: bool = False,
) -> App:
    """Build the daemon of this machine. It continues where the ledger ends. Raises `LedgerFailed`.

    `warn` receives what the user should know of the ledger; `keep_lock` is called now and then, see `Parts`; `source`:
    the name of the only source to use; `is_refused`: the file has mistakes, so that `config` is older; `own_display`:
    watch no other display than that of this process.
    """
    clock = RealClock()
    ledger = open_ledger(paths, warn, even_to_read=True)
    parts = Parts(
        config=config,
        clock=clock,
        ledger=ledger,
        make_source=source_maker(source, own_display=own_display),
        make_signals=signal_makers(config),
        make_notifier=make_notifier,
        read_config=lambda: read_config(paths.config),
        is_refused=is_refused,
        keep_lock=keep_lock,
    )
    notifier = await make_notifier(config.notifications)
    return App(
        parts,
        notifier,
        restore_monitor(ledger, clock, config),
        paths=paths,
        make_icon=make_icon,
        follows_desktop=sys.platform == "linux",
    )


def last_settings(paths: Paths) -> c.Config:
    """Return the last recorded settings that this version accepts, or else the defaults."""
    with suppress(LedgerFailed), closing(SqliteLedger.open_read_only(paths.ledger)) as ledger:
        recorded = [event.settings for event in ledger.health(settings=True) if isinstance(event, PolicyChanged)]
        for settings in reversed(recorded):
            with suppress(ConfigError):
                return from_differences(settings)
    return c.Config()


def starts_at_login() -> bool:
    """Return whether slowrise starts again with the next login, as far as it can tell."""
    try:
        return systemd_notify.is_service() or autostart_entry().exists()
    except NoHome:
        return False


def make_icon(content: TrayContent) -> Icon:
    """Return the icon for this desktop's panel. A daemon without one does not load its code."""
    from slowrise.adapters.tray.status_notifier import StatusNotifierIcon

    return StatusNotifierIcon(content)


def open_ledger(paths: Paths, warn: Callable[[str], None], *, even_to_read: bool = False) -> Archive:
    """Open the ledger to write to. A damaged one is moved aside, so that today is recorded all the same.

    `even_to_read`: while it cannot be written, read it, so that a daemon knows the day and the health notes.
    """

    def reopen() -> Archive:
        why = "which was seen before"
        try:
            if not repair.is_under_way(paths.ledger):
                return SqliteLedger(paths.ledger, say=warn)
        except LedgerFailed as error:
            if error.kind not in ("unusable", "newer"):
                raise
            why = error.reason
        aside = repair.renew(paths.ledger, alive=lambda: systemd_notify.takes_longer(REPAIR_PATIENCE))
        fresh = SqliteLedger(paths.ledger)
        saved = fresh.last_row()
        begun = f"a new one was begun with the {saved} events that could be read" if saved else "a new one was begun"
        warn(f"The record could not be read ({why}). It is kept unchanged in {aside}, and {begun}.")
        return fresh

    def look() -> Archive:
        if not exists(paths.ledger):  # it may be on a disk that comes later
            raise LedgerFailed(f"{paths.ledger}: it is not there")
        return SqliteLedger.open_read_only(paths.ledger, say=warn)

    return BufferedLedger(reopen, now=boot_seconds, say=warn, look=look if even_to_read else None)


def restore_monitor(ledger: Archive, clock: Clock, config: c.Config) -> Monitor | None:
    """Return the monitor as the last run left it; None if the ledger cannot be read at present."""
    try:
        return restored_monitor(ledger, clock.now().wall, config, weights())
    except LedgerFailed as error:
        log.warning("the past cannot be read at present: %s", error)
        return None


async def make_notifier(wanted: c.NotificationSettings) -> Notifier:
    """Return the notifier of this desktop, with the user's own command if there is one."""
    notifier = await notifiers.choose(wanted.use, sound=wanted.sound)
    return CommandNotifier(notifier, wanted.on_prompt) if wanted.on_prompt else notifier


def source_maker(forced: str | None, *, own_display: bool = False) -> SourceMaker:
    """Return a function that makes the best source.

    `forced`: the name of the only one to try. `own_display`: on the display that the environment names, and no other.
    """

    async def make(wanted: c.SourceSettings) -> Source:
        try:
            return await choose_source(wanted, forced, own_display=own_display)
        except sources.NothingToWatch as error:
            raise Unavailable(str(error)) from None

    return make


async def choose_source(wanted: c.SourceSettings, forced: str | None, *, own_display: bool) -> Source:
    """Return the best source now, see `source_maker`. Raises `NothingToWatch`, or KeyError for an unknown name."""
    looks = not own_display and sys.platform == "linux"
    if looks:
        await follow_desktop()
    return await sources.choose(forced or wanted.use, resolution=wanted.resolution, all_displays=looks)


def signal_makers(config: c.Config) -> tuple[tuple[str, SignalMaker], ...]:
    """Return a function that makes each signal, by name."""
    makers: dict[str, SignalMaker] = {name: partial(signals.make, name) for name in signals.SIGNALS}
    if sensor := config.standing_desk.sensor:
        makers["desk-sensor"] = partial(signals.make_desk_sensor, sensor)
    return tuple(makers.items())
