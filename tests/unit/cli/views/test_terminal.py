"""The exact pages at several widths, without colour unless asked for."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from slowrise.cli.views.terminal import DayPage, PeriodPage, console_on
from slowrise.cli.views.timeline import Mark
from slowrise.core.metrics.period import period, usual
from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.model.spans import Span, split_by_day
from support.day_strategies import NINE, SUMMER, WINTER, days, spans_of

MONDAY = date(2026, 3, 2)
LINE = "Missed some breaks? That's all right."


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


SPANS = spans_of("?30 a2 s44 a6 s3@0.6 s20 a2.5 s62 a9 s31 a33 u28 s12@0.9 ?20 a7 s51 a4 s22 a20@0.7 s18 a20")
NOTES = [SymptomNote(after(300), "odd-sensation", "left", 3)]
MARKS = [Mark(after(70), "prompt"), Mark(after(170), "prompt"), Mark(after(300), "symptom")]


def summary_of(spans: Sequence[Span], day: date = MONDAY) -> Summary:
    return summarize(spans, day=day, break_min=120.0)


SUMMARY = summarize(SPANS, day=MONDAY, break_min=120.0, prompts={"sit-soft": 2, "summary": 1}, symptoms=NOTES)
PAGE = DayPage(SUMMARY, SPANS, MARKS, LINE)


def printed(page: DayPage | PeriodPage, columns: int | None = None, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console_on(stream, columns).print(page)
    stream.flush()
    return raw.getvalue().decode(encoding)


AT_60 = """\
Monday 2 March 2026
Estimated desk sitting 4 h 27 min (4 h 09 to 4 h 43; seen
6 h 35 min, unknown 20 min).
Sits: 8; breaks of 2 min or more: 6 (1.4 per sitting hour).
Longest sit 1 h 02 min. Sits of 30 min or more: 4
(3 h 08 min); of 1 h or more: 1 (1 h 02 min).
Half of your sitting was in sits longer than 44 min.
Standing (as you told us) 28 min, longest 28 min.
Reminders: 2.
Symptoms logged: odd sensation on the left.

09:00          10:00          11:00          12:00
       ·███████████··█████▄███████████████▄·▄███████▄·······
                 ▵                        ▵
13:00          14:00          15:00          16:00
·▒▒▒▒▒▒▒██▄╌╌╌╌╌·▄████████████·█████▄░░░░░████······
               ✚
█ sitting  ▄ sitting in part  ▒ standing  · away
╌ not recorded  ░ in doubt  ▵ reminder  ✚ symptom

Missed some breaks? That's all right.
"""

AT_80_ASCII = """\
Monday 2 March 2026
Estimated desk sitting 4 h 27 min (4 h 09 to 4 h 43; seen 6 h 35 min, unknown
20 min).
Sits: 8; breaks of 2 min or more: 6 (1.4 per sitting hour).
Longest sit 1 h 02 min. Sits of 30 min or more: 4 (3 h 08 min); of 1 h or more:
1 (1 h 02 min).
Half of your sitting was in sits longer than 44 min.
Standing (as you told us) 28 min, longest 28 min.
Reminders: 2.
Symptoms logged: odd sensation on the left.

09:00        10:00        11:00        12:00        13:00        14:00
      .#########+.+####+############+.+######+.......^^^^^^##~~~~~.###########
               '                    '                            x
15:00        16:00
.####+????####.....
# sitting  + sitting in part  ^ standing  . away  ~ not recorded  ? in doubt
' reminder  x symptom

Missed some breaks? That's all right.
"""

AT_200 = """\
Monday 2 March 2026
Estimated desk sitting 4 h 27 min (4 h 09 to 4 h 43; seen 6 h 35 min, unknown 20 min).
Sits: 8; breaks of 2 min or more: 6 (1.4 per sitting hour).
Longest sit 1 h 02 min. Sits of 30 min or more: 4 (3 h 08 min); of 1 h or more: 1 (1 h 02 min).
Half of your sitting was in sits longer than 44 min.
Standing (as you told us) 28 min, longest 28 min.
Reminders: 2.
Symptoms logged: odd sensation on the left.

