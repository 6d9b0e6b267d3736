"""The choice of the profile, with what each one changes; and reading and choosing it, with or without the daemon."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.i18n import _, units
from slowrise.cli.window import style
from slowrise.cli.window.background import Background
from slowrise.cli.window.context import Context
from slowrise.config.config import policy_of
from slowrise.core.model.policy import PROFILES, ProfileName
from slowrise.core.model.time_text import format_seconds


def names() -> dict[ProfileName, str]:
    """Return the profiles with their names in the user's language."""
    return {"standard": _("Standard"), "recovery": _("Recovery"), "flare-up": _("Flare-up")}


def occasions() -> dict[ProfileName, str]:
    """Return when each profile is meant to be used."""
    return {
        "standard": _("For most days."),
        "recovery": _("For the weeks after a flare-up."),
        "flare-up": _("While your back is worse than usual."),
    }


def limits(context: Context, name: ProfileName) -> str:
    """Return the main limits that hold under a profile, with the user's own settings."""
    policy = policy_of(context.config, name)
    facts = {limit: format_seconds(getattr(policy, limit), units()) for limit in ("sit_soft", "sit_firm", "break_full")}
    text = _("First reminder after {sit_soft}, one that stays after {sit_firm}. A break of {break_full}.")
    return text.format(**facts)


class ProfileChoice(QWidget):
    """One button for each profile."""

    chosen = Signal(str)
    """The profile that the user wants."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.buttons: dict[ProfileName, QRadioButton] = {}
        self._limits: dict[ProfileName, style.Text] = {}
        group = QButtonGroup(self)
        layout = style.column(self, between=style.SMALL)
        for name, title in names().items():
            button = style.Radio(title)
            button.setFont(style.font(style.Kind.STRONG))
            button.clicked.connect(partial(self.chosen.emit, name))
            group.addButton(button)
            self.buttons[name], self._limits[name] = button, style.secondary()
            indented = style.row()
            indented.addSpacing(style.space(1.6))
            indented.addWidget(self._limits[name], 1)
            entry = style.column(between=0.1)
            entry.addWidget(button)
            entry.addLayout(indented)
            layout.addLayout(entry)

        self._advice = style.Text("", style.Kind.STRONG)
        self._back = style.button(_("How is my back?"))
        self._back.clicked.connect(lambda: context.show("back"))
        more = style.row()
        more.addWidget(self._back)
        more.addStretch()
        layout.addWidget(self._advice)
        layout.addLayout(more)

    def show_profile(self, profile: ProfileName) -> None:
        """Show which profile is in force, the limits of all, and what to do in a flare-up."""
        self.buttons[profile].setChecked(True)
        guidance = self._context.guidance
        self._advice.setText(f"{guidance.say('flare-up-on')} {guidance.say('clinician')}")
        for widget in (self._advice, self._back):
            widget.setVisible(profile == "flare-up")
        for name, text in self._limits.items():
            words = f"{occasions()[name]} {limits(self._context, name)}"
            text.setText(words)
            self.buttons[name].setAccessibleDescription(words)


class ProfileInForce:
    """The profile in force. The daemon knows it; without one the record does."""

    def __init__(self, context: Context, background: Background, changed: Callable[[], None]) -> None:
        """`changed` is called when it turns out to be another one."""
        self._context = context
        self._background = background
        self._changed = changed
        self._recorded: ProfileName | None = None

    @property
    def name(self) -> ProfileName:
        """The profile in force, as far as is known."""
        status = self._context.link.status
        if status is not None and status.profile in PROFILES:
            return next(name for name in PROFILES if name == status.profile)
        return self._recorded or self._context.config.profile

    def read(self) -> None:
        """Read it from the record, for the time without a daemon."""
        self._background.run(lambda: HealthNotes(self._context.paths).profile()[0].profile, self._on_read)

    def choose(self, name: ProfileName, then: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Put a profile in force, like `slowrise profile`. Choosing one ends a flare-up, unless it is that one."""

        def chosen(_result: None) -> None:
            self._recorded = name
            then()

        self._background.run(partial(HealthNotes(self._context.paths).add, "profile", name=name), chosen, failed)

    def _on_read(self, name: ProfileName) -> None:
        if name != self._recorded:
            self._recorded = name
            self._changed()
