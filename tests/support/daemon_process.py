"""The daemon as a user runs it: the command as a process, a home directory, and the files written there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import psutil

import slowrise
from support.desktop_programs import PATIENCE, wait_until

COMMAND = (sys.executable, "-m", "slowrise")
SOURCES = Path(slowrise.__file__).parents[1]


class CommandResult(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


class User:
    """A user with a home directory, in the session that `environ` names."""

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

    def run(self, *arguments: str, given: str = "", before: Sequence[str] = ()) -> CommandResult:
        """Run `slowrise` with these arguments and `given` as its input. `before` is a command that runs it."""
        done = subprocess.run(
            [*before, *COMMAND, *arguments],
            env=self.environ,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def ask(self, *arguments: str, given: str = "") -> str:
        """Return the output of a command that must succeed."""
        result = self.run(*arguments, given=given)
        assert result.code == 0, f"{arguments}: {result}"
        return result.out

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.ask("status", "--json")))

    def events(self) -> list[dict[str, Any]]:
        """Return every recorded event, as trace objects."""
        return [json.loads(line) for line in self.ask("export", "trace").splitlines()]

    def replayed(self) -> dict[str, Any]:
        """Return what a replay of the recorded events concludes."""
        return dict(json.loads(self.ask("replay", "-", "--json", given=self.ask("export", "trace"))))

    @contextmanager
    def daemon(self, *arguments: str, **environ: str) -> Iterator[Daemon]:
        """Yield a daemon that observes input, and end it. Print its log if the block fails."""
        daemon = self.start(*arguments, **environ)
        try:
            daemon.wait_for_event("policy")
            yield daemon
        except BaseException:
            print(f"--- log of slowrise run {' '.join(arguments)}:\n{daemon.log_text()}---")  # noqa: T201 - for pytest
            raise
        finally:
            daemon.ensure_ended()
            for window in self.windows():
                window.terminate()

    def windows(self) -> dict[psutil.Process, str]:
        """Return the processes of this user's window, with the page that each was started with."""
        found = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                words = process.cmdline()
                if "window" in words and str(self.data) in words and "slowrise" in words:
                    found[process] = words[words.index("window") + 1]
        return found

    def start(self, *arguments: str, **environ: str) -> Daemon:
        """Start a daemon, which sees no display of another test. The caller must end it."""
        log = self.home / "log"
        command = [*COMMAND, "run", "--verbose", "--own-display", *arguments]
        return Daemon(command, {**self.environ, **environ}, log)


class Daemon:
    """One run of the daemon."""

    def __init__(self, command: list[str], environ: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
            )

    def log_text(self) -> str:
        """Return everything it has logged so far."""
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until the log contains this text so many times in all. Fail if the daemon ends before."""

        def is_logged() -> bool:
            return self.log_text().count(text) >= times or self.process.poll() is not None

        wait_until(is_logged, f"{text!r} {times} times in the log of the daemon", patience=PATIENCE)
        assert self.log_text().count(text) >= times, f"it ended with {self.process.poll()} and without {text!r}"

    def wait_for_lines(self, number: int) -> None:
        """Wait until the log has so many lines."""
        wait_until(lambda: self.log_text().count("\n") >= number, f"{number} lines", patience=PATIENCE)

    def wait_for_event(self, name: str, times: int = 1) -> None:
        """Wait until this run has recorded so many events of this name."""
        self.wait_for(f"DEBUG {name}\n", times)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Send SIGKILL, like a crash."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def ensure_ended(self) -> None:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


def noon() -> str:
    """Return a time zone in which it is about noon, so that no day ends during a test."""
    return f"NOON{datetime.now(UTC).hour - 12:+d}"


def noon_now() -> datetime:
    """Return the time now in the zone of `noon`, to the second."""
    now = datetime.now(UTC).replace(microsecond=0)
    return now.astimezone(timezone(timedelta(hours=12 - now.hour)))


def private_environ() -> dict[str, str]:
    """Return an environment without a display, a bus or a login session."""
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_ID")
    return {name: value for name, value in os.environ.items() if name not in unset}
