"""Shows notices: puts a prompt into words, and passes notices to the notifier one at a time without waiting for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from slowrise.adapters.system.paths import Page
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import (
    KINDS,
    InformationKind,
    NoticeKind,
    StayingKind,
    name_for_log,
    staying_kind,
    waits_behind,
)
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import Words, information_words, prompt_words
from slowrise.ports.notifier import GONE, AnswerKey, Button, Notice, Notifier, NotifierFailed, Urgency

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0
"""Seconds until a notice that stays comes again after a service dropped it: one that restarts is back by then."""
MOST_AGAIN = 5
"""How often it comes again. A service may close every notice at once, or after a time that the user chose. Judgement:
with times of 5 to 10 s, the notice is up for half a minute or more."""

PAGES: dict[str, Page] = {
    **dict.fromkeys(("red-flag", "clinician"), "back"),
    "flare-up": "flare-up",
    **dict.fromkeys(("sit-firm", "sit-soft", "sit-repeat"), "getup"),
    **dict.fromkeys(("stand-firm", "stand-soft", "standing-question", "stand-budget"), "today"),
    **dict.fromkeys(("budget", "question", "summary"), "today"),
    "welcome": "welcome",
    "settings": "settings",
}
"""The page of the window that a click on a notice opens, by its kind."""


class Press(NamedTuple):
    """What the user did with a notice."""

    key: str
    """The key of the button, `default` for a click on the notice, or `dismissed` if the user closed it."""
    kind: str
    """The kind of the notice."""
    prompt: Prompt | None = None
    """The prompt that it was about."""
    token: str = ""
    """The desktop's activation token of the click."""


OnPress = Callable[[Press], None]


class ShownNotice(NamedTuple):
    """A notice, and the prompt it is about."""

    notice: Notice
    about: Prompt | None


