"""What the running daemon costs, on each desktop that can be had here, beside a bare interpreter and its rivals.

`costs.py [--quick]`. Everything runs at once, for most of it waits: nobody there, then somebody who types, then a
pointer that moves a thousand times a second. Seconds are those of a machine whose interpreter starts in `BARE` seconds
of process time, and are stretched by how much slower this one is; the start is measured in process time too, for others
use this machine. Memory at the start is measured one program after another.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from timing import BARE, TIMES, cpu_seconds

from costs import desktops
from costs.desktops import Desktop
from costs.process import Effort, Memory, Meter, cpu, memory

PYTHON = sys.executable
WAIT = [PYTHON, "-I", "-S", "-c", "import signal; signal.pause()"]
PATIENCE = 60.0
SETTLED = 130.0
"""Seconds after the last input until nothing more comes of it: after two minutes `x11_idle` listens with pynput."""
RETURNED = 12.0
"""Seconds after the first input until a return has been looked at. Both are costs of an absence, and not of an hour."""


class Stretch(NamedTuple):
    """A part of the run: so many inputs a second for so long."""

    name: str
    rate: float
    seconds: float
    quick: float


# Whole minutes, for the heartbeat comes once in each: a part of one would count it as if it came more often, or less.
NOBODY = Stretch("nobody there", 0, 180, 60)
TYPING = Stretch("typing", 5, 60, 60)
POINTER = Stretch("1000 a second", 1000, 60, 60)
STRETCHES = (NOBODY, TYPING, POINTER)


class Place(NamedTuple):
    """A desktop to watch with a source, what must be installed for it, and how much the daemon may cost there."""

    source: str
    make: Callable[[dict[str, str]], AbstractContextManager[Desktop]]
    needs: str
    rss: float
    pointer: float
    """CPU seconds an hour while the pointer moves."""

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.source} ({self.make.__name__})"


LEAN, LISTENING = 0.1, 3.6
PLACES = (
    Place("wayland_idle", desktops.sway, "sway", 34, LEAN),
    Place("wayland_idle", desktops.kwin, "kwin_wayland", 34, LEAN),
    Place("mutter", desktops.mutter, "mutter", 34, LEAN),
    Place("x11_idle", desktops.x11, "Xvfb", 40, LEAN),
    Place("pynput", desktops.x11, "Xvfb", 40, LISTENING),
    Place("terminal", desktops.terminal, "cat", 34, LISTENING),
)
RIVALS = ("workrave", "sane-break", "safeeyes", "rsibreak")
MOST_PSS, MOST_WAKEUPS, MOST_IDLE, MOST_TYPING, MOST_START = 30.0, 2.0, 0.06, 0.1, 0.5
MOST_REPLAY = 6.0
"""Seconds for a year. Readable rules are worth the last factor of two."""


class Row(NamedTuple):
    """One program on one desktop. `place` is None for a rival and for the interpreter, which have no budget."""

    name: str
    place: Place | None
    start: float
    """Seconds to the first event, and of process time until then; 0 where nothing tells of it."""
    start_cpu: float
    memory: Memory
    used: Memory
    efforts: dict[str, Effort]


class Runner:
    """A program that has been started on its desktop."""

    def __init__(self, name: str, place: Place | None, desktop: Desktop, command: list[str], log: Path) -> None:
        self.name, self.place, self.desktop, self._command, self._log = name, place, desktop, command, log
        self.start = self.start_cpu = 0.0
        self.efforts: dict[str, Effort] = {}

    def begin(self) -> None:
        """Start it where somebody types; for a daemon, note when it has seen that, and what it weighs by then."""
        with _touching(self.desktop, 20.0):
            begun = time.monotonic()
            self.process = self.desktop.run(*self._command, log=self._log)
            if self.place:
                self._await("DEBUG active\n")
                self.start, self.start_cpu = time.monotonic() - begun, cpu(self.process.pid)
        time.sleep(3)
        self.memory = memory(self.process.pid)

    def lives(self) -> bool:
        """Whether it still runs. A rival that does not is left out; a daemon that does not is a failure."""
        if self.process.poll() is None:
            return True
        last = self._log.read_text()[-1000:]
        assert self.place is None, f"{self.name} has ended: {last}"
        print(f"{self.name}: not measured, it ended with {self.process.returncode}: {last.splitlines()[-1:]}")
        return False

    def end(self) -> None:
        """Take the row out and end the program."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def row(self) -> Row:
        """What was found out."""
        return Row(
            self.name, self.place, self.start, self.start_cpu, self.memory, memory(self.process.pid), self.efforts
        )

    def _await(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self._log.read_text():
            assert time.monotonic() < end, f"{self.name} does not say {text!r}: {self._log.read_text()[-2000:]}"
            time.sleep(0.002)


def main(*, quick: bool = False) -> int:
    """Print the tables; 1 if a budget is exceeded."""
    bare = min(cpu_seconds([PYTHON, "-I", "-S", "-c", "pass"]) for _ in range(TIMES))
    slowness = max(1.0, bare / BARE)
    print(f"an interpreter starts in {bare * 1000:.0f} ms: budgets of time are stretched by {slowness:.2f}")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sr-cost-")))
        rows = _lived(list(_runners(stack, scratch)), quick=quick)
    late = _print(rows, slowness)
    with tempfile.TemporaryDirectory(prefix="sr-cost-") as scratch:
        late += _year(Path(scratch), slowness)
    return int(late > 0)


def _runners(stack: ExitStack, scratch: Path) -> Iterator[Runner]:
    """Each program on a desktop of its own, started one after another; ended with the stack."""
    around = stack.enter_context(desktops.surroundings())
    number = iter(range(99))

    def begun(name: str, place: Place | None, desktop: Desktop, command: list[str]) -> Runner:
        runner = Runner(name, place, desktop, command, scratch / f"log-{next(number)}")
        runner.begin()
        stack.callback(runner.end)
        return runner

    for place in PLACES:
        if not shutil.which(place.needs):
            print(f"{place.name}: not measured, {place.needs} is not installed")
            continue
        command = [PYTHON, "-m", "slowrise", "run", "--verbose", "--source", place.source]
        yield begun(place.name, place, _home(stack, place.make, around), command)
    for rival in RIVALS:
        if not shutil.which(rival):
            print(f"{rival}: not measured, it is not installed")
            continue
        desktop = _home(stack, desktops.x11, around)
        Path(desktop.environ["XDG_CONFIG_HOME"], rival, "style").mkdir(parents=True)  # Safe Eyes takes it to be there
        yield begun(rival, None, desktop, [rival])
    yield begun("bare interpreter", None, _home(stack, desktops.x11, around), WAIT)


def _home(
    stack: ExitStack, make: Callable[[dict[str, str]], AbstractContextManager[Desktop]], around: dict[str, str]
) -> Desktop:
    """A desktop whose days roll over at no time soon."""
    desktop = stack.enter_context(make(around))
    noon = f"NOON{datetime.now(UTC).hour - 12:+d}"
    return desktop._replace(environ={**desktop.environ, "TZ": noon})


@contextmanager
def _touching(desktop: Desktop, rate: float) -> Iterator[None]:
    hands = desktop.touch(rate=rate, seconds=PATIENCE)
    time.sleep(1)
    try:
        yield
    finally:
        hands.kill()
        hands.wait()


def _lived(runners: list[Runner], *, quick: bool) -> list[Row]:
    time.sleep(SETTLED)
    for stretch in STRETCHES:
        seconds = stretch.quick if quick else stretch.seconds
        print(f"{stretch.name}, {seconds:.0f} s ...", flush=True)
        hands = [
            each.desktop.touch(rate=stretch.rate, seconds=seconds + 3 * RETURNED) for each in runners if stretch.rate
        ]
        time.sleep(RETURNED if stretch.rate else 0)
        meters = [Meter(each.process.pid) for each in runners]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(1)
            for meter in meters:
                meter.look()
        for runner, meter in zip(runners, meters, strict=True):
            runner.efforts[stretch.name] = meter.read()
        for runner, hand in zip(runners, hands, strict=False):
            hand.send_signal(signal.SIGINT)
            reached = float(hand.communicate(timeout=PATIENCE)[0] or 0)
            if reached < stretch.rate * 0.8:
                print(f"  {runner.name}: only {reached:.0f} inputs a second of {stretch.rate:.0f}")
    return [each.row() for each in runners if each.lives()]


HEAD = (
    f"{'':<22}{'first event':>13}{'RSS':>7}{'PSS':>7}{'later':>7}{'':>4}"
    + "".join(f"{stretch.name:>17}" for stretch in STRETCHES)
    + f"\n{'':<22}{'s':>7}{'CPU s':>6}{'MB':>7}{'MB':>7}{'RSS':>7}{'thr':>4}"
    + f"{'wakes/min':>10}{'CPU/h':>7}" * len(STRETCHES)
)


def _print(rows: list[Row], slowness: float) -> int:
    """The table; how many budgets are exceeded."""
    print(HEAD)
    late = []
    for row in rows:
        start = f"{row.start:7.2f}{row.start_cpu:6.2f}" if row.start else f"{'':>13}"
        efforts = "".join(f"{each.wakeups_per_minute:10.1f}{each.cpu_per_hour:7.3f}" for each in row.efforts.values())
        print(
            f"{row.name:<22}{start}{row.memory.rss:7.1f}{row.memory.pss:7.1f}{row.used.rss:7.1f}"
            f"{row.used.threads:4d}{efforts}"
        )
        late += [f"{row.name}: {each}" for each in _excesses(row, slowness)]
    for each in late:
        print(f"TOO MUCH  {each}")
    return len(late)


def _excesses(row: Row, slowness: float) -> Iterator[str]:
    if row.place is None:
        return
    nobody, typing, pointer = (row.efforts[stretch.name] for stretch in STRETCHES)
    typed = row.place.pointer if row.place.pointer == LISTENING else MOST_TYPING
    for what, value, most in (
        ("PSS, MB", row.memory.pss, MOST_PSS),
        ("RSS, MB", max(row.memory.rss, row.used.rss), row.place.rss),
        ("wake-ups a minute with nobody there", nobody.wakeups_per_minute, MOST_WAKEUPS),
        ("CPU s/h with nobody there", nobody.cpu_per_hour, MOST_IDLE * slowness),
        ("CPU s/h typing", typing.cpu_per_hour, typed * slowness),
        ("CPU s/h at 1000 a second", pointer.cpu_per_hour, row.place.pointer * slowness),
        ("process seconds to the first event", row.start_cpu, MOST_START * slowness),
    ):
        if value > most:
            yield f"{what}: {value:.3f} of {most:.3f}"


def _year(scratch: Path, slowness: float) -> int:
    """How large a year is and how long it takes to replay; how many budgets are exceeded."""
    from queries.ten_year_ledger import fill

    size = fill(scratch, 1.0).stat().st_size / 1e6
    trace = scratch / "year.jsonl"
    slowrise = [PYTHON, "-m", "slowrise"]
    with trace.open("wb") as sink:
        export = [*slowrise, "export", "trace", "--data-dir", str(scratch)]
        subprocess.run(export, stdout=sink, check=True)
    took = min(cpu_seconds([*slowrise, "replay", str(trace), "--json"]) for _ in range(2))
    print(f"a year: {size:.1f} MB of 5 in the ledger; replayed in {took:.2f} s of {MOST_REPLAY * slowness:.2f}")
    return (size > 5) + (took > MOST_REPLAY * slowness)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv[1:]))