09:00           10:00           11:00           12:00           13:00           14:00           15:00           16:00
        ▄███████████▄·░█████▄████████████████··▄████████·········▒▒▒▒▒▒▒███╌╌╌╌╌╌·▄█████████████·██████░░░░░▄████······
                  ▵                          ▵                                  ✚
█ sitting  ▄ sitting in part  ▒ standing  · away  ╌ not recorded  ░ in doubt  ▵ reminder  ✚ symptom

Missed some breaks? That's all right.
"""


WEEK = [
    summary_of(spans_of(text), MONDAY + timedelta(days=index))
    for index, text in enumerate(["s100 a5 s200 a40@0.7 s20", "s30 a5 s10 a100", "?600", "a90", "s400@0.8 a3 s60"])
]


EXACT = PAGE._replace(exact=True)


SHORT_DAY = """\
Monday 2 March 2026
You sat about 4½ hours (4 to 4½) at this computer.
slowrise watched for about 6½ hours; 20 minutes in between
are unknown.
Longest sit: 1 h 02 min.
Breaks of 2 min or more: 6. Sits of 30 min or more: 4.
Standing (as you told us) 28 min, longest 28 min.
Reminders: 2.
Symptoms logged: odd sensation on the left.
"""


def test_a_day_is_short_and_rounded() -> None:
    assert printed(PAGE, 60).split("\n\n")[0] + "\n" == SHORT_DAY


SHORT_WEEK = """\
2 to 6 March 2026
Mon  2 Mar  ████████████████████████████████░░░░            5½ hours
Tue  3 Mar  ████                                            40 minutes ✚ ◆
Wed  4 Mar                                                  nothing recorded ◆
Thu  5 Mar                                                  0 minutes ◆
Fri  6 Mar  ███████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  6½ hours
█ at least  ░ at most  ✚ symptom  ◆ flare-up

You sat about 3 hours a day at this computer.
All in all about 12½ hours (8 to 14½), on 4 days.
Longest sit: about 6½ hours.
Breaks of 2 min or more: 4. Sits of 30 min or more: 5.
Reminders: none.
Symptoms logged: pain on the left.
Flare-up mode was on: 3 to 5 March 2026.

Missed some breaks? That's all right.
"""


def test_a_week_is_short_and_rounded_and_marks_symptoms_and_flare_ups() -> None:
    pain, none = (SymptomNote(after(0), "pain", "left", level) for level in (3, 0))
    monday, tuesday, *rest = WEEK
    days = [
        replace(monday, symptoms=(none,)),
        replace(tuesday, symptoms=(pain,), flare_up=True),
        *(replace(day, flare_up=True) for day in rest[:2]),
        *rest[2:],
    ]
    assert printed(PeriodPage(days, period(days), LINE), 80) == SHORT_WEEK


def test_neighbouring_days_without_a_record_are_one_row() -> None:
    empty = [summary_of((), MONDAY + timedelta(days=day)) for day in range(9)]
    days = [*empty, summary_of(spans_of("s20"), date(2026, 3, 11))]
    _title, first, second, *_ = printed(PeriodPage(days, period(days)), 80).splitlines()
    assert first.split("  ")[0] == "2 Mar to 10 Mar"
    assert second.startswith("Wed 11 Mar")


def test_a_day_at_60_columns() -> None:
    assert printed(EXACT, 60) == AT_60


def test_a_day_at_80_columns_in_ascii() -> None:
    assert printed(EXACT, 80, "ascii") == AT_80_ASCII


def test_a_day_at_200_columns() -> None:
    assert printed(EXACT, 200) == AT_200


def test_a_pipe_is_80_columns_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert printed(PAGE) == printed(PAGE, 80)
    assert "\x1b" not in printed(PAGE)


def test_colour_adds_no_information_to_the_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = printed(PAGE, 80)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = printed(PAGE, 80)
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert "\x1b[31m" not in coloured
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed(PAGE, 80) == plain


WEEK_AT_60 = """\
2 to 6 March 2026
Mon  2 Mar  ████████████░      5 h 32 min (5 h 20 to 6 h)
Tue  3 Mar  █                  40 min
Wed  4 Mar                     nothing recorded
Thu  5 Mar                     0 min
Fri  6 Mar  ████░░░░░░░░░░░░░  6 h 20 min (1 h 47 to 7 h 40)
█ at least  ░ at most

