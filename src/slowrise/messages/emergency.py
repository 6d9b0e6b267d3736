"""The emergency number of the place where the computer is, and how sure that is.

The place comes from the telephone setting of the locale, then the time zone, then the country of the language: a user
may read the language of another country, and a desktop may have come with the wrong locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from slowrise.messages.locale import country_in

_EUROPEAN_UNION = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

EMERGENCY_NUMBERS = {
    **dict.fromkeys(_EUROPEAN_UNION, "112"),
    **dict.fromkeys(("CH", "IN", "IS", "LI", "TR", "UA"), "112"),
    **dict.fromkeys(("CA", "MX", "PH", "PR", "US"), "911"),
    **dict.fromkeys(("GB", "GG", "HK", "IM", "JE", "MY"), "999"),
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

MOBILE = "112"
"""Every GSM phone treats 112 as an emergency call, in all countries (3GPP TS 22.101, section 10)."""

UK = frozenset({"GB", "GG", "IM", "JE"})
"""Where `GP or 111` means something."""

Source = Literal["setting", "LC_ALL", "LC_TELEPHONE", "time zone", "LANG", "unknown"]


_LANGUAGE: tuple[Source, ...] = ("LC_ALL", "LANG")
"""The variables that name the country of the language."""


class Emergency(msgspec.Struct, frozen=True):
    """Whom to call, and why."""

    number: str = ""
    """Empty if it is not known."""
    mobile: str = ""
    """The number to name beside it, for a user who may be somewhere else."""
    source: Source = "unknown"
    """What the number comes from."""
    country: str = ""
    """The code of the country; empty if unknown, or if the user set the number."""


class Zone(NamedTuple):
    """A time zone and the countries that use it."""

    name: str = ""
    countries: tuple[str, ...] = ()


NO_ZONE = Zone()


def emergency(setting: str, environ: Mapping[str, str], zone: Zone = NO_ZONE) -> Emergency:
    """Return the number that the user set; for `auto`, that of the first source that knows a country.

    112 is named beside it if no other source confirms the country of the language, or if two sources disagree.
    """
    if setting != "auto":
        return Emergency(setting, source="setting")
    found = list(_found(environ, zone))
    if not found:
        return Emergency(mobile=MOBILE)
    source, country = found[0]
    number = EMERGENCY_NUMBERS.get(country, "")
    others = {EMERGENCY_NUMBERS.get(each, "") for _, each in found}
    is_sure = source not in _LANGUAGE and others == {number}
    return Emergency(number, "" if (is_sure and number) or number == MOBILE else MOBILE, source, country)


def _found(environ: Mapping[str, str], zone: Zone) -> list[tuple[Source, str]]:
    """Return each country that a source names, the best source first."""
    found: list[tuple[Source, str]] = []
    if country := country_in(environ.get("LC_TELEPHONE", "")):
        found.append(("LC_TELEPHONE", country))
    found += [("time zone", country) for country in zone.countries]
    # Who sets LC_ALL wants the language of messages, and says nothing of telephones.
    for name in _LANGUAGE:
        if country := country_in(environ.get(name, "")):
            found.append((name, country))
    return found


def zone_of(name: str, table: str, links: str = "") -> Zone:
    """Return the zone of that name with its countries.

    `table`: the text of `zone.tab` or `zone1970.tab`. `links`: the text of `tzdata.zi`, which has the older names.
    """
    names = {name} | {new for new, old in _links(links) if old == name}
    for line in table.splitlines():
        columns = line.split("\t")
        if not line.startswith("#") and len(columns) > 2 and columns[2] in names:  # noqa: PLR2004 - the third column
            return Zone(name, tuple(columns[0].split(",")))
    return Zone(name)


def _links(text: str) -> list[tuple[str, str]]:
    """Return the new and the old name of each zone that was renamed: lines such as `L Asia/Seoul ROK`."""
    return [
        (words[1], words[2])
        for line in text.splitlines()
        if line.startswith("L ") and len(words := line.split()) == 3  # noqa: PLR2004
    ]
