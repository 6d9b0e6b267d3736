"""The welcome page: what slowrise sees, the user's limits, and where to find it. Shown at the first start."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from slowrise.cli.views.i18n import _
from slowrise.cli.window import style
from slowrise.cli.window.background import Background
from slowrise.cli.window.context import Context
from slowrise.cli.window.first_time import note_seen
from slowrise.cli.window.login import StartAtLogin
from slowrise.cli.window.page import Page
from slowrise.cli.window.settings.fields import fit_to_width
from slowrise.cli.window.settings.profiles import ProfileChoice, ProfileInForce
from slowrise.core.model.policy import ProfileName

WIDE = 62
"""Widths of an m from which the three cards are beside each other. Judgement: below it their lines would be short."""


class WelcomePage(Page):
    """The welcome."""

    alone = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._background = Background()
        self._profile = ProfileInForce(context, self._background, self._show_profile)
        self.choice = ProfileChoice(context)
        self.choice.chosen.connect(self._choose_profile)
        self._note = style.Text("", style.Kind.STRONG)
        self._note.hide()
        self.login = StartAtLogin(context, self._background, lambda _starts: None)
        self.done = style.primary_button(_("Done"))
        self.done.clicked.connect(self._on_done)
        self._disclaimer = style.secondary(context.guidance.disclaimer.say)
        self._cards = style.row(between=style.MEDIUM)
        self._lay_out()

    def entered(self) -> None:
        """Show what holds now, and remember that the user sees the page."""
        note_seen(self.context.paths)
        self._show_profile()
        self._profile.read()
        self.login.read()

    def status_changed(self) -> None:
        """Show the profile of the daemon."""
        self._show_profile()

    def config_changed(self) -> None:
        """Show the changed limits."""
        self._show_profile()
        self._disclaimer.setText(self.context.guidance.disclaimer.say)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the cards beside each other, or below each other on a narrow page."""
        wide = event.size().width() >= style.letters(WIDE)
        self._cards.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        content = QWidget()
        column = style.column(content, between=style.MEDIUM, around=style.LARGE)
        column.addWidget(style.heading(_("Welcome to slowrise")))
        column.addWidget(style.body(_("It reminds you to get up slowly before you have sat for too long.")))
        limits = _card(_("Your limits"), (_("Choose what fits your back today. You can change it at any time."),))
        limits.box.addWidget(self.choice)
        limits.box.addWidget(self._note)
        cards = (_card(_("What it sees"), _sees()), limits, _card(_("Where to find it"), _lives()))
        for card in cards:
            card.box.addStretch()
            self._cards.addWidget(card, 1)
        column.addLayout(self._cards)
        end = style.row(between=style.MEDIUM)
        end.addWidget(self.login, 1)
        end.addWidget(self.done, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(end)
        column.addWidget(self._disclaimer)
        column.addStretch()
        fit_to_width(content)
        style.column(self, between=0).addWidget(style.scrolling(content))

    def _on_done(self) -> None:
        from slowrise.cli.window.window import Window

        window = self.window()
        # Who wants it at each login wants it now too. A reason: the daemon was asked for, and is not there.
        if isinstance(window, Window) and self.login.field.value() and self.context.link.reason:
            window.starter.start()
        self.context.show("today")

    def _show_profile(self) -> None:
        self.choice.show_profile(self._profile.name)

    def _choose_profile(self, name: ProfileName) -> None:
        if name == self._profile.name:
            return
        self._note.hide()
        self._profile.choose(name, lambda: self.choice.show_profile(name), self._profile_failed)

    def _profile_failed(self, reason: str) -> None:
        self._show_profile()
        self._note.setText(_("The profile was not changed: {reason}").format(reason=reason))
        self._note.show()


def _card(title: str, sentences: Iterable[str]) -> style.Card:
    card = style.Card()
    card.box.addWidget(style.subheading(title))
    for sentence in sentences:
        card.box.addWidget(style.body(sentence))
    return card


def _sees() -> tuple[str, ...]:
    return (
        _("It notices that you type or move the mouse, and estimates from this how long you sit."),
        _("It also notices when the screen is locked, when the computer sleeps, and when a call is on."),
        _("It never knows which key you press, what you write or what is on your screen. It does not watch or listen."),
        _("Everything stays on this computer. slowrise does not use the internet."),
    )


def _lives() -> tuple[str, ...]:
    return (
        _("slowrise runs in the background, and its reminders come as notices on your desktop."),
        _("Its icon in the panel shows how long you have been sitting. A click on it opens this window."),
        _("Some desktops show no such icon. Then open slowrise from the list of programs."),
        _("To stop it, choose Quit in the menu of the icon, or “Stop slowrise” in the settings."),
    )
