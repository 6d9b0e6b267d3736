"""Durations and times as people write and read them. Seconds inside, text outside; no clock is read here.

Durations are kept to the millisecond, as labels are. What is shown to a person is rounded; a setting is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from slowrise.core.model.units import HOUR, MINUTE

MEANT = 12 * HOUR
"""From one time of day to another no more is meant: swapped, or still to come, they would be most of a day."""

_UNITS = (
    (HOUR, r"h|hr|hrs|hour|hours"),
    (MINUTE, r"m|min|mins|minute|minutes"),
    (1.0, r"s|sec|secs|second|seconds"),
)
# Nine digits are thirty years in seconds; more is a slip of the hand, and would not be exact to the millisecond.
_DURATION = re.compile(r"\s*".join(rf"(?:([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?)\s*(?:{names})\b)?" for _, names in _UNITS))
_UNIT = re.compile(r" ?\b(h|min|s|to)\b")
_MINUTES_UNDERSTOOD = re.compile(r"(?<=[0-9] h [0-9]{2})(?! min)")
"""After `4 h 50`, where the unit of the minutes is left out."""
_FIRST_ZERO = re.compile(r"(?<= h )0(?=[0-9])")
"""Of `5 h 05 min`: where the minutes have a word of their own, nothing stands before them."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class TimeTextError(ValueError):
    """The text says nothing we can take; `example`, where there is one, is what we can."""

    def __init__(self, wrong: str, example: str = "") -> None:
        super().__init__(f"{wrong}; for example {example}" if example else wrong)
        self.wrong = wrong
        self.example = example


def parse_duration(text: str) -> float:
    """Seconds in `90s`, `45m`, `1h30m` or `30 min`: hours, minutes, seconds in this order, each with its unit.

    Zero is a duration; a negative one is not. Raises `TimeTextError`.
    """
    # "1h30m" has no word boundary after its h: a digit is a word character to a regular expression.
    spaced = re.sub(r"(?<=[a-z])(?=[0-9])", " ", text.strip().lower())
    match = _DURATION.fullmatch(spaced)
    if match is None or not spaced:
        if spaced.isdecimal() and spaced.isascii():
            raise TimeTextError(f"{text!r} has no unit", f"{spaced}m")
        wrong = "below zero" if spaced.startswith("-") else "not a duration"
        raise TimeTextError(f"{text!r} is {wrong}", "45m, 90s or 1h30m")
    return round(sum(float(number) * unit for number, (unit, _) in zip(match.groups("0"), _UNITS, strict=True)), 3)


def format_setting(seconds: float) -> str:
    """The shortest text `parse_duration` reads back as the same: `45m`, `1h30m`, `2m30s`, `0s`."""
    hours, rest = divmod(round(seconds, 3), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = ((f"{hours:.0f}", "h"), (f"{minutes:.0f}", "m"), (f"{rest:.3f}".rstrip("0").rstrip("."), "s"))
    return "".join(number + unit for number, unit in parts if number != "0") or "0s"


def format_seconds(seconds: float) -> str:
    """The same to be read in a sentence: `1 min 30 s`, `2 h`. For settings, which must not be rounded."""
    return re.sub(
        r"(?<=[a-z]) ?(?=[0-9])", " ", re.sub(r"([hms])", r" \1", format_setting(seconds)).replace("m", "min")
    )


def format_duration(seconds: float) -> str:
    """A measured length as one would say it: `50 s`, `42 min`, `5 h 05 min`; to the minute from one minute on."""
    if 0 < round(seconds) < MINUTE:
        return f"{round(seconds)} s"
    hours, minutes = _to_the_minute(seconds)
    if hours and minutes:
        return f"{hours} h {minutes:02} min"
    return f"{hours} h" if hours else f"{minutes} min"


def format_bounds(low: float, high: float) -> str:
    """Return the bounds of a range, `4 h 50 to 5 h 25`, or nothing if they look the same."""
    if format_duration(low) == format_duration(high):
        return ""
    ends = (_curt(low), _curt(high))
    if all(end.endswith(" min") for end in ends):
        ends = (ends[0].removesuffix(" min"), ends[1].removesuffix(" min"))
    return f"{ends[0]} to {ends[1]}"


def format_range(seconds: float, low: float, high: float) -> str:
    """Return a length and its range, `5 h 10 min (4 h 50 to 5 h 25)`; no range if its bounds look the same."""
    bounds = format_bounds(low, high)
    return format_duration(seconds) + (f" ({bounds})" if bounds else "")


def in_units(length: str, units: Mapping[str, str]) -> str:
    """A length in words with other units for `h`, `min` and `s`, and another word for the `to` of a range."""
    if not units:
        return length
    whole = _FIRST_ZERO.sub("", _MINUTES_UNDERSTOOD.sub(" min", length))
    return _UNIT.sub(lambda found: units.get(found[1], found[0]), whole)


def parse_time_of_day(text: str) -> float:
    """Seconds after midnight of `14:05`. Raises `TimeTextError`."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise TimeTextError(f"{text!r} is not a time of day", "18:00")
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def format_time_of_day(seconds: float) -> str:
    """`14:05`, from seconds after midnight; whole minutes."""
    hours, minutes = _to_the_minute(seconds)
    return f"{hours % 24:02}:{minutes:02}"


def parse_instant(text: str, now: datetime) -> datetime:
    """The aware label `text` means to someone asking at `now`: ISO 8601, or `14:05` for the latest 14:05 gone by.

    A time without an offset takes that of `now`; where summer time matters, `now` has to carry the zone itself.
    Raises `TimeTextError`.
    """
    try:
        label = datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    else:
        if ":" in text:
            return label if label.tzinfo is not None else label.replace(tzinfo=now.tzinfo)
    try:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        hours, minutes = _to_the_minute(parse_time_of_day(text))
    except TimeTextError:
        raise TimeTextError(f"{text!r} is not a time", "14:05 or 2026-03-02T14:05") from None
    today = midnight.replace(hour=hours, minute=minutes)
    # In universal time: two labels of one zone are compared by their faces, which is wrong on the night it changes.
    return today if today.timestamp() <= now.timestamp() else today - timedelta(days=1)


def parse_interval(begin: str, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """From when to when it was, to someone saying so at `now`: each an `parse_instant`, and `now` for no end.

    `23:50` to `00:10` is over midnight. Times of day that cannot be meant (`MEANT`) raise
    `TimeTextError`, as what is no
    instant does; times with a date are taken as they are.
    """
    since, until = parse_instant(begin, now), now if end is None else parse_instant(end, now)
    if "-" in begin or "-" in (end or ""):
        return since, until
    if until.timestamp() <= since.timestamp() and until.date() == since.date():
        since -= timedelta(days=1)
    if not 0 < until.timestamp() - since.timestamp() <= MEANT:
        meant = f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}"
        raise TimeTextError(
            f"that would be {meant}, which is not up to 12 h that are over; if it is meant, give the dates"
        )
    return since, until


def _to_the_minute(seconds: float) -> tuple[int, int]:
    return divmod(int((seconds + MINUTE / 2) // MINUTE), 60)


def _curt(seconds: float) -> str:
    """`4 h 50`: the unit of the minutes is understood after hours."""
    hours, minutes = _to_the_minute(seconds)
    return f"{hours} h {minutes:02}" if hours and minutes else format_duration(seconds)