Estimated desk sitting 12 h 32 min (7 h 55 to 14 h 20;
4 days, seen 17 h 43 min, unknown 0 min).
3 h 08 min a day.
Sits: 7; breaks of 2 min or more: 4 (0.3 per sitting hour).
Longest sit 6 h 40 min. Sits of 30 min or more: 5
(13 h 10 min); of 1 h or more: 4 (12 h 40 min).
Half of your sitting was in sits longer than 3 h 20 min.
Reminders: none.
Symptoms logged: none.

Missed some breaks? That's all right.
"""

WEEK_AT_80_ASCII = """\
2 to 6 March 2026
Mon  2 Mar  ##########################---          5 h 32 min (5 h 20 to 6 h)
Tue  3 Mar  ###                                    40 min
Wed  4 Mar                                         nothing recorded
Thu  5 Mar                                         0 min
Fri  6 Mar  #########----------------------------  6 h 20 min (1 h 47 to 7 h 40)
# at least  - at most

Estimated desk sitting 12 h 32 min (7 h 55 to 14 h 20; 4 days, seen 17 h 43 min,
unknown 0 min).
3 h 08 min a day.
Sits: 7; breaks of 2 min or more: 4 (0.3 per sitting hour).
Longest sit 6 h 40 min. Sits of 30 min or more: 5 (13 h 10 min); of 1 h or more:
4 (12 h 40 min).
Half of your sitting was in sits longer than 3 h 20 min.
Reminders: none.
Symptoms logged: none.

