"""The configuration file: text in, a frozen value or every mistake at once out. No file is opened here.

Refused are what is unknown, of the wrong kind, not positive, or contradictory. A value outside its advised range is
taken with a warning.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from slowrise.config.settings import ORDERED, SETTINGS, TABLES, Setting
from slowrise.config.types import toml
from slowrise.core.model import time_text
from slowrise.core.model.policy import PROFILES, InCalls, Policy, ProfileName
from slowrise.core.model.time_text import TimeTextError


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits given one by one, in seconds; None leaves the limit to the profile."""

    sit_soft: float | None
    sit_repeat: float | None
    sit_firm: float | None
    break_min: float | None
    break_full: float | None
    stand_soft: float | None
    stand_firm: float | None
    stand_budget: float | None
    day_budget: float | None
    spacing: float | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where input comes from; `resolution` in seconds."""

    use: str
    resolution: float


class Notifications(msgspec.Struct, frozen=True, kw_only=True):
    """How and when prompts are shown. Seconds; `most_a_day` None leaves it to the profile."""

    use: str
    wait_for_pause: float
    quiet_hours: tuple[tuple[float, float], ...]
    workdays: frozenset[int]
    snooze: float
    snooze_budget: float
    in_calls: InCalls
    sound: bool
    on_prompt: str
    """A command to run with each notice; empty for none."""
    most_a_day: int | None
    questions: int
    return_tip: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """When the day is summed up, in seconds after midnight."""

    at: float


class StandingDesk(msgspec.Struct, frozen=True, kw_only=True):
    """Whether there is one, and how long declared standing is believed, in seconds."""

    have: bool
    confirm_after: float
    sensor: str
    """The command that prints the desk's posture; empty for none."""


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """In which words; `auto` leaves it to the locale."""

    language: str
    emergency_number: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """How long what was recorded is kept, in seconds; infinity for ever."""

    keep: float


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Where several computers put their days for each other, and what this one is called; empty for none."""

    folder: str
    name: str


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says, with the defaults filled in. `parse("")` is the default one."""

    profile: ProfileName
    day_starts: float
    limits: Limits
    source: Source
    notifications: Notifications
    summary: Summary
    standing_desk: StandingDesk
    guidance: Guidance
    record: Record
    share: Share

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each value that is taken although it is not advised."""
        return tuple(_outside_the_advised(self))


class Mistake(NamedTuple):
    """One thing wrong with the file: where, what, and a line that would be accepted there."""

    key: str
    wrong: str
    example: str

    def __str__(self) -> str:
        """One line of text."""
        return f"{self.key}: {self.wrong}; for example {self.example}"


class ConfigError(Exception):
    """The text is refused whole; `mistakes` has all that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...], where: str) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n".join((f"{where}: {count}", *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes
        self.where = where


