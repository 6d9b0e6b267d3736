"""Health notes for the commands: read from the ledger; written by the daemon, or here if none runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from time import monotonic, sleep
from typing import Any

import click
import msgspec

from slowrise.adapters.system.clock import RealClock
from slowrise.adapters.system.files import Unsafe, reason
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.adapters.system.single_instance import AlreadyRunning, SingleInstance, socket_of
from slowrise.cli.common import Failure, ledger_failures, load_config, now_here, open_ledger
from slowrise.config.config import Config, policy_of
from slowrise.config.parse import differences
from slowrise.core.concern import concern_of
from slowrise.core.model import events as e
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import day_of
from slowrise.core.model.timestamps import rounded
from slowrise.core.symptoms import (
    Episode,
    History,
    SymptomResponse,
    episode_of,
    history_of,
    response_to,
    with_file_profiles,
)
from slowrise.daemon import control
from slowrise.history.monitor import Monitor
from slowrise.ports.ledger import UNREAD, Archive

PATIENCE = 10.0
"""Seconds to wait for a daemon that starts or ends: it holds the record, and its socket does not answer."""
RETRY = 0.1
"""Seconds between two attempts."""
PROFILE_NOTES = ("flare-up", "profile", "clinician")
"""The notes that choose a profile, or are about one."""


class DaemonBusy(Failure):
    """A daemon is starting, ending or hanging: it holds the ledger and does not answer."""


class HealthNotes:
    """The health notes of one data directory."""

    def __init__(self, paths: Paths, warn: Callable[[str], None] | None = None) -> None:
        """`warn` receives a sentence about each trouble that does not stop the note; by default, stderr does."""
        self.paths = paths
        self._warn = warn or partial(click.echo, err=True)

    def response_to(self, kind: e.SymptomKind, side: e.Side, level: int) -> SymptomResponse:
        """Return how to respond to a new symptom. If the ledger cannot be read, treat it as the first one."""
        events: list[e.Event] = []
        try:
            events = self.events()
        except Failure as failure:
            self._warn(failure.message)
        symptom = e.Symptom(at=now_here(), kind=kind, side=side, level=level)
        day_starts = self._settings().day_starts
        return response_to(
            symptom,
            history_of(events),
            in_flare_up=episode_of(events) is not None,
            asks_clinician=concern_of([*events, symptom], day_starts).asks(day_of(symptom.at, day_starts)),
        )

    def asks_clinician(self) -> bool:
        """Return whether the symptoms of these days ask for a clinician, and the user has not ticked it."""
        day_starts = self._settings().day_starts
        return concern_of(self.events(), day_starts).asks(day_of(now_here(), day_starts))

    def history(self) -> History:
        """Return all symptoms ever logged."""
        return history_of(self.events())

    def episode(self) -> Episode | None:
        """Return the flare-up that is on, if any."""
        return episode_of(self.events())

    def profile(self) -> tuple[Policy, datetime | None]:
        """Return the limits in force today, and when their profile ends by itself (None if it does not)."""
        config = load_config(self.paths.config)
        now, monitor = now_here(), self._recalled(config)
        if (next_profile := monitor.recovered(now)) is not None:
            return policy_of(config, next_profile), None
        return monitor.policy_on(day_of(now, config.day_starts)), monitor.recovery_until

    def is_flare_up_in_file(self) -> bool:
        """Return whether the settings file names the flare-up profile."""
        return self._settings().profile == "flare-up"

    def is_going_back(self) -> bool:
        """Return whether a flare-up goes on, or the recovery from one."""
        monitor = self._recalled(self._settings())
        return monitor.state.policy.profile == "flare-up" or (
            monitor.recovery_until is not None and monitor.recovered(now_here()) is None
        )

    def _recalled(self, config: Config) -> Monitor:
        monitor = Monitor.under(config, weights())
        for event in self.events():
            monitor.recall(event)
        return monitor

    def add(self, event: str, **facts: Any) -> None:
        """Log a note. With `red_flags=True` the daemon also shows them, now or when it starts, until they are read."""
        since = now_here()
        until = monotonic() + PATIENCE
        while not self._is_added({"event": event, **facts}, since, may_wait=monotonic() < until):
            sleep(RETRY)

    def _is_added(self, note: dict[str, Any], since: datetime, *, may_wait: bool) -> bool:
        """Log the note. With `may_wait` return False if a daemon is just starting or ending."""
        try:
            control.ask(socket_of(self.paths), "note", note)
        except control.NotRunning as silence:
            plain = {key: value for key, value in note.items() if key != "red_flags"}
            try:
                self._add_without_daemon(plain, since, red_flags=note.get("red_flags", False))
            except DaemonBusy:
                if may_wait and isinstance(silence, control.Absent):
                    return False
                raise
        except control.Refused as error:
            raise Failure(str(error), error.code) from None
        return True

    def mark_read(self) -> None:
        """Note that the red flags were read. The daemon, if one runs, closes its notice."""
        try:
            control.ask(socket_of(self.paths), "read")
        except control.NotRunning:
            if self.is_unread():
                with self._writing() as ledger:
                    ledger.note(UNREAD, "")
        except control.Refused as error:
            raise Failure(str(error), error.code) from None

    def is_unread(self) -> bool:
        """Return whether the red flags wait to be read, as far as the ledger can be read."""
        with suppress(Failure), open_ledger(self.paths) as ledger:
            return bool(ledger.noted(UNREAD))
        return False

    def events(self) -> list[e.Event]:
        """Return all health notes, in order, and the profiles that the settings file chose."""
        with open_ledger(self.paths) as ledger:
            recorded = list(ledger.health(settings=True))
        return list(with_file_profiles([*recorded, *self._file_now()]))

    def _file_now(self) -> list[e.Event]:
        """Return what the settings file says now; nothing if it has mistakes. The daemon may not have read it yet."""
        with suppress(Failure):
            return [e.PolicyChanged(at=now_here(), settings=differences(load_config(self.paths.config)))]
        return []

    def _add_without_daemon(self, note: dict[str, Any], since: datetime, *, red_flags: bool = False) -> None:
        with self._writing() as ledger:
            self._append(ledger, note, since)
            if red_flags:
                ledger.note(UNREAD, "yes")

    @contextmanager
    def _writing(self) -> Iterator[Archive]:
        """Open the ledger to write, under the lock of the daemon."""
        from slowrise.daemon.app import open_ledger as open_to_write  # imports all adapters

        try:
            instance = SingleInstance(self.paths.lock, is_brief=True)
        except AlreadyRunning:
            raise DaemonBusy("slowrise is running but does not answer; nothing was logged. Try again.") from None
        except (Unsafe, OSError) as error:
            raise Failure(f"{self.paths.data}: {reason(error)}") from None
        try:
            with ledger_failures(), closing(open_to_write(self.paths, self._warn)) as ledger:
                yield ledger
        finally:
            instance.release()

    def _settings(self) -> Config:
        """The user's settings, or the defaults: a mistake in the file must not lose a health note."""
        try:
            return load_config(self.paths.config)
        except Failure:
            return Config()

    def _append(self, ledger: Archive, note: dict[str, Any], since: datetime) -> None:
        """Append the note, unless a daemon did so `since` then: one that ends may write it and not answer."""
        from slowrise.daemon.app import restore_monitor  # imports all adapters

        if any(_is(note, event) and event.at >= rounded(since) for event in ledger.health()):
            return
        clock = RealClock()
        last = ledger.last_sign()
        now = clock.now().wall
        monitor = restore_monitor(ledger, clock, self._settings())
        if last is not None and (monitor is None or monitor.is_running):
            # The last run crashed. Without an end, the note would count as its last sign of life.
            ledger.append(e.Stopped(at=last))
        at = now if last is None else max(now, last)
        if note["event"] in PROFILE_NOTES:
            # A choice of the user holds until the file changes, so the record needs the profile of the file too.
            recorded, file_now = list(ledger.health(settings=True)), self._file_now()
            if len(list(with_file_profiles([*recorded, *file_now]))) > len(list(with_file_profiles(recorded))):
                ledger.append_all(msgspec.structs.replace(each, at=at) for each in file_now)
        ledger.append(msgspec.convert({**note, "at": at}, e.AnyHealth))


def _is(note: dict[str, Any], event: e.Event) -> bool:
    """Return whether the event is this note."""
    return bool(msgspec.convert({**note, "at": event.at}, e.AnyHealth) == event)
