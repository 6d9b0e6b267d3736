"""What is said: every sentence by its id, with what it rests on, and the words of each kind of notice.

The sentences themselves are text handed in (`config/guidance.en.toml`); nothing is worded here, so that a translation
is a second file. Lengths are seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from slowrise import words
from slowrise.policy import HOUR, MINUTE, Policy, ProfileName

NoticeKind = Literal[
    "sit-soft",
    "sit-repeat",
    "sit-firm",
    "stand-soft",
    "stand-firm",
    "stand-budget",
    "standing-question",
    "budget",
    "return",
    "question",
    "welcome",
    "summary",
]

TO_STAND_UP = frozenset({"sit-soft", "sit-repeat", "sit-firm"})
"""The kinds that ask to stand up: each carries the slow-stand line."""

STEPS_FROM = 45 * MINUTE
"""Sitting from which the steps are given in full, inclusive: judgement, one is stiff by then."""

FULL = 100
"""Per cent."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A sentence, perhaps with `{places}` to be filled, and the ids of what it rests on."""

    say: str
    from_: tuple[str, ...]


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What to do in a break. `avoid` is for those who read the guidance and never part of a notice."""

    do: str
    avoid: str
    flare_up: Literal["yes", "no", "if-comfortable"]
    from_: tuple[str, ...]


class RedFlags(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Fixed wording: when to get help at once. It outranks everything."""

    head: str
    signs: tuple[str, ...]
    foot: str
    urgent: str
    from_: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, in paragraphs."""
        return "\n".join((self.head, *(f"- {sign}" for sign in self.signs), "", self.foot, "", self.urgent))


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement of the article, and why nothing is said from it where that is so."""

    says: str
    not_said: str = ""


class Guidance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything there is to say in one language."""

    language: str
    article: str
    texts: dict[str, Text]
    symptoms: dict[str, Text]
    red_flags: RedFlags
    disclaimer: Text
    steps: tuple[Text, ...]
    """Standing up slowly, in order."""
    down: Text
    """Sitting down slowly."""
    suggestions: tuple[Suggestion, ...]
    rules: dict[str, Text]
    priority: dict[str, int]
    """Rank by kind; 1 comes first."""
    statements: dict[str, Statement]
    sources: dict[str, str]

    def say(self, name: str, **facts: object) -> str:
        """The sentence of that id with its places filled."""
        return self.texts[name].say.format(**facts)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice is about; each kind looks at its part. Seconds; `since` and `until` as they are to be read."""

    profile: ProfileName = "standard"
    bout_seconds: float = 0.0
    """Sitting up to now; standing for the kinds about standing; the silence for a question."""
    break_seconds: float = 5 * MINUTE
    """The break that is asked for."""
    first_of_day: bool = False
    number: int = 0
    """Prompts to stand up given before this one, ever: suggestions take turns by it."""
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
    until: str = ""


class Words(NamedTuple):
    """A notice as it is read."""

    title: str
    body: str


def parse(text: str) -> Guidance:
    """The guidance a file holds. It is ours and tested: what is wrong with it raises as it comes."""
    return msgspec.convert(tomllib.loads(text), Guidance)


def notice_words(kind: NoticeKind, facts: Facts, guidance: Guidance) -> Words:
    """Title and body of a notice, plain text of one or more lines."""
    places = _places(facts)
    lines = [guidance.say(name, **places) for name in _body(kind, facts)]
    if kind in TO_STAND_UP:
        # How to rise comes before what to do then: a notice that is cut off is cut off at its end.
        if _wants_steps(kind, facts):
            lines += [guidance.say("steps-title"), numbered_steps(guidance)]
        lines += [suggestion(facts.profile, facts.number, guidance), guidance.say("footer")]
    return Words(guidance.say(f"{kind}-title", **places), "\n".join(lines))


