"""Several notifiers as one: a notice goes to the first that shows it, best first, tried anew with each notice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

from slowrise.ports.notifier import Notice, Notifier, NotifierFailed, OnAnswer

PATIENCE = 4.8
"""Seconds that all but the last share; the last gets its turn within the five that the port allows."""

log = logging.getLogger(__name__)


class FallbackNotifier:
    """Whichever fails is said so once, and taken back as soon as it works. `name` is the one that showed last."""

    def __init__(self, notifiers: Sequence[Notifier], *, failing: Collection[str] = ()) -> None:
        """`failing` names those that are known not to work, and have been complained about."""
        self._notifiers = notifiers
        self._failing = set(failing)
        self._up = next((each for each in notifiers if each.name not in self._failing), notifiers[-1])
        self._latest: object = None
        self.name = self._up.name

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice on the first that can; raises `NotifierFailed` with the reason of each."""
        end = asyncio.get_running_loop().time() + PATIENCE
        heard = self._once(answer)
        reasons = []
        for notifier in self._notifiers:
            try:
                async with asyncio.timeout_at(None if notifier is self._notifiers[-1] else end):
                    await notifier.show(notice, heard)
            except (NotifierFailed, TimeoutError) as error:
                reason = str(error) or "it takes too long"
                reasons.append(f"{notifier.name}: {reason}")
                self._complain(notifier, reason)
            else:
                await self._took(notifier)
                return
        raise NotifierFailed("; ".join(reasons))

    async def withdraw(self) -> None:
        """Take the notice away where it is."""
        self._latest = None
        await self._up.withdraw()

    async def close(self) -> None:
        """Let go of all."""
        self._latest = None
        for notifier in self._notifiers:
            await notifier.close()

    def _once(self, answer: OnAnswer) -> OnAnswer:
        """The answer, for as long as its notice is the latest, and once."""
        latest = self._latest = object()

        def heard(word: str) -> None:
            if self._latest is latest:
                self._latest = None
                answer(word)

        return heard

    def _complain(self, notifier: Notifier, reason: str) -> None:
        if notifier.name not in self._failing:
            self._failing.add(notifier.name)
            log.warning("%s shows no notices: %s", notifier.name, reason)

    async def _took(self, notifier: Notifier) -> None:
        if notifier.name in self._failing:
            self._failing.discard(notifier.name)
            log.info("%s shows notices again", notifier.name)
        if notifier is not self._up:
            before, self._up, self.name = self._up, notifier, notifier.name
            await before.withdraw()
