"""Days from the ledger are the days of a replay, whatever the cache held before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.metrics.day_record import DayRecord, packed, unpacked
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model import events as e
from slowrise.core.model.spans import split_by_day
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.days import Days, keep_in
from slowrise.history.rebuild import DayRebuilder
from slowrise.history.replay import replay
from support import ledgers

CONFIG = parse("")
HOME = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


class Life:
    """Events of a person at a desk; the same seed gives the same events."""

    def __init__(self, seed: int, begin: datetime) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a life, not a secret
        self.now = begin.timestamp()
        self.events: list[e.Event] = []

    @property
    def at(self) -> datetime:
        local = datetime.fromtimestamp(self.now, HOME)
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))

    def emit(self, event: e.Event) -> None:
        self.events.append(event)

    def wait_until(self, day: date, hour: float) -> None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=HOME).timestamp()
        self.now = max(self.now, midnight + hour * 3600)

    def work(self, hours: float) -> None:
        """Add input with short and long silences; it ends in a silence."""
        end = self.now + hours * 3600
        while self.now < end:
            self.emit(e.Active(at=self.at))
            self.now += self.random.choice([0.4, 30, 300, 900])
            since = self.at
            self.now += 15
            self.emit(e.Idle(at=self.at, since=since))
            self.now += self.random.choice([10, 60, 200, 600, 1500])

    def day(self, day: date, *, starts: bool = True, stops: bool = True, hours: float = 3) -> None:
        self.wait_until(day, 9)
        if starts:
            self.emit(e.Started(at=self.at))
            self.emit(e.PolicyChanged(at=self.at, settings={}))
        self.work(hours)
        if stops:
            self.emit(e.Stopped(at=self.at))


def day_after(day: date, number: int) -> date:
    return day + timedelta(days=number)


def told_again(events: Sequence[e.Event]) -> dict[date, Summary]:
    return {summary.day: summary for summary in replay(events, weights(), CONFIG).days}


def plain(record: DayRecord) -> object:
    """Write out every timestamp: two that differ only in their zone are equal otherwise."""
    return as_json(record.summary), [str(each) for each in (*record.spans, *record.prompts)]


class Store:
    """A ledger in memory with a day cache; `told` lists the days that were rebuilt."""

    def __init__(self, events: Sequence[e.Event] = ()) -> None:
        self.ledger = ledgers.in_memory()
        self.ledger.append_all(events)
        self.told: list[date] = []

    def between(self, first: date, last: date, now: datetime) -> dict[date, DayRecord]:
        self.told = []
        days = Days(self.ledger, CONFIG, weights(), now, keep=partial(keep_in, self.ledger), progress=self.told.append)
        return {record.summary.day: record for record in days.between(first, last)}


def life_of_three_weeks(seed: int) -> Life:
    """A daemon that runs over a weekend, a night of work, standing that ends the next day, and the change to DST."""
    life = Life(seed, datetime(2026, 3, 16, 6, tzinfo=HOME))
    first = date(2026, 3, 16)
    for number in range(21):
        day = day_after(first, number)
        match number:
            case 4:
                life.day(day, stops=False)
            case 5 | 6 | 15:
                continue
            case 7:
                life.day(day, starts=False)
            case 9:
                life.day(day, hours=20)
            case 10:
                life.wait_until(day, 14)
                life.day(day, stops=False)
                life.emit(e.StandingDeclared(at=life.at))
                life.work(3)
                life.emit(e.Stopped(at=life.at))
            case 11:
                life.wait_until(day, 9)
                life.emit(e.Started(at=life.at))
                life.emit(e.SittingDeclared(at=life.at))
                life.work(2)
                life.emit(e.Symptom(at=life.at, kind="pain", side="left", level=4))
            case 12:
                life.day(day)
                begin, end = life.at - timedelta(hours=1, days=1), life.at - timedelta(days=1)
                life.emit(e.Answered(at=life.at, from_=begin, to=end, was="sitting"))
            case _:
                life.day(day)
    return life


@pytest.mark.parametrize("seed", range(4))
def test_they_are_those_of_a_replay_whether_kept_or_told_again(seed: int) -> None:
    life = life_of_three_weeks(seed)
    expected = told_again(life.events)
    store = Store(life.events)
    first, last, now = date(2026, 3, 16), date(2026, 4, 5), life.at
    told = store.between(first, last, now)
    assert {day: told[day].summary for day in expected} == expected
    assert len(store.told) == 21
    parts = split_by_day(replay(life.events, weights(), CONFIG).spans, CONFIG.day_starts)
    assert {day: told[day].spans for day in parts} == parts
    kept = store.between(first, last, now)
    assert {day: plain(kept[day]) for day in kept} == {day: plain(told[day]) for day in told}
    assert store.told == [last]  # today is never cached


@pytest.mark.parametrize("seed", range(3))
def test_days_read_as_life_goes_on_end_up_the_same(seed: int) -> None:
    """Reading the days every few hundred events does not change what they become."""
    life = life_of_three_weeks(seed)
    store = Store()
    first, last = date(2026, 3, 16), date(2026, 4, 5)
    place = 0
    while place < len(life.events):
        step = life.random.randrange(1, 300)
        store.ledger.append_all(life.events[place : place + step])
        place += step
        store.between(first, last, list(store.ledger.events())[-1].at)
    found = store.between(first, last, life.at)
    expected = told_again(life.events)
    assert {day: as_json(found[day].summary) for day in expected} == {day: as_json(expected[day]) for day in expected}


def a_week() -> Life:
    life = Life(7, datetime(2026, 3, 2, 6, tzinfo=HOME))
    for number in range(5):
        life.day(day_after(MONDAY, number))
    return life


def test_an_answer_given_later_corrects_the_day_it_is_about_and_no_other() -> None:
    life = a_week()
    store = Store(life.events)
    friday = day_after(MONDAY, 4)
    before = store.between(MONDAY, friday, life.at)
    begin = datetime(2026, 3, 3, 9, tzinfo=HOME)
    answer = e.Answered(at=life.at, from_=begin, to=begin + timedelta(hours=4), was="away")
    store.ledger.append(answer)
    after = store.between(MONDAY, friday, life.at)
    assert after[day_after(MONDAY, 1)].summary.sitting_seconds == 0
    assert after[MONDAY] == before[MONDAY]
    assert after[friday].summary.sitting_seconds == before[friday].summary.sitting_seconds > 0
    assert {day: after[day].summary for day in after} == told_again([*life.events, answer])
    assert friday in store.told
    assert day_after(MONDAY, 3) not in store.told or store.told[0] <= day_after(MONDAY, 2)


def test_a_step_of_the_clock_moves_the_days_of_its_run() -> None:
    life = Life(3, datetime(2026, 3, 2, 6, tzinfo=HOME))
    life.day(MONDAY)
    for number in range(1, 5):
        life.day(day_after(MONDAY, number), starts=number == 1, stops=number == 4)
    place = next(i for i, event in enumerate(life.events) if event.at.day == 5)
    store = Store(life.events[:place])
    store.between(MONDAY, day_after(MONDAY, 4), life.events[place].at)
    moved: list[e.Event] = [e.ClockStepped(at=life.events[place].at + timedelta(days=1), by=86400.0)]
    moved += [_later(event) for event in life.events[place:]]
    store.ledger.append_all(moved)
    found = store.between(MONDAY, day_after(MONDAY, 5), life.at + timedelta(days=1))
    expected = told_again([*life.events[:place], *moved])
    assert {day: found[day].summary for day in expected} == expected
    assert found[day_after(MONDAY, 1)].summary.observed_seconds == 0


def _later(event: e.Event) -> e.Event:
    at = event.at + timedelta(days=1)
    return e.Idle(at=at, since=event.since + timedelta(days=1)) if isinstance(event, e.Idle) else type(event)(at=at)


def test_what_another_version_kept_is_told_again() -> None:
    life = a_week()
    store = Store(life.events)
    before = store.between(MONDAY, MONDAY, life.at)
    store.ledger.save_days([day._replace(cache_key="0 14400") for day in store.ledger.days("0", "9", whole=True)])
    assert store.between(MONDAY, MONDAY, life.at) == before
    assert store.told == [MONDAY]
    store.ledger.save_days([day._replace(summary=b"nonsense") for day in store.ledger.days("0", "9", whole=True)])
    assert store.between(MONDAY, MONDAY, life.at) == before
    assert store.told == [MONDAY]


def test_a_rebuild_without_a_checkpoint_saves_one_and_the_next_begins_there() -> None:
    life = a_week()
    store = Store(life.events)
    friday = day_after(MONDAY, 4)
    before = store.between(friday, friday, life.at)
    saved = store.ledger.checkpoint()
    assert saved is not None
    assert saved[0] == store.ledger.last_row()
    assert store.between(friday, friday, life.at) == before
    store.ledger.save_checkpoint(saved[0], b"of another version")
    assert store.between(friday, friday, life.at) == before
    assert store.between(MONDAY, MONDAY, life.at).keys() == {MONDAY}, "a day before the checkpoint is rebuilt too"


def test_a_profile_chosen_long_before_the_rebuilt_day_still_holds() -> None:
    life = Life(1, datetime(2026, 3, 2, 6, tzinfo=HOME))
    life.day(MONDAY)
    life.emit(e.FlareUp(at=life.at, on=True))
    for number in (90, 91):
        life.day(day_after(MONDAY, number))
    last = day_after(MONDAY, 91)
    found = Store(life.events).between(last, last, life.at)[last].summary
    whole = told_again(life.events)[last]
    assert found.break_rule_seconds == whole.break_rule_seconds == 180.0
    assert found.good_longest == whole.good_longest


@pytest.mark.parametrize("hours", [-12, -5, 0, 14])
def test_a_first_start_at_the_epoch_has_its_days_wherever_it_is(hours: int) -> None:
    """Without a battery for its clock a computer starts there; west of Greenwich that is in 1969."""
    begin = datetime(1970, 1, 1, 0, 1, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    minute = timedelta(minutes=1)
    ledger = ledgers.in_memory()
    ledger.append_all([e.Started(at=begin), e.Active(at=begin + minute)])
    ledger.append_all([e.Idle(at=begin + 50 * minute, since=begin + 49 * minute), e.Stopped(at=begin + 90 * minute)])
    monitor = restored_monitor(ledger, begin, CONFIG, weights())
    assert monitor.now == begin + 90 * minute
    days = Days(ledger, CONFIG, weights(), begin + 2 * DAY)
    assert days.first_day is not None
    records = list(days.between(days.first_day - DAY, days.today))
    assert sum(record.summary.sitting_seconds for record in records) == 48 * 60


def test_days_begin_where_the_configuration_says_now() -> None:
    life = Life(1, datetime(2026, 3, 2, 6, tzinfo=HOME))
    life.day(MONDAY, hours=20)
    store = Store(life.events)
    night = parse('day_starts = "00:00"')
    keep = partial(keep_in, store.ledger)
    usual = Days(store.ledger, CONFIG, weights(), life.at, keep=keep).of(MONDAY)
    cut = list(Days(store.ledger, night, weights(), life.at, keep=keep).between(MONDAY, day_after(MONDAY, 1)))
    assert usual.spans[-1].end.hour == 4
    assert cut[0].spans[-1].end == cut[1].spans[0].start == datetime(2026, 3, 3, tzinfo=HOME)
    assert Days(store.ledger, CONFIG, weights(), life.at).of(MONDAY) == usual


def test_the_profile_in_force_at_the_end_of_a_day_counts_its_bouts() -> None:
    life = Life(1, datetime(2026, 3, 2, 6, tzinfo=HOME))
    life.day(MONDAY, stops=False)
    life.emit(e.FlareUp(at=life.at, on=True))
    life.day(day_after(MONDAY, 1), starts=False)
    store = Store(life.events)
    rules = [
        record.summary.break_rule_seconds for record in store.between(MONDAY, day_after(MONDAY, 1), life.at).values()
    ]
    assert rules == [180.0, 180.0]
    life.wait_until(day_after(MONDAY, 2), 9)
    life.emit(e.Started(at=life.at))
    life.emit(e.FlareUp(at=life.at, on=False))
    life.work(1)
    found = Store(life.events).between(MONDAY, day_after(MONDAY, 2), life.at)
    assert [record.summary.break_rule_seconds for record in found.values()] == [180.0, 180.0, 120.0]


def test_while_a_daemon_runs_what_is_open_goes_on() -> None:
    life = Life(1, datetime(2026, 3, 2, 6, tzinfo=HOME))
    life.day(MONDAY, stops=False)
    life.emit(e.Active(at=life.at))
    store = Store(life.events)
    life.now += 3600
    dead = Days(store.ledger, CONFIG, weights(), life.at, alive=False).of(MONDAY).summary
    # The time before the last input is final a minute after it.
    soon, later = (
        Days(store.ledger, CONFIG, weights(), life.at + timedelta(seconds=more), alive=True).of(MONDAY).summary
        for more in (0, 600)
    )
    assert dead.sitting_seconds + 3500 < soon.sitting_seconds < later.sitting_seconds
    assert later.sitting_seconds == pytest.approx(soon.sitting_seconds + 600)
    assert later.open_end
    assert not dead.open_end


def test_a_day_of_which_nothing_is_known_has_no_numbers() -> None:
    life = a_week()
    store = Store(life.events)
    days = Days(store.ledger, CONFIG, weights(), life.at)
    for day in (date(1999, 1, 1), day_after(MONDAY, 400)):
        assert days.of(day).summary.observed_seconds == 0
        assert days.of(day).spans == ()
    assert Days(ledgers.in_memory(), CONFIG, weights(), life.at).of(MONDAY).summary.coverage is None


def test_the_years_that_a_wrong_clock_left_between_two_runs_are_no_days() -> None:
    """They would be 20,000, each read, stored and printed."""
    epoch = Life(1, datetime(1970, 1, 5, tzinfo=HOME))
    epoch.day(date(1970, 1, 5))
    life = Life(1, datetime(2026, 3, 2, tzinfo=HOME))
    life.day(MONDAY)
    events = [*epoch.events, *life.events]
    told = {day: summary.sitting_seconds for day, summary in told_again(events).items()}
    assert list(told) == [date(1970, 1, 5), MONDAY]
    store = Store(events)
    found = store.between(date(1970, 1, 5), MONDAY, life.at)
    assert {day: record.summary.sitting_seconds for day, record in found.items() if record.spans} == told
    assert len(store.told) < 10
    assert len(found) == (MONDAY - date(1970, 1, 5)).days + 1


def test_a_flare_up_is_on_in_days_of_which_nothing_else_is_known() -> None:
    life = Life(1, datetime(2026, 3, 2, tzinfo=HOME))
    life.day(MONDAY)
    life.emit(e.FlareUp(at=life.at, on=True))
    now = life.at + 7 * DAY
    found = Store(life.events).between(MONDAY, MONDAY + 7 * DAY, now)
    assert all(record.summary.flare_up for record in found.values())


def test_decades_after_the_last_event_are_known_from_one_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is far ahead makes them days of the record, in a flare-up each with something known."""
    life = Life(1, datetime(2026, 3, 2, tzinfo=HOME))
    life.emit(e.Started(at=life.at))
    life.emit(e.FlareUp(at=life.at, on=True))
    life.day(MONDAY)
    replayed = 0
    handle = DayRebuilder.handle

    def counting(rebuilder: DayRebuilder, event: e.Event) -> None:
        nonlocal replayed
        replayed += 1
        handle(rebuilder, event)

    monkeypatch.setattr(DayRebuilder, "handle", counting)
    ledger = ledgers.in_memory()
    for event in life.events:
        ledger.append(event)
    last = date(2066, 7, 28)
    days = Days(ledger, CONFIG, weights(), datetime(2066, 7, 28, 12, tzinfo=UTC))
    found = list(days.between(MONDAY, last))
    assert len(found) == (last - MONDAY).days + 1
    assert all(record.summary.flare_up for record in found)
    assert [record.summary for record in found[:3]] == [days.of(MONDAY + number * DAY).summary for number in range(3)]
    assert replayed < 3 * len(life.events)


def test_a_record_reads_back_as_it_was() -> None:
    life = life_of_three_weeks(5)
    for record in Store(life.events).between(date(2026, 3, 16), date(2026, 4, 5), life.at).values():
        assert plain(unpacked(*packed(record))) == plain(record)
        assert unpacked(packed(record)[0], b"").summary == record.summary
