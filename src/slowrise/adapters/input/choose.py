"""Choose the source to watch: the first in a fixed order that works here, or the one that the user named.

The user's other displays are watched with it, see `together`.
"""

from __future__ import annotations

import logging
import sys
from pkgutil import resolve_name
from typing import Protocol

from slowrise.ports.input import Source
from slowrise.ports.probe import Probe, Probed, probe

log = logging.getLogger(__name__)

SOURCES = {
    "wayland_idle": "slowrise.adapters.input.wayland:WaylandIdle",
    "mutter": "slowrise.adapters.input.mutter:Mutter",
    "x11_idle": "slowrise.adapters.input.x11:X11Idle",
    "pynput": "slowrise.adapters.input.pynput_source:PynputListener",
    "terminal": "slowrise.adapters.input.terminal:Terminal",
}
"""The class of every source by name, best first. A class is imported at its first use, and so is its library."""

_OUTSIDE_LINUX = ("pynput",)
"""The sources that work on macOS and Windows."""


NOWHERE = "there is no desktop and no terminal to watch"


class _ProbedSource(Source, Probed, Protocol):
    pass


class NothingToWatch(Exception):
    """No source works here. `probes` has the reason and the fix for each source that was tried.

    The message is the one reason that matters: of the display that is awaited, or of the only source.
    """

    def __init__(self, probes: tuple[Probe, ...]) -> None:
        reasons = [each.reason for each in probes if each.may_come or len(probes) == 1]
        super().__init__(reasons[0] if reasons else NOWHERE)
        self.probes = probes

    @property
    def may_come(self) -> bool:
        """Whether a source only waits for a display that the environment names."""
        return any(each.may_come for each in self.probes)


async def choose(use: str = "auto", *, resolution: float = 15.0, all_displays: bool = False) -> Source:
    """Return the source to watch. Raises `NothingToWatch`, or KeyError for a name that is not in `SOURCES`.

    `all_displays`: watch the user's other displays too, if `use` is `auto`.
    """
    refused: list[Probe] = []
    for name in _order() if use == "auto" else (use,):
        source = _make(name, resolution)
        result = await probe(source)
        if result.works:
            _log_once(name, f"is used, {result.reason}" if result.reason else "is used")
            return await _with_other_displays(source, resolution) if all_displays and use == "auto" else source
        _log_once(name, f"cannot be used: {result.reason}")
        refused.append(result)
    raise NothingToWatch(tuple(refused))


async def _with_other_displays(first: Source, resolution: float) -> Source:
    """Return the source together with those of the user's other displays, if there are any."""
    from slowrise.adapters.input.together import Together
    from slowrise.adapters.system import desktop

    own = desktop.own_display() if first.name != "terminal" else None
    others: list[Source] = []
    seen = [own] if own else []
    unseen: list[desktop.Display] = []
    for display in desktop.displays():
        if own is not None and desktop.is_same(display, own):
            continue
        source: _ProbedSource = resolve_name(SOURCES[_OF_KIND[display.kind]])(
            resolution=resolution, display=display.name
        )
        if (await probe(source)).works:
            others.append(source)
            seen.append(display)
        elif not (first.name == "mutter" and display.kind == "wayland"):  # the socket may be mutter's own
            unseen.append(display)
    names = [display.name for display in unseen] + desktop.missing(
        await desktop.sessions(), [*seen, *unseen], has_gnome=first.name == "mutter"
    )
    if not seen and not names:
        return first
    return Together(first, others, displays=tuple(each.name for each in seen), unseen=tuple(names))


_OF_KIND = {"wayland": "wayland_idle", "x11": "x11_idle"}
"""The source that watches another display."""

_logged: set[tuple[str, str]] = set()
"""Lines already logged. While no source works, the daemon chooses again and again."""


def _log_once(name: str, result: str) -> None:
    if (name, result) not in _logged:
        _logged.add((name, result))
        log.info("source %s %s", name, result)


async def probe_all() -> list[Probe]:
    """Return whether each source of this operating system works here, best first. Starts nothing."""
    return [await probe(_make(name, 15.0)) for name in _order()]


def _make(name: str, resolution: float) -> _ProbedSource:
    source: _ProbedSource = resolve_name(SOURCES[name])(resolution=resolution)
    return source


def _order() -> tuple[str, ...]:
    return tuple(SOURCES) if sys.platform == "linux" else _OUTSIDE_LINUX
