"""Random input at every door of the program, for a given time: `make fuzz FUZZ_SECONDS=600 FUZZ_SEED=7`.

The doors are the control socket, the command line, configurations, traces, the shared folder, the environment and the
clock. An attack fails if there is a traceback, if it works or hangs for too long, or if a process grows by more than
`GROWTH`. The same seed makes the same attacks. What failed is printed with the number of its attack, which
`FUZZ_ATTACK` repeats.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import click
import psutil

from slowrise.adapters.system.paths import paths
from slowrise.cli.main import commands
from slowrise.config.reference import reference
from slowrise.daemon import control
from support import PROJECT, two_weeks
from support.daemon_process import COMMAND, Daemon, User
from support.desktop_session import desktop_session

LONGEST = 10.0
"""Seconds: of processor time for a command, because the machine may be busy, and for an answer of the daemon."""
GROWTH = 50 << 20
"""Bytes beyond those of the largest harmless command."""
KILLED = 60.0
"""Seconds after which a command hangs, and is killed."""
BAD = ("Traceback", "this is a bug", "Exception ignored")
LEFT_OUT = {"run", "window", "demo", "service", "forget"}
"""Commands that run for long, open windows, change this machine, or delete what the other attacks need."""
ENDLESS = {"opens", "follow"}
"""Options that open a browser, or go on until they are ended."""

ODD = (
    *("", " ", "\0", "\n", "0", "-1", "1e999", "nan", "inf", "9" * 400, "x" * 5000, "\x1b[31m", "\u202e", "\udcff"),
    *("0001-01-01", "9999-12-31", "1969-12-31T23:59:59-12:00", "2026-02-30", "0001-01-01T00:00Z", "24:00", "14:05"),
    *("today", "yesterday", "week", "month", "45m", "999999999h", "0s", "-5m", "--", "-", "--help", "/dev/null"),
    *("/", ".", "{}", "[]", "null", "true", "pain", "left", "recovery", "../..", "~nouser/x", "%s%n", "`x`", "'"),
)
"""Words that have caused trouble somewhere."""
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**63, -(2**63), 10**400, 1e308, -0.0, 0.1, [], {}, [[]], {"a": {}}),
    *ODD,
)
ENVIRONMENT = (
    *("TZ", "LANG", "LC_ALL", "LANGUAGE", "COLUMNS", "LINES", "TERM", "NO_COLOR", "HOME", "XDG_CONFIG_HOME"),
    *("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "DISPLAY", "WAYLAND_DISPLAY", "PATH"),
    *("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "PULSE_SERVER", "PULSE_COOKIE", "XDG_SESSION_ID"),
    *("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "INVOCATION_ID", "BROWSER", "PYTHONIOENCODING", "PYTHONUTF8"),
)
ZONES = ("UTC+24", "Asia/Seoul", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati", ":::", "UTC-14", "XXX99")
CLOCKS = ("1970-01-01 00:00:01", "1969-12-31 19:01:00", "1999-12-31 23:59:59", "2038-01-19 03:14:08")
REQUESTS = (
    *("status", "pause", "resume", "hold", "snooze", "was", "doubtful", "reload", "note", "standing", "sitting"),
    *("getting-up", "read", "nonsense", ""),
)
ARGUMENTS = (
    *("seconds", "was", "from", "to", "event", "kind", "side", "level", "red_flags", "name", "on", "knows", "at"),
)


class Failed(Exception):
    """An attack did harm."""


class Answer(NamedTuple):
    """What a command did."""

    code: int
    text: str


class Target:
    """A user with a record of two weeks, a shared folder, and a daemon that all attacks meet."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.share = user.home / "share"
        two_weeks.fill(user.data)
        self.share.mkdir()
        self.calm = f'[notifications]\nuse = "console"\n[share]\nfolder = "{self.share}"\n'
        user.configure(self.calm)
        self.daemon: Daemon = user.start()
        self.daemon.wait_for_event("policy")
        self.process = psutil.Process(self.daemon.process.pid)
        self.resident = self.process.memory_info().rss
        self.read = 0
        """Letters of the daemon's log that were looked at."""
        self.tried = ""
        """The last attack."""
        self.usual = 0
        """Bytes of the largest harmless command."""

    def run(
        self, *words: str, environ: Mapping[str, str] | None = None, before: Sequence[str] = (), given: bytes = b""
    ) -> Answer:
        """Run a command to its end. Raises `Failed`."""
        given_file = self.user.home / "given"
        given_file.write_bytes(given)
        begun = time.monotonic()
        with (self.user.home / "said").open("w+b") as said, given_file.open("rb") as stdin:
            process = subprocess.Popen(
                [*before, *COMMAND, *words],
                env={**self.user.environ, **(environ or {})},
                stdin=stdin,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                if time.monotonic() - begun > KILLED:
                    os.killpg(process.pid, signal.SIGKILL)
                    os.wait4(process.pid, 0)
                    raise Failed(f"it hung for {KILLED:.0f} s")
                time.sleep(0.02)
            process.returncode = os.waitstatus_to_exitcode(ended[1])
            said.seek(0)
            text = said.read(1 << 20).decode(errors="replace")
        took, most = ended[2].ru_utime + ended[2].ru_stime, ended[2].ru_maxrss * 1024
        if any(bad in text for bad in BAD):
            raise Failed(text[-2000:])
        if took > LONGEST:
            raise Failed(f"it worked for {took:.0f} s")
        if self.usual and most > self.usual + GROWTH:
            raise Failed(f"it took {(most - self.usual) >> 20} MB more than a harmless command")
        self.usual = self.usual or most
        return Answer(process.returncode, text)

    def check_daemon(self) -> None:
        """Raise `Failed` if the daemon is harmed."""
        log = self.daemon.log_text()[self.read :]
        self.read += len(log)
        if any(bad in log for bad in BAD):
            raise Failed(log[-3000:])
        if self.daemon.process.poll() is not None:
            raise Failed(f"the daemon ended with {self.daemon.process.returncode}: {log[-1000:]}")
        begun = time.monotonic()
        control.ask(paths(data=self.user.data).socket, "status")
        if time.monotonic() - begun > LONGEST:
            raise Failed("the daemon took too long to answer")
        if (grown := self.process.memory_info().rss - self.resident) > GROWTH:
            raise Failed(f"the daemon grew by {grown >> 20} MB")


# -- the doors ---------------------------------------------------------------------------------------------------------


def value(dice: random.Random, depth: int = 0) -> Any:
    """Return any value that JSON has."""
    if depth < 3 and dice.random() < 0.2:
        return [value(dice, depth + 1) for _ in range(dice.randrange(4))]
    if depth < 3 and dice.random() < 0.2:
        return {dice.choice(ODD): value(dice, depth + 1) for _ in range(dice.randrange(4))}
    return dice.choice(ODD_VALUES)


def changed(dice: random.Random, content: bytes) -> bytes:
    """Return the content with a few bytes or pieces changed, repeated, or left out."""
    result = bytearray(content)
    for _ in range(dice.randrange(1, 5)):
        at, size = dice.randrange(len(result) + 1), dice.choice((1, 1, 4, 20, 200))
        match dice.randrange(4):
            case 0:
                del result[at : at + size]
            case 1:
                result[at:at] = dice.choice(ODD).encode(errors="surrogateescape")
            case 2:
                result[at : at + size] = dice.randbytes(size)
            case _:
                result[at:at] = result[at : at + size] * dice.randrange(1, 30)
    return bytes(result)


def through_the_socket(target: Target, dice: random.Random) -> None:
    lines = []
    for _ in range(20):
        arguments = {dice.choice(ARGUMENTS): value(dice) for _ in range(dice.randrange(5))}
        request = json.dumps({"do": dice.choice(REQUESTS), "with": arguments}, ensure_ascii=dice.random() < 0.5)
        line = request.encode(errors="surrogateescape")
        lines.append(changed(dice, line) if dice.random() < 0.3 else line)
        target.tried = "\n".join(map(repr, lines))
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
            connection.settimeout(LONGEST)
            connection.connect(os.fspath(paths(data=target.user.data).socket))
            connection.sendall(lines[-1] + b"\n" * dice.randrange(2))
            if dice.random() < 0.7:
                connection.shutdown(socket.SHUT_WR)
                begun = time.monotonic()
                connection.recv(1 << 20)
                if time.monotonic() - begun > LONGEST:
                    raise Failed("no answer")


def on_the_command_line(target: Target, dice: random.Random) -> None:
    name = dice.choice([name for name in commands.list_commands(click.Context(commands)) if name not in LEFT_OUT])
    command = commands.get_command(click.Context(commands), name)
    assert command
    words = [name]
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in ENDLESS and dice.random() < 0.4:
            words.append(dice.choice(parameter.opts))
            if not parameter.is_flag:
                words.append(word(dice, parameter))
        elif isinstance(parameter, click.Argument) and dice.random() < 0.8:
            words.append(word(dice, parameter))
    if dice.random() < 0.2:
        words.append(dice.choice(ODD))
    words = [each.replace("\0", "") for each in words]
    target.tried = repr(words)
    target.run(*words)


def word(dice: random.Random, parameter: click.Parameter) -> str:
    """Return a value for an option or argument; half of them are possible ones. Files are written to nowhere."""
    if isinstance(parameter.type, click.Path):
        return dice.choice(("/dev/null", "-", "/nowhere/x", ""))
    if isinstance(parameter.type, click.Choice) and dice.random() < 0.6:
        return str(dice.choice(list(parameter.type.choices)))
    return dice.choice(ODD) if dice.random() < 0.8 else str(dice.randint(-10, 400))


def in_a_configuration(target: Target, dice: random.Random) -> None:
    lines = reference().split("\n")
    lines = [line.removeprefix("#") if " = " in line and dice.random() < 0.3 else line for line in lines]
    content = changed(dice, "\n".join(lines).encode())
    if dice.random() < 0.5:
        key, _, _ = dice.choice([line for line in lines if " = " in line]).partition(" = ")
        content = f"{key.lstrip('#')} = {json.dumps(dice.choice(ODD_VALUES))}\n".encode(errors="replace") + content
    target.tried = repr(content)
    target.user.config.write_bytes(content)
    try:
        target.run("config", "check")
        target.run("reload")
        target.run("status")
    finally:
        target.user.configure(target.calm)
        target.run("reload")


def in_a_trace(target: Target, dice: random.Random) -> None:
    whole = dice.choice(sorted((PROJECT / "tests/data/traces").glob("*.jsonl"))).read_bytes().splitlines(keepends=True)
    begin = dice.randrange(len(whole))
    content = changed(dice, b"".join(whole[begin : begin + dice.choice((3, 30, 300))]))
    target.tried = repr(content)
    target.run("replay", "-", *(["--json"] if dice.random() < 0.5 else []), given=content)


def in_the_shared_folder(target: Target, dice: random.Random) -> None:
    whole = target.run("summary", "yesterday", "--json").text.encode()
    place = target.share / dice.choice(("x-deadbeef", "another 1-0000000a", "..x", "no directory"))
    place.mkdir(exist_ok=True)
    own = [path for path in target.share.rglob("*.json") if path.stat().st_size > 500]
    content = changed(dice, dice.choice(own).read_bytes() if own else whole)
    day = dice.choice(("2026-13-45", "0001-01-01", "9999-12-31", "2026-03-02", time.strftime("%Y-%m-%d"), "x"))
    file = place / f"{day}.json"
    target.tried = f"{file}: {content!r}"
    file.write_bytes(content)
    try:
        for words in (["summary"], ["summary", "week"], ["export", "days"], ["status"]):
            target.run(*words)
    finally:
        file.unlink()


def in_the_environment(target: Target, dice: random.Random) -> None:
    odd = [each for each in ODD if "\0" not in each]
    environ = {name: dice.choice(odd) for name in dice.sample(ENVIRONMENT, dice.randrange(1, 6))}
    target.tried = repr(environ)
    for words in (["status"], ["doctor", "--json"], ["summary"], ["red-flags"], ["config", "check"]):
        target.run(*words, environ=environ)


def by_the_clock(target: Target, dice: random.Random) -> None:
    clock = dice.choice((*CLOCKS, f"{dice.randrange(1970, 2300)}-0{dice.randrange(1, 9)}-28 02:30:00"))
    zone = dice.choice(ZONES)
    words = dice.choice(("summary", "summary week", "status", "why", "export days", "report --html -")).split()
    target.tried = f"{clock} {zone} {words}"
    target.run(*words, before=["faketime", clock], environ={"TZ": zone})


DOORS: tuple[Callable[[Target, random.Random], None], ...] = (
    *(through_the_socket, on_the_command_line, in_a_configuration, in_a_trace, in_the_shared_folder),
    *(in_the_environment, by_the_clock),
)


@contextmanager
def target() -> Iterator[Target]:
    """Yield a user on a private desktop, and end the daemon."""
    with tempfile.TemporaryDirectory(prefix="sr-") as home, desktop_session() as desk:
        found = Target(User(Path(home), desk.environ))
        os.environ["XDG_RUNTIME_DIR"] = found.user.environ["XDG_RUNTIME_DIR"]
        try:
            yield found
        finally:
            found.daemon.ensure_ended()


def main() -> None:
    """Attack until the time is over, print what failed, and count the attacks."""
    seconds, seed = float(os.environ.get("FUZZ_SECONDS") or 3600), int(os.environ.get("FUZZ_SEED") or 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    only = os.environ.get("FUZZ_ATTACK")
    until, done, failed = time.monotonic() + seconds, Counter[str](), 0
    with target() as attacked:
        attacked.run("report", "--html", "-")
        for number in [int(only)] if only else count(1):
            if time.monotonic() > until:
                break
            dice = random.Random(f"{seed}:{number}")  # noqa: S311 - it must be the same each time
            door = dice.choice(DOORS)
            done[door.__name__] += 1
            try:
                door(attacked, dice)
                attacked.check_daemon()
            except (Failed, control.NotRunning) as error:
                failed += 1
                told = f"--- attack {number} of FUZZ_SEED={seed}, {door.__name__}:\n{attacked.tried[:4000]}\n{error}\n"
                print(told, flush=True)  # noqa: T201
                if attacked.daemon.process.poll() is not None:
                    break
    print(f"{done.total()} attacks, {failed} failed: {dict(done)}")  # noqa: T201
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
