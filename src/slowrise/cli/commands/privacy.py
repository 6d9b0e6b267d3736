"""`slowrise doctor --privacy`: list everything that is stored, with counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slowrise.adapters.storage.shared_folder import name_here, this_computer
from slowrise.adapters.system import autostart
from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import load_config, open_ledger
from slowrise.config.config import Config
from slowrise.core.model.safe_text import shown
from slowrise.ports.ledger import Archive

LONGEST_PATH = 4096
"""Characters: Linux opens no longer path."""
TABLES = {
    "runs": "stretches of events that share a date, for their times",
    "beat": "the last sign of life",
    "notes": "whether you were welcomed, whether red flags wait to be read, until when watching is paused, the name "
    "under which days are shared",
    "days": "days, as they were summed up from the events",
    "checkpoints": "places from which the events need not be read again",
}
"""The tables of the ledger beside the events, in words. They hold only what follows from events or what you set."""


def stored(paths: Paths) -> dict[str, Any]:
    """Return everything that is stored, in sections."""
    config = load_config(paths.config)
    with open_ledger(paths) as ledger:
        events, tables = ledger.counts(), ledger.other_tables()
        files = _files(paths) | _shared_files(ledger, config)
    return {
        "stored events, each a time and at most two plain facts": events or {"none": 0},
        "stored beside them": {TABLES.get(name, name): count for name, count in tables.items()},
        "files": {_name(path): f"{path.stat().st_size} bytes" for path in sorted(files) if path.exists()}
        or {"none": 0},
        "never stored": {"keys, characters, pointer positions, window titles, program names": "none has a place"},
    }


def _name(path: Path) -> str:
    """Return the path in one line: another program may have made the file, with any name."""
    return shown(str(path), LONGEST_PATH)


def _size(path: Path) -> str:
    return f"{path.stat().st_size} bytes"


def _files(paths: Paths) -> set[Path]:
    """All files of slowrise on this computer."""
    inside = {path for directory in (paths.data, paths.runtime) for path in directory.rglob("*")}
    return {path for path in inside | {paths.config, *autostart.files()} if path.exists() and not path.is_dir()}


def _shared_files(ledger: Archive, config: Config) -> set[Path]:
    """The files that this computer has written into the shared folder."""
    computer = this_computer(ledger, name_here(config))
    if not config.share.folder or computer is None:
        return set()
    return set((Path(config.share.folder).expanduser() / computer.directory).glob("*"))
