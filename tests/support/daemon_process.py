"""The daemon as its user has it: the command in a process of its own, a home, and what is written there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import slowrise
from support.desktop_programs import wait_until

COMMAND = (sys.executable, "-m", "slowrise")
SOURCES = Path(slowrise.__file__).parents[1]
PATIENCE = 30.0
"""Seconds for anything to happen on a machine that others use too."""


class Told(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


class User:
    """Somebody with a home, in the session that `environ` leads to."""

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        self.home = home
        runtime = home / "run"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.environ = {
            **environ,
            "PYTHONPATH": str(SOURCES),
            "HOME": str(home),
            "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_STATE_HOME": f"{home}/state",
            "XDG_CACHE_HOME": f"{home}/cache",
            "XDG_RUNTIME_DIR": str(runtime),
            "TZ": noon(),
        }
        self.data = home / "data" / "slowrise"
        self.ledger = self.data / "ledger.sqlite3"
        self.config = home / "config" / "slowrise" / "slowrise.toml"

    def configure(self, text: str) -> None:
        """Write the configuration file."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)

    def run(self, *arguments: str, given: str = "", before: Sequence[str] = ()) -> Told:
        """What the command comes to; `before` is a command that runs it."""
        done = subprocess.run(
            [*before, *COMMAND, *arguments],
            env=self.environ,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def ask(self, *arguments: str, given: str = "") -> str:
        """What the command prints; fails when it fails."""
        told = self.run(*arguments, given=given)
        assert told.code == 0, f"{arguments}: {told}"
        return told.out

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.ask("status", "--json")))

    def events(self) -> list[dict[str, Any]]:
        """All that was recorded."""
        return [json.loads(line) for line in self.ask("export", "trace").splitlines()]

    def replayed(self) -> dict[str, Any]:
        """What the replay of all that was recorded concludes."""
        return dict(json.loads(self.ask("replay", "-", "--json", given=self.ask("export", "trace"))))

    @contextmanager
    def daemon(self, *arguments: str, **environ: str) -> Iterator[Daemon]:
        """A daemon that watches, ended with the block; when the block fails, what it said is printed."""
        daemon = self.start(*arguments, **environ)
        try:
            daemon.wait_for_event("policy")
            yield daemon
        except BaseException:
            print(f"--- slowrise run {' '.join(arguments)} said:\n{daemon.said()}---")  # noqa: T201 - pytest shows it
            raise
        finally:
            daemon.end_for_sure()

    def start(self, *arguments: str, **environ: str) -> Daemon:
        """A daemon that whoever starts it also ends."""
        log = self.home / "log"
        return Daemon([*COMMAND, "run", "--verbose", *arguments], {**self.environ, **environ}, log)


class Daemon:
    """One run of it."""

    def __init__(self, command: list[str], environ: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
            )

    def said(self) -> str:
        """All it has written so far."""
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Return as soon as it has said this so many times in all."""

        def there() -> bool:
            return self.said().count(text) >= times or self.process.poll() is not None

        wait_until(there, f"{text!r} {times} times in what the daemon says", patience=PATIENCE)
        assert self.said().count(text) >= times, f"it ended with {self.process.poll()} and without {text!r}"

    def wait_for_lines(self, number: int) -> None:
        """Return as soon as it has said so many lines."""
        wait_until(lambda: self.said().count("\n") >= number, f"{number} lines", patience=PATIENCE)

    def wait_for_event(self, name: str, times: int = 1) -> None:
        """Return as soon as so many events of that name were recorded in this run."""
        self.wait_for(f"DEBUG {name}\n", times)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """The exit code after SIGTERM."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def end_for_sure(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def noon() -> str:
    """A zone in which it is about noon now, so that no day rolls over in a test."""
    return f"NOON{datetime.now(UTC).hour - 12:+d}"


def private_environ() -> dict[str, str]:
    """The environment of a session without anything: no display, no bus."""
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_ID")
    return {name: value for name, value in os.environ.items() if name not in unset}
