"""The page that helps the user up: ten steps with a drawing each, the break, and how to sit down again.

Steps change by themselves, and nothing has to be pressed once one stands. The page never asks for attention: it makes
no sound, and it can be left or closed at any time. It works without the daemon, which then learns nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from slowrise.adapters.system.clock import RealClock
from slowrise.cli.views.i18n import _
from slowrise.cli.window import style
from slowrise.cli.window.context import Context
from slowrise.cli.window.flow import Flow
from slowrise.cli.window.getup.drawing import Dots, Drawing, Ring
from slowrise.cli.window.getup.sequence import STANDING, GettingUp
from slowrise.cli.window.page import Page
from slowrise.cli.window.window import PageButton
from slowrise.config.config import policy_of
from slowrise.core.model.policy import Policy, ProfileName
from slowrise.core.model.spans import day_bounds, day_of
from slowrise.core.model.time_text import format_duration, format_seconds
from slowrise.core.model.units import MINUTE
from slowrise.messages.guidance import suggestion, while_seated

TICK = 250
"""Milliseconds between two looks at the clock while the page is shown. Judgement: nobody sees a quarter of a second."""


class Words(style.Text):
    """What to do now. It keeps the room of the longest text, so that nothing moves when the text changes."""

    def __init__(self) -> None:
        super().__init__("", style.Kind.STEP)
        self._longest: tuple[str, ...] = ()
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)

    def keep_room_for(self, *texts: str) -> None:
        """Keep the room of each of these texts."""
        self._longest = texts
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height of the highest text."""
        metrics, room = QFontMetrics(self.font()), QRect(0, 0, width, 1 << 20)
        flags = Qt.TextFlag.TextWordWrap
        heights = [metrics.boundingRect(room, flags, text).height() for text in self._longest]
        return max([super().heightForWidth(width), *heights])

    def own_height(self) -> int:
        """Return the height of the text that is shown, at the present width."""
        return super().heightForWidth(self.width())


