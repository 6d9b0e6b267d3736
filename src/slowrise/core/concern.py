"""When symptoms ask for a clinician without any profile: strong pain down the leg, or symptoms on many days. Pure.

Days are local days. The response to an entry names the clinician at once, and a notice does once on each day after,
until the user ticks that they spoke to one or the reason has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from slowrise.core.model.events import Clinician, Event, Side, Symptom
from slowrise.core.model.spans import day_of
from slowrise.core.symptoms import is_between_legs

Reason = Literal["leg-pain", "many-days"]

STRONG = 7
"""Pain down the leg from this level on is a reason by itself. Judgement (G12)."""
MANY_DAYS = 3
"""Symptoms on so many days of the last `LOOK_BACK` are a reason (G13). Judgement, the third day as in a flare-up."""
LOOK_BACK = timedelta(days=7)


class Concern(msgspec.Struct):
    """The days with symptoms, and whether a clinician was told."""

    days: list[date] = []
    """The days with a symptom, in order; only the last `LOOK_BACK` matter."""
    strong: list[date] = []
    """Those with strong pain down the leg."""
    sides: dict[Side, date] = {}
    """The last day with a symptom on each side."""
    weak: list[date] = []
    """The days with weakness, or with feeling that is lost between the legs."""
    told: Reason | None = None
    """The reason that the user has ticked. It holds until no reason is left, or a stronger one comes."""
    asked_on: str = ""
    """The day of the last notice."""

    def note(self, symptom: Symptom, day: date) -> None:
        """Add a symptom. "None today" is no symptom."""
        if not symptom.level:
            return
        if self.reason(day) is None:
            self.told = None
        self.days = _with_day(self.days, day)
        if symptom.kind == "radiating-pain" and symptom.level >= STRONG:
            self.strong = _with_day(self.strong, day)
        self.sides = self.sides | {symptom.side: day}
        if symptom.kind == "weakness" or is_between_legs(symptom):
            self.weak = _with_day(self.weak, day)

    def tell(self, day: date) -> None:
        """Note that the user spoke to a clinician about what there is on that day."""
        self.told = self.reason(day) or self.told

    def reason(self, day: date) -> Reason | None:
        """Return why a clinician should know on that day; None without a reason."""
        if _in_week(self.strong, day):
            return "leg-pain"
        return "many-days" if self.count(day) >= MANY_DAYS else None

    def count(self, day: date) -> int:
        """Return on how many of the last seven days there was a symptom."""
        return _in_week(self.days, day)

    def is_serious(self, day: date) -> bool:
        """Return whether the last seven days had weakness, symptoms on both sides, or any between the legs."""
        sides = {side for side, last in self.sides.items() if _in_week([last], day)} - {"middle"}
        return "both" in sides or len(sides) > 1 or _in_week(self.weak, day) > 0

    def asks(self, day: date) -> bool:
        """Return whether there is a reason that the user has not ticked."""
        reason = self.reason(day)
        return reason is not None and self.told not in ("leg-pain", reason)

    def is_to_ask(self, day: date) -> bool:
        """Return whether the notice is still to be shown on that day: not on the day of an entry, which said it."""
        return self.asks(day) and self.asked_on != day.isoformat() and day not in self.days


def concern_of(events: Iterable[Event], day_starts: float) -> Concern:
    """Return what these health notes come to. `day_starts`: seconds after midnight."""
    concern = Concern()
    for event in events:
        match event:
            case Symptom():
                concern.note(event, day_of(event.at, day_starts))
            case Clinician(knows="symptoms" | "flare-up"):
                concern.tell(day_of(event.at, day_starts))
            case _:
                pass
    return concern


def _in_week(days: Iterable[date], day: date) -> int:
    return sum(day - LOOK_BACK < each <= day for each in days)


def _with_day(days: list[date], day: date) -> list[date]:
    return sorted({*(each for each in days if each > day - LOOK_BACK), day})
