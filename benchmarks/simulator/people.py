"""The simulated people, drawn from the parameters in a file. Minutes, unless a name has another unit."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

Rng = np.random.Generator

KINDS = ("office", "coder", "reader", "caller", "home", "few-long-sits", "sit-stand")
AUTO_LOCK_MIN = (5, 10, 15)
"""Typical choices of desktops. Each person whose screen locks by itself has one of them."""


class Spread(NamedTuple):
    """A log-normal distribution, truncated by rejection."""

    median: float
    log_sd: float
    least: float
    most: float

    def draw(self, rng: Rng, factor: float = 1.0) -> float:
        """Draw one value, with the median multiplied by `factor`."""
        for _ in range(1000):
            value = self.median * factor * math.exp(self.log_sd * rng.standard_normal())
            if self.least <= value <= self.most:
                return value
        return min(max(self.median * factor, self.least), self.most)


@dataclass(frozen=True)
class Habits:
    """The parameters of one kind of people, or of one person."""

    spread: dict[str, Spread]
    share: dict[str, float]
    amount: dict[str, float]
    chance: dict[str, float]

    def moved(self, rng: Rng, most: float) -> Habits:
        """Return these habits with every number multiplied or divided by a random factor of up to `most`."""

        def factor() -> float:
            return float(np.exp(rng.uniform(-1, 1) * math.log(most)))

        return Habits(
            {name: spread._replace(median=spread.median * factor()) for name, spread in self.spread.items()},
            {name: value * factor() for name, value in self.share.items()},
            {name: value * (1.0 if name in FIXED else factor()) for name, value in self.amount.items()},
            {name: min(0.97, value * factor()) for name, value in self.chance.items()},
        )


FIXED = ("workday_h", "start_h", "lunch_at_h")
"""Amounts that are not varied. Two fifths more would put lunch at five in the afternoon."""


@dataclass(frozen=True)
class Person:
    """One person: their habits, and what stays the same from day to day."""

    kind: str
    number: int
    habits: Habits
    sit: float
    upright: float
    auto_lock: float | None
    laptop: bool
    sleeps: bool
    lock_is_input: bool
    bumps_h: float

    def happens(self, rng: Rng, name: str) -> bool:
        """Draw whether the event with this name happens."""
        return bool(rng.random() < self.habits.chance[name])


@dataclass(frozen=True)
class People:
    """The habits of each kind, how far a person may differ from them, and the seed."""

    kinds: dict[str, Habits]
    most: float
    seed: int

    def person(self, kind: str, number: int) -> Person:
        """Return the person of that kind and number. The same arguments always give the same person."""
        rng = np.random.default_rng([self.seed, KINDS.index(kind), number])
        habits = self.kinds[kind].moved(rng, self.most)
        chance, amount = habits.chance, habits.amount
        bumpy = rng.random() < chance["bumpy"]
        return Person(
            kind=kind,
            number=number,
            habits=habits,
            sit=float(np.exp(amount["person_sit"] * rng.standard_normal())),
            upright=float(np.exp(amount["person_upright"] * rng.standard_normal())),
            auto_lock=float(rng.choice(AUTO_LOCK_MIN)) if rng.random() < chance["auto_lock"] else None,
            laptop=bool(rng.random() < chance["laptop"]),
            sleeps=bool(rng.random() < chance["idle_suspend"]),
            lock_is_input=bool(rng.random() < chance["lock_is_input"]),
            bumps_h=float(rng.uniform(3, 10)) if bumpy else amount["bumps_h"],
        )


FITTED_PEOPLE = Path(__file__).with_name("people.toml")


def read_people(*files: Path) -> People:
    """Return the people whom the weights are fitted to, with the values of each file overriding them in turn."""
    merged: dict[str, dict[str, object]] = {}
    most, seed = 1.0, 0
    for file in (FITTED_PEOPLE, *files):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        most, seed = table["moved"], table["seed"]
        for group in ("spread", "share", "amount", "chance"):
            merged[group] = merged.get(group, {}) | table["base"].get(group, {})
    kinds = {kind: _habits({g: merged[g] | own.get(g, {}) for g in merged}) for kind, own in table["kinds"].items()}
    return People(kinds, most, seed)


def _habits(groups: dict[str, dict[str, object]]) -> Habits:
    spreads = {name: Spread(*map(float, value)) for name, value in groups["spread"].items()}  # type: ignore[call-overload]
    numbers = [{k: float(v) for k, v in groups[g].items()} for g in ("share", "amount", "chance")]  # type: ignore[arg-type]
    return Habits(spreads, *numbers)
