"""The user's command that prints the posture of the desk."""

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
from support.mock_bus import Sightings, watched


def heard(command: str) -> tuple[list[str], str]:
    """Run a command that ends by itself; return the emitted postures and the reason of the loss."""
    seen: list[Sighting] = []
    with pytest.raises(Lost) as lost:
        asyncio.run(DeskSensor(command).watch(seen.append))
    return [each.what for each in seen], str(lost.value)


def test_emits_a_posture_when_it_changes() -> None:
    seen, why = heard("sh -c 'echo standing; echo standing; echo sitting; exit 3'")
    assert seen == ["standing", "sitting"]
    assert why == "sh ended with 3"


def test_other_lines_are_ignored_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    seen, _ = heard("printf '97 cm\\n\\nstanding \\nSITTING\\n'")
    assert seen == ["standing"]
    assert len(caplog.records) == 1
    assert "97" not in caplog.text


def test_an_endless_line_is_a_loss() -> None:
    _, why = heard(f"sh -c 'head -c {10 * LONGEST_LINE} /dev/zero; sleep 30'")
    assert "more than" in why


@pytest.mark.parametrize("command", ["no-such-program-here", "sh -c 'open", ""])
def test_a_command_that_cannot_run_is_unavailable(command: str) -> None:
    with pytest.raises(Unavailable):
        asyncio.run(DeskSensor(command).probe())


def test_cancelling_leaves_no_process_behind(tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    async def watch_and_leave() -> None:
        seen = asyncio.Event()
        watching = asyncio.ensure_future(
            DeskSensor(f"sh -c 'echo $$ > {mark}; echo standing; exec sleep 600'").watch(lambda _: seen.set())
        )
        async with asyncio.timeout(30):
            await seen.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(watch_and_leave())
    assert not Path(f"/proc/{mark.read_text().strip()}").exists()


@pytest.mark.parametrize(
    "command",
    [
        "sh -c 'echo standing; sleep 600'",
        "sh -c 'echo standing; sleep 600 & exec sleep 600'",
        "sh -c 'echo standing; setsid sleep 60 & exec sleep 600'",
        "sh -c 'echo standing; exec yes sitting'",
    ],
    ids=["a child", "a child beside it", "a child that left its group", "a flood"],
)
def test_cancelling_waits_for_nothing_that_the_command_started(command: str) -> None:
    """Each of them holds the pipe that the posture comes from."""

    async def watch_and_leave() -> float:
        seen = asyncio.Event()
        watching = asyncio.ensure_future(DeskSensor(command).watch(lambda _: seen.set()))
        async with asyncio.timeout(30):
            await seen.wait()
        watching.cancel()
        begun = asyncio.get_running_loop().time()
        await asyncio.wait([watching], timeout=20)
        return asyncio.get_running_loop().time() - begun

    assert asyncio.run(watch_and_leave()) < 5.0


def test_a_command_that_prints_without_end_is_a_loss() -> None:
    seen, why = heard("yes sitting")
    assert set(seen) <= {"sitting"}
    assert "printed more than" in why


def test_the_example_in_the_shipped_configuration_works() -> None:
    """On a terminal, because a serial line is one: with line ends of two bytes, and noise."""
    example = re.search(r"^# (sensor = '''.*?''')$", reference(), re.MULTILINE | re.DOTALL)
    assert example
    desk, line = pty.openpty()
    text = example[1].replace("\n# ", "\n").replace("/dev/ttyUSB0", os.ttyname(line))
    sensor = DeskSensor(parse(f"[standing_desk]\nhave = true\n{text}").standing_desk.sensor)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(sensor, seen):
            os.write(desk, b"\xff\r\n\r\n11")
            os.write(desk, b"0\r\nE02\r\n")
            await seen.expect("standing")
            os.write(desk, b"95\r\n")
            await seen.expect("standing", "sitting")
            os.write(desk, b"error 4\r\n96\r\n")
            await seen.expect("standing", "sitting", "standing")

    try:
        asyncio.run(monitor())
    finally:
        os.close(desk)
        os.close(line)
