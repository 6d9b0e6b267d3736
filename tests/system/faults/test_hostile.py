"""Hostile configurations, files and environments: every command refuses them in words, and none hangs or grows."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.files import Unsafe, private_directory
from support.daemon_process import COMMAND, CommandResult, User, private_environ
from support.desktop_programs import PATIENCE
from support.terminal_run import TerminalRun

MEMORY = 1 << 30
"""Bytes of address space that a command may use."""


@pytest.fixture
def user(private_home: Path) -> User:
    return User(private_home, private_environ())


def run_limited(user: User, *arguments: str, environ: Mapping[str, str] | None = None) -> CommandResult:
    """Run a command with limited memory."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env={**user.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    return CommandResult(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def start_on_a_terminal(user: User) -> CommandResult:
    """Start the daemon where a person reads why it cannot start. Elsewhere it takes the last good settings."""
    with TerminalRun(user.environ, "run") as started:
        code = started.process.wait(PATIENCE)
    return CommandResult(code, "", " ".join(started.printed.split()))


def assert_refused(answer: CommandResult, code: int, *words: str) -> None:
    assert answer.code == code, answer
    assert "Traceback" not in answer.err
    assert all(word in answer.err for word in words), answer.err


@pytest.mark.parametrize("command", ["run", "status", "summary", "config", "guidance"])
def test_an_endless_configuration_is_refused(user: User, command: str) -> None:
    arguments = ["config", "check"] if command == "config" else [command]
    user.config.parent.mkdir(parents=True)
    user.config.symlink_to("/dev/zero")
    answer = start_on_a_terminal(user) if command == "run" else run_limited(user, *arguments)
    assert "Traceback" not in answer.err
    if command in ("run", "config"):
        assert_refused(answer, 2, str(user.config), "more than 1048576 bytes")


