"""Make the text of a notice safe for where it is shown."""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """Return the text without control characters (a terminal obeys them) and lone surrogates (D-Bus rejects them)."""
    return _UNPRINTABLE.sub("", text)


def escaped(text: str) -> str:
    """Return the text escaped for markup. Quotes stay: they matter in attributes only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
