"""Pages for a terminal, by rich. Colour only repeats the characters. Import this module only to print a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple, TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.sentences import (
    NO_BREAK_SPACE,
    day_name,
    day_sentences,
    days_name,
    keep_lengths_together,
    month_name,
    number_of_days,
    period_sentences,
    short_day_name,
    sitting_range,
    usual_sentence,
)
from slowrise.cli.views.timeline import Kind, Mark, MarkKind, Row, rows
from slowrise.cli.views.wrap import cells, padded, wrapped
from slowrise.core.metrics.period import Period, Usual, period
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import Span, clip
from slowrise.core.model.time_text import format_range

WIDEST = 200
"""Columns. Longer lines are hard to read."""
LONGEST_BAR = 100


class Symbol(NamedTuple):
    """A character, the one that replaces it where only ASCII can be written, its style, and its name in the legend."""

    char: str
    ascii: str
    style: str
    name: str


SYMBOLS: dict[Kind, Symbol] = {
    "sitting": Symbol("█", "#", "blue", "sitting"),
    "part": Symbol("▄", "+", "blue", "sitting in part"),
    "standing": Symbol("▒", "^", "magenta", "standing"),
    "away": Symbol("·", ".", "default", "away"),
    "unobserved": Symbol("╌", "~", "bright_black", "unobserved"),
    "doubtful": Symbol("░", "?", "cyan", "doubtful"),
    "outside": Symbol(" ", " ", "default", ""),
}
MARKS: dict[MarkKind, Symbol] = {
    "prompt": Symbol("▵", "'", "default", "reminder"),
    "symptom": Symbol("✚", "x", "bold", "symptom"),
}
BLANK = SYMBOLS["outside"]
CERTAIN = Symbol("█", "#", "blue", "at least")
POSSIBLE = Symbol("░", "-", "blue", "at most")
ASCII = str.maketrans({"±": "+/-", "\u2013": "-", "\u2019": "'"})


def console_on(stream: TextIO, columns: int | None = None) -> Console:
    """Return a console on the stream: coloured on a terminal unless NO_COLOR is set, 80 columns wide in a pipe."""
    console = Console(file=stream, width=columns, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console


class DayPage(NamedTuple):
    """A day: its sentences, its timeline, and a closing line. `today` marks an unfinished day."""

    summary: Summary
    spans: Sequence[Span]
    marks: Sequence[Mark] = ()
    line: str = ""
    usual: Usual | None = None
    today: date | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the page; rich calls it."""
        day = self.summary
        sentences = day_sentences(day, self.today)
        if self.usual and day.observed_seconds:
            sentences.append(usual_sentence(self.usual))
        name = _("{day} so far") if day.day == self.today else "{day}"
        yield Text(name.format(day=day_name(day.day)), style="bold")
        yield from _lines(sentences, options)
        if day.begin and day.end:
            yield Text("")
            yield from _timeline(rows(clip(self.spans, day.begin, day.end), options.max_width, self.marks), options)
        if self.line and day.observed_seconds:
            yield Text("")
            yield from _lines([self.line], options)


