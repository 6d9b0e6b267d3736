"""One notice at a time: the higher one first, and the red flags until they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby

import pytest

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.config.config import Config
from slowrise.core.model import events as e
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import KINDS, NoticeKind
from slowrise.daemon import notifications
from slowrise.daemon.app import App
from slowrise.daemon.daemon import RED_FLAGS_AGAIN
from slowrise.daemon.notifications import MOST_AGAIN, NoticeQueue, Press, notice_of
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.history.monitor import Monitor
from slowrise.ports.notifier import GONE, AnswerKey, Notice, NotifierFailed, OnAnswer
from support.notices import until
from support.prompts import EVERY_KIND, words_of
from support.simulated_daemon import run_virtually, simulated

GUIDANCE = read_guidance()
MORNING = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
PROMPT = Prompt(0.0, datetime(2026, 3, 2, 9, tzinfo=UTC), "sit-soft")


class Screen:
    """A notifier whose one place can be looked at, and answered."""

    name = "screen"
    reports_end = True

    def __init__(self) -> None:
        self.up: str | None = None
        self.answer: OnAnswer = lambda _: None
        self.fails = False
        self.closed = False
        self.shown: list[Notice] = []

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        if self.fails:
            raise NotifierFailed("it does not")
        self.up, self.answer = notice.kind, answer
        self.shown.append(notice)

    async def withdraw(self) -> None:
        self.up = None

    async def close(self) -> None:
        self.closed = True

    def press(self, word: str) -> None:
        self.up = None
        self.answer(AnswerKey(word))


def notice(kind: NoticeKind) -> Notice:
    return notice_of(kind, words_of(kind, GUIDANCE))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "AGAIN_AFTER", 0.0)


def shown_after(*deeds: NoticeKind | Callable[[NoticeQueue, Screen], None]) -> tuple[str | None, list[str]]:
    """What is up after these were shown or done, and what was answered."""
    screen = Screen()
    answers: list[str] = []

    async def run() -> None:
        showing = NoticeQueue(screen, lambda press: answers.append(press.key))
        for deed in deeds:
            if callable(deed):
                deed(showing, screen)
            else:
                showing.show(notice(deed))
            await settle()

    asyncio.run(run())
    return screen.up, answers


@pytest.mark.parametrize("first", EVERY_KIND)
@pytest.mark.parametrize("then", EVERY_KIND)
def test_a_notice_that_stays_is_pushed_away_by_a_higher_one_alone(first: NoticeKind, then: NoticeKind) -> None:
    up, _ = shown_after(first, then)
    held = KINDS[first].stays and KINDS[first].rank < KINDS[then].rank
    goes_on = first == "stand-firm" and then in {"stand-soft", "standing-question", "stand-budget"}
    assert up == (first if held and not goes_on else then)


@pytest.mark.parametrize("then", ["standing-question", "stand-budget"])
def test_whoever_stands_on_sees_what_is_next_and_not_only_the_first_reminder_that_stays(then: NoticeKind) -> None:
    assert shown_after("stand-firm", then)[0] == then
    assert shown_after("stand-firm", "summary")[0] == "stand-firm"


def test_what_waited_is_shown_once_the_higher_one_was_answered() -> None:
    assert shown_after("sit-firm", "summary", lambda _, screen: screen.press("standing-up")) == (
        "summary",
        ["standing-up"],
    )


def test_what_waited_is_not_shown_to_an_empty_chair() -> None:
    assert shown_after("sit-firm", "summary", lambda showing, _: showing.withdraw()) == (None, [])


def test_the_red_flags_stay_when_the_person_leaves_and_go_when_they_were_read() -> None:
    assert shown_after("red-flag", lambda showing, _: showing.withdraw())[0] == "red-flag"
    assert shown_after("red-flag", lambda showing, _: showing.mark_read())[0] is None
    assert shown_after("red-flag", "sit-firm", lambda _, screen: screen.press("read")) == ("sit-firm", ["read"])
    assert shown_after("sit-firm", lambda showing, _: showing.mark_read())[0] == "sit-firm"


def test_a_notice_that_could_not_be_shown_keeps_nothing_waiting() -> None:
    def fail(_: NoticeQueue, screen: Screen) -> None:
        screen.fails = True

    def mend(_: NoticeQueue, screen: Screen) -> None:
        screen.fails = False

    assert shown_after(fail, "red-flag", mend, "budget")[0] == "budget"


def drop(_: NoticeQueue, screen: Screen) -> None:
    """Take the notice away as a service does that restarts, or that has a time of its own."""
    screen.press(GONE)


def test_a_notice_whose_time_is_over_is_not_up_and_answers_nothing() -> None:
    def look(showing: NoticeQueue, _: Screen) -> None:
        assert showing.showing is None

    assert shown_after("sit-soft", drop, look) == (None, [])


def test_a_notice_that_stays_comes_again_when_the_service_drops_it_but_not_for_ever() -> None:
    assert shown_after("sit-firm", *[drop] * MOST_AGAIN) == ("sit-firm", [])
    assert shown_after("sit-firm", *[drop] * (MOST_AGAIN + 1)) == (None, [])
    assert shown_after("sit-firm", *[drop] * (MOST_AGAIN + 1), "budget")[0] == "budget"


def test_what_waits_behind_a_notice_that_the_service_dropped_for_good_is_shown() -> None:
    assert shown_after("red-flag", "budget", *[drop] * MOST_AGAIN)[0] == "red-flag"
    assert shown_after("red-flag", "budget", *[drop] * (MOST_AGAIN + 1))[0] == "budget"


def test_what_was_withdrawn_or_replaced_does_not_come_again() -> None:
    def drop_late(showing: NoticeQueue, screen: Screen) -> None:
        screen.press(GONE)
        showing.withdraw()

    assert shown_after("sit-firm", drop_late)[0] is None
    assert shown_after("sit-firm", lambda _, screen: screen.press(GONE), "red-flag")[0] == "red-flag"


@pytest.mark.parametrize(("kind", "times"), [("sit-firm", 2), ("red-flag", 2), ("sit-soft", 1)])
def test_after_an_unlock_a_notice_that_stays_is_shown_again_without_a_sound(kind: NoticeKind, times: int) -> None:
    """GNOME takes it off the screen at a lock, and tells nobody."""
    screen = Screen()

    async def run() -> None:
        showing = NoticeQueue(screen, lambda _: None)
        showing.show(notice(kind))
        await settle()
        showing.show_again()
        await settle()

    asyncio.run(run())
    assert [(each.kind, each.again) for each in screen.shown] == [(kind, False), (kind, True)][:times]


def test_a_firm_reminder_does_not_break_through_do_not_disturb_and_comes_back_after_it() -> None:
    screen = Screen()

    async def run() -> None:
        showing = NoticeQueue(screen, lambda _: None)
        deeds: list[Callable[[], None]] = [
            lambda: showing.set_do_not_disturb(on=True),
            lambda: showing.show(notice("sit-firm")),
            lambda: showing.set_do_not_disturb(on=False),
            lambda: showing.set_do_not_disturb(on=False),
            lambda: showing.set_do_not_disturb(on=True),
            lambda: showing.show(notice("red-flag")),
        ]
        for deed in deeds:
            deed()
            await settle()

    asyncio.run(run())
    assert [(each.kind, each.discreet) for each in screen.shown] == [
        ("sit-firm", True),
        ("sit-firm", False),
        ("sit-firm", True),
        ("red-flag", False),
    ]


def test_where_nobody_tells_that_a_notice_ended_it_counts_as_up_for_its_time_alone() -> None:
    screen = Screen()
    screen.reports_end = False
    seen: list[bool] = []

    async def run() -> None:
        showing = NoticeQueue(screen, lambda _: None)
        showing.show(notice("red-flag")._replace(seconds=0.05))
        await settle()
        seen.append(showing.shows_red_flags)
        await until(lambda: not showing.shows_red_flags, "the end of its time")

    asyncio.run(run())
    assert seen == [True]


def test_an_answer_comes_with_the_prompt_it_is_about() -> None:
    screen = Screen()
    answers: list[Press] = []

    async def run() -> None:
        showing = NoticeQueue(screen, answers.append)
        showing.show(notice("sit-soft"), PROMPT)
        await settle()
        screen.press("how")
        showing.show(notice("welcome"))
        await settle()
        screen.press("dismissed")

    asyncio.run(run())
    assert answers == [Press("how", "sit-soft", PROMPT), Press("dismissed", "welcome")]


def test_another_notifier_takes_over_what_is_up() -> None:
    before, after = Screen(), Screen()

    async def made() -> Screen:
        return after

    async def run() -> None:
        showing = NoticeQueue(before, lambda *_: None)
        showing.show(notice("sit-soft"))
        await settle()
        showing.change_notifier(made())
        await settle()

    asyncio.run(run())
    assert (before.up, before.closed, after.up) == (None, True, "sit-soft")


class Day:
    """A user who types on in virtual time, and the notices of the daemon."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.ledger = SqliteLedger.in_memory()
        self.app: App | None = None
        self.events: list[e.Event] = []
        self.end = 0.0

    @property
    def kinds(self) -> list[str]:
        return [each.kind for each in self.screen.shown if each.kind != "welcome"]

    @property
    def decided(self) -> list[str]:
        assert self.app
        return [prompt.kind for prompt in self.app.daemon.monitor.prompts]

    def live(self, do: Callable[[App], Coroutine[None, None, None]]) -> None:
        async def live(clock: VirtualClock) -> None:
            player = TracePlayer([e.Active(at=MORNING)], clock, lambda: None)
            self.app = simulated(clock, lambda: player, ledger=self.ledger, notifier=self.screen)
            running = asyncio.ensure_future(self.app.daemon.run())
            await asyncio.sleep(60)
            await do(self.app)
            self.events = [event for _, event in self.ledger.events_after(0)]
            self.end = self.app.daemon.engine_now()
            self.app.daemon.stop()
            await running

        run_virtually(MORNING, live)

    def replayed(self) -> list[str]:
        monitor = Monitor.under(Config(), weights())
        for event in self.events:
            monitor.handle(event)
        monitor.advance_to(self.end)
        return [prompt.kind for prompt in monitor.prompts]


