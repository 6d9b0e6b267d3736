"""Kinds of people and what one person keeps over the days. Minutes, unless a name says otherwise.

The figures are chosen, not measured. They were adjusted until the self-check came near the measured distributions.
"""

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

# Task: state suffix, median length, log-sd of the length, bursts an hour, touches an intention starts, and touches
# that each touch leads to.
TASKS: dict[str, tuple[str, float, float, float, float, float]] = {
    "write": ("A", 6.0, 0.9, 110, 14, 0.86),
    "mail": ("A", 3.0, 0.8, 120, 12, 0.85),
    "browse": ("R", 2.5, 0.9, 120, 9, 0.84),
    "read": ("R", 4.0, 1.0, 95, 6, 0.82),
    "paper": ("P", 5.0, 1.1, 14, 5, 0.78),
    "phone": ("P", 4.0, 0.9, 24, 5, 0.78),
    "think": ("P", 1.5, 0.9, 36, 5, 0.78),
    "visit": ("P", 3.5, 0.9, 11, 4, 0.75),
}

# Errand: states in turn with their share of the time, median length, log-sd of the length.
ERRANDS: dict[str, tuple[tuple[tuple[str, float], ...], float, float]] = {
    "fetch": ((("AW", 1.0),), 0.45, 0.9),
    "water": ((("AW", 1.0),), 1.9, 0.6),
    "toilet": ((("AW", 1.0),), 3.6, 0.45),
    "coffee": ((("AW", 1.0),), 6.5, 0.9),
    "printer": ((("AW", 1.0),), 1.6, 0.8),
    "colleague": ((("AW", 1.0),), 6.5, 1.15),
    "consult": ((("AW", 0.1), ("SE", 0.8), ("AW", 0.1)), 14, 0.8),
    "smoke": ((("AW", 1.0),), 8.5, 0.4),
    "stretch": ((("AM", 1.0),), 0.7, 0.9),
    "chat": ((("AM", 1.0),), 4, 1),
    "house": ((("AW", 1.0),), 6.5, 1.15),
    "couch": ((("AW", 0.05), ("SE", 0.92), ("AW", 0.03)), 20.0, 0.7),
    "walk": ((("AW", 1.0),), 22.0, 0.5),
    "pacing": ((("AW", 1.0),), 7, 1),
    "meeting": ((("AW", 0.05), ("SE", 0.9), ("AW", 0.05)), 42.0, 0.45),
    "canteen": ((("AW", 0.1), ("SE", 0.78), ("AW", 0.12)), 30.0, 0.35),
}


@dataclass(frozen=True)
class Kind:
    """One kind of people. Weights are relative; rates are for a day unless said."""

    tasks: dict[str, float]
    errands: dict[str, float]
    settled: float = 34.0  # mean sit while settled
    hurried: float = 3.0  # mean sit while hurried
    calm: float = 0.45  # chance that a sit is a settled one
    planned: float = 1.0  # calls with an appointment
    sudden: float = 1.5  # calls without one
    sudden_len: tuple[float, float] = (6.0, 0.9)
    meetings: float = 0.8
    desk_lunch: float = 0.3
    films: float = 0.05
    music: float = 0.25
    locks: float = 0.35
    laptop: float = 0.5
    hands: float = 1.0  # bursts, against the table of tasks
    chatty: float = 28.0  # bursts an hour in a call
    riser: float = 0.0  # chance of a desk that goes up
    home: bool = False
    hours: float = 8.4


PEOPLE: dict[str, Kind] = {
    "engineer": Kind(
        {"write": 6, "mail": 1, "browse": 3, "read": 3, "paper": 0.4, "phone": 0.2, "think": 1.4, "visit": 0.5},
        {"fetch": 1, "water": 2, "toilet": 2, "coffee": 3, "colleague": 2, "consult": 1, "stretch": 1, "chat": 0.7},
        settled=42, calm=0.52, music=0.5, locks=0.4, riser=0.2,
    ),
    "clerk": Kind(
        {"write": 3, "mail": 3, "browse": 1, "read": 1.2, "paper": 1.6, "phone": 1.8, "think": 0.6, "visit": 1},
        {"fetch": 3, "water": 1, "toilet": 2, "coffee": 2, "printer": 4, "colleague": 2, "chat": 1.5, "smoke": 0.5},
        settled=30, planned=0.3, sudden=0.4, meetings=0.5, locks=0.45, laptop=0.15, riser=0.1,
    ),
    "manager": Kind(
        {"write": 2, "mail": 5, "browse": 2, "read": 2, "paper": 0.8, "phone": 1.2, "think": 0.7, "visit": 2},
        {"fetch": 1, "water": 1, "toilet": 2, "coffee": 2, "colleague": 4, "consult": 2.5, "chat": 1.5, "pacing": 2},
        settled=26, planned=2.6, sudden=2.0, meetings=1.8, locks=0.4, laptop=0.9, music=0.03, hours=8.9,
    ),
    "agent": Kind(
        {"write": 3, "mail": 3, "browse": 1.5, "read": 2, "paper": 0.5, "think": 0.8, "visit": 0.7},
        {"fetch": 1, "water": 2, "toilet": 2, "coffee": 2, "stretch": 1, "smoke": 1.5, "chat": 1},
        settled=30, planned=0.2, sudden=22, sudden_len=(4.5, 0.8), meetings=0.15, music=0, locks=0.6, laptop=0.1,
        hands=1.2, chatty=70, riser=0.25, hours=8.0,
    ),
    "scholar": Kind(
        {"write": 4, "mail": 1.5, "browse": 2, "read": 4, "paper": 3, "phone": 0.3, "think": 2, "visit": 0.3},
        {"fetch": 2, "water": 2, "toilet": 2, "coffee": 3, "stretch": 1.5, "house": 1, "couch": 0.7, "walk": 0.4},
        settled=40, calm=0.5, planned=0.5, sudden=0.5, meetings=0.5, films=0.15, music=0.3, locks=0.12, laptop=0.6,
        hands=0.9, home=True,
    ),
    "freelancer": Kind(
        {"write": 4, "mail": 2, "browse": 4, "read": 2, "paper": 0.7, "phone": 0.7, "think": 1},
        {"fetch": 2, "water": 1.5, "toilet": 2, "coffee": 2, "house": 4, "couch": 0.6, "walk": 0.5, "pacing": 1},
        settled=38, planned=0.9, sudden=1.2, meetings=0.1, desk_lunch=0.45, films=0.5, music=0.5, locks=0.1,
        laptop=0.85, home=True, hours=7.9,
    ),
    "riser": Kind(
        {"write": 4, "mail": 2, "browse": 3, "read": 2, "paper": 1.2, "phone": 0.6, "think": 1, "visit": 0.8},
        {"fetch": 2, "water": 2, "toilet": 2, "coffee": 2, "printer": 1, "colleague": 2, "consult": 1, "stretch": 1},
        planned=1.4, sudden=1.2, riser=1.0,
    ),
}  # fmt: skip
KINDS: tuple[str, ...] = tuple(PEOPLE)


