"""The kinds of prompts and notices, and everything that depends on the kind alone: one row each. Pure.

A prompt is decided by the engine (`due.py`). A notice is a prompt in words, or one of the three messages that no rule
decides: the red flags, the welcome, and a mistake in the settings. To add a kind, add it to `PromptKind` and give it a
row in `KINDS`, a reason in `due.py` and words in `messages/notices.py`.
"""

from __future__ import annotations

from itertools import product
from typing import Literal, NamedTuple, get_args

from slowrise.core.model.units import MINUTE

PromptKind = Literal[
    "flare-up",
    "clinician",
    "stand-firm",
    "sit-firm",
    "sit-soft",
    "sit-repeat",
    "stand-soft",
    "standing-question",
    "stand-budget",
    "budget",
    "question",
    "return",
    "summary",
]
PromptAnswer = Literal["followed", "later"]
"""What the user answered to a prompt: to change posture now, or to put it off."""
InformationKind = Literal["red-flag", "welcome", "settings"]
"""Notices that are no prompts: they follow from a symptom, from the first start, or from a start with a wrong file."""
NoticeKind = Literal["red-flag", PromptKind, "welcome", "settings"]

StayingKind = Literal["red-flag", "stand-firm", "sit-firm"]
"""Notices that stay on the screen."""

READING = 30.0
"""Seconds that a notice is shown at least. Judgement: 25 words take 8 s at 3 words a second, and a user who looks up
from a text needs a while to see that there is something to read. The usual time of a desktop is 4 to 10 s."""
DECIDING = MINUTE
"""Seconds that a notice with something to do or to answer is shown: the user finishes a sentence first. Judgement."""


class Kind(NamedTuple):
    """What is known of a kind."""

    rank: int
    """Rank 1 comes first: a notice takes the place of one of its own rank or after it."""
    asks: Literal["stand up", "sit down"] | None = None
    """The change of posture that it asks for."""
    stays: bool = False
    """It stays on the screen until the user acts on it."""
    seconds: float = READING
    """How long it is shown otherwise."""
    quiet: bool = False
    """It only informs, and comes again: GNOME shows no banner for it."""
    minor: bool = False
    """It is one of the `others_a_day`, and gives way to prompts that ask for another posture."""
    health: bool = False
    """It shows that the user has symptoms, so no log names it."""


KINDS: dict[NoticeKind, Kind] = {
    "red-flag": Kind(1, stays=True, health=True),
    "flare-up": Kind(2, seconds=DECIDING, health=True),
    "clinician": Kind(2, seconds=DECIDING, health=True),
    "stand-firm": Kind(3, asks="sit down", stays=True),
    "sit-firm": Kind(4, asks="stand up", stays=True),
    "sit-soft": Kind(5, seconds=DECIDING, asks="stand up"),
    "sit-repeat": Kind(5, seconds=DECIDING, asks="stand up"),
    "stand-soft": Kind(5, seconds=DECIDING, asks="sit down"),
    "standing-question": Kind(5, seconds=DECIDING, minor=True),
    "stand-budget": Kind(6, asks="sit down", quiet=True, minor=True),
    "budget": Kind(6, quiet=True, minor=True),
    "question": Kind(7, seconds=DECIDING, minor=True),
    "return": Kind(7, quiet=True, minor=True),
    "welcome": Kind(8, seconds=DECIDING),
    "settings": Kind(8, seconds=DECIDING),
    "summary": Kind(8, quiet=True, minor=True),
}
"""In the order in which prompts are chosen: when several could be shown at one instant, the first is."""

PLACES: dict[NoticeKind, int] = {kind: place for place, kind in enumerate(KINDS)}
"""The place of each kind in that order."""
_ASKING_TO_STAND_UP = frozenset(kind for kind, known in KINDS.items() if known.asks == "stand up")
_ASKING_TO_MOVE = frozenset(kind for kind, known in KINDS.items() if known.asks is not None)
_ABOUT_STANDING = frozenset({"stand-soft", "stand-firm", "standing-question", "stand-budget"})
_WAITING = frozenset(
    (kind, shown)
    for kind, shown in product(KINDS, repeat=2)
    # The next word about standing does not wait: the user who stands on would only ever see the one before.
    if KINDS[shown].stays and KINDS[shown].rank < KINDS[kind].rank and not _ABOUT_STANDING.issuperset((kind, shown))
)
_HEALTH = frozenset(kind for kind, known in KINDS.items() if known.health)
_MINOR = frozenset(kind for kind, known in KINDS.items() if known.minor)


def asks_to_stand_up(kind: str) -> bool:
    """Return whether prompts of that kind ask a sitting user to stand up."""
    return kind in _ASKING_TO_STAND_UP


def asks_to_move(kind: str) -> bool:
    """Return whether prompts of that kind ask for another posture."""
    return kind in _ASKING_TO_MOVE


def waits_behind(kind: str, shown: str | None) -> bool:
    """Return whether a notice of a kind has to wait while one of the kind `shown`, or none, is up."""
    return (kind, shown) in _WAITING


def staying_kind(kind: str) -> StayingKind | None:
    """Return the kind if notices of it stay on the screen, else None."""
    return next((staying for staying in get_args(StayingKind) if staying == kind), None)


def is_minor(kind: str) -> bool:
    """Return whether notices of that kind are limited to `others_a_day`."""
    return kind in _MINOR


def name_for_log(kind: str, name: str = "") -> str:
    """Return what a log calls a notice of that kind, or (`name`) something that belongs to it."""
    return "health" if kind in _HEALTH else name or kind