Missed some breaks? That's all right.
"""


def test_a_week_at_60_columns() -> None:
    assert printed(PeriodPage(WEEK, period(WEEK), LINE, exact=True), 60) == WEEK_AT_60


def test_a_week_at_80_columns_in_ascii() -> None:
    assert printed(PeriodPage(WEEK, period(WEEK), LINE, exact=True), 80, "ascii") == WEEK_AT_80_ASCII


EMPTY_PAGES: dict[str, tuple[DayPage | PeriodPage, str]] = {
    "a day without a record": (
        DayPage(summary_of(()), ()),
        "not running on this day, or was paused, so nothing is known.",
    ),
    "a day of not recorded time": (DayPage(summary_of(spans_of("?600")), spans_of("?600")), "nothing is known"),
    "a day to come": (DayPage(summary_of((), MONDAY), (), today=MONDAY - timedelta(days=1)), "in the future"),
    "an empty week": (
        PeriodPage([summary_of(())], period([summary_of(())])),
        "nothing is known.",
    ),
}


@pytest.mark.parametrize("name", EMPTY_PAGES)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_page_without_observed_time_has_words_and_no_numbers(name: str, encoding: str) -> None:
    page, expected = EMPTY_PAGES[name]
    text = printed(page, 60, encoding)
    assert expected in text.replace("\n", " ")
    assert " min" not in text
    assert LINE not in text


def test_an_empty_month_is_one_line() -> None:
    month = [summary_of((), MONDAY + timedelta(days=day)) for day in range(30)]
    page = printed(PeriodPage(month, period(month), LINE), 120)
    assert page == ("2 to 31 March 2026: slowrise was not running on these days, or was paused, so nothing is known.\n")


def test_a_day_without_sitting_has_no_sits() -> None:
    text = printed(DayPage(summary_of(spans_of("a90")), spans_of("a90")), 80)
    assert "You did not sit at this computer.\nslowrise watched for about 1 hour 30 minutes.\nReminders" in text


def test_today_is_marked_as_so_far() -> None:
    assert printed(PAGE._replace(today=MONDAY), 80).startswith("Monday 2 March 2026 so far\n")


def test_a_page_shows_the_users_usual_day() -> None:
    usually = usual([summary_of(spans_of("s50 a5 s10 a100"))] * 5)
    text = printed(PAGE._replace(usual=usually), 80)
    assert "On your usual day you sit about 1 hour, and about 50 minutes at the longest\nwithout a break.\n" in text


@pytest.mark.parametrize(
    ("begin", "end", "length"),
    [
        (datetime(2026, 3, 28, 4, tzinfo=WINTER), datetime(2026, 3, 29, 4, tzinfo=SUMMER), "23 h"),
        (datetime(2026, 10, 24, 4, tzinfo=SUMMER), datetime(2026, 10, 25, 4, tzinfo=WINTER), "25 h"),
    ],
)
def test_the_day_of_a_clock_change_has_23_or_25_hours(begin: datetime, end: datetime, length: str) -> None:
    spans = [Span("sitting", begin, end)]
    assert f"seen {length}, unknown" in printed(DayPage(summary_of(spans, begin.date()), spans, exact=True), 80)


def test_a_bout_over_the_days_start_is_on_both_days() -> None:
    spans = spans_of("a5 s60 a5", datetime(2026, 3, 3, 3, 25, tzinfo=WINTER))
    for day, part in split_by_day(spans, 4 * 3600).items():
        assert "Sits: 1; breaks of 2 min or more: 0" in printed(DayPage(summary_of(part, day), part, exact=True), 80)


def test_days_counted_by_different_rules_are_not_added_up() -> None:
    both = [WEEK[0], summarize(spans_of("s20 a5"), day=MONDAY + timedelta(days=1), break_min=180.0)]
    text = printed(PeriodPage(both, period(both)), 80)
    assert "The break rule changed within these days" in text
    assert "Sits:" not in text


@given(days(), st.integers(60, 200), st.sampled_from(["utf-8", "ascii"]))
def test_every_page_fits(spans: tuple[Span, ...], columns: int, encoding: str) -> None:
    split = split_by_day(spans, 4 * 3600)
    summaries = [summary_of(part, day) for day, part in split.items()]
    pages: list[DayPage | PeriodPage] = [
        DayPage(summary, part, MARKS, LINE) for summary, part in zip(summaries, split.values(), strict=True)
    ]
    if summaries:
        pages.append(PeriodPage(summaries, period(summaries), LINE))
    for page in pages:
        lines = printed(page, columns, encoding).splitlines()
        assert max(map(len, lines)) <= columns
        assert lines == [line.rstrip() for line in lines]


def test_no_page_has_a_word_that_blames_or_frightens() -> None:
    usually = usual([summary_of(spans_of("s50 a5 s10 a100"))] * 5)
    pages: list[DayPage | PeriodPage] = [
        PAGE._replace(usual=usually),
        PeriodPage(WEEK, period(WEEK), usual=usually),
        *(page for page, _ in EMPTY_PAGES.values()),
    ]
    unfit = r"\b(sedentary|risks?|danger\w*|damage|calories|percentile|streak|bad|too|only|fail\w*|must)\b|!"
    for page in pages:
        assert not re.search(unfit, printed(page, 80), re.IGNORECASE)


def test_a_terminal_wider_than_200_columns_is_not_filled() -> None:
    assert printed(PAGE, 300) == printed(PAGE, 200)


def test_a_month_of_a_year_leaves_out_the_day_that_is_not_over_as_the_mean_does() -> None:
    tuesday = MONDAY + timedelta(days=1)
    two = [summary_of(spans_of("s120 a5 s120 a5")), summary_of(spans_of("s20 a5", NINE + timedelta(days=1)), tuesday)]
    text = printed(PeriodPage(two, period(two, unfinished=tuesday), by_month=True, today=tuesday), 80)
    assert "  4 hours a day, 1 day\n" in text
    assert "You sat about 4 hours a day at this computer, today not counted." in text
