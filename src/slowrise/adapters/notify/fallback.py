"""Several notifiers as one: each notice goes to the first notifier that can show it, best first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

from slowrise.ports.notifier import AnswerKey, Notice, Notifier, NotifierFailed, OnAnswer

PATIENCE = 4.8
"""Seconds that all notifiers but the last share. The port allows five, so the last still has time."""

log = logging.getLogger(__name__)


class FallbackNotifier:
    """Logs once that a notifier fails, and once that it works again. `name` is the notifier used last."""

    def __init__(self, notifiers: Sequence[Notifier], *, failing: Collection[str] = ()) -> None:
        """`failing` are the names of notifiers that do not work now, which is already logged."""
        self._notifiers = notifiers
        self._failing = set(failing)
        self._current = next((each for each in notifiers if each.name not in self._failing), notifiers[-1])
        self._latest: object = None
        self.name = self._current.name

    @property
    def reports_end(self) -> bool:
        """Whether the notifier used last knows when a notice ends."""
        return self._current.reports_end

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice with the first notifier that can. Raises `NotifierFailed` with the reason of each."""
        end = asyncio.get_running_loop().time() + PATIENCE
        answer_once = self._once(answer)
        reasons = []
        for notifier in self._notifiers:
            try:
                async with asyncio.timeout_at(None if notifier is self._notifiers[-1] else end):
                    await notifier.show(notice, answer_once)
            except (NotifierFailed, TimeoutError) as error:
                reason = str(error) or "it took too long"
                reasons.append(f"{notifier.name}: {reason}")
                self._log_failure(notifier, reason)
            else:
                await self._on_shown(notifier)
                return
        raise NotifierFailed("; ".join(reasons))

    async def withdraw(self) -> None:
        """Withdraw the notice from the notifier that shows it."""
        self._latest = None
        await self._current.withdraw()

    async def close(self) -> None:
        """Close every notifier."""
        self._latest = None
        for notifier in self._notifiers:
            await notifier.close()

    def _once(self, answer: OnAnswer) -> OnAnswer:
        """Return a callback that passes on one answer, and only while this notice is the latest."""
        latest = self._latest = object()

        def answer_once(key: AnswerKey) -> None:
            if self._latest is latest:
                self._latest = None
                answer(key)

        return answer_once

    def _log_failure(self, notifier: Notifier, reason: str) -> None:
        if notifier.name not in self._failing:
            self._failing.add(notifier.name)
            log.warning("%s shows no notices: %s", notifier.name, reason)

    async def _on_shown(self, notifier: Notifier) -> None:
        if notifier.name in self._failing:
            self._failing.discard(notifier.name)
            log.info("%s shows notices again", notifier.name)
        if notifier is not self._current:
            before, self._current, self.name = self._current, notifier, notifier.name
            await before.withdraw()
