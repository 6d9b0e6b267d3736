"""Make the text of a notice safe for where it is shown."""

from __future__ import annotations

import re

from slowrise.ports.notifier import Notice

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_COMMANDS = {
    "snooze": "slowrise snooze",
    "standing": "slowrise standing",
    "sitting": "slowrise sitting",
    "how": "slowrise stand-up",
    "clinician": "slowrise flare-up told",
    "over": "slowrise flare-up off",
    "report": "slowrise report --open",
}
"""The command that does the same as each button, for notifiers without buttons. Standing up needs no command."""


def plain(text: str) -> str:
    """Return the text without control characters (a terminal obeys them) and lone surrogates (D-Bus rejects them)."""
    return _UNPRINTABLE.sub("", text)


def escaped(text: str) -> str:
    """Return the text escaped for markup. Quotes stay: they matter in attributes only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def body_with_commands(notice: Notice) -> str:
    """Return the body, followed by the commands that answer it."""
    answers = [f"{button.label}: {_COMMANDS[button.key]}" for button in notice.buttons if button.key in _COMMANDS]
    if not answers:
        return notice.body
    return "\n".join([notice.body, "To answer, in a terminal:", *answers])