def parse(text: str, *, where: str = "the configuration") -> Config:
    """The configuration a TOML text describes. Raises `ConfigError` with every mistake in it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).removesuffix(")").rpartition(" (at ")
        if place.startswith("end"):
            place = f"line {text.count(chr(10)) + 1}, column {len(text.rpartition(chr(10))[2]) + 1}"
        raise ConfigError((Mistake(place, f"not TOML: {reason}", 'sit_soft = "30m"'),), where) from None
    except RecursionError:
        raise ConfigError((Mistake("the file", "brackets nested without end", 'sit_soft = "30m"'),), where) from None
    return from_differences(raw, where=where)


def from_differences(raw: Mapping[str, Any], *, where: str = "the settings") -> Config:
    """The configuration with these values in place of the defaults, in the shape of the file. Raises `ConfigError`."""
    values: dict[str, Any] = {s.name: None if s.by_profile else s.kind.read(s.default) for s in SETTINGS}
    mistakes: list[Mistake] = []
    for name, value in _flat(raw):
        setting = _BY_NAME.get(name)
        if setting is None:
            mistakes.append(_unknown(name, value))
            continue
        try:
            values[name] = setting.kind.read(value)
        except TimeTextError as misread:
            mistakes.append(Mistake(name, misread.wrong, setting.accepted()))
    mistakes.extend(_contradictions(values, refused={mistake.key for mistake in mistakes}))
    if mistakes:
        raise ConfigError(tuple(mistakes), where)
    return msgspec.convert(_nested(values), Config)


def differences(config: Config) -> dict[str, Any]:
    """What differs from the defaults and is told, in the shape of the file; `from_differences` gives the same back."""
    return _nested(
        {
            s.name: s.kind.write(value)
            for s in SETTINGS
            if s.told and (value := _value(config, s)) != _value(_DEFAULT, s)
        }
    )


def policy_of(config: Config, profile: ProfileName | None = None) -> Policy:
    """What the rules go by, under the profile of the file or another one that was chosen since.

    A limit given one by one holds under every profile. Where it would contradict a limit of that profile, the
    profile gives way: `sit_soft = "45m"` pushes the 30 min of the flare-up's `sit_firm` up to 45.
    """
    limits = {name: value for name, value in msgspec.structs.asdict(config.limits).items() if value is not None}
    base = PROFILES[profile or config.profile]
    for lower, upper in _LIMIT_PAIRS:
        if lower in limits and upper not in limits:
            limits[upper] = max(limits[lower], getattr(base, upper))
        elif upper in limits and lower not in limits:
            limits[lower] = min(limits[upper], getattr(base, lower))
    said = config.notifications
    return msgspec.structs.replace(
        base,
        **limits,
        most_a_day=base.most_a_day if said.most_a_day is None else said.most_a_day,
        questions=said.questions,
        return_tip=said.return_tip,
        wait_for_pause=said.wait_for_pause,
        snooze=said.snooze,
        snooze_budget=said.snooze_budget,
        in_calls=said.in_calls,
        quiet_hours=said.quiet_hours,
        workdays=said.workdays,
        day_starts=config.day_starts,
        summary_at=config.summary.at,
        standing_desk=config.standing_desk.have,
        confirm_after=config.standing_desk.confirm_after,
    )


def show(config: Config, origin: str) -> str:
    """Every setting in force and where it comes from, as TOML that reads back; `origin` names the file."""
    policy = policy_of(config)
    lines = []
    for setting in SETTINGS:
        value, source = _value(config, setting), origin
        if value == _value(_DEFAULT, setting):
            source = f"profile {config.profile}" if setting.by_profile else "default"
        if value is None:
            value = setting.of(policy)
        lines.append((f"{setting.name} = {toml(setting.kind.write(value))}", source))
    width = max(len(line) for line, _ in lines)
    return "".join(f"{line:{width}}  # {source}\n" for line, source in lines)


_BY_NAME = {setting.name: setting for setting in SETTINGS}
_LIMIT_PAIRS = tuple(
    (lower.removeprefix("limits."), upper.removeprefix("limits."))
    for lower, upper in ORDERED
    if lower.startswith("limits.")
)


def _flat(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value with its dotted name. A table where a value belongs, or the reverse, stays what it is."""
    for key, value in raw.items():
        if key in TABLES and isinstance(value, Mapping):
            yield from ((f"{key}.{leaf}", inner) for leaf, inner in value.items())
        else:
            yield key, value


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in values.items():
        table, _, leaf = name.rpartition(".")
        (nested.setdefault(table, {}) if table else nested)[leaf] = value
    return nested


def _value(config: Config, setting: Setting) -> Any:
    return attrgetter(setting.name)(config)


def _outside_the_advised(config: Config) -> Iterator[str]:
    for setting in SETTINGS:
        value = _value(config, setting)
        if setting.advised and value is not None and not setting.advised[0] <= value <= setting.advised[1]:
            yield f"{setting.name}: {setting.kind.write(value)} is outside the advised {setting.range()}"


def _contradictions(values: Mapping[str, Any], *, refused: set[str]) -> Iterator[Mistake]:
    """Limits in the wrong order, those that could be read at all."""
    policy = PROFILES[values["profile"]]
    for names in ORDERED:
        if refused.isdisjoint(names):
            lower, upper = (_BY_NAME[name] for name in names)
            low, high = (
                setting.of(policy) if values[setting.name] is None else values[setting.name]
                for setting in (lower, upper)
            )
            if low > high:
                least = time_text.format_setting(low)
                yield Mistake(
                    upper.name,
                    f"it is {time_text.format_setting(high)}, shorter than {lower.leaf}, which is {least}",
                    upper.line(least),
                )


def _unknown(name: str, value: object) -> Mistake:
    """The name is not a setting: say which one may have been meant."""
    from difflib import get_close_matches  # only for a mistake; the daemon has none

    table, _, leaf = name.rpartition(".")
    if name in TABLES:
        return Mistake(name, "this is a table, not a value", f"[{name}]")
    if isinstance(value, Mapping):
        near = get_close_matches(name, TABLES, n=1) or [""]
        return Mistake(name, _not_known("table", near[0]), f"[{near[0] or TABLES[0]}]")
    near = [setting.name for setting in SETTINGS if setting.leaf == leaf]
    near = near or get_close_matches(name, _BY_NAME, n=1) or [""]
    meant = _BY_NAME.get(near[0])
    if meant is None:
        return Mistake(name, _not_known("setting", ""), 'profile = "standard"')
    where = f"[{meant.table}] " if meant.table != table else ""
    return Mistake(name, _not_known("setting", meant.name), where + meant.accepted())


def _not_known(what: str, nearest: str) -> str:
    return f"no such {what}" + (f"; the nearest is {nearest}" if nearest else "")


_DEFAULT = from_differences({})
