"""The last line of `slowrise doctor`: whether slowrise can do its work on this computer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slowrise.cli.views.i18n import _, translate, units
from slowrise.core.model.time_text import format_duration
from slowrise.daemon.status import REFUSED, UNREAD, UNSEEN, WAITING, Status
from slowrise.daemon.visibility import STALE_AFTER

Row = Mapping[str, Any]
"""What was probed: its `name`, whether it `works`, and the `reason`."""


def verdict(
    sections: Mapping[str, Sequence[Row]], status: Status | None, *, is_running: bool, mistake: bool = False
) -> str:
    """Return the verdict in one line. `status`: None if no daemon answers; `mistake`: the settings have one."""
    if mistake:
        return translate(REFUSED)
    if is_running and status is None:
        return _("slowrise cannot answer: it runs, but nothing comes back. Log out and in again.")
    if not (status and status.source) and not any(row["works"] for row in sections["sources"]):
        return _("slowrise cannot see when you use this computer: no source above works, for the reason beside it.")
    if status is not None and status.source is None:
        return _("slowrise sees no input now, although a source above works. It tries again within 10 minutes.")
    missing = list(_missing(sections, status))
    if missing:
        text = _("It works, but not {what}.").format(what="; ".join(missing))
    else:
        text = _("Everything slowrise needs works here.")
    if is_running:
        return text
    return text + " " + _("It is not running now. To start it: slowrise service install")


def _missing(sections: Mapping[str, Sequence[Row]], status: Status | None) -> Iterator[str]:
    """What does not work, and why."""
    rows = {row["name"]: row for section in sections.values() for row in section}
    failing = {name: translate(row["reason"]) for name, row in rows.items() if not row["works"]}
    part = _("{what}: {reason}")
    if status is not None and status.unseen_seconds >= STALE_AFTER:
        reason = _("nothing for {length}, with {source}").format(
            length=format_duration(status.unseen_seconds, units()), source=status.source
        )
        yield part.format(what=_("seeing your keyboard and mouse"), reason=reason)
    if "freedesktop" in failing:
        what = _("notices on the desktop") if "plyer" in failing else _("the buttons of notices")
        yield part.format(what=what, reason=failing["freedesktop"])
    if {"logind", "screensaver", "locker"} <= set(failing):
        yield part.format(what=_("seeing that the screen is locked"), reason=failing["screensaver"])
    others = {
        "microphone": _("seeing calls"),
        "icon (always)": _("the icon in the panel"),
        "window": _("the window"),
        "report": _("the report"),
    }
    for name, what in others.items():
        if name in failing:
            yield part.format(what=what, reason=failing[name])
    if status is not None:
        yield from (
            part.format(what=_("all of it"), reason=translate(note))
            for note in status.notes
            if note not in (REFUSED, UNREAD, UNSEEN, WAITING)
        )
