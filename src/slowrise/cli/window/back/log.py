"""What the user logged, as a table, and what to tell the clinician, to copy or as the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import NamedTuple

from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from slowrise.adapters.system import files
from slowrise.adapters.system.paths import REPORT_NEEDS, Paths
from slowrise.adapters.system.programs import own_command
from slowrise.cli.common import Failure, now_here
from slowrise.cli.day_reader import open_days
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.health_log import TOLD_DAYS, Row, for_clinician, known_sentence, log_rows
from slowrise.cli.views.i18n import _
from slowrise.cli.window.style import (
    MEDIUM,
    SMALL,
    Card,
    body,
    button,
    column,
    name,
    row,
    scrolling,
    secondary,
    subheading,
)
from slowrise.config.config import Config
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.symptoms import Episode, History, episode_of, history_of
from slowrise.messages.guidance import Guidance


class Log(NamedTuple):
    """What the page shows of the record."""

    rows: list[Row]
    told: list[str]
    """The list for the clinician."""
    episode: Episode | None
    now: datetime
    history: History
    """With what counts as known to the clinician."""


def read_log(notes: HealthNotes, config: Config, guidance: Guidance) -> Log:
    """Read the log. Raises `Failure`. Without the days, because a file is damaged, the sits are left out."""
    events = notes.events()
    now = now_here()
    records: Sequence[DayRecord] = ()
    break_min = 0.0
    try:
        with open_days(notes.paths, config) as days:
            records = list(days.between(days.today - timedelta(days=TOLD_DAYS - 1), days.today))
            break_min = days.policy.break_min
    except Failure:
        pass
    return Log(
        log_rows(events, records, guidance, break_min),
        for_clinician(events, records, guidance, break_min, now),
        episode_of(events),
        now,
        history_of(events),
    )


class LogView(QWidget):
    """The list for the clinician, and the table under it."""

    def __init__(self, paths: Paths, guidance: Guidance) -> None:
        super().__init__()
        self._paths = paths
        self._guidance = guidance
        self._report: QProcess | None = None
        self.told = body()
        self.told.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = button(_("Copy"))
        self.report = button(_("Open the report"))
        self.unknown = button(_("My clinician does not know all of this"))
        self.known_text = body()
        self.known = button(_("My clinician knows all of this"))
        for widget in (self.known_text, self.known, self.unknown):
            widget.hide()
        self.done = secondary()
        self.table = _table()
        self.empty = secondary()
        self.copy.clicked.connect(self._on_copy)
        self.report.clicked.connect(self._on_report)
        self._lay_out()
        self._show([], [])

    def show_log(self, log: Log) -> None:
        """Show the log."""
        self.empty.setText(_("Nothing is logged yet."))
        self.known_text.setText(known_sentence(log.history, self._guidance))
        self.known_text.setVisible(bool(log.history.notes))
        self.known.setVisible(bool(log.history.notes))
        self.unknown.setVisible(bool(log.history.marked))
        self._show(log.rows, log.told)

    def show_trouble(self, why: str) -> None:
        """Show why the log cannot be read."""
        self._show([], [])
        self.empty.setText(f"{_('The log cannot be read at the moment.')}\n{why}")

    def _show(self, rows: list[Row], told: list[str]) -> None:
        self.told.setText("\n".join(f"\N{BULLET} {line}" for line in told) or _("Nothing in the last four weeks."))
        self.copy.setEnabled(bool(told))
        self.empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        for place, one in enumerate(rows):
            for number, text in enumerate(one):
                self.table.setItem(place, number, QTableWidgetItem(text))
        self.table.resizeRowsToContents()
        self.table.updateGeometry()

    def _lay_out(self) -> None:
        told = Card()
        told.box.addWidget(subheading(_("What to tell my clinician")))
        told.box.addWidget(secondary(_("From the last four weeks of your log. It stays on this computer.")))
        told.box.addWidget(self.told)
        buttons = row()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.report)
        buttons.addStretch(1)
        told.box.addLayout(buttons)
        told.box.addWidget(self.done)
        known = row()
        known.addWidget(self.known)
        known.addWidget(self.unknown)
        known.addStretch(1)
        told.box.addWidget(self.known_text)
        told.box.addLayout(known)
        self.done.hide()
        self.report.setVisible(all(find_spec(each) for each in REPORT_NEEDS))
        content = QWidget()
        content.setMinimumHeight(1)  # as in the red flags: its layout knows its height
        inside = column(content, between=MEDIUM)
        inside.addWidget(told)
        inside.addWidget(subheading(_("My log")))
        inside.addWidget(self.empty)
        inside.addWidget(self.table)
        inside.addStretch(1)
        column(self, between=SMALL).addWidget(scrolling(content))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.told.text())
        self._say(_("Copied. You can paste it into a message or a document."))

    def _on_report(self) -> None:
        """Make the report in a process of its own, which has the drawing libraries."""
        if self._report is not None and self._report.state() != QProcess.ProcessState.NotRunning:
            return
        self._report = QProcess(self)
        self._report.finished.connect(self._on_reported)
        config = ["--config", str(self._paths.config)] if files.exists(self._paths.config) else []
        program, *arguments = own_command("report", "--open", "--data-dir", str(self._paths.data), *config)
        self._report.start(program, arguments)
        self._say(_("The report opens in your browser in a moment."))

    def _on_reported(self, code: int) -> None:
        if code and self._report is not None:
            errors = bytes(self._report.readAllStandardError().data()).decode(errors="replace").strip()
            self._say(_("The report could not be made: {why}").format(why=errors.splitlines()[-1] if errors else code))

    def _say(self, text: str) -> None:
        self.done.setText(text)
        self.done.show()


def _table() -> QTableWidget:
    table = QTableWidget(0, len(Row._fields))
    table.setHorizontalHeaderLabels([_("When"), _("What"), _("Side"), _("Level"), _("Just before")])
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(True)
    # The page scrolls, not the table in it.
    table.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    head = table.horizontalHeader()
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
    head.setHighlightSections(False)
    name(table, _("My log"))
    return table
