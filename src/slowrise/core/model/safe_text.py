"""Make text safe for where it is shown. Text from outside passes here before a terminal, the log or a notice gets it.

From outside is everything that slowrise did not write itself: lines of a trace, keys and values of the configuration,
names on a bus, names of files, answers of other programs.
"""

from __future__ import annotations

import re

LONGEST_SHOWN = 200
"""Characters of one piece of text from outside; the rest would hide the sentence around it."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
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


def escaped(text: str) -> str:
    """Return the text escaped for markup. Quotes stay: they matter in attributes only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
