"""Health notes as the commands need them: read from the ledger, written by the daemon or, where none runs, by us."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slowrise.cli.common import Failure, configured, found, here_and_now

if TYPE_CHECKING:
    from slowrise.config.config import Config
    from slowrise.core.model.events import Event, Side, SymptomKind
    from slowrise.core.model.policy import ProfileName
    from slowrise.core.symptoms import Episode, History, SymptomResponse


class HealthNotes:
    """The health notes of one data directory."""

    def __init__(self, data_dir: Path | None, config_file: Path | None) -> None:
        self.paths = found(data_dir, config_file)

    def response_to(self, kind: SymptomKind, side: Side, level: int) -> SymptomResponse:
        """What one more symptom calls for. Where the ledger cannot be read, as if nothing had been noted."""
        from slowrise.core.model.events import Symptom
        from slowrise.core.symptoms import History, response_to

        history, episode = History(), None
        try:
            history, episode = self.history(), self.episode()
        except Failure as failure:
            click.echo(failure.message, err=True)
        note = Symptom(at=here_and_now(), kind=kind, side=side, level=level)
        return response_to(note, history, in_flare_up=episode is not None)

    def history(self) -> History:
        """All symptoms ever noted."""
        from slowrise.core.symptoms import history_of

        return history_of(self._events())

    def episode(self) -> Episode | None:
        """The flare-up that goes on."""
        from slowrise.core.symptoms import episode_of

        return episode_of(self._events())

    def profile(self) -> tuple[ProfileName, datetime | None]:
        """The profile in force, and until when where it ends by itself."""
        from slowrise.adapters.system.resources import weights
        from slowrise.history.monitor import Monitor

        monitor = Monitor.under(configured(self.paths.config), weights())
        for event in self._events():
            monitor.recall(event)
        if (over := monitor.recovered(here_and_now())) is not None:
            return over, None
        return monitor.state.policy.profile, monitor.recovery_until

    def add(self, event: str, **facts: Any) -> None:
        """Take one down. `red_flags` asks the daemon to show them too."""
        from slowrise.daemon import control

        try:
            control.ask(self.paths.socket, "note", {"event": event, **facts})
        except control.NotRunning:
            facts.pop("red_flags", None)
            self._add_alone({"event": event, **facts})
        except control.Refused as error:
            raise Failure(str(error), error.code) from None

    def were_read(self) -> None:
        """Let the daemon take the red flags away that it shows."""
        from slowrise.daemon import control

        with suppress(control.NotRunning, control.Refused):
            control.ask(self.paths.socket, "read")

    def _events(self) -> list[Event]:
        from slowrise.adapters.storage.sqlite import SqliteLedger
        from slowrise.ports.ledger import LedgerFailed

        try:
            ledger = SqliteLedger.open_read_only(self.paths.ledger)
            events = list(ledger.health())
            ledger.close()
        except LedgerFailed as error:
            raise Failure(str(error)) from None
        return events

    def _add_alone(self, plain: dict[str, Any]) -> None:
        """Write it ourselves, as the one who has the ledger for that moment."""
        from slowrise.adapters.system.files import Unsafe
        from slowrise.adapters.system.single_instance import AlreadyRunning, SingleInstance
        from slowrise.ports.ledger import LedgerFailed

        try:
            instance = SingleInstance(self.paths.lock)
        except AlreadyRunning:
            raise Failure("The daemon runs and does not answer; nothing was logged. Try again.") from None
        except (Unsafe, OSError) as error:
            raise Failure(f"{self.paths.data}: {error}") from None
        try:
            self._append(plain)
        except LedgerFailed as error:
            raise Failure(str(error)) from None
        finally:
            instance.release()

    def _settings(self) -> Config:
        """Those of the file, or the defaults where it is wrong: a health note is written down all the same."""
        from slowrise.config.parse import parse

        config: Config
        try:
            config = configured(self.paths.config)
        except Failure:
            config = parse("")
        return config

    def _append(self, plain: dict[str, Any]) -> None:
        import msgspec

        from slowrise.adapters.system.clock import RealClock
        from slowrise.core.model import events as e
        from slowrise.daemon.app import open_ledger, remembered

        clock = RealClock()
        ledger = open_ledger(self.paths, lambda told: click.echo(told, err=True))
        last = ledger.last_sign()
        now = clock.now().wall
        monitor = remembered(ledger, clock, self._settings())
        if last is not None and (monitor is None or monitor.is_running):
            # The last run ended without a word. What comes after it would otherwise count as its sign of life.
            ledger.append(e.Stopped(at=last))
        at = now if last is None else max(now, last)
        ledger.append(msgspec.convert({**plain, "at": at}, e.AnyHealth))
        ledger.close()
