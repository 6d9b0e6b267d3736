"""When symptoms ask for a clinician without any profile: strong pain down the leg, or symptoms on many days. Pure.

Days are local days. The response to an entry asks the user to contact a clinician. On each later day one notice
does the same, until the user confirms that they spoke to one, or until the reason has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from slowrise.core.model.events import Clinician, Event, Symptom
from slowrise.core.model.spans import day_of
from slowrise.core.symptoms import are_serious

Reason = Literal["leg-pain", "many-days"]

STRONG = 7
"""Pain down the leg from this level on is a reason by itself. Judgement (G12)."""
MANY_DAYS = 3
"""Symptoms on so many days of the last `LOOK_BACK` are a reason (G13). Judgement, the third day as in a flare-up."""
LOOK_BACK = timedelta(days=7)


class Concern(msgspec.Struct):
    """The days with symptoms, and whether a clinician was told."""

    noted: list[tuple[date, Symptom]] = []
    """The symptoms of the last `LOOK_BACK` with their days: of each kind and side the strongest of a day."""
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
        same = (day, symptom.kind, symptom.side)
        before = [each for then, each in self.noted if (then, each.kind, each.side) == same]
        others = [(then, each) for then, each in self.noted if then > day - LOOK_BACK and each not in before]
        self.noted = [*others, (day, max([*before, symptom], key=lambda each: each.level))]

    def tell(self, day: date) -> None:
        """Note that the user spoke to a clinician about what there is on that day."""
        self.told = self.reason(day) or self.told

    def reason(self, day: date) -> Reason | None:
        """Return why a clinician should know on that day; None without a reason."""
        if any(each.kind == "radiating-pain" and each.level >= STRONG for _, each in self._week(day)):
            return "leg-pain"
        return "many-days" if self.count(day) >= MANY_DAYS else None

    def count(self, day: date) -> int:
        """Return on how many of the last seven days there was a symptom."""
        return len({then for then, _ in self._week(day)})

    def is_serious(self, day: date) -> bool:
        """Return whether the last seven days had weakness, symptoms on both sides, or any between the legs."""
        return are_serious([each for _, each in self._week(day)])

    def asks(self, day: date) -> bool:
        """Return whether there is a reason that the user has not ticked."""
        reason = self.reason(day)
        return reason is not None and self.told not in ("leg-pain", reason)

    def is_to_ask(self, day: date) -> bool:
        """Return whether the notice is still to be shown on that day: not on the day of an entry, which said it."""
        return self.asks(day) and self.asked_on != day.isoformat() and all(then != day for then, _ in self.noted)

    def _week(self, day: date) -> list[tuple[date, Symptom]]:
        return [(then, each) for then, each in self.noted if day - LOOK_BACK < then <= day]


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
