"""The text files that come with the program, `config/...` and `systemd/...`, by their names in the repository."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import slowrise
from slowrise.adapters.system import files
from slowrise.config import config as c
from slowrise.config.parse import ConfigError, Mistake, parse
from slowrise.core.presence.evidence import Table, parse_table
from slowrise.messages import locale
from slowrise.messages.guidance import Guidance
from slowrise.messages.guidance import parse as parse_guidance

_PACKAGE = Path(slowrise.__file__).parent
_WHEEL = _PACKAGE / "data"
_CHECKOUT = _PACKAGE.parent.parent


def text(name: str) -> str:
    """The file's text, from the wheel or else from the checkout, where an editable install finds them as edited.

    Raises `FileNotFoundError` for a name that is not
    """
    return path(name).read_text(encoding="utf-8")


def path(name: str) -> Path:
    """Return the path of a shipped file or directory."""
    return (_WHEEL if _WHEEL.is_dir() else _CHECKOUT) / name


# -- the weights of evidence in force: the shipped table, read once ----------------------------------------------------


@cache
def weights() -> Table:
    """What `config/evidence.toml` holds."""
    return parse_table(text("config/evidence.toml"))


# -- what is read from files as the program starts: the configuration, and what there is to say ------------------------


def read_config(path: Path) -> c.Config:
    """The configuration in the file; the defaults where there is none. Raises `ConfigError`."""
    try:
        text = files.text(path)
    except FileNotFoundError:
        return c.Config()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise ConfigError((Mistake("the file", str(reason), "a text file in TOML"),), str(path)) from None
    return parse(text, where=str(path))


def read_guidance(wanted: c.Guidance | None = None) -> Guidance:
    """What there is to say, in the language that is wanted; in that of the locale without a wish."""
    wanted = wanted or c.Guidance()
    language = locale.language(wanted.language, os.environ)
    translation = "" if language == locale.LANGUAGES[0] else text(f"config/guidance.{language}.toml")
    number = locale.emergency_number(wanted.emergency_number, os.environ)
    return parse_guidance(text("config/guidance.en.toml"), translation, emergency_number=number)