def test_no_reminder_counts_as_shown_that_would_wait_behind_the_red_flags() -> None:
    """It is decided once they are read. A replay finds the same."""
    day = Day()

    async def do(app: App) -> None:
        app.daemon.notifications.inform("red-flag")
        await asyncio.sleep(2 * HOUR)
        assert day.decided == []
        app.requests.mark_read()
        await asyncio.sleep(5 * MINUTE)
        day.screen.press("standing-up")

    day.live(do)
    assert day.kinds == ["red-flag", "sit-firm"]
    assert day.decided == day.replayed() == ["sit-firm"]
    assert [event.up for event in day.events if isinstance(event, e.RedFlags)] == [True, False]


def test_red_flags_that_were_closed_and_then_read_elsewhere_do_not_come_again() -> None:
    day = Day()

    async def do(app: App) -> None:
        app.daemon.notifications.inform("red-flag")
        await asyncio.sleep(MINUTE)
        day.screen.press("dismissed")
        await asyncio.sleep(MINUTE)
        app.requests.mark_read()
        await asyncio.sleep(RED_FLAGS_AGAIN)
        assert not app.daemon.notifications.is_unread

    day.live(do)
    assert day.kinds.count("red-flag") == 1


@pytest.mark.parametrize("how", ["dismissed", GONE])
def test_no_summary_counts_as_shown_that_would_wait_behind_a_reminder_that_stays(how: str) -> None:
    """The budget and the summary of the day are decided once it was answered, or is gone. A replay finds the same."""
    day = Day()

    async def do(app: App) -> None:
        await asyncio.sleep(9 * HOUR)
        assert day.screen.up == "sit-firm"
        assert set(day.decided) == {"sit-soft", "sit-repeat", "sit-firm"}
        for _ in range(1 if how == "dismissed" else 1 + MOST_AGAIN):
            day.screen.press(how)
            await asyncio.sleep(1)
        await asyncio.sleep(15 * MINUTE)

    day.live(do)
    assert {"budget", "summary"} & set(day.kinds)
    assert [kind for kind in day.decided if kind != "sit-firm"] == [kind for kind in day.kinds if kind != "sit-firm"]
    assert day.decided == day.replayed()
    assert [event.notice for event in day.events if isinstance(event, e.NoticeStays)][:2] == ["sit-firm", None]


