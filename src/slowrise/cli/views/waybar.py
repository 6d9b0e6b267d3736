"""The status for a status bar: one line of JSON in the form Waybar takes from a custom module."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from slowrise.cli.views.status import Status, status_text
from slowrise.core.model.units import HOUR, MINUTE


def waybar(status: Status, now: datetime) -> str:
    """`text`, `alt`, `tooltip`, `class` and `percentage`: how far the way to the next prompt is gone.

    The classes name the state, and `due` or `quiet` beside it; none is an alarm.
    """
    shown: dict[str, Any] = {
        "text": _short(status["seconds"]) if status["state"] != "unobserved" else "",
        "alt": status["state"],
        "tooltip": _markup(status_text(status, now)),
        "class": _classes(status, now),
        "percentage": _percentage(status, now),
    }
    return json.dumps(shown, ensure_ascii=False)


def stopped() -> str:
    """What to show while no daemon runs."""
    shown = {"text": "", "alt": "stopped", "tooltip": "slowrise is not running", "class": ["stopped"], "percentage": 0}
    return json.dumps(shown)


def _classes(status: Status, now: datetime) -> list[str]:
    classes = [status["state"]]
    if status["next_prompt"] is not None and datetime.fromisoformat(status["next_prompt"]) <= now:
        classes.append("due")
    if status["why_waiting"]:
        classes.append("quiet")
    return classes


def _percentage(status: Status, now: datetime) -> int:
    if status["next_prompt"] is None:
        return 0
    left = max(0.0, (datetime.fromisoformat(status["next_prompt"]) - now).total_seconds())
    whole = status["seconds"] + left
    return round(100 * status["seconds"] / whole) if whole else 100


def _short(seconds: float) -> str:
    """`23m`, `1h05`: a bar has little room."""
    hours, minutes = divmod(int(seconds // MINUTE), int(HOUR // MINUTE))
    return f"{hours}h{minutes:02}" if hours else f"{minutes}m"


def _markup(text: str) -> str:
    """Waybar reads a tooltip as Pango markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