@dataclass(frozen=True)
class Habits:
    """Everything that stays with one person. Spreads between people are wide on purpose."""

    kind: Kind
    tasks: tuple[np.ndarray, list[str]]
    errands: tuple[np.ndarray, list[str]]
    hands: float
    glances: float  # factor on the touches while the work is off the screen or in a call
    linger: float  # factor on the length of work off the screen
    settled: float
    hurried: float
    calm: float
    dawdle: float  # factor on the length of errands
    bladder: float  # mean minutes between visits
    arrives: float  # hour of the day
    lunch: float  # hour of the day
    silent: float  # chance that a call passes without input
    leaves: float  # chance to rise as soon as a call is over
    locks: float
    privacy: float  # locks an hour while seated
    screen: float  # minutes until the screen locks by itself, 0 never
    lid: float  # chance to close the lid for a long absence
    sleep: float  # minutes until the machine suspends by itself, 0 never
    hidden: bool  # the lock screen keeps its input to itself
    phantom: float  # touches an hour by a machine
    bump: float  # bumped tables an hour of absence
    cat: float  # visits of a cat an hour of absence
    stand_every: float  # minutes between two stands at the desk, 0 never
    stand_len: float
    forget: tuple[float, float]  # chance to forget to declare standing, sitting
    seed: list[int] = field(default_factory=list)


def _weights(rng: Generator, table: dict[str, float], sd: float) -> tuple[np.ndarray, list[str]]:
    """Tilt the weights of a kind to one person."""
    tilted = np.array(list(table.values())) * rng.lognormal(0, sd, len(table))
    return tilted / tilted.sum(), list(table)


def habits(name: str, person: int) -> Habits:
    """Draw one person of a kind. The same arguments give the same person."""
    kind = PEOPLE[name]
    seed = [zlib.crc32(name.encode()), person]
    rng = np.random.default_rng(seed)
    lock_mean = 0.8 * kind.locks
    absorbed = rng.normal(0, 1)  # one trait behind long sits, busy hands and short errands
    riser = rng.random() < kind.riser
    return Habits(
        kind=kind,
        tasks=_weights(rng, kind.tasks, 0.9),
        errands=_weights(rng, kind.errands, 0.6),
        hands=kind.hands * rng.lognormal(0.35 * absorbed, 0.4),
        glances=rng.lognormal(0.45 + 0.8 * absorbed, 0.8),
        linger=rng.lognormal(-0.1 - 0.3 * absorbed, 0.4),
        settled=kind.settled * rng.lognormal(0.12 + 0.4 * absorbed, 0.35),
        hurried=kind.hurried * rng.lognormal(0.3 * absorbed, 0.35),
        calm=float(np.clip(kind.calm + 0.1 * absorbed + rng.normal(0, 0.06), 0.2, 0.8)),
        dawdle=rng.lognormal(-0.12 - 0.25 * absorbed, 0.35),
        bladder=rng.lognormal(np.log(130) + 0.15 * absorbed, 0.25),
        arrives=rng.normal(9.2 if kind.home else 8.5, 0.6),
        lunch=rng.normal(12.5, 0.4),
        silent=rng.beta(1.2, 2.2),
        leaves=rng.beta(1.2, 2.5),
        locks=rng.beta(0.9 * lock_mean + 0.05, 0.9 * (1 - lock_mean) + 0.05),
        privacy=rng.gamma(0.5, 0.8 * lock_mean),
        screen=float(rng.choice([0, 5, 10, 15], p=[0.5, 0.12, 0.2, 0.18])),
        lid=rng.beta(0.8, 1.2) if rng.random() < kind.laptop else 0.0,
        sleep=float(rng.choice([0, 20, 30, 60], p=[0.5, 0.1, 0.25, 0.15])),
        hidden=rng.random() < 0.5,
        phantom=rng.lognormal(np.log(0.4), 1.0) if rng.random() < 0.25 else 0.0,
        bump=rng.gamma(0.6, 0.3),
        cat=rng.gamma(1.0, 0.3) if kind.home and rng.random() < 0.35 else 0.0,
        stand_every=rng.lognormal(np.log(140), 0.6) if riser else 0.0,
        stand_len=rng.lognormal(np.log(25), 0.4),
        forget=(rng.beta(0.8, 4), rng.beta(0.8, 3)),
        seed=seed,
    )