@pytest.mark.parametrize("how", ["dismissed", GONE])
def test_red_flags_that_were_closed_unread_come_again_and_let_reminders_through_meanwhile(how: str) -> None:
    day = Day()

    async def do(app: App) -> None:
        app.daemon.notifications.inform("red-flag")
        await asyncio.sleep(25 * MINUTE)
        for _ in range(1 if how == "dismissed" else 1 + MOST_AGAIN):
            day.screen.press(how)
            await asyncio.sleep(1)
        await asyncio.sleep(20 * MINUTE)
        assert day.decided[0] == "sit-soft"
        await asyncio.sleep(20 * MINUTE)
        day.screen.press("read")
        await asyncio.sleep(RED_FLAGS_AGAIN + MINUTE)

    day.live(do)
    without_repeats = [kind for kind, _ in groupby(day.kinds)]
    assert without_repeats[:2] == ["red-flag", "sit-soft"]
    assert without_repeats.count("red-flag") == 2
    assert day.decided == day.replayed()


def test_the_red_flags_of_a_crashed_run_hold_nothing_back() -> None:
    monitor = Monitor.under(Config(), weights())
    minutes = timedelta(minutes=1)
    for event in (
        e.Started(at=MORNING),
        e.RedFlags(at=MORNING, up=True),
        e.Started(at=MORNING + minutes, since=MORNING + minutes / 2),
        e.Active(at=MORNING + 2 * minutes),
        e.Stopped(at=MORNING + 60 * minutes),
    ):
        monitor.handle(event)
    assert monitor.prompts
