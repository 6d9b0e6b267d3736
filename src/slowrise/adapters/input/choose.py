"""Choose the source to watch: the first in a fixed order that works here, or the one that the user named."""

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


class _ProbedSource(Source, Probed, Protocol):
    pass


class NothingToWatch(Exception):
    """No source works here. `probes` has the reason and the fix for each source that was tried."""

    def __init__(self, probes: tuple[Probe, ...]) -> None:
        super().__init__("; ".join(f"{each.name}: {each.reason}" for each in probes))
        self.probes = probes


async def choose(use: str = "auto", *, resolution: float = 15.0) -> Source:
    """Return the source to watch. Raises `NothingToWatch`, or KeyError for a name that is not in `SOURCES`."""
    refused: list[Probe] = []
    for name in _order() if use == "auto" else (use,):
        source = _make(name, resolution)
        result = await probe(source)
        if result.works:
            _log_once(name, f"is used, {result.reason}" if result.reason else "is used")
            return source
        _log_once(name, f"cannot be used: {result.reason}")
        refused.append(result)
    raise NothingToWatch(tuple(refused))


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
