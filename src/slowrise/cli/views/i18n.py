"""The words of the commands in the user's language.

Three things are translated, each in its own place:

- The words of the commands are marked `_("...")` in the code. Their translations are gettext catalogues,
  `config/locale/LANGUAGE/LC_MESSAGES/slowrise.po`; this module reads them.
- The guidance and the notices are sentences with sources. `config/guidance.LANGUAGE.toml` replaces those of
  `guidance.en.toml`; `messages/guidance.py` reads it.
- Lengths such as `1 h 05 min` are made by `core/model/time_text.py`, which takes the names of the units. Commands take
  them from the catalogue, notices from the `units` of the guidance.

The program reads the `.po` files as they are, so that no compiled copy can be out of date.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import msgspec

from slowrise.adapters.system import files, resources
from slowrise.adapters.system.paths import paths
from slowrise.core.model.time_text import ENGLISH, Units
from slowrise.messages import locale

_ENTRY = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"\n)+)', re.MULTILINE)


_english: ContextVar[bool] = ContextVar("_english", default=False)


def _(text: str) -> str:
    """Return the text in the user's language; unchanged if there is no translation."""
    return text if _english.get() else catalogue(language()).get(text, text)


@contextmanager
def in_english() -> Iterator[None]:
    """Translate nothing inside: the report is English, also where it borrows sentences."""
    before = _english.set(True)
    try:
        yield
    finally:
        _english.reset(before)


def units() -> Units:
    """Return the units of lengths in the user's language."""
    found = Units(h=_("h"), min=_("min"), s=_("s"), to=_("to"))
    return ENGLISH if found.h == "h" else found


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the translations of a language by the English text; none for a language without a catalogue."""
    try:
        return parse(resources.text(f"config/locale/{language}/LC_MESSAGES/slowrise.po"))
    except FileNotFoundError:
        return {}


def parse(po: str) -> dict[str, str]:
    """Return the translations in a gettext catalogue. An entry may be written in several quoted lines."""
    return {_joined(english): _joined(translated) for english, translated in _ENTRY.findall(po) if english.strip('"\n')}


def _joined(lines: str) -> str:
    return "".join(msgspec.json.decode(line) for line in lines.splitlines())


@cache
def language() -> str:
    """Return the user's language: the one in the configuration file, or that of the locale."""
    return locale.language(_configured_language(), os.environ)


def _configured_language() -> str:
    """Return the language in the configuration file. Mistakes in the file are reported by the commands that need it."""
    try:
        name = tomllib.loads(files.text(paths().config))["guidance"]["language"]
    except (OSError, ValueError, LookupError, TypeError):
        return "auto"
    return name if name in locale.LANGUAGES else "auto"