@pytest.mark.parametrize("command", [("run",), ("config", "check"), ("red-flags",)])
def test_a_pipe_in_place_of_the_configuration_is_refused_at_once(user: User, command: tuple[str, ...]) -> None:
    user.config.parent.mkdir(parents=True)
    os.mkfifo(user.config)
    answer = start_on_a_terminal(user) if command == ("run",) else run_limited(user, *command)
    assert "Traceback" not in answer.err
    if command != ("red-flags",):
        assert_refused(answer, 2, "it is a pipe, not a file")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[limits]\n" * 2, b"a = " + b"[" * 100_000, b"\0" * 1000])
def test_a_configuration_of_nonsense_is_refused_in_words(user: User, content: bytes) -> None:
    user.config.parent.mkdir(parents=True)
    user.config.write_bytes(content)
    assert_refused(start_on_a_terminal(user), 2, str(user.config))


def test_a_trace_without_line_ends_is_refused_at_its_first_line(user: User) -> None:
    assert_refused(run_limited(user, "replay", "/dev/zero"), 2, "line 1", "longer than 65536 bytes")


@pytest.mark.parametrize("in_the_way", ["a link", "a link to nothing", "a pipe", "a file"])
def test_nothing_is_written_through_a_link_or_pipe_in_place_of_the_data_directory(user: User, in_the_way: str) -> None:
    elsewhere = user.home / "elsewhere"
    user.data.parent.mkdir(parents=True)
    match in_the_way:
        case "a link":
            elsewhere.mkdir()
            user.data.symlink_to(elsewhere)
        case "a link to nothing":
            user.data.symlink_to(elsewhere)
        case "a pipe":
            os.mkfifo(user.data)
        case _:
            user.data.write_text("mine")
    answer = run_limited(user, "run", "--source", "terminal")
    assert "Traceback" not in answer.err
    assert answer.code in (1, 4)
    assert not elsewhere.exists() or not list(elsewhere.iterdir())
    for command in ("status", "summary"):
        assert "Traceback" not in run_limited(user, command).err


def test_the_data_directory_is_private_in_a_public_parent(private_home: Path) -> None:
    parent = private_home / "open"
    parent.mkdir()
    parent.chmod(0o777)
    data = parent / "data"
    umask = os.umask(0)
    try:
        private_directory(data)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE(parent.stat().st_mode) == 0o777, "the parent belongs to the user and must not change"
    (data / "diary").touch()
    data.chmod(0o755)
    with pytest.raises(Unsafe, match="open to others"):
        private_directory(data, holding=["ledger.sqlite3"])


LONG = "a" * 5000


@pytest.mark.parametrize(
    "environ",
    [
        {"XDG_RUNTIME_DIR": "\udcff", "XDG_CONFIG_HOME": "/\udcff"},  # bytes that are no UTF-8
        {"XDG_DATA_HOME": "/dev/null", "XDG_CONFIG_HOME": "/dev/null", "XDG_RUNTIME_DIR": "/dev/null"},
        {"XDG_DATA_HOME": f"/{LONG}", "XDG_CONFIG_HOME": f"/{LONG}", "XDG_RUNTIME_DIR": f"/{LONG}"},
        {"DISPLAY": ":99999", "WAYLAND_DISPLAY": "../..", "PULSE_SERVER": "tcp:nowhere:0", "XDG_SESSION_ID": "-1"},
        {"DISPLAY": LONG, "WAYLAND_DISPLAY": LONG, "PULSE_SERVER": LONG, "XDG_SESSION_ID": LONG},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/dev/null", "DBUS_SYSTEM_BUS_ADDRESS": "tcp:host=,port=99999"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=", "DBUS_SYSTEM_BUS_ADDRESS": "\udcff%s%n;;,="},
        {"TZ": ":::", "LANG": "xx_XX.nonsense", "LANGUAGE": "../..", "LC_ALL": LONG, "COLUMNS": "-1"},
        {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "soon", "WATCHDOG_PID": "x", "LISTEN_FDS": "-5"},
    ],
    ids=" ".join,
)
def test_odd_environment_variables_cause_no_traceback(user: User, environ: dict[str, str]) -> None:
    for command in (["status"], ["doctor", "--json"], ["config", "check"]):
        answer = run_limited(user, *command, environ=environ)
        assert "Traceback" not in answer.err, (command, answer.err[-600:])
        assert answer.code in (0, 1, 2, 3, 4), (command, answer)


@pytest.mark.parametrize(
    "command",
    [
        *(["summary"], ["export", "trace"], ["why"], ["report"], ["doctor", "--privacy"], ["forget", "--all", "--yes"]),
        ["symptom", "pain", "--side", "left", "--level", "2"],
    ],
    ids=" ".join,
)
def test_a_pipe_in_place_of_the_ledger_is_refused_at_once(user: User, command: list[str]) -> None:
    user.data.mkdir(mode=0o700, parents=True)
    os.mkfifo(user.ledger)
    assert_refused(run_limited(user, *command), 1, "is not a regular file. Move it away")


@pytest.mark.parametrize("beside", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("command", [["summary"], ["symptom", "pain", "--side", "left", "--level", "2"]], ids=" ".join)
def test_a_pipe_beside_the_ledger_is_refused_at_once(user: User, command: list[str], beside: str) -> None:
    SqliteLedger(user.ledger).close()
    os.mkfifo(f"{user.ledger}{beside}")
    assert_refused(run_limited(user, *command), 1, f"{beside} is not a regular file. Move it away")


@pytest.mark.parametrize("command", [["summary"], ["status"], ["doctor"], ["run"], ["service", "status"]], ids=" ".join)
def test_a_user_without_a_home_is_told_so(user: User, command: list[str]) -> None:
    """Neither HOME nor an entry in the list of users, as in some containers. A namespace has such a user."""
    unknown = ["unshare", "--user", "--map-user=54321", "--map-group=54321"]
    unset = ["env", "-u", "HOME", "-u", "XDG_CONFIG_HOME", "-u", "XDG_DATA_HOME"]
    assert_refused(user.run(*command, before=[*unknown, *unset]), 1, "You have no home directory. Set HOME to one")
