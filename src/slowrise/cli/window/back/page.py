"""The page "How is my back?": log a symptom, a flare-up, and what to tell the clinician.

The red flags come whole, and before anything else, whenever the command `symptom` would show them: the same rules
decide. A symptom waits until the user has read them. If the user leaves without reading, it is logged all the same,
and the daemon keeps asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QTabWidget, QWidget

from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.health_log import known_sentence
from slowrise.cli.views.i18n import _
from slowrise.cli.window.back.entry import Entry, EntryForm, in_words
from slowrise.cli.window.back.flare_up import FlareUpView
from slowrise.cli.window.back.log import Log, LogView, read_log
from slowrise.cli.window.back.notes_link import NotesLink, added
from slowrise.cli.window.back.red_flags import RedFlagsView
from slowrise.cli.window.context import Context
from slowrise.cli.window.page import Page
from slowrise.cli.window.style import (
    LARGE,
    MEDIUM,
    SMALL,
    Card,
    Check,
    Kind,
    body,
    button,
    colours,
    column,
    font,
    heading,
    primary_button,
    row,
    space,
    subheading,
)
from slowrise.core.model.policy import LONG_DRIVE
from slowrise.core.symptoms import SymptomResponse
from slowrise.messages.guidance import Guidance
from slowrise.messages.symptom_words import window_sentences_for

UNSURE = SymptomResponse(shows_red_flags=True, red_flags=True, contact=True)
"""The response if none can be found: the red flags."""


@dataclass
class Pending:
    """A symptom that waits until the red flags are read. It is `logged` before that if the user leaves the page."""

    entry: Entry
    response: SymptomResponse
    logged: bool = False


class BackPage(Page):
    """The page. It works with and without the daemon."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.notes = NotesLink(context.paths, self)
        self.pending: Pending | None = None
        self.is_reading = False
        """The red flags are shown because of a symptom or a notice, not because the user opened them."""
        self._read_sent = False
        self._marks_all = False
        """Once the red flags are read, all that is logged counts as known to the clinician."""
        self._just_ended = False
        self.flags = RedFlagsView()
        self.form = EntryForm(context.guidance)
        self.result = _Result(context.guidance)
        self.flare_up = FlareUpView(context.guidance)
        self.log = LogView(context.paths, context.guidance)
        self.trouble = body()
        self._lay_out()
        context.signals.red_flags_wanted.connect(self._on_flags_wanted)
        context.signals.flare_up_wanted.connect(self._show_flare_up)
        self.flags.read.connect(self._on_read)
        self.form.saved.connect(self._on_save)
        self.result.another.clicked.connect(self._show_form)
        self.result.told.clicked.connect(self._on_told)
        self.result.flare_up.clicked.connect(lambda: self._switch_flare_up(on=True))
        self.flare_up.switched.connect(lambda on: self._switch_flare_up(on=on))
        self.flare_up.told.connect(lambda: self._add("clinician", knows="flare-up"))
        self.log.known.clicked.connect(self._on_all_known)
        self.flare_up.drove.connect(self._on_drove)
        self.log.unknown.clicked.connect(lambda: self._add("clinician", knows="nothing"))

    def entered(self) -> None:
        """Read the log again: a command or another window may have written to it."""
        self._read_log()
        self.notes.run(HealthNotes.is_unread, self._on_unread)

    def left(self) -> None:
        """Log the symptom that waits, so that it is not lost. The daemon then keeps showing the red flags."""
        self._read_sent = self._marks_all = False
        if (waiting := self.pending) is not None:
            self.notes.run(partial(_log, waiting, red_flags=waiting.response.red_flags), failed=self._on_not_kept)

    def _on_unread(self, unread: bool) -> None:
        """Show the unread red flags, even if no daemon runs to report them."""
        if unread and self.context.link.status is None and not self.is_reading and not self._read_sent:
            self._show_flags()

    def status_changed(self) -> None:
        """Show the red flags while the daemon waits for them to be read."""
        unread = self.context.link.status is not None and self.context.link.status.unread
        if not unread:
            self._read_sent = False
            if self.is_reading and self.pending is None and not self._marks_all:
                self._show_page()  # they were read elsewhere
        elif not self._read_sent and not self.is_reading:
            self._show_flags()

    def event(self, event: QEvent) -> bool:
        """Read the log again when the user comes back to the window."""
        if event.type() == QEvent.Type.WindowActivate and self.isVisible():
            self._read_log()
        return super().event(event)

    # -- the red flags ------------------------------------------------------------------------------------------------

    def _show_flags(self, *, asked_for: bool = False) -> None:
        self.is_reading = not asked_for
        self._stack.setCurrentWidget(self.flags)
        self.flags.show_text(self.context.guidance, asked_for=asked_for)

    def _on_flags_wanted(self) -> None:
        if not self.is_reading:
            self._show_flags(asked_for=True)

    def _show_flare_up(self) -> None:
        self.tabs.setCurrentIndex(1)

    def _show_page(self) -> None:
        self.is_reading = False
        self._stack.setCurrentWidget(self._page)

    def _on_read(self) -> None:
        was_reading, waiting = self.is_reading, self.pending
        self._show_page()
        if was_reading:
            self._read_sent = True
            if self._marks_all:
                self._marks_all = False
                self._add("clinician", knows="history")
            if waiting is None:
                self.notes.run(HealthNotes.mark_read)
            else:
                self._log(waiting)

    # -- a symptom ----------------------------------------------------------------------------------------------------

    def _on_save(self, entry: Entry) -> None:
        self.trouble.hide()
        self.form.show_busy(busy=True)
        self.pending = Pending(entry, UNSURE)
        self.notes.run(
            lambda notes: notes.response_to(entry.kind, entry.side, entry.level),
            self._on_response,
            lambda _why: self._on_response(UNSURE),
        )

    def _on_response(self, response: SymptomResponse) -> None:
        if self.pending is None:
            return
        self.pending.response = response
        if response.shows_red_flags:
            self._show_flags()
        else:
            self._log(self.pending)

    def _log(self, waiting: Pending) -> None:
        """Log the symptom, unless it is logged, and that the clinician knows. The red flags have been read."""

        def work(notes: HealthNotes) -> str:
            _log(waiting, notes, red_flags=False)
            if waiting.response.shows_red_flags:
                notes.mark_read()
            if not (entry.known and entry.level):
                return ""
            added("clinician", knows="history", kind=entry.kind, side=entry.side)(notes)
            return known_sentence(notes.history(), guidance)

        guidance, entry = self.context.guidance, waiting.entry
        self.notes.run(work, lambda known: self._on_logged(waiting, known), self._on_not_logged)

    def _on_logged(self, waiting: Pending, known: str) -> None:
        self.pending, self.not_saved = None, ""
        self.form.show_busy(busy=False)
        self.trouble.hide()
        self.form.clear()
        guidance = self.context.guidance
        said = [guidance.say(each, number=guidance.number) for each in window_sentences_for(waiting.response)]
        sentences = [*said, known] if known else said
        self.result.show_response(in_words(waiting.entry, guidance), sentences, waiting.response)
        self._entry.setCurrentWidget(self.result)
        self.result.another.setFocus()
        self._read_log()

    def _on_not_logged(self, why: str) -> None:
        self.pending, self.not_saved = None, ""
        self.form.show_busy(busy=False)
        self._show_form()
        self._show_trouble(_("This is not saved yet. Your entry is still here; press Save to try again."), why)

    def _on_not_kept(self, why: str) -> None:
        if self.pending is not None:
            self.not_saved = f"{_('Please enter again how your back is.')} {why}"
            self._show_trouble(_("This is not saved yet. Your entry is still here; press Save to try again."), why)

    def _show_form(self) -> None:
        self._entry.setCurrentWidget(self.form)
        self.form.drawing.setFocus()

    # -- flare-up, clinician, log --------------------------------------------------------------------------------------

    def _switch_flare_up(self, *, on: bool) -> None:
        self._just_ended = not on
        self.result.flare_up_text.hide()
        self.result.flare_up.hide()
        if on:
            self._show_flare_up()

        def work(notes: HealthNotes) -> None:
            if (notes.episode() is None) is on:  # a command or another window may have been faster
                added("flare-up", on=on)(notes)

        self.notes.run(work, lambda _: self._read_log(), self._on_trouble)

    def _add(self, event: str, **facts: str) -> None:
        self.notes.run(added(event, **facts), lambda _: self._read_log(), self._on_trouble)

    def _on_all_known(self) -> None:
        """Show the red flags first: what is marked as known may still be new."""
        self._marks_all = True
        self._show_flags()

    def _on_told(self) -> None:
        self.result.told.setEnabled(False)
        self._add("clinician", knows="symptoms")

    def _on_drove(self) -> None:
        """Note a drive of an hour, which is a long one: how long it was makes no difference."""

        def done(_: None) -> None:
            self.flare_up.show_drive()
            self._read_log()

        self.notes.run(added("drive", seconds=LONG_DRIVE), done, self._on_trouble)

    def _read_log(self) -> None:
        config, guidance = self.context.config, self.context.guidance
        self.notes.run(lambda notes: read_log(notes, config, guidance), self._show_log, self.log.show_trouble)

    def _show_log(self, log: Log) -> None:
        self.log.show_log(log)
        day_starts = self.context.config.day_starts
        in_file = self.context.config.profile == "flare-up"
        self.flare_up.show_episode(log.episode, log.now, day_starts, just_ended=self._just_ended, in_file=in_file)

    def _on_trouble(self, why: str) -> None:
        self._read_log()
        self._show_trouble(_("This could not be saved. Please try again in a moment."), why)

    def _show_trouble(self, text: str, why: str) -> None:
        self.trouble.setText(f"{text}\n{why}")
        self.trouble.show()

    # -- layout --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        guidance = self.context.guidance
        self.help = button(guidance.say("button-red-flags"))
        self.question = _Link(guidance.say("red-flag-question"))
        self.help.clicked.connect(lambda: self._show_flags(asked_for=True))
        self.question.clicked.connect(lambda: self._show_flags(asked_for=True))
        self._entry = _Stack()
        self._entry.addWidget(self.form)
        self._entry.addWidget(self.result)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(_inset(self._entry), _("Log a symptom"))
        self.tabs.addTab(_inset(self.flare_up), _("Flare-up"))
        self.tabs.addTab(_inset(self.log), _("My log"))
        self._page = QWidget()
        page = column(self._page, between=SMALL)
        top = row()
        top.addWidget(heading(_("How is my back?")), 1)
        top.addWidget(self.help)
        page.addLayout(top)
        page.addWidget(self.question, 0, Qt.AlignmentFlag.AlignLeading)
        self.trouble.hide()
        page.addWidget(self.trouble)
        page.addWidget(self.tabs, 1)
        self._stack = _Stack()
        self._stack.addWidget(self._page)
        self._stack.addWidget(self.flags)
        column(self, around=LARGE * 0.8).addWidget(self._stack)


