"""The words of each kind of notice: from the facts it is about to title, body and buttons.

The sentences are the guidance's; here is which of them each kind takes. Lengths are seconds.
"""

from __future__ import annotations

from datetime import datetime
from textwrap import wrap
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.summary import Summary
from slowrise.core.model import time_text
from slowrise.core.model.policy import Policy, ProfileName
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import NoticeKind, asks_to_stand_up
from slowrise.messages.guidance import STEPS_FROM, Guidance, numbered_steps, suggestion

ARRANGED_FROM = 3
"""The day of a flare-up from which on it is said that one should be seen (G13)."""

LONGEST_LINE = 160
"""Characters; four lines of a notice. Those of Korean are twice as wide."""

FULL = 100
"""Per cent."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice is about; each kind looks at its part. Seconds."""

    profile: ProfileName = "standard"
    bout_seconds: float = 0.0
    """Sitting up to now; standing for the kinds about standing."""
    break_seconds: float = 5 * MINUTE
    """The break that is asked for."""
    first_of_day: bool = False
    suggestion: str = "walk"
    gently: bool = False
    """Whether what is suggested is left to comfort: in a flare-up, and on a day with symptoms."""
    steps: bool = False
    """The steps are wanted in full, whatever the prompt."""
    standing_desk: bool = False
    flare_up_day: int = 1
    clinician_told: bool = False
    """Whether a clinician was spoken to in this flare-up."""
    snooze_seconds: float = 5 * MINUTE
    """What the button puts off; 0: there is none, the budget is used up."""
    day_seconds: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """The range around `day_seconds`, for a summary."""
    budget_seconds: float = 6 * HOUR
    longest_seconds: float = 0.0
    breaks: int = 0
    break_rule: float = 2 * MINUTE
    """Breaks so long or longer were counted."""
    unobserved_seconds: float = 0.0
    day: str = ""
    """The day of a summary, where it is not today."""
    since: str = ""
    """The time of day at which the absence began that a question is about."""
    until: str = ""
    """At which it ended."""


class Words(NamedTuple):
    """A notice as it is read."""

    title: str
    body: str


def notice_words(kind: NoticeKind, facts: Facts, guidance: Guidance) -> Words:
    """Title and body of a notice, plain text of one or more lines."""
    paths = _places(facts, guidance)
    if kind == "red-flag":
        return Words(guidance.say("red-flag-title"), _in_lines(_red_flags(guidance)))
    lines = [guidance.say(name, **paths) for name in _body(kind, facts)]
    if kind == "welcome":
        lines.append(_in_lines(guidance.disclaimer.say))
    if asks_to_stand_up(kind):
        # How to rise comes before what to do then, and what was asked for before all: a notice that is cut off is cut
        # off at its end, on gnome-shell after six lines.
        if _wants_steps(kind, facts):
            steps = [guidance.say("steps-title"), numbered_steps(guidance)]
            lines = [*steps, *lines] if facts.steps else [*lines, *steps]
        lines += [suggestion(facts.suggestion, guidance, gently=facts.gently), guidance.say("footer")]
    title = "summary-day-title" if kind == "summary" and facts.day else f"{kind}-title"
    return Words(guidance.say(title, **paths), "\n".join(lines))


def buttons(kind: NoticeKind, facts: Facts, guidance: Guidance) -> tuple[tuple[str, str], ...]:
    """Key and label of each button a notice has, the first the most likely."""
    say = guidance.say
    match kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            later = (("snooze", _snooze_label(facts.snooze_seconds, guidance)),) if facts.snooze_seconds else ()
            up, standing = ("standing-up", say("button-standing-up")), ("standing", say("button-standing-already"))
            how = () if _wants_steps(kind, facts) else (("how", say("button-how")),)
            # gnome-shell draws three buttons and leaves out the rest.
            return (up, *later, standing, *how) if facts.standing_desk else (up, *later, *how, standing)
        case "red-flag":
            return (("read", say("button-read")),)
        case "flare-up":
            told = () if facts.clinician_told else (("clinician", say("button-clinician")),)
            return (("goes-on", say("button-goes-on")), *told, ("over", say("button-over")))
        case "stand-soft" | "stand-firm":
            return (("sitting", say("button-sitting-down")),)
        case "standing-question":
            return (("standing", say("button-still-standing")), ("sitting", say("button-sitting-again")))
        case "question":
            return (("was-sitting", say("button-was-sitting")), ("was-away", say("button-was-away")))
        case "summary":
            return (("report", say("button-report")),)
        case _:
            return ()


_BODIES: dict[NoticeKind, tuple[str, ...]] = {
    "stand-soft": ("stand",),
    "stand-firm": ("stand", "return"),
    "welcome": ("welcome", "welcome-more", "red-flags-where"),
}


def _body(kind: NoticeKind, facts: Facts) -> tuple[str, ...]:
    """The ids of the sentences a body begins with; most kinds have one of their own name."""
    match kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            return ("slow-stand", "ask-flare-up" if facts.profile == "flare-up" else "ask")
        case "flare-up":
            seen = () if facts.flare_up_day < ARRANGED_FROM else ("clinician-day-3",)
            return (*(() if facts.clinician_told else ("clinician", *seen)), "flare-up-question")
        case "budget":
            return ("budget" if _percent(facts) < FULL else "budget-full",)
        case "summary":
            return ("summary", "summary-line")
        case _:
            return _BODIES.get(kind, (kind,))


