"""Wrap text between words, as a terminal by itself does not."""

from __future__ import annotations

import re
import unicodedata

_LEAD = re.compile(r" *(?:- |[0-9]+\. )?")
"""The indent and the list marker of a line; the lines below align with the text after it."""


def wrapped(text: str, columns: int, *, hanging: int = 0) -> str:
    """Return the text wrapped to `columns`. A longer word stays whole.

    Continued lines align with the first word of their line, plus `hanging` columns.
    """
    return "\n".join(_wrapped_line(line, columns, hanging) for line in text.split("\n"))


def padded(text: str, columns: int) -> str:
    """Return the text filled up with spaces to `columns`, in every language."""
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
    """Return the width in columns. A Korean letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
