"""Wayland: the compositor reports idle, input after it, and lulls; never what the input was.

This source uses ext-idle-notify-v1 where the compositor offers it, else org_kde_kwin_idle. While a program keeps the
screen on (it holds an idle inhibitor), neither shows a pause or any input until the program releases it. Version 2 of
the first has a request that ignores inhibitors, and this source prefers it.

No interface reports an inhibitor, but a *glance* finds out: a notification of a very short pause that obeys inhibitors.
It is idle at once, or after the next key, unless an inhibitor is held; then it is idle at the release.

`_Notifications` turns the compositor's answers into `active`, `idle` and `lull`. What inhibitors do beside it has two
forms: `_HiddenInput`, and with version 2 `_ReportedInhibitors`.

Some compositors report idle again and again and never the input in between (niri-wm/niri#3136); then this source
reports idle again too. The compositor cannot tell jitter from a user, but `idle` carries the last input, so the engine
sees how short the activity was.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
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
        self.is_active = self._was_active = False
        self._is_idle = False
        """The compositor has reported idle, and no input since."""
        self._has_missed_input = False
        self._lull: Any = None
        self._first: Any = compositor.notify(_GLANCE, resumed=self.on_input)
        """Shows the next input, also that of a user who has not paused for long enough to come back from a pause."""
        compositor.notify(resolution, idled=self._on_idle, resumed=self.on_input)
        self._inhibitors: _Inhibitors = (
            _ReportedInhibitors(compositor, emit, self, patience)
            if compositor.ignores_inhibitors
            else _HiddenInput(compositor, emit, self, patience, look_again=glance_every, look_after_film=resolution)
        )

    def set_lull(self, seconds: float | None) -> None:
        """Report pauses of this many seconds, or none. A pause that has begun is counted from now."""
        if self._lull:
            self._compositor.forget(self._lull)
        self._lull = None
        if seconds is not None:
            self._lull = self._compositor.notify(seconds, idled=partial(self._on_lull, seconds))

    def close(self) -> None:
        """Stop glancing."""
        self._inhibitors.close()

    def on_input(self) -> None:
        """Handle input, which is reported if it is the first after a pause."""
        self._is_idle = False
        if self.is_active:
            return
        self.expect_in(None)
        self.is_active = self._was_active = True
        at = boot_seconds()
        self._inhibitors.on_active()  # first, because `emit` stores the event, which may take a while
        self._emit(Sighting("active", at))

    def expect_in(self, first: Any) -> None:
        """Let this notification show the next input, and forget the one that did before."""
        if self._first:
            self._compositor.forget(self._first)
        self._first = first

    def _on_idle(self) -> None:
        at = boot_seconds()
        since = at - self._resolution
        if self._is_idle:
            self._on_missed_input(since)
        if not (self.is_active or self._is_idle):
            self._is_idle = True
            return
        self.is_active, self._is_idle = False, True
        self._emit(Sighting("idle", at, since))
        self._inhibitors.on_idle()

    def _on_missed_input(self, last: float) -> None:
        """Handle that idle was reported again: there was input, until `last`, which the compositor did not report."""
        if not self._has_missed_input:
            log.warning("the compositor does not report input after a pause, so some of your sitting is missed")
            self._has_missed_input = True
        if not self._was_active:
            self._was_active = True
            self._emit(Sighting("active", last))

    def _on_lull(self, seconds: float) -> None:
        if self.is_active:
            at = boot_seconds()
            self._emit(Sighting("lull", at, at - seconds))


class _Inhibitors(ABC):
    """Finds out by glances, one at a time, whether an inhibitor is held."""

    def __init__(self, compositor: Compositor, emit: Emit, notifications: _Notifications, patience: float) -> None:
        self._compositor = compositor
        self._emit = emit
        self._notifications = notifications
        self._patience = patience
        self._is_held = False
        """The last glance was not answered, so an inhibitor is held."""
        self._glance: Any = None
        self._end_of_patience: asyncio.TimerHandle | None = None

    @abstractmethod
    def on_active(self) -> None:
        """Handle the first input after a pause."""

    @abstractmethod
    def on_idle(self) -> None:
        """Handle a pause."""

    @abstractmethod
    def _on_free(self, *, was_held: bool) -> None:
        """Handle the answer to a glance: no inhibitor is held."""

    @abstractmethod
    def _on_held(self) -> None:
        """Handle a glance without an answer: an inhibitor is held, unless the hands did not rest for so long.

        The glance goes on, and is answered at the release.
        """

    def close(self) -> None:
        """Stop glancing."""
        self._end_glance()

    def _look(self) -> None:
        self._end_glance()
        self._end_of_patience = asyncio.get_running_loop().call_later(self._patience, self._on_no_answer)
        self._glance = self._compositor.notify(
            _GLANCE, idled=self._on_answer, resumed=self._notifications.on_input, obeys_inhibitors=True
        )

    def _end_glance(self) -> None:
        self._cancel_patience()
        if self._glance:
            self._compositor.forget(self._glance)
            self._glance = None

    def _on_answer(self) -> None:
        self._cancel_patience()
        was_held, self._is_held = self._is_held, False
        self._on_free(was_held=was_held)

    def _on_no_answer(self) -> None:
        self._is_held = True
        self._on_held()

    def _cancel_patience(self) -> None:
        if self._end_of_patience:
            self._end_of_patience.cancel()
            self._end_of_patience = None


class _ReportedInhibitors(_Inhibitors):
    """Inhibitors that hide nothing. They are evidence of presence, so each one found in a silence is reported."""

    def on_active(self) -> None:
        if not self._is_held:
            self._end_glance()

    def on_idle(self) -> None:
        if not self._is_held:
            self._look()

    def close(self) -> None:
        """Stop glancing. An inhibitor that was reported is not watched any more."""
        super().close()
        if self._is_held:
            self._emit(Sighting("uninhibited", boot_seconds()))

    def _on_free(self, *, was_held: bool) -> None:
        self._end_glance()
        if was_held:
            self._emit(Sighting("uninhibited", boot_seconds()))

    def _on_held(self) -> None:
        self._emit(Sighting("inhibited", boot_seconds()))


class _HiddenInput(_Inhibitors):
    """Inhibitors that hide input: this glances at each return, and now and then during input.

    If a glance is not answered, it reports `idle` with `unseen`, from the last moment at which input was shown. Once
    the glance is answered, input is shown again: that is reported as `idle`, and the next input as `active`.
    """

    def __init__(
        self,
        compositor: Compositor,
        emit: Emit,
        notifications: _Notifications,
        patience: float,
        *,
        look_again: float,
        look_after_film: float,
    ) -> None:
        """`look_again`: seconds between two glances during input. `look_after_film`: until the next film of a list."""
        super().__init__(compositor, emit, notifications, patience)
        self._look_again = look_again
        self._look_after_film = look_after_film
        self._shown_at = boot_seconds()
        """When input was last known to be shown."""
        self._next_look: asyncio.TimerHandle | None = None
        self._look()

    def on_active(self) -> None:
        self._shown_at = boot_seconds()
        self._is_held = False
        self._look()

    def on_idle(self) -> None:
        self.close()

    def close(self) -> None:
        super().close()
        self._cancel_next_look()

    def _on_free(self, *, was_held: bool) -> None:
        at = self._shown_at = boot_seconds()
        if was_held:
            self._notifications.expect_in(self._glance)
            self._glance = None
            self._emit(Sighting("idle", at, at - _GLANCE))
            self._look_in(self._look_after_film)
        else:
            self._end_glance()
            if self._notifications.is_active:
                self._look_in(self._look_again)

    def _on_held(self) -> None:
        self._notifications.is_active = False
        self._emit(Sighting("idle", boot_seconds(), self._shown_at, unseen=True))

    def _look_in(self, seconds: float) -> None:
        self._cancel_next_look()
        self._next_look = asyncio.get_running_loop().call_later(seconds, self._look)

    def _cancel_next_look(self) -> None:
        if self._next_look:
            self._next_look.cancel()
            self._next_look = None
