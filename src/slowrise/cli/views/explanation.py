"""The answer of `slowrise why`, as text and as JSON. Times are local to the place where they were recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

from slowrise.cli.views.correction import correction, exactly, same_data
from slowrise.cli.views.evidence import evidence_words
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.wrap import cells, padded
from slowrise.core.model.events import Was
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.segments import LIKELY, is_doubtful
from slowrise.core.presence.tracker import Verdict, is_unknown
from slowrise.history.explain import Explained, NoSilence, StatedAnswer

STRENGTHS = (3.0, 2.0, 1.0, 0.4, 0.05)
"""Smallest log-odds for each word of `strength`: odds of 20, 7, 3 and 1.5 to 1, and the smallest printed weight."""


def explained_text(found: Explained) -> str:
    """Return the silence, the evidence for staying and for leaving, and the verdict."""
    return "\n".join((_head(found), "", *_evidence(found), "", *_verdict(found)))


def no_silence_text(found: NoSilence, at: datetime) -> str:
    """Return what happened instead of a silence at that time, and how to ask about the last silence before."""
    lines = [_what_else(found, at)]
    if found.before is not None:
        begin, end = found.before
        last = _("The last silence before that was from {begin} to {end}. To see it:")
        lines.append(last.format(begin=_clock(begin), end=_clock(end)))
        lines.append(f"  slowrise why {exactly(begin)}{same_data()}")
    return "\n".join(lines)


def as_json(found: Explained | NoSilence, at: datetime | None) -> dict[str, Any]:
    """Return the same as plain data. Its key `found` names what there was at that time."""
    time = None if at is None else iso(at)
    if isinstance(found, NoSilence):
        start, end = (None if edge is None else iso(edge) for edge in (found.start, found.end))
        return {"at": time, "found": found.what, "from": start, "to": end}
    verdict = found.verdict
    return {
        "at": time,
        "found": "silence",
        "from": iso(found.start),
        "to": None if verdict.silence.goes_on else iso(found.end),
        "seconds": round(verdict.end - verdict.start, 3),
        "judged_at": iso(found.judged),
        "final": verdict.is_final,
        "evidence": [
            {
                "name": weight.name,
                "words": evidence_words(weight),
                "weight": round(weight.log_odds, 3),
            }
            for weight in found.weighed.weights
        ],
        "lean": round(verdict.bias, 3),
        "sum": _sum(found),
        "probability": round(verdict.probability, 3),
        "verdict": _state(verdict),
        "doubtful": is_doubtful(verdict.probability),
        "machine": verdict.is_machine,
        "unseen_seconds": round(verdict.silence.unseen),
        "answers": [{"from": iso(one.start), "to": iso(one.end), "was": one.was} for one in found.answers],
        "record": [
            {"state": span.state, "from": iso(span.start), "to": iso(span.end), "sure": span.confidence}
            for span in found.record
        ],
    }


def _head(found: Explained) -> str:
    silence = found.verdict.silence
    if silence.goes_on and silence.unseen:
        text = _("{day}: no input to be seen since {begin}, for {length} so far.")
    elif silence.goes_on:
        text = _("{day}: no input since {begin}, for {length} so far.")
    elif silence.unseen:
        text = _("{day}: no input to be seen from {begin} to {end}, for {length}.")
    else:
        text = _("{day}: no input from {begin} to {end}, for {length}.")
    seconds = found.verdict.end - found.verdict.start
    return text.format(
        day=found.start.date(),
        begin=_clock(found.start),
        end=_clock(found.end),
        length=format_duration(seconds, units()),
    )


def _evidence(found: Explained) -> Iterator[str]:
    if is_unknown(found.verdict):
        yield from _hidden(found.verdict.silence.unseen)
        yield _("That is too long to guess from, so nothing is known.")
        return
    yield _("Evidence that you stayed seated (+) or left (-), strongest first:")
    columns = max((cells(strength(weight.log_odds)) for weight in found.weighed.weights), default=0)
    for weight in found.weighed.weights:
        words = evidence_words(weight)
        yield f"  {weight.log_odds:+6.2f}  {padded(strength(weight.log_odds), columns)}  {words}"
    if found.verdict.is_machine:
        yield "  " + _("The short inputs in it came like clockwork: a machine, not a person. This outweighs the rest.")
    else:
        percent = round(100 * found.verdict.probability)
        stayed = _("in all: {percent} % likely that you stayed seated").format(percent=percent)
        yield f"  {_sum(found):+6.2f}  {stayed}"
    if found.verdict.silence.unseen:
        yield from _hidden(found.verdict.silence.unseen)


def _hidden(seconds: float) -> Iterator[str]:
    """Say that there may have been input for so many seconds."""
    text = _("Your desktop did not report input for {length} of it, because a video kept the screen on.")
    yield text.format(length=format_duration(seconds, units()))
    yield _("You may have used the computer then.")


def strength(weight: float) -> str:
    """Return how strong a weight is, and for which side, in words."""
    size = abs(weight)
    words = (_("very strongly"), _("strongly"), _("clearly"), _("a little"), _("hardly"))
    how = next((word for least, word in zip(STRENGTHS, words, strict=True) if size >= least), None)
    if how is None:
        return _("no effect")
    return (_("{how} for staying") if weight > 0 else _("{how} for leaving")).format(how=how)


def _verdict(found: Explained) -> Iterator[str]:
    verdict = found.verdict
    state = state_words()[_state(verdict)]
    if is_doubtful(verdict.probability):
        state = _("{state}, but in doubt").format(state=state)
    if verdict.is_final:
        text = _("Final verdict at {time}: {state}.")
    elif verdict.silence.goes_on:
        text = _("So far, at {time}: {state}. The final verdict comes a minute after you are back.")
    else:
        text = _("So far, at {time}: {state}. The final verdict comes a minute after the return.")
    yield text.format(time=_clock(found.judged), state=state)
    for answer in found.answers:
        yield _answer(answer)
    # The record differs from the verdict after an answer of the user, or while they stood.
    if any(span.state != _state(verdict) for span in found.record):
        yield _("Recorded: {spans}.").format(spans=", ".join(_record(found)))
    if verdict.is_final:
        yield ""
        yield from _corrections(found)


def _corrections(found: Explained) -> Iterator[str]:
    """A command on each line that says something else about exactly this silence, to be pasted on any day."""
    recorded = {span.state for span in found.record}
    others = [was for was in get_args(Was) if recorded != {was}]
    yield _("If this is wrong, paste the line that is right:")
    yield from (f"  {correction(was, found.start, found.end)}" for was in others)


def state_words() -> dict[str, str]:
    """Return the word of each state."""
    return {"sitting": _("sitting"), "away": _("away"), "standing": _("standing"), "unobserved": _("not watched")}


def _answer(answer: StatedAnswer) -> str:
    text = _("You answered: {was} from {begin} to {end}. Your answer counts, whatever the evidence.")
    return text.format(was=state_words()[answer.was], begin=_clock(answer.start), end=_clock(answer.end))


def _record(found: Explained) -> Iterator[str]:
    words = state_words()
    for span in found.record:
        yield _("{state} from {begin} to {end}").format(
            state=words[span.state], begin=_clock(span.start), end=_clock(span.end)
        )


def _what_else(found: NoSilence, at: datetime) -> str:
    if found.start is None or found.end is None:
        return _("Nothing is recorded for {time}.").format(time=f"{at:%Y-%m-%d %H:%M}")
    match found.what:
        case "input":
            text = _("At {time} there was input (from {begin} to {end}, with pauses under half a minute).")
        case "unobserved":
            text = _("At {time} slowrise was not watching (from {begin} to {end}). It is neither sitting nor a break.")
        case _:
            text = _(
                "At {time} there was nothing to judge: from {begin} to {end} slowrise had just started, or was about "
                "to stop, and saw no input. This counts as away."
            )
    return text.format(time=f"{at:%H:%M}", begin=_clock(found.start), end=_clock(found.end))


def _sum(found: Explained) -> float:
    return round(sum(weight.log_odds for weight in found.weighed.weights), 3)


def _state(verdict: Verdict) -> str:
    if is_unknown(verdict):
        return "unobserved"
    return "sitting" if verdict.probability >= LIKELY else "away"


def _clock(time: datetime) -> str:
    return f"{time:%H:%M:%S}"
