"""Put a prompt, or other information, into the words of a notice: title, body and buttons.

The guidance has the sentences; this module chooses which of them a kind of notice shows. Lengths are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from textwrap import wrap
from typing import NamedTuple

from slowrise.core.metrics.summary import Summary
from slowrise.core.model import time_text
from slowrise.core.model.policy import Policy
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import InformationKind, asks_to_stand_up
from slowrise.messages.guidance import STEPS_FROM, Guidance, numbered_steps, suggestion

ARRANGED_FROM = 3
"""The day of a flare-up from which the notice asks the user to arrange to be seen (G13)."""

LONGEST_LINE = 160
"""Characters; four lines of a notice. Korean characters are twice as wide."""

FULL = 100
"""Per cent."""

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
    prompt: Prompt, policy: Policy, guidance: Guidance, summary: Summary | None = None, *, steps: bool = False
) -> Words:
    """Return the words of a prompt. `summary` is the day of a summary prompt.

    `steps` puts the steps of standing up in full at the top.
    """
    summary = summary if prompt.kind == "summary" else None
    places = _places(prompt, policy, guidance, summary)
    lines = [guidance.say(name, **places) for name in _sentences(prompt, policy, summary)]
    in_full = steps or _wants_steps(prompt, policy)
    if asks_to_stand_up(prompt.kind):
        # A notice that is too long loses its end; gnome-shell shows six lines. So the way to stand up comes before what
        # to do then, and first of all if the user asked for it.
        how = [guidance.say("steps-title"), numbered_steps(guidance)] if in_full else []
        lines = [*how, *lines] if steps else [*lines, *how]
        lines += [suggestion(prompt.suggestion, guidance, gently=prompt.gently), guidance.say("footer")]
    title = guidance.say(_title(prompt, is_of_earlier_day=bool(places["day"])), **places)
    return Words(title, "\n".join(lines), tuple(_buttons(prompt, policy, guidance, in_full=in_full)))


def information_words(kind: InformationKind, policy: Policy, guidance: Guidance) -> Words:
    """Return the words of a notice that is no prompt."""
    if kind == "red-flag":
        return Words(
            guidance.say("red-flag-title"), _in_lines(_red_flags(guidance)), (("read", guidance.say("button-read")),)
        )
    first_prompt = time_text.format_duration(policy.sit_soft, guidance.units)
    lines = [
        guidance.say("welcome", bout=first_prompt),
        guidance.say("welcome-more"),
        guidance.say("red-flags-where"),
        _in_lines(guidance.disclaimer.say),
    ]
    return Words(guidance.say("welcome-title"), "\n".join(lines), ())


def _title(prompt: Prompt, *, is_of_earlier_day: bool) -> str:
    """Return the id of the title. Most kinds have one of their own name."""
    if prompt.unsure and asks_to_stand_up(prompt.kind):
        return "sit-firm-unsure-title" if prompt.kind == "sit-firm" else "sit-unsure-title"
    return "summary-day-title" if is_of_earlier_day else f"{prompt.kind}-title"


def _sentences(prompt: Prompt, policy: Policy, summary: Summary | None) -> tuple[str, ...]:
    """Return the ids of the sentences at the start of the body. Most kinds have one sentence of their own name."""
    match prompt.kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            return ("slow-stand", "ask-flare-up" if policy.profile == "flare-up" else "ask")
        case "stand-soft":
            return ("stand",)
        case "stand-firm":
            return ("stand", "return")
        case "flare-up":
            seen = () if prompt.flare_up_day < ARRANGED_FROM else ("clinician-day-3",)
            return (*(() if prompt.clinician_told else ("clinician", *seen)), "flare-up-question")
        case "budget":
            return ("budget" if _percent(prompt, policy) < FULL else "budget-full",)
        case "summary":
            return ("summary-line",) if summary is None else ("summary", "summary-line")
        case kind:
            return (kind,)


def _buttons(prompt: Prompt, policy: Policy, guidance: Guidance, *, in_full: bool) -> Iterator[Button]:
    say = guidance.say
    match prompt.kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            yield "standing-up", say("button-standing-up")
            if prompt.snooze:
                yield "snooze", _snooze_label(prompt.snooze, guidance)
            last = [("standing", say("button-standing-already"))]
            if not in_full:
                last.append(("how", say("button-how")))
            # gnome-shell draws three buttons and leaves out the rest.
            yield from last if policy.standing_desk else reversed(last)
        case "flare-up":
            yield "goes-on", say("button-goes-on")
            if not prompt.clinician_told:
                yield "clinician", say("button-clinician")
            yield "over", say("button-over")
        case "stand-soft" | "stand-firm":
            yield "sitting", say("button-sitting-down")
        case "standing-question":
            yield "standing", say("button-still-standing")
            yield "sitting", say("button-sitting-again")
        case "question":
            yield "was-sitting", say("button-was-sitting")
            yield "was-away", say("button-was-away")
        case "summary":
            yield "report", say("button-report")
        case _:
            pass


def _places(prompt: Prompt, policy: Policy, guidance: Guidance, summary: Summary | None) -> dict[str, object]:
    """Return what may stand in braces in a sentence. A measured length is rounded, a limit is not."""
    units = guidance.units
    measured, limit = partial(time_text.format_duration, units=units), partial(time_text.format_seconds, units=units)
    places: dict[str, object] = {
        "bout": measured(prompt.bout_seconds),
        "break": limit(policy.break_full),
        "total": measured(prompt.day_seconds),
        "budget": limit(_budget(prompt, policy)),
        "percent": _percent(prompt, policy),
        "days": prompt.flare_up_day,
        "since": f"{prompt.since:%H:%M}" if prompt.since else "",
        "until": f"{prompt.until:%H:%M}" if prompt.until else "",
        "day": "",
    }
    if summary is not None:
        places |= {
            "total": measured(summary.sitting_seconds),
            "total_range": time_text.format_range(summary.sitting_seconds, summary.low, summary.high, units),
            "longest": measured(summary.bout_metrics.longest_seconds or 0.0),
            "rule": limit(summary.break_rule_seconds),
            "unobserved": measured(summary.unobserved_seconds),
        }
        places["breaks"] = summary.bout_metrics.breaks
        places["day"] = "" if prompt.shown_at.date() == summary.day else summary.day.isoformat()
    return places


def _budget(prompt: Prompt, policy: Policy) -> float:
    return policy.stand_budget if prompt.kind == "stand-budget" else policy.day_budget


def _percent(prompt: Prompt, policy: Policy) -> int:
    """Return how much of the budget is used. Rounded, because a prompt at four fifths may come a moment early."""
    budget = _budget(prompt, policy)
    return round(FULL * prompt.day_seconds / budget) if budget else FULL


def _wants_steps(prompt: Prompt, policy: Policy) -> bool:
    """Whether the user may be stiff or sore, so that the prompt shows the steps in full."""
    stiff = prompt.kind == "sit-firm" or prompt.bout_seconds >= STEPS_FROM
    return stiff or prompt.first_of_day or policy.profile != "standard"


def _snooze_label(seconds: float, guidance: Guidance) -> str:
    minutes, rest = divmod(seconds, MINUTE)
    if rest:
        return guidance.say("button-snooze-other", length=time_text.format_seconds(seconds, guidance.units))
    if minutes == 1:
        return guidance.say("button-snooze-minute")
    return guidance.say("button-snooze", minutes=int(minutes))


def _red_flags(guidance: Guidance) -> str:
    """Return as much of the red flags as fits a screen with the button. In two languages, only the signs to act on.

    gnome-shell shows six lines, so the number to call and the command that shows everything come first.
    """
    first = "\n".join((*guidance.number_line, guidance.say("red-flag-full")))
    if guidance.original is None:
        return f"{first}\n\n{guidance.red_flags.text}"
    return f"{first}\n\n{guidance.red_flags.at_once}\n\n{guidance.note}\n\n{guidance.original.at_once}"


def _in_lines(text: str) -> str:
    """Return the text with its long paragraphs broken into lines: xfce4-notifyd cuts a paragraph after six lines."""
    return "\n".join(
        line
        for paragraph in text.split("\n")
        for line in wrap(paragraph, LONGEST_LINE if paragraph.isascii() else LONGEST_LINE // 2) or [""]
    )