def buttons(kind: NoticeKind, facts: Facts, guidance: Guidance) -> tuple[tuple[str, str], ...]:
    """Key and label of each button a notice has, the first the most likely."""
    say = guidance.say
    match kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            later = (("snooze", _snooze_label(facts.snooze_seconds, guidance)),) if facts.snooze_seconds else ()
            up, standing = ("standing-up", say("button-standing-up")), ("standing", say("button-standing-already"))
            return (up, *later, standing)
        case "stand-soft" | "stand-firm":
            return (("sitting", say("button-sitting-down")),)
        case "standing-question":
            return (("standing", say("button-still-standing")), ("sitting", say("button-sitting-again")))
        case "question":
            return tuple((f"was-{was}", say(f"button-was-{was}")) for was in ("sitting", "away", "standing"))
        case _:
            return ()


def suggestion(profile: ProfileName, number: int, guidance: Guidance) -> str:
    """The suggestion whose turn it is: each that the profile allows once before the first comes again."""
    flare_up = profile == "flare-up"
    allowed = [entry for entry in guidance.suggestions if not flare_up or entry.flare_up != "no"]
    turn = allowed[number % len(allowed)]
    if flare_up and turn.flare_up == "if-comfortable":
        return guidance.say("if-comfortable", suggestion=turn.do)
    return turn.do


def numbered_steps(guidance: Guidance) -> str:
    """The way to stand up, a step a line."""
    return "\n".join(f"{number}. {step.say}" for number, step in enumerate(guidance.steps, start=1))


def rules_in_force(policy: Policy, guidance: Guidance) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Id, sentence and sources of each rule, with the limits of this policy in place."""
    limits: dict[str, object] = {
        name: words.exactly(value) for name, value in msgspec.structs.asdict(policy).items() if isinstance(value, float)
    }
    limits |= {
        "summary_at": words.clock(policy.summary_at),
        "most_a_day": policy.most_a_day,
        "steps_from": words.exactly(STEPS_FROM),
    }
    for name, rule in guidance.rules.items():
        yield name, rule.say.format(**limits), rule.from_


_BODIES: dict[NoticeKind, tuple[str, ...]] = {
    "stand-soft": ("stand",),
    "stand-firm": ("stand", "return"),
    "welcome": ("welcome", "welcome-limits"),
}


def _body(kind: NoticeKind, facts: Facts) -> tuple[str, ...]:
    """The ids of the sentences a body begins with; most kinds have one of their own name."""
    match kind:
        case "sit-soft" | "sit-repeat" | "sit-firm":
            return ("slow-stand", "ask-flare-up" if facts.profile == "flare-up" else "ask")
        case "budget":
            return ("budget" if _percent(facts) < FULL else "budget-full",)
        case "summary":
            return (*(("summary-day",) if facts.day else ()), "summary", "summary-line")
        case _:
            return _BODIES.get(kind, (kind,))


def _places(facts: Facts) -> dict[str, object]:
    """What may stand in braces in a sentence. A measured length is rounded, a limit is not."""
    return {
        "bout": words.spoken(facts.bout_seconds),
        "break": words.exactly(facts.break_seconds),
        "total": words.spoken(facts.day_seconds),
        "total_range": words.ranged(facts.day_seconds, facts.low, facts.high),
        "budget": words.exactly(facts.budget_seconds),
        "percent": _percent(facts),
        "longest": words.spoken(facts.longest_seconds),
        "rule": words.exactly(facts.break_rule),
        "breaks": facts.breaks,
        "unobserved": words.spoken(facts.unobserved_seconds),
        "day": facts.day,
        "since": facts.since,
        "until": facts.until,
    }


def _percent(facts: Facts) -> int:
    """Of the budget. Rounded, because a prompt at four fifths may come a moment before them."""
    return round(FULL * facts.day_seconds / facts.budget_seconds) if facts.budget_seconds else FULL


def _wants_steps(kind: NoticeKind, facts: Facts) -> bool:
    return kind == "sit-firm" or facts.first_of_day or facts.profile != "standard" or facts.bout_seconds >= STEPS_FROM


def _snooze_label(seconds: float, guidance: Guidance) -> str:
    minutes, rest = divmod(seconds, MINUTE)
    if rest:
        return guidance.say("button-snooze-other", length=words.exactly(seconds))
    if minutes == 1:
        return guidance.say("button-snooze-minute")
    return guidance.say("button-snooze", minutes=int(minutes))
