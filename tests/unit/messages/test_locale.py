"""The language and the emergency number of a locale."""

from __future__ import annotations

import pytest

from slowrise.messages.locale import EMERGENCY_NUMBERS, emergency_number, language


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "ko:en"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LANGUAGE": "de:en"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR"}, "ko"),
        ({"LANG": "POSIX", "LC_ALL": ""}, "en"),
    ],
)
def test_auto_takes_the_first_language_there_is(environ: dict[str, str], spoken: str) -> None:
    assert language("auto", environ) == spoken
    assert language("ko", environ) == "ko"


@pytest.mark.parametrize(
    ("environ", "number"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "ko_KR.UTF-8"}, "119"),
        ({"LANG": "en_GB.UTF-8"}, "999"),
        ({"LANG": "en_US.UTF-8", "LC_TELEPHONE": "ko_KR.UTF-8"}, "119"),
        ({"LANG": "en_US.UTF-8", "LC_TELEPHONE": "xx_XX.UTF-8"}, ""),
        ({"LANG": "eo"}, ""),
        ({"LC_ALL": "de_DE@euro", "LANG": "en_US.UTF-8"}, "112"),
    ],
)
def test_auto_takes_the_number_of_the_country_or_none_if_it_is_not_known(environ: dict[str, str], number: str) -> None:
    assert emergency_number("auto", environ) == number
    assert emergency_number("+82 119", environ) == "+82 119"


def test_every_number_is_one() -> None:
    assert all(number.isdecimal() and len(number) == 3 for number in EMERGENCY_NUMBERS.values())
