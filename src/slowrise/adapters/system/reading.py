"""What is read from files as the program starts: the configuration, and what there is to say."""

from __future__ import annotations

import os
from pathlib import Path

from slowrise.adapters.system import files as bounded
from slowrise.adapters.system import resources as shipped
from slowrise.config import config as c
from slowrise.messages import locale as locales
from slowrise.messages.guidance import Guidance
from slowrise.messages.guidance import parse as parse_guidance


def read_config(path: Path) -> c.Config:
    """The configuration in the file; the defaults where there is none. Raises `ConfigError`."""
    try:
        text = bounded.text(path)
    except FileNotFoundError:
        return c.parse("")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise c.ConfigError((c.Mistake("the file", str(reason), "a text file in TOML"),), str(path)) from None
    return c.parse(text, where=str(path))


def read_guidance(wanted: c.Guidance | None = None) -> Guidance:
    """What there is to say, in the language that is wanted; in that of the locale without a wish."""
    wanted = wanted or c.parse("").guidance
    language = locales.language(wanted.language, os.environ)
    translation = "" if language == locales.LANGUAGES[0] else shipped.text(f"config/guidance.{language}.toml")
    number = locales.emergency_number(wanted.emergency_number, os.environ)
    return parse_guidance(shipped.text("config/guidance.en.toml"), translation, emergency_number=number)