class GetUpPage(Page):
    """Get up slowly."""

    def __init__(self, context: Context, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(context)
        self.now = now
        """The clock that the steps follow, in seconds."""
        self._told = False
        """Whether the daemon knows that the user gets up this time."""
        self._said = ""
        """What a screen reader was told last."""
        self._instead = ""
        """Sentences shown instead of the steps, such as until when they are put off; empty if none."""
        self._can_undo = False
        self._guide = self._new_guide()
        self._make_widgets()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.tick)

    # -- what happens ----------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """Begin, unless the user stands already: then the break goes on."""
        now, guide = self.now(), self._guide
        if self._instead or not guide.is_standing(now) or guide.place(now) > guide.steps:
            self.begin()
        self._timer.start()
        if not isinstance(self.window().focusWidget(), PageButton):
            self.setFocus()  # Who goes through the list of pages with the arrows goes on there.
        self.tick()

    def left(self) -> None:
        """Stop looking at the clock. The break goes on; who still sits gets up another time."""
        self._timer.stop()
        if not self._guide.is_standing(self.now()):
            self._guide.hold(self.now())

    def status_changed(self) -> None:
        """Show the suggestion that suits now."""
        self.tick()

    def doing(self) -> str:
        """Return that the user stands, as soon as the steps are so far: the daemon learns it from the absence only."""
        place = self._guide.place(self.now())
        if self._instead or not STANDING <= place <= self._guide.steps:
            return ""
        return _("On a break") if place == self._guide.steps else _("Getting up")

    def config_changed(self) -> None:
        """Show the texts in another language."""
        if self._timer.isActive():
            self.tick()

    def begin(self) -> None:
        """Begin with the first step."""
        self._guide, self._told, self._instead, self._said = self._new_guide(), False, "", ""
        self.tick()

    def tick(self) -> None:
        """Show what is due now."""
        now, guide = self.now(), self._guide
        place = guide.place(now)
        if self._instead:
            self._show("", self._instead)
        elif place < guide.steps:
            if place:
                self._tell_daemon()
            step = self.context.guidance.steps[place]
            self._show(f"step-{place}", step.say, _("Step {number} of {all}").format(number=place + 1, all=guide.steps))
            self._dots.show_step(place)
        elif place == guide.steps:
            self._show_break(guide.elapsed(now))
        else:
            over = _("The break is over. Sit down slowly when you like.")
            self._show("down", f"{over}\n{self.context.guidance.down.say}")
        self._show_buttons(place, standing=guide.is_standing(now))
        note = self._note_text(place)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _tell_daemon(self) -> None:
        """Tell the daemon once that the user gets up. Whether it is true, it sees from the absence that follows."""
        if not self._told:
            self._told = True
            self.context.link.ask("getting-up")

    def _new_guide(self) -> GettingUp:
        steps = [step.seconds for step in self.context.guidance.steps]
        return GettingUp(steps, self._policy().break_full, self.now())

    def _policy(self) -> Policy:
        status = self.context.link.status
        return policy_of(self.context.config, cast("ProfileName", status.profile) if status else None)

    # -- what the user presses -------------------------------------------------------------------------------------

    def _on_back(self) -> None:
        self._guide.back(self.now())
        self.tick()

    def _on_next(self) -> None:
        self._guide.next(self.now())
        self.tick()

    def _on_pause(self) -> None:
        if self._guide.is_held:
            self._guide.go_on(self.now())
        else:
            self._guide.hold(self.now())
        self.tick()

    def _on_up(self) -> None:
        self._tell_daemon()
        self._guide.stand(self.now())
        self.tick()

    def _on_sit(self) -> None:
        while self._guide.place(self.now()) <= self._guide.steps:
            self._guide.next(self.now())
        self.tick()

    def _on_snooze(self) -> None:
        self.context.link.ask("snooze", self._snoozed, self._failed)

    def _snoozed(self, answer: dict[str, Any]) -> None:
        text = _("Put off until {time}. You can put it off for {length} more.")
        if not answer["seconds"]:
            text = _("You cannot put this reminder off any longer. After a break you can again.")
        elif answer.get("cut") or not answer["left"]:
            text = _("Put off until {time}. You cannot put it off longer in this sit.")
        left = format_duration(answer["left"], self.context.guidance.units)
        self._finish(text.format(time=_clock(answer["until"]), length=left))

    def _on_cannot(self) -> None:
        """Show what to do while seated. It earns no break: the daemon forgets that the user was getting up."""
        self.context.link.ask("staying")
        lead, *things, note = while_seated(self.context.guidance)
        self._finish("\n\n".join((lead, "\n".join(things), note)))

    def _on_not_today(self) -> None:
        now = RealClock().now().wall
        starts = self._policy().day_starts
        _begin, end = day_bounds(day_of(now, starts), starts, now.tzinfo or UTC)
        self.context.link.ask("hold", self._held, self._failed, seconds=(end - now).total_seconds())

    def _held(self, _answer: dict[str, Any]) -> None:
        self._finish(_("No more reminders until tomorrow. Your sitting is still counted."), can_undo=True)

    def _on_undo(self) -> None:
        self.context.link.ask("resume", lambda _answer: self._finish(_("Reminders come as before.")), self._failed)

    def _failed(self, reason: str) -> None:
        self._finish(reason)

    def _finish(self, text: str, *, can_undo: bool = False) -> None:
        self._instead, self._can_undo = text, can_undo
        self.tick()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def _show(self, drawing: str, text: str, title: str = "") -> None:
        """Show a text below a drawing, or in the middle without one."""
        self._drawing.show_drawing(drawing)
        self._drawing.setVisible(bool(drawing))
        down = Qt.AlignmentFlag.AlignTop if drawing else Qt.AlignmentFlag.AlignVCenter
        is_list = not drawing and "\n" in text
        across = Qt.AlignmentFlag.AlignLeft if is_list else Qt.AlignmentFlag.AlignHCenter
        self._words.setAlignment(across | down)
        self._ring.hide()
        self._more.hide()
        self._say(title, text)

    def _show_break(self, seconds: float) -> None:
        guidance, policy, status = self.context.guidance, self._policy(), self.context.link.status
        gently = status is None or status.gently
        do = suggestion(status.suggestion if status else "walk", guidance, gently=gently)
        minutes = f"{int(seconds // MINUTE)}{guidance.units.min}"
        full = format_seconds(self._guide.rest, guidance.units)
        self._ring.show_share(min(seconds / self._guide.rest, 1.0), minutes)
        style.name(self._ring, _("{done} of {all}").format(done=minutes, all=full))
        self._ring.show()
        self._drawing.hide()
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        counts = _(
            "{some} away from the chair already counts as a break. "
            "After {full} your sitting time starts again from zero."
        )
        some = format_seconds(policy.break_min, guidance.units)
        avoid = guidance.avoid.get(status.avoid) if status else None
        lines = (guidance.say("footer"), *((avoid.say,) if avoid else ()), counts.format(some=some, full=full))
        self._more.setText("\n".join(lines))
        self._more.show()
        self._say(_("Break"), do)

    def _say(self, title: str, text: str) -> None:
        """Show a text, and have it read out when it is new."""
        both = f"{title}: {text}" if title else text
        if both == self._said:
            return
        self._said = both
        self.doing_changed.emit()
        self._title.setText(title)
        self._words.keep_room_for(*(step.say for step in self.context.guidance.steps))
        self._words.setText(text)
        style.name(self._words, both)
        style.name(self, both)
        _read_out(self._words, both)
        # In huge fonts the text matters more than the drawing. Its place is known once Qt has laid it out.
        QTimer.singleShot(0, self, self._see_words)

    def _see_words(self) -> None:
        """Scroll so far that the text is seen to its end, or if it is too long for that, from its beginning."""
        top = self._words.y()
        self._area.verticalScrollBar().setValue(0)
        for end in (top + self._words.own_height(), top):
            self._area.ensureVisible(0, end, 0, 0)

    def _show_buttons(self, place: int, *, standing: bool) -> None:
        steps, idle = self._guide.steps, bool(self._instead)
        in_steps = not idle and place < steps
        sits = in_steps and not standing
        has_daemon = self.context.link.status is not None
        for button, is_shown in (
            (self._back, in_steps),
            (self._pause, in_steps),
            (self._next, in_steps),
            (self._up, sits),
            (self._help, not idle and steps - 1 <= place <= steps),
            (self._sit, not idle and place == steps),
            (self._undo, idle and self._can_undo),
            (self._start, idle),
            (self._close, idle or place > steps),
            (self._snooze, sits and has_daemon),
            (self._not_today, sits and has_daemon),
            (self._cannot, sits),
            (self._dots, in_steps),
        ):
            if not is_shown and self.window().focusWidget() is button:
                self.setFocus()  # Qt would give it to another button, which Space then presses.
            button.setVisible(is_shown)
        self._back.setEnabled(place > 0)
        self._pause.setText(_("Go on") if self._guide.is_held else _("Pause"))
        self._snooze.setText(self._snooze_label())

    def _snooze_label(self) -> str:
        """Return the words of the notice's button."""
        seconds, guidance = self._policy().snooze, self.context.guidance
        length = format_seconds(seconds, guidance.units)
        minutes, rest = divmod(seconds, MINUTE)
        if rest or minutes == 1:
            return guidance.say("button-snooze-other", length=length)
        return guidance.say("button-snooze", minutes=int(minutes))

    def _note_text(self, place: int) -> str:
        if self._instead or place >= self._guide.steps:
            return ""
        if self._guide.is_held:
            return _("Paused. Press Go on when you are ready.")
        if place >= STANDING:
            return _("Nothing to press now: the steps go on by themselves.")
        return _("The steps change by themselves. Pause at any step, there is no hurry.")

    # -- how it is made --------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        guidance = self.context.guidance
        self._title = style.Text("", style.Kind.SUBHEADING, wrap=False)
        self._drawing, self._ring, self._dots = Drawing(), Ring(), Dots(len(guidance.steps))
        self._words, self._more, self._note = Words(), style.secondary(), style.secondary()
        for text in (self._more, self._note):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._back = _button(_("Back"), self._on_back)
        self._pause = _button(_("Pause"), self._on_pause)
        self._next = _button(_("Next"), self._on_next)
        self._up = _button(_("I'm up"), self._on_up, primary=True)
        self._help = _button(_("Read when to get help"), self.context.show_red_flags)
        self._sit = _button(_("Sit down again"), self._on_sit)
        self._undo = _button(_("Undo"), self._on_undo)
        self._start = _button(_("Show the steps"), self.begin)
        self._close = _button(_("Close"), lambda: self.window().close(), primary=True)
        self._snooze = _button("", self._on_snooze)
        self._cannot = _button(_("I can't get up now"), self._on_cannot)
        self._not_today = _button(_("Not today"), self._on_not_today)
        self._not_today.setToolTip(_("No more reminders until tomorrow. Your sitting is still counted."))
        self._not_today.setAccessibleDescription(self._not_today.toolTip())

    def _lay_out(self) -> None:
        """Keep the buttons in place. What is between the rows of buttons scrolls if the font is too large for it."""
        top = style.row()
        for each in (self._title, self._dots):
            top.addWidget(each)
        top.addStretch()
        content = QWidget()
        middle = style.column(content)
        for drawn in (self._drawing, self._ring):
            middle.addWidget(drawn, 1)
        for each in (self._words, self._more, self._note):
            middle.addWidget(each)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        page = style.column(self, around=style.LARGE)
        page.addLayout(top)
        self._area = style.scrolling(content)
        # It takes what the buttons leave. By its own wish for room, the whole window would scroll instead of it.
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._area.setMinimumHeight(style.space(9))
        page.addWidget(self._area, 1)
        for buttons in (
            (
                self._back,
                self._pause,
                self._next,
                self._up,
                self._help,
                self._sit,
                self._close,
                self._undo,
                self._start,
            ),
            (self._snooze, self._not_today, self._cannot),
        ):
            flow = Flow()
            for button in buttons:
                flow.addWidget(button)
                button.installEventFilter(self)
            page.addLayout(flow)

    # -- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Pause and go on with Space, turn the steps with the arrows, leave with Escape."""
        if event.key() == Qt.Key.Key_Space and not self._pause.isHidden():
            self._on_pause()
        elif event.key() == Qt.Key.Key_Escape:
            self.context.show("today")
        elif not self._turn(event.key()):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Turn the steps also while a button has the focus: by itself it would give the focus to the next one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._turn(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _turn(self, key: int) -> bool:
        """Show the next step or the one before, if the key is for that. An arrow never skips the break."""
        back, on = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.isRightToLeft():
            back, on = on, back
        if key not in {back, on} or self._back.isHidden():
            return False
        (self._on_next if key == on else self._on_back)()
        return True


def _button(text: str, do: Callable[[], object], *, primary: bool = False) -> style.Button:
    made = style.Button(text, primary=primary)
    made.clicked.connect(lambda _checked=False: do())
    return made


def _clock(until: str) -> str:
    """Return the time of day in an ISO time."""
    return until[11:16]


def _read_out(widget: QWidget, text: str) -> None:
    """Have a screen reader say the text, after what it is saying."""
    try:
        from PySide6.QtGui import QAccessibleAnnouncementEvent
    except ImportError:  # Qt before 6.8: a screen reader reads the new text when it looks there
        return
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
