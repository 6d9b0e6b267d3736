"""The status for a status bar, as one line of JSON for a custom module of Waybar."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

from slowrise.cli.views.status import status_text
from slowrise.core.model.safe_text import json_text
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.daemon.status import Status


def waybar(status: Status, now: datetime) -> str:
    """Return `text`, `alt`, `tooltip`, `class` and `percentage` (of the time until the next prompt).

    The classes are the state and, where they apply, `due` and `quiet`; none is an alarm.
    """
    shown: dict[str, Any] = {
        "text": _short(status.seconds) if status.state != "unobserved" else "",
        "alt": status.state,
        "tooltip": escape(status_text(status, now), quote=False),  # Waybar reads it as Pango markup
        "class": _classes(status, now),
        "percentage": _percentage(status, now),
    }
    return json_text(shown)


def stopped() -> str:
    """Return what to show while no daemon runs."""
    shown = {"text": "", "alt": "stopped", "tooltip": "slowrise is not running", "class": ["stopped"], "percentage": 0}
    return json_text(shown)


def _classes(status: Status, now: datetime) -> list[str]:
    classes = [status.state]
    if status.next_prompt is not None and datetime.fromisoformat(status.next_prompt) <= now:
        classes.append("due")
    if status.why_waiting:
        classes.append("quiet")
    return classes


def _percentage(status: Status, now: datetime) -> int:
    if status.next_prompt is None:
        return 0
    left = max(0.0, (datetime.fromisoformat(status.next_prompt) - now).total_seconds())
    whole = status.seconds + left
    return round(100 * status.seconds / whole) if whole else 100


def _short(seconds: float) -> str:
    """Return `23m` or `1h05`: a bar has little room."""
    hours, minutes = divmod(int(seconds // MINUTE), int(HOUR // MINUTE))
    return f"{hours}h{minutes:02}" if hours else f"{minutes}m"
