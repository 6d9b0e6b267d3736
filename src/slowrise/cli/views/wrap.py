"""Text for a terminal, its lines broken between words: a terminal breaks them anywhere."""

from __future__ import annotations

import re
import unicodedata

_LEAD = re.compile(r" *(?:- |[0-9]+\. )?")
"""What the lines below it are indented by: the mark of a list."""


def wrapped(text: str, columns: int, *, hanging: int = 0) -> str:
    """The text with no line wider than `columns`, but for a word that is; where nothing breaks it is as it was.

    A line goes on under where its words began, and `hanging` columns further in.
    """
    return "\n".join(_wrapped_line(line, columns, hanging) for line in text.split("\n"))


def padded(text: str, columns: int) -> str:
    """The text with spaces behind it, so that what follows begins in the same column in every language."""
    return text + " " * (columns - cells(text))


def _wrapped_line(line: str, columns: int, hanging: int) -> str:
    lead = _LEAD.match(line)
    begin = lead.end() if lead else 0
    indent = " " * (begin + hanging)
    first, *words = line[begin:].split(" ")
    lines = [line[:begin] + first]
    for word in words:
        if cells(lines[-1]) + 1 + cells(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(indent + word)
    return "\n".join(lines)


def cells(text: str) -> int:
    """Columns: a Korean letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
