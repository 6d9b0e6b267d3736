"""Each piece of evidence about a silence, in words."""

from __future__ import annotations

from typing import get_args

from slowrise.cli.views.i18n import _, units
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.presence.activity import Activity
from slowrise.core.presence.evidence import Weight
from slowrise.core.presence.silence import Context


def evidence_words(weight: Weight) -> str:
    """Return the evidence behind a weight. A name without words of its own is printed as it is."""
    name, value = weight.name, weight.value
    if isinstance(value, str):
        return _texts().get(f"{name}: {value}", f"{name}: {value}")
    if name == "lean":
        return _texts()[name]
    if value < 0 and f"{name}, negative" in _texts():
        return _texts()[f"{name}, negative"].format(length=_length(-value))
    if value < 1 and f"{name}, none" in _texts():
        return _texts()[f"{name}, none"]
    if name == "pause before" and value >= Activity.KEPT:
        return _texts()[f"{name}, none known"]
    text = _texts().get(name, f"{name}: {{length}}")
    return text.format(length=_length(max(value, 0.0)), number=f"{value:.0f}", percent=f"{100 * value:.0f}")


def _length(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f}{units().s}"
    return f"{seconds / MINUTE:.0f}{units().min}" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f}{units().h}"


def _texts() -> dict[str, str]:
    """The words by name, or by name and value. A function, because the language is not known at import."""
    return {
        "rule: call": _("a call counts for at most three hours without input"),
        "rule: inhibitor": _("something that keeps the screen on counts for at most two hours by itself"),
        "rule: unseen": _("for more than two hours your desktop did not report input, so nothing is known"),
        "rule: nothing": _("no one sits for more than three hours without touching anything"),
        "lean": _("how your answers so far differ from the silences of most people"),
        "length plain": _("it lasted {length}"),
        "length call": _("it lasted {length}, in a call"),
        "length film": _("it lasted {length}, while something (a film, slides?) kept the screen on"),
        "length music": _("it lasted {length}, while something (music?) kept the screen on"),
        "length locked": _("it lasted {length}, with the screen locked"),
        "length suspended": _("it lasted {length}, with the computer suspended"),
        "lasting plain": _("it has lasted {length} so far"),
        "lasting call": _("it has lasted {length} so far, in a call"),
        "lasting film": _("it has lasted {length} so far, while something (a film, slides?) keeps the screen on"),
        "lasting music": _("it has lasted {length} so far, while something (music?) keeps the screen on"),
        "lasting locked": _("it has lasted {length} so far, with the screen locked"),
        "lasting suspended": _("it has lasted {length} so far, with the computer suspended"),
        "rhythm, none": _("the silence before it was shorter or longer, or there was more input between them"),
        "whole": _("it is part of {length} without input"),
        "begins: input": _("it began with the last input"),
        "begins: call": _("it began with a call"),
        "begins: hung up": _("it began when a call ended"),
        "begins: inhibitor": _("it began when something started to keep the screen on"),
        "begins: released": _("it began when something stopped keeping the screen on"),
        "ends: input": _("it ended with the next input"),
        "ends: call": _("it ended with a call"),
        "ends: hung up": _("it ended when a call ended"),
        "ends: inhibitor": _("it ended when something started to keep the screen on"),
        "ends: released": _("it ended when something stopped keeping the screen on"),
        "ends: now": _("it goes on"),
        "touches": _("short touches in it, under a second each: {number}"),
        "longest untouched": _("the longest time without a touch was {length}"),
        "rhythm": _("silences about as long right before it, with little input between them: {number}"),
        "locked share": _("the screen was locked for {percent} % of it"),
        "lock": _("the screen was locked {length} after the last input"),
        "lock, negative": _("the screen was locked before it"),
        "unlock: not yet": _("it is still locked"),
        "unlock: late": _("it was unlocked more than a minute after the return"),
        "unlock: unlocked": _("it was unlocked on return"),
        "suspended share": _("the computer was suspended for {percent} % of it"),
        "suspend": _("the computer was suspended {length} after the last input"),
        "suspend, negative": _("the computer was suspended before it"),
        "age of the call": _("the call had been on for {length} when it began"),
        "age of the film": _("the screen had been kept on for {length} when it began"),
        "age of the music": _("the screen had been kept on for {length} when it began"),
        "call after it": _("the call went on for {length} after it (up to a minute counts)"),
        "film after it": _("the screen was kept on for {length} after it (up to a minute counts)"),
        "music after it": _("the screen was kept on for {length} after it (up to a minute counts)"),
        "typed under it": _("{length} of input while the screen was kept on before it"),
        "since a call": _("a call had ended {length} before it"),
        "since a call, negative": _("a call ended {length} after the last input"),
        "since an inhibitor": _("something had stopped keeping the screen on {length} before it"),
        "since an inhibitor, negative": _("something stopped keeping the screen on {length} after the last input"),
        "last stretch": _("the input before it lasted {length}"),
        "last stretch while listening": _("the input before it lasted {length}, in a call or film"),
        "pause before": _("before that input there was a pause of {length}"),
        "pause before, none known": _("that input was the first for a long time, or since slowrise started"),
        "input before": _("{length} of input in the minute before it"),
        "input before while listening": _("{length} of input in the minute before it, in a call or film"),
        "stretches before": _("times that input began in the half hour before it: {number}"),
        "stretches before, none": _("the input before it had begun more than half an hour earlier"),
        "stretches before while listening": _(
            "times that input began in the half hour before it, in a call or film: {number}"
        ),
        "stretches before while listening, none": _(
            "the input before it had begun more than half an hour earlier, in a call or film"
        ),
        "first stretch after": _("the input after it lasted {length} at first"),
        "input after": _("{length} of input in the minute after it"),
        "stretches after": _("times that input began in the minute after it: {number}"),
        **{f"just back: {context}": _("the minute after it has not passed yet") for context in get_args(Context)},
    }