class PeriodPage(NamedTuple):
    """Several days: a bar from the low to the high estimate of each day or month, then the sentences about all.

    If nothing was seen on any of them, one line says so, before the symptoms if there are any.
    """

    days: Sequence[Summary]
    period: Period
    line: str = ""
    usual: Usual | None = None
    by_month: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the page; rich calls it."""
        name = days_name(self.period.first_day, self.period.last_day)
        if not self.period.days:
            nothing, *symptoms = period_sentences(self.period)
            yield from _lines([f"{name}: {nothing}", *symptoms], options)
            return
        yield Text(name, style="bold")
        if self.by_month:
            bars = [_month_bar(list(days)) for _, days in groupby(self.days, lambda day: day.day.replace(day=1))]
        else:
            bars = [_day_bar(day) for day in self.days]
        yield from _bars(bars, options)
        yield Text("")
        sentences = period_sentences(self.period)
        yield from _lines([*sentences, usual_sentence(self.usual)] if self.usual else sentences, options)
        if self.line:
            yield Text("")
            yield from _lines([self.line], options)


class _Bar(NamedTuple):
    """A bar from `low` to `high` seconds, between a name and some words."""

    name: str
    low: float
    high: float
    words: str


def _day_bar(day: Summary) -> _Bar:
    words = sitting_range(day) if day.observed_seconds else _("nothing seen")
    return _Bar(f"{short_day_name(day.day)}  ", day.low, day.high, words)


def _month_bar(days: Sequence[Summary]) -> _Bar:
    """The mean of the days on which something was seen."""
    month, name = period(days), f"{month_name(days[0].day)}  "
    if not month.days:
        return _Bar(name, 0.0, 0.0, _("nothing seen"))
    low, mean, high = (seconds / month.days for seconds in (month.low, month.sitting_seconds, month.high))
    words = _("{length} a day, {days}")
    length = format_range(mean, low, high, units())
    return _Bar(name, low, high, words.format(length=length, days=number_of_days(month.days)))


def _timeline(day: Sequence[Row], options: ConsoleOptions) -> RenderResult:
    for row in day:
        yield Text(row.hours.rstrip(), style="bright_black", no_wrap=True)
        last = max((cell for cell, kind in enumerate(row.cells) if kind != "outside"), default=-1)
        yield _styled([SYMBOLS[kind] for kind in row.cells[: last + 1]], options)
        if row.marks:
            places = range(max(row.marks) + 1)
            yield _styled([MARKS[row.marks[place]] if place in row.marks else BLANK for place in places], options)
    shown = {kind for row in day for kind in row.cells} - {"outside"}
    marked = {kind for row in day for kind in row.marks.values()}
    symbols = [symbol for kind, symbol in SYMBOLS.items() if kind in shown]
    yield from _legend([*symbols, *(symbol for kind, symbol in MARKS.items() if kind in marked)], options)


def _bars(bars: Sequence[_Bar], options: ConsoleOptions) -> RenderResult:
    names = max(cells(bar.name) for bar in bars)
    room = options.max_width - names - max(cells(bar.words) for bar in bars) - 2
    room = max(1, min(LONGEST_BAR, room))
    most = max(bar.high for bar in bars) or 1.0
    for bar in bars:
        low, high = (round(room * seconds / most) for seconds in (bar.low, bar.high))
        drawn = [CERTAIN] * low + [POSSIBLE] * (high - low) + [BLANK] * (room - high)
        yield Text.assemble(padded(bar.name, names), _styled(drawn, options), "  ", bar.words, no_wrap=True)
    if any(bar.high for bar in bars):
        yield from _legend([CERTAIN, POSSIBLE] if any(bar.high > bar.low for bar in bars) else [CERTAIN], options)


def _styled(symbols: Sequence[Symbol], options: ConsoleOptions) -> Text:
    parts = ((_char(symbol, options), symbol.style) for symbol in symbols)
    return Text.assemble(*parts, no_wrap=True, overflow="crop")


def _legend(symbols: Sequence[Symbol], options: ConsoleOptions) -> Iterator[Text]:
    line, names = Text(no_wrap=True), _names()
    for symbol in symbols:
        entry = Text.assemble((_char(symbol, options), symbol.style), f" {names[symbol.name]}")
        if line and line.cell_len + 2 + entry.cell_len > options.max_width:
            yield line
            line = Text(no_wrap=True)
        line = Text.assemble(line, "  ", entry, no_wrap=True) if line else entry
    yield line


def _names() -> dict[str, str]:
    """The names of the legend in the user's language."""
    return {
        "sitting": _("sitting"),
        "sitting in part": _("sitting in part"),
        "standing": _("standing"),
        "away": _("away"),
        "unobserved": _("unobserved"),
        "doubtful": _("doubtful"),
        "reminder": _("reminder"),
        "symptom": _("symptom"),
        "at least": _("at least"),
        "at most": _("at most"),
    }


def _char(symbol: Symbol, options: ConsoleOptions) -> str:
    return symbol.ascii if options.ascii_only else symbol.char


def _lines(sentences: Iterable[str], options: ConsoleOptions) -> Iterator[Text]:
    """Wrap each sentence, and keep lengths together. rich would also break lines at no-break spaces."""
    for sentence in sentences:
        plain = sentence.translate(ASCII).encode("ascii", "replace").decode() if options.ascii_only else sentence
        for line in _wrap(keep_lengths_together(plain), options.max_width):
            yield Text(line.replace(NO_BREAK_SPACE, " "), no_wrap=True)


def _wrap(text: str, columns: int) -> list[str]:
    """Return the lines. Korean letters take two columns, which the standard library does not know."""
    if cells(text) > len(text):
        return wrapped(text, columns).split("\n")
    return wrap(text, columns, break_on_hyphens=False)
