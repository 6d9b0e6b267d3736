"""Make text safe for where it is shown. Text from outside passes here before a terminal, the log or a notice gets it.

From outside is everything that slowrise did not write itself: lines of a trace, keys and values of the configuration,
names on a bus, names of files, answers of other programs.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

LONGEST_SHOWN = 200
"""Characters of one piece of text from outside; the rest would hide the sentence around it."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ACTIVE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON may hold unescaped and a terminal obeys, or reverses writing. The encoder escapes those below a space."""
_CONTROLS_OR_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def plain(text: str) -> str:
    """Return the text without what a terminal obeys, what reverses writing, and lone surrogates (D-Bus rejects them).

    Line ends and tabs stay.
    """
    return _CONTROL.sub("", text)


def shown(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return a piece of text from outside for the middle of a sentence: one line, cut, a `?` for what is left out."""
    line = _CONTROLS_OR_LINES.sub("?", text[: longest + 1])
    return line if len(text) <= longest else f"{line[:longest]}…"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that may be printed on a terminal: a reader gets the exact text, a terminal gets nothing to obey.

    It is one line without `indent`. A path that is not UTF-8 keeps its exact bytes too, as escaped lone surrogates.
    """
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(msgspec.to_builtins(value), indent=indent, separators=None if indent else (",", ":"))
    line = _ACTIVE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return line if indent is None else msgspec.json.format(line, indent=indent)


def escaped(text: str) -> str:
    """Return the text escaped for markup. Quotes stay: they matter in attributes only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
