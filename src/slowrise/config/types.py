"""What a setting may be: how its TOML value is read, and written back. What is not taken raises `TimeTextError`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from slowrise.core.model import time_text
from slowrise.core.model.time_text import TimeTextError

Toml = str | int | bool | list[str]

FOREVER = "forever"
_AGES = {"y": 365.25 * 86400, "w": 7 * 86400.0, "d": 86400.0}
"""Seconds."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SettingType(NamedTuple):
    """How a value is read from TOML (raising `TimeTextError`), and written back so that `read` takes it."""

    read: Callable[[object], Any]
    write: Callable[[Any], Toml]
    names: tuple[str, ...] = ()
    """What there is to choose from, where there is a choice."""


def toml(value: Toml) -> str:
    """The value as the file has it; text, whole numbers and booleans look the same in JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return msgspec.json.encode(value).decode()


def _text(raw: object, what: str) -> str:
    if not isinstance(raw, str):
        raise TimeTextError(f"{_seen(raw)} is not {what}")
    return raw


def _seen(raw: object) -> str:
    match raw:
        case bool():
            return str(raw).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(raw)


def _length(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raise TimeTextError(f"{raw} has no unit")
    return time_text.parse_duration(_text(raw, "a duration"))


def _positive(raw: object) -> float:
    seconds = _length(raw)
    if seconds == 0:
        raise TimeTextError("it must be longer than nothing")
    return seconds


def _whole(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise TimeTextError(f"{_seen(raw)} is not a whole number from 1 on")
    return raw


def _count(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise TimeTextError(f"{_seen(raw)} is not a whole number, or below zero")
    return raw


def _switch(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise TimeTextError(f"{_seen(raw)} is neither true nor false")
    return raw


def _list(raw: object, what: str) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
        raise TimeTextError(f"{_seen(raw)} is not a list of {what}")
    return raw


def _hours(raw: object) -> tuple[tuple[float, float], ...]:
    return tuple(_stretch(entry) for entry in _list(raw, "stretches of the day"))


def _stretch(text: str) -> tuple[float, float]:
    start, dash, end = text.partition("-")
    if not dash:
        raise TimeTextError(f"{text!r} is not a stretch of the day")
    stretch = time_text.parse_time_of_day(start), time_text.parse_time_of_day(end)
    if stretch[0] == stretch[1]:
        raise TimeTextError(f"{text!r} begins when it ends")
    return stretch


def _days(raw: object) -> frozenset[int]:
    names = _list(raw, "days")
    for name in names:
        if name not in WEEKDAYS:
            raise TimeTextError(f"{name!r} is none of {', '.join(WEEKDAYS)}")
    return frozenset(map(WEEKDAYS.index, names))


def _command(raw: object) -> str:
    command = _text(raw, "a command")
    try:
        shlex.split(command)
    except ValueError:
        raise TimeTextError("a quote in it is not closed") from None
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


def _aged(seconds: float) -> str:
    if seconds == float("inf"):
        return FOREVER
    unit = next(unit for unit, length in _AGES.items() if seconds % length == 0)
    return f"{seconds / _AGES[unit]:.0f}{unit}"


def _folder(raw: object) -> str:
    folder = _text(raw, "a folder")
    if folder and not folder.startswith(("/", "~")):
        raise TimeTextError(f"{folder!r} does not begin with / or ~")
    return folder


def _name(raw: object) -> str:
    name = _text(raw, "a name")
    if name and not re.fullmatch(r"[\w][\w .-]{0,40}", name):
        raise TimeTextError(f"{name!r} is no name of letters, digits, blanks and - . _")
    return name


def one_of(*names: str) -> SettingType:
    """One name of a few."""

    def read(raw: object) -> str:
        if raw not in names:
            raise TimeTextError(f"{_seen(raw)!r} is none of {', '.join(names)}")
        return str(raw)

    return SettingType(read, str, names)


LENGTH = SettingType(_positive, time_text.format_setting)
LENGTH_OR_NONE = SettingType(_length, time_text.format_setting)
TIME = SettingType(lambda raw: time_text.parse_time_of_day(_text(raw, "a time of day")), time_text.format_time_of_day)
WHOLE = SettingType(_whole, int)
WHOLE_OR_NONE = SettingType(_count, int)
SWITCH = SettingType(_switch, bool)
TEXT = SettingType(lambda raw: _text(raw, "a text"), str)
AGE = SettingType(_age, _aged)
FOLDER = SettingType(_folder, str)
NAME = SettingType(_name, str)
COMMAND = SettingType(_command, str)
NUMBER = SettingType(_number, str)
HOURS = SettingType(
    _hours,
    lambda spans: [
        f"{time_text.format_time_of_day(start)}-{time_text.format_time_of_day(end)}" for start, end in spans
    ],
)
DAYS = SettingType(_days, lambda days: [WEEKDAYS[day] for day in sorted(days)])
