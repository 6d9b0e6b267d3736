"""The signals, and which of them work here. The daemon uses all that work."""

from __future__ import annotations

from pkgutil import resolve_name

from slowrise.ports.input import Signal
from slowrise.ports.probe import Probe, probe

SIGNALS = {
    "logind": "slowrise.adapters.signals.logind:Logind",
    "screensaver": "slowrise.adapters.signals.screensaver:ScreenSaver",
    "locker": "slowrise.adapters.signals.locker:Locker",
    "microphone": "slowrise.adapters.signals.microphone:Microphone",
    "camera": "slowrise.adapters.signals.camera:Camera",
    "desktop-inhibitors": "slowrise.adapters.signals.idle_inhibitors:DesktopInhibitors",
    "logind-inhibitors": "slowrise.adapters.signals.idle_inhibitors:LogindInhibitors",
    "do-not-disturb": "slowrise.adapters.signals.do_not_disturb:DoNotDisturb",
}
"""The class of every signal by name, imported at its first use."""


async def make(name: str) -> Signal:
    """Return the signal of this name. Raises `Unavailable` if it does not work here now."""
    signal: Signal = resolve_name(SIGNALS[name])()
    await signal.probe()
    return signal


async def make_desk_sensor(command: str) -> Signal:
    """Return the signal of the user's own desk sensor. Raises `Unavailable` if the command cannot run."""
    from slowrise.adapters.signals.desk_sensor import DeskSensor

    sensor = DeskSensor(command)
    await sensor.probe()
    return sensor


async def probe_all() -> list[Probe]:
    """Return whether each signal works here. Starts nothing."""
    return [await probe(resolve_name(path)()) for path in SIGNALS.values()]
