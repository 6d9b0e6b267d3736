"""Pages for a terminal, by rich. Colour only repeats the characters. Import this module only to print a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple, TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from slowrise.cli.views.i18n import _
from slowrise.cli.views.sentences import (
    NO_BREAK_SPACE,
    about,
    day_name,
    day_sentences,
    days_name,
    keep_lengths_together,
    month_name,
    number_of_days,
    period_sentences,
    short_date,
    short_day_name,
    sitting_range,
    usual_sentence,
)
from slowrise.cli.views.timeline import Kind, Mark, MarkKind, Row, rows
from slowrise.cli.views.wrap import cells, padded, wrapped
from slowrise.core.metrics.period import Period, Usual, period
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.spans import Span, clip

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
    "unobserved": Symbol("╌", "~", "bright_black", "not recorded"),
    "doubtful": Symbol("░", "?", "cyan", "in doubt"),
    "outside": Symbol(" ", " ", "default", ""),
}
MARKS: dict[MarkKind, Symbol] = {
    "prompt": Symbol("▵", "'", "default", "reminder"),
    "followed": Symbol("▲", "u", "default", "reminder, followed"),
    "later": Symbol("▹", "l", "default", "reminder, put off"),
    "symptom": Symbol("✚", "x", "bold", "symptom"),
}
FLARE_UP = Symbol("◆", "*", "bold", "flare-up")
BLANK = SYMBOLS["outside"]
CERTAIN = Symbol("█", "#", "blue", "at least")
POSSIBLE = Symbol("░", "-", "blue", "at most")
ASCII = str.maketrans({"±": "+/-", "\u2013": "-", "\u2019": "'", "½": ".5"})


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
    exact: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the page; rich calls it."""
        day = self.summary
        sentences = day_sentences(day, self.today, exact=self.exact)
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
    remarks: Sequence[str] = ()
    """Sentences about symptoms, or the hint to ask about exercise."""
    by_month: bool = False
    exact: bool = False
    today: date | None = None
    """The day that is not over, which no mean counts."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the page; rich calls it."""
        name = days_name(self.period.first_day, self.period.last_day)
        if not self.period.days:
            nothing, *symptoms = period_sentences(self.period, exact=self.exact)
            yield from _lines([f"{name}: {nothing}", *symptoms, *self.remarks], options)
            return
        yield Text(name, style="bold")
        if self.by_month:
            months = groupby(self.days, lambda day: day.day.replace(day=1))
            bars = [_month_bar(list(days), unfinished=self.today) for _, days in months]
        else:
            bars = [_days_bar(days, exact=self.exact) for days in _runs(self.days)]
        yield from _bars(bars, options)
        yield Text("")
        sentences = period_sentences(self.period, exact=self.exact)
        yield from _lines([*sentences, usual_sentence(self.usual)] if self.usual else sentences, options)
        if self.remarks:
            yield Text("")
            yield from _lines(self.remarks, options)
        if self.line:
            yield Text("")
            yield from _lines([self.line], options)


class _Bar(NamedTuple):
    """A bar from `low` to `high` seconds, between a name and some words; `marks` for symptoms and flare-ups."""

    name: str
    low: float
    high: float
    words: str
    marks: tuple[Symbol, ...] = ()


def _runs(days: Sequence[Summary]) -> Iterator[Sequence[Summary]]:
    """Yield the days one by one, but neighbouring days without a record together: a month of them is one line."""
    for place, run in groupby(enumerate(days), lambda each: each[0] if _has_record(each[1]) else -1):
        yield [day for _place, day in run] if place < 0 else [days[place]]


def _has_record(day: Summary) -> bool:
    return bool(day.observed_seconds or _marks(day))


def _days_bar(days: Sequence[Summary], *, exact: bool) -> _Bar:
    """The bar of one day, or of several without a record."""
    first, last = days[0], days[-1]
    name = short_day_name(first.day)
    if first is not last:
        name = _("{first} to {last}").format(first=short_date(first.day), last=short_date(last.day))
    if not first.observed_seconds:
        return _Bar(f"{name}  ", 0.0, 0.0, _("nothing recorded"), _marks(first))
    words = sitting_range(first) if exact else about(first.sitting_seconds)
    return _Bar(f"{name}  ", first.low, first.high, words, _marks(first))


def _marks(day: Summary) -> tuple[Symbol, ...]:
    symptom = (MARKS["symptom"],) if any(note.level for note in day.symptoms) else ()
    return (*symptom, FLARE_UP) if day.flare_up else symptom


def _month_bar(days: Sequence[Summary], *, unfinished: date | None) -> _Bar:
    """The mean of the days on which something was seen, without the one that is not over if there are others."""
    over = [day for day in days if day.day != unfinished]
    month, name = period(over if any(day.observed_seconds for day in over) else days), f"{month_name(days[0].day)}  "
    if not month.days:
        return _Bar(name, 0.0, 0.0, _("nothing recorded"))
    low, mean, high = (seconds / month.days for seconds in (month.low, month.sitting_seconds, month.high))
    words = _("{length} a day, {days}")
    length = about(mean)
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
    marks = max(2 * len(bar.marks) for bar in bars)
    room = options.max_width - names - max(cells(bar.words) for bar in bars) - 2 - marks
    room = max(1, min(LONGEST_BAR, room))
    most = max(bar.high for bar in bars) or 1.0
    for bar in bars:
        low, high = (round(room * seconds / most) for seconds in (bar.low, bar.high))
        drawn = [CERTAIN] * low + [POSSIBLE] * (high - low) + [BLANK] * (room - high)
        line = Text.assemble(padded(bar.name, names), _styled(drawn, options), "  ", _plain(bar.words, options))
        for mark in bar.marks:
            line.append(" ").append(_char(mark, options), mark.style)
        line.no_wrap = True
        yield line
    symbols = [CERTAIN] if any(bar.high for bar in bars) else []
    symbols += [POSSIBLE] if any(bar.high > bar.low for bar in bars) else []
    marked = [mark for mark in (MARKS["symptom"], FLARE_UP) if any(mark in bar.marks for bar in bars)]
    yield from _legend([*symbols, *marked], options)


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
        "not recorded": _("not recorded"),
        "in doubt": _("in doubt"),
        "reminder": _("reminder"),
        "reminder, followed": _("reminder, followed"),
        "reminder, put off": _("reminder, put off"),
        "symptom": _("symptom"),
        "flare-up": _("flare-up"),
        "at least": _("at least"),
        "at most": _("at most"),
    }


def _char(symbol: Symbol, options: ConsoleOptions) -> str:
    return symbol.ascii if options.ascii_only else symbol.char


def _lines(sentences: Iterable[str], options: ConsoleOptions) -> Iterator[Text]:
    """Wrap each sentence, and keep lengths together. rich would also break lines at no-break spaces."""
    for sentence in sentences:
        for line in _wrap(keep_lengths_together(_plain(sentence, options)), options.max_width):
            yield Text(line.replace(NO_BREAK_SPACE, " "), no_wrap=True)


def _plain(text: str, options: ConsoleOptions) -> str:
    return text.translate(ASCII).encode("ascii", "replace").decode() if options.ascii_only else text


def _wrap(text: str, columns: int) -> list[str]:
    """Return the lines. Korean letters take two columns, which the standard library does not know."""
    if cells(text) > len(text):
        return wrapped(text, columns).split("\n")
    return wrap(text, columns, break_on_hyphens=False)
