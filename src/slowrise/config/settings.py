"""The one table of settings: name, default, what is taken, advised range, explanation. Everything else asks it.

Defaults are written as the file has them. A setting that a profile decides has no value of its own unless given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from slowrise.config.types import (
    AGE,
    COMMAND,
    DAYS,
    FOLDER,
    HOURS,
    LENGTH,
    LENGTH_OR_NONE,
    NAME,
    NUMBER,
    SWITCH,
    TEXT,
    TIME,
    WHOLE,
    WHOLE_OR_NONE,
    SettingType,
    Toml,
    one_of,
    toml,
)
from slowrise.core.model import time_text
from slowrise.core.model.policy import PROFILES, InCalls, Policy
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.messages.locale import LANGUAGES

SOURCES = ("auto", "wayland_idle", "mutter", "x11_idle", "pynput", "terminal")
NOTIFIERS = ("auto", "freedesktop", "plyer", "console")

_STANDARD = PROFILES["standard"]


class Setting(NamedTuple):
    """One row. `name` is dotted as in `limits.sit_soft`; `advised` is in the unit of the value, both ends included."""

    name: str
    default: Toml
    kind: SettingType
    why: str
    advised: tuple[float, float] | None = None
    by_profile: bool = False
    example: Toml | None = None
    told: bool = True
    """Whether an event tells it: where things lie is no matter of the rules, nor of whoever reads a trace."""

    @property
    def leaf(self) -> str:
        """The name within its table."""
        return self.name.rpartition(".")[2]

    @property
    def table(self) -> str:
        """The table it stands in; empty for the top of the file."""
        return self.name.rpartition(".")[0]

    def of(self, policy: Policy) -> Any:
        """What a policy has for a setting that the profile decides."""
        return getattr(policy, self.leaf)

    def line(self, value: Toml) -> str:
        """The line of the file that sets it, within its table."""
        return f"{self.leaf} = {toml(value)}"

    def accepted(self) -> str:
        """A line of the file that is right."""
        return self.line(self.default if self.example is None else self.example)

    def range(self) -> str:
        """The advised range, or nothing."""
        return " to ".join(str(self.kind.write(end)) for end in self.advised or ())


def _limit(name: str, why: str, advised: tuple[float, float], kind: SettingType = LENGTH) -> Setting:
    default = time_text.format_setting(getattr(_STANDARD, name))
    return Setting(f"limits.{name}", default, kind, why, advised, by_profile=True)


SETTINGS = (
    Setting(
        "profile", "standard", one_of(*PROFILES), "The set of limits; recovery is for the two weeks after a flare-up."
    ),
    Setting(
        "day_starts",
        time_text.format_time_of_day(_STANDARD.day_starts),
        TIME,
        "When a new day begins, so that work past midnight belongs to the evening before.",
    ),
    _limit(
        "sit_soft",
        "Sitting before the first prompt. Prompts every 30 min made sits over 30 min fewer and shorter\n"
        "(Evans et al. 2012, Am J Prev Med 43:293).",
        (10 * MINUTE, 60 * MINUTE),
    ),
    _limit("sit_repeat", "Between a prompt and its repeat; two repeats at most.", (5 * MINUTE, 20 * MINUTE)),
    _limit(
        "sit_firm",
        "Sitting before the prompt that stays on the screen. HSE advises a break after 50 to 60 min.",
        (20 * MINUTE, 90 * MINUTE),
    ),
    _limit(
        "break_min",
        "A break so long ends a sitting bout, and for two thirds of sit_soft after it there is no prompt to stand.\n"
        "2 min did something in Dunstan et al. 2012, Diabetes Care 35:976; shorter ones are not reliably seen.",
        (1 * MINUTE, 10 * MINUTE),
    ),
    _limit(
        "break_full",
        "A break so long clears the time that leads to a prompt, and is what is asked for; a shorter one takes ten\n"
        "times its length off, in a flare-up nothing. 5 min every 30: Duran et al. 2023, Med Sci Sports Exerc 55:847.",
        (2 * MINUTE, 15 * MINUTE),
    ),
    _limit("stand_soft", "Standing before the first prompt, where it is told or sensed.", (5 * MINUTE, 60 * MINUTE)),
    _limit(
        "stand_firm",
        "Standing before the prompt that stays. Pain comes from 42 min on in those who are prone to it\n"
        "(Coenen et al. 2017, Gait Posture 58:310).",
        (5 * MINUTE, 60 * MINUTE),
    ),
    _limit(
        "stand_budget",
        "Standing in a day before it is said. Experts begin at 2 h and never go beyond 4\n"
        "(Buckley et al. 2015, Br J Sports Med 49:1357).",
        (0, 4 * HOUR),
        LENGTH_OR_NONE,
    ),
    _limit(
        "day_budget",
        "Desk sitting in a day; said at four fifths and when reached. 6 h is no worse than an office day.",
        (2 * HOUR, 10 * HOUR),
    ),
    _limit("spacing", "The least time between two prompts.", (5 * MINUTE, 30 * MINUTE), LENGTH_OR_NONE),
    Setting("source.use", "auto", one_of(*SOURCES), "Where input comes from. `slowrise doctor` says what works here."),
    Setting(
        "source.resolution",
        "15s",
        LENGTH,
        "Silence after which input counts as paused. Finer shows shorter pauses and wakes the machine more often.",
        (5.0, 60.0),
    ),
    Setting("notifications.use", "auto", one_of(*NOTIFIERS), "How prompts are shown."),
    Setting(
        "notifications.wait_for_pause",
        time_text.format_setting(_STANDARD.wait_for_pause),
        LENGTH_OR_NONE,
        'How long a prompt that is due waits for a pause in the input; "0s" shows it at once.',
        (0, 5 * MINUTE),
    ),
    Setting("notifications.quiet_hours", [], HOURS, "Times of day without prompts.", example=["22:00-07:00"]),
    Setting("notifications.workdays", [], DAYS, "Days with prompts; empty means every day.", example=["mon", "fri"]),
    Setting(
        "notifications.snooze",
        time_text.format_setting(_STANDARD.snooze),
        LENGTH,
        "How long the button puts a prompt off.",
        (1 * MINUTE, 10 * MINUTE),
    ),
    Setting(
        "notifications.snooze_budget",
        time_text.format_setting(_STANDARD.snooze_budget),
        LENGTH,
        "How long one bout's prompts can be put off in all.",
        (5 * MINUTE, 15 * MINUTE),
    ),
    Setting(
        "notifications.in_calls",
        "hold",
        one_of(*get_args(InCalls)),
        "In a call: hold prompts until it ends, or prompt all the same. It counts as sitting either way.",
    ),
    Setting(
        "notifications.sound",
        default=False,
        kind=SWITCH,
        why="The desktop's own soft sound for a message with a prompt. A sudden sound makes people jump up.",
    ),
    Setting(
        "notifications.on_prompt",
        "",
        COMMAND,
        "A command to run with each notice, for whoever cannot see one; without a shell, and for ten seconds at most.\n"
        "It is given the text on its standard input, and SLOWRISE_KIND and SLOWRISE_TITLE in its environment. What it\n"
        "does with them is up to you. Run by systemd it may write to the data directory alone, and reaches no network.",
        example="spd-say --pipe-mode",
    ),
    Setting(
        "notifications.most_a_day",
        _STANDARD.most_a_day,
        WHOLE,
        "No more prompts than this in a day.",
        (4, 20),
        by_profile=True,
    ),
    Setting(
        "notifications.questions",
        _STANDARD.questions,
        WHOLE_OR_NONE,
        "How often in a day you are asked whether you sat through an absence of 5 min or more that stays in doubt.\n"
        "Your answers correct the day and teach the estimate; more than a few would be a chore. 0 asks nothing.",
        (0, 3),
    ),
    Setting(
        "notifications.return_tip",
        _STANDARD.return_tip,
        SWITCH,
        "Whether a tip to sit down slowly comes when you are back from a break, every two hours at most.",
    ),
    Setting("summary.at", time_text.format_time_of_day(_STANDARD.summary_at), TIME, "When the day is summed up."),
    Setting(
        "standing_desk.have",
        default=False,
        kind=SWITCH,
        why="Whether the desk can be raised: the button for it is then among the three that GNOME shows.",
    ),
    Setting(
        "standing_desk.confirm_after",
        time_text.format_setting(_STANDARD.confirm_after),
        LENGTH,
        "Declared standing that nobody confirms for so long is doubted.",
        (30 * MINUTE, 120 * MINUTE),
    ),
    Setting(
        "standing_desk.sensor",
        "",
        TEXT,
        "A command that prints `sitting` or `standing` whenever the desk has moved, for a desk that tells its height.\n"
        "It runs as long as the service, with no more rights than that, and is no line for a shell unless it calls\n"
        "one. For example, where the desk writes its centimetres to a serial line (to read that you may have to join\n"
        "the group `dialout`):\n"
        "sensor = '''sh -c '\n"
        "  stty -F /dev/ttyUSB0 9600 -echo\n"
        '  while read cm; do [ "$cm" -gt 95 ] && echo standing; [ "$cm" -le 95 ] && echo sitting; done </dev/ttyUSB0\n'
        "' '''",
    ),
    Setting(
        "guidance.language",
        "auto",
        one_of("auto", *LANGUAGES),
        "The language of what is said; auto takes that of the desktop where we have it. Only the English was checked.",
    ),
    Setting(
        "guidance.emergency_number",
        "auto",
        NUMBER,
        "What is shown above the red flags; auto takes that of the country the desktop is set to, where we know it.",
        example="112",
    ),
    Setting(
        "record.keep",
        "forever",
        AGE,
        "How long what was recorded is kept; older days are deleted beyond recovery, a month's worth at a time.",
        example="2y",
        told=False,
    ),
    Setting(
        "share.folder",
        "",
        FOLDER,
        "A folder that you synchronise yourself (Syncthing, Nextcloud, a network drive), for several computers.\n"
        "Each puts what it concluded of its days there, notes on health excepted, and reads what the others put:\n"
        "sitting at two at once is counted once. Empty: nothing is shared. After a change start slowrise anew; where\n"
        "systemd starts it, run `slowrise service install` again, for it may write nowhere else.",
        example="~/Sync/slowrise",
        told=False,
    ),
    Setting(
        "share.name",
        "",
        NAME,
        "What this computer is called there; empty takes its host name.",
        example="laptop",
        told=False,
    ),
)

TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS if setting.table))

ORDERED = (
    ("limits.sit_soft", "limits.sit_firm"),
    ("limits.stand_soft", "limits.stand_firm"),
    ("limits.break_min", "limits.break_full"),
    ("notifications.snooze", "notifications.snooze_budget"),
)
"""Pairs of which the first may not be longer than the second: together they would contradict each other."""

_HEAD = """\
# slowrise: every setting with its default. Copy the lines you want to change to ~/.config/slowrise/slowrise.toml,
# each below its [table] and without the # in front. Durations are written 90s, 45m, 1h30m or 30 min, times 14:05.
# A range is advice: outside it there is a warning. `slowrise config check` says whether a file is right.
# A limit that is set here holds whatever the profile, so set only those you mean.
"""


def reference() -> str:
    """Every setting with its default, range and reason, all commented out: as it stands it changes nothing."""
    parts = [_HEAD]
    table = ""
    for setting in SETTINGS:
        if setting.table != table:
            table = setting.table
            parts.append(f"\n[{table}]\n")
        parts.append("\n" + "".join(f"# {line}\n" for line in (*setting.why.splitlines(), *_bounds(setting))))
        parts.append(f"#{setting.line(setting.default)}\n")
    return "".join(parts)


def _bounds(setting: Setting) -> Iterator[str]:
    if setting.kind.names:
        yield f"One of {', '.join(setting.kind.names)}."
    if setting.advised:
        yield f"Advised: {setting.range()}."
    if setting.example is not None:
        yield f"For example: {setting.accepted()}"
    if setting.by_profile:
        values = (f"{name} {setting.kind.write(setting.of(policy))}" for name, policy in PROFILES.items())
        yield f"By profile: {', '.join(values)}."
