"""The user's language, from the settings and the locale in the environment.

Locale names are those of POSIX: `ko_KR.UTF-8` is a language, a country and an encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ko")
"""The languages of the guidance. The first is the default. No clinician has checked the translations."""

_NAME = re.compile(r"(?P<language>[a-z]{2,3})(_(?P<country>[A-Z]{2}))?([.@].*)?")


def language(setting: str, environ: Mapping[str, str]) -> str:
    """Return the language that the user set; for `auto`, the first of the locale's languages that is available."""
    if setting != "auto":
        return setting
    names = (found["language"] for found in _names(environ, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name in LANGUAGES), LANGUAGES[0])


def country_in(name: str) -> str:
    """Return the country in the name of a locale; empty if it has none."""
    found = _NAME.fullmatch(name)
    return (found["country"] or "") if found else ""


def _names(environ: Mapping[str, str], *variables: str) -> Iterator[re.Match[str]]:
    """Yield the locales in these variables, in order. `C` and anything that is no locale name are skipped."""
    for variable in variables:
        for text in environ.get(variable, "").split(":"):
            if found := _NAME.fullmatch(text):
                yield found
