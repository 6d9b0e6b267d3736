"""What is read from files as the program starts: the configuration, and what there is to say."""

from __future__ import annotations

from pathlib import Path

from slowrise import config as c
from slowrise import shipped
from slowrise.guidance import Guidance
from slowrise.guidance import parse as parse_guidance


def read_config(path: Path) -> c.Config:
    """The configuration in the file; the defaults where there is none. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return c.parse("")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise c.ConfigError((c.Mistake("the file", str(reason), "a text file in TOML"),), str(path)) from None
    return c.parse(text, where=str(path))


def read_guidance() -> Guidance:
    """What there is to say."""
    return parse_guidance(shipped.text("config/guidance.en.toml"))
