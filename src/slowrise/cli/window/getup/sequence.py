"""Which step of getting up is shown at which second. Pure: every `now` is in seconds of a clock that only rises."""

from __future__ import annotations

from collections.abc import Sequence

STANDING = 7
"""The step, counted from 0, from which the user stands: the pause with a hand on the desk."""


class GettingUp:
    """The steps, then the break, then the end, which stays. Each is left after its time, or when the user says so."""

    def __init__(self, steps: Sequence[float], rest: float, now: float) -> None:
        """Begin with the first step. `steps`: the seconds of each; `rest`: the seconds of the break."""
        self.steps = len(steps)
        self.rest = rest
        self._lengths = (*steps, rest)
        self._place = 0
        self._begun = now
        self._held: float | None = None

    def place(self, now: float) -> int:
        """Return the step that is shown; the number of steps during the break, one more at the end."""
        while self._held is None and self._place <= self.steps and now - self._begun >= self._lengths[self._place]:
            self._begun += self._lengths[self._place]
            self._place += 1
        return self._place

    def elapsed(self, now: float) -> float:
        """Return for how many seconds this place has been shown, without the time on hold."""
        self.place(now)
        return (now if self._held is None else self._held) - self._begun

    def is_standing(self, now: float) -> bool:
        """Return whether the user stands by now, so that nothing needs to be pressed."""
        return self.place(now) >= STANDING

    @property
    def is_held(self) -> bool:
        """Whether the user made it wait."""
        return self._held is not None

    def hold(self, now: float) -> None:
        """Wait at this step. The break and the end cannot be held: they ask for nothing."""
        if self.place(now) < self.steps and self._held is None:
            self._held = now

    def go_on(self, now: float) -> None:
        """Go on from where it was held."""
        if self._held is not None:
            self._begun += now - self._held
            self._held = None

    def back(self, now: float) -> None:
        """Show the step before, from its beginning."""
        self._go(self.place(now) - 1, now)

    def next(self, now: float) -> None:
        """Show the next step."""
        self._go(self.place(now) + 1, now)

    def stand(self, now: float) -> None:
        """Show the pause: the user is up already. Later than that, nothing changes."""
        if self.place(now) < STANDING:
            self._held = None
            self._go(STANDING, now)

    def _go(self, place: int, now: float) -> None:
        self._place = min(max(place, 0), self.steps + 1)
        self._begun = now
        if self._held is not None:
            self._held = now if self._place < self.steps else None
