"""The notifiers in the order in which they are tried, and whether each of them works here."""

from __future__ import annotations

import logging
from typing import Protocol

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.notify.fallback import FallbackNotifier
from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.adapters.notify.plyer import PlyerNotifier
from slowrise.ports.notifier import Notifier
from slowrise.ports.probe import Probe, Probed, probe

log = logging.getLogger(__name__)


class _ProbedNotifier(Notifier, Probed, Protocol):
    pass


async def choose(use: str = "auto", *, sound: bool = False) -> FallbackNotifier:
    """Return the notifiers to use, best first. `use` names the only one before the console, which is always the last.

    One that does not work yet stays in the list: at login the desktop's service may start after the daemon.
    """
    notifiers = [each for each in _in_order(sound=sound) if use in {"auto", each.name} or each.name == "console"]
    failing: list[str] = []
    for notifier in notifiers:
        result = await probe(notifier)
        if result.works:
            level = logging.WARNING if failing and result.name == "console" else logging.INFO
            log.log(level, "notices go to %s: %s", result.name, result.reason)
            break
        log.info("notices cannot go to %s: %s", result.name, result.reason)
        failing.append(result.name)
    return FallbackNotifier(notifiers, failing=failing)


async def probe_all() -> list[Probe]:
    """Return whether each notifier works here, in the order in which they are tried."""
    probes = []
    for notifier in _in_order(sound=False):
        probes.append(await probe(notifier))
        await notifier.close()
    return probes


def _in_order(*, sound: bool) -> list[_ProbedNotifier]:
    # With buttons, without buttons, and text on standard error, which always works.
    return [FreedesktopNotifier(sound=sound), PlyerNotifier(), ConsoleNotifier()]
