"""Standing at the desk, as the user declared it or a desk sensor reported it. Engine time, in seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf

import msgspec


class Stand(msgspec.Struct):
    """A period of standing."""

    start: float
    doubted: float
    """Unconfirmed from here on; at or after `end` if it was confirmed to the end."""
    end: float | None = None
    """None while it goes on."""


class Posture(msgspec.Struct):
    """All periods of standing, in order and disjoint."""

    stands: list[Stand] = []

    @property
    def standing(self) -> Stand | None:
        """The period that goes on now."""
        return self.stands[-1] if self.stands and self.stands[-1].end is None else None

    def stand(self, at: float, confirm_after: float) -> float | None:
        """Begin standing, or confirm the standing so far. Return from when on it was in doubt; None if it was not.

        If standing has been unconfirmed for longer than `confirm_after`, it ends here and a new period begins: the user
        probably forgot to report sitting down. The unconfirmed part stays unconfirmed. Only `sit` confirms that much,
        because a user who reports sitting down knows that they stood until then.
        """
        stand = self.standing
        if stand is not None and at - stand.doubted > confirm_after:
            stand.end = at
            stand = None
        if stand is None:
            self.stands.append(Stand(at, at + confirm_after))
            return None
        doubted, stand.doubted = stand.doubted, at + confirm_after
        return doubted if doubted < at else None

    def sit(self, at: float) -> float | None:
        """End standing, which confirms all of it. Return from when on it was in doubt; None if it was not."""
        stand = self.standing
        if stand is None:
            return None
        doubted = stand.doubted
        stand.end = stand.doubted = at
        return doubted if doubted < at else None

    def lapse(self, left: float, back: float) -> None:
        """After an absence from `left` to `back`: end standing at `left` if it was in doubt by `back`."""
        stand = self.standing
        if stand is not None and stand.doubted <= back:
            stand.end = max(left, stand.start)

    @property
    def until(self) -> float:
        """When the last period ends; infinity while the user stands."""
        end = self.stands[-1].end if self.stands else 0.0
        return inf if end is None else end

    def is_standing(self, at: float) -> bool:
        """Return whether the user stands at `at`, without doubt."""
        stand = self.standing
        return stand is not None and at < stand.doubted

    def between(self, begin: float, end: float) -> Sequence[Stand]:
        """Return the periods that overlap `[begin, end)`."""
        stands = self.stands
        if not stands or (stands[-1].end is not None and stands[-1].end <= begin):
            return ()
        first = bisect_right(stands, begin, key=lambda stand: stand.start)
        if first and ((ended := stands[first - 1].end) is None or ended > begin):
            first -= 1
        return stands[first : bisect_left(stands, end, key=lambda stand: stand.start)]
