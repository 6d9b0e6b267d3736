"""The words of the commands in the user's language.

Four things are translated, each in its own place:

- The words of the commands are marked `_("...")` in the code. Their translations are gettext catalogues,
  `config/locale/LANGUAGE/LC_MESSAGES/slowrise.po`; this module reads them.
- Texts that are English where they are made are translated where they are shown, by `translate`: the help, the errors
  of click, the reasons and mistakes that `config`, `history` and the adapters find. So logs and `--json` stay English,
  and no inner layer knows a language. Their translations are in `messages.po`, with the facts as `{places}`.
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
from slowrise.adapters.system.paths import NoHome, paths
from slowrise.core.model.time_text import ENGLISH, Units
from slowrise.messages import locale

_ENTRY = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"\n)+)', re.MULTILINE)
_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCES = r"((?<=\.) (?=[A-Z`]))"
_JOINTS = "(: )", "(; )", "(, )"
"""Where a sentence may be put together from other texts."""


_chosen: ContextVar[str | None] = ContextVar("_chosen", default=None)


def _(text: str) -> str:
    """Return the text in the user's language; unchanged if there is no translation."""
    return catalogue(current_language()).get(text, text)


def current_language() -> str:
    """Return the language that `_` translates into now."""
    return _chosen.get() or language()


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Translate into this language inside: a report may be for a clinician who reads another one."""
    before = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(before)


def units() -> Units:
    """Return the units of lengths in the user's language."""
    found = Units(h=_("h"), min=_("min"), s=_("s"), to=_("to"))
    return ENGLISH if found.h == "h" else found


def translate(text: str) -> str:
    """Return an English text of an inner layer in the user's language, as far as it has a translation.

    `messages.po` has lines with places, `no source named {name}`. What stands at a place is translated too, unless it
    is one word: that is a name. A line that is unknown as a whole is translated in parts.
    """
    known = catalogue(current_language(), "messages")
    return "\n".join(_translated(line, known) for line in text.split("\n")) if known else text


def _translated(line: str, known: Mapping[str, str]) -> str:
    text = line.strip()
    for stop in ("", "."):
        if text.endswith(stop) and (bare := text.removesuffix(stop)) in known:
            return line.replace(text, known[bare] + stop)
    if (parts := _in_parts(line, _SENTENCES, known)) is not None:
        return parts
    if found := _fitting(text, known):
        template, facts = found
        filled = {name: _translated(fact, known) if " " in fact else fact for name, fact in facts.items()}
        return line.replace(text, known[template].format(**filled))
    return next((done for joint in _JOINTS if (done := _in_parts(line, joint, known)) is not None), line)


def _in_parts(line: str, joint: str, known: Mapping[str, str]) -> str | None:
    """Return the line with its parts translated; None if it has no such joint, or no part has a translation."""
    parts = re.split(joint, line, maxsplit=1)
    if len(parts) == 1:
        return None
    done = [part if number % 2 else _translated(part, known) for number, part in enumerate(parts)]
    return None if done == parts else "".join(done)


def _fitting(text: str, known: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """Return the template that fits the text best, and the facts at its places.

    One with a head like `Error: ` comes first, because the rest may have another. Then the one with most letters.
    """
    fitting = []
    for template in known:
        literals = _PLACE.split(template)[::2]
        if len(literals) > 1 and all(literal in text for literal in literals):
            match = re.fullmatch(_pattern(template), text)
            if match:
                fitting.append((literals[0].endswith(": "), sum(map(len, literals)), template, match.groupdict()))
    return max(fitting, key=lambda each: each[:2])[2:] if fitting else None


def _pattern(template: str) -> str:
    """Return the regular expression of the texts that a template makes. A place at its begin has no `: ` in it."""
    literals, names = _PLACE.split(template)[::2], iter(_PLACE.findall(template))
    first = "" if literals[0] else f"(?P<{next(names)}>(?:(?!: ).)+?)" + re.escape(literals.pop(1))
    rest = "".join(f"(?P<{next(names)}>.+?){re.escape(literal)}" for literal in literals[1:])
    return re.escape(literals[0]) + first + rest


@cache
def catalogue(language: str, name: str = "slowrise") -> Mapping[str, str]:
    """Return the translations of a language by the English text; none for a language without a catalogue."""
    try:
        return parse(resources.text(f"config/locale/{language}/LC_MESSAGES/{name}.po"))
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
    except (OSError, ValueError, LookupError, TypeError, RecursionError, NoHome):
        return "auto"
    return name if name in locale.LANGUAGES else "auto"
