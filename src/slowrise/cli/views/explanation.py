"""Why a silence was judged as it was, in words and as plain data. Labels are on the clock of their place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from slowrise.cli.views.evidence import evidence_words
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.wrap import cells, padded
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.segments import LIKELY, is_doubtful
from slowrise.history.explain import Explained, NoSilence, Said

STRENGTHS = (3.0, 2.0, 1.0, 0.4, 0.05)
"""Log-odds from which on a weight is called so: odds of 20, 7, 3 and 1.5 to one, and what can be seen at all."""


def explained_text(found: Explained) -> str:
    """The silence, what spoke for and against having stayed, and what came of it."""
    return "\n".join((*_head(found), "", *_weights(found), "", *_verdict(found)))


def otherwise_text(found: NoSilence, at: datetime) -> str:
    """A sentence on a time at which there was no silence to judge, and where one was."""
    lines = [_what_else(found, at)]
    if found.before is not None:
        begin, end = found.before
        last = _("The last silence before it that was judged: {begin} to {end}. slowrise why {time}")
        lines.append(last.format(begin=_clock(begin), end=_clock(end), time=_exactly(begin)))
    return "\n".join(lines)


def as_json(found: Explained | NoSilence, at: datetime | None) -> dict[str, Any]:
    """The same as plain data. `found` says what there was at that time."""
    asked = None if at is None else iso(at)
    if isinstance(found, NoSilence):
        start, end = (None if edge is None else iso(edge) for edge in (found.start, found.end))
        return {"at": asked, "found": found.what, "from": start, "to": end}
    verdict = found.verdict
    return {
        "at": asked,
        "found": "silence",
        "from": iso(found.start),
        "to": None if verdict.silence.open else iso(found.end),
        "seconds": round(verdict.end - verdict.start, 3),
        "judged_at": iso(found.judged),
        "final": verdict.is_final,
        "evidence": [
            {
                "name": weight.name,
                "words": evidence_words(weight, verdict.silence),
                "weight": round(weight.log_odds, 3),
            }
            for weight in found.weighed.weights
        ],
        "lean": round(verdict.bias, 3),
        "sum": _sum(found),
        "probability": round(verdict.probability, 3),
        "verdict": _state(verdict.probability),
        "doubtful": is_doubtful(verdict.probability),
        "machine": verdict.is_machine,
        "answers": [{"from": iso(one.start), "to": iso(one.end), "was": one.was} for one in found.said],
        "record": [
            {"state": span.state, "from": iso(span.start), "to": iso(span.end), "sure": span.confidence}
            for span in found.record
        ],
    }


def _head(found: Explained) -> Iterator[str]:
    seconds = format_duration(found.verdict.end - found.verdict.start, units())
    paths = {"day": found.start.date(), "begin": _clock(found.start), "end": _clock(found.end), "length": seconds}
    if found.verdict.silence.open:
        yield _("{day}: no input since {begin}, for {length}; it lasts still.").format(**paths)
    else:
        yield _("{day}: no input from {begin} to {end}, for {length}.").format(**paths)


def _weights(found: Explained) -> Iterator[str]:
    yield _("What spoke for having stayed seated (+) and for having left (-), the heaviest first:")
    columns = max((cells(strength(weight.log_odds)) for weight in found.weighed.weights), default=0)
    for weight in found.weighed.weights:
        words = evidence_words(weight, found.verdict.silence)
        yield f"  {weight.log_odds:+6.2f}  {padded(strength(weight.log_odds), columns)}  {words}"
    if found.verdict.is_machine:
        yield "  " + _("The touches in it came like clockwork: that is a machine, and outweighs all of this.")
    else:
        stayed = _("in all: {percent} % likely that you stayed seated").format(
            percent=_percent(found.verdict.probability)
        )
        yield f"  {_sum(found):+6.2f}  {stayed}"


def strength(weight: float) -> str:
    """How much a weight says, and for what."""
    size = abs(weight)
    words = (_("very strongly"), _("strongly"), _("clearly"), _("a little"), _("hardly"))
    how = next((word for least, word in zip(STRENGTHS, words, strict=True) if size >= least), None)
    if how is None:
        return _("says nothing")
    return (_("{how} for staying") if weight > 0 else _("{how} for leaving")).format(how=how)


def _verdict(found: Explained) -> Iterator[str]:
    verdict = found.verdict
    state = {"sitting": _("sitting"), "away": _("away")}[_state(verdict.probability)]
    paths = {"time": _clock(found.judged), "state": state if not is_doubtful(verdict.probability) else _in_doubt(state)}
    if verdict.is_final:
        yield _("Judged for good at {time}: {state}.").format(**paths)
    elif verdict.silence.open:
        yield _("As of {time}: {state}. It is judged for good a minute after you are back.").format(**paths)
    else:
        yield _("As of {time}: {state}. It is judged for good a minute after the return.").format(**paths)
    for said in found.said:
        yield _said(said)
    # What stands in the record, where that is not the verdict itself: by an answer, or by declared standing.
    if any(span.state != _state(verdict.probability) for span in found.record):
        yield _("In the record: {spans}.").format(spans=", ".join(_record(found)))
    if verdict.is_final and not found.said:
        yield _("If you know better: slowrise was sitting|away|standing --from {begin} --to {end}").format(
            begin=_exactly(found.start), end=_exactly(found.end + timedelta(seconds=1))
        )


def _in_doubt(state: str) -> str:
    return _("{state}, but in doubt").format(state=state)


def _said(said: Said) -> str:
    words = {"sitting": _("sitting"), "away": _("away"), "standing": _("standing")}
    told = _("You said: {was} from {begin} to {end}. Your word holds, whatever the evidence.")
    return told.format(was=words[said.was], begin=_clock(said.start), end=_clock(said.end))


def _record(found: Explained) -> Iterator[str]:
    words = {"sitting": _("sitting"), "away": _("away"), "standing": _("standing"), "unobserved": _("not watched")}
    for span in found.record:
        yield _("{state} from {begin} to {end}").format(
            state=words[span.state], begin=_clock(span.start), end=_clock(span.end)
        )


def _what_else(found: NoSilence, at: datetime) -> str:
    if found.start is None or found.end is None:
        return _("Nothing is recorded of {time}.").format(time=f"{at:%Y-%m-%d %H:%M}")
    paths = {"time": _clock(at, seconds=False), "begin": _clock(found.start), "end": _clock(found.end)}
    match found.what:
        case "input":
            said = _("At {time} there was input (from {begin} to {end}, pauses under half a minute included).")
        case "unobserved":
            said = _("At {time} nobody was watching (from {begin} to {end}); it counts as neither sitting nor a break.")
        case _:
            said = _(
                "At {time} there was nothing to weigh: from {begin} to {end} the watching had just begun, or ended, "
                "and no input came. That counts as away."
            )
    return said.format(**paths)


def _sum(found: Explained) -> float:
    return round(sum(weight.log_odds for weight in found.weighed.weights), 3)


def _state(probability: float) -> str:
    return "sitting" if probability >= LIKELY else "away"


def _percent(probability: float) -> int:
    return round(100 * probability)


def _clock(label: datetime, *, seconds: bool = True) -> str:
    return f"{label:%H:%M:%S}" if seconds else f"{label:%H:%M}"


def _exactly(label: datetime) -> str:
    return label.isoformat(timespec="seconds")
