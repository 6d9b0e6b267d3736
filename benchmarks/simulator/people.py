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
AUTO_LOCK_MIN = (5, 10, 15, 30)
"""Typical choices of desktops. Each person whose screen locks by itself has one of them."""
FARTHEST = 2.0
"""No habit of a person is farther from the median of the people than so many standard deviations."""
GROUPS = ("spread", "share", "rate", "amount", "chance", "differ")


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
    """Share of each activity among the next ones of a person at the desk."""
    rate: dict[str, float]
    """Times a day, Poisson."""
    amount: dict[str, float]
    chance: dict[str, float]
    differ: dict[str, float]
    """How far people differ: the log-sd of a number by its name, or else by its group. For a chance, of its odds."""

    def of_one_person(self, rng: Rng) -> Habits:
        """Return the habits of one person: every number is moved by a factor that is drawn for this person."""

        def factor(name: str, group: str) -> float:
            away = min(max(float(rng.standard_normal()), -FARTHEST), FARTHEST)
            return math.exp(self.differ.get(name, self.differ[group]) * away)

        return Habits(
            {name: _moved(spread, factor(name, "spread")) for name, spread in self.spread.items()},
            {name: value * factor(name, "share") for name, value in self.share.items()},
            {name: value * factor(name, "rate") for name, value in self.rate.items()},
            {name: value * factor(name, "amount") for name, value in self.amount.items()},
            {name: _likelier(value, factor(name, "chance")) for name, value in self.chance.items()},
            self.differ,
        )


def _moved(spread: Spread, factor: float) -> Spread:
    return spread._replace(median=min(max(spread.median * factor, spread.least), spread.most))


def _likelier(chance: float, factor: float) -> float:
    """Return the chance with its odds multiplied. 0 and 1 stay as they are."""
    return chance * factor / (1 - chance + chance * factor)


@dataclass(frozen=True)
class Person:
    """One person: their habits, and the machine at their desk."""

    kind: str
    number: int
    habits: Habits
    locks: bool
    """Whether the person ever locks the screen by hand."""
    lock_is_input: bool
    auto_lock: float | None
    laptop: bool
    sleeps: bool
    """Whether the machine suspends itself."""
    phantom_s: float | None
    """Seconds after the last input at which this machine reports a touch that nobody made; None if it never does."""
    bumps_h: float

    def happens(self, rng: Rng, name: str) -> bool:
        """Draw whether the event with this name happens."""
        return bool(rng.random() < self.habits.chance[name])

    def times(self, rng: Rng, name: str) -> int:
        """Draw how often the event with this name happens today."""
        return int(rng.poisson(self.habits.rate[name]))


@dataclass(frozen=True)
class People:
    """The habits of each kind, and the seed."""

    kinds: dict[str, Habits]
    seed: int

    def person(self, kind: str, number: int) -> Person:
        """Return the person of that kind and number. The same arguments always give the same person."""
        rng = np.random.default_rng([self.seed, KINDS.index(kind), number])
        habits = self.kinds[kind].of_one_person(rng)

        def has(name: str) -> bool:
            """Draw from the chance of the kind: it is a share of people, which no person has a version of."""
            return bool(rng.random() < self.kinds[kind].chance[name])

        return Person(
            kind=kind,
            number=number,
            habits=habits,
            locks=has("locker"),
            lock_is_input=has("lock_is_input"),
            auto_lock=float(rng.choice(AUTO_LOCK_MIN)) if has("auto_lock") else None,
            laptop=has("laptop"),
            sleeps=has("idle_suspend"),
            phantom_s=habits.spread["phantom_s"].draw(rng) if has("phantom_machine") else None,
            bumps_h=float(rng.uniform(3, 10)) if has("bumpy") else habits.amount["bumps_h"],
        )


FITTED_PEOPLE = Path(__file__).with_name("people.toml")


def read_people(*files: Path) -> People:
    """Return the people whom the weights are fitted to, with the values of each file overriding them in turn."""
    merged: dict[str, dict[str, object]] = {}
    table: dict[str, dict[str, dict[str, dict[str, object]]]] = {}
    for file in (FITTED_PEOPLE, *files):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for group in GROUPS:
            merged[group] = merged.get(group, {}) | table["base"].get(group, {})
    kinds = {kind: _habits({g: merged[g] | own.get(g, {}) for g in GROUPS}) for kind, own in table["kinds"].items()}
    return People(kinds, int(table["seed"]))  # type: ignore[call-overload]


def _habits(groups: dict[str, dict[str, object]]) -> Habits:
    spreads = {name: Spread(*map(float, value)) for name, value in groups["spread"].items()}  # type: ignore[call-overload]
    numbers = [{k: float(v) for k, v in groups[g].items()} for g in GROUPS[1:]]  # type: ignore[arg-type]
    return Habits(spreads, *numbers)
