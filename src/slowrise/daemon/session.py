"""Whether the login that started this daemon has ended: without a unit or a terminal, a daemon would outlive it."""

from __future__ import annotations

from collections.abc import Callable

from slowrise.adapters.system.desktop import Display, is_there, own_display, runtime_directory

GONE = 15.0
"""Seconds for which a display must be gone. Judgement: a compositor that restarts is back sooner."""


class Session:
    """The session of a daemon that a desktop, or a start script, started."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: returns seconds that never jump."""
        self._now = now
        self._had_runtime_directory = runtime_directory().is_dir()
        self._display: Display | None = None
        self._gone_since: float | None = None

    def has_ended(self, *, sees_display: bool) -> bool:
        """Return whether it has. `sees_display`: the daemon watches a display now."""
        if self._had_runtime_directory and not runtime_directory().is_dir():
            return True  # systemd removes it with the user's last session
        if sees_display:
            self._display = own_display()
        if sees_display or self._display is None or is_there(self._display):
            self._gone_since = None
            return False
        if self._gone_since is None:
            self._gone_since = self._now()
        return self._now() - self._gone_since >= GONE
