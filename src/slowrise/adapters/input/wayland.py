"""Wayland: the compositor reports idle, input after it, and lulls; never what the input was.

This source uses ext-idle-notify-v1 where the compositor offers it, else org_kde_kwin_idle. While a program holds an
idle inhibitor, neither reports a pause until the program releases it. Version 2 of the first has a request that ignores
inhibitors, and this source prefers it. Some compositors report idle again and again and never the input in between
(niri-wm/niri#3136); then this source reports idle again too. The compositor cannot tell jitter from a user, but `idle`
carries the last input, so the engine sees how short the activity was.
"""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial
from typing import Any

from slowrise.adapters.input.lull import LullSwitch
from slowrise.adapters.input.wayland_display import Compositor
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.05
"""Seconds. A user who is active when `watch` begins is seen after the first pause of this length."""

_INHIBITORS_HIDE_IDLE = (
    "but counts you as present while a video inhibits idle; a compositor with version 2 of ext-idle-notify-v1 would not"
)


class WaylandIdle(LullSwitch):
    """Any input that the compositor of this session counts."""

    name = "wayland_idle"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0, display: str = "") -> None:
        """`display`: the name of the compositor's socket; empty for the compositor of this session."""
        super().__init__(resolution=resolution, lull=lull)
        self._display = display

    async def probe(self) -> str:
        """Connect once; return the limit of a compositor whose idle time inhibitors hide."""
        compositor = Compositor(self._display)
        compositor.close()
        return "" if compositor.ignores_inhibitors else _INHIBITORS_HIDE_IDLE

    async def watch(self, emit: Emit) -> None:
        """Emit active, idle and lulls until cancelled. Raises `Lost` when the compositor goes away."""
        with closing(Compositor(self._display)) as compositor:
            notifications = _Notifications(compositor, emit, self.resolution)
            with self.lulls_switched_by(notifications.set_lull):
                await compositor.listen()


class _Notifications:
    """The idle notifications of one compositor, turned into sightings."""

    def __init__(self, compositor: Compositor, emit: Emit, resolution: float) -> None:
        self._compositor = compositor
        self._emit = emit
        self._resolution = resolution
        self._active = self._was_active = False
        self._idle = False
        """The compositor has reported idle, and no input since."""
        self._has_missed_input = False
        self._lull: Any = None
        self._first = compositor.notify(_FIRST_PAUSE, resumed=self._on_first_input)
        compositor.notify(resolution, idled=self._on_idle, resumed=self._on_input)

    def set_lull(self, seconds: float | None) -> None:
        """Report pauses of this many seconds, or none. A pause that has begun is counted from now."""
        if self._lull:
            self._compositor.forget(self._lull)
        self._lull = None
        if seconds is not None:
            self._lull = self._compositor.notify(seconds, idled=partial(self._on_lull, seconds))

    def _on_first_input(self) -> None:
        self._compositor.forget(self._first)
        self._on_input()

    def _on_input(self) -> None:
        self._idle = False
        if not self._active:
            self._active = self._was_active = True
            self._emit(Sighting("active", boot_seconds()))

    def _on_idle(self) -> None:
        at = boot_seconds()
        since = at - self._resolution
        if self._idle:
            self._on_missed_input(since)
        if self._active or self._idle:
            self._emit(Sighting("idle", at, since))
        self._active, self._idle = False, True

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
