"""The settings page: the settings that a user changes, each in force at once. The file keeps everything else in it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from slowrise.adapters.system import config_file
from slowrise.adapters.system.config_file import Change, NotWritten, Refused
from slowrise.cli.views.i18n import _, language, units
from slowrise.cli.window import style
from slowrise.cli.window.background import Background
from slowrise.cli.window.context import Context
from slowrise.cli.window.login import StartAtLogin
from slowrise.cli.window.page import Page
from slowrise.cli.window.settings.broken_file import BrokenFile, FileOpener
from slowrise.cli.window.settings.fields import (
    Choice,
    Clock,
    Count,
    Days,
    Field,
    Length,
    QuietTimes,
    Row,
    Switch,
    WorkingHours,
    fit_to_width,
)
from slowrise.cli.window.settings.profiles import ProfileChoice, ProfileInForce, names
from slowrise.config.config import BY_NAME, ORDERED, Config, Setting, policy_of
from slowrise.config.parse import ConfigError, Mistake
from slowrise.core.model.policy import ProfileName
from slowrise.core.model.time_text import format_seconds

MOST_QUESTIONS = 9
"""Questions a day that the field allows; the advice is three."""


@dataclass
class Entry:
    """A row of the page, and the setting it changes."""

    setting: Setting
    row: Row


class SettingsPage(Page):
    """The settings."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._background = Background()
        self._profile = ProfileInForce(context, self._background, self._show)
        self._undo: Callable[[], None] | None = None
        self._refused: dict[Row, str] = {}
        """Why a value was not taken, until the row or the settings change."""
        self._shown = context.config
        self.entries = list(_entries())
        self.choice = ProfileChoice(context)
        self.choice.chosen.connect(self._choose_profile)
        self._profile_note = style.Text("", style.Kind.STRONG)
        self._profile_note.hide()
        self.login = StartAtLogin(context, self._background, self._login_changed)
        self.stop = style.button(_("Stop slowrise"))
        self.stop.clicked.connect(self._stop)
        self.broken = BrokenFile(context.paths.config, self._try_again)
        self._form = self._make_form()
        self._bar = _Saved(self._take_back)
        self._lay_out()
        for entry in self.entries:
            entry.row.field.chosen.connect(partial(self._choose, entry))
        self._show()

    # -- Page ---------------------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """Show what the files say now."""
        self._refused.clear()
        self.context.read_config()
        self._profile.read()
        self.login.read()

    def left(self) -> None:
        """Take a number that was just typed."""
        for entry in self.entries:
            entry.row.field.finish()

    def status_changed(self) -> None:
        """Show the profile of the daemon, and whether it can be stopped."""
        self.stop.setEnabled(self.context.link.status is not None)
        self.choice.show_profile(self._profile.name)
        self._show_values()

    def config_changed(self) -> None:
        """Show the changed settings."""
        if self.context.config != self._shown:
            self._shown = self.context.config
            self._refused.clear()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the fields below their words on a narrow page."""
        width = event.size().width() - 2 * style.space(style.LARGE)
        for row in (*(entry.row for entry in self.entries), self.login):
            row.fit(width)
        super().resizeEvent(event)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        content = QWidget()
        inner = style.column(content, between=style.LARGE, around=style.LARGE)
        inner.addWidget(style.heading(_("Settings")))
        inner.addWidget(self.broken)
        inner.addWidget(self._form)
        inner.addStretch()
        layout = style.column(self, between=0)
        fit_to_width(content)
        layout.addWidget(style.scrolling(content), 1)
        layout.addWidget(self._bar)

    def _make_form(self) -> QWidget:
        form = QWidget()
        column = style.column(form, between=style.LARGE)
        limits = style.Card()
        limits.box.addWidget(style.subheading(_("Your limits")))
        limits.box.addWidget(
            style.secondary(_("A profile is a set of limits. What you set yourself below holds under every profile."))
        )
        limits.box.addWidget(self.choice)
        limits.box.addWidget(self._profile_note)
        cards = {"limits": limits}
        for table, title in _sections().items():
            cards[table] = style.Card()
            cards[table].box.addWidget(style.subheading(title))
        for entry in self.entries:
            cards[_section_of(entry.setting)].box.addWidget(entry.row)
        cards["computer"].box.addWidget(self.login)
        line = style.row()
        line.addWidget(self.stop)
        line.addStretch()
        cards["computer"].box.addLayout(line)
        cards["computer"].box.addWidget(style.Text(_("All settings are in one file"), style.Kind.STRONG))
        cards["computer"].box.addWidget(FileOpener(self.context.paths.config))
        for card in cards.values():
            column.addWidget(card)
        return form

    def _show(self) -> None:
        is_broken = bool(self.context.config_mistakes)
        self.broken.setVisible(is_broken)
        self._form.setVisible(not is_broken)
        if is_broken:
            labels = {entry.setting.name: entry.row.label for entry in self.entries}
            self.broken.show_mistakes(labels, is_running=self.context.link.status is not None)
            self._forget_undo()
        self.choice.show_profile(self._profile.name)
        self._show_values()

    def _show_values(self) -> None:
        for entry in self.entries:
            if not entry.row.field.is_waiting:
                self._show_value(entry)

    def _show_value(self, entry: Entry) -> None:
        config, setting = self.context.config, entry.setting
        if setting.by_profile:
            bare = _without(config, setting)
            entry.row.field.show_inherited(getattr(policy_of(bare, self._profile.name), setting.policy_field))
        value = setting.value(config)
        entry.row.field.show_value(value)
        entry.row.say(self._refused.get(entry.row) or _advice(setting, value))

    # -- what the user chooses ----------------------------------------------------------------------------------------

    def _choose(self, entry: Entry, value: Any) -> None:
        self._refused.pop(entry.row, None)
        if value is None and not entry.setting.by_profile:
            self._refuse(entry, _nothing_chosen(entry.setting))
            return
        try:
            done = config_file.change(self.context.paths.config, entry.setting, value)
        except Refused as refused:
            self._refuse(entry, self._in_plain_words(entry, refused.mistakes))
        except NotWritten as failed:
            self._refuse(entry, _why_not_written(failed))
        except ConfigError:
            self.context.read_config()
        else:
            self.context.read_config()
            self._show_value(entry)
            if done is not None:
                self._in_force(_named(entry), partial(self._undo_change, entry, done))
                self._speak(entry)

    def _refuse(self, entry: Entry, reason: str) -> None:
        self._refused[entry.row] = reason
        self._show_value(entry)

    def _in_plain_words(self, entry: Entry, mistakes: tuple[Mistake, ...]) -> str:
        labels = {each.setting.name: each.row.label for each in self.entries}
        config = self.context.config
        for lower, upper in ORDERED:
            if mistakes[0].key != upper.name:
                continue
            policy = policy_of(config, config.profile)
            if entry.setting == lower:
                text = _("Not longer than “{other}”, which is {length}. Change that one first.")
                other = upper
            else:
                text = _("Not shorter than “{other}”, which is {length}. Change that one first.")
                other = lower
            length = format_seconds(other.effective(config, policy), units())
            return text.format(other=labels.get(other.name, other.leaf), length=length)
        return "\n".join(map(str, mistakes))

    def _in_force(self, what: str, undo: Callable[[], None] | None) -> None:
        """Have the daemon reload the file, and say so."""
        self._undo = undo
        self._bar.say(_("Saved: {what}").format(what=what), can_undo=undo is not None)
        self.context.link.ask("reload", failed=partial(self._not_reloaded, what))

    def _speak(self, entry: Entry) -> None:
        """After another language was chosen, show the window in it once this click is over: the page is made again."""
        before = language()
        language.cache_clear()
        if entry.setting.name == "guidance.language" and language() != before:
            QTimer.singleShot(0, self.window(), self._retranslate)

    def _retranslate(self) -> None:
        from slowrise.cli.window.window import Window

        window = self.window()
        if isinstance(window, Window):
            window.retranslate()

    def _not_reloaded(self, what: str, reason: str) -> None:
        if self.context.link.status is None:
            text = _("Saved: {what}. slowrise is not running now; it uses this when it starts.")
            self._bar.say(text.format(what=what), can_undo=self._undo is not None)
        else:
            self._bar.say(_("Saved: {what}. But {reason}").format(what=what, reason=reason), can_undo=True)

    def _undo_change(self, entry: Entry, done: Change) -> None:
        try:
            config_file.undo(self.context.paths.config, done)
        except Refused as refused:
            self._refuse(entry, self._in_plain_words(entry, refused.mistakes))
        except NotWritten as failed:
            self._refuse(entry, _why_not_written(failed))
        except ConfigError:
            self.context.read_config()
        else:
            self.context.read_config()
            self._show_value(entry)
            self.context.link.ask("reload")
            self._bar.say(_("Undone: {what}").format(what=entry.row.label))
            self._speak(entry)

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _forget_undo(self) -> None:
        self._undo = None
        self._bar.hide()

    # -- the profile, and the start at login --------------------------------------------------------------------------

    def _choose_profile(self, name: ProfileName) -> None:
        before = self._profile.name
        if name != before:
            self._profile.choose(name, partial(self._profile_chosen, name, before), self._profile_failed)

    def _profile_chosen(self, name: ProfileName, before: ProfileName) -> None:
        self._profile_note.hide()
        self._show()
        self.choice.show_profile(name)
        text = _("The profile is now “{name}”.").format(name=names()[name])
        # A flare-up that was ended began at a time that a new one would not have.
        self._undo = None if before == "flare-up" else partial(self._choose_profile_again, before)
        if before == "flare-up":
            text = f"{text} {_('Flare-up mode is off.')}"
        if name == "standard":
            text = f"{text} {self.context.guidance.say('leaving-early')}"
        self._bar.say(text, can_undo=self._undo is not None)

    def _choose_profile_again(self, name: ProfileName) -> None:
        def chosen() -> None:
            self._show()
            self.choice.show_profile(name)
            self._bar.say(_("The profile is now “{name}”.").format(name=names()[name]))

        self._profile.choose(name, chosen, self._profile_failed)

    def _profile_failed(self, reason: str) -> None:
        self.choice.show_profile(self._profile.name)
        self._profile_note.setText(_("The profile was not changed: {reason}").format(reason=reason))
        self._profile_note.show()

    def _login_changed(self, starts: bool) -> None:
        self._undo = None
        text = _("slowrise starts when you log in.") if starts else _("slowrise does not start when you log in.")
        self._bar.say(text)

    def _stop(self) -> None:
        self._undo = None
        self.context.link.ask("quit", lambda _answer: self._bar.say(_("slowrise has stopped.")), self._bar.say)

    # -- the file -----------------------------------------------------------------------------------------------------

    def _try_again(self) -> None:
        self.context.read_config()
        if not self.context.config_mistakes:
            self.context.link.ask("reload")


class _Saved(QWidget):
    """One line on what was changed last, with Undo."""

    def __init__(self, undo: Callable[[], None]) -> None:
        super().__init__()
        self._words = style.body()
        self.button = style.button(_("Undo"))
        self.button.clicked.connect(undo)
        line = style.row(self, between=style.MEDIUM, around=style.MEDIUM)
        line.addWidget(self._words, 1)
        line.addWidget(self.button)
        self.hide()

    def say(self, text: str, *, can_undo: bool = False) -> None:
        """Show the line, also to a screen reader."""
        self._words.setText(text)
        self.button.setVisible(can_undo)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self._words, QAccessible.Event.Alert))


def _without(config: Config, setting: Setting) -> Config:
    """Return the configuration without a value for the setting: what the profile has then."""
    if not setting.table:
        return replace(config, **{setting.leaf: setting.default})
    section = replace(getattr(config, setting.table), **{setting.leaf: setting.default})
    return replace(config, **{setting.table: section})


# -- the words ---------------------------------------------------------------------------------------------------------


def _named(entry: Entry) -> str:
    """Return the label of a row with the value that it shows."""
    return ": ".join(filter(None, (entry.row.label, entry.row.field.words())))


def _sections() -> dict[str, str]:
    """Return the parts of the page after the limits."""
    return {
        "time": _("Your time"),
        "notices": _("Reminders"),
        "desk": _("Where you work"),
        "computer": _("This computer"),
    }


def _section_of(setting: Setting) -> str:
    sections = {"limits": "limits", "summary": "time", "standing_desk": "desk", "breaks": "desk"}
    of_leaf = {"eagerness": "limits", "workdays": "time", "quiet_hours": "time"}
    return of_leaf.get(setting.leaf) or sections.get(setting.table, "notices")


def _entries() -> Iterator[Entry]:
    """Yield the rows of the page, in its order."""
    eagerness = {
        "relaxed": _("Rather wait"),
        "balanced": _("Balanced"),
        "insistent": _("Rather remind once too often"),
    }
    languages = {"auto": _("As the desktop"), "en": "English", "ko": "한국어"}
    panel = {"auto": _("Where the panel takes one"), "always": _("Always"), "never": _("Never")}
    have = _("My desk can be raised")
    lie_down = _("I can lie down in a break")
    avoid = _("What to avoid, once a day")
    sound = _("A soft sound with each reminder")
    yield _entry(
        "limits.sit_soft",
        _("First reminder"),
        _("How long you sit before slowrise first asks you to get up."),
        Length(),
    )
    yield _entry(
        "limits.sit_firm",
        _("Reminder that stays"),
        _("How long you sit before a reminder stays on the screen."),
        Length(),
    )
    yield _entry(
        "limits.break_full",
        _("Break"),
        _("How long to be away from the chair. Short and gentle is enough."),
        Length(),
    )
    yield _entry(
        "limits.break_min",
        _("Shortest break"),
        _("A shorter time away from the chair does not count as a break."),
        Length(),
    )
    yield _entry(
        "notifications.eagerness",
        _("When it is not sure"),
        _("slowrise cannot see you. You may have got up already when a reminder is due."),
        Choice(eagerness, by_profile=True),
    )
    yield _entry("notifications.workdays", _("Working days"), _("Reminders come on these days."), Days())
    yield _entry(
        "notifications.quiet_hours",
        _("Working hours"),
        _("At other times slowrise stays quiet, and still keeps the record."),
        WorkingHours(),
    )
    yield _entry(
        "notifications.quiet_hours",
        _("Quiet times"),
        _("Times without reminders, such as your lunch."),
        QuietTimes(),
    )
    yield _entry("summary.at", _("Summary of the day"), _("When you get a short summary of your day."), Clock())
    yield _entry(
        "notifications.sound",
        sound,
        _("Off unless you want it, because a sudden sound makes people jump up."),
        Switch(sound),
    )
    yield _entry(
        "notifications.avoid_line",
        avoid,
        _("One line in the first reminder of the day, such as: let someone else lift bags and boxes."),
        Switch(avoid),
    )
    yield _entry(
        "notifications.questions",
        _("Questions in a day"),
        _("How often slowrise may ask whether you stayed seated. Your answers make its estimate better."),
        Count(_("None"), MOST_QUESTIONS),
    )
    yield _entry(
        "tray.show",
        _("Icon in the panel"),
        _("It shows whether you are sitting, standing or away. A click opens this window."),
        Choice(panel),
    )
    yield _entry(
        "guidance.language",
        _("Language"),
        _("Of the reminders and of this window. No clinician has checked the translation."),
        Choice(languages),
    )
    yield _entry(
        "standing_desk.have",
        have,
        _("Then you can say that you are standing, and slowrise reminds you to change in time."),
        Switch(have),
    )
    yield _entry(
        "breaks.lie_down",
        lie_down,
        _("There is a bed or a couch. Then lying down is one of the suggestions for a break."),
        Switch(lie_down),
    )


def _entry(name: str, label: str, help_: str, field: Field) -> Entry:
    return Entry(BY_NAME[name], Row(label, help_, field))


def _advice(setting: Setting, value: Any) -> str:
    """Return a warning for a value outside the advised range; empty for others."""
    if setting.advised is None or value is None or setting.advised[0] <= value <= setting.advised[1]:
        return ""
    low, high = setting.advised
    if isinstance(value, int):
        return _("Advised: {low} to {high}.").format(low=f"{low:g}", high=f"{high:g}")
    return _("Advised: {low} to {high}.").format(low=format_seconds(low, units()), high=format_seconds(high, units()))


def _nothing_chosen(setting: Setting) -> str:
    if setting.leaf == "workdays":
        return _("At least one day is needed. To have no reminders for a while, pause slowrise.")
    return _("The end must be later than the start.")


def _why_not_written(failed: NotWritten) -> str:
    """Return why nothing was changed, as a sentence."""
    reasons = {
        errno.EROFS: _("the disk can only be read"),
        errno.EACCES: _("you may not write there"),
        errno.EPERM: _("you may not write there"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
    }
    reason = reasons.get(failed.number, str(failed))
    return _("Nothing was changed: your settings file cannot be written, because {reason}.").format(reason=reason)