class NoticeQueue:
    """Shows one notice at a time, and records which one is up. One that stays keeps those of lower rank waiting."""

    def __init__(self, notifier: Notifier, answered: OnPress, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called when a notice ended and the user did nothing."""
        self.notifier = notifier
        self.shown: ShownNotice | None = None
        """The notice that is up, or comes again in a moment."""
        self._answered = answered
        self._changed = changed
        self._waiting: ShownNotice | None = None
        self._next: ShownNotice | None = None
        self._is_again = False
        """The next one was shown before."""
        self._came_again = 0
        """How often the one that is up came again because the service had dropped it."""
        self._is_disturbed = True
        """Do-not-disturb is off."""
        self._timer: asyncio.TimerHandle | None = None
        self._busy = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def showing(self) -> Prompt | None:
        """The prompt that is shown, as far as is known."""
        return None if self.shown is None else self.shown.about

    @property
    def shows_red_flags(self) -> bool:
        """Whether the red flags are shown, as far as is known. They keep other notices waiting until they are read."""
        return self.shown is not None and self.shown.notice.urgency is Urgency.CRITICAL

    def show(self, notice: Notice, about: Prompt | None = None) -> None:
        """Show the notice as soon as the notifier is free, or later if it has to wait for the user's answer."""
        new = ShownNotice(notice, about)
        if waits_behind(notice.kind, self.shown and self.shown.notice.kind):
            self._waiting = new
            return
        self._stop_timer()
        self._waiting, self._next = None, new
        self._put_up(new)
        self._is_again, self._came_again = False, 0
        self._spawn(self._show_next())

    def withdraw(self) -> None:
        """Remove the notice, unless it is the red flags, and drop the waiting one."""
        self._waiting = None
        if not self.shows_red_flags:
            self._clear()

    def mark_read(self) -> None:
        """Remove the red flags and show the waiting notice."""
        if self.shows_red_flags:
            self._clear()
            self._show_waiting()

    def show_again(self) -> None:
        """Show a notice that stays again. Some services take it off the screen and tell nobody: GNOME at a lock."""
        if self.shown is not None and self.shown.notice.stays and self.notifier.reports_end:
            self._bring_back(self.shown)

    def on_service(self) -> None:
        """Show a notice there that could only be written before: the desktop's service may start after the daemon."""
        if self.shown is not None and not self.notifier.reports_end:
            self._bring_back(self.shown)

    def set_do_not_disturb(self, *, on: bool) -> None:
        """Note that the desktop holds notices back, or shows them again. A notice that stays follows."""
        if on is self._is_disturbed:
            self._is_disturbed = not on
            self.show_again()

    def change_notifier(self, making: Awaitable[Notifier]) -> None:
        """Use another notifier as soon as it is made, and show the notice there again."""
        self._spawn(self._change(making))

    async def close(self) -> None:
        """Remove the notice and close the notifier."""
        self._stop_timer()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notifier.withdraw()
        await self.notifier.close()

    def _put_up(self, shown: ShownNotice | None) -> None:
        self.shown = shown
        # Whoever hears of it may show the next notice, and this one may not be dealt with yet.
        asyncio.get_running_loop().call_soon(self._on_put_up)

    def _on_put_up(self) -> None:
        """Another notice is up, or none."""

    def _on_end(self, ended: ShownNotice, answer: AnswerKey) -> None:
        if answer == GONE:
            self._on_gone(ended)
            return
        if self.shown is ended:
            self._stop_timer()
            self._next = None
            self._put_up(None)
        self._answered(Press(str(answer), ended.notice.kind, ended.about, answer.token))
        self._show_waiting()

    def _on_gone(self, gone: ShownNotice) -> None:
        if self.shown is not gone:
            return
        if gone.notice.stays and self._came_again < MOST_AGAIN:
            self._came_again += 1
            self._set_timer(AGAIN_AFTER, self._bring_back, gone)
        else:
            self._forget(gone)

    def _forget(self, gone: ShownNotice) -> None:
        """Note that the notice is not on the screen any more."""
        if self.shown is gone:
            self._stop_timer()
            self._next = None
            self._put_up(None)
            self._show_waiting()
            self._changed()

    def _bring_back(self, shown: ShownNotice) -> None:
        self._stop_timer()
        self._next, self._is_again = shown, True
        self._spawn(self._show_next())

    def _show_waiting(self) -> None:
        if self._waiting is not None and self.shown is None:
            self.show(*self._waiting)

    def _clear(self) -> None:
        self._stop_timer()
        self._next = None
        self._put_up(None)
        self._spawn(self._remove())

    async def _show_next(self) -> None:
        async with self._busy:
            new, self._next = self._next, None
            if new is None:
                return
            notice = new.notice
            discreet = not self._is_disturbed and notice.urgency is not Urgency.CRITICAL
            notice = notice._replace(discreet=discreet, again=self._is_again)
            try:
                await self.notifier.show(notice, partial(self._on_end, new))
            except NotifierFailed as error:
                log.warning("cannot show a %s notice: %s", name_for_log(notice.kind), error)
                self._forget(new)
                return
            if self.shown is new and not (notice.stays and self.notifier.reports_end):
                self._set_timer(notice.seconds, self._forget, new)

    async def _remove(self) -> None:
        async with self._busy:
            if self._next is None:
                await self.notifier.withdraw()

    async def _change(self, making: Awaitable[Notifier]) -> None:
        async with self._busy:
            before, self.notifier = self.notifier, await making
            await before.withdraw()
            await before.close()
        if self.shown is not None:
            self._bring_back(self.shown)

    def _set_timer(self, seconds: float, then: Callable[[ShownNotice], None], notice: ShownNotice) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, then, notice)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Notifications(NoticeQueue):
    """Shows prompts and other notices in the words of the guidance, under the policy in force."""

    def __init__(
        self,
        notifier: Notifier,
        guidance: Guidance,
        *,
        pressed: OnPress,
        policy: Callable[[], Policy],
        summary_of: Callable[[date], Summary | None],
        usual_of: Callable[[Summary, datetime], float | None] = lambda *_: None,
        open_report: Callable[[], None] | None = None,
        has_window: bool = False,
        unread: bool = False,
        note_unread: Callable[[bool], None] = lambda _: None,
        staying: Callable[[StayingKind | None], None] = lambda _: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`usual_of` returns the sitting that is usual by some time of a day.

        `open_report`: None if no report can be made here; then no button offers it. `has_window`: whether the window
        can be opened. `unread`: whether the red flags wait to be read; `note_unread` keeps that. `staying` is called
        with the kind of a notice that stays once it is on the screen, and with None once there is none any more.
        """
        super().__init__(notifier, self._on_press, changed)
        self.is_unread = unread
        """Whether the red flags wait to be read, on the screen or not."""
        self.guidance = guidance
        self._pressed = pressed
        self._policy = policy
        self._summary_of = summary_of
        self._usual_of = usual_of
        self._open_report = open_report
        self._has_window = has_window
        self._note_unread = note_unread
        self._on_staying = staying
        self._staying: StayingKind | None = None
        """What `staying` was called with last."""

    def show_prompt(self, prompt: Prompt) -> None:
        """Show the prompt."""
        summary = self._summary_of(date.fromisoformat(prompt.day)) if prompt.kind == "summary" else None
        usual = None if summary is None else self._usual_of(summary, prompt.shown_at)
        words = prompt_words(prompt, self._policy(), self.guidance, summary, usual=usual, window=self._has_window)
        self.show(self._notice(prompt.kind, words), prompt)

    def inform(self, kind: InformationKind) -> None:
        """Show a notice that is not a prompt, such as the welcome or the red flags."""
        policy, guidance = self._policy(), self.guidance
        notice = self._notice(kind, information_words(kind, policy, guidance, window=self._has_window))
        if kind == "red-flag":
            self._set_unread(unread=True)
            # Where no button opens the window, the notice itself has to say it.
            notice = notice._replace(without_buttons=information_words(kind, policy, guidance, window=False).body)
        self.show(notice)

    def mark_read(self) -> None:
        """Note that the red flags were read, remove their notice and show the waiting one."""
        self._set_unread(unread=False)
        super().mark_read()

    def _on_put_up(self) -> None:
        staying = staying_kind(self.shown.notice.kind) if self.shown else None
        if staying != self._staying:
            self._staying = staying
            self._on_staying(staying)

    def _set_unread(self, *, unread: bool) -> None:
        if unread != self.is_unread:
            self.is_unread = unread
            self._note_unread(unread)

    def _on_press(self, press: Press) -> None:
        if press.key == "read":
            self._set_unread(unread=False)
        if press.key == "report" and self._open_report is not None:
            self._open_report()
        else:
            self._pressed(press)

    def _notice(self, kind: NoticeKind, words: Words) -> Notice:
        if self._open_report is None:
            words = words._replace(buttons=tuple(button for button in words.buttons if button[0] != "report"))
        opens = self._has_window and kind in PAGES
        return notice_of(kind, words)._replace(click=self.guidance.say("click") if opens else "")


def notice_of(kind: NoticeKind, words: Words) -> Notice:
    """Return the notice of a kind, with the urgency and duration of that kind."""
    manner = KINDS[kind]
    urgency = Urgency.CRITICAL if kind == "red-flag" else Urgency.LOW if manner.quiet else Urgency.NORMAL
    return Notice(
        kind=kind,
        title=words.title,
        body=words.body,
        urgency=urgency,
        buttons=tuple(Button(*button) for button in words.buttons),
        stays=manner.stays,
        seconds=manner.seconds,
    )
