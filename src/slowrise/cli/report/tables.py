"""The numbers of the report as text: the tiles at the top, and the tables beside the charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from slowrise.cli.report.model import Report
from slowrise.cli.views.health_log import before_words, time_name
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.sentences import mixed_rules, short_day_name, short_weekdays
from slowrise.core.metrics.report_stats import RESPONSE_EDGES, Bin
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.symptom_counts import Bouts, bouts_of
from slowrise.core.model.time_text import (
    format_about,
    format_about_range,
    format_bounds,
    format_duration,
    format_length,
    format_seconds,
)
from slowrise.core.model.units import MINUTE
from slowrise.messages.guidance import Guidance


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
    yield _sitting(report)
    if together.bout_metrics.longest_seconds is not None:
        yield _longest_sit(report)
        if together.break_rule_seconds is not None:
            yield from _bouts(report, together.break_rule_seconds)
    if together.standing_seconds >= MINUTE:
        yield Tile(_("Standing"), _about(together.standing_seconds), _("in all, as reported by the user"))
    recorded = _("{days} of {all}").format(days=together.days, all=len(report.records))
    watched = _("slowrise was on for {length}")
    yield Tile(_("Days recorded"), recorded, watched.format(length=_about(together.observed_seconds)))


def _sitting(report: Report) -> Tile:
    finished = report.finished if report.finished.days else report.together
    mean, low, high = (each / finished.days for each in (finished.sitting_seconds, finished.low, finished.high))
    said = _about(mean)
    bounds = format_about_range(mean, low, high, units()).removeprefix(said).strip(" ()")
    likely = _("most likely {range}; ").format(range=bounds) if bounds else ""
    counted = _("mean of {days} days").format(days=finished.days) if finished.days > 1 else _("of one day")
    return Tile(_("Sitting a day"), said, f"{likely}{counted}")


def _longest_sit(report: Report) -> Tile:
    longest = [day.bout_metrics.longest_seconds for day in report.finished.seen]
    usual = median([seconds for seconds in longest if seconds is not None] or [0.0])
    several = _("on most days about {length}").format(length=_about(usual))
    most = _length(report.together.bout_metrics.longest_seconds or 0.0)
    return Tile(_("Longest sit"), most, several if len(longest) > 1 else _("without a break"))


def _bouts(report: Report, rule: float) -> Iterator[Tile]:
    bouts = report.together.bout_metrics
    share = (bouts.prolonged_30_seconds or 0.0) / sum(length for day in report.summaries for length in day.bout_lengths)
    yield Tile(
        _("Sits of 30 min or more"),
        str(bouts.prolonged_30),
        _("{length}, {share} of all sitting").format(
            length=_about(bouts.prolonged_30_seconds or 0.0), share=_percent(share)
        ),
    )
    per_hour = _("of {length} or more; {rate:.1f} in each hour of sitting")
    yield Tile(
        _("Breaks"),
        str(bouts.breaks),
        per_hour.format(length=format_seconds(rule, units()), rate=bouts.fragmentation or 0.0),
    )


def _about(seconds: float) -> str:
    return format_about(seconds, units())


def _length(seconds: float) -> str:
    return format_duration(seconds, units())


def _percent(share: float) -> str:
    return f"{share:.0%}"


def break_rule(report: Report) -> str:
    """Return the sentence about the break that ends a sit."""
    rule = report.together.break_rule_seconds
    if rule is None:
        return mixed_rules()
    return _("A sit ends with a break of {length} or more.").format(length=format_seconds(rule, units()))


def _time_of_day(hour: int) -> str:
    return f"{hour % 24:02}:00"


def week(report: Report) -> Table:
    """Return sitting by weekday and hour."""
    weekdays, text = short_weekdays(), _("{weekday} {begin} to {end}")
    rows = (
        (
            text.format(weekday=weekdays[cell.weekday], begin=_time_of_day(cell.hour), end=_time_of_day(cell.hour + 1)),
            _length(cell.sitting_seconds),
            f"{cell.share:.0%}",
        )
        for cell in report.hours
        if cell.share is not None
    )
    return Table((_("Hour"), _("Sitting, all weeks together"), _("Of the recorded time")), tuple(rows))


def bin_name(each: Bin) -> str:
    """Return the name of a range of lengths: `30 to 45 min`."""
    if each.below is None:
        return _("{least} min and more").format(least=each.least)
    text = _("{least} to {below} min") if each.least else _("under {below} min")
    return text.format(least=each.least, below=each.below)


def bouts(report: Report) -> Table:
    """Return the number of sits by length."""
    rows = (
        (bin_name(each), str(each.bouts), _length(each.seconds) if each.bouts else _("none")) for each in report.bins
    )
    return Table((_("Length"), _("Sits"), _("In all")), tuple(rows))


def response_counts(report: Report) -> list[tuple[str, int]]:
    """Return the number of prompts by how soon the sit ended. Those whose end was not seen come last."""
    found = report.responses
    rows: list[tuple[str, int]] = []
    before = 0
    for minutes in RESPONSE_EDGES:
        text = _("within {minutes} min") if rows else _("up within {minutes} min")
        rows.append((text.format(minutes=minutes), found.within(minutes) - before))
        before = found.within(minutes)
    rows.append((_("after {minutes} min").format(minutes=RESPONSE_EDGES[-1]), len(found.seconds) - before))
    return [*rows, (_("not known"), found.unseen)] if found.unseen else rows


def responses(report: Report) -> Table:
    """Return how soon the sits ended after a prompt."""
    rows = tuple((name, str(number)) for name, number in response_counts(report))
    return Table((_("After a reminder"), _("Times")), rows)


def response_words(report: Report) -> str:
    """Return the sentences about the number of prompts, their answers and the median response."""
    found = report.responses
    middle = found.median_seconds
    asked = _("Reminders to stand up: {number}.").format(number=found.prompts)
    if middle is None:
        return asked
    return f"{asked} {_('Half of those sits ended within {length}.').format(length=_length(middle))}"


def days(report: Report) -> Table:
    """Return one row for each day."""
    head = (
        *(_("Day"), _("Sitting (most likely range)"), _("Longest sit"), _("Breaks"), _("Sits of 30 min or more")),
        *(_("Standing"), _("Recorded")),
    )
    of_one_year = report.first.year == report.last.year
    rows = (_days(report.summaries[begin:end], of_one_year=of_one_year) for begin, end in _runs(report.summaries))
    return Table(head, tuple(rows))


def _runs(days: Sequence[Summary]) -> Iterator[tuple[int, int]]:
    """Yield the first and the next index of each row: a recorded day, or neighbouring days without a record."""
    begin = 0
    for end in range(1, len(days) + 1):
        goes_on = end < len(days) and not days[end].observed_seconds and not days[begin].observed_seconds
        if not goes_on:
            yield begin, end
            begin = end


def _days(days: Sequence[Summary], *, of_one_year: bool) -> tuple[str, ...]:
    first, last = days[0], days[-1]
    name = _name(first, of_one_year=of_one_year)
    if first is not last:
        name = _("{first} to {last}").format(first=name, last=_name(last, of_one_year=of_one_year))
    return (name, *_day(first))


def _day(day: Summary) -> tuple[str, ...]:
    if not day.observed_seconds:
        return (_("not recorded"), *("",) * 5)
    of = day.bout_metrics
    bounds = format_bounds(day.low, day.high, units())
    return (
        _short(day.sitting_seconds) + (f" ({bounds})" if bounds else ""),
        _("none") if of.longest_seconds is None else _short(of.longest_seconds),
        str(of.breaks),
        str(of.prolonged_30) if of.prolonged_30 else _("none"),
        *(_short(seconds) if seconds >= MINUTE else _("none") for seconds in (day.standing_seconds,)),
        _short(day.observed_seconds),
    )


def _short(seconds: float) -> str:
    return format_length(seconds, units())


def _name(day: Summary, *, of_one_year: bool) -> str:
    name = " ".join(short_day_name(day.day).split())
    return name if of_one_year else f"{name} {day.day.year}"


def symptoms(report: Report, guidance: Guidance) -> Table | None:
    """Return all logged symptoms, or None without any."""
    of_days = [bouts_of(record.spans, record.summary.break_rule_seconds) for record in report.records]
    bouts = Bouts([sit for day in of_days for sit in day.sits], [stand for day in of_days for stand in day.stands])
    rows = tuple(
        (
            time_name(note.at),
            guidance.symptoms[note.kind].say if note.kind in guidance.symptoms else note.kind,
            guidance.sides[note.side].say if note.side in guidance.sides else note.side,
            _("{level} of 10").format(level=note.level) if note.level else _("none that day"),
            before_words(note.at, bouts, guidance),
        )
        for note in report.symptoms
    )
    return Table((_("When"), _("What"), _("Side"), _("Level"), _("Just before")), rows) if rows else None
