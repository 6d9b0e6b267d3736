"""The page of today: the day as a picture and in figures, yesterday and the week beside it, and what is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from importlib.util import find_spec

from PySide6.QtCore import QDate, QLocale, QProcess, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from slowrise.adapters.system import files
from slowrise.adapters.system.paths import REPORT_NEEDS
from slowrise.adapters.system.programs import own_command
from slowrise.cli.common import now_here
from slowrise.cli.views.i18n import _, language, units
from slowrise.cli.views.timeline import Kind, Mark, MarkKind, marks_of
from slowrise.cli.window import style
from slowrise.cli.window.context import Context
from slowrise.cli.window.flow import Flow
from slowrise.cli.window.page import TICK, Page
from slowrise.cli.window.today.day_bar import DayBar, Swatch, in_words, kind_words
from slowrise.cli.window.today.record import Reader, Record, Stretch, observed, stretches
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.time_text import format_duration, format_range
from slowrise.core.model.timestamps import iso
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.prompts.kinds import KINDS

AGAIN = 60_000
"""Milliseconds between two readings of the record, while the page is shown."""
FULL_BAR = 8 * HOUR
"""Seconds of sitting at which a bar of the week is full, unless a day had more. Judgement: a day at work."""
NOTHING = "\N{EN DASH}"


def date_text(day: date) -> str:
    """Return the day as it is written in the user's language, without its year."""
    return QLocale(language()).toString(QDate(day.year, day.month, day.day), _("dddd, d MMMM"))


def short_day(day: date) -> str:
    """Return the short name of the weekday in the user's language."""
    return QLocale(language()).toString(QDate(day.year, day.month, day.day), "ddd")


def length(seconds: float) -> str:
    """Return a length in the user's language."""
    return format_duration(seconds, units())


class Figure(style.Card):
    """One number with its name above it and a remark below."""

    def __init__(self, name: str) -> None:
        super().__init__(between=0.1)
        self._name = name
        self.number = style.figure(NOTHING)
        self.remark = style.secondary()
        for widget in (style.secondary(name), self.number, self.remark):
            self.box.addWidget(widget)
        self.box.addStretch()

    def say(self, number: str, remark: str = "") -> None:
        """Show the number and the remark."""
        self.number.setText(number)
        style.name(self.number, f"{self._name}: {number}")
        self.remark.setText(remark)


class Bar(QWidget):
    """A bar of the week: how much of the longest day this is."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        """Show this share of the full width, 0 to 1."""
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of a line of text, narrow enough for any window."""
        return QSize(style.letters(4), style.space(0.7))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the bar on its track."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        chosen, box = style.colours(self.palette()), QRectF(self.rect())
        radius = box.height() / 3
        painter.setBrush(style.mixed(chosen.card, chosen.line, 0.4))
        painter.drawRoundedRect(box, radius, radius)
        if self._share > 0:
            filled = QRectF(box)
            filled.setWidth(max(box.width() * self._share, box.height()))
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                filled.moveRight(box.right())
            painter.setBrush(chosen.sitting)
            painter.drawRoundedRect(filled, radius, radius)


