"""The flare-up: whether it is on, its day, and whether the user spoke to a clinician."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from slowrise.cli.views.i18n import _
from slowrise.cli.window.style import MEDIUM, Card, Check, body, button, column, scrolling, subheading
from slowrise.core.model.spans import day_of
from slowrise.core.symptoms import Episode
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import ARRANGED_FROM


class FlareUpView(QWidget):
    """The state of the flare-up. It emits what the user wants; `BackPage` logs it."""

    switched = Signal(bool)
    told = Signal()
    drove = Signal()

    def __init__(self, guidance: Guidance) -> None:
        super().__init__()
        self._guidance = guidance
        self._on = False
        self.title = subheading()
        self.text = body()
        self.clinician = Check(guidance.say("button-clinician"))
        self.button = button("")
        self.drive = button(guidance.say("button-drive"))
        self.drive_noted = body()
        self.drive_noted.hide()
        self.drive.clicked.connect(self.drove)
        self.button.clicked.connect(lambda: self.switched.emit(not self._on))
        self.clinician.clicked.connect(self.told)
        card = Card()
        for widget in (self.title, self.text, self.clinician):
            card.box.addWidget(widget)
        card.box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        content = QWidget()
        inside = column(content, between=MEDIUM)
        inside.addWidget(card)
        inside.addWidget(self.drive, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.drive_noted)
        inside.addStretch(1)
        column(self).addWidget(scrolling(content))

    def show_drive(self) -> None:
        """Say that a long drive is noted."""
        self.drive_noted.setText(self._guidance.say("drive-on"))
        self.drive_noted.show()

    def show_episode(
        self, episode: Episode | None, now: datetime, day_starts: float, *, just_ended: bool, in_file: bool
    ) -> None:
        """Show the flare-up that is on, or that none is. `day_starts`: seconds after midnight.

        `in_file`: the settings file names its profile.
        """
        say = self._guidance.say
        self._on = episode is not None
        self.clinician.setVisible(self._on)
        if episode is None:
            self.title.setText(_("Flare-up mode is off."))
            self.text.setText(say("flare-up-off") if just_ended else say("flare-up-what"))
            self.button.setText(_("Turn on flare-up mode"))
            return
        days = (day_of(now, day_starts) - day_of(episode.since, day_starts)).days + 1
        lines = ["flare-up-on"]
        if not episode.clinician_told:
            lines += ["clinician"] if days < ARRANGED_FROM else ["clinician", "clinician-day-3"]
        if in_file:
            lines.append("flare-up-in-file")
        self.title.setText(_("Flare-up, day {days}").format(days=days))
        self.text.setText("\n\n".join(say(line, days=days) for line in lines))
        self.clinician.setChecked(episode.clinician_told)
        self.clinician.setEnabled(not episode.clinician_told)
        self.button.setText(say("button-over"))
