"""Measure what the running daemon costs on every desktop that is installed here, beside rivals and a bare interpreter.

    python benchmarks/costs [--quick]

All programs run at the same time, because most of them wait: first without input, then with typing, then with a pointer
that moves a thousand times a second. Time budgets hold for a machine whose interpreter starts in `BARE` seconds of
process time, and are scaled up on a slower machine. The start is measured in process time, because other programs may
use this machine. Memory at the start is measured one program after another.

Two bare interpreters run beside them. One only waits; the other writes a row to SQLite each minute as the daemon does,
and nothing else. Whatever is above its cost is slowrise's own.

The daemon follows X servers and terminals that come and go, and looks for screen lockers when their file is opened.
Where other work starts such programs during a run, it counts as the daemon's.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from timing import BARE, TIMES, compile_program, cpu_seconds

from costs import desktops
from costs.desktops import Desktop
from costs.process import Effort, Memory, Meter, cpu, memory

PYTHON = sys.executable
WAIT = "import signal; signal.pause()"
BEAT = """
import sqlite3, time
database = sqlite3.connect("beat.sqlite3", isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = NORMAL")
database.execute("CREATE TABLE beat (one INTEGER PRIMARY KEY, at TEXT)")
while True:
    database.execute("INSERT OR REPLACE INTO beat VALUES (1, ?)", (time.ctime(),))
    time.sleep(60)
"""
PATIENCE = 60.0


class Phase(NamedTuple):
    """A part of the run: `rate` inputs a second, from `begin` seconds after the last program's start."""

    name: str
    rate: float
    seconds: float
    begin: float
    lead: float = 0.0
    """Seconds of input before."""


# Whole minutes, because the heartbeat comes once a minute: a part of a minute would count it too often or too rarely.
# All that comes once is between phases. After two minutes without input `x11_idle` listens with pynput. A minute after
# a return the silence before it is judged. A signal that this machine lacks, such as a camera, is looked for 255, 511
# and 1023 seconds after a program's start, and then every ten minutes.
PHASES = (
    Phase("no input", 0, 180, begin=265),
    Phase("typing", 5, 60, begin=600, lead=75),
    Phase("1000 a second", 1000, 60, begin=670, lead=5),
)
QUICK = (
    Phase("no input", 0, 60, begin=130),
    Phase("typing", 5, 60, begin=280, lead=75),
    Phase("1000 a second", 1000, 60, begin=350, lead=5),
)


class Case(NamedTuple):
    """A source on a kind of desktop, the program that must be installed for it, and the budget of the daemon there."""

    source: str
    desktop: str
    needs: str
    rss: float
    pointer: float
    """CPU seconds an hour while the pointer moves."""

    @property
    def name(self) -> str:
        """The name in the table."""
        return f"{self.source} ({self.desktop})"


LEAN, LISTENING = 0.1, 3.6
CASES = (
    Case("wayland_idle", "sway", "sway", 34, LEAN),
    Case("wayland_idle", "kwin", "kwin_wayland", 34, LEAN),
    Case("mutter", "mutter", "mutter", 34, LEAN),
    Case("x11_idle", "x11", "Xvfb", 40, LEAN),
    Case("pynput", "x11", "Xvfb", 40, LISTENING),
    Case("terminal", "terminal", "cat", 34, LISTENING),
)
RIVALS = ("workrave", "sane-break", "safeeyes", "rsibreak")
MOST_PSS, MOST_WAKEUPS, MOST_IDLE, MOST_TYPING, MOST_START = 30.0, 2.0, 0.06, 0.1, 0.5
MOST_REPLAY = 6.0
"""Seconds to replay a year. We prefer readable rules to being twice as fast."""


class Row(NamedTuple):
    """One program on one desktop. `case` is None for rivals and the interpreter, which have no budget."""

    name: str
    case: Case | None
    start: float
    """Seconds to the first event, and process time until then. Both are 0 for a program without events."""
    start_cpu: float
    memory: Memory
    used: Memory
    efforts: dict[str, Effort]


class Runner:
    """A program on its desktop."""

    def __init__(self, name: str, case: Case | None, desktop: Desktop, command: list[str], log: Path) -> None:
        self.name, self.case, self.desktop, self._command, self._log = name, case, desktop, command, log
        self.start = self.start_cpu = 0.0
        self.efforts: dict[str, Effort] = {}

    def begin(self) -> None:
        """Start the program while input arrives, and measure its memory. For a daemon, time its first event."""
        with _touching(self.desktop, 20.0):
            begun = time.monotonic()
            self.process = self.desktop.run(*self._command, log=self._log)
            if self.case:
                self._await("DEBUG active\n")
                self.start, self.start_cpu = time.monotonic() - begun, cpu(self.process.pid)
        time.sleep(3)
        self.memory = memory(self.process.pid)

    def lives(self) -> bool:
        """Return whether it still runs. The table leaves out a rival that ended. A daemon that ended fails the run."""
        if self.process.poll() is None:
            return True
        last = self._log.read_text()[-1000:]
        assert self.case is None, f"{self.name} has ended: {last}"
        print(f"{self.name}: not measured, it ended with {self.process.returncode}: {last.splitlines()[-1:]}")
        return False

    def end(self) -> None:
        """End the program."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def row(self) -> Row:
        """Return the measurements."""
        return Row(
            self.name, self.case, self.start, self.start_cpu, self.memory, memory(self.process.pid), self.efforts
        )

    def _await(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self._log.read_text():
            assert time.monotonic() < end, f"{self.name} does not log {text!r}: {self._log.read_text()[-2000:]}"
            time.sleep(0.002)


def main(*, quick: bool = False) -> int:
    """Print the tables. Return 1 if a budget is exceeded."""
    compile_program()
    bare = min(cpu_seconds([PYTHON, "-I", "-S", "-c", "pass"]) for _ in range(TIMES))
    slowness = max(1.0, bare / BARE)
    print(f"an interpreter starts in {bare * 1000:.0f} ms: time budgets are multiplied by {slowness:.2f}")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sr-cost-")))
        rows = _measured(list(_runners(stack, scratch)), quick=quick)
    exceeded = _print(rows, slowness)
    with tempfile.TemporaryDirectory(prefix="sr-cost-") as scratch:
        exceeded += _year(Path(scratch), slowness)
    return int(exceeded > 0)


def _runners(stack: ExitStack, scratch: Path) -> Iterator[Runner]:
    """Start each program on its own desktop, one after another. The stack ends them."""
    shared = stack.enter_context(desktops.shared_services())
    number = iter(range(99))

    def begun(name: str, case: Case | None, desktop: Desktop, command: list[str]) -> Runner:
        runner = Runner(name, case, desktop, command, scratch / f"log-{next(number)}")
        runner.begin()
        stack.callback(runner.end)
        return runner

    for case in CASES:
        if not shutil.which(case.needs):
            print(f"{case.name}: not measured, {case.needs} is not installed")
            continue
        command = [PYTHON, "-m", "slowrise", "run", "--verbose", "--source", case.source]
        yield begun(case.name, case, _desktop(stack, case.desktop, shared), command)
    for rival in RIVALS:
        if not shutil.which(rival):
            print(f"{rival}: not measured, it is not installed")
            continue
        desktop = _desktop(stack, "x11", shared)
        Path(desktop.environ["XDG_CONFIG_HOME"], rival, "style").mkdir(parents=True)  # Safe Eyes needs this folder
        yield begun(rival, None, desktop, [rival])
    for name, script in (("bare interpreter", WAIT), ("bare, writing a row", BEAT)):
        command = [PYTHON, "-I", "-S", "-c", f"import os; os.chdir({str(scratch)!r})\n{script}"]
        yield begun(name, None, _desktop(stack, "x11", shared), command)


def _desktop(stack: ExitStack, kind: str, shared: dict[str, str]) -> Desktop:
    """Return a desktop in a time zone where it is about noon, so that no day ends during the run."""
    desktop = stack.enter_context(desktops.opened(kind, shared))
    noon = f"NOON{datetime.now(UTC).hour - 12:+d}"
    return desktop._replace(environ={**desktop.environ, "TZ": noon})


@contextmanager
def _touching(desktop: Desktop, rate: float) -> Iterator[None]:
    generator = desktop.touch(rate=rate, seconds=PATIENCE)
    time.sleep(1)
    try:
        yield
    finally:
        generator.kill()
        generator.wait()


def _measured(runners: list[Runner], *, quick: bool) -> list[Row]:
    started = time.monotonic()
    for phase in QUICK if quick else PHASES:
        time.sleep(max(0.0, started + phase.begin - phase.lead - time.monotonic()))
        print(f"{phase.name}, {phase.seconds:.0f} s ...", flush=True)
        lasting = phase.lead + phase.seconds + PATIENCE
        generators = [each.desktop.touch(rate=phase.rate, seconds=lasting) for each in runners if phase.rate]
        time.sleep(phase.lead)
        meters = [Meter(each.process.pid) for each in runners]
        end = time.monotonic() + phase.seconds
        while time.monotonic() < end:
            time.sleep(1)
            for meter in meters:
                meter.look()
        for runner, meter in zip(runners, meters, strict=True):
            runner.efforts[phase.name] = meter.read()
        for runner, generator in zip(runners, generators, strict=False):
            generator.send_signal(signal.SIGINT)
            reached = float(generator.communicate(timeout=PATIENCE)[0] or 0)
            if reached < phase.rate * 0.8:
                print(f"  {runner.name}: only {reached:.0f} inputs a second of {phase.rate:.0f}")
    return [each.row() for each in runners if each.lives()]


HEAD = (
    f"{'':<22}{'first event':>13}{'RSS':>7}{'PSS':>7}{'later':>7}{'':>4}"
    + "".join(f"{phase.name:>17}" for phase in PHASES)
    + f"\n{'':<22}{'s':>7}{'CPU s':>6}{'MB':>7}{'MB':>7}{'RSS':>7}{'thr':>4}"
    + f"{'wakes/min':>10}{'CPU/h':>7}" * len(PHASES)
)


def _print(rows: list[Row], slowness: float) -> int:
    """Print the table and return how many budgets are exceeded."""
    print(HEAD)
    exceeded = []
    for row in rows:
        start = f"{row.start:7.2f}{row.start_cpu:6.2f}" if row.start else f"{'':>13}"
        efforts = "".join(f"{each.wakeups_per_minute:10.1f}{each.cpu_per_hour:7.3f}" for each in row.efforts.values())
        print(
            f"{row.name:<22}{start}{row.memory.rss:7.1f}{row.memory.pss:7.1f}{row.used.rss:7.1f}"
            f"{row.used.threads:4d}{efforts}"
        )
        exceeded += [f"{row.name}: {each}" for each in _excesses(row, slowness)]
    _print_ratios(rows)
    for each in exceeded:
        print(f"TOO MUCH  {each}")
    return len(exceeded)


def _print_ratios(rows: list[Row]) -> None:
    """Print how many times as much each other program takes as slowrise with the same kind of source."""
    ours = {row.name: row for row in rows if row.case}
    for name in ("x11_idle (x11)", "wayland_idle (sway)"):
        if (own := ours.get(name)) is None:
            continue
        for other in (row for row in rows if row.case is None):
            rates = (
                f"{phase.name} {other.efforts[phase.name].cpu_per_hour / own.efforts[phase.name].cpu_per_hour:.2f}"
                for phase in PHASES
            )
            print(f"{other.name} to {name}: PSS {other.memory.pss / own.memory.pss:.2f}; CPU {', '.join(rates)}")


def _excesses(row: Row, slowness: float) -> Iterator[str]:
    if row.case is None:
        return
    no_input, typing, pointer = (row.efforts[phase.name] for phase in PHASES)
    typed = row.case.pointer if row.case.pointer == LISTENING else MOST_TYPING
    for what, value, most in (
        ("PSS, MB", row.memory.pss, MOST_PSS),
        ("RSS, MB", max(row.memory.rss, row.used.rss), row.case.rss),
        ("wake-ups a minute without input", no_input.wakeups_per_minute, MOST_WAKEUPS),
        ("CPU s/h without input", no_input.cpu_per_hour, MOST_IDLE * slowness),
        ("CPU s/h typing", typing.cpu_per_hour, typed * slowness),
        ("CPU s/h at 1000 a second", pointer.cpu_per_hour, row.case.pointer * slowness),
        ("process seconds to the first event", row.start_cpu, MOST_START * slowness),
    ):
        if value > most:
            yield f"{what}: {value:.3f} of {most:.3f}"


def _year(scratch: Path, slowness: float) -> int:
    """Print the size of a year in the ledger and the time of its replay. Return how many budgets are exceeded."""
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