class Week(style.Card):
    """The sitting of each of the last days as a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.box.addWidget(style.subheading(_("The last seven days")))
        self._grid = style.spaced_grid(between=style.SMALL)
        self._grid.setColumnStretch(1, 1)
        self.box.addLayout(self._grid)
        self.box.addStretch()

    def show_days(self, days: Sequence[Summary]) -> None:
        """Show these days, the newest first."""
        style.clear(self._grid)
        full = max([FULL_BAR, *(day.sitting_seconds for day in days)])
        for line, day in enumerate(reversed(days)):
            name = _("Today") if line == 0 else short_day(day.day)
            bar = Bar()
            bar.show_share(day.sitting_seconds / full)
            words = length(day.sitting_seconds) if day.observed_seconds else NOTHING
            total = style.Text(words, style.Kind.BODY if day.observed_seconds else style.Kind.SECONDARY, wrap=False)
            style.name(total, f"{date_text(day.day)}: {words if day.observed_seconds else _('nothing recorded')}")
            self._grid.addWidget(style.Text(name, wrap=False), line, 0)
            self._grid.addWidget(bar, line, 1)
            self._grid.addWidget(total, line, 2, Qt.AlignmentFlag.AlignTrailing)


class Yesterday(style.Card):
    """The day before today."""

    def __init__(self) -> None:
        super().__init__()
        self.box.addWidget(style.subheading(_("Yesterday")))
        self._figures = style.spaced_grid(between=style.SMALL)
        self._figures.setColumnStretch(0, 1)
        self.timeline = DayBar(_("Timeline of yesterday"), small=True)
        self._nothing = style.secondary(_("Nothing was recorded."))
        self.box.addWidget(self.timeline)
        self.box.addLayout(self._figures)
        self.box.addWidget(self._nothing)
        self.box.addStretch()

    def show_day(self, day: Summary, parts: Sequence[Stretch]) -> None:
        """Show the figures of the day."""
        style.clear(self._figures)
        seen = bool(day.observed_seconds)
        self.timeline.setVisible(seen)
        self._nothing.setVisible(not seen)
        if not seen:
            return
        self.timeline.show_day(parts)
        lines = (
            (_("Sitting"), length(day.sitting_seconds)),
            (_("Longest sit"), length(min(day.bout_metrics.longest_seconds or 0.0, day.sitting_seconds))),
            (_("Breaks"), str(len(day.break_lengths))),
        )
        self.timeline.setAccessibleDescription("; ".join(f"{name} {value}" for name, value in lines))
        for line, (name, value) in enumerate(lines):
            self._figures.addWidget(style.secondary(name), line, 0)
            shown = style.Text(value, style.Kind.STRONG, wrap=False)
            self._figures.addWidget(shown, line, 1, Qt.AlignmentFlag.AlignTrailing)


class Asking(QWidget):
    """What the chosen stretch is, and where it is in doubt the question what the user did."""

    def __init__(self) -> None:
        super().__init__()
        self.words = style.body()
        self.sitting = style.Button(_("I was sitting here"))
        self.away = style.Button(_("I was away"))
        self.standing = style.Button(_("I was standing here"))
        self.buttons = (self.sitting, self.away, self.standing)
        layout = style.column(self, between=style.SMALL)
        layout.addWidget(self.words)
        self._row = QWidget()
        flow = Flow(centred=False)
        for button in self.buttons:
            flow.addWidget(button)
        self._row.setLayout(flow)
        layout.addWidget(self._row)

    def say(self, words: str, *, asks: bool = False, can_answer: bool = False) -> None:
        """Show these words, and with `asks` the buttons."""
        self.words.setText(words)
        self._row.setVisible(asks)
        for button in self.buttons:
            button.setEnabled(can_answer)


class TodayPage(Page):
    """Today."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.record: Record | None = None
        self._parts: list[Stretch] = []
        self._marks: list[Mark] = []
        self._chosen: Stretch | None = None
        self._noted = ""
        self._state: tuple[object, ...] = ()
        self._reader = Reader()
        self._reader.done.connect(self._on_record)
        self._reader.failed.connect(self._on_failed)
        self._timer = QTimer(self, interval=AGAIN)
        self._timer.timeout.connect(self._read)
        self._minutes = QTimer(self, interval=TICK)
        self._minutes.timeout.connect(self._tell_reminder)
        self._report: QProcess | None = None
        self._make()

    # -- what the window tells ---------------------------------------------------------------------------------------

    def entered(self) -> None:
        """Read the record, and again each minute."""
        self._noted = ""
        self._timer.start()
        self._minutes.start()
        self._read()

    def left(self) -> None:
        """Read no more."""
        self._timer.stop()
        self._minutes.stop()

    def status_changed(self) -> None:
        """Show the next reminder, and read the record when something has begun or ended."""
        status = self.context.link.status
        state = (None,) if status is None else (status.state, status.since, status.paused_until, status.showing)
        if state != self._state:
            self._state = state
            self._read()
        self._tell_reminder()
        self._tell_buttons()
        self._tell_answer()

    def config_changed(self) -> None:
        """Read the record by the new limits."""
        self._read()

    # -- building ----------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        content = QWidget()
        page = style.column(content, between=style.MEDIUM, around=style.LARGE)
        page.addLayout(self._make_head())
        self.problem = style.Card(notice=True)
        self.problem_words = style.body()
        self.problem.box.addWidget(self.problem_words)
        self.problem.hide()
        page.addWidget(self.problem)
        self.sitting = Figure(_("Sitting so far"))
        self.longest = Figure(_("Longest sit"))
        self.breaks = Figure(_("Breaks"))
        self.reminder = Figure(_("Next reminder"))
        self.figures = style.Tiles((self.sitting, self.longest, self.breaks, self.reminder), narrowest=9)
        page.addWidget(self.figures)
        page.addWidget(self._make_day())
        self.yesterday, self.week = Yesterday(), Week()
        self.before = style.Tiles((self.yesterday, self.week), narrowest=18)
        page.addWidget(self.before)
        self.missing = style.secondary()
        self.missing.hide()
        page.addWidget(self.missing)
        page.addStretch(1)
        whole = style.column(self)
        whole.addWidget(style.scrolling(content))
        self.figures.hide()
        self.before.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the buttons below the title where they do not fit beside it."""
        buttons = self.pause.sizeHint().width() + self.report.sizeHint().width()
        narrow = event.size().width() < buttons + style.letters(16)
        self._head.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def _make_head(self) -> QHBoxLayout:
        head = self._head = style.row(between=style.SMALL)
        titles = style.column(between=0.1)
        self.title, self.date = style.heading(_("Today")), style.secondary()
        titles.addWidget(self.title)
        titles.addWidget(self.date)
        head.addLayout(titles, 1)
        self.pause = style.Button(_("Pause for 45 min"))
        self.pause.clicked.connect(self._on_pause)
        self.report = style.Button(_("Report"))
        self.report.setToolTip(_("Two weeks on a page for you or a clinician, opened in your browser"))
        self.report.setAccessibleDescription(self.report.toolTip())
        self.report.clicked.connect(self._on_report)
        self.report.hide()
        buttons = QWidget()
        flow = Flow(centred=False)
        for button in (self.pause, self.report):
            flow.addWidget(button)
        buttons.setLayout(flow)
        head.addWidget(buttons, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _make_day(self) -> style.Card:
        self.day = style.Card()
        self.empty = style.large(_("Nothing recorded yet today."))
        self.empty_more = style.secondary(_("When you use the keyboard or the mouse, your day appears here."))
        self.timeline = DayBar(_("Timeline of today"))
        self.timeline.picked.connect(self._on_picked)
        self.timeline.pressed.connect(self._on_pressed)
        self.legend = QWidget()
        self._legend_line = Flow(centred=False)
        self.legend.setLayout(self._legend_line)
        self.answer = Asking()
        for was, button in (("sitting", self.answer.sitting), ("away", self.answer.away)):
            button.clicked.connect(lambda _checked=False, was=was: self._on_answer(was))
        self.answer.standing.clicked.connect(lambda: self._on_answer("standing"))
        for widget in (self.empty, self.empty_more, self.timeline, self.legend, self.answer):
            self.day.box.addWidget(widget)
            widget.hide()
        return self.day

    # -- showing -----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._reader.read(self.context.paths, self.context.config)

    def _on_failed(self, why: str) -> None:
        self.problem_words.setText(
            _("Your record cannot be read, and nothing in it was changed: {why}").format(why=why)
        )
        self.problem.show()
        self.day.setVisible(self.record is not None)

    def _on_record(self, record: Record) -> None:
        self.record = record
        self.problem.hide()
        self.day.show()
        today, now = record.today, now_here()
        self._parts = stretches(observed(today.summary, today.spans))
        seen = bool(today.summary.observed_seconds)
        self.date.setText(date_text(today.summary.day))
        for words in (self.empty, self.empty_more):
            words.setVisible(not seen)
        for widget in (self.timeline, self.legend, self.answer, self.figures):
            widget.setVisible(seen)
        alive = self.context.link.status is not None
        self._marks = marks_of(today.prompts, today.summary.symptoms)
        self.timeline.show_day(self._parts, self._marks, now if alive else None)
        self._tell_figures(today.summary, record.break_min)
        past = any(day.observed_seconds for day in record.week[:-1])
        self.before.setVisible(past)
        self.report.setVisible((past or seen) and all(find_spec(name) for name in REPORT_NEEDS))
        before = record.yesterday
        parts = stretches(observed(before.summary, before.spans))
        self.yesterday.show_day(before.summary, parts)
        self._tell_legend({part.kind for part in (*self._parts, *(parts if past else ()))})
        self.week.show_days(record.week)
        self.missing.setText(" ".join(record.missing))
        self.missing.setVisible(bool(record.missing))
        self._choose_doubt()
        self._tell_reminder()

    def _tell_figures(self, day: Summary, break_min: float) -> None:
        between = format_range(day.sitting_seconds, day.low, day.high, units())
        said = length(day.sitting_seconds)
        self.sitting.say(said, between.removeprefix(said).strip(" ()"))
        if longest := max(day.bouts, key=lambda bout: bout.seconds, default=None):
            times = _("{begin} to {end}").format(begin=f"{longest.start:%H:%M}", end=f"{longest.end:%H:%M}")
            # A sit counts a doubtful absence in it whole, the day only as far as it is likely.
            self.longest.say(length(min(longest.seconds, day.sitting_seconds)), times)
        else:
            self.longest.say(NOTHING)
        self.breaks.say(str(len(day.break_lengths)), _("of {length} or more").format(length=length(break_min)))

    def _tell_legend(self, shown: AbstractSet[Kind]) -> None:
        """Explain these kinds of stretches, and the marks of today."""
        style.clear(self._legend_line)
        kinds: tuple[Kind, ...] = ("sitting", "standing", "away", "doubtful", "unobserved")
        for kind in kinds:
            if kind in shown:
                self._add_legend(Swatch(kind), kind_words(kind))
        marks: tuple[tuple[MarkKind, str], ...] = (
            ("prompt", _("Reminder")),
            ("followed", _("Reminder, followed")),
            ("later", _("Reminder, put off")),
            ("symptom", _("Symptom")),
        )
        for mark, words in marks:
            if mark in {each.kind for each in self._marks}:
                self._add_legend(Swatch(mark), words)

    def _add_legend(self, swatch: Swatch, words: str) -> None:
        pair = QWidget()
        line = style.row(pair, between=style.SMALL)
        line.addWidget(swatch)
        line.addWidget(style.Text(words, style.Kind.SECONDARY, wrap=False))
        self._legend_line.addWidget(pair)

    def _tell_reminder(self) -> None:
        status = self.context.link.status
        if status is None:
            self.reminder.say(NOTHING, _("slowrise is not running"))
        elif status.paused_until:
            until = f"{datetime.fromisoformat(status.paused_until):%H:%M}"
            self.reminder.say(_("Paused"), _("until {time}").format(time=until))
        elif status.held_until:
            until = f"{datetime.fromisoformat(status.held_until):%H:%M}"
            self.reminder.say(_("Quiet"), _("until {time}").format(time=until))
        elif status.next_prompt and status.next_kind in KINDS and KINDS[status.next_kind].asks:
            at = datetime.fromisoformat(status.next_prompt)
            wait = (at - now_here()).total_seconds()
            what = _("to stand up") if KINDS[status.next_kind].asks == "stand up" else _("to sit down")
            if wait < MINUTE:
                self.reminder.say(_("Now"), what)
            else:
                words = _("{what}, at about {time}").format(what=what, time=f"{at:%H:%M}")
                self.reminder.say(length(round(wait / MINUTE) * MINUTE), words)
        else:
            self.reminder.say(NOTHING, _("none is coming up"))

    def _tell_buttons(self) -> None:
        status = self.context.link.status
        self.pause.setVisible(status is not None)
        if status is not None:
            resting = status.paused_until or status.held_until
            self.pause.setText(_("Resume") if resting else _("Pause for 45 min"))

    # -- what is in doubt --------------------------------------------------------------------------------------------

    def _doubts(self) -> list[Stretch]:
        shortest = self.record.break_min if self.record is not None else 0.0
        return [part for part in self._parts if part.kind == "doubtful" and part.seconds >= shortest]

    def _choose_doubt(self) -> None:
        """Keep what is chosen; without a choice, choose the latest stretch in doubt."""
        chosen = self.timeline.chosen
        if chosen is None and (doubts := self._doubts()):
            chosen = doubts[-1]
        self._on_picked(chosen)

    def _on_picked(self, stretch: Stretch | None) -> None:
        self._chosen = stretch
        self.timeline.choose(stretch)
        self._tell_answer()

    def _on_pressed(self) -> None:
        if self._chosen in self._doubts() and self.answer.sitting.isEnabled():
            self.answer.sitting.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_answer(self) -> None:
        stretch, noted = self._chosen, f"{self._noted} " if self._noted else ""
        if stretch is None:
            self.answer.say(noted + _("Nothing is in doubt. Press a part of the bar to read what it is."))
        elif stretch not in self._doubts():
            self.answer.say(noted + in_words(stretch))
        else:
            times = _("{begin} to {end}").format(begin=f"{stretch.start:%H:%M}", end=f"{stretch.end:%H:%M}")
            question = _("{times} ({length}) is in doubt. What did you do?")
            alive = self.context.link.status is not None
            words = question.format(times=times, length=length(stretch.seconds))
            if not alive:
                words += " " + _("To answer, start slowrise.")
            self.answer.say(noted + words, asks=True, can_answer=alive)

    def _on_answer(self, was: str) -> None:
        if (stretch := self._chosen) is None:
            return
        times = _("{begin} to {end}").format(begin=f"{stretch.start:%H:%M}", end=f"{stretch.end:%H:%M}")

        def noted(_answer: object) -> None:
            self._noted = _("Noted for {times}.").format(times=times)
            self._chosen = None
            self.timeline.choose(None)
            self._read()
            self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

        span = {"from": iso(stretch.start), "to": iso(min(stretch.end, now_here()))}
        for button in self.answer.buttons:
            button.setEnabled(False)
        self.context.link.ask("was", noted, self._on_refused, was=was, **span)

    def _on_refused(self, why: str) -> None:
        self._tell_answer()
        self.problem_words.setText(_("That was not noted: {why}").format(why=why))
        self.problem.show()

    # -- buttons -----------------------------------------------------------------------------------------------------

    def _on_pause(self) -> None:
        status = self.context.link.status
        resting = status is not None and (status.paused_until or status.held_until)
        self.context.link.ask("resume" if resting else "pause", failed=self._on_refused)

    def _on_report(self) -> None:
        """Make the report in a process of its own, which opens it in the browser."""
        if self._report is not None:
            return
        self._report = QProcess(self)
        paths = self.context.paths
        config = ["--config", str(paths.config)] if files.exists(paths.config) else []
        program, *arguments = own_command("report", "--open", "--data-dir", str(paths.data), *config)
        self._report.finished.connect(self._on_report_made)
        self.report.setEnabled(False)
        self.report.setText(_("Making the report"))
        self._report.start(program, arguments)

    def _on_report_made(self, code: int) -> None:
        process, self._report = self._report, None
        self.report.setEnabled(True)
        self.report.setText(_("Report"))
        if code and process is not None:
            said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
            why = said.splitlines()[-1].removeprefix("Error: ") if said else str(code)
            self.problem_words.setText(_("The report was not made: {why}").format(why=why))
            self.problem.show()
