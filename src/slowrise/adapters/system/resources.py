"""The text files that come with the program, `config/...` and `systemd/...`, by their names in the repository."""

from __future__ import annotations

from pathlib import Path

import slowrise

_PACKAGE = Path(slowrise.__file__).parent
_WHEEL = _PACKAGE / "data"
_CHECKOUT = _PACKAGE.parent.parent


def text(name: str) -> str:
    """The file's text, from the wheel or else from the checkout, where an editable install finds them as edited.

    Raises `FileNotFoundError` for a name that is not shipped.
    """
    return path(name).read_text(encoding="utf-8")


def path(name: str) -> Path:
    """Where the file or directory lies, if it is shipped."""
    return (_WHEEL if _WHEEL.is_dir() else _CHECKOUT) / name