def _red_flags(guidance: Guidance) -> str:
    """As much of them as fits a screen with the button: in two languages what calls for help at once.

    gnome-shell shows six lines: who to call and where all of it is come first.
    """
    first = "\n".join((*guidance.number_line, guidance.say("red-flag-full")))
    if guidance.original is None:
        return f"{first}\n\n{guidance.red_flags.text}"
    return f"{first}\n\n{guidance.red_flags.at_once}\n\n{guidance.note}\n\n{guidance.original.at_once}"


def _in_lines(text: str) -> str:
    """The text with breaks in its long paragraphs: xfce4-notifyd shows six lines of each and leaves out the rest."""
    return "\n".join(
        line
        for paragraph in text.split("\n")
        for line in wrap(paragraph, LONGEST_LINE if paragraph.isascii() else LONGEST_LINE // 2) or [""]
    )


def _places(facts: Facts, guidance: Guidance) -> dict[str, object]:
    """What may stand in braces in a sentence. A measured length is rounded, a limit is not."""
    lengths = {
        "bout": time_text.format_duration(facts.bout_seconds),
        "break": time_text.format_seconds(facts.break_seconds),
        "total": time_text.format_duration(facts.day_seconds),
        "total_range": time_text.format_range(facts.day_seconds, facts.low, facts.high),
        "budget": time_text.format_seconds(facts.budget_seconds),
        "longest": time_text.format_duration(facts.longest_seconds),
        "rule": time_text.format_seconds(facts.break_rule),
        "unobserved": time_text.format_duration(facts.unobserved_seconds),
    }
    return {
        **{name: guidance.in_units(length) for name, length in lengths.items()},
        "percent": _percent(facts),
        "breaks": facts.breaks,
        "day": facts.day,
        "since": facts.since,
        "until": facts.until,
        "days": facts.flare_up_day,
    }


def _percent(facts: Facts) -> int:
    """Of the budget. Rounded, because a prompt at four fifths may come a moment before them."""
    return round(FULL * facts.day_seconds / facts.budget_seconds) if facts.budget_seconds else FULL


def _wants_steps(kind: NoticeKind, facts: Facts) -> bool:
    stiff = kind == "sit-firm" or facts.bout_seconds >= STEPS_FROM
    return facts.steps or stiff or facts.first_of_day or facts.profile != "standard"


def _snooze_label(seconds: float, guidance: Guidance) -> str:
    minutes, rest = divmod(seconds, MINUTE)
    if rest:
        return guidance.say("button-snooze-other", length=guidance.in_units(time_text.format_seconds(seconds)))
    if minutes == 1:
        return guidance.say("button-snooze-minute")
    return guidance.say("button-snooze", minutes=int(minutes))


# -- what a prompt says: from its numbers and the day's to words. No sentence is worded here ---------------------------


class Saying(NamedTuple):
    """A prompt in words: key and label of each button in order, the likeliest first."""

    words: Words
    buttons: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Title and body, as one."""
        return f"{self.words.title}\n{self.words.body}"


def say(
    prompt: Prompt, policy: Policy, guidance: Guidance, summary: Summary | None = None, *, steps: bool = False
) -> Saying:
    """The words of a prompt; `summary` is the day that a summary prompt is about, `steps` asks for them in full."""
    facts = _facts(prompt, policy, summary if prompt.kind == "summary" else None)
    facts = msgspec.structs.replace(facts, steps=steps)
    return Saying(notice_words(prompt.kind, facts, guidance), buttons(prompt.kind, facts, guidance))


def _facts(prompt: Prompt, policy: Policy, summary: Summary | None) -> Facts:
    budget = policy.stand_budget if prompt.kind == "stand-budget" else policy.day_budget
    if summary is None:
        return Facts(
            profile=policy.profile,
            bout_seconds=prompt.bout_seconds,
            break_seconds=policy.break_full,
            first_of_day=prompt.first_of_day,
            suggestion=prompt.suggestion,
            gently=prompt.gently,
            standing_desk=policy.standing_desk,
            flare_up_day=prompt.flare_up_day,
            clinician_told=prompt.clinician_told,
            snooze_seconds=prompt.snooze,
            day_seconds=prompt.day_seconds,
            budget_seconds=budget,
            since=_clock(prompt.since),
            until=_clock(prompt.until),
        )
    return Facts(
        profile=policy.profile,
        day_seconds=summary.sitting_seconds,
        low=summary.low,
        high=summary.high,
        longest_seconds=summary.bout_metrics.longest_seconds or 0.0,
        breaks=summary.bout_metrics.breaks,
        break_rule=summary.break_rule_seconds,
        unobserved_seconds=summary.unobserved_seconds,
        day="" if prompt.shown_at.date() == summary.day else summary.day.isoformat(),
        budget_seconds=budget,
    )


def _clock(label: datetime | None) -> str:
    return "" if label is None else f"{label:%H:%M}"
