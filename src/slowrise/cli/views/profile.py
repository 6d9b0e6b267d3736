"""The names of the profiles and of the limits in the user's language. Imports nothing heavy: the status uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.wrap import cells, padded
from slowrise.core.model.time_text import format_seconds


def profile_name(profile: str) -> str:
    """Return the name of the profile, in another language followed by the word that commands and settings take."""
    names = {"standard": _("standard"), "recovery": _("recovery"), "flare-up": _("flare-up")}
    name = names.get(profile, profile)
    return name if name == profile else f"{name}({profile})"


def limits_table(limits: Mapping[str, float]) -> Iterator[str]:
    """Yield a line for each limit: what it is, how long, and its name in the settings file. Lengths are in seconds."""
    words = {
        "sit_soft": _("sitting: first reminder after"),
        "sit_repeat": _("sitting: again after"),
        "sit_firm": _("sitting: a reminder that stays, after"),
        "break_min": _("a break has at least"),
        "break_full": _("a break that starts the count over has"),
        "stand_soft": _("standing: first reminder after"),
        "stand_firm": _("standing: a reminder that stays, after"),
        "stand_repeat": _("standing: again after"),
        "stand_budget": _("standing in a day, at most"),
        "day_budget": _("sitting in a day, at most"),
        "spacing": _("between two reminders, at least"),
    }
    named = {name: words.get(name, name) for name in limits}
    lengths = {name: format_seconds(seconds, units()) for name, seconds in limits.items()}
    wide, long = max(map(cells, named.values())), max(map(cells, lengths.values()))
    for name in limits:
        yield f"  {padded(named[name], wide)}  {padded(lengths[name], long)}  ({name})"
