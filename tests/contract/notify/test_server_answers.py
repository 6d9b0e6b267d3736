"""Sane and odd answers and signals, from a notification service on a real bus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.ports.notifier import AnswerKey, NotifierFailed, Urgency
from slowrise.ports.probe import Unavailable
from support import desktop_programs as desktop
from support.notices import FIRM, PROMPT, freedesktop, settled, until
from support.scripted_notification_server import Answer, ScriptedService, scripted_service

pytestmark = pytest.mark.real("dbus-daemon")

Test = Callable[[FreedesktopNotifier, ScriptedService, list[str]], Awaitable[None]]


def with_odd_service(bus: desktop.Bus, test: Test, **answers: Answer) -> list[str]:
    """Run a test against a service with these answers; return the keys that the notices answered."""
    heard: list[str] = []

    async def run() -> None:
        async with scripted_service(bus.address, **answers) as service, freedesktop() as notifier:
            await test(notifier, service, heard)
            await settled(notifier)

    asyncio.run(run())
    return heard


@pytest.mark.parametrize("answer", [("s", ("seven",)), ("u", (0,)), ("a{sv}", ({},)), ("", ()), ("uu", (7, 7)), None])
def test_a_notice_without_a_number_is_a_failure(bus: desktop.Bus, answer: Answer) -> None:
    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        with pytest.raises(NotifierFailed):
            await notifier.show(PROMPT, heard.append)
        service.answers["Notify"] = ("u", (7,))
        await notifier.show(PROMPT, heard.append)

    assert with_odd_service(bus, show, Notify=answer) == []


@pytest.mark.parametrize("answer", [("s", ("actions",)), ("ai", ([1, 2],)), ("", ()), ("as", ([],)), None])
def test_a_service_without_buttons_gets_the_words_for_that(bus: desktop.Bus, answer: Answer) -> None:
    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        await notifier.show(PROMPT._replace(click="Open"), heard.append)
        await notifier.show(PROMPT._replace(without_buttons="All of it."), heard.append)
        shown = [(body, actions) for _, _, _, _, body, actions, _, _ in service.got("Notify")]
        assert shown == [(PROMPT.body, []), ("All of it.", [])]

    with_odd_service(bus, show, GetCapabilities=answer)


@pytest.mark.parametrize("answer", [("s", ("odd",)), ("ssss", ("a", "b", "c", "d")), ("uuuu", (1, 2, 3, 4)), None])
def test_the_description_of_the_service_may_be_nonsense(bus: desktop.Bus, answer: Answer) -> None:
    async def ask() -> None:
        async with scripted_service(bus.address, GetServerInformation=answer), freedesktop() as notifier:
            if answer and answer[0] == "ssss":
                assert await notifier.probe() == "a c, supports buttons"
                return
            with pytest.raises(Unavailable):
                await notifier.probe()

    asyncio.run(ask())


def test_the_arguments_of_notify(bus: desktop.Bus) -> None:
    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        await notifier.show(FIRM, heard.append)
        await notifier.show(PROMPT._replace(stays=False, seconds=45), heard.append)
        await notifier.withdraw()
        first, second = service.got("Notify")
        assert first[:4] == ("slowrise", 0, "", FIRM.title)
        assert first[5] == [word for button in FIRM.buttons for word in button]
        assert first[6] == {
            "urgency": ("y", Urgency.CRITICAL),
            "category": ("s", "x-slowrise.sit-firm"),
            "desktop-entry": ("s", "slowrise"),
            "suppress-sound": ("b", True),
        }
        assert (first[7], second[7]) == (0, 45_000), "milliseconds; 0 stays"
        assert second[1] == 7, "replaced in place"
        assert service.got("CloseNotification") == [(7,)]

    with_odd_service(bus, show)


@pytest.mark.parametrize(
    ("name", "urgency", "milliseconds", "discreet"),
    [
        ("gnome-shell", Urgency.CRITICAL, 0, Urgency.NORMAL),
        ("SwayNotificationCenter", Urgency.NORMAL, 2**31 - 1, Urgency.NORMAL),
        ("Plasma", Urgency.NORMAL, 0, Urgency.NORMAL),
    ],
)
def test_a_notice_that_stays_asks_for_the_least_that_the_service_needs(
    bus: desktop.Bus, name: str, urgency: Urgency, milliseconds: int, discreet: Urgency
) -> None:
    """GNOME would show a critical one through do-not-disturb. It is not replaced there by one of another urgency."""

    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        stays = PROMPT._replace(urgency=Urgency.NORMAL)
        for notice in (stays, stays._replace(discreet=True), stays._replace(stays=False, seconds=5)):
            await notifier.show(notice, heard.append)
        asked = [(hints["urgency"][1], length) for *_, hints, length in service.got("Notify")]
        assert asked == [(urgency, milliseconds), (discreet, milliseconds), (Urgency.NORMAL, 5000)]
        replaced = [number for _, number, *_ in service.got("Notify")]
        assert replaced == [0, 7 if urgency is discreet else 0, 7]
        await settled(notifier)
        assert len(service.got("CloseNotification")) == (urgency is not discreet)

    with_odd_service(bus, show, GetServerInformation=("ssss", (name, "", "1", "1.2")))


def test_the_service_plays_a_sound_if_wanted(bus: desktop.Bus) -> None:
    async def show() -> None:
        async with scripted_service(bus.address) as service, freedesktop(sound=True) as notifier:
            await notifier.show(PROMPT, lambda _: None)
            ((*_, hints, _),) = service.got("Notify")
            assert "suppress-sound" not in hints
            assert hints["sound-name"] == ("s", "message")

    asyncio.run(show())


@pytest.mark.parametrize(
    ("signals", "heard"),
    [
        ([("ActionInvoked", "us", (7, "snooze"))], ["snooze"]),
        ([("ActionInvoked", "us", (7, "snooze"))] * 3, ["snooze"]),
        ([("ActionInvoked", "us", (7, "snooze")), ("NotificationClosed", "uu", (7, 2))], ["snooze"]),
        ([("NotificationClosed", "uu", (7, 2)), ("ActionInvoked", "us", (7, "snooze"))], ["dismissed"]),
        ([("ActionInvoked", "us", (7, "default"))], ["dismissed"]),
        ([("NotificationClosed", "uu", (7, 1))], ["gone"]),
        ([("NotificationClosed", "uu", (7, 3))], ["gone"]),
        ([("NotificationClosed", "uu", (7, 99)), ("NotificationClosed", "uu", (7, 2))], ["gone"]),
        ([("ActionInvoked", "us", (8, "snooze")), ("NotificationClosed", "uu", (8, 2))], []),
        ([("ActionInvoked", "us", (7, "no-button-of-ours"))], []),
        ([("ActionInvoked", "su", ("snooze", 7)), ("NotificationClosed", "s", ("2",)), ("ActionInvoked", "", ())], []),
        ([("NotificationClosed", "us", (7, "2"))], []),
        ([("ActivationToken", "us", (7, "snooze"))], []),
    ],
)
def test_each_signal_has_its_answer(
    bus: desktop.Bus, signals: list[tuple[str, str, tuple[Any, ...]]], heard: list[str]
) -> None:
    async def show(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        for member, signature, body in signals:
            await service.emit(member, signature, *body)

    assert with_odd_service(bus, show) == heard


@pytest.mark.parametrize(
    ("token", "key", "answer"),
    [
        (None, "default", ("default", "")),
        (("us", (7, "t-1")), "default", ("default", "t-1")),
        (("us", (7, "t-1")), "snooze", ("snooze", "t-1")),
        (("us", (8, "t-1")), "snooze", ("snooze", "")),
        (("s", ("t-1",)), "snooze", ("snooze", "")),
    ],
)
def test_a_click_on_the_notice_answers_and_its_token_is_passed_on(
    bus: desktop.Bus, token: tuple[str, tuple[Any, ...]] | None, key: str, answer: tuple[str, str]
) -> None:
    answers: list[AnswerKey] = []

    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        await notifier.show(PROMPT._replace(click="Open"), answers.append)
        ((_, _, _, _, _, actions, _, _),) = service.got("Notify")
        assert actions[:4] == ["default", "Open", "standing-up", PROMPT.buttons[0].label]
        if token is not None:
            signature, body = token
            await service.emit("ActivationToken", signature, *body)
        await service.emit("ActionInvoked", "us", 7, key)
        await until(lambda: answers, "the answer")

    with_odd_service(bus, show)
    assert [(str(each), each.token) for each in answers] == [answer]


def test_the_token_of_a_notice_is_not_that_of_the_next(bus: desktop.Bus) -> None:
    answers: list[AnswerKey] = []

    async def show(notifier: FreedesktopNotifier, service: ScriptedService, heard: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        await service.emit("ActivationToken", "us", 7, "old")
        await service.emit("ActionInvoked", "us", 7, "snooze")
        await until(lambda: answers, "the first answer")
        await notifier.show(PROMPT, answers.append)
        await service.emit("ActionInvoked", "us", 7, "snooze")
        await until(lambda: len(answers) == 2, "the second answer")

    with_odd_service(bus, show)
    assert [each.token for each in answers] == ["old", ""]


def test_a_button_pressed_at_once_answers(bus: desktop.Bus) -> None:
    """The signal arrives together with the number of the notice."""

    async def show(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        service.after = [("ActionInvoked", "us", (7, "snooze"))]
        await notifier.show(PROMPT, answers.append)

    assert with_odd_service(bus, show) == ["snooze"]


def test_signals_of_the_replaced_notice_are_ignored(bus: desktop.Bus) -> None:
    """The old notice expires while it is replaced under the same number: the new one keeps its buttons."""

    async def show(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        service.before = [("NotificationClosed", "uu", (7, 1))]
        service.after = [("ActionInvoked", "us", (7, "snooze"))]
        await notifier.show(FIRM, lambda word: answers.append(f"firm {word}"))

    assert with_odd_service(bus, show) == ["firm snooze"]


def test_signals_of_another_process_press_no_button(bus: desktop.Bus) -> None:
    async def forge(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        for destination in ((), (f"--dest={service.caller}",)):
            await asyncio.to_thread(bus.run, "dbus-send", "--type=signal", *destination, *_SNOOZE)

    assert with_odd_service(bus, forge) == []


_SNOOZE = ("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", "uint32:7", "string:snooze")


def test_a_notice_shown_too_late_is_closed_and_does_not_answer(bus: desktop.Bus) -> None:
    async def late(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        service.silent = {"Notify"}
        with pytest.raises(NotifierFailed, match="no answer within 3 s"):
            await notifier.show(PROMPT, answers.append)
        service.silent = set()
        await service.answer(service.unanswered.pop())
        await service.emit("ActionInvoked", "us", 7, "snooze")
        await until(lambda: service.got("CloseNotification"), "the late notice to be closed")

    assert with_odd_service(bus, late) == []


def test_a_notice_that_cannot_be_replaced_is_closed(bus: desktop.Bus) -> None:
    """Its text is out of date, and its buttons would answer the wrong question."""

    async def fail(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        service.answers["Notify"] = None
        with pytest.raises(NotifierFailed):
            await notifier.show(FIRM, answers.append)
        await service.emit("ActionInvoked", "us", 7, "snooze")
        await until(lambda: service.got("CloseNotification") == [(7,)], "the old notice to be closed")

    assert with_odd_service(bus, fail) == []


def test_two_calls_of_show_wait_for_each_other(bus: desktop.Bus) -> None:
    async def both(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        await asyncio.gather(notifier.show(PROMPT, answers.append), notifier.show(FIRM, answers.append))
        assert [arguments[1] for arguments in service.got("Notify")] == [0, 7]

    with_odd_service(bus, both)


def test_a_cancelled_show_leaves_no_notice(bus: desktop.Bus) -> None:
    async def cancel(notifier: FreedesktopNotifier, service: ScriptedService, answers: list[str]) -> None:
        service.silent = {"Notify"}
        showing = asyncio.create_task(notifier.show(PROMPT, answers.append))
        await until(lambda: service.unanswered, "the call")
        showing.cancel()
        await asyncio.wait([showing])
        service.silent = set()
        await service.answer(service.unanswered.pop())
        await until(lambda: service.got("CloseNotification"), "the notice to be closed")

    with_odd_service(bus, cancel)
