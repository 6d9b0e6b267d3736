from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given

from slowrise.adapters.storage.event_codec import CODES, Unreadable, as_read_back, instant, pack, unpack
from slowrise.core.model.events import Event, Idle, QuietUntil
from support.event_strategies import KINDS, as_text, labels, some_event

ONE_O_CLOCK = datetime(2026, 3, 2, 13, 0, 0, 5999, tzinfo=timezone(timedelta(hours=1)))


@given(some_event())
def test_every_event_reads_back_as_it_was_but_for_less_than_a_millisecond(event: Event) -> None:
    assert as_text(as_read_back(event)) == as_text(event)


@given(some_event())
def test_what_was_kept_once_changes_no_more(event: Event) -> None:
    assert as_text(as_read_back(as_read_back(event))) == as_text(event)
    assert pack(as_read_back(event)) == pack(event)


@given(labels, labels)
def test_instants_are_in_the_order_of_the_labels(one: datetime, other: datetime) -> None:
    utc = timezone.utc  # noqa: UP017 - datetime.UTC is the same, and shadows nothing here
    assert (instant(one) - instant(other)) * timedelta(milliseconds=1) == (
        one.astimezone(utc) - timedelta(microseconds=one.microsecond % 1000)
    ) - (other.astimezone(utc) - timedelta(microseconds=other.microsecond % 1000))


def test_every_kind_of_event_has_its_number_and_the_numbers_stay() -> None:
    assert set(CODES) == set(KINDS)
    assert " ".join(str(kind.__struct_config__.tag) for kind in CODES) == (
        "started stopped active idle lull locked unlocked suspended resumed call-started call-ended inhibited"
        " uninhibited standing sitting paused unpaused clock-stepped policy held answered snoozed acknowledged"
        " dismissed symptom flare-up profile clinician drive red-flags notice-stays"
    )


def test_the_usual_event_is_three_small_numbers() -> None:
    midnight = instant(datetime(2026, 3, 2, tzinfo=ONE_O_CLOCK.tzinfo))
    idle = Idle(at=ONE_O_CLOCK, since=ONE_O_CLOCK - timedelta(seconds=15))
    assert pack(idle) == ((midnight, 3600), 13 * 3_600_000 + 5, 3, -15_000)


def test_a_label_without_offset_is_refused_wherever_it_stands() -> None:
    naive = ONE_O_CLOCK.replace(tzinfo=None)
    for event in (Idle(at=naive, since=naive), QuietUntil(at=ONE_O_CLOCK, until=naive)):
        with pytest.raises(ValueError, match="no offset"):
            pack(event)


@pytest.mark.parametrize(
    "row",
    [
        (0, 0, 0, 99, None),  # a kind that is not
        (0, 0, 0, 2, 5),  # a second label where there is none
        (0, 0, 0, 3, None),  # idle since never
        (0, 0, 0, 3, '{"since": 5}'),
        (0, 0, 0, 3, '{"since": '),
        (0, 0, 0, 3, '{"since": "2026-03-02T08:00:00+01:00", "title": "x"}'),
        (10**17, 0, 0, 2, None),
        (0, 10**6, 0, 2, None),
        (0, 0, "x", 2, None),
        (0, 0, 0, 2, b"x"),
    ],
)
def test_what_is_no_event_is_named_unreadable(row: tuple[int, int, int, int, str | None]) -> None:
    with pytest.raises(Unreadable):
        unpack(*row)
