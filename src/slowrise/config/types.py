"""The types of settings: how to read a value from TOML and how to write it back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from slowrise.core.model import time_text
from slowrise.core.model.safe_text import plain, shown
from slowrise.core.model.time_text import TimeTextError

Toml = str | int | bool | list[str]

LONGEST_TEXT = 4096
"""Characters of a text. A recorded event holds them all, and a trace has to take its line."""
LONGEST_LIST = 100
"""Entries of a list."""
MOST = 1000
"""The largest whole number. Far above any number of notices a day, and every file format can hold it."""
FOREVER = "forever"
_AGES = {"y": 365.25 * 86400, "w": 7 * 86400.0, "d": 86400.0}
"""Seconds."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SettingType(NamedTuple):
    """A pair of functions: `read` takes a TOML value or raises `TimeTextError`; `write` returns what `read` takes."""

    accepts: str
    """What it accepts, for people."""
    read: Callable[[object], Any]
    write: Callable[[Any], Toml]
    names: tuple[str, ...] = ()
    """The accepted names, if the value is one of a few."""


def toml(value: Toml) -> str:
    """Return the value as TOML. Text, whole numbers and booleans look the same in JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return msgspec.json.encode(value).decode()


def _text(raw: object, what: str) -> str:
    if not isinstance(raw, str):
        raise TimeTextError(f"{_shown(raw)} is not {what}")
    if len(raw) > LONGEST_TEXT:
        raise TimeTextError(f"it is longer than {LONGEST_TEXT} characters")
    if plain(raw) != raw:  # a NUL ends a path or a command; a terminal obeys the others
        raise TimeTextError(f"{shown(raw)} has characters that cannot be printed")
    return raw


def _shown(raw: object) -> str:
    match raw:
        case bool():
            return str(raw).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(raw) > MOST:
            return "…"  # Python refuses to print thousands of digits
        case _:
            return str(raw)


def _length(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raise TimeTextError(f"{_shown(raw)} has no unit")
    return time_text.parse_duration(_text(raw, "a duration"))


def _positive(raw: object) -> float:
    seconds = _length(raw)
    if seconds == 0:
        raise TimeTextError("it must be longer than 0s")
    return seconds


def _at_most(raw: object, most: float) -> float:
    seconds = _positive(raw)
    if seconds > most:
        raise TimeTextError(f"it must not be longer than {time_text.format_setting(most)}")
    return seconds


def _whole(raw: object, least: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < least:
        raise TimeTextError(f"{_shown(raw)} is not a whole number of at least {least}")
    if raw > MOST:
        raise TimeTextError(f"it must not be more than {MOST}")
    return raw


def _switch(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise TimeTextError(f"{_shown(raw)} is neither true nor false")
    return raw


def _list(raw: object, what: str) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
        raise TimeTextError(f"{_shown(raw)} is not a list of {what}")
    if len(raw) > LONGEST_LIST:
        raise TimeTextError(f"it has more than {LONGEST_LIST} entries")
    return raw


def _hours(raw: object) -> tuple[tuple[float, float], ...]:
    return tuple(_time_range(entry) for entry in _list(raw, "times of day"))


def _time_range(text: str) -> tuple[float, float]:
    start, dash, end = text.partition("-")
    if not dash:
        raise TimeTextError(f"{text!r} is not a time range")
    span = time_text.parse_time_of_day(start), time_text.parse_time_of_day(end)
    if span[0] == span[1]:
        raise TimeTextError(f"{text!r} ends when it begins")
    return span


def _days(raw: object) -> frozenset[int]:
    names = _list(raw, "days")
    for name in names:
        if name not in WEEKDAYS:
            raise TimeTextError(f"{name!r} is not one of {', '.join(WEEKDAYS)}")
    return frozenset(map(WEEKDAYS.index, names))


def _command(raw: object) -> str:
    command = _text(raw, "a command")
    try:
        shlex.split(command)
    except ValueError:
        raise TimeTextError("a quote is not closed") from None
    return command


def _number(raw: object) -> str:
    if raw != "auto" and not re.fullmatch(r"\+?[0-9][0-9 ]{1,14}", _text(raw, "a telephone number in quotes")):
        raise TimeTextError(f"{raw!r} is neither auto nor a telephone number")
    return str(raw)


def _age(raw: object) -> float:
    text = _text(raw, "an age")
    if text == FOREVER:
        return float("inf")
    if (match := re.fullmatch(r"([1-9][0-9]{0,4}) ?([dwy])", text)) is None:
        raise TimeTextError(f"{text!r} is neither {FOREVER} nor an age in days, weeks or years")
    return int(match[1]) * _AGES[match[2]]


def _format_age(seconds: float) -> str:
    if seconds == float("inf"):
        return FOREVER
    unit = next(unit for unit, length in _AGES.items() if seconds % length == 0)
    return f"{seconds / _AGES[unit]:.0f}{unit}"


def _folder(raw: object) -> str:
    folder = _text(raw, "a folder")
    if folder and folder != "~" and not folder.startswith(("/", "~/")):
        raise TimeTextError(f"{folder!r} does not begin with / or ~/")
    return folder


def _name(raw: object) -> str:
    name = _text(raw, "a name")
    if name and not re.fullmatch(r"[\w][\w .-]{0,40}", name):
        raise TimeTextError(f"{name!r} is not a name of at most 41 letters, digits, spaces and - . _")
    return name


def one_of(*names: str) -> SettingType:
    """Return the type of a setting that takes one of these names."""

    def read(raw: object) -> str:
        if raw not in names:
            raise TimeTextError(f"{_shown(raw)!r} is not one of {', '.join(names)}")
        return str(raw)

    return SettingType(f"one of {', '.join(names)}", read, str, names)


LENGTH = SettingType("a duration above 0s", _positive, time_text.format_setting)
SHORT_LENGTH = SettingType("a duration above 0s, up to 10m", partial(_at_most, most=600.0), time_text.format_setting)
LENGTH_OR_NONE = SettingType("a duration", _length, time_text.format_setting)
TIME = SettingType(
    "a time of day",
    lambda raw: time_text.parse_time_of_day(_text(raw, "a time of day")),
    time_text.format_time_of_day,
)
WHOLE = SettingType("a whole number of at least 1", partial(_whole, least=1), int)
WHOLE_OR_NONE = SettingType("a whole number of at least 0", partial(_whole, least=0), int)
SWITCH = SettingType("true or false", _switch, bool)
TEXT = SettingType("a text", lambda raw: _text(raw, "a text"), str)
AGE = SettingType(f"{FOREVER}, or days, weeks or years as in 90d, 8w, 2y", _age, _format_age)
FOLDER = SettingType("a path that begins with / or ~/", _folder, str)
NAME = SettingType("letters, digits, spaces and - . _; at most 41", _name, str)
COMMAND = SettingType("a command", _command, str)
NUMBER = SettingType("auto, or a telephone number in quotes", _number, str)
HOURS = SettingType(
    "a list of time ranges",
    _hours,
    lambda spans: [
        f"{time_text.format_time_of_day(start)}-{time_text.format_time_of_day(end)}" for start, end in spans
    ],
)
DAYS = SettingType(f"a list of {', '.join(WEEKDAYS)}", _days, lambda days: [WEEKDAYS[day] for day in sorted(days)])
