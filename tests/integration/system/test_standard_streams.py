"""Standard streams that are closed, full, or read by nobody. The other ends are real pipes and terminals."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slowrise.adapters.system.standard_streams import HELD, NeverBlocking
from support.desktop_programs import PATIENCE
from support.notices import until

LINE = "INFO a line of the log that is as long as most of them are\n"
COMMAND = f"'{sys.executable}' -m slowrise"


@contextmanager
def pipe_of(size: int) -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, size)
    try:
        yield reading, writing
    finally:
        os.close(writing)
        os.close(reading)


def fill(stream: NeverBlocking, size: int) -> int:
    """Write more text than fits into `size` and what the stream holds; return the number of lines."""
    number = 2 * (size + HELD) // len(LINE)
    for _ in range(number):
        stream.write(LINE)
    return number


def test_lines_that_nobody_reads_are_held_then_dropped_and_counted() -> None:
    size = 64 * 1024

    async def run(reading: int, writing: int) -> None:
        stream = NeverBlocking(writing)
        with stream.written_in(asyncio.get_running_loop()):
            written = fill(stream, size)
            os.set_blocking(reading, False)
            received = bytearray()

            def has_note() -> bool:
                try:
                    received.extend(os.read(reading, size))
                except BlockingIOError:
                    return False
                return b" lines of this log are missing: " in received

            await until(has_note, "the note")
        lines = received.decode().splitlines(keepends=True)
        missing = written - lines.count(LINE)
        assert missing > 0
        assert lines[-1] == f"WARNING {missing} lines of this log are missing: they were not read in time\n"
        stream.write(LINE)
        assert os.read(reading, size).decode() == LINE, "what comes later is written as ever"

    with pipe_of(size) as (reading, writing):
        asyncio.run(run(reading, writing))


def test_a_terminal_that_is_stopped_blocks_nothing() -> None:
    """Nobody reads the other end, as after Ctrl-S."""
    screen, terminal = pty.openpty()
    try:
        fill(NeverBlocking(terminal), 1 << 20)
        assert os.get_blocking(terminal), "other programs share the terminal"
    finally:
        os.close(screen)
        os.close(terminal)


def test_at_the_end_a_slow_reader_still_gets_everything() -> None:
    with pipe_of(4096) as (reading, writing):
        stream = NeverBlocking(writing)
        stream.write(LINE * 200)
        os.set_blocking(reading, True)
        with subprocess.Popen(["cat"], stdin=reading, stdout=subprocess.PIPE) as cat:
            stream.drain()
            os.close(os.dup(writing))
            assert cat.stdout
            assert cat.stdout.read(len(LINE) * 200).decode() == LINE * 200
            cat.kill()


def test_a_reader_that_left_is_no_error() -> None:
    with pipe_of(4096) as (reading, writing):
        stream = NeverBlocking(writing)
        os.dup2(os.open(os.devnull, os.O_RDONLY), reading)
        fill(stream, 4096)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("{} summary > /dev/full", 1, "The output cannot be written: No space left on device."),
        ("{} summary --json > /dev/full", 1, "The output cannot be written: No space left on device."),
        ("{} --help > /dev/full", 1, "The output cannot be written: No space left on device."),
        ("{} summary >&-", 1, "The output cannot be written: Bad file descriptor."),
        ("{} summary > /dev/full 2>&1", 1, ""),
        ("{} summary --nonsense 2>&-", 2, ""),
        ("{} run --source nonsense 2>&-", 2, ""),
        ("{} symptom pain --side both --level 4 <&-", 2, "confirm it: slowrise red-flags --read"),
    ],
)
def test_a_stream_that_is_full_or_closed_is_said_in_words(line: str, code: int, words: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", line.format(COMMAND)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_no_other_file_gets_the_number_of_a_closed_stream(private_home: Path) -> None:
    """What a library prints to standard error would be written into that file."""
    code = (
        "from slowrise.adapters.system.standard_streams import open_missing_streams\n"
        "open_missing_streams()\n"
        f"assert open({os.fspath(private_home / 'ledger')!r}, 'w').fileno() > 2\n"
    )
    done = subprocess.run(["/bin/sh", "-c", f"'{sys.executable}' -c \"{code}\" <&- >&- 2>&-"], check=False, timeout=60)
    assert done.returncode == 0
