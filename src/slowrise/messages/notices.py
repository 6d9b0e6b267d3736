"""Put a prompt, or other information, into the words of a notice: title, body and buttons.

A notice is read in passing: at most 25 words and three buttons, one thing to do and one line of how. Everything longer
is a page of the window. The guidance has the sentences; this module chooses which of them a kind of notice shows.
Lengths are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from textwrap import wrap
from typing import NamedTuple

from slowrise.core.metrics.summary import Summary
from slowrise.core.model import time_text
from slowrise.core.model.policy import Policy
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import InformationKind, asks_to_stand_up
from slowrise.messages.day_words import summary_sentence, summary_title
from slowrise.messages.guidance import Guidance

ARRANGED_FROM = 3
"""The day of a flare-up from which the notice asks the user to arrange to be seen (G13)."""

LONGEST_LINE = 160
"""Characters; four lines of a notice. Korean characters are twice as wide."""

FULL = 100
"""Per cent."""

BUTTONS = 3
"""gnome-shell draws three and leaves out the rest."""

ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("sit-soft", "sit-repeat", "sit-firm"), (("how", "button-how"),)),
    **dict.fromkeys(("stand-soft", "stand-firm"), (("sitting", "button-sitting-down"),)),
    "flare-up": (("goes-on", "button-goes-on"), ("clinician", "button-clinician"), ("over", "button-over")),
    "clinician": (("clinician", "button-clinician"), ("flare-up", "button-flare-up")),
    # Nothing is offered that could sound like an answer to a serious symptom.
    "clinician-serious": (("clinician", "button-clinician"), ("red-flags", "button-red-flags")),
    "standing-question": (("standing", "button-still-standing"), ("sitting", "button-sitting-again")),
    "question": (("was-sitting", "button-was-sitting"), ("was-away", "button-was-away")),
    "summary": (("today", "button-today"), ("report", "button-report")),
}
"""The buttons of each kind, in order: key, and id of the label. A prompt to stand up has others before these."""

NEED_WINDOW = frozenset({"how", "today", "red-flags"})
"""Keys of the buttons that open the window and do nothing else."""

Button = tuple[str, str]
"""Key and label."""


class Words(NamedTuple):
    """The words of a notice: plain text of one or more lines, and its buttons, the most likely one first."""

    title: str
    body: str
    buttons: tuple[Button, ...]

    @property
    def text(self) -> str:
        """Title and body in one text."""
        return f"{self.title}\n{self.body}"


def prompt_words(
    prompt: Prompt,
    policy: Policy,
    guidance: Guidance,
    summary: Summary | None = None,
    *,
    usual: float | None = None,
    window: bool = True,
) -> Words:
    """Return the words of a prompt.

    `summary`: the day of a summary prompt; `usual`: the seconds of sitting that are usual by then, if that is known.
    `window`: a button may open the window.
    """
    if prompt.kind == "summary":
        title, body = _summary(prompt, guidance, summary, usual)
    else:
        places = _places(prompt, policy, guidance)
        title = guidance.say(_title(prompt), **places)
        sentences = [guidance.say(name, **places) for name in _sentences(prompt, policy)]
        body = " ".join([*sentences, guidance.avoid[prompt.avoid].say] if prompt.avoid else sentences)
    return Words(title, body, tuple(_buttons(prompt, policy, guidance, window=window))[:BUTTONS])


def information_words(kind: InformationKind, policy: Policy, guidance: Guidance, *, window: bool = True) -> Words:
    """Return the words of a notice that is no prompt. Without a `window`, the red flags are in the notice itself."""
    say = guidance.say
    if kind == "red-flag" and not window:
        return Words(say("red-flag-title"), _in_lines(_red_flags(guidance)), (("read", say("button-read")),))
    if kind == "red-flag":
        line = say("red-flag", number=guidance.number)
        return Words(say("red-flag-title"), line, (("read-now", say("button-read-now")),))
    if kind == "settings":
        buttons = (("settings", say("button-settings")),) if window else ()
        return Words(say("settings-title"), say("settings"), buttons)
    first_prompt = time_text.format_in_words(policy.sit_soft, guidance.units)
    buttons = (("welcome", say("button-welcome")),) if window else ()
    return Words(say("welcome-title"), say("welcome", bout=first_prompt), buttons)


def _summary(prompt: Prompt, guidance: Guidance, summary: Summary | None, usual: float | None) -> tuple[str, str]:
    """Return title and body; where the day is not known in full, the title has what the prompt knows of it."""
    day = date.fromisoformat(prompt.day) if prompt.day else prompt.shown_at.date()
    sitting = prompt.day_seconds if summary is None else summary.sitting_seconds
    title = summary_title(day, sitting, guidance, today=prompt.shown_at.date())
    body = "" if summary is None else summary_sentence(summary, usual, guidance)
    return title, body or guidance.say("summary-good")


def _title(prompt: Prompt) -> str:
    """Return the id of the title. Most kinds have one of their own name."""
    if prompt.avoid:
        return "sit-short-title"  # so that the line on what to avoid has room
    return "sit-unsure-title" if prompt.unsure and asks_to_stand_up(prompt.kind) else f"{prompt.kind}-title"


def _sentences(prompt: Prompt, policy: Policy) -> tuple[str, ...]:
    """Return the ids of the sentences of the body. Most kinds have one sentence of their own name."""
    match prompt.kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            return ("slow-stand",)
        case "stand-soft" | "stand-firm":
            return ("stand",)
        case "flare-up" if prompt.clinician_told:
            return ("flare-up-question",)
        case "flare-up":
            return ("clinician", *(("clinician-day-3",) if prompt.flare_up_day >= ARRANGED_FROM else ()))
        case "clinician":
            return (f"clinician-{prompt.concern or 'many-days'}", "new-or-worse" if prompt.serious else "no-workouts")
        case "budget":
            return ("budget" if _percent(prompt, policy) < FULL else "budget-full",)
        case kind:
            return (kind,)


def _buttons(prompt: Prompt, policy: Policy, guidance: Guidance, *, window: bool) -> Iterator[Button]:
    if asks_to_stand_up(prompt.kind):
        yield "standing-up", guidance.say("button-standing-up")
        if prompt.snooze:
            yield "snooze", _snooze_label(prompt.snooze, guidance)
        if policy.standing_desk:
            yield "standing", guidance.say("button-standing-already")
    for key, name in ANSWERS.get("clinician-serious" if prompt.serious else prompt.kind, ()):
        is_left_out = (key == "clinician" and prompt.clinician_told) or (key in NEED_WINDOW and not window)
        if not is_left_out:
            yield key, guidance.say(name)


def _places(prompt: Prompt, policy: Policy, guidance: Guidance) -> dict[str, object]:
    """Return what may stand in braces in a sentence.

    The bout is short, as the titles of xfce4-notifyd and gnome-shell are cut after some fifty characters.
    """
    length = partial(time_text.format_in_words, units=guidance.units)
    return {
        "bout": time_text.format_duration(prompt.bout_seconds, guidance.units),
        "total": length(prompt.day_seconds),
        "budget": length(_budget(prompt, policy)),
        "percent": _percent(prompt, policy),
        "days": prompt.flare_up_day,
        "count": prompt.symptom_days,
        "since": f"{prompt.since:%H:%M}" if prompt.since else "",
        "until": f"{prompt.until:%H:%M}" if prompt.until else "",
    }


def _budget(prompt: Prompt, policy: Policy) -> float:
    return policy.stand_budget if prompt.kind == "stand-budget" else policy.day_budget


def _percent(prompt: Prompt, policy: Policy) -> int:
    """Return how much of the budget is used. Rounded, because a prompt at four fifths may come a moment early."""
    budget = _budget(prompt, policy)
    return round(FULL * prompt.day_seconds / budget) if budget else FULL


def _snooze_label(seconds: float, guidance: Guidance) -> str:
    minutes, rest = divmod(seconds, MINUTE)
    if rest:
        return guidance.say("button-snooze-other", length=time_text.format_seconds(seconds, guidance.units))
    if minutes == 1:
        return guidance.say("button-snooze-minute")
    return guidance.say("button-snooze", minutes=int(minutes))


def _red_flags(guidance: Guidance) -> str:
    """Return what to act on at once, for a notice that is all the user sees. A translation has the English beside it.

    Servers cut a long notice at its end, gnome-shell after six lines. So the number to call with the gravest signs, and
    the command that shows everything, come first.
    """
    beside = () if guidance.original is None else (guidance.note, guidance.original.at_once)
    first = guidance.say("red-flag", number=guidance.number)
    parts = (first, guidance.say("red-flag-full"), guidance.red_flags.at_once, *beside)
    return "\n".join(parts).replace("\n\n", "\n")  # an empty line is a line less of the signs


def _in_lines(text: str) -> str:
    """Return the text with its long paragraphs broken into lines: xfce4-notifyd cuts a paragraph after six lines."""
    return "\n".join(
        line
        for paragraph in text.split("\n")
        for line in wrap(paragraph, LONGEST_LINE if paragraph.isascii() else LONGEST_LINE // 2) or [""]
    )
