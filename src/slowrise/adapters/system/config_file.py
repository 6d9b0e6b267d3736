"""Change one setting in the configuration file, and leave everything else in it as the user wrote it.

The window calls this; the daemon only reads the file. A change keeps the other values, their order, every comment, and
settings of earlier versions. It is checked by the parser of the daemon before anything is written.

Back to the default, there are three cases. A line that slowrise wrote, which its comment `MARK` shows, is removed. In a
line that the user wrote, the default takes the place of the value. Where the profile has the default, no value would
mean "as the profile has it", so the user's line becomes a comment.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AbstractTable, Comment, InlineTable, Table, Trivia

from slowrise.adapters.system import files
from slowrise.adapters.system.resources import wrong_encoding
from slowrise.config.config import Config, Setting
from slowrise.config.parse import ConfigError, Mistake, parse
from slowrise.config.types import Toml

MARK = "# set in the window"
"""The comment of a line that slowrise wrote."""

_ATTEMPTS = 5
"""How often to begin again because another program has just changed the file. Judgement: nobody types that fast."""

_TOKENS = re.compile(
    r"""
    \"{3} (?: \\. | [^\\] )*? \"{3,5}
    | '{3} .*? '{3,5}
    | " (?: \\. | [^"\\\n] )* "
    | ' [^'\n]* '
    | ( \# [^\n]* )
    """,
    re.DOTALL | re.VERBOSE,
)
"""Strings, in which a # begins no comment; and comments, in the group."""
_HEAD = re.compile(r"(?:[ \t]*#[^\n]*\n)+[ \t]*\r?\n")
"""A comment at the top of the file with an empty line after it: it is about the whole file."""


class NotWritten(Exception):
    """The file could not be changed, and is as it was. The message has the reason; `number` is its errno, or 0."""

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(reason)
        self.number = number


class Refused(Exception):
    """The parser refuses the value; `mistakes` has every reason. The file is as it was."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class Change(NamedTuple):
    """A change that was written. `undo` takes it."""

    setting: Setting
    before: Any
    """The value before."""
    after: Any
    old_text: str | None
    """The text of the file before; None if there was no file."""
    new_text: str


def change(path: Path, setting: Setting, value: Any) -> Change | None:
    """Give a setting a value in the file, and return what was changed; None if the file has the value already.

    The file is read again each time, so a change by hand is kept. The default removes the setting, see the module.
    Raises `Refused` for a value that the parser refuses, `NotWritten`, or `ConfigError` if the file has mistakes: such
    a file is never written.
    """
    target = _target(path)
    for _ in range(_ATTEMPTS):
        seen, old_text = _read(target)
        before = parse(old_text or "", where=str(path))
        new_text = edited(old_text or "", setting, value)
        _checked(new_text, path)
        if new_text == (old_text or ""):
            return None
        if _write(target, new_text, seen):
            return Change(setting, setting.value(before), value, old_text, new_text)
    raise NotWritten("another program changes it all the time")


def undo(path: Path, done: Change) -> None:
    """Take a change back: restore the text before, or only the value if the file was changed since.

    Raises what `change` raises.
    """
    target = _target(path)
    seen, text = _read(target)
    if text == done.new_text and done.old_text is None:
        try:
            target.unlink()
        except OSError as error:
            raise _not_written(error) from None
    elif text != done.new_text or done.old_text is None or not _write(target, done.old_text, seen):
        change(path, done.setting, done.before)


# -- the text ----------------------------------------------------------------------------------------------------------


def edited(text: str, setting: Setting, value: Any) -> str:
    """Return the text with the setting at this value. The text must have no mistakes.

    Raises `NotWritten` if the result would differ in anything else, whatever the reason.
    """
    old = tomllib.loads(text)
    given = (old.get(setting.table, {}) if setting.table else old).get(setting.leaf)
    if (setting.default if given is None else setting.type.read(given)) == value:
        return text
    ended = text if text.endswith("\n") or not text else text + "\n"
    new = (_with_line if given is None else _with_value)(ended, setting, value)
    if "\r\n" in text:
        new = new.replace("\r\n", "\n").replace("\n", "\r\n")
    _ensure_only(setting, value, text, new)
    return new


def _with_value(text: str, setting: Setting, value: Any) -> str:
    """Return the text with another value in the line of the setting, or without the line."""
    document = tomlkit.parse(text)
    table = _table_with(document, setting)
    body = table.body
    place, key = next(
        (place, key) for place, (key, _) in enumerate(body) if key is not None and key.key == setting.leaf
    )
    item = body[place][1]
    if value is not None and not (value == setting.default and item.trivia.comment == MARK):
        new = tomlkit.item(setting.type.write(value))
        table[setting.leaf] = new
        # Comments inside a list of several lines have no place in the new one, so they move above it.
        new.trivia.indent = "".join(f"{each}\n" for each in _comments(item.as_string())) + item.trivia.indent
        return tomlkit.dumps(document)
    table.remove(setting.leaf)
    if item.trivia.comment != MARK and "\n" in item.trivia.trail:  # an inline table has no place for a comment
        prefix = "" if table is document or setting.table not in _dotted(document) else f"{setting.table}."
        line = f"{prefix}{key.as_string()}{key.sep}{item.as_string()}{item.trivia.comment_ws}{item.trivia.comment}"
        trivia = Trivia(item.trivia.indent, "", "#" + line.replace("\n", "\n#"), item.trivia.trail)
        body[place] = (None, Comment(trivia))
    return tomlkit.dumps(document)


def _table_with(document: tomlkit.TOMLDocument, setting: Setting) -> Container:
    """Return the table that has the setting. Dotted keys can make several tables of one name."""
    if not setting.table:
        return document
    return next(
        item.value
        for key, item in document.body
        if key is not None and key.key == setting.table and isinstance(item, AbstractTable) and setting.leaf in item
    )


def _dotted(document: tomlkit.TOMLDocument) -> set[str]:
    """Return the tables that have no header, because dotted keys make them: `limits.sit_soft = "30m"`."""
    return {key.key for key, _ in document.body if key is not None and key.is_dotted()}


def _with_line(text: str, setting: Setting, value: Any) -> str:
    """Return the text with a line for a setting that it does not have."""
    line = f"{setting.line(value)}  {MARK}\n"
    if not setting.table:
        return _at_top(text, line)
    document = tomlkit.parse(text)
    table = document.get(setting.table)
    if table is None:
        return text + ("\n" if text else "") + f"[{setting.table}]\n" + line
    if isinstance(table, InlineTable):
        table[setting.leaf] = setting.type.write(value)
        return tomlkit.dumps(document)
    if not isinstance(table, Table) or setting.table in _dotted(document):
        return _at_top(text, f"{setting.table}.{line}")
    # Comments after the last line are about what follows.
    body, rest = table.value.body, []
    while body and body[-1][0] is None:
        rest.append(body.pop())
    new = tomlkit.item(setting.type.write(value))
    new.trivia.comment_ws, new.trivia.comment, new.trivia.trail = "  ", MARK, "\n"
    table.append(setting.leaf, new)
    body.extend(reversed(rest))
    return tomlkit.dumps(document)


def _at_top(text: str, line: str) -> str:
    head = _HEAD.match(text)
    at = head.end() if head else 0
    return text[:at] + line + text[at:]


def _comments(text: str) -> Iterator[str]:
    return (match[1].rstrip("\r") for match in _TOKENS.finditer(text) if match[1])


def _ensure_only(setting: Setting, value: Any, old: str, new: str) -> None:
    """Raise `NotWritten` unless the texts differ in the value of the setting alone."""
    before, after = _values(old), _values(new)
    before.pop(setting.name, None)
    found = after.pop(setting.name, None)
    same_value = (setting.default if found is None else setting.type.read(found)) == value
    old_comments, new_comments = ([each for each in _comments(text) if each != MARK] for text in (old, new))
    # A line that became a comment has its own comment at its end.
    kept = all(
        sum(new.endswith(comment) for new in new_comments) >= sum(old.endswith(comment) for old in old_comments)
        for comment in set(old_comments)
    )
    if not (same_value and kept and _by_table(before) == _by_table(after)):
        raise NotWritten("it is written in a way that cannot be changed here without a loss")


def _by_table(values: dict[str, Toml]) -> list[tuple[str, Toml]]:
    """Return the values in the order of the file within their table. A dotted key above may change that of tables."""
    return sorted(values.items(), key=lambda entry: entry[0].rpartition(".")[0])


def _values(text: str) -> dict[str, Toml]:
    """Return every value by its name with the table, in the order of the file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    flat = {}
    for key, value in raw.items():
        for leaf, inner in value.items() if isinstance(value, dict) else [("", value)]:
            flat[f"{key}.{leaf}".rstrip(".")] = inner
    return flat


# -- the file ----------------------------------------------------------------------------------------------------------

_Seen = tuple[int, int, int] | None


def _target(path: Path) -> Path:
    """Return the file itself, where the path is a symbolic link."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # a circle of links: OSError from Python 3.13 on
        raise NotWritten(getattr(error, "strerror", None) or "its symbolic link leads to itself") from None


def _state(path: Path) -> _Seen:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read(path: Path) -> tuple[_Seen, str | None]:
    """Return what the file looks like, and its text; both None if there is none.

    A byte order mark is left out, also when the text is written: UTF-8 needs none.
    """
    try:
        seen = _state(path)
        return seen, files.text(path)
    except FileNotFoundError:
        return None, None
    except files.NotUtf8 as error:
        raise wrong_encoding(error, path) from None
    except OSError as error:
        raise _not_written(error) from None


def _checked(text: str, path: Path) -> Config:
    try:
        return parse(text, where=str(path))
    except ConfigError as error:
        raise Refused(error.mistakes) from None


def _write(path: Path, text: str, seen: _Seen) -> bool:
    """Write the file in one step. Returns False, and writes nothing, if it is no longer the one that was `seen`."""
    try:
        path.parent.mkdir(mode=files.DIRECTORY, parents=True, exist_ok=True)
        mode = files.FILE if seen is None else stat.S_IMODE(path.stat().st_mode)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    except OSError as error:
        raise _not_written(error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        if _state(path) != seen:
            return False
        Path(part).replace(path)
    except OSError as error:
        raise _not_written(error) from None
    else:
        return True
    finally:
        Path(part).unlink(missing_ok=True)


def _not_written(error: OSError) -> NotWritten:
    return NotWritten(error.strerror or str(error), error.errno or 0)


def line_of(text: str, name: str) -> int | None:
    """Return the line, from 1, that sets this name in a TOML text; None if none does.

    For mistakes that the parser finds. It reads lines, because a TOML library keeps no line numbers.
    """
    blank = _TOKENS.sub(lambda match: re.sub(r"[^\n]", "_", match[0]) if "\n" in match[0] else match[0], text)
    table = ""
    for number, line in enumerate(blank.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = _plain(header[1])
            if table == name:
                return number
        elif key := re.match(r"\s*([^=#\[]+)=", line):
            full = f"{table}.{_plain(key[1])}".lstrip(".")
            if full == name or (name.startswith(f"{full}.") and "{" in line):
                return number
    return None


def _plain(key: str) -> str:
    """Return a key without the spaces and quotes that TOML allows in it."""
    return re.sub(r"[\s'\"]", "", key)
