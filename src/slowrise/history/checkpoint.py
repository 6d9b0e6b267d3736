"""What outlives a run: the story so far, made again from the ledger, and a few facts that are no events.

A checkpoint is the state of the rules after a row of the ledger. It only saves time: without one, or with one that
another version wrote, everything is concluded again from the events.
"""

from __future__ import annotations

import logging
import zlib
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import msgspec

from slowrise import __version__
from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config, policy_of
from slowrise.core.engine import Outlook
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import day_bounds
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.evidence_table import NO_TABLE
from slowrise.history.monitor import Monitor
from slowrise.ports.ledger import Archive, LedgerFailed

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=60)
"""Without a checkpoint so much is told: more than any limit looks back, the recovery's two weeks included."""
SYMPTOMS_KEPT = timedelta(days=30)

_encoder = msgspec.msgpack.Encoder()


def encode_checkpoint(monitor: Monitor) -> bytes:
    """The story's state as bytes; of its record only what is needed to go on, for the rest lies in the ledger."""
    state = monitor.state
    needed = state.needed_from
    oldest = state.timeline.of(state.presence.now) - SYMPTOMS_KEPT
    slim = msgspec.structs.replace(
        monitor,
        state=msgspec.structs.replace(
            state,
            segments=[segment for segment in state.segments if segment.end > needed],
            presence=msgspec.structs.replace(state.presence, table=NO_TABLE),
            outlook=Outlook(),
        ),
        prompts=[prompt for prompt in monitor.prompts if prompt.at >= needed],
        symptoms=[note for note in monitor.symptoms if note.at >= oldest],
    )
    # MessagePack alone would turn every label into UTC, and JSON has no infinity.
    return zlib.compress(_encoder.encode((__version__, msgspec.to_builtins(slim))))


def decode_checkpoint(state: bytes) -> Monitor | None:
    """The story that `encode_checkpoint` wrote; None where another version wrote it."""
    try:
        version, monitor = msgspec.msgpack.decode(zlib.decompress(state), type=tuple[str, msgspec.Raw])
        found = msgspec.msgpack.decode(monitor, type=Monitor) if version == __version__ else None
    except (zlib.error, msgspec.DecodeError) as error:
        log.debug("a checkpoint could not be used: %s", error)
        return None
    if found is not None:
        found.state.presence.table = weights()
    return found


def monitor_before(archive: Archive, begin: datetime, config: Config) -> tuple[Monitor, int]:
    """The story as it stood at some row of the ledger before `begin`, and that row."""
    found = archive.checkpoint_before(begin)
    monitor = None if found is None else decode_checkpoint(found[1])
    if found is not None and monitor is not None:
        monitor.config = config
        monitor.state.policy = policy_of(config, monitor.profile)
        return monitor, found[0]
    monitor = Monitor.under(config, weights())
    oldest = begin - LOOK_BACK
    for note in archive.health():
        if note.at < oldest:
            monitor.recall(note)
    return monitor, archive.row_before(oldest)


def monitor_until(archive: Archive, begin: datetime, end: datetime | None, config: Config) -> Monitor:
    """The story as it stood at `end` (None: now), whose record reaches back at least to `begin`."""
    monitor, row = monitor_before(archive, begin, config)
    for _, event in archive.events_after(row):
        if end is not None and event.at >= end:
            break
        monitor.handle(event)
    return monitor


class Persistence:
    """What the daemon asks of its ledger beside keeping events. Where it cannot be read, nothing is remembered."""

    def __init__(self, archive: Archive, *, whole: bool) -> None:
        """`whole`: the story goes on from what the ledger holds; one that does not must never be its checkpoint."""
        self._archive = archive
        self._whole = whole
        self._day = ""

    def last_sign(self) -> datetime | None:
        """The last sign of life of the run before."""
        with suppress(LedgerFailed):
            return self._archive.last_sign()
        return None

    def crashed_at(self, monitor: Monitor) -> datetime | None:
        """The same, if that run did not say that it stopped."""
        return self.last_sign() if monitor.is_running else None

    def is_first_start(self) -> bool:
        """True once in the life of a ledger."""
        if self._noted("welcomed", otherwise="yes") is not None:
            return False
        self._archive.note("welcomed", "yes")
        return True

    def paused_until(self) -> datetime | None:
        """When the pause ends that the run before was in."""
        text = self._noted("paused-until")
        return datetime.fromisoformat(text) if text else None

    def note_pause(self, until: datetime | None) -> None:
        """Remember a pause over a restart; None: there is none."""
        self._archive.note("paused-until", "" if until is None else iso(until))

    def summary_of(self, day: date, monitor: Monitor, now: datetime, at: float) -> Summary | None:
        """The summary of a local day up to `now` (`at` for the story that goes on); None where none is known."""
        begin, _ = day_bounds(day, monitor.state.policy.day_starts, now.tzinfo or UTC)
        if day.isoformat() != monitor.state.today.name:
            try:
                monitor = monitor_until(self._archive, begin, begin + timedelta(hours=26), monitor.config)
            except LedgerFailed as error:
                log.warning("the past cannot be read at present: %s", error)
                return None
            at = monitor.state.presence.now
        part = monitor.by_day(monitor.spans(at, begin)).get(day)
        return None if part is None else monitor.summary(day, part)

    def checkpoint(self, monitor: Monitor) -> None:
        """Save where the story stands."""
        if self._whole:
            with suppress(LedgerFailed):
                self._archive.save_checkpoint(
                    monitor.state.today.name, self._archive.last_row(), encode_checkpoint(monitor)
                )

    def checkpoint_if_new_day(self, monitor: Monitor) -> None:
        """Save it once a day, as soon as the day has rolled over."""
        if monitor.state.today.name != self._day:
            if self._day:
                self.checkpoint(monitor)
                forget_before_today(monitor)
            self._day = monitor.state.today.name

    def _noted(self, key: str, otherwise: str | None = None) -> str | None:
        with suppress(LedgerFailed):
            return self._archive.noted(key)
        return otherwise


def forget_before_today(monitor: Monitor) -> None:
    """Let go of what a new day no longer needs; the ledger has it."""
    forget_before(monitor, min(monitor.state.today.start - 86400.0, monitor.state.needed_from))


def forget_before(monitor: Monitor, keep: float) -> None:
    """Let go of what ended before an instant on the axis."""
    state = monitor.state
    state.segments = [segment for segment in state.segments if segment.end > keep]
    state.posture.stands = [stand for stand in state.posture.stands if stand.end is None or stand.end > keep]
    state.answers = [answer for answer in state.answers if answer.end > keep]
    monitor.prompts = [prompt for prompt in monitor.prompts if prompt.at > keep]
