"""The guidance: every sentence by its id, with its sources, in one language.

The sentences are in `config/guidance.en.toml`; a translation is a second file that replaces them. No sentence is in the
code. Lengths are seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from slowrise.core.model import time_text
from slowrise.core.model.policy import Policy
from slowrise.core.prompts.suggestions import SUGGESTIONS
from slowrise.messages.emergency import MOBILE, UK, Emergency


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A sentence, perhaps with `{places}` to fill, and the ids of its sources."""

    say: str
    from_: tuple[str, ...]


class Step(Text, frozen=True, forbid_unknown_fields=True):
    """A step of standing up. It is shown for `seconds`: the time to read it and then to do it, above zero."""

    seconds: float


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Something to do in a break. `avoid` is shown on the guidance page and never in a notice."""

    do: str
    avoid: str
    from_: tuple[str, ...]


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sees a patient soon. `{number}` is the emergency number."""

    uk: str
    """In the UK, and where the country is unknown."""
    elsewhere: str


class RedFlags(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """When to get help at once, in fixed wording. Shown before everything else."""

    head: str
    signs: tuple[str, ...]
    foot: str
    urgent: str
    """Whom to see soon; `{where}` is one of the next."""
    where: Where
    from_: tuple[str, ...]

    @property
    def at_once(self) -> str:
        """The signs that call for help at once."""
        return "\n".join((self.head, *(f"- {sign}" for sign in self.signs), "", self.foot))

    @property
    def text(self) -> str:
        """Everything, in paragraphs: what calls for help at once comes last, where it cannot scroll away."""
        return f"{self.urgent}\n\n{self.at_once}"


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement of the article; `not_said` is the reason why no sentence uses it."""

    says: str
    not_said: str = ""


class Guidance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All sentences in one language."""

    language: str
    article: str
    note: str = ""
    """What the reader should know of a translation."""
    units: time_text.Units = time_text.ENGLISH
    texts: dict[str, Text]
    symptoms: dict[str, Text]
    sides: dict[str, Text]
    red_flags: RedFlags
    disclaimer: Text
    steps: tuple[Step, ...]
    """Standing up slowly, in order."""
    down: Text
    """Sitting down slowly."""
    suggestions: dict[str, Suggestion]
    seated: dict[str, Suggestion]
    """For a user who cannot get up now."""
    avoid: dict[str, Text]
    """The lines on what to avoid, one for a day. They have at most seven words, or a notice would be too long."""
    rules: dict[str, Text]
    """Rank of each kind of notice; 1 comes first."""
    statements: dict[str, Statement]
    sources: dict[str, str]
    original: RedFlags | None = None
    """The checked English red flags; None if these are the English ones."""
    emergency_call: Emergency = Emergency(mobile=MOBILE)

    def say(self, name: str, **facts: object) -> str:
        """Return the sentence of that id with its places filled."""
        return self.texts[name].say.format(**facts)

    @property
    def emergency(self) -> str:
        """The red flags as shown, a translation always with the English. The signs and the number come last.

        What asks whether they were read stands below, so a terminal still shows them then.
        """
        beside = (self.original.text, self.note) if self.original is not None else ()
        return "\n\n".join((*beside, self.red_flags.text, self.number_line))

    @property
    def number_line(self) -> str:
        """The line with the number to call."""
        call = self.emergency_call
        name = "emergency-number-mobile" if not call.number else "emergency-number-or" if call.mobile else ""
        return self.say(name or "emergency-number", number=call.number, mobile=call.mobile)

    @property
    def number(self) -> str:
        """The number to call, in a word or three."""
        call = self.emergency_call
        both = call.number and call.mobile
        return self.say("number-or", number=call.number, mobile=call.mobile) if both else call.number or call.mobile

    def placed(self) -> Guidance:
        """Return the same with the red flags of this country: they name who sees a patient soon."""
        country = self.emergency_call.country
        number = self.emergency_call.number or self.emergency_call.mobile
        is_elsewhere = bool(country) and country not in UK

        def of_here(flags: RedFlags) -> RedFlags:
            where = flags.where.elsewhere if is_elsewhere else flags.where.uk
            return msgspec.structs.replace(flags, urgent=flags.urgent.format(where=where.format(number=number)))

        original = None if self.original is None else of_here(self.original)
        return msgspec.structs.replace(self, red_flags=of_here(self.red_flags), original=original)


def parse(text: str, translation: str = "", *, emergency: Emergency | None = None) -> Guidance:
    """Return the guidance of the English text, with the sentences of the translation in their place.

    Both files ship with slowrise and are tested, so mistakes in them raise whatever the parser raises.
    """
    english = tomllib.loads(text)
    merged = _overlay(english, tomllib.loads(translation))
    if translation:
        merged["original"] = english["red_flags"]
    guidance = msgspec.convert(merged, Guidance)
    return msgspec.structs.replace(guidance, emergency_call=emergency or guidance.emergency_call).placed()


def _overlay(old: Any, new: Any) -> Any:
    """Return `new` in place of `old`; in tables, and in tables within a list, only the keys that `new` has."""
    match old, new:
        case dict(), dict():
            return old | {key: _overlay(old.get(key), value) for key, value in new.items()}
        case [dict(), *_], [dict(), *_]:
            return [_overlay(*pair) for pair in zip(old, new, strict=True)]
        case _:
            return new


def suggestion(name: str, guidance: Guidance, *, gently: bool) -> str:
    """Return what to do in the break. `gently` leaves suggestions that are most like exercise to comfort."""
    do = guidance.suggestions[name].do
    if gently and SUGGESTIONS[name] == "if-comfortable":
        return guidance.say("if-comfortable", suggestion=do)
    return do


def while_seated(guidance: Guidance) -> tuple[str, ...]:
    """Return what to do while one cannot get up, in lines: a lead, each thing to do, and that it is no break."""
    things = (f"• {entry.do}" for entry in guidance.seated.values())
    return (guidance.say("seated"), *things, guidance.say("seated-note"))


def rules_in_force(policy: Policy, guidance: Guidance) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield id, sentence and sources of each rule, with the limits of this policy. Rules that are off are left out."""
    limits: dict[str, object] = {
        name: time_text.format_seconds(value, guidance.units)
        for name, value in msgspec.structs.asdict(policy).items()
        if isinstance(value, float)
    }
    limits |= {
        "summary_at": time_text.format_time_of_day(policy.summary_at),
        "eagerness": policy.eagerness,
        "others_a_day": policy.others_a_day,
        "questions": policy.questions,
    }
    is_on = {"R5": policy.return_tip, "question": policy.questions, "avoid": policy.avoid_line}
    for name, rule in guidance.rules.items():
        if is_on.get(name, True):
            yield name, rule.say.format(**limits), rule.from_
