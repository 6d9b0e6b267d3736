"""The signals there are, and which of them work here. All that work are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from slowrise.ports.input import Signal
from slowrise.ports.probe import Unavailable


def _logind() -> Signal:
    from slowrise.adapters.signals.logind import Logind

    return Logind()


def _screensaver() -> Signal:
    from slowrise.adapters.signals.screensaver import ScreenSaver

    return ScreenSaver()


def _microphone() -> Signal:
    from slowrise.adapters.signals.microphone import Microphone

    return Microphone()


def _camera() -> Signal:
    from slowrise.adapters.signals.camera import Camera

    return Camera()


def _desktop_inhibitors() -> Signal:
    from slowrise.adapters.signals.idle_inhibitors import DesktopInhibitors

    return DesktopInhibitors()


def _logind_inhibitors() -> Signal:
    from slowrise.adapters.signals.idle_inhibitors import LogindInhibitors

    return LogindInhibitors()


def _do_not_disturb() -> Signal:
    from slowrise.adapters.signals.do_not_disturb import DoNotDisturb

    return DoNotDisturb()


SIGNALS: dict[str, Callable[[], Signal]] = {
    "logind": _logind,
    "screensaver": _screensaver,
    "microphone": _microphone,
    "camera": _camera,
    "desktop-inhibitors": _desktop_inhibitors,
    "logind-inhibitors": _logind_inhibitors,
    "do-not-disturb": _do_not_disturb,
}
"""Every signal by name. Each raises `Unavailable` where it cannot work, and may be made again when that has changed."""


class Probe(NamedTuple):
    """Whether a signal works here: `reason` is empty if so, else it says why not and `fix` what to do."""

    name: str
    reason: str
    fix: str

    @property
    def works(self) -> bool:
        """Whether it can be used."""
        return not self.reason


def probe_all() -> list[Probe]:
    """Every signal there is, and how it fares here. Starts nothing."""
    return [_probe(name, make) for name, make in SIGNALS.items()]


def _probe(name: str, make: Callable[[], Signal]) -> Probe:
    try:
        make()
    except Unavailable as error:
        return Probe(name, error.reason, error.fix)
    return Probe(name, "", "")
