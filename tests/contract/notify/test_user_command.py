"""The user's own command with each notice: without a shell, with a time limit, and never delaying the notice."""

from __future__ import annotations

import asyncio
import logging
import shlex
import sys
from io import StringIO
from pathlib import Path

import pytest

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.notify.user_command import CommandNotifier
from support.notices import PROMPT, until

TELL = """
import os, sys
told = os.environ["SLOWRISE_KIND"], os.environ["SLOWRISE_TITLE"], sys.stdin.read()
open(sys.argv[1], "w").write("|".join(told))
"""


def python(code: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-c", code, *arguments])


def show(command: str, *, times: int = 1, time_limit: float = 30.0) -> str:
    """Show notices, wait for the command to end, and return the text shown."""
    stream = StringIO()

    async def run() -> None:
        notifier = CommandNotifier(ConsoleNotifier(stream), command, time_limit=time_limit)
        for _ in range(times):
            await notifier.show(PROMPT, lambda _: None)
            await until(lambda: not notifier._running, "the command to end")
        await notifier.close()

    asyncio.run(run())
    return stream.getvalue()


def test_the_command_gets_kind_title_and_text(tmp_path: Path) -> None:
    told = tmp_path / "told"
    assert PROMPT.title in show(python(TELL, str(told)))
    assert told.read_text() == f"{PROMPT.kind}|{PROMPT.title}|{PROMPT.title}\n{PROMPT.body}\n"


def test_no_shell_interprets_the_command(tmp_path: Path) -> None:
    told = tmp_path / "told"
    show(f"{python(TELL, str(told))} ; touch {tmp_path}/by-a-shell")
    assert told.exists()
    assert not (tmp_path / "by-a-shell").exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("/no/such/program", "No such file or directory"),
        (python("import sys; sys.stdin.read(); sys.exit(3)"), "its exit code was 3"),
        (python("import time; time.sleep(60)"), "it took more than 0.2 s and was stopped"),
    ],
    ids=["missing", "failing", "hanging"],
)
def test_a_failure_is_logged_once_and_the_notice_is_still_shown(
    command: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        shown = show(command, times=2, time_limit=0.2 if "sleep" in command else 30.0)
    assert shown.count(PROMPT.title) == 2
    assert [record.getMessage() for record in caplog.records] == [
        f"notifications.on_prompt: {shlex.split(command)[0]} fails: {why}"
    ]


def test_children_of_the_command_end_with_it(tmp_path: Path) -> None:
    """A child that would outlive the command and keep the file open."""
    alive = tmp_path / "alive"
    child = f"import time, pathlib; time.sleep(1.5); pathlib.Path({str(alive)!r}).touch()"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    show(python(parent), time_limit=0.5)

    async def wait() -> None:
        await asyncio.sleep(2)

    asyncio.run(wait())
    assert not alive.exists()


def test_closing_ends_a_running_command() -> None:
    async def run() -> None:
        notifier = CommandNotifier(ConsoleNotifier(StringIO()), python("import time; time.sleep(60)"))
        await notifier.show(PROMPT, lambda _: None)
        await asyncio.sleep(0.1)
        async with asyncio.timeout(20):
            await notifier.close()
        assert not notifier._running

    asyncio.run(run())
