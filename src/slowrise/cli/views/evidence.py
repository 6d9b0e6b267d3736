"""Each piece of evidence about a silence, in words."""

from __future__ import annotations

from slowrise.cli.views.i18n import _, units
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.presence.evidence import Weight
from slowrise.core.presence.silence import Silence


def evidence_words(weight: Weight, silence: Silence) -> str:
    """Return the evidence behind a weight of this silence. A name without words of its own is printed as it is."""
    match weight.name:
        case "stretches before":
            return _stretches(weight)
        case "stretches before in a call":
            return _("{evidence}, in a call").format(evidence=_stretches(weight))
        case "lock":
            length = max(silence.locked_after or 0.0, 0.0)
        case "suspend":
            length = silence.suspended_after or 0.0
        case _:
            length = silence.length if isinstance(weight.value, str) else weight.value
    texts = _texts()
    text = texts.get(f"{weight.name}: {weight.value}") or texts.get(weight.name, f"{weight.name}: {{length}}")
    return text.format(length=_length(length))


def _length(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f}{units().s}"
    return f"{seconds / MINUTE:.0f}{units().min}" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f}{units().h}"


def _stretches(weight: Weight) -> str:
    # Zero means that the last input began more than half an hour before, not that there was none.
    if not weight.value:
        return _("the input before it had begun more than half an hour earlier")
    if weight.value == 1:
        return _("input began once in the half hour before it")
    return _("input began {number} times in the half hour before it").format(number=f"{weight.value:.0f}")


def _texts() -> dict[str, str]:
    """The words by name, or by name and value. A function, because the language is not known at import."""
    return {
        "rule: call": _("a call counts for at most three hours without input"),
        "rule: inhibitor": _("something that keeps the screen on counts for at most two hours by itself"),
        "rule: nothing": _("no one sits for more than three hours without touching anything"),
        "lean": _("how your silences and answers so far differ from those of most"),
        "length": _("it lasted {length}"),
        "lasting": _("it has lasted {length} so far"),
        "lock": _("the screen was locked {length} after the last input"),
        "lock: before": _("the screen was locked before it"),
        "unlock: not yet": _("it is still locked"),
        "unlock: locked throughout": _("it was locked throughout"),
        "unlock: unlocked": _("it was unlocked on return"),
        "unlock: still locked": _("input came without unlocking"),
        "suspend": _("the computer was suspended {length} after the last input"),
        "call throughout": _("a call was on throughout, in a silence of {length}"),
        "call hung up at once": _("a call ended with the last input, in a silence of {length}"),
        "call ended within": _("a call was on at the start and ended, in a silence of {length}"),
        "call begun within": _("a call began in it, in a silence of {length}"),
        "inhibitor held across": _(
            "something (music?) kept the screen on before, during and after it, in a silence of {length}"
        ),
        "inhibitor let go at once": _(
            "something stopped keeping the screen on with the last input, in a silence of {length}"
        ),
        "inhibitor taken for it": _(
            "something (a film, slides?) kept the screen on until the end, in a silence of {length}"
        ),
        "inhibitor within it": _(
            "something kept the screen on for a part of it, or longer than it, in a silence of {length}"
        ),
        "inhibitor on already": _(
            "something was already keeping the screen on when it began, in a silence of {length}"
        ),
        "last stretch": _("the input before it lasted {length}"),
        "last stretch in a call": _("the input before it lasted {length}, in a call"),
        "pause before": _("before that input there was a pause of {length}"),
        "input before": _("{length} of input in the five minutes before it"),
        "first stretch after": _("the input after it lasted {length} at first"),
        "input after": _("{length} of input in the minute after it"),
        "after": _("the minute after it has not passed yet"),
    }
