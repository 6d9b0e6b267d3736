"""The texts that the program reads when it starts: the files shipped with it, and the user's configuration."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import slowrise
from slowrise.adapters.system import files
from slowrise.adapters.system.time_zone import local_zone
from slowrise.config import config as c
from slowrise.config.parse import ConfigError, Mistake, parse
from slowrise.core.presence.evidence_table import Table, parse_table
from slowrise.messages import locale
from slowrise.messages.emergency import emergency
from slowrise.messages.guidance import Guidance
from slowrise.messages.guidance import parse as parse_guidance

_PACKAGE = Path(slowrise.__file__).parent
_WHEEL = _PACKAGE / "data"
_CHECKOUT = _PACKAGE.parent.parent


def path(name: str) -> Path:
    """Return the path of a shipped file or directory; `name` is its path in the repository, such as `config/...`.

    A wheel has its own copies. An editable install uses the files of the checkout, edited or not.
    """
    return (_WHEEL if _WHEEL.is_dir() else _CHECKOUT) / name


def text(name: str) -> str:
    """Return the text of a shipped file. Raises `FileNotFoundError`."""
    return path(name).read_text(encoding="utf-8")


@cache
def weights() -> Table:
    """Return the weights of evidence in `config/evidence.toml`, which is read once."""
    return parse_table(text("config/evidence.toml"))


def read_config(path: Path) -> c.Config:
    """Return the configuration in a file, or the defaults if there is no file. Raises `ConfigError`."""
    try:
        content = files.text(path)
    except FileNotFoundError:
        return c.Config()
    except files.NotUtf8 as error:
        raise wrong_encoding(error, path) from None
    except OSError as error:
        raise ConfigError((Mistake("the file", files.reason(error), "a text file in TOML"),), str(path)) from None
    return parse(content, where=str(path))


def wrong_encoding(error: files.NotUtf8, path: Path) -> ConfigError:
    """Return what is wrong with a configuration that is not UTF-8."""
    if error.place:
        return ConfigError((Mistake(error.place, error.wrong, 'sit_soft = "30m"'),), str(path))
    return ConfigError((Mistake("the file", error.wrong, "a text file in TOML"),), str(path))


def read_guidance(wanted: c.GuidanceSettings | None = None) -> Guidance:
    """Return all sentences for the user, in the configured language or else in that of the locale."""
    wanted = wanted or c.GuidanceSettings()
    language = locale.language(wanted.language, os.environ)
    translation = "" if language == locale.LANGUAGES[0] else text(f"config/guidance.{language}.toml")
    call = emergency(wanted.emergency_number, os.environ, local_zone(os.environ))
    return parse_guidance(text("config/guidance.en.toml"), translation, emergency=call)
