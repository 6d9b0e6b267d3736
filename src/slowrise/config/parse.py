"""Configuration text in; a frozen `Config`, or every mistake at once, out. This module opens no file.

It refuses unknown names, wrong types, durations that are not positive, and contradictions. It accepts values outside
their advised range, and settings that an earlier version had; `Config.warnings` lists them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from slowrise.config.config import BY_NAME, ORDERED, REMOVED, SETTINGS, TABLES, Config
from slowrise.core.model import time_text
from slowrise.core.model.policy import PROFILES
from slowrise.core.model.safe_text import shown
from slowrise.core.model.time_text import TimeTextError

LONGEST_LINE = 4096
"""Characters. Python refuses to read a longer number."""
MOST_DOTS = 100
"""In one line. The time that a key takes grows with the square of its parts."""
LONGEST_KEY = 60
"""Characters of a key that are shown; ours have up to thirty."""
MOST_MISTAKES = 50
"""The most mistakes to list. A user reads no more at once, and the search for similar names is slow."""


class Mistake(NamedTuple):
    """One mistake in a file: where it is, what is wrong, and a line that would be accepted there."""

    key: str
    wrong: str
    example: str

    def shown(self) -> Mistake:
        """Return it fit to be shown: keys and values come from outside."""
        return Mistake(shown(self.key, LONGEST_KEY), shown(self.wrong), self.example)

    def __str__(self) -> str:
        """One line of text."""
        return f"{self.key}: {self.wrong}; for example {self.example}"


class ConfigError(Exception):
    """The configuration is refused as a whole; `mistakes` lists everything that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...], where: str) -> None:
        mistakes = tuple(mistake.shown() for mistake in mistakes)
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n".join((f"{where}: {count}", *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes
        self.where = where


def parse(text: str, *, where: str = "the configuration") -> Config:
    """Return the configuration that a TOML text describes. Raises `ConfigError` with every mistake in it."""
    for number, line in enumerate(text.splitlines(), 1):
        if wrong := _too_much(line):
            raise ConfigError((Mistake(f"line {number}", wrong, 'sit_soft = "30m"'),), where)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).removesuffix(")").rpartition(" (at ")
        if place.startswith("end"):
            place = f"line {text.count(chr(10)) + 1}, column {len(text.rpartition(chr(10))[2]) + 1}"
        raise ConfigError((Mistake(place, f"not TOML: {reason}", 'sit_soft = "30m"'),), where) from None
    except RecursionError:
        raise ConfigError((Mistake("the file", "too many nested brackets", 'sit_soft = "30m"'),), where) from None
    return from_differences(raw, where=where)


def _too_much(line: str) -> str:
    if len(line) > LONGEST_LINE:
        return f"the line is longer than {LONGEST_LINE} characters"
    return f"the line has more than {MOST_DOTS} dots" if line.count(".") > MOST_DOTS else ""


def from_differences(raw: Mapping[str, Any], *, where: str = "the settings") -> Config:
    """Return the defaults with these values in their place, nested as in the file. Raises `ConfigError`."""
    values: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    removed: list[str] = []
    for name, value in _flat(raw):
        if name in REMOVED:
            removed.append(name)
            continue
        if len(mistakes) == MOST_MISTAKES:
            break
        setting = BY_NAME.get(name)
        if setting is None:
            mistakes.append(_unknown(name, value))
            continue
        try:
            values[name] = setting.type.read(value)
        except TimeTextError as misread:
            mistakes.append(Mistake(name, misread.wrong, setting.accepted_line))
    config = msgspec.structs.replace(msgspec.convert(_nested(values), Config), removed=tuple(removed))
    mistakes.extend(_contradictions(config, refused={mistake.key for mistake in mistakes}))
    if mistakes:
        raise ConfigError(tuple(mistakes), where)
    return config


def differences(config: Config) -> dict[str, Any]:
    """Return the recorded settings that differ from the defaults, nested as in the file. Reads back the same."""
    return _nested(
        {
            setting.name: setting.type.write(value)
            for setting in SETTINGS
            if setting.recorded and (value := setting.value(config)) != setting.default
        }
    )


def _flat(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each value with its dotted name. A table in place of a value, or the reverse, is yielded as it is."""
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


def _contradictions(config: Config, *, refused: set[str]) -> Iterator[Mistake]:
    """Yield a mistake for each pair in the wrong order. A pair with a refused value is left out."""
    policy = PROFILES[config.profile]
    for lower, upper in ORDERED:
        least, most = lower.effective(config, policy), upper.effective(config, policy)
        if least > most and refused.isdisjoint((lower.name, upper.name)):
            given, wanted = time_text.format_setting(most), time_text.format_setting(least)
            wrong = f"it is {given}, shorter than {lower.leaf}, which is {wanted}"
            yield Mistake(upper.name, wrong, upper.line(least))


def _unknown(name: str, value: object) -> Mistake:
    """Describe a name that is no setting, with the setting that was probably meant."""
    from difflib import get_close_matches  # only for a mistake; the daemon has none

    table, _, leaf = name.rpartition(".")
    if name in TABLES:
        return Mistake(name, "this is a table, not a value", f"[{name}]")
    name, leaf = name[:LONGEST_KEY], leaf[:LONGEST_KEY]
    if isinstance(value, Mapping):
        near = get_close_matches(name, TABLES, n=1) or [""]
        return Mistake(name, _no_such("table", near[0]), f"[{near[0] or TABLES[0]}]")
    near = [setting.name for setting in SETTINGS if setting.leaf == leaf]
    near = near or get_close_matches(name, BY_NAME, n=1) or [""]
    meant = BY_NAME.get(near[0])
    if meant is None:
        return Mistake(name, _no_such("setting", ""), 'profile = "standard"')
    where = f"[{meant.table}] " if meant.table != table else ""
    return Mistake(name, _no_such("setting", meant.name), where + meant.accepted_line)


def _no_such(what: str, nearest: str) -> str:
    return f"no such {what}; the nearest is {nearest}" if nearest else f"no such {what}"
