"""The user's language and emergency number, from the settings and the locale in the environment.

Locale names are those of POSIX: `ko_KR.UTF-8` is a language, a country and an encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ko")
"""The languages of the guidance. The first is the default and the only one that was checked."""

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
"""The ambulance number of each country, as its authorities publish it. Numbers that we are not sure of are left out."""

_NAME = re.compile(r"(?P<language>[a-z]{2,3})(_(?P<country>[A-Z]{2}))?([.@].*)?")


def language(setting: str, environ: Mapping[str, str]) -> str:
    """Return the language that the user set; for `auto`, the first of the locale's languages that is available."""
    if setting != "auto":
        return setting
    names = (found["language"] for found in _names(environ, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name in LANGUAGES), LANGUAGES[0])


def emergency_number(setting: str, environ: Mapping[str, str]) -> str:
    """Return the number that the user set; for `auto`, the number of the country, or empty if it is not known.

    LC_TELEPHONE comes before LANG: the user may read in the language of another country.
    """
    if setting != "auto":
        return setting
    countries = [found["country"] for found in _names(environ, "LC_ALL", "LC_TELEPHONE", "LANG")]
    return EMERGENCY_NUMBERS.get(countries[0] or "", "") if countries else ""


def _names(environ: Mapping[str, str], *variables: str) -> Iterator[re.Match[str]]:
    """Yield the locales in these variables, in order. `C` and anything that is no locale name are skipped."""
    for variable in variables:
        for text in environ.get(variable, "").split(":"):
            if found := _NAME.fullmatch(text):
                yield found
