"""The monitor rebuilt from the ledger, and the checkpoint that shortens this.

The checkpoint is the monitor's state after some row of the ledger. It only saves time: without it, or if another
version wrote it, the monitor replays the events.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

import msgspec

from slowrise import __version__
from slowrise.config.config import Config
from slowrise.core.engine import Outlook
from slowrise.core.presence.evidence_table import NO_TABLE, Table
from slowrise.history.monitor import Monitor
from slowrise.ports.ledger import Archive

LOOK_BACK = timedelta(days=60)
"""How much to replay without a checkpoint: more than any rule looks back, the two weeks of recovery included."""
SYMPTOMS_KEPT = timedelta(days=30)

_encoder = msgspec.msgpack.Encoder()


def encode_checkpoint(monitor: Monitor) -> bytes:
    """Encode the monitor's state. Of its record only what the rules still need; the ledger has the rest."""
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


def decode_checkpoint(state: bytes, table: Table) -> Monitor | None:
    """Decode what `encode_checkpoint` wrote; None if another version wrote it or it is damaged."""
    try:
        version, encoded = msgspec.msgpack.decode(zlib.decompress(state), type=tuple[str, msgspec.Raw])
        monitor = msgspec.msgpack.decode(encoded, type=Monitor) if version == __version__ else None
    except (zlib.error, msgspec.DecodeError):
        return None
    if monitor is not None:
        monitor.state.presence.table = table
    return monitor


def saved_monitor(archive: Archive, table: Table) -> tuple[Monitor, int] | None:
    """Return the monitor of the checkpoint and the row it was saved after; None without a usable checkpoint."""
    found = archive.checkpoint()
    monitor = None if found is None else decode_checkpoint(found[1], table)
    return None if found is None or monitor is None else (monitor, found[0])


def new_monitor(archive: Archive, begin: datetime, config: Config, table: Table) -> tuple[Monitor, int]:
    """Return a monitor without a past, and the row after which to replay so that it is right from `begin` on."""
    monitor = Monitor.under(config, table)
    oldest = begin - LOOK_BACK
    for event in archive.health(settings=True):
        if event.at < oldest:
            monitor.recall(event)
    return monitor, archive.row_before(oldest)


def monitor_before(archive: Archive, begin: datetime, config: Config, table: Table) -> tuple[Monitor, int]:
    """Return the monitor as it was at some row before `begin`, and that row."""
    saved = saved_monitor(archive, table)
    if saved is None or saved[0].now >= begin:
        return new_monitor(archive, begin, config, table)
    monitor, row = saved
    monitor.adopt(config)
    return monitor, row


def restored_monitor(archive: Archive, now: datetime, config: Config, table: Table) -> Monitor:
    """Return the monitor as the last event in the ledger left it."""
    monitor, row = monitor_before(archive, now, config, table)
    for _, event in archive.events_after(row):
        monitor.handle(event)
    return monitor
