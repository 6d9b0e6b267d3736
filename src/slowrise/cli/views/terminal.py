"""Pages for a terminal: what rich prints in the width, the colours and the letters there are.

Colour only repeats what the characters say already. rich is imported when a page is printed, never before: the daemon
imports its neighbours here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple, TextIO

from slowrise.cli.views.sentences import (
    NO_BREAK,
    day_name,
    day_sentences,
    days_name,
    sitting_range,
    unbroken,
    usual_sentence,
    week_sentences,
)
from slowrise.cli.views.timeline import Kind, Mark, MarkKind, Row, rows
from slowrise.core.metrics.period import Period, Usual, period
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import Span, clip
from slowrise.core.model.time_text import format_range

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.text import Text

WIDEST = 200
"""Sentences wider than this are hard to follow."""


class Look(NamedTuple):
    """How a kind is shown: where only ASCII can be written the second character is."""

    char: str
    ascii: str
    style: str
    name: str


LOOKS: dict[Kind, Look] = {
    "sitting": Look("█", "#", "blue", "sitting"),
    "part": Look("▄", "+", "blue", "sitting in part"),
    "standing": Look("▒", "^", "magenta", "standing"),
    "away": Look("·", ".", "default", "away"),
    "unobserved": Look("╌", "~", "bright_black", "unobserved"),
    "doubtful": Look("░", "?", "cyan", "doubtful"),
    "outside": Look(" ", " ", "default", ""),
}
MARKS: dict[MarkKind, Look] = {
    "prompt": Look("▵", "'", "default", "prompt"),
    "symptom": Look("✚", "x", "bold", "symptom"),
}
CERTAIN = Look("█", "#", "blue", "at least")
POSSIBLE = Look("░", "-", "blue", "at most")
ASCII = str.maketrans({"±": "+/-", "\u2013": "-", "\u2019": "'"})


def console_on(stream: TextIO, columns: int | None = None) -> Console:
    """A console that writes there: coloured on a terminal unless NO_COLOR is set, 80 columns wide in a pipe."""
    from rich.console import Console

    console = Console(file=stream, width=columns, highlight=False, markup=False, emoji=False)
    return (
        console
        if console.width <= WIDEST
        else Console(file=stream, width=WIDEST, highlight=False, markup=False, emoji=False)
    )


class DayPage(NamedTuple):
    """A day: its sentences, its timeline, and a line that is the same whatever the numbers are."""

    summary: Summary
    spans: Sequence[Span]
    marks: Sequence[Mark] = ()
    line: str = ""
    usual: Usual | None = None
    today: date | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich with the room there is."""
        from rich.text import Text

        day = self.summary
        said = day_sentences(day, self.today)
        if self.usual and day.observed_seconds:
            said.append(usual_sentence(self.usual))
        yield Text(day_name(day.day) + (" so far" if day.day == self.today else ""), style="bold")
        yield from _lines(said, options)
        if day.begin and day.end:
            yield Text("")
            yield from _timeline(rows(clip(self.spans, day.begin, day.end), options.max_width, self.marks), options)
        if self.line and day.observed_seconds:
            yield Text("")
            yield from _lines([self.line], options)


class WeekPage(NamedTuple):
    """Several days, a small bar each from the least to the most it may have been, and what they come to together."""

    days: Sequence[Summary]
    period: Period
    line: str = ""
    usual: Usual | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich with the room there is."""
        from rich.text import Text

        yield Text(days_name(self.period.first_day, self.period.last_day), style="bold")
        yield from _bars([_day_bar(day) for day in self.days], options)
        yield Text("")
        said = week_sentences(self.period)
        yield from _lines([*said, usual_sentence(self.usual)] if self.usual else said, options)
        if self.line and self.period.days:
            yield Text("")
            yield from _lines([self.line], options)


class YearPage(NamedTuple):
    """Many days: a small bar for the mean day of each month, and what they come to together."""

    days: Sequence[Summary]
    period: Period
    line: str = ""
    usual: Usual | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich with the room there is."""
        from rich.text import Text

        yield Text(days_name(self.period.first_day, self.period.last_day), style="bold")
        yield from _bars([_month_bar(list(days)) for _, days in groupby(self.days, _month_of)], options)
        yield Text("")
        said = week_sentences(self.period)
        yield from _lines([*said, usual_sentence(self.usual)] if self.usual else said, options)
        if self.line and self.period.days:
            yield Text("")
            yield from _lines([self.line], options)