class _Stack(QStackedWidget):
    """Widgets of which one is shown. What is not shown takes no room, so the red flags fit where the form would not."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _place: self.updateGeometry())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of what is shown."""
        return super().sizeHint() if (shown := self._shown()) is None else shown.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least size of what is shown."""
        return super().minimumSizeHint() if (shown := self._shown()) is None else shown.minimumSizeHint()

    def _shown(self) -> QWidget | None:
        return self.currentWidget()  # PySide6 before 6.12 does not say that it may be None


class _Result(QWidget):
    """What is shown after a symptom is logged."""

    def __init__(self, guidance: Guidance) -> None:
        super().__init__()
        self.logged = subheading()
        self.text = body()
        self.told = Check(guidance.say("button-clinician"))
        self.flare_up_text = body(guidance.say("flare-up-what"))
        self.flare_up = button(_("Turn on flare-up mode"))
        self.another = primary_button(_("Log another symptom"))
        card = Card(between=MEDIUM)
        for widget in (self.logged, self.text, self.told, self.flare_up_text):
            card.box.addWidget(widget)
        for choice in (self.flare_up, self.another):
            card.box.addWidget(choice, 0, Qt.AlignmentFlag.AlignLeading)
        page = column(self)
        page.addWidget(card)
        page.addStretch(1)

    def show_response(self, symptom: str, sentences: list[str], response: SymptomResponse) -> None:
        """Show the sentences, and the offer of the flare-up profile where the rules make it."""
        self.logged.setText(_("Logged: {entry}.").format(entry=symptom))
        self.text.setText("\n".join(sentences))
        self.told.setChecked(False)
        self.told.setEnabled(True)
        self.told.setVisible(response.clinician)
        self.flare_up_text.setVisible(response.flare_up)
        self.flare_up.setVisible(response.flare_up)


def _log(waiting: Pending, notes: HealthNotes, *, red_flags: bool) -> None:
    """Log the symptom, once. `red_flags`: the daemon shows them until they are read."""
    if not waiting.logged:
        entry = waiting.entry
        added("symptom", kind=entry.kind, side=entry.side, level=entry.level, red_flags=red_flags)(notes)
        waiting.logged = True


def _inset(widget: QWidget) -> QWidget:
    outside = QWidget()
    box = column(outside)
    box.setContentsMargins(0, space(MEDIUM), 0, 0)
    box.addWidget(widget)
    return outside


class _Link(QPushButton):
    """A line that leads to the red flags: a button that looks like a link, in the colour of the text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the size of the words."""
        size = QFontMetricsF(self._font()).size(0, self.text())
        return QSize(round(size.width()) + space(SMALL), round(size.height()) + space(SMALL))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the full size: the words are never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the words underlined, and a frame while keys go here."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(self._font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
        if self.hasFocus():
            painter.setPen(colours(self.palette()).accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _font(self) -> QFont:
        words = font(Kind.BODY)
        words.setUnderline(True)
        return words
