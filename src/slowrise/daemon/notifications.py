"""What is decided, put into words and handed to the notices."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import Policy
from slowrise.core.model.timestamps import iso
from slowrise.core.prompts.prompt_state import Prompt
from slowrise.daemon.showing import NoticeQueue, notice_of
from slowrise.messages.guidance import Guidance
from slowrise.messages.notices import Facts, NoticeKind, Words, buttons, notice_words
from slowrise.messages.saying import say
from slowrise.ports.notifier import Notice, Notifier

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
        said = say(prompt, self._policy(), self.guidance, summary, steps=steps)
        notice = self._notice(prompt.kind, said.words, said.buttons)
        self.notices.show(notice._replace(stays=notice.stays or steps), prompt)

    def inform(self, kind: NoticeKind) -> None:
        """Show what has words but is no prompt of the rules."""
        facts = Facts(bout_seconds=self._policy().sit_soft)
        words = notice_words(kind, facts, self.guidance)
        self.notices.show(self._notice(kind, words, buttons(kind, facts, self.guidance)))

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

    def _notice(self, kind: NoticeKind, words: Words, buttons: tuple[tuple[str, str], ...]) -> Notice:
        if self.open_report is None:
            buttons = tuple(button for button in buttons if button[0] != "report")
        return notice_of(kind, words, buttons, self.guidance.priority[kind])
