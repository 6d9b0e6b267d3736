"""A command that prints the desk's posture."""

from __future__ import annotations

import asyncio
import os
import pty
import re
from pathlib import Path

import pytest

from slowrise.adapters.signals.desk_sensor import LONGEST_LINE, DeskSensor
from slowrise.config.parse import parse
from slowrise.config.reference import reference
from slowrise.ports.input import Sighting
from slowrise.ports.probe import Lost, Unavailable
from support.dbus_stage import Told, watched


def heard(command: str) -> tuple[list[str], str]:
    """The postures a command that ends by itself told, and why it was lost."""
    told: list[Sighting] = []
    with pytest.raises(Lost) as lost:
        asyncio.run(DeskSensor(command).watch(told.append))
    return [each.what for each in told], str(lost.value)


def test_a_posture_is_told_when_it_changes() -> None:
    told, why = heard("sh -c 'echo standing; echo standing; echo sitting; exit 3'")
    assert told == ["standing", "sitting"]
    assert why == "sh ended with 3"


def test_other_lines_are_passed_over_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    told, _ = heard("printf '97 cm\\n\\nstanding \\nSITTING\\n'")
    assert told == ["standing"]
    assert len(caplog.records) == 1
    assert "97" not in caplog.text


def test_a_line_without_end_ends_its_use() -> None:
    _, why = heard(f"sh -c 'head -c {10 * LONGEST_LINE} /dev/zero; sleep 30'")
    assert "more than" in why


@pytest.mark.parametrize("command", ["no-such-program-here", "sh -c 'open", ""])
def test_what_cannot_run_says_so_at_once(command: str) -> None:
    with pytest.raises(Unavailable):
        DeskSensor(command)


def test_cancelled_it_leaves_no_process_behind(tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    async def watch_and_leave() -> None:
        told = asyncio.Event()
        watching = asyncio.ensure_future(
            DeskSensor(f"sh -c 'echo $$ > {mark}; echo standing; exec sleep 600'").watch(lambda _: told.set())
        )
        async with asyncio.timeout(30):
            await told.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(watch_and_leave())
    assert not Path(f"/proc/{mark.read_text().strip()}").exists()


def test_the_example_of_the_shipped_file_works_as_it_stands_there() -> None:
    """On a terminal, as a serial line is one: with line ends of two bytes, and noise."""
    example = re.search(r"^# (sensor = '''.*?''')$", reference(), re.MULTILINE | re.DOTALL)
    assert example
    desk, line = pty.openpty()
    text = example[1].replace("\n# ", "\n").replace("/dev/ttyUSB0", os.ttyname(line))
    sensor = DeskSensor(parse(f"[standing_desk]\nhave = true\n{text}").standing_desk.sensor)

    async def monitor() -> None:
        told = Told()
        async with watched(sensor, told):
            os.write(desk, b"\xff\r\n\r\n11")
            os.write(desk, b"0\r\nE02\r\n")
            await told.so_far("standing")
            os.write(desk, b"95\r\n")
            await told.so_far("standing", "sitting")
            os.write(desk, b"error 4\r\n96\r\n")
            await told.so_far("standing", "sitting", "standing")

    try:
        asyncio.run(monitor())
    finally:
        os.close(desk)
        os.close(line)
