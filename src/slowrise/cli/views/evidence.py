"""Each piece of evidence about a silence, in words."""

from __future__ import annotations

from collections.abc import Callable

from slowrise.cli.views.i18n import _, units
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.presence.evidence import Weight
from slowrise.core.presence.silence import Silence


def evidence_words(weight: Weight, silence: Silence) -> str:
    """Return the evidence behind a weight of this silence. A name without words of its own is printed as it is."""
    words = _WORDS.get(weight.name)
    return words(weight, silence) if words is not None else f"{weight.name}: {_length(silence.length)}"


def _length(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f}{units().s}"
    return f"{seconds / MINUTE:.0f}{units().min}" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f}{units().h}"


def _sized(text: Callable[[], str]) -> Callable[[Weight, Silence], str]:
    """Evidence with a length. `text` is a function because the language is not known at import."""
    return lambda weight, _silence: text().format(length=_length(float(weight.value)))


def _plain(text: Callable[[], str]) -> Callable[[Weight, Silence], str]:
    return lambda _weight, _silence: text()


def _ruled_out(weight: Weight, _silence: Silence) -> str:
    words = {
        "call": _("a call counts for at most three hours without input"),
        "inhibitor": _("something that keeps the screen on counts for at most two hours by itself"),
        "nothing": _("nobody sits longer than three hours without touching anything"),
    }
    return words[str(weight.value)]


def _lock(weight: Weight, silence: Silence) -> str:
    if weight.value == "before":
        return _("the screen was locked before it")
    text = _("the screen was locked {length} after the last input")
    return text.format(length=_length(max(silence.locked_after or 0.0, 0.0)))


def _unlock(weight: Weight, _silence: Silence) -> str:
    words = {
        "not yet": _("it is still locked"),
        "locked throughout": _("it was locked throughout"),
        "unlocked": _("it was unlocked on return"),
        "still locked": _("input came without unlocking"),
    }
    return words[str(weight.value)]


def _suspend(_weight: Weight, silence: Silence) -> str:
    text = _("the computer was suspended {length} after the last input")
    return text.format(length=_length(silence.suspended_after or 0.0))


def _stretches(weight: Weight, _silence: Silence) -> str:
    # Zero means that the last input began more than half an hour before, not that there was none.
    if not weight.value:
        return _("the input before it had begun more than half an hour earlier")
    if weight.value == 1:
        return _("input began once in the half hour before it")
    return _("input began {number} times in the half hour before it").format(number=f"{weight.value:.0f}")


def _stretches_in_a_call(weight: Weight, silence: Silence) -> str:
    return _("{evidence}, in a call").format(evidence=_stretches(weight, silence))


_WORDS: dict[str, Callable[[Weight, Silence], str]] = {
    "rule": _ruled_out,
    "lean": _plain(lambda: _("how your silences and answers so far differ from those of most")),
    "length": _sized(lambda: _("it lasted {length}")),
    "lasting": _sized(lambda: _("it has lasted {length} so far")),
    "lock": _lock,
    "unlock": _unlock,
    "suspend": _suspend,
    "call throughout": _sized(lambda: _("a call was on throughout, in a silence of {length}")),
    "call hung up at once": _sized(lambda: _("a call ended with the last input, in a silence of {length}")),
    "call ended within": _sized(lambda: _("a call was on at the start and ended, in a silence of {length}")),
    "call begun within": _sized(lambda: _("a call began in it, in a silence of {length}")),
    "inhibitor held across": _sized(
        lambda: _("something (music?) kept the screen on before, during and after it, in a silence of {length}")
    ),
    "inhibitor let go at once": _sized(
        lambda: _("something stopped keeping the screen on with the last input, in a silence of {length}")
    ),
    "inhibitor taken for it": _sized(
        lambda: _("something (a film, slides?) kept the screen on until the end, in a silence of {length}")
    ),
    "inhibitor within it": _sized(
        lambda: _("something kept the screen on for a part of it, or longer than it, in a silence of {length}")
    ),
    "inhibitor on already": _sized(
        lambda: _("something was already keeping the screen on when it began, in a silence of {length}")
    ),
    "last stretch": _sized(lambda: _("the input before it lasted {length}")),
    "last stretch in a call": _sized(lambda: _("the input before it lasted {length}, in a call")),
    "stretches before": _stretches,
    "stretches before in a call": _stretches_in_a_call,
    "pause before": _sized(lambda: _("before that input there was a pause of {length}")),
    "input before": _sized(lambda: _("{length} of input in the five minutes before it")),
    "first stretch after": _sized(lambda: _("the input after it lasted {length} at first")),
    "input after": _sized(lambda: _("{length} of input in the minute after it")),
    "after": _plain(lambda: _("the minute after it has not passed yet")),
}
