"""The emergency number follows the place; where that is not sure, 112 stands beside it."""

from __future__ import annotations

import pytest

from slowrise.messages.emergency import EMERGENCY_NUMBERS, Emergency, Zone, emergency, zone_of

SEOUL, LONDON, UTC = Zone("Asia/Seoul", ("KR",)), Zone("Europe/London", ("GB", "GG")), Zone("Etc/UTC")
SINGAPORE = Zone("Asia/Singapore", ("SG", "AQ", "MY"))
NOWHERE = Zone()


@pytest.mark.parametrize(
    ("environ", "zone", "number", "mobile", "source"),
    [
        ({}, NOWHERE, "", "112", "unknown"),
        ({"LANG": "C.UTF-8"}, UTC, "", "112", "unknown"),
        ({"LANG": "eo"}, NOWHERE, "", "112", "unknown"),
        # the telephone setting of the locale
        ({"LANG": "en_US.UTF-8", "LC_TELEPHONE": "ko_KR.UTF-8"}, NOWHERE, "119", "112", "LC_TELEPHONE"),
        ({"LC_TELEPHONE": "ko_KR.UTF-8"}, NOWHERE, "119", "", "LC_TELEPHONE"),
        ({"LANG": "en_US.UTF-8", "LC_TELEPHONE": "xx_XX.UTF-8"}, NOWHERE, "", "112", "LC_TELEPHONE"),
        ({"LC_ALL": "en_US.UTF-8", "LC_TELEPHONE": "ko_KR.UTF-8"}, NOWHERE, "119", "112", "LC_TELEPHONE"),
        ({"LC_ALL": "C", "LC_TELEPHONE": "ko_KR.UTF-8"}, SEOUL, "119", "", "LC_TELEPHONE"),
        # the time zone
        ({"LANG": "en_US.UTF-8"}, SEOUL, "119", "112", "time zone"),
        ({"LC_ALL": "en_US.UTF-8"}, SEOUL, "119", "112", "time zone"),
        ({"LANG": "C.UTF-8"}, SEOUL, "119", "", "time zone"),
        ({"LANG": "ko_KR.UTF-8"}, SEOUL, "119", "", "time zone"),
        ({"LANG": "en_GB.UTF-8"}, LONDON, "999", "", "time zone"),
        ({"LANG": "en_SG.UTF-8"}, SINGAPORE, "995", "112", "time zone"),
        ({"LC_TELEPHONE": "ko_KR.UTF-8"}, LONDON, "119", "112", "LC_TELEPHONE"),
        # the country of the language alone is no proof
        ({"LANG": "ko_KR.UTF-8"}, UTC, "119", "112", "LANG"),
        ({"LC_ALL": "ko_KR.UTF-8", "LANG": "C"}, UTC, "119", "112", "LC_ALL"),
        ({"LANG": "de_DE.UTF-8"}, UTC, "112", "", "LANG"),
    ],
)
def test_the_number_is_that_of_the_place_with_112_beside_it_where_unsure(
    environ: dict[str, str], zone: Zone, number: str, mobile: str, source: str
) -> None:
    found = emergency("auto", environ, zone)
    assert (found.number, found.mobile, found.source) == (number, mobile, source)
    assert emergency("+82 119", environ, zone) == Emergency("+82 119", source="setting")


def test_every_number_is_one() -> None:
    assert all(number.isdecimal() and len(number) == 3 for number in EMERGENCY_NUMBERS.values())


TABLE = """\
# comment\tof four\tcolumns\tand more
KR\t+3733+12658\tAsia/Seoul
US\t+404251-0740023\tAmerica/New_York\tEastern (most areas)
SG,AQ,MY\t+0117+10351\tAsia/Singapore\tpeninsular Malaysia
"""
LINKS = "# version 2026a\nR K 1948 o - Jun 1 0 1 D\nL Asia/Seoul ROK\nL America/New_York US/Eastern\n"


@pytest.mark.parametrize(
    ("name", "countries"),
    [
        ("Asia/Seoul", ("KR",)),
        ("ROK", ("KR",)),
        ("US/Eastern", ("US",)),
        ("Asia/Singapore", ("SG", "AQ", "MY")),
        ("Etc/UTC", ()),
        ("columns", ()),
        ("", ()),
    ],
)
def test_a_zone_by_its_new_or_old_name_belongs_to_its_countries(name: str, countries: tuple[str, ...]) -> None:
    assert zone_of(name, TABLE, LINKS) == Zone(name, countries)


def test_a_table_that_is_cut_off_names_no_country() -> None:
    assert zone_of("Asia/Seoul", "KR\t+3733", "L Asia/Seoul\nL") == Zone("Asia/Seoul")
