"""Which notifiers there are, in the order they are tried, and what each of them can do here."""

from __future__ import annotations

import logging
from typing import NamedTuple, Protocol

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.notify.fallback import FallbackNotifier
from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.adapters.notify.plyer import PlyerNotifier
from slowrise.ports.notifier import Notifier
from slowrise.ports.probe import Unavailable

log = logging.getLogger(__name__)


class Probe(NamedTuple):
    """Whether a notifier works here, and how or why not; `fix` is what to do about it."""

    name: str
    works: bool
    reason: str
    fix: str = ""


class _Probed(Notifier, Protocol):
    async def probe(self) -> str:
        """How it would show a notice, in words; raises `Unavailable`. Shows nothing."""


async def choose(use: str = "auto", *, sound: bool = False) -> FallbackNotifier:
    """The notifiers to use, best first. `use` names the only one beside the console, which is always the last resort.

    One that cannot work yet stays in the chain: at login the desktop's service may come after us.
    """
    notifiers = [each for each in _in_order(sound=sound) if use in {"auto", each.name} or each.name == "console"]
    failing: list[str] = []
    for notifier in notifiers:
        probe = await _probe(notifier)
        if probe.works:
            level = logging.WARNING if failing and probe.name == "console" else logging.INFO
            log.log(level, "notices go to %s: %s", probe.name, probe.reason)
            break
        log.info("notices cannot go to %s: %s", probe.name, probe.reason)
        failing.append(probe.name)
    return FallbackNotifier(notifiers, failing=failing)


async def probe_all() -> list[Probe]:
    """What each notifier can do here, in the order they are tried."""
    probes = []
    for notifier in _in_order(sound=False):
        probes.append(await _probe(notifier))
        await notifier.close()
    return probes


def _in_order(*, sound: bool) -> list[_Probed]:
    # With buttons; without; and text on standard error, which needs nothing.
    return [FreedesktopNotifier(sound=sound), PlyerNotifier(), ConsoleNotifier()]


async def _probe(notifier: _Probed) -> Probe:
    try:
        return Probe(notifier.name, works=True, reason=await notifier.probe())
    except Unavailable as error:
        return Probe(notifier.name, works=False, reason=error.reason, fix=error.fix)
