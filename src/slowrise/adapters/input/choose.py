"""Which source to watch with: the first in a written order that works here, or the one that was asked for."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

from slowrise.ports.input import Source
from slowrise.ports.probe import Unavailable

log = logging.getLogger(__name__)


def _wayland_idle(resolution: float) -> Source:
    from slowrise.adapters.input.wayland import WaylandIdle

    return WaylandIdle(resolution=resolution)


def _mutter(resolution: float) -> Source:
    from slowrise.adapters.input.mutter import Mutter

    return Mutter(resolution=resolution)


def _x11_idle(resolution: float) -> Source:
    from slowrise.adapters.input.x11 import X11Idle

    return X11Idle(resolution=resolution)


def _pynput(resolution: float) -> Source:
    from slowrise.adapters.input.pynput_source import PynputListener

    return PynputListener(resolution=resolution)


def _terminal(resolution: float) -> Source:
    from slowrise.adapters.input.terminal import Terminal

    return Terminal(resolution=resolution)


SOURCES: dict[str, Callable[[float], Source]] = {
    "wayland_idle": _wayland_idle,
    "mutter": _mutter,
    "x11_idle": _x11_idle,
    "pynput": _pynput,
    "terminal": _terminal,
}
"""Every source by name, best first."""

_ELSEWHERE = ("pynput",)
"""What there is outside Linux."""


@runtime_checkable
class MayBeMisled(Protocol):
    """A source that takes something else for input in some places: what, and until when; both empty elsewhere."""

    misled_by: str
    until: str


class Probe(NamedTuple):
    """Whether a source works here: `reason` says why not, or what it does not see, and `fix` what to do."""

    name: str
    works: bool
    reason: str = ""
    fix: str = ""


class NothingToWatch(Exception):
    """No source works here; `probes` say for each that was tried why not, and the fix."""

    def __init__(self, probes: tuple[Probe, ...]) -> None:
        super().__init__("; ".join(f"{each.name}: {each.reason}" for each in probes))
        self.probes = probes


def choose(use: str = "auto", *, resolution: float = 15.0) -> Source:
    """The source to watch with. Raises `NothingToWatch`, or KeyError for a name that is not in `SOURCES`."""
    refused: list[Probe] = []
    for name in _order() if use == "auto" else (use,):
        try:
            source = SOURCES[name](resolution)
        except Unavailable as error:
            _say(name, f"cannot be used: {error.reason}")
            refused.append(Probe(name, works=False, reason=error.reason, fix=error.fix))
        else:
            _say(name, "is used")
            return source
    raise NothingToWatch(tuple(refused))


_said: set[tuple[str, str]] = set()
"""What was said of which. It is chosen again and again while one is missed; who follows it says what is back."""


def _say(name: str, how: str) -> None:
    if (name, how) not in _said:
        _said.add((name, how))
        log.info("source %s %s", name, how)


def probe_all() -> list[Probe]:
    """Every source there is for this system, in order. Starts nothing."""
    return [_probe(name) for name in _order()]


def _probe(name: str) -> Probe:
    try:
        source = SOURCES[name](15.0)
    except Unavailable as error:
        return Probe(name, works=False, reason=error.reason, fix=error.fix)
    if isinstance(source, MayBeMisled):
        return Probe(name, works=True, reason=source.misled_by, fix=source.until)
    return Probe(name, works=True)


def _order() -> tuple[str, ...]:
    return tuple(SOURCES) if sys.platform == "linux" else _ELSEWHERE
