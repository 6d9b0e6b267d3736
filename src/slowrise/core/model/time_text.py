"""Durations and times, parsed and formatted. Seconds inside, text outside; no clock is read here.

Durations have millisecond precision, like wall times. Settings are printed exactly, measured lengths are rounded.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import msgspec

from slowrise.core.model.safe_text import shown
from slowrise.core.model.timestamps import ACCEPTED_YEARS, is_possible, is_possible_day
from slowrise.core.model.units import HOUR, MINUTE

LONGEST_DURATION = 1000 * HOUR
"""The bound on every length that comes in. Longer than any limit; added to any instant, it overflows nothing."""
LONGEST_INTERVAL = 12 * HOUR
"""Longest interval that two times of day may mean. Swapped or future times would give most of a day, so a longer
interval needs dates."""

_UNITS = (
    (HOUR, r"h|hr|hrs|hour|hours"),
    (MINUTE, r"m|min|mins|minute|minutes"),
    (1.0, r"s|sec|secs|second|seconds"),
)
# Nine digits are thirty years in seconds. More is a typing mistake, and a float could not hold the milliseconds.
_DURATION = re.compile(r"\s*".join(rf"(?:([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?)\s*(?:{names})\b)?" for _, names in _UNITS))
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class Units(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language for lengths, each with the space before it, if the language has one."""

    h: str
    min: str
    s: str
    to: str
    """Between the ends of a range."""
    is_english: bool = False
    """Minutes after hours have two digits, and the ends of a range leave out their unit: `4 h 05`."""


ENGLISH = Units(h=" h", min=" min", s=" s", to=" to", is_english=True)


class TimeTextError(ValueError):
    """The text cannot be parsed. `example`, if there is one, is a text that can."""

    def __init__(self, wrong: str, example: str = "") -> None:
        super().__init__(f"{wrong}; for example {example}" if example else wrong)
        self.wrong = wrong
        self.example = example


class TooLong(TimeTextError):
    """The text is a length beyond `LONGEST_DURATION`."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{shown(text)!r} is too long; accepted is up to {format_setting(LONGEST_DURATION)}")


class OutOfBounds(TimeTextError):
    """The text is a time or a day outside the bound on instants."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{shown(text)!r} is too early or too late; accepted are the years {ACCEPTED_YEARS}")


# -- durations ---------------------------------------------------------------------------------------------------------


def parse_duration(text: str) -> float:
    """Return the seconds in `90s`, `45m`, `1h30m` or `30 min`: hours, minutes, seconds, in this order, with units.

    Zero is allowed, a negative duration is not. Raise `TimeTextError`.
    """
    # "1h30m" has no word boundary after its h: a digit is a word character to a regular expression.
    spaced = re.sub(r"(?<=[a-z])(?=[0-9])", " ", text.strip().lower())
    match = _DURATION.fullmatch(spaced)
    if match is None or not spaced:
        if spaced.isdecimal() and spaced.isascii():
            raise TimeTextError(f"{text!r} has no unit", f"{spaced}m")
        wrong = "below zero" if spaced.startswith("-") else "not a duration"
        raise TimeTextError(f"{text!r} is {wrong}", "45m, 90s, 1h30m")
    seconds = sum(float(number) * unit for number, (unit, _) in zip(match.groups("0"), _UNITS, strict=True))
    if seconds > LONGEST_DURATION:
        raise TooLong(text)
    return round(seconds, 3)


def format_setting(seconds: float) -> str:
    """Return the shortest text that `parse_duration` reads back exactly: `45m`, `1h30m`, `2m30s`, `0s`."""
    return "".join(_exact(seconds, ("h", "m", "s")))


def format_seconds(seconds: float, units: Units = ENGLISH) -> str:
    """Return an exact length for a sentence, such as a setting: `1 min 30 s`, `2 h`."""
    return " ".join(_exact(seconds, (units.h, units.min, units.s)))


def format_duration(seconds: float, units: Units = ENGLISH) -> str:
    """Return a measured length for a sentence: `50 s`, `42 min`, `5 h 05 min`. Whole minutes from one minute on."""
    if 0 < round(seconds) < MINUTE:
        return f"{round(seconds)}{units.s}"
    hours, minutes = _to_the_minute(seconds)
    if not hours:
        return f"{minutes}{units.min}"
    if not minutes:
        return f"{hours}{units.h}"
    return f"{hours}{units.h} {_after_hours(minutes, units)}{units.min}"


def format_in_words(seconds: float, units: Units = ENGLISH) -> str:
    """Return a measured length with its units in full: `50 seconds`, `1 minute`, `1 hour 5 minutes`.

    Rounded like `format_duration`. A language other than English has no shorter units than those.
    """
    if not units.is_english:
        return format_duration(seconds, units)
    if 0 < round(seconds) < MINUTE:
        return _counted(round(seconds), "second")
    hours, minutes = _to_the_minute(seconds)
    parts = [_counted(number, unit) for number, unit in ((hours, "hour"), (minutes, "minute")) if number]
    return " ".join(parts) or "0 minutes"


def format_length(seconds: float, units: Units) -> str:
    """Return a measured length, as short as the language allows: in English no unit after hours, `1 h 02`."""
    hours, minutes = _to_the_minute(seconds)
    if units.is_english and hours and minutes:
        return f"{hours}{units.h} {_after_hours(minutes, units)}"
    return format_duration(seconds, units)


def format_bounds(low: float, high: float, units: Units = ENGLISH) -> str:
    """Return the bounds of a range, `4 h 50 to 5 h 25`, or nothing if they read the same."""
    if format_duration(low) == format_duration(high):
        return ""
    if _is_in_minutes(low) and _is_in_minutes(high):
        first, last = (str(_to_the_minute(end)[1]) for end in (low, high))
    else:
        first, last = (format_length(end, units) for end in (low, high))
    return f"{first}{units.to} {last}"


