"""The thresholds in force, already validated. Seconds; times of day are seconds after local midnight.

The defaults are those of the standard profile. Two measures of sitting depend on them. A bout ends with a break of
`break_min`. A break of `break_full` clears the sitting load, which leads to a prompt; a shorter one reduces it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from slowrise.core.model.units import HOUR, MINUTE

ProfileName = Literal["standard", "recovery", "flare-up"]
InCalls = Literal["hold", "prompt"]
Eagerness = Literal["relaxed", "balanced", "insistent"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds in force.

    The reason for each value that a setting can change is next to the setting, in `config/config.py`. No study gives
    an interval for disc calcification: each value comes from studies of other people, or is judgement.
    """

    profile: ProfileName = "standard"
    sit_soft: float = 30 * MINUTE
    sit_repeat: float = 10 * MINUTE
    sit_firm: float = 50 * MINUTE
    break_min: float = 2 * MINUTE
    break_full: float = 5 * MINUTE
    partial_credit: float = 10.0
    """A break of `break_min` up to `break_full` takes this many times its length off; 0: only a full one counts.

    2 min of walking every 20 min (Dunstan et al. 2012, Diabetes Care 35:976); the form is judgement.
    """
    stand_soft: float = 20 * MINUTE
    stand_firm: float = 40 * MINUTE
    stand_repeat: float = 20 * MINUTE
    stand_budget: float = 2 * HOUR
    day_budget: float = 6 * HOUR
    good_longest: float = 45 * MINUTE
    """The longest sit of a good day: a little under the 50 to 60 min of screen after which HSE advises a break."""
    spacing: float = 10 * MINUTE
    """Minimum time between two prompts."""
    eagerness: Eagerness = "balanced"
    """What an early prompt costs against a late one."""
    others_a_day: int = 4
    """How many notices to show a day beside the prompts to stand up or to sit down; 0: none."""
    questions: int = 1
    """How many questions about doubtful absences to ask a day; 0: none."""
    return_tip: bool = False
    """Whether to show a tip when the user returns."""
    avoid_line: bool = True
    """Whether the first soft prompt of a day has a line on what to avoid."""
    wait_for_pause: float = 3 * MINUTE
    """How long a due prompt waits for a pause in the input; 0: not at all."""
    snooze: float = 5 * MINUTE
    snooze_budget: float = 15 * MINUTE
    """Limit of all snoozes in one bout together."""
    in_calls: InCalls = "hold"
    quiet_hours: tuple[tuple[float, float], ...] = ()
    """Half-open `[from, to)`. If `to` is before `from`, the period passes midnight."""
    workdays: frozenset[int] = frozenset()
    """Days with prompts; Monday is 0. Empty: every day."""
    day_starts: float = 4 * HOUR
    """A local day begins at this time, so work past midnight belongs to the evening before."""
    summary_at: float = 18 * HOUR
    lie_down: bool = False
    """Whether the user can lie down in a break."""
    standing_desk: bool = False
    confirm_after: float = 60 * MINUTE
    """Declared standing is in doubt after this long without confirmation."""


CEILINGS = (
    *("sit_soft", "sit_repeat", "sit_firm", "stand_soft", "stand_firm", "stand_repeat", "stand_budget"),
    *("day_budget", "good_longest"),
)
"""The limits that a stricter profile makes shorter."""


def halfway(strict: Policy, usual: Policy) -> Policy:
    """Return the strict policy with its limits half the way up to the usual ones, in whole minutes."""
    limits = {name: (getattr(strict, name), getattr(usual, name)) for name in CEILINGS}
    raised = {name: (low + high) / 2 // MINUTE * MINUTE for name, (low, high) in limits.items() if low < high}
    return msgspec.structs.replace(strict, **{name: max(value, limits[name][0]) for name, value in raised.items()})


LONG_DRIVE = 1 * HOUR
"""Seconds from which a drive is a long one. Judgement: no study was found."""


PROFILES: dict[ProfileName, Policy] = {
    "standard": Policy(),
    # The two weeks after a flare-up, while the back is still more sensitive: values between the other two.
    "recovery": Policy(
        profile="recovery",
        sit_soft=25 * MINUTE,
        sit_firm=40 * MINUTE,
        stand_soft=15 * MINUTE,
        stand_firm=30 * MINUTE,
        stand_budget=1.5 * HOUR,
        day_budget=5 * HOUR,
        good_longest=40 * MINUTE,
        eagerness="insistent",
        return_tip=True,
    ),
    # 2 min of walking every 20 (Dunstan et al. 2012), firm at the 30 of Duran et al. 2023; only a full break counts.
    "flare-up": Policy(
        profile="flare-up",
        sit_soft=20 * MINUTE,
        sit_repeat=5 * MINUTE,
        sit_firm=30 * MINUTE,
        break_min=3 * MINUTE,
        partial_credit=0.0,
        stand_soft=10 * MINUTE,
        stand_firm=20 * MINUTE,
        stand_repeat=10 * MINUTE,
        stand_budget=1 * HOUR,
        day_budget=4 * HOUR,
        good_longest=30 * MINUTE,
        # With the usual ten minutes, the repeat five minutes after the first prompt would never be shown.
        spacing=5 * MINUTE,
        eagerness="insistent",
        return_tip=True,
    ),
}
"""The thresholds of each profile. Those that differ from the standard are judgement, unless a source is named."""


def after_drive(policy: Policy) -> Policy:
    """Return the policy for the first sit after a long drive: the limits of recovery where they are stricter (G25c)."""
    recovery = PROFILES["recovery"]
    return msgspec.structs.replace(
        policy,
        sit_soft=min(policy.sit_soft, recovery.sit_soft),
        sit_firm=min(policy.sit_firm, recovery.sit_firm),
    )
