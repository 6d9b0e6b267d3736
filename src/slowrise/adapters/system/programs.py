"""Where this program and the programs that it starts find code: never in a directory that happens to be current.

In a directory such as /tmp other users can leave a `timeit.py` or an `xdg-open`. Python's `-m` searches the current
directory first, a relative entry of PATH or PYTHONPATH searches it too, and children inherit all three.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_SEARCHED = ("PATH", "PYTHONPATH")


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs `slowrise` with these arguments, as the same installation."""
    return [sys.executable, "-P", "-m", "slowrise", *arguments]


def search_absolute_paths_only() -> None:
    """Remove every relative entry, also an empty one, from the search paths of this process and its children."""
    for name in _SEARCHED:
        if name not in os.environ:
            continue
        entries = [entry for entry in os.environ[name].split(os.pathsep) if Path(entry).is_absolute()]
        if entries:
            os.environ[name] = os.pathsep.join(entries)
        else:
            del os.environ[name]  # then the system's default path is searched


def leave_current_directory() -> None:
    """Go to the home directory, as systemd does. Relative names in the user's commands then always mean the same."""
    for directory in (home(), Path("/")):
        with suppress(OSError):
            os.chdir(directory)
            return


def home() -> Path:
    """Return the home directory; the root directory if this user has none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
