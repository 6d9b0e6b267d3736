"""What the user typed after `slowrise symptom`, read as one entry: kind, side and level, in any order. No I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

from slowrise.cli.views.i18n import _
from slowrise.core.model.events import Side, SymptomKind
from slowrise.core.symptoms import RED_FLAG_KINDS
from slowrise.messages.guidance import Guidance

LEVELS = range(11)

_MEANT: dict[SymptomKind, tuple[str, ...]] = {
    "saddle-numbness": ("saddle", "groin", "crotch", "genital", "genitals", "buttocks", "사타구니", "회음부"),
    "bladder-bowel": (
        *("bladder", "bowel", "bowels", "incontinence", "urine", "stool", "toilet"),
        *("방광", "소변", "대변", "대소변"),
    ),
    "pain": ("back", "back-pain", "low-back-pain", "허리", "통증", "허리-통증"),
    "radiating-pain": ("leg-pain", "sciatica", "방사통"),
    "numbness": ("numb", "무감각"),
    "odd-sensation": ("tingling", "pins-and-needles", "찌릿함", "저림"),
    "weakness": ("weak", "leg-weakness", "힘-빠짐"),
}
_WORDS = {word: kind for kind, words in _MEANT.items() for word in words}
"""Words that people use for a kind. The list is short: whatever is not in it gets the red flags and a question."""

_FELT = frozenset[SymptomKind | None]({"numbness", "reduced-sensation", "odd-sensation"})
"""Of a leg or foot. In the middle it is between the legs, and a red flag."""


class Draft(NamedTuple):
    """An entry, as far as it is understood."""

    kind: SymptomKind | None
    side: Side | None
    level: int | None
    faults: tuple[str, ...]
    """A sentence about each thing that is missing or wrong."""


def read_draft(words: Sequence[str], side: str | None, level: str | None, guidance: Guidance) -> Draft:
    """Read the words and the two options. A side and a level may stand among the words."""
    rest: list[str] = []
    for word in words:
        if level is None and word.isdecimal():
            level = word
        elif side is None and side_of(word, get_args(Side), guidance) is not None:
            side = word
        else:
            rest.append(word)
    kind = kind_of(" ".join(rest))
    if kind in _FELT and side == "middle":
        kind = "saddle-numbness"
    sides = sides_of(kind)
    if side is None or kind in RED_FLAG_KINDS:
        # A back has a middle, where pain is first of all; there is only one place between the legs.
        found_side: Side | None = "middle" if "middle" in sides and kind is not None else None
    else:
        found_side = side_of(side, sides, guidance)
    found_level = level_of(level or "")
    faults = []
    if kind is None:
        faults.append(_("Not a kind of symptom: {word}.").format(word=" ".join(rest)) if rest else _("Which symptom?"))
    if found_side is None:
        faults.append(side_fault(side, sides, guidance))
    if found_level is None:
        faults.append(level_fault(level))
    return Draft(kind, found_side, found_level, tuple(faults))


def kind_of(text: str) -> SymptomKind | None:
    """Return the kind that the text names. One word of a red flag among others is enough for it."""
    word = "-".join(text.casefold().replace("_", " ").split())
    for kind in get_args(SymptomKind):
        if word == kind:
            return kind  # type: ignore[no-any-return]  # a member of the literal
    meant = (_WORDS.get(part) for part in (word, *word.split("-")))
    whole = next(meant)
    return whole or next((kind for kind in meant if kind in RED_FLAG_KINDS), None)


def sides_of(kind: SymptomKind | None) -> tuple[Side, ...]:
    """Return the sides on which a symptom of that kind can be felt."""
    if kind in RED_FLAG_KINDS:
        return ("middle",)
    return ("left", "middle", "right", "both") if kind == "pain" else ("left", "right", "both")


def side_of(text: str, sides: tuple[Side, ...], guidance: Guidance) -> Side | None:
    """Return the side of that name, in English or in the user's language, if it is one of these."""
    word = text.casefold()
    return next((side for side in sides if word in (side, guidance.sides[side].say)), None)


def level_of(text: str) -> int | None:
    """Return the level of that text; None if it is no whole number from 0 to 10."""
    return int(text) if text.isdecimal() and int(text) in LEVELS else None


def side_fault(side: str | None, sides: tuple[Side, ...], guidance: Guidance) -> str:
    """Return what is wrong with a side, or that it is missing, and what is accepted."""
    names = ", ".join(_named(side, guidance) for side in sides)
    if side is None:
        return _("Which side? Use one of: {sides}.").format(sides=names)
    return _("Not a side of this symptom: {word}. Use one of: {sides}.").format(word=side, sides=names)


def level_fault(level: str | None) -> str:
    """Return what is wrong with a level, or that it is missing, and what is accepted."""
    if level is None:
        return _("How strong is it? Use a number from 0 (none) to 10 (the worst you can imagine).")
    return _("Not a level: {word}. Use a number from 0 (none) to 10 (the worst you can imagine).").format(word=level)


def example(draft: Draft) -> str:
    """Return a complete command that keeps what was understood."""
    kind = draft.kind or "radiating-pain"
    side = "" if kind in RED_FLAG_KINDS else f" --side {draft.side or 'left'}"
    level = 3 if draft.level is None else draft.level
    return f"slowrise symptom {kind}{side} --level {level}"


def _named(side: Side, guidance: Guidance) -> str:
    say = guidance.sides[side].say
    return side if side in say else f"{side} ({say})"
