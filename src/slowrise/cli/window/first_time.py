"""Whether the user has seen the welcome page. This module loads no Qt, so the command can choose the page with it.

A record alone does not count: the daemon starts with the desktop, before anybody opens the window.
"""

from __future__ import annotations

from contextlib import suppress

from slowrise.adapters.system import files
from slowrise.adapters.system.paths import Page, Paths

MARKER = "welcomed"
"""An empty file in the data directory: the welcome page was shown."""


def first_page(paths: Paths) -> Page:
    """Return the page of a command that names none: the welcome once, then today."""
    return "today" if files.exists(paths.data / MARKER) else "welcome"


def note_seen(paths: Paths) -> None:
    """Remember that the welcome page was shown. Where nothing can be written, it is shown again."""
    with suppress(OSError):
        paths.data.mkdir(mode=files.DIRECTORY, parents=True, exist_ok=True)
        (paths.data / MARKER).touch(mode=files.FILE)
