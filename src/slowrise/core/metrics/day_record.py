"""One local day as concluded: its summary, its spans and the prompts shown; and the same as bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.model.spans import Span
from slowrise.core.prompts.kinds import PromptAnswer, PromptKind, asks_to_move


class ShownPrompt(NamedTuple):
    """A prompt that was shown at `shown_at`, after `bout_seconds` of the bout, and its answer if there was one."""

    shown_at: datetime
    kind: PromptKind
    bout_seconds: float
    answer: PromptAnswer | None = None


class DayRecord(NamedTuple):
    """A summary, the spans it was counted from, and the prompts of the day. Spans and prompts may be left out."""

    summary: Summary
    spans: tuple[Span, ...] = ()
    prompts: tuple[ShownPrompt, ...] = ()


def day_record(
    day: date,
    spans: Sequence[Span],
    *,
    break_min: float,
    good_longest: float,
    person_sd: float,
    prompts: Sequence[ShownPrompt] = (),
    symptoms: Sequence[SymptomNote] = (),
    flare_up: bool = False,
    open_end: bool = False,
    sampled: bool = True,
) -> DayRecord:
    """Build the record of a day from its spans. `summarize` explains the arguments."""
    summary = summarize(
        spans,
        day=day,
        break_min=break_min,
        good_longest=good_longest,
        person_sd=person_sd,
        prompts=Counter(prompt.kind for prompt in prompts),
        answers=Counter(each.answer for each in prompts if each.answer is not None and asks_to_move(each.kind)),
        symptoms=symptoms,
        flare_up=flare_up,
        open_end=open_end,
        sampled=sampled,
    )
    return DayRecord(summary, tuple(spans), tuple(prompts))


# JSON, because MessagePack would turn every label into UTC.
_encoder = msgspec.json.Encoder()
_summary = msgspec.json.Decoder(Summary)
_details = msgspec.json.Decoder(tuple[tuple[Span, ...], tuple[ShownPrompt, ...]])


def packed(record: DayRecord) -> tuple[bytes, bytes]:
    """Encode the record as two parts: the summary, and its spans and prompts."""
    return _encoder.encode(record.summary), _encoder.encode((record.spans, record.prompts))


def unpacked(summary: bytes, details: bytes) -> DayRecord:
    """Decode what `packed` returned; empty `details` leave spans and prompts out. Raises `msgspec.DecodeError`."""
    found = _summary.decode(summary)
    return DayRecord(found, *_details.decode(details)) if details else DayRecord(found)
