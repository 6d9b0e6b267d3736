"""The numbers of the report in words: what stands out first, and the tables behind the charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slowrise.cli.report.model import Report
from slowrise.cli.views.sentences import sitting_range
from slowrise.core.metrics.report_stats import RESPONSE_EDGES, Bin
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.time_text import format_duration, format_range, format_seconds

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Table(NamedTuple):
    """A head, and rows of which the first cell names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Tile(NamedTuple):
    """A number that stands out."""

    name: str
    value: str
    meaning: str


def tiles(report: Report) -> Iterator[Tile]:
    """What stands out first; nothing where nothing was seen."""
    over, days = report.together, report.together.days
    if not days:
        return
    whole = report.over if report.over.days else over
    mean, low, high = (seconds / whole.days for seconds in (whole.sitting_seconds, whole.low, whole.high))
    of_days = f"mean of {whole.days} days" if whole.days > 1 else "of one day"
    yield Tile("Sitting a day", format_duration(mean), ", ".join((*_bracketed(format_range(mean, low, high)), of_days)))
    held = over.bout_metrics
    if held.longest_seconds is not None and over.break_rule_seconds is not None:
        yield Tile(
            "Longest sit",
            format_duration(held.longest_seconds),
            f"breaks of {format_seconds(over.break_rule_seconds)} or more",
        )
        share = (held.prolonged_30_seconds or 0.0) / sum(_lengths(report))
        yield Tile(
            "Sits of 30 min or more",
            str(held.prolonged_30),
            f"{format_duration(held.prolonged_30_seconds or 0.0)}, {_percent(share)} of the time in sits",
        )
        yield Tile(
            "Breaks per sitting hour", f"{held.fragmentation or 0.0:.1f}", f"{held.breaks} breaks, {held.bouts} sits"
        )
    unknown = over.unobserved_seconds
    yield Tile(
        "Seen",
        _percent(over.coverage or 0.0),
        f"{days} of {len(report.records)} days; not seen {format_duration(unknown)}",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _bracketed(text: str) -> list[str]:
    """What stands in brackets, if anything does."""
    return [text.partition("(")[2].rstrip(")")] if "(" in text else []


def _lengths(report: Report) -> list[float]:
    return [length for day in report.summaries for length in day.bout_lengths]


def break_rule(report: Report) -> str:
    """What ends a sit, as a sentence."""
    rule = report.together.break_rule_seconds
    if rule is None:
        return "The break rule changed within these days: their sits and breaks are not added up."
    return f"A sit ends with a break of {format_seconds(rule)} or more."


def _of_the_clock(hour: int) -> str:
    return f"{hour % 24:02}:00"


def week(report: Report) -> Table:
    """The hours of the week."""
    rows = (
        (
            f"{WEEKDAYS[cell.weekday]} {_of_the_clock(cell.hour)} to {_of_the_clock(cell.hour + 1)}",
            format_duration(cell.sitting_seconds),
            f"{cell.share:.0%}",
        )
        for cell in report.hours
        if cell.share is not None
    )
    return Table(("Hour", "Sat, all weeks together", "Of what was seen"), tuple(rows))


def bin_name(each: Bin) -> str:
    """`30 to 45 min`."""
    if each.below is None:
        return f"{each.least} min and more"
    return f"{each.least} to {each.below} min" if each.least else f"under {each.below} min"


def bouts(report: Report) -> Table:
    """Sits by length."""
    rows = (
        (bin_name(each), str(each.bouts), format_duration(each.seconds) if each.bouts else "none")
        for each in report.bins
    )
    return Table(("Length", "Sits", "In all"), tuple(rows))


def response_counts(report: Report) -> list[tuple[str, int]]:
    """After how many prompts somebody got up how soon; what was not seen comes last."""
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
    """What followed the prompts."""
    return Table(("After a prompt", "Times"), tuple((name, str(number)) for name, number in response_counts(report)))


def response_words(report: Report) -> str:
    """How many prompts there were, and what followed in the middle."""
    found = report.responses
    middle = found.median_seconds
    asked = "1 prompt asked to stand up." if found.prompts == 1 else f"{found.prompts} prompts asked to stand up."
    return asked if middle is None else f"{asked} In the middle case the sit ended {format_duration(middle)} after it."


def days(report: Report) -> Table:
    """A row for each day."""
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
    """Every note; None without any."""
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
