"""The choice of a notifier, and the fallback when it fails."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

import pytest

from slowrise.adapters.notify.choose import choose, probe_all
from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.notify.fallback import FallbackNotifier
from slowrise.ports.notifier import NotifierFailed
from slowrise.ports.probe import Probe
from support import desktop_programs as desktop
from support.notices import FIRM, PROMPT, until

REAL = pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "notify-send")


@REAL
def test_the_desktop_comes_first(dunst: desktop.Dunst, caplog: pytest.LogCaptureFixture) -> None:
    async def show() -> None:
        chain = await choose()
        assert chain.name == "freedesktop"
        await chain.show(PROMPT, lambda _: None)
        assert dunst.displayed() == 1
        await chain.withdraw()
        assert dunst.displayed() == 0
        await chain.close()

    with caplog.at_level(logging.INFO):
        asyncio.run(show())
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "notices go to freedesktop: dunst" in caplog.text


def test_without_a_bus_the_console_is_used_and_the_log_has_the_reason(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def show() -> None:
        chain = await choose()
        assert chain.name == "console"
        await chain.show(PROMPT, lambda _: None)
        await chain.show(FIRM, lambda _: None)
        await chain.close()

    with caplog.at_level(logging.INFO):
        asyncio.run(show())
    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("notices cannot go to freedesktop: the session bus cannot be reached")
    assert told[1].startswith("notices cannot go to plyer: ")
    assert told[2].startswith("notices go to console")
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "WARNING"]
    assert FIRM.title in capsys.readouterr().err


@REAL
@pytest.mark.parametrize("use", ["freedesktop", "plyer", "console"])
def test_a_named_notifier_is_the_only_one_before_the_console(dunst: desktop.Dunst, use: str) -> None:
    async def show() -> None:
        chain = await choose(use)
        await chain.show(PROMPT, lambda _: None)
        assert chain.name == use
        assert dunst.displayed() == (use != "console")
        await chain.close()

    asyncio.run(show())


@REAL
def test_uses_a_service_that_starts_later_and_leaves_one_that_dies(
    bus: desktop.Bus,
    screen: desktop.XDisplay,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At login the daemon may start before the service. Each change of notifier is logged once."""

    async def show() -> None:
        chain = await choose()
        await chain.show(PROMPT, lambda _: None)
        assert chain.name == "console"
        for _ in range(2):
            answers: list[str] = []
            with desktop.dunst(bus, screen) as dunst:
                await chain.show(PROMPT, answers.append)
                assert (chain.name, dunst.displayed()) == ("freedesktop", 1)
                dunst.dismiss()
                await until(answers.__len__, "the answer")
            await until(lambda: bus.owner() is None, "dunst to be gone")
            for _ in range(2):
                await chain.show(FIRM, lambda _: None)
                assert chain.name == "console"
        await chain.close()

    with caplog.at_level(logging.INFO, logger="slowrise.adapters.notify.fallback"):
        asyncio.run(show())
    mine = [record for record in caplog.records if record.name == "slowrise.adapters.notify.fallback"]
    assert [(record.levelname, record.getMessage().split(":")[0]) for record in mine] == [
        ("INFO", "freedesktop shows notices again"),
        ("WARNING", "freedesktop shows no notices"),
        ("INFO", "freedesktop shows notices again"),
        ("WARNING", "freedesktop shows no notices"),
    ]
    assert capsys.readouterr().err.count(FIRM.title) == 4


@REAL
def test_a_hung_service_delays_a_notice_but_does_not_lose_it(
    dunst: desktop.Dunst, capsys: pytest.CaptureFixture[str]
) -> None:
    async def show() -> None:
        chain = await choose()
        os.kill(dunst.pid, signal.SIGSTOP)
        async with asyncio.timeout(15):  # The port allows five; a busy machine may need more.
            await chain.show(PROMPT, lambda _: None)
        assert chain.name == "console"
        os.kill(dunst.pid, signal.SIGCONT)
        await chain.show(FIRM, lambda _: None)
        assert chain.name == "freedesktop"
        await chain.close()

    asyncio.run(show())
    assert PROMPT.title in capsys.readouterr().err


@REAL
def test_a_notice_shown_by_another_notifier_no_longer_answers(dunst: desktop.Dunst) -> None:
    async def show() -> list[str]:
        answers: list[str] = []
        chain = await choose()
        await chain.show(PROMPT, lambda word: answers.append(f"first {word}"))
        await chain.show(FIRM, lambda word: answers.append(f"second {word}"))
        await asyncio.to_thread(dunst.press, "5 more minutes")
        await until(lambda: answers, "the answer")
        await chain.close()
        return answers

    assert asyncio.run(show()) == ["second snooze"]


def test_when_all_fail_the_error_has_each_reason() -> None:
    stream = open(os.devnull, "w")  # noqa: PTH123, SIM115 - a stream that is closed
    stream.close()

    async def show() -> None:
        chain = FallbackNotifier([ConsoleNotifier(stream), ConsoleNotifier(stream)])
        with pytest.raises(NotifierFailed, match=r"console: cannot write .*; console: cannot write"):
            await chain.show(PROMPT, lambda _: None)
        await chain.withdraw()

    asyncio.run(show())


def test_probe_all_reports_each_notifier() -> None:
    probes = asyncio.run(probe_all())
    assert [(probe.name, probe.works) for probe in probes] == [
        ("freedesktop", False),
        ("plyer", False),
        ("console", True),
    ]
    assert all(probe.fix for probe in probes if not probe.works)


@REAL
def test_probe_all_reports_what_works(dunst: desktop.Dunst) -> None:
    freedesktop, plyer, _ = asyncio.run(probe_all())
    assert (freedesktop.works, freedesktop.reason.split()[0]) == (True, "dunst")
    assert plyer == Probe("plyer", works=True, reason="through the session bus, without buttons")
