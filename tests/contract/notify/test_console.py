from __future__ import annotations

import asyncio
import fcntl
import io
import os
import pty
import termios
from typing import TextIO

import pytest

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.ports.notifier import Button, Notice, NotifierFailed
from support.notices import FIRM, PROMPT


def show(stream: TextIO, *notices: Notice) -> None:
    async def run() -> None:
        notifier = ConsoleNotifier(stream)
        for notice in notices:
            await notifier.show(notice, lambda _: None)
        await notifier.withdraw()
        await notifier.close()

    asyncio.run(run())


def test_each_notice_is_a_paragraph_with_its_commands() -> None:
    stream = io.StringIO()
    show(stream, Notice("return", "Welcome back", "Sit down slowly."), PROMPT)
    assert stream.getvalue() == (
        "\nWelcome back\nSit down slowly.\n\n"
        "\n30 min of sitting. Get up slowly when you are ready.\n"
        "Scoot forward, feet flat, push with your hands, pause.\n"
        "To answer, in a terminal:\n"
        "5 more minutes: slowrise snooze\n"
        "At my standing desk: slowrise standing\n\n"
    )


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("standing", "standing"),
        ("sitting", "sitting"),
        ("snooze", "snooze"),
        ("how", "stand-up"),
        ("clinician", "flare-up told"),
        ("over", "flare-up off"),
    ],
)
def test_each_button_with_a_command_is_listed(key: str, command: str) -> None:
    stream = io.StringIO()
    show(stream, Notice("flare-up", "Still there?", "Say so.", buttons=(Button(key, "That"), Button("else", "Else"))))
    assert stream.getvalue().splitlines()[-2:] == [f"That: slowrise {command}", ""]


def test_text_cannot_control_the_terminal() -> None:
    stream = io.StringIO()
    show(stream, Notice("x", "a\x1b[2J", "b\x07\x9b31m\n--c <d>"))
    assert stream.getvalue() == "\na[2J\nb31m\n--c <d>\n\n"


def test_writes_to_the_current_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(ConsoleNotifier().show(FIRM, lambda _: None))
    assert FIRM.title in capsys.readouterr().err


def test_a_stopped_terminal_fails_until_it_goes_on() -> None:
    """Ctrl-S on the terminal of `slowrise run` must not stop the daemon."""
    leader, follower = pty.openpty()
    with open(follower, "w") as stream, open(leader, "rb", buffering=0) as screen:  # noqa: PTH123 - a descriptor
        termios.tcflow(follower, termios.TCOOFF)
        with pytest.raises(NotifierFailed, match="stopped"):
            show(stream, PROMPT)
        termios.tcflow(follower, termios.TCOON)
        show(stream, FIRM)
        assert screen.read(1000).decode().split("\r\n")[1] == FIRM.title


def test_a_pipe_without_a_reader_fails() -> None:
    reading, writing = os.pipe()
    with open(writing, "w") as stream:  # noqa: PTH123 - a descriptor
        os.write(writing, b"x" * fcntl.fcntl(writing, fcntl.F_GETPIPE_SZ))
        with pytest.raises(NotifierFailed, match="no program reads"):
            show(stream, PROMPT)
        os.close(reading)


def test_a_closed_stream_fails() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = open(writing, "w")  # noqa: PTH123, SIM115 - a descriptor, closed below
    with pytest.raises(NotifierFailed, match="cannot write"):
        show(stream, PROMPT)
    with pytest.raises(OSError, match="Broken pipe"):
        stream.close()
    with pytest.raises(NotifierFailed, match="cannot write"):
        show(stream, PROMPT)
