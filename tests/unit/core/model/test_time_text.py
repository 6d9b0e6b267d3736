"""Durations and times: formatted text parses back, and a text that is no duration is refused with an example."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model import time_text
from slowrise.core.model.time_text import TimeTextError

KOREAN = time_text.Units(h="시간", min="분", s="초", to=" ~")
MILLISECONDS = st.integers(min_value=0, max_value=10**9).map(lambda number: number / 1000)


@given(MILLISECONDS)
def test_a_duration_reads_back_as_it_was_written(seconds: float) -> None:
    assert time_text.parse_duration(time_text.format_setting(seconds)) == seconds


@given(MILLISECONDS)
def test_a_setting_in_a_sentence_is_exact(seconds: float) -> None:
    assert time_text.parse_duration(time_text.format_seconds(seconds)) == seconds


@given(MILLISECONDS)
def test_a_measured_length_is_right_to_half_a_minute(seconds: float) -> None:
    assert abs(time_text.parse_duration(time_text.format_duration(seconds)) - seconds) <= (30 if seconds >= 59 else 0.5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("45m", 2700),
        ("1h30m", 5400),
        ("30 min", 1800),
        ("1 h 30 min", 5400),
        ("1H 5S", 3605),
        ("2 hours", 7200),
        ("1.5h", 5400),
        ("0.25s", 0.25),
        ("0s", 0),
    ],
)
def test_durations_people_write(text: str, seconds: float) -> None:
    assert time_text.parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "30", "-5m", "5x", "m", "1m1h", "1m1m", "1h30", "²m", "1e3s", "1_000s", "٣m", "9999999999s"]
)
def test_a_text_that_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TimeTextError) as refused:
        time_text.parse_duration(text)
    assert time_text.parse_duration(refused.value.example.split(",")[0]) > 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 min"), (50, "50 s"), (59.6, "1 min"), (90, "2 min"), (2520, "42 min")),
        *((3599, "1 h"), (3900, "1 h 05 min"), (18600, "5 h 10 min")),
    ],
)
def test_measured_lengths(seconds: float, said: str) -> None:
    assert time_text.format_duration(seconds) == said


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((18600, 17400, 19500), "5 h 10 min (4 h 50 to 5 h 25)"),
        ((2520, 2280, 2700), "42 min (38 to 45)"),
        ((3720, 3300, 4200), "1 h 02 min (55 min to 1 h 10)"),
        ((7200, 7500, 10800), "2 h (2 h 05 to 3 h)"),
        ((60, 40, 130), "1 min (40 s to 2 min)"),
        ((1800, 1795, 1805), "30 min"),
    ],
)
def test_a_range_is_shown_if_its_ends_differ(lengths: tuple[float, float, float], said: str) -> None:
    assert time_text.format_range(*lengths) == said


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((18600, 17400, 19500), "5시간 10분 (4시간 50분 ~ 5시간 25분)"),
        ((2520, 2280, 2700), "42분 (38 ~ 45)"),
        ((3720, 3300, 4200), "1시간 2분 (55분 ~ 1시간 10분)"),
        ((60, 40, 130), "1분 (40초 ~ 2분)"),
        ((1800, 1795, 1805), "30분"),
    ],
)
def test_a_translation_has_its_own_units(lengths: tuple[float, float, float], said: str) -> None:
    assert time_text.format_range(*lengths, KOREAN) == said


def test_an_exact_length_has_the_units_of_a_translation() -> None:
    assert [time_text.format_seconds(seconds, KOREAN) for seconds in (0, 90, 3630)] == ["0초", "1분 30초", "1시간 30초"]


@given(st.integers(min_value=0, max_value=24 * 60 - 1))
def test_a_time_of_day_reads_back(minute: int) -> None:
    assert time_text.parse_time_of_day(time_text.format_time_of_day(minute * 60)) == minute * 60


@pytest.mark.parametrize("text", ["", "24:00", "7", "7:5", "12:60", "-1:00", "12:00:00", "noon"])
def test_a_text_that_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(TimeTextError):
        time_text.parse_time_of_day(text)


NOW = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("00:15", NOW.replace(minute=15)),
        ("00:30", NOW),
        ("23:30", NOW - timedelta(hours=1)),
        ("2026-03-01T14:05", datetime(2026, 3, 1, 14, 5, tzinfo=UTC)),
        ("2026-03-01 14:05+02:00", datetime(2026, 3, 1, 12, 5, tzinfo=UTC)),
        ("2026-03-09T14:05Z", datetime(2026, 3, 9, 14, 5, tzinfo=UTC)),
    ],
)
def test_an_instant_has_a_date_or_is_the_latest_such_time(text: str, label: datetime) -> None:
    assert time_text.parse_instant(text, NOW) == label


def test_a_time_before_the_clocks_changed_has_the_offset_of_then() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    asked = datetime(2026, 3, 29, 9, 0, tzinfo=berlin)
    assert time_text.parse_instant("01:30", asked).utcoffset() == timedelta(hours=1)
    assert time_text.parse_instant("08:30", asked).utcoffset() == timedelta(hours=2)


def test_on_the_night_the_clocks_go_back_a_time_still_to_come_means_yesterday() -> None:
    """At the second 02:10, 02:05 is past; at the first 02:10, 02:30 is not."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 10, tzinfo=berlin)
    assert time_text.parse_instant("02:05", first.replace(fold=1)).date() == first.date()
    assert time_text.parse_instant("02:30", first).date() == first.date() - timedelta(days=1)


