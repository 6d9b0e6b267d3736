"""pynput alone: X11 without an idle alarm, macOS, Windows, and on demand.

While somebody is there it listens a moment in every window of `resolution` seconds and is deaf for the rest of it. So
the last input before a silence is known within half a window, and that much `since` may be wrong, either way.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from slowrise.adapters.input.inbox import Inbox, LullTimer
from slowrise.adapters.input.pynput_listeners import Input, PynputListeners
from slowrise.adapters.input.x11_display import check_record
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

_LULL_PARTS = 5
"""A lull is told this part of its length late at most: while one is wanted, we are deaf only for so long."""


class PynputListener:
    """Keyboard and mouse as pynput hears them."""

    name = "pynput"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0) -> None:
        _check()
        self.resolution = resolution
        self._pauses = LullTimer(resolution, lull)
        self._inbox: Inbox[Input] = Inbox()

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) lulls; they are judged at once."""
        self._pauses.lull_wanted = wanted
        self._inbox.stir()

    async def watch(self, emit: Emit) -> None:
        """Tell active, idle and lulls until cancelled; raise `Lost` when the display goes away."""
        try:
            _check()
        except Unavailable as refusal:
            raise Lost(refusal.reason) from refusal
        self._inbox = Inbox()
        ears = PynputListeners(self._inbox)
        try:
            while True:
                heard = await ears.returned(emit)
                since = await self._last_input(ears, heard, emit)
                emit(Sighting("idle", boot_seconds(), since))
        finally:
            await ears.close()

    async def _last_input(self, ears: PynputListeners, heard: float, emit: Emit) -> float:
        """Stay with a seated person, of whom we heard at `heard`, until they pause for `resolution`."""
        while True:
            await self._rest(heard)
            quiet = ears.listen()
            # The machine may have slept meanwhile, so not simply half-way to `quiet`.
            since = heard + min(quiet - heard, self._window()) / 2
            match await self._pauses.next_input(self._inbox, emit, since=since, quiet=quiet):
                case None:
                    return since
                case Input(at):
                    heard = at

    async def _rest(self, heard: float) -> None:
        while boot_seconds() < (end := heard + self._window()):
            await self._inbox.take(end)

    def _window(self) -> float:
        lull_wanted = self._pauses.lull_wanted
        return min(self.resolution, self._pauses.lull / _LULL_PARTS) if lull_wanted else self.resolution


def _check() -> None:
    if sys.platform == "darwin":
        if find_spec("Quartz") is None:
            raise Unavailable("pynput hears nothing without Quartz", "pip install pyobjc-framework-Quartz")
    elif sys.platform != "win32":
        check_record()
