"""A local day as it was concluded, whole or in numbers alone, and the same as bytes. Nothing is concluded here."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import Span
from slowrise.core.prompts.kinds import PromptKind


class ShownPrompt(NamedTuple):
    """A prompt that was shown at `label`, after so many seconds in the bout."""

    shown_at: datetime
    kind: PromptKind
    bout_seconds: float


class DayRecord(NamedTuple):
    """What the day comes to, the spans it was counted from, and what was said."""

    summary: Summary
    spans: tuple[Span, ...] = ()
    prompts: tuple[ShownPrompt, ...] = ()


class _Rest(NamedTuple):
    spans: tuple[Span, ...]
    prompts: tuple[ShownPrompt, ...]


# JSON, for MessagePack would turn every label into UTC.
_encoder = msgspec.json.Encoder()
_numbers = msgspec.json.Decoder(Summary)
_rest = msgspec.json.Decoder(_Rest)


def packed(record: DayRecord) -> tuple[bytes, bytes]:
    """The summary, and the rest."""
    return _encoder.encode(record.summary), _encoder.encode(_Rest(record.spans, record.prompts))


def unpacked(numbers: bytes, rest: bytes) -> DayRecord:
    """The record again; without its rest where that is empty. Raises `msgspec.DecodeError`."""
    summary = _numbers.decode(numbers)
    return DayRecord(summary, *_rest.decode(rest)) if rest else DayRecord(summary)
