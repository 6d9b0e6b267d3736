"""The pages of a day and of several days in Korean: no English left, and columns that align."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from slowrise.cli.views import i18n
from slowrise.cli.views.terminal import DayPage, PeriodPage, console_on
from slowrise.cli.views.timeline import Mark
from slowrise.cli.views.wrap import cells
from slowrise.core.metrics.period import period
from slowrise.core.metrics.summary import SymptomNote, summarize
from support.day_strategies import NINE, spans_of

MONDAY = date(2026, 3, 2)
SPANS = spans_of("?30 a2 s44 a6 s3@0.6 s20 a2.5 s62 a9 s31 a33 u28 s12@0.9 ?20 a7 s51 a4 s22 a20@0.7 s18 a20")
NOTES = [SymptomNote(NINE, "odd-sensation", "both", 3)]
DAY = summarize(SPANS, day=MONDAY, break_min=120.0, prompts={"sit-soft": 2}, symptoms=NOTES)
NOTHING = summarize((), day=MONDAY + timedelta(days=1), break_min=120.0)


@pytest.fixture(autouse=True)
def korean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "ko")
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    i18n.language.cache_clear()
    yield
    i18n.language.cache_clear()


def printed(page: DayPage | PeriodPage, columns: int) -> list[str]:
    stream = io.StringIO()
    console_on(stream, columns).print(page)
    return stream.getvalue().splitlines()


PAGES: dict[str, DayPage | PeriodPage] = {
    "day": DayPage(DAY, SPANS, [Mark(NINE, "prompt")], today=MONDAY),
    "nothing": DayPage(NOTHING, ()),
    "period": PeriodPage([DAY, NOTHING], period([DAY, NOTHING])),
    "months": PeriodPage([DAY, NOTHING], period([DAY, NOTHING]), by_month=True),
    "empty period": PeriodPage([NOTHING], period([NOTHING])),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_nothing_is_left_in_english_and_every_line_fits(name: str, columns: int) -> None:
    lines = printed(PAGES[name], columns)
    assert re.findall("[A-Za-z]+", "\n".join(lines).replace("slowrise", "")) == []
    assert [line for line in lines if cells(line) > columns] == []


def test_the_names_of_the_days_are_korean() -> None:
    assert printed(PAGES["day"], 80)[0] == "2026년 3월 2일 월요일, 지금까지"
    assert printed(PAGES["period"], 80)[0] == "2026년 3월 2일 ~ 3일"


def test_a_report_may_be_in_another_language() -> None:
    with i18n.in_language("en"):
        assert printed(PAGES["period"], 80)[0] == "2 to 3 March 2026"
    assert printed(PAGES["period"], 80)[0] == "2026년 3월 2일 ~ 3일"
