"""Wayland: the compositor tells idle, return and lulls, and never what the input was.

ext-idle-notify-v1 where it is offered, else org_kde_kwin_idle. Both sleep while a program holds an idle inhibitor, so
a pause is then not seen before the inhibitor is let go; from its version 2 on the first has a request that looks at
input only, and that is used. Whether it was a twitch cannot be told: its length can, `idle` says when it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slowrise.adapters.input.wayland_display import Compositor
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

_FIRST_PAUSE = 0.05
"""Seconds. Input that was under way when the watching began is seen after its first pause of this length."""

_MISLED_BY = "but takes you to be there as long as a film keeps the screen on"
_UNTIL = "nothing to do but wait for a compositor with version 2 of ext-idle-notify-v1, which tells input alone"


class WaylandIdle:
    """Any input the compositor of this session counts."""

    name = "wayland_idle"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0) -> None:
        compositor = Compositor()
        compositor.close()
        self.misled_by, self.until = ("", "") if compositor.sees_past_inhibitors else (_MISLED_BY, _UNTIL)
        self.resolution = resolution
        self._lull = lull
        self._lull_wanted = False
        self._watching: _Watching | None = None

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) lulls; one that has begun is counted from now."""
        self._lull_wanted = wanted
        if self._watching:
            self._watching.want_lull(self._lull if wanted else None)

    async def watch(self, emit: Emit) -> None:
        """Tell active, idle and lulls until cancelled; raise `Lost` when the compositor goes away."""
        try:
            compositor = Compositor()
        except Unavailable as refusal:
            raise Lost(refusal.reason) from refusal
        try:
            self._watching = _Watching(compositor, emit, self.resolution)
            self.want_lull(self._lull_wanted)
            await compositor.listen()
        finally:
            self._watching = None
            compositor.close()


class _Watching:
    """What the notifications of one compositor say, in turn."""

    def __init__(self, compositor: Compositor, emit: Emit, resolution: float) -> None:
        self._compositor = compositor
        self._tell = emit
        self._resolution = resolution
        self._active = False
        self._lull: Any = None
        self._first = compositor.notify(_FIRST_PAUSE, resumed=self._began)
        compositor.notify(resolution, idled=self._idled, resumed=self._resumed)

    def want_lull(self, seconds: float | None) -> None:
        """Be told of pauses of so many seconds, or no more."""
        if self._lull:
            self._compositor.forget(self._lull)
        self._lull = None if seconds is None else self._compositor.notify(seconds, idled=self._lulled(seconds))

    def _began(self) -> None:
        self._compositor.forget(self._first)
        self._resumed()

    def _resumed(self) -> None:
        if not self._active:
            self._active = True
            self._tell(Sighting("active", boot_seconds()))

    def _idled(self) -> None:
        if self._active:
            self._active = False
            at = boot_seconds()
            self._tell(Sighting("idle", at, at - self._resolution))

    def _lulled(self, seconds: float) -> Callable[[], None]:
        def emit() -> None:
            at = boot_seconds()
            if self._active:
                self._tell(Sighting("lull", at, at - seconds))

        return emit
