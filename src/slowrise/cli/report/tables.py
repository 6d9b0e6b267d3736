"""The numbers of the report as text: the tiles at the top, and the tables beside the charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slowrise.cli.report.model import Report
from slowrise.cli.views.sentences import mixed_rules, sitting_range
from slowrise.core.metrics.report_stats import RESPONSE_EDGES, Bin
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.time_text import format_bounds, format_duration, format_seconds

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Table(NamedTuple):
    """A header, and rows whose first cell is their name."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Tile(NamedTuple):
    """A large number at the top of the page."""

    name: str
    value: str
    meaning: str


def tiles(report: Report) -> Iterator[Tile]:
    """Return the tiles, or none if nothing was observed."""
    together = report.together
    if not together.days:
        return
    finished = report.finished if report.finished.days else together
    mean, low, high = (each / finished.days for each in (finished.sitting_seconds, finished.low, finished.high))
    counted = f"mean of {finished.days} days" if finished.days > 1 else "of one day"
    bounds = format_bounds(low, high)
    yield Tile("Sitting a day", format_duration(mean), f"{bounds}, {counted}" if bounds else counted)
    bouts = together.bout_metrics
    if bouts.longest_seconds is not None and together.break_rule_seconds is not None:
        yield Tile(
            "Longest sit",
            format_duration(bouts.longest_seconds),
            f"breaks of {format_seconds(together.break_rule_seconds)} or more",
        )
        share = (bouts.prolonged_30_seconds or 0.0) / sum(
            length for day in report.summaries for length in day.bout_lengths
        )
        yield Tile(
            "Sits of 30 min or more",
            str(bouts.prolonged_30),
            f"{format_duration(bouts.prolonged_30_seconds or 0.0)}, {_percent(share)} of the time in sits",
        )
        yield Tile(
            "Breaks per sitting hour", f"{bouts.fragmentation or 0.0:.1f}", f"{bouts.breaks} breaks, {bouts.bouts} sits"
        )
    unseen = format_duration(together.unobserved_seconds)
    yield Tile(
        "Seen",
        _percent(together.coverage or 0.0),
        f"{together.days} of {len(report.records)} days; not seen {unseen}",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def break_rule(report: Report) -> str:
    """Return the sentence about the break that ends a sit."""
    rule = report.together.break_rule_seconds
    if rule is None:
        return mixed_rules()
    return f"A sit ends with a break of {format_seconds(rule)} or more."


def _time_of_day(hour: int) -> str:
    return f"{hour % 24:02}:00"


def week(report: Report) -> Table:
    """Return sitting by weekday and hour."""
    rows = (
        (
            f"{WEEKDAYS[cell.weekday]} {_time_of_day(cell.hour)} to {_time_of_day(cell.hour + 1)}",
            format_duration(cell.sitting_seconds),
            f"{cell.share:.0%}",
        )
        for cell in report.hours
        if cell.share is not None
    )
    return Table(("Hour", "Sat, all weeks together", "Of what was seen"), tuple(rows))


def bin_name(each: Bin) -> str:
    """Return the name of a range of lengths: `30 to 45 min`."""
    if each.below is None:
        return f"{each.least} min and more"
    return f"{each.least} to {each.below} min" if each.least else f"under {each.below} min"


def bouts(report: Report) -> Table:
    """Return the number of sits by length."""
    rows = (
        (bin_name(each), str(each.bouts), format_duration(each.seconds) if each.bouts else "none")
        for each in report.bins
    )
    return Table(("Length", "Sits", "In all"), tuple(rows))


def response_counts(report: Report) -> list[tuple[str, int]]:
    """Return the number of prompts by how soon the sit ended. Those whose end was not seen come last."""
    found = report.responses
    rows: list[tuple[str, int]] = []
    before = 0
    for minutes in RESPONSE_EDGES:
        rows.append(
            (f"up within {minutes} min" if not rows else f"within {minutes} min", found.within(minutes) - before)
        )
        before = found.within(minutes)
    rows.append((f"after {RESPONSE_EDGES[-1]} min", len(found.seconds) - before))
    return [*rows, ("end not seen", found.unseen)] if found.unseen else rows


def responses(report: Report) -> Table:
    """Return how soon the sits ended after a prompt."""
    return Table(("After a reminder", "Times"), tuple((name, str(number)) for name, number in response_counts(report)))


def response_words(report: Report) -> str:
    """Return the sentence about the number of prompts and the median response."""
    found = report.responses
    middle = found.median_seconds
    asked = "1 reminder asked to stand up." if found.prompts == 1 else f"{found.prompts} reminders asked to stand up."
    return asked if middle is None else f"{asked} Half of those sits ended within {format_duration(middle)}."


def days(report: Report) -> Table:
    """Return one row for each day."""
    head = (
        *("Day", "Sitting (90 % range)", "Longest sit", "Sits", "Breaks", "30 min or more"),
        *("Standing", "Seen", "Not seen"),
    )
    of_one_year = report.first.year == report.last.year
    return Table(head, tuple((_name(day, of_one_year=of_one_year), *_day(day)) for day in report.summaries))


def _day(day: Summary) -> tuple[str, ...]:
    if not day.observed_seconds:
        return ("nothing seen", *("",) * 7)
    of = day.bout_metrics
    return (
        sitting_range(day),
        "none" if of.longest_seconds is None else format_duration(of.longest_seconds),
        str(of.bouts),
        str(of.breaks),
        f"{of.prolonged_30} ({format_duration(of.prolonged_30_seconds or 0.0)})" if of.prolonged_30 else "none",
        *(
            format_duration(seconds) if round(seconds) else "none"
            for seconds in (day.standing_seconds, day.observed_seconds, day.unobserved_seconds)
        ),
    )


def _name(day: Summary, *, of_one_year: bool) -> str:
    name = f"{day.day:%a} {day.day.day} {day.day:%b}"
    return name if of_one_year else f"{name} {day.day.year}"


def symptoms(report: Report) -> Table | None:
    """Return all logged symptoms, or None without any."""
    rows = tuple(
        (
            f"{note.at:%a} {note.at.day} {note.at:%b %Y, %H:%M}",
            note.kind.replace("-", " "),
            note.side,
            f"{note.level} of 10",
        )
        for note in report.symptoms
    )
    return Table(("When", "What", "Side", "Level"), rows) if rows else None
