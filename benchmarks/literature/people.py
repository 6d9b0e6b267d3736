"""The simulated people, drawn from the parameters in a file. Minutes, unless a name has another unit."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from simulator.people import Rng, Spread

KINDS = ("office", "coder", "reader", "caller", "home", "few-long-sits", "sit-stand")
AUTO_LOCK_MIN = (5, 10, 15)
"""Typical choices of desktops. Each person whose screen locks by itself has one of them."""


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


def read_people() -> People:
    """Return the people of `people.toml`."""
    table = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))
    base = table["base"]
    kinds = {kind: _habits({g: base[g] | own.get(g, {}) for g in base}) for kind, own in table["kinds"].items()}
    return People(kinds, table["moved"], table["seed"])


def _habits(groups: dict[str, dict[str, object]]) -> Habits:
    spreads = {name: Spread(*map(float, value)) for name, value in groups["spread"].items()}  # type: ignore[call-overload]
    numbers = [{k: float(v) for k, v in groups[g].items()} for g in ("share", "amount", "chance")]  # type: ignore[arg-type]
    return Habits(spreads, *numbers)
