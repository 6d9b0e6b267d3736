"""The kinds of people, and the lasting habits of one person."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Kind:
    """What the people of one kind have in common. Rates are a day, shares are probabilities."""

    blocks: dict[str, float]  # weight of each kind of block in a plan
    online: float = 1.0  # planned calls
    rooms: float = 0.8  # meetings in a room
    home: float = 0.2  # share who work at home
    stir: float = 1.0  # how often they get up, against the others
    lockers: float = 0.45  # share who lock by hand
    sit_stand: float = 0.0  # share with a sit-stand desk


_KINDS = {
    "developer": Kind({"focus": 6, "mail": 1.5, "reading": 1.5, "paper": 0.3}, online=0.9, stir=0.9),
    "clerk": Kind({"focus": 2, "mail": 4, "reading": 1, "paper": 2, "phone": 1.2}, online=0.3, stir=1.1),
    "reader": Kind({"focus": 1.5, "mail": 2, "reading": 4, "paper": 2.5, "film": 0.3}, online=0.5, stir=0.9),
    "agent": Kind({"focus": 0.5, "mail": 3, "quickcall": 6, "phone": 0.5}, online=0.3, rooms=0.3, stir=0.8),
    "manager": Kind({"focus": 1, "mail": 5, "phone": 1.5, "paper": 1}, online=3.2, rooms=1.8, stir=1.2, lockers=0.7),
    "homeworker": Kind(
        {"focus": 4, "mail": 2, "reading": 2, "film": 0.35}, online=1.6, rooms=0, home=1.0, lockers=0.15
    ),
    "stander": Kind({"focus": 4, "mail": 2.5, "reading": 1.5, "paper": 0.7}, online=1.2, sit_stand=1.0),
}
KINDS: tuple[str, ...] = tuple(_KINDS)


@dataclass(frozen=True)
class Habits:
    """What one person keeps over their days. Times are seconds, shares are probabilities."""

    kind: Kind
    home: bool
    arrives: float
    hours: float
    stir: float  # factor on every urge to get up
    linger: float  # factor on the length of an absence
    quiet: float  # factor on the share and length of what leaves the hands still
    run: float  # median run of the hands
    tail: float  # exponent of the pauses between runs
    touch: float  # chance touches an hour while off the screen
    silent: float  # share of calls without input
    hang_up_leave: float  # share of calls left at once
    locks: float  # share of absences locked by hand
    auto_lock: float  # 0: never
    privacy: float  # locks a day while seated
    lid: float  # share of long absences with the lid closed
    idle_sleep: float  # 0: never
    lost_resume: float
    music: float  # spans a day
    phantom: float  # share of silences with a lone touch of the machine after 5 min
    drift: float  # share of locked absences in which the mouse drifts
    bumps: float  # an hour of absence
    lunch_at_desk: float
    stands: float  # standing spells a day, 0 without such a desk
    declares: float  # share of desk changes declared


def habits_of(kind: str, person: int) -> Habits:
    """Draw the habits of a person. Raises ValueError for an unknown kind."""
    rng = np.random.default_rng([7101, KINDS.index(kind), person])
    k = _KINDS[kind]

    def around(median: float, log_sd: float) -> float:
        return float(median * np.exp(rng.normal(0, log_sd)))

    def some(share: float, value: float) -> float:
        return value if rng.random() < share else 0.0

    home = bool(rng.random() < k.home)
    laptop = rng.random() < 0.55
    return Habits(
        kind=k,
        home=home,
        arrives=float(np.clip(rng.normal(8.7, 0.6), 6.5, 10.5)) * 3600,
        hours=float(np.clip(rng.normal(8.4, 0.5), 6.5, 10)),
        stir=k.stir * around(0.62, 0.5),
        linger=around(0.8 if home else 1, 0.25),
        quiet=float(np.clip(around(0.75, 1.1), 0.08, 6)),
        run=around(95, 0.3),
        tail=float(np.clip(rng.normal(0.95, 0.12), 0.7, 1.3)),
        touch=around(3, 1.0),
        silent=float(rng.beta(1.2, 1.8)),
        hang_up_leave=float(rng.beta(1.5, 3.5)),
        locks=some(k.lockers, float(rng.beta(1.1, 3))),
        auto_lock=float(rng.choice([0, 300, 600, 900], p=[0.68, 0.08, 0.12, 0.12])),
        privacy=some(0.35, around(1.0, 0.5)),
        lid=some(0.6, float(rng.beta(1.5, 3))) if laptop else 0.0,
        idle_sleep=some(0.35, float(rng.choice([1200, 1800, 3600]))) if laptop else 0.0,
        lost_resume=some(0.4, 0.3),
        music=some(0.4, around(2, 0.5)),
        phantom=some(0.2, float(rng.uniform(0.15, 0.9))),
        drift=some(0.15, float(rng.uniform(0.2, 0.8))),
        bumps=some(0.3, around(3, 0.6)),
        lunch_at_desk=0.6 if home else float(rng.beta(1, 2.5)),
        stands=some(k.sit_stand, around(2.8, 0.5)),
        declares=float(rng.choice([0.3, 0.8, 0.97])),
    )
