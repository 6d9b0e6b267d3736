"""What every ledger does: in memory, on disk, and with a buffer before the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.storage.buffered import BufferedLedger
from slowrise.adapters.storage.event_codec import instant
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import (
    Active,
    Answered,
    Clinician,
    ClockStepped,
    Event,
    FlareUp,
    Idle,
    ProfileChosen,
    Started,
    Symptom,
)
from slowrise.ports.ledger import Archive, KeptDay, LedgerFailed
from support.event_strategies import as_text, labels, some_event

Made = Callable[[], AbstractContextManager[Archive]]

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def events_of(ledger: Archive) -> list[Event]:
    """All events, in order."""
    return [event for _, event in ledger.events_after(0)]


def texts(events: Iterable[Event]) -> list[dict[str, object]]:
    return [as_text(event) for event in events]


@contextmanager
def in_memory() -> Iterator[Archive]:
    with closing(SqliteLedger.in_memory()) as ledger:
        yield ledger


@contextmanager
def on_disk() -> Iterator[Archive]:
    with tempfile.TemporaryDirectory() as directory:
        ledger = SqliteLedger(Path(directory) / "ledger.sqlite3")
        yield ledger
        ledger.close()


@contextmanager
def buffered() -> Iterator[Archive]:
    with on_disk() as disk:
        yield BufferedLedger(lambda: disk, now=lambda: 0.0, say=pytest.fail)


@pytest.fixture(params=[in_memory, on_disk, buffered])
def ledger(request: pytest.FixtureRequest) -> Iterator[Archive]:
    with request.param() as made:
        yield made


@pytest.fixture(params=[in_memory, on_disk])
def sqlite(request: pytest.FixtureRequest) -> Iterator[SqliteLedger]:
    """What only commands use: reading between two times, counting, and deleting everything."""
    with request.param() as made:
        yield made


@given(
    made=st.sampled_from([in_memory, on_disk, buffered]),
    events=st.lists(some_event(), max_size=12),
    begin=st.none() | labels,
    end=st.none() | labels,
)
def test_what_was_appended_comes_back_in_order(
    made: Made, events: list[Event], begin: datetime | None, end: datetime | None
) -> None:
    with made() as ledger:
        for event in events[:3]:
            ledger.append(event)
        ledger.append_all(events[3:])
        assert texts(events_of(ledger)) == texts(events)
        if isinstance(ledger, SqliteLedger):
            first = instant(begin or min((event.at for event in events), default=NOON))
            beyond = instant(end) if end else float("inf")
            between = [event for event in events if first <= instant(event.at) < beyond]
            assert texts(ledger.events(begin, end)) == texts(between)


def test_a_ledger_just_made_is_empty(ledger: Archive) -> None:
    assert events_of(ledger) == []
    assert ledger.last_sign() is None
    assert ledger.last_row() == 0
    assert ledger.noted("pause-until") is None
    assert ledger.checkpoint() is None


def test_a_range_has_its_beginning_and_not_its_end(sqlite: SqliteLedger) -> None:
    events = [Active(at=at(hours)) for hours in (0, 1, 2, 3)]
    sqlite.append_all(events)
    assert list(sqlite.events(at(1), at(3))) == events[1:3]


def test_a_range_means_the_same_in_every_zone(sqlite: SqliteLedger) -> None:
    tokyo = timezone(timedelta(hours=9))
    events = [Active(at=at(0)), Active(at=at(1).astimezone(tokyo)), Active(at=at(2))]
    sqlite.append_all(events)
    assert texts(sqlite.events(at(1).astimezone(timezone.utc), at(2))) == texts(events[1:2])  # noqa: UP017


def test_a_clock_set_back_changes_no_order(sqlite: SqliteLedger) -> None:
    """The label goes back by a day, over midnight and again; a range still has its events as they came."""
    events: list[Event] = [
        Active(at=at(0)),
        ClockStepped(at=at(-24), by=-86400.0),
        Active(at=at(-23)),
        ClockStepped(at=at(2), by=90000.0),
        Active(at=at(3)),
        Active(at=datetime(1970, 1, 1, tzinfo=NOON.tzinfo)),
        Active(at=at(1)),
    ]
    sqlite.append_all(events)
    assert list(sqlite.events()) == events
    assert list(sqlite.events(at(-1), at(4))) == [events[index] for index in (0, 3, 4, 6)]


def test_a_refused_batch_leaves_nothing(ledger: Archive) -> None:
    with pytest.raises(ValueError, match="no offset"):
        ledger.append_all([Active(at=NOON), Active(at=NOON.replace(tzinfo=None))])
    assert events_of(ledger) == []
    ledger.append(Active(at=NOON))
    assert ledger.last_row() == 1


def test_the_last_sign_is_the_later_of_beat_and_event(ledger: Archive) -> None:
    ledger.beat(at(1))
    assert ledger.last_sign() == at(1)
    ledger.append(Active(at=at(0)))
    assert ledger.last_sign() == at(1)
    ledger.append(Idle(at=at(2), since=at(1)))
    assert ledger.last_sign() == at(2)
    ledger.beat(at(3))
    ledger.beat(at(4))
    assert ledger.last_sign() == at(4)


def test_a_beat_after_the_clock_was_set_back_takes_the_place_of_the_one_before(ledger: Archive) -> None:
    ledger.beat(at(5))
    ledger.beat(at(1))
    assert ledger.last_sign() == at(1)


def test_rows_are_numbered_as_appended(ledger: Archive) -> None:
    events = [Active(at=at(hours)) for hours in (0, 30, 10)]
    ledger.append_all(events)
    assert list(ledger.events_after(1)) == [(2, events[1]), (3, events[2])]
    assert ledger.last_row() == 3
    assert list(ledger.events_after(3)) == []


def test_a_note_is_overwritten(ledger: Archive) -> None:
    ledger.note("pause-until", "12:00")
    ledger.note("pause-until", "13:00")
    ledger.note("greeted", "yes")
    assert (ledger.noted("pause-until"), ledger.noted("greeted")) == ("13:00", "yes")


def test_only_the_newest_checkpoint_is_kept(ledger: Archive) -> None:
    ledger.append_all([Active(at=at(hours)) for hours in (0, 24, 48)])
    ledger.save_checkpoint(0, b"nothing yet")
    assert ledger.checkpoint() == (0, b"nothing yet")
    ledger.save_checkpoint(2, b"two")
    assert ledger.checkpoint() == (2, b"two")
    assert ledger.last_row() == 3


def test_counts_tell_how_many_of_each(sqlite: SqliteLedger) -> None:
    sqlite.append_all([Started(at=at(0)), Active(at=at(1)), Active(at=at(2))])
    sqlite.append(Symptom(at=at(3), kind="pain", side="left", level=3))
    assert sqlite.counts() == {"started": 1, "active": 2, "symptom": 1}


def test_health_notes_are_found_among_all_else_and_in_order(ledger: Archive) -> None:
    notes: list[Event] = [
        Symptom(at=at(3), kind="pain", side="left", level=3),
        FlareUp(at=at(40), on=True),
        Clinician(at=at(41), knows="history"),
        ProfileChosen(at=at(30), name="standard"),
    ]
    ledger.append_all([event for note in notes for event in (Active(at=note.at), note)])
    assert list(ledger.health()) == notes


def test_deleting_before_leaves_the_rest_as_it_was(ledger: Archive) -> None:
    events = [Active(at=at(hours)) for hours in (0, 1, 30, 2, 50)]
    ledger.append_all(events)
    ledger.beat(at(1))
    ledger.note("greeted", "yes")
    ledger.save_checkpoint(1, b"one")
    ledger.delete_before(at(2))
    assert events_of(ledger) == events[2:]
    if isinstance(ledger, SqliteLedger):
        assert list(ledger.events(at(2), at(31))) == events[2:4]
    assert ledger.checkpoint() is None
    assert ledger.noted("greeted") == "yes"
    ledger.append(Active(at=at(51)))
    assert [event.at for event in events_of(ledger)] == [at(hours) for hours in (30, 2, 50, 51)]
    assert ledger.last_sign() == at(51)


def test_deleting_before_takes_an_old_beat_and_leaves_a_new_one(ledger: Archive) -> None:
    ledger.append(Active(at=at(0)))
    ledger.beat(at(4))
    ledger.delete_before(at(3))
    assert ledger.last_sign() == at(4)
    ledger.delete_before(at(5))
    assert ledger.last_sign() is None


def test_after_deleting_all_a_ledger_is_as_if_just_made(sqlite: SqliteLedger) -> None:
    sqlite.append_all([Active(at=at(0)), Active(at=at(30))])
    sqlite.beat(at(40))
    sqlite.note("pause-until", "12:00")
    sqlite.save_checkpoint(1, b"one")
    sqlite.delete_all()
    assert sqlite.counts() == {}
    test_a_ledger_just_made_is_empty(sqlite)
    sqlite.append(Active(at=at(1)))
    assert list(sqlite.events_after(0)) == [(1, Active(at=at(1)))]


def test_a_closed_ledger_says_so(sqlite: SqliteLedger) -> None:
    sqlite.append(Active(at=NOON))
    sqlite.close()
    for refused in (
        lambda: sqlite.append(Active(at=NOON)),
        lambda: sqlite.beat(NOON),
        lambda: list(sqlite.events()),
        sqlite.last_sign,
        sqlite.last_row,
        sqlite.counts,
        lambda: sqlite.note("greeted", "yes"),
        lambda: sqlite.noted("greeted"),
        sqlite.checkpoint,
        sqlite.delete_all,
    ):
        with pytest.raises(LedgerFailed, match="closed"):
            refused()


def kept_day(day: str, row: int) -> KeptDay:
    return KeptDay(day, row, "these rules", b"numbers", b"record")


def test_what_was_concluded_of_days_is_found_by_day(ledger: Archive) -> None:
    ledger.append(Active(at=at(0)))
    ledger.save_days([kept_day("2026-03-04", 1), kept_day("2026-03-02", 1), kept_day("2026-03-03", 1)])
    ledger.save_days([kept_day("2026-03-03", 2)])
    assert list(ledger.days("2026-03-03", "2026-03-09", whole=True)) == [
        kept_day("2026-03-03", 2),
        kept_day("2026-03-04", 1),
    ]
    assert [day.record for day in ledger.days("2026-03-02", "2026-03-03", whole=False)] == [b"", b""]


def test_what_is_deleted_is_not_remembered_as_a_day(ledger: Archive) -> None:
    with_a_day(ledger)
    ledger.delete_before(at(2))
    assert ledger.checkpoint() is None
    assert list(ledger.days("2026-03-02", "2026-03-02", whole=True)) == []


def test_after_deleting_all_no_day_is_remembered(sqlite: SqliteLedger) -> None:
    with_a_day(sqlite)
    sqlite.delete_all()
    assert sqlite.checkpoint() is None
    assert list(sqlite.days("2026-03-02", "2026-03-02", whole=True)) == []


def with_a_day(ledger: Archive) -> None:
    ledger.append_all([Active(at=at(0)), Active(at=at(3))])
    ledger.save_days([kept_day("2026-03-02", 2)])
    ledger.save_checkpoint(1, b"state")


def test_turns_begin_with_the_start_of_the_run(ledger: Archive) -> None:
    turns = [
        Started(at=at(0)),
        ClockStepped(at=at(2), by=5.0),
        Started(at=at(3)),
        Answered(at=at(5), from_=at(3), to=at(4), was="away"),
    ]
    first, step, second, answer = turns
    ledger.append_all([first, Active(at=at(1)), step, second, Active(at=at(4)), answer])
    assert list(ledger.retroactive_events_after(0)) == [(1, first), (3, step), (4, second), (6, answer)]
    assert list(ledger.retroactive_events_after(2)) == list(ledger.retroactive_events_after(0))
    assert (
        list(ledger.retroactive_events_after(4))
        == list(ledger.retroactive_events_after(6))
        == [(4, second), (6, answer)]
    )


def test_the_first_label_is_the_earliest_within_a_day(ledger: Archive) -> None:
    assert ledger.first_label() is None
    ledger.append_all([Active(at=at(30)), Active(at=at(2)), Active(at=at(50))])
    first = ledger.first_label()
    assert first is not None
    assert at(2) - timedelta(days=1) < first <= at(2)
