"""Wayland: the compositor reports idle, input after it, and lulls; never what the input was.

This source uses ext-idle-notify-v1 where the compositor offers it, else org_kde_kwin_idle. While a program keeps the
screen on (it holds an idle inhibitor), neither shows a pause or any input until the program releases it. Version 2 of
the first has a request that ignores inhibitors, and this source prefers it.

No interface tells that an inhibitor is held, but a *glance* finds out: a notification of a very short pause that obeys
inhibitors. It is idle at once, or after the next key, unless an inhibitor is held; then it is idle at the release.

- Where inhibitors hide input, this source glances at each return and now and then during input. If a glance is not
  answered, it reports `idle` with `unseen`, from the last moment at which input was shown. Once the glance is answered,
  input is shown again: the source reports that as `idle`, and the next input as `active`.
- With version 2 the source glances at the begin of each silence, and reports the inhibitor itself.

Some compositors report idle again and again and never the input in between (niri-wm/niri#3136); then this source
reports idle again too. The compositor cannot tell jitter from a user, but `idle` carries the last input, so the engine
sees how short the activity was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from slowrise.adapters.input.lull import LullSwitch
from slowrise.adapters.input.wayland_display import Compositor
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting

log = logging.getLogger(__name__)

_GLANCE = 0.05
"""Seconds of the pause in a glance: hands make such pauses all the time. A user who is active when `watch` begins is
seen after the first one."""
_GLANCE_EVERY = 60.0
"""Seconds between two glances during input: what an inhibitor hides is dated back too far, or a short film's pause too
late, by no more than this. It costs two wake-ups, and none while the user pauses now and then."""
_PATIENCE = 15.0
"""Seconds without an answer to a glance that show an inhibitor: hands that go on for so long without a pause are rare,
and then the harm is small, because so short a silence counts as input."""

_INHIBITORS_HIDE_INPUT = (
    "but sees no input while a video keeps the screen on; a compositor with version 2 of ext-idle-notify-v1 shows it"
)


class WaylandIdle(LullSwitch):
    """Any input that the compositor of this session counts."""

    name = "wayland_idle"

    def __init__(
        self,
        *,
        resolution: float = 15.0,
        lull: float = 5.0,
        display: str = "",
        glance_every: float = _GLANCE_EVERY,
        patience: float = _PATIENCE,
    ) -> None:
        """`display`: the name of the compositor's socket; empty for the compositor of this session.

        `patience`: seconds without an answer to a glance that show an inhibitor.
        """
        super().__init__(resolution=resolution, lull=lull)
        self._display = display
        self._glance_every = glance_every
        self._patience = patience

    async def probe(self) -> str:
        """Connect once; return the limit of a compositor whose inhibitors hide input."""
        compositor = Compositor(self._display)
        compositor.close()
        return "" if compositor.ignores_inhibitors else _INHIBITORS_HIDE_INPUT

    async def watch(self, emit: Emit) -> None:
        """Emit what is seen until cancelled. Raises `Lost` when the compositor goes away."""
        with closing(Compositor(self._display)) as compositor:
            notifications = _Notifications(compositor, emit, self.resolution, self._glance_every, self._patience)
            with closing(notifications), self.lulls_switched_by(notifications.set_lull):
                await compositor.listen()


class _Notifications:
    """The idle notifications of one compositor, turned into sightings."""

    def __init__(
        self, compositor: Compositor, emit: Emit, resolution: float, glance_every: float, patience: float
    ) -> None:
        self._compositor = compositor
        self._emit = emit
        self._resolution = resolution
        self._glance_every = glance_every
        self._patience = patience
        self._active = self._was_active = False
        self._idle = False
        """The compositor has reported idle, and no input since."""
        self._has_missed_input = False
        self._lull: Any = None
        self._first: Any = compositor.notify(_GLANCE, resumed=self._on_input)
        """Shows the next input, also that of a user who has not paused for long enough to come back from a pause."""
        compositor.notify(resolution, idled=self._on_idle, resumed=self._on_input)
        self._glance = _Glance(compositor, self._on_answered, self._on_unanswered, resumed=self._on_input)
        self._is_inhibited = False
        """The last glance was not answered: an inhibitor hides input, or has been reported."""
        self._shown_at = boot_seconds()
        """When input was last known to be shown."""
        self._next_glance: asyncio.TimerHandle | None = None
        if not compositor.ignores_inhibitors:
            self._look()

    def set_lull(self, seconds: float | None) -> None:
        """Report pauses of this many seconds, or none. A pause that has begun is counted from now."""
        if self._lull:
            self._compositor.forget(self._lull)
        self._lull = None
        if seconds is not None:
            self._lull = self._compositor.notify(seconds, idled=partial(self._on_lull, seconds))

    def close(self) -> None:
        """Stop glancing. An inhibitor that was reported is not watched any more."""
        self._glance.end()
        self._cancel_next_glance()
        if self._is_inhibited and self._compositor.ignores_inhibitors:
            self._emit(Sighting("uninhibited", boot_seconds()))

    # -- input ------------------------------------------------------------------------------------------------------

    def _on_input(self) -> None:
        self._idle = False
        if self._active:
            return
        self._expect_in(None)
        self._active = self._was_active = True
        self._shown_at = boot_seconds()
        self._emit(Sighting("active", self._shown_at))
        if not self._compositor.ignores_inhibitors:
            self._is_inhibited = False
            self._look()
        elif not self._is_inhibited:
            self._glance.end()

    def _expect_in(self, first: Any) -> None:
        if self._first:
            self._compositor.forget(self._first)
        self._first = first

    def _on_idle(self) -> None:
        at = boot_seconds()
        since = at - self._resolution
        if self._idle:
            self._on_missed_input(since)
        if not (self._active or self._idle):
            self._idle = True
            return
        self._active, self._idle = False, True
        self._emit(Sighting("idle", at, since))
        if not self._compositor.ignores_inhibitors:
            self._glance.end()
            self._cancel_next_glance()
        elif not self._is_inhibited:
            self._look()

    def _on_missed_input(self, last: float) -> None:
        """Handle that idle was reported again: there was input, until `last`, which the compositor did not report."""
        if not self._has_missed_input:
            log.warning("the compositor does not report input after a pause, so some of your sitting is missed")
            self._has_missed_input = True
        if not self._was_active:
            self._was_active = True
            self._emit(Sighting("active", last))

    def _on_lull(self, seconds: float) -> None:
        if self._active:
            at = boot_seconds()
            self._emit(Sighting("lull", at, at - seconds))

    # -- inhibitors -------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._glance.begin(patience=self._patience)

    def _look_again(self, seconds: float) -> None:
        self._cancel_next_glance()
        self._next_glance = asyncio.get_running_loop().call_later(seconds, self._look)

    def _on_answered(self) -> None:
        at = self._shown_at = boot_seconds()
        was_inhibited, self._is_inhibited = self._is_inhibited, False
        if self._compositor.ignores_inhibitors:
            self._glance.end()
            if was_inhibited:
                self._emit(Sighting("uninhibited", at))
        elif was_inhibited:
            self._expect_in(self._glance.take())
            self._emit(Sighting("idle", at, at - _GLANCE))
            self._look_again(self._resolution)  # the next film of a list
        else:
            self._glance.end()
            if self._active:
                self._look_again(self._glance_every)

    def _on_unanswered(self) -> None:
        self._is_inhibited = True
        at = boot_seconds()
        if self._compositor.ignores_inhibitors:
            self._emit(Sighting("inhibited", at))
        else:
            self._active = False
            self._emit(Sighting("idle", at, self._shown_at, unseen=True))

    def _cancel_next_glance(self) -> None:
        if self._next_glance:
            self._next_glance.cancel()
            self._next_glance = None


class _Glance:
    """A notification of a very short pause that obeys inhibitors. There is one at a time."""

    def __init__(
        self,
        compositor: Compositor,
        answered: Callable[[], None],
        unanswered: Callable[[], None],
        *,
        resumed: Callable[[], None],
    ) -> None:
        """`answered`: no inhibitor is held. `unanswered`: one is held, unless the hands did not rest for so long.

        `resumed` is called at each input after an answer.
        """
        self._compositor = compositor
        self._answered = answered
        self._unanswered = unanswered
        self._resumed = resumed
        self._notification: Any = None
        self._patience: asyncio.TimerHandle | None = None

    def begin(self, *, patience: float) -> None:
        """Glance, and wait for so many seconds before it counts as unanswered. It may still be answered later."""
        self.end()
        self._patience = asyncio.get_running_loop().call_later(patience, self._unanswered)
        self._notification = self._compositor.notify(
            _GLANCE, idled=self._on_answer, resumed=self._resumed, obeys_inhibitors=True
        )

    def end(self) -> None:
        """Forget it."""
        self._cancel_patience()
        if self._notification:
            self._compositor.forget(self._notification)
            self._notification = None

    def take(self) -> Any:
        """Return the notification of the glance, which the caller forgets."""
        notification, self._notification = self._notification, None
        return notification

    def _on_answer(self) -> None:
        self._cancel_patience()
        self._answered()

    def _cancel_patience(self) -> None:
        if self._patience:
            self._patience.cancel()
            self._patience = None