class _Bar(NamedTuple):
    """A bar from `low` to `high` seconds with its name before it and its words behind."""

    name: str
    low: float
    high: float
    words: str


def _day_bar(day: Summary) -> _Bar:
    words = sitting_range(day) if day.observed_seconds else "nothing seen"
    return _Bar(f"{day.day:%a} {day.day.day:2} {day.day:%b}  ", day.low, day.high, words)


def _month_of(day: Summary) -> tuple[int, int]:
    return day.day.year, day.day.month


def _month_bar(days: Sequence[Summary]) -> _Bar:
    """Of the mean day, of those that were seen."""
    month, name = period(days), f"{days[0].day:%b %Y}  "
    if not month.days:
        return _Bar(name, 0.0, 0.0, "nothing seen")
    low, mean, high = (seconds / month.days for seconds in (month.low, month.sitting_seconds, month.high))
    seen = "1 day" if month.days == 1 else f"{month.days} days"
    return _Bar(name, low, high, f"{format_range(mean, low, high)} a day, {seen}")


def _timeline(day: Sequence[Row], options: ConsoleOptions) -> RenderResult:
    from rich.text import Text

    for row in day:
        yield Text(row.hours.rstrip(), style="bright_black", no_wrap=True, end="\n")
        last = max((cell for cell, kind in enumerate(row.cells) if kind != "outside"), default=-1)
        yield _painted([LOOKS[kind] for kind in row.cells[: last + 1]], options)
        if row.marks:
            blank = LOOKS["outside"]
            looks = [MARKS[row.marks[cell]] if cell in row.marks else blank for cell in range(max(row.marks) + 1)]
            yield _painted(looks, options)
    shown = {kind for row in day for kind in row.cells}
    marked = {kind for row in day for kind in row.marks.values()}
    looks = [look for kind, look in LOOKS.items() if kind in shown and look.name]
    yield from _legend([*looks, *(look for kind, look in MARKS.items() if kind in marked)], options)


def _bars(bars: Sequence[_Bar], options: ConsoleOptions) -> RenderResult:
    from rich.text import Text

    room = options.max_width - max(len(bar.name) for bar in bars) - max(len(bar.words) for bar in bars) - 2
    room = max(1, min(100, room))
    most = max(bar.high for bar in bars) or 1.0
    for bar in bars:
        low, high = (round(room * seconds / most) for seconds in (bar.low, bar.high))
        cells = [CERTAIN] * low + [POSSIBLE] * (high - low) + [LOOKS["outside"]] * (room - high)
        yield Text.assemble(bar.name, _painted(cells, options), "  ", bar.words, no_wrap=True)
    if any(bar.high for bar in bars):
        yield from _legend([CERTAIN, POSSIBLE] if any(bar.high > bar.low for bar in bars) else [CERTAIN], options)


def _painted(looks: Sequence[Look], options: ConsoleOptions) -> Text:
    from rich.text import Text

    return Text.assemble(*((_char(look, options), look.style) for look in looks), no_wrap=True, overflow="crop")


def _legend(looks: Sequence[Look], options: ConsoleOptions) -> RenderResult:
    from rich.text import Text

    line = Text(no_wrap=True)
    for look in looks:
        entry = Text.assemble((_char(look, options), look.style), f" {look.name}")
        if line and line.cell_len + 2 + entry.cell_len > options.max_width:
            yield line
            line = Text(no_wrap=True)
        line = Text.assemble(line, "  ", entry, no_wrap=True) if line else entry
    yield line


def _char(look: Look, options: ConsoleOptions) -> str:
    return look.ascii if options.ascii_only else look.char


def _lines(said: Iterable[str], options: ConsoleOptions) -> RenderResult:
    """Each sentence on lines of its own, with no length torn apart (rich would tear it at a no-break space too)."""
    from rich.text import Text

    for sentence in said:
        plain = sentence.translate(ASCII).encode("ascii", "replace").decode() if options.ascii_only else sentence
        for line in wrap(unbroken(plain), options.max_width, break_on_hyphens=False):
            yield Text(line.replace(NO_BREAK, " "), no_wrap=True)
