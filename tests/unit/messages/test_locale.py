"""The language of a locale."""

from __future__ import annotations

import pytest

from slowrise.messages.locale import language


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