def format_range(seconds: float, low: float, high: float, units: Units = ENGLISH) -> str:
    """Return a length and its range, `5 h 10 min (4 h 50 to 5 h 25)`; no range if its bounds read the same."""
    bounds = format_bounds(low, high, units)
    return format_duration(seconds, units) + (f" ({bounds})" if bounds else "")


def format_about(seconds: float, units: Units = ENGLISH) -> str:
    """Return an estimate as people say it, after *about*: `6½ hours`, `1 hour 5 minutes`.

    Half hours from two hours on, five minutes below, and minutes below ten.
    """
    rounded = _roughly(seconds)
    hours, minutes = _to_the_minute(rounded)
    if units.is_english and hours >= 2 and minutes:  # noqa: PLR2004 - half hours begin there
        return f"{hours}½ hours"
    return format_in_words(rounded, units)


def format_about_range(seconds: float, low: float, high: float, units: Units = ENGLISH) -> str:
    """Return an estimate with its range, `6 hours (5½ to 6½)`; no range if all read the same."""
    said, first, last = (format_about(each, units) for each in (seconds, low, high))
    if said == first == last:
        return said
    shared = [unit for unit in (" hours", " minutes") if first.endswith(unit) and last.endswith(unit)]
    if shared and " " not in first.removesuffix(shared[0]):
        first = first.removesuffix(shared[0])
        if " " not in last.removesuffix(shared[0]) and said.endswith(shared[0]):
            last = last.removesuffix(shared[0])
    return f"{said} ({first}{units.to} {last})"


def _roughly(seconds: float) -> float:
    step = HOUR / 2 if seconds >= 2 * HOUR else 5 * MINUTE if seconds >= 10 * MINUTE else MINUTE
    return (seconds + step / 2) // step * step


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _exact(seconds: float, names: tuple[str, str, str]) -> list[str]:
    hours, rest = divmod(round(seconds, 3), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    numbers = (f"{hours:.0f}", f"{minutes:.0f}", f"{rest:.3f}".rstrip("0").rstrip("."))
    parts = [number + name for number, name in zip(numbers, names, strict=True) if number != "0"]
    return parts or ["0" + names[2]]


def _after_hours(minutes: int, units: Units) -> str:
    return f"{minutes:02}" if units.is_english else str(minutes)


def _is_in_minutes(seconds: float) -> bool:
    """Return whether `format_duration` prints minutes alone."""
    return not 0 < round(seconds) < MINUTE and _to_the_minute(seconds)[0] == 0


def _to_the_minute(seconds: float) -> tuple[int, int]:
    return divmod(int((seconds + MINUTE / 2) // MINUTE), 60)


# -- times -------------------------------------------------------------------------------------------------------------


def parse_time_of_day(text: str) -> float:
    """Return the seconds after midnight of `14:05`. Raise `TimeTextError`."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise TimeTextError(f"{text!r} is not a time of day", "18:00")
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def format_time_of_day(seconds: float) -> str:
    """Return `14:05` for seconds after midnight, rounded to the minute."""
    hours, minutes = _to_the_minute(seconds)
    return f"{hours % 24:02}:{minutes:02}"


def parse_instant(text: str, now: datetime) -> datetime:
    """Return the aware wall time that `text` means at `now`: ISO 8601, or `14:05` for the latest 14:05 in the past.

    A time without an offset gets the offset of `now`. Around a clock change this is right only if `now` has a zone.
    Raise `TimeTextError`.
    """
    try:
        wall_time = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        if ":" in text:
            return _possible(text, wall_time if wall_time.tzinfo is not None else wall_time.replace(tzinfo=now.tzinfo))
    try:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        hours, minutes = _to_the_minute(parse_time_of_day(text))
    except TimeTextError:
        raise TimeTextError(f"{text!r} is not a time", "14:05 or 2026-03-02T14:05") from None
    today = midnight.replace(hour=hours, minute=minutes)
    # Compare in UTC: Python ignores the offset of two times in one zone, which is wrong in the night of a clock change.
    return today if today.timestamp() <= now.timestamp() else today - timedelta(days=1)


def parse_day(text: str) -> date:
    """Return the day that ISO 8601 text names: a date, or a time of which the date is taken. Raise `TimeTextError`."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        raise TimeTextError(f"{text!r} is not a date", "2026-03-02") from None
    if not is_possible_day(day):
        raise OutOfBounds(text)
    return day


def _possible(text: str, wall_time: datetime) -> datetime:
    if not is_possible(wall_time):
        raise OutOfBounds(text)
    return wall_time


def parse_interval(begin: str, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the interval that two texts mean at `now`, each read by `parse_instant`. No `end` means `now`.

    `23:50` to `00:10` passes midnight. Raise `TimeTextError` for a text that is no time, and for two times of day that
    give an empty interval or one over `LONGEST_INTERVAL`. Times with a date are taken as they are.
    """
    since, until = parse_instant(begin, now), now if end is None else parse_instant(end, now)
    if "-" in begin or "-" in (end or ""):
        return since, until
    if until.timestamp() <= since.timestamp() and until.date() == since.date():
        since -= timedelta(days=1)
    if not 0 < until.timestamp() - since.timestamp() <= LONGEST_INTERVAL:
        first, last = f"{since:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}"
        raise TimeTextError(
            f"that would be {first} to {last}, longer than 12 h or not over yet; if you mean it, give the dates"
        )
    return since, until
