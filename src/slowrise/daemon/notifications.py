"""What is decided, put into words and handed to the notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import NamedTuple

from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.model.timestamps import iso
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import KINDS, InformationKind, NoticeKind
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import Words, information_words, prompt_words
from slowrise.ports.notifier import Button, Notice, Notifier, NotifierFailed, Urgency

log = logging.getLogger(__name__)


class Notifications:
    """Says what the guidance has for each kind of notice, by the policy in force."""

    def __init__(
        self,
        notifier: Notifier,
        guidance: Guidance,
        *,
        policy: Callable[[], Policy],
        summary_of: Callable[[date], Summary | None],
    ) -> None:
        self.guidance = guidance
        self.pressed: Callable[[str, Prompt | None], None] = lambda *_: None
        """What to do when a button of a notice is pressed, which may be about a prompt."""
        self.open_report: Callable[[], None] | None = None
        """Opens the report; None where there is none to open, and then no button offers it."""
        self.notices = NoticeQueue(notifier, self._answered)
        self._policy = policy
        self._summary_of = summary_of

    @property
    def showing(self) -> Prompt | None:
        """The prompt that is up, as far as is known."""
        return None if self.notices.up is None else self.notices.up.about

    @property
    def is_unread(self) -> bool:
        """Whether the red flags are up, and keep prompts waiting until they are read."""
        return self.notices.is_unread

    def prompt(self, prompt: Prompt) -> None:
        """Show what has just been decided."""
        log.info("prompt: %s at %s, after %.0f s", prompt.kind, iso(prompt.shown_at), prompt.bout_seconds)
        self.show(prompt)

    def show(self, prompt: Prompt, *, steps: bool = False) -> None:
        """Show the prompt; with `steps` it has them in full, and stays until it is answered."""
        summary = self._summary_of(date.fromisoformat(prompt.day)) if prompt.kind == "summary" else None
        notice = self._notice(prompt.kind, prompt_words(prompt, self._policy(), self.guidance, summary, steps=steps))
        self.notices.show(notice._replace(stays=notice.stays or steps), prompt)

    def inform(self, kind: InformationKind) -> None:
        """Show what has words but is no prompt of the rules."""
        self.notices.show(self._notice(kind, information_words(kind, self._policy(), self.guidance)))

    def withdraw(self) -> None:
        """Take away what is shown."""
        self.notices.withdraw()

    async def close(self) -> None:
        """Take it away, and let the notifier go."""
        await self.notices.close()

    def _answered(self, word: str, prompt: Prompt | None) -> None:
        if word == "report" and self.open_report is not None:
            self.open_report()
        else:
            self.pressed(word, prompt)

    def _notice(self, kind: NoticeKind, words: Words) -> Notice:
        if self.open_report is None:
            words = words._replace(buttons=tuple(button for button in words.buttons if button[0] != "report"))
        return notice_of(kind, words)


# -- the notice queue --------------------------------------------------------------------------------------------------

ANSWERED_WITHIN = 3600.0
"""Seconds after which a notice that stays no longer keeps lower ones waiting: it may be gone by then, for a service
that ends does not say so. Judgement."""


class ShownNotice(NamedTuple):
    """A notice that is up, the prompt it is about, and since when, in seconds of the loop's clock."""

    notice: Notice
    about: Prompt | None
    since: float


class NoticeQueue:
    """Hands notices to the notifier, one after the other, and never waits for it."""

    def __init__(self, notifier: Notifier, answer: Callable[[str, Prompt | None], None]) -> None:
        """`answer` is called with the key of a pressed button, or `dismissed`, and the prompt that it answers."""
        self.notifier = notifier
        self.up: ShownNotice | None = None
        """What was shown last and neither answered nor taken away. One that expires does not say so."""
        self._answer = answer
        self._waiting: ShownNotice | None = None
        self._next: Notice | None = None
        self._busy = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, notice: Notice, about: Prompt | None = None) -> None:
        """Show it in place of what is there, or once that was answered, as soon as the notifier is free."""
        shown = ShownNotice(notice, about, asyncio.get_running_loop().time())
        if self._must_wait(shown):
            self._waiting = shown
            return
        self.up, self._waiting, self._next = shown, None, notice
        self._spawn(self._show_next())

    def withdraw(self) -> None:
        """Take away what is shown, and forget what is not shown yet; the red flags alone stay until they are read."""
        self._waiting = None
        if not self.is_unread:
            self._clear()

    @property
    def is_unread(self) -> bool:
        """Whether the red flags are up, as far as is known."""
        return self.up is not None and self.up.notice.urgency is Urgency.CRITICAL

    def was_read(self) -> None:
        """The red flags that are up were read elsewhere."""
        if self.is_unread:
            self._clear()
            self._show_waiting()

    def use(self, making: Awaitable[Notifier]) -> None:
        """Show with another one as soon as it is made, and what is up once more."""
        self._spawn(self._change(making))

    async def close(self) -> None:
        """Take away what is shown, and let the notifier go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notifier.withdraw()
        await self.notifier.close()

    def _must_wait(self, shown: ShownNotice) -> bool:
        up = self.up
        if up is None or not up.notice.stays or shown.since - up.since >= ANSWERED_WITHIN:
            return False
        return up.notice.rank < shown.notice.rank

    def _heard(self, word: str) -> None:
        up, self.up = self.up, None
        self._answer(word, None if up is None else up.about)
        self._show_waiting()

    def _show_waiting(self) -> None:
        if self._waiting is not None and self.up is None:
            self.show(self._waiting.notice, self._waiting.about)

    def _clear(self) -> None:
        self.up = self._next = None
        self._spawn(self._take_away())

    async def _show_next(self) -> None:
        async with self._busy:
            notice, self._next = self._next, None
            if notice is None:
                return
            try:
                await self.notifier.show(notice, self._heard)
            except NotifierFailed as error:
                log.warning("a %s notice could not be shown: %s", notice.kind, error)
                if self.up is not None and self.up.notice is notice:
                    self.up = None

    async def _take_away(self) -> None:
        async with self._busy:
            if self._next is None:
                await self.notifier.withdraw()

    async def _change(self, making: Awaitable[Notifier]) -> None:
        async with self._busy:
            before, self.notifier = self.notifier, await making
            await before.withdraw()
            await before.close()
        if self.up is not None:
            self._next = self.up.notice
            await self._show_next()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def notice_of(kind: NoticeKind, words: Words) -> Notice:
    """The notice of a kind, with the manners of that kind."""
    known = KINDS[kind]
    urgency = Urgency.CRITICAL if kind == "red-flag" else Urgency.LOW if known.quiet else Urgency.NORMAL
    return Notice(
        kind=kind,
        title=words.title,
        body=words.body,
        urgency=urgency,
        buttons=tuple(Button(*button) for button in words.buttons),
        stays=known.stays,
        rank=known.rank,
    )