@pytest.mark.parametrize("text", ["", "14", "2026-03-01", "tomorrow", "2026-13-01T10:00"])
def test_a_text_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(TimeTextError):
        time_text.parse_instant(text, NOW)


@pytest.mark.parametrize(
    ("now", "begin", "end", "meant"),
    [
        ("13:57", "13:40", None, "02 13:40 02 13:57"),
        ("13:57", "14:30", "14:40", "01 14:30 01 14:40"),
        ("00:30", "23:50", "00:10", "01 23:50 02 00:10"),
        ("23:58", "23:50", "00:10", "01 23:50 02 00:10"),
        ("13:57", "2026-03-01T18:00", "13:00", "01 18:00 02 13:00"),
    ],
)
def test_an_interval_is_between_the_latest_such_times(now: str, begin: str, end: str | None, meant: str) -> None:
    asked = datetime.fromisoformat(f"2026-03-02T{now}Z")
    assert " ".join(f"{at:%d %H:%M}" for at in time_text.parse_interval(begin, end, asked)) == meant


@pytest.mark.parametrize(
    ("now", "begin", "end"),
    [
        ("13:57", "13:50", "13:40"),
        ("13:45", "13:50", "13:40"),
        ("13:48", "13:43", "15:45"),
        ("13:57", "14:30", None),
        ("13:57", "13:50", "13:50"),
    ],
)
def test_swapped_and_future_times_are_no_interval(now: str, begin: str, end: str | None) -> None:
    with pytest.raises(TimeTextError, match="give the dates"):
        time_text.parse_interval(begin, end, datetime.fromisoformat(f"2026-03-02T{now}Z"))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 minutes"),
        (1, "1 second"),
        (50, "50 seconds"),
        (59.6, "1 minute"),
        (1800, "30 minutes"),
        (3600, "1 hour"),
        (3660, "1 hour 1 minute"),
        (7500, "2 hours 5 minutes"),
    ],
)
def test_a_length_in_words(seconds: float, text: str) -> None:
    assert time_text.format_in_words(seconds) == text


@pytest.mark.parametrize(
    ("minutes", "english", "korean"),
    [
        (0, "0 minutes", "0분"),
        (7, "7 minutes", "7분"),
        (58, "1 hour", "1시간"),
        (67, "1 hour 5 minutes", "1시간 5분"),
        (361, "6 hours", "6시간"),
        (376, "6½ hours", "6시간 30분"),
    ],
)
def test_an_estimate_is_rounded_as_people_say_it(minutes: int, english: str, korean: str) -> None:
    assert time_text.format_about(60 * minutes) == english
    assert time_text.format_about(60 * minutes, KOREAN) == korean


@pytest.mark.parametrize(
    ("minutes", "range_"),
    [
        ((361, 323, 398), "6 hours (5½ to 6½)"),
        ((361, 359, 363), "6 hours"),
        ((50, 46, 54), "50 minutes (45 to 55)"),
        ((123, 77, 183), "2 hours (1 hour 15 minutes to 3 hours)"),
        ((100, 60, 150), "1 hour 40 minutes (1 hour to 2½ hours)"),
    ],
)
def test_the_range_of_an_estimate_is_as_short_as_it_can_be(minutes: tuple[float, float, float], range_: str) -> None:
    middle, low, high = (60 * each for each in minutes)
    assert time_text.format_about_range(middle, low, high) == range_
