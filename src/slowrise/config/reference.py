"""The text of `config/slowrise.toml`: every setting with its default, range and reason."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from slowrise.config.config import SETTINGS, Setting

WIDTH = 110
"""Characters in a line of explanation, without the `# ` before it."""

_HEAD = """\
# slowrise: every setting with its default. To change one, copy its line to ~/.config/slowrise/slowrise.toml, below its
# [table] and without the # in front. Write durations as 90s, 45m, 1h30m or 30 min, and times of day as 14:05.
# You may leave the advised range; slowrise then warns you. `slowrise config check` lists the mistakes in your file.
# A limit in your file holds under every profile, so set only the limits you mean.
"""


def reference() -> str:
    """Return the file. Every setting is commented out, so that the file as it stands changes nothing."""
    parts = [_HEAD]
    table = ""
    for setting in SETTINGS:
        if setting.table != table:
            table = setting.table
            parts.append(f"\n[{table}]\n")
        parts.append("\n" + "".join(f"# {line}\n" for line in _explained(setting)))
        parts.append(f"#{setting.default_line}\n")
    return "".join(parts)


def _explained(setting: Setting) -> Iterator[str]:
    text, _, example = setting.meaning.partition("\n\n")
    yield from wrap(text, WIDTH)
    yield from example.splitlines()
    if setting.reason:
        yield from wrap(f"Why: {setting.reason}", WIDTH)
    if setting.type.names:
        yield f"One of {', '.join(setting.type.names)}."
    if setting.advised:
        yield f"Advised: {setting.advised_range}."
    if setting.example is not None:
        yield f"For example: {setting.accepted_line}"
    if setting.by_profile:
        yield f"By profile: {setting.profiles}."
