"""The time zone of this computer and the countries that use it, from the files of the operating system."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from slowrise.adapters.system import files
from slowrise.messages.emergency import Zone, zone_of

DIRECTORIES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where the zones are stored; the same that Python's `zoneinfo` searches."""
LOCALTIME = Path("/etc/localtime")
DEBIAN_NAME = Path("/etc/timezone")
"""The name of the zone in words, where `/etc/localtime` is a copy and not a link."""


def local_zone(environ: Mapping[str, str]) -> Zone:
    """Return the zone of this computer; one without countries if it is unknown, or is none of a country."""
    for name in _names(environ):
        if (zone := _zone(name)).countries:
            return zone
    return Zone()


def _names(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the names that the zone may have: as set, and what the file of that name is a link to."""
    if name := environ.get("TZ", "").removeprefix(":"):
        yield _under(Path(name)) or name
        for directory in DIRECTORIES:
            yield _under(Path(os.path.realpath(f"{directory}/{name}")))
        return
    with suppress(OSError):
        yield _under(LOCALTIME.parent / LOCALTIME.readlink())
    yield _under(Path(os.path.realpath(LOCALTIME)))
    with suppress(OSError, files.NotUtf8):
        yield files.text(DEBIAN_NAME).strip()


def _under(path: Path) -> str:
    """Return the name of the zone whose file this is; empty if it is no such file."""
    whole = os.path.normpath(path)
    return next((whole.removeprefix(f"{each}/") for each in DIRECTORIES if whole.startswith(f"{each}/")), "")


@cache
def _zone(name: str) -> Zone:
    """Return the zone with its countries. `zone.tab` comes first: it has one country for each zone."""
    for directory in map(Path, DIRECTORIES):
        for table in ("zone.tab", "zone1970.tab"):
            text = _text(directory / table)
            if name and text and (zone := zone_of(name, text)).countries:
                return zone
            if name and text and (zone := zone_of(name, text, _text(directory / "tzdata.zi"))).countries:
                return zone
    return Zone(name)


def _text(path: Path) -> str:
    try:
        return files.text(path)
    except (OSError, files.NotUtf8):
        return ""
