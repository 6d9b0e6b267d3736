"""What there is to say: every sentence by its id, with what it rests on.

The sentences themselves are text handed in (`config/guidance.en.toml`); nothing is worded here, so that a translation
is a second file. Lengths are seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from slowrise.core.model import time_text
from slowrise.core.model.policy import Policy
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.suggestions import SUGGESTIONS

STEPS_FROM = 45 * MINUTE
"""Sitting from which the steps are given in full, inclusive: judgement, one is stiff by then."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A sentence, perhaps with `{places}` to be filled, and the ids of what it rests on."""

    say: str
    from_: tuple[str, ...]


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What to do in a break. `avoid` is for those who read the guidance and never part of a notice."""

    do: str
    avoid: str
    from_: tuple[str, ...]


class RedFlags(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Fixed wording: when to get help at once. It outranks everything."""

    head: str
    signs: tuple[str, ...]
    foot: str
    urgent: str
    from_: tuple[str, ...]

    @property
    def at_once(self) -> str:
        """What calls for help at once."""
        return "\n".join((self.head, *(f"- {sign}" for sign in self.signs), "", self.foot))

    @property
    def text(self) -> str:
        """All of it, in paragraphs."""
        return f"{self.at_once}\n\n{self.urgent}"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement of the article, and why nothing is said from it where that is so."""

    says: str
    not_said: str = ""


class Guidance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything there is to say in one language."""

    language: str
    article: str
    note: str = ""
    """What is to be known of a translation."""
    units: dict[str, str] = {}
    """What a translation calls `h`, `min` and `s`, and the `to` of a range; as they are where it does not say."""
    texts: dict[str, Text]
    symptoms: dict[str, Text]
    sides: dict[str, Text]
    red_flags: RedFlags
    disclaimer: Text
    steps: tuple[Text, ...]
    """Standing up slowly, in order."""
    down: Text
    """Sitting down slowly."""
    suggestions: dict[str, Suggestion]
    rules: dict[str, Text]
    priority: dict[str, int]
    """Rank by kind; 1 comes first."""
    statements: dict[str, Statement]
    sources: dict[str, str]
    original: RedFlags | None = None
    """The red flags in the words that were checked, where these are a translation."""
    emergency_number: str = ""

    def say(self, name: str, **facts: object) -> str:
        """The sentence of that id with its places filled."""
        return self.texts[name].say.format(**facts)

    @property
    def emergency(self) -> str:
        """The red flags as they are shown: with the number where it is known, and never in a translation alone."""
        beside = (self.note, self.original.text) if self.original is not None else ()
        return "\n\n".join((*self.number_line, self.red_flags.text, *beside))

    @property
    def number_line(self) -> tuple[str, ...]:
        """The line with the number to call; nothing where it is not known."""
        return (self.say("emergency-number", number=self.emergency_number),) if self.emergency_number else ()

    def in_units(self, length: str) -> str:
        """A length in words, with the units of this language."""
        return time_text.in_units(length, self.units)


def parse(text: str, translation: str = "", *, emergency_number: str = "") -> Guidance:
    """The guidance a file holds, in the words of the translation where there is one.

    Both are ours and tested: what is wrong with them raises as it comes.
    """
    raw = tomllib.loads(text)
    whole = laid_over(raw, tomllib.loads(translation)) | {"emergency_number": emergency_number}
    if translation:
        whole["original"] = raw["red_flags"]
    return msgspec.convert(whole, Guidance)


def laid_over(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The one table with what the other has in its place; tables in a list are matched by their order."""
    return base | {key: _in_place(base.get(key), value) for key, value in other.items()}


def _in_place(old: Any, new: Any) -> Any:
    match old, new:
        case dict(), dict():
            return laid_over(old, new)
        case [dict(), *_], [dict(), *_]:
            return [laid_over(*pair) for pair in zip(old, new, strict=True)]
        case _:
            return new


def suggestion(name: str, guidance: Guidance, *, gently: bool) -> str:
    """What to do in the break."""
    do = guidance.suggestions[name].do
    if gently and SUGGESTIONS[name] == "if-comfortable":
        return guidance.say("if-comfortable", suggestion=do)
    return do


def numbered_steps(guidance: Guidance) -> str:
    """The way to stand up, a step a line."""
    return "\n".join(f"{number}. {step.say}" for number, step in enumerate(guidance.steps, start=1))


def rules_in_force(policy: Policy, guidance: Guidance) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Id, sentence and sources of each rule, with the limits of this policy in place. One that is off is left out."""
    limits: dict[str, object] = {
        name: guidance.in_units(time_text.format_seconds(value))
        for name, value in msgspec.structs.asdict(policy).items()
        if isinstance(value, float)
    }
    limits |= {
        "summary_at": time_text.format_time_of_day(policy.summary_at),
        "most_a_day": policy.most_a_day,
        "questions": policy.questions,
        "steps_from": guidance.in_units(time_text.format_seconds(STEPS_FROM)),
    }
    off = {name for name, is_on in (("R5", policy.return_tip), ("question", policy.questions)) if not is_on}
    for name, rule in guidance.rules.items():
        if name in off:
            continue
        yield name, rule.say.format(**limits), rule.from_
