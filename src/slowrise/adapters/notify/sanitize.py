"""The words of a notice, made fit for where they go."""

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
"""What does the same as a button, where there are no buttons. Standing up needs no command."""


def plain(text: str) -> str:
    """The text without what a terminal would obey or D-Bus refuse: control characters and lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def escaped(text: str) -> str:
    """The text as it reads the same where the body is markup. Quotes matter in attributes only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def body_with_commands(notice: Notice) -> str:
    """The body, ending with how to answer from a terminal."""
    answers = [f"{button.label}: {_COMMANDS[button.key]}" for button in notice.buttons if button.key in _COMMANDS]
    if not answers:
        return notice.body
    return "\n".join([notice.body, "To answer, in a terminal:", *answers])
