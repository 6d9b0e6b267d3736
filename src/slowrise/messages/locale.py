"""What the locale says about who reads: the language, and the number to call. Pure: the environment is handed in.

The names are those of POSIX: `ko_KR.UTF-8` is a language, a country and how letters are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ko")
"""In which there is guidance; the first is the one that was checked."""

_EUROPEAN_UNION = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

EMERGENCY_NUMBERS = {
    **dict.fromkeys(_EUROPEAN_UNION, "112"),
    **dict.fromkeys(("CH", "IN", "IS", "LI", "TR", "UA"), "112"),
    **dict.fromkeys(("CA", "MX", "PH", "US"), "911"),
    **dict.fromkeys(("GB", "HK", "MY"), "999"),
    **dict.fromkeys(("JP", "KR", "TW"), "119"),
    "AU": "000",
    "BR": "192",
    "CN": "120",
    "IL": "101",
    "NO": "113",
    "NZ": "111",
    "SG": "995",
}
"""By country, the number for an ambulance, as its authorities publish it. Where we are not sure there is none."""

_NAME = re.compile(r"(?P<language>[a-z]{2,3})(_(?P<country>[A-Z]{2}))?([.@].*)?")


def language(setting: str, environ: Mapping[str, str]) -> str:
    """The language to speak: the one that is set, or else the first of the locale's that there is."""
    if setting != "auto":
        return setting
    names = (found["language"] for found in _names(environ, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name in LANGUAGES), LANGUAGES[0])


def emergency_number(setting: str, environ: Mapping[str, str]) -> str:
    """The number that is set, or else that of the country; empty where it is not known.

    A desktop sets LC_TELEPHONE to the country also for who reads it in another language.
    """
    if setting != "auto":
        return setting
    countries = [found["country"] for found in _names(environ, "LC_ALL", "LC_TELEPHONE", "LANG")]
    return EMERGENCY_NUMBERS.get(countries[0] or "", "") if countries else ""


def _names(environ: Mapping[str, str], *variables: str) -> Iterator[re.Match[str]]:
    """What is named in these variables, in their order. `C` and what is no locale name nothing."""
    for variable in variables:
        for text in environ.get(variable, "").split(":"):
            if found := _NAME.fullmatch(text):
                yield found
