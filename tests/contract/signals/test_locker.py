"""The real screen lockers. They run as another user than the tests, so no other daemon on this machine sees a lock."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from slowrise.adapters.signals import locker, logind
from slowrise.adapters.signals.combine import SignalCombiner
from slowrise.adapters.signals.locker import Locker
from slowrise.adapters.system import processes
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Sighting
from slowrise.ports.probe import Unavailable
from support import PROJECT
from support.desktop_programs import PATIENCE, wait_until
from support.input_sessions import SwaySession, XSession
from support.mock_bus import MockBus, Sightings, watched

_USERS = ("games", "news", "uucp", "proxy", "irc", "list", "lp", "mail")
USER = pwd.getpwnam(_USERS[os.getpid() % len(_USERS)]).pw_uid
"""Lockers ask for an account. Another run of these tests on this machine hardly has the same."""
AS_USER = ("/usr/bin/setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")

Start = Callable[..., "subprocess.Popen[bytes]"]

pytestmark = pytest.mark.real("setpriv")


@pytest.fixture
def start(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return a function that starts a program as the other user. Its processes end with the test."""
    private_home.chmod(0o711)
    os.chown(private_home / "run", USER, USER)
    home = private_home / "theirs"
    home.mkdir()
    os.chown(home, USER, USER)

    started = []

    def start(*command: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        environ = {**os.environ, "HOME": str(home), "XSECURELOCK_SAVER": "saver_blank"}
        started.append(subprocess.Popen([*AS_USER, *command], env=environ, stdin=quiet, stdout=quiet, stderr=quiet))
        return started[-1]

    yield start
    for pid in of_this_test(private_home):
        os.kill(pid, signal.SIGKILL)
    for process in started:
        process.wait(PATIENCE)


def of_this_test(home: Path) -> list[int]:
    """Return the processes that have the test's runtime directory."""
    theirs = [pid for pid in processes.pids() if processes.user_of(pid) == USER]
    return [pid for pid in theirs if f"XDG_RUNTIME_DIR={home}/run".encode() in environ_of(pid).split(b"\0")]


def environ_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def running(home: Path, name: str) -> list[int]:
    return [pid for pid in of_this_test(home) if processes.name_of(pid) == name and processes.process_of(pid)]


@pytest.fixture
def screen(private_home: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> Iterator[XSession]:
    """An X server without access control."""
    with XSession(private_home, monkeypatch, "-ac") as session:
        yield session


@pytest.fixture
def sway(private_home: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> Iterator[SwaySession]:
    """Sway of the other user."""
    monkeypatch.setattr(SwaySession, "as_user", AS_USER)
    with SwaySession(private_home, monkeypatch) as session:
        yield session


def since_of(sighting: Sighting) -> float:
    assert sighting.since is not None
    return sighting.since


@pytest.mark.seen("X11", "lock")
@pytest.mark.real("Xvfb", "i3lock", "xsecurelock")
@pytest.mark.parametrize("command", [("i3lock",), ("i3lock", "-n"), ("xsecurelock",)])
def test_a_lock_begins_with_the_lockers_process_and_ends_with_it(
    command: tuple[str, ...], screen: XSession, start: Start, private_home: Path
) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Locker(USER), seen):
            await asyncio.sleep(0)
            before = boot_seconds()
            start(*command)
            await seen.expect("locked")
            assert before - 0.02 <= since_of(seen[0]) <= seen[0].at
            for pid in running(private_home, command[0]):
                os.kill(pid, signal.SIGTERM)
            await seen.expect("locked", "unlocked")

    asyncio.run(monitor())


@pytest.mark.seen("sway", "lock")
@pytest.mark.real("sway", "swaylock")
@pytest.mark.usefixtures("sway")
def test_a_locker_that_goes_into_the_background_locks_once(start: Start, private_home: Path) -> None:
    """`swaylock -f` ends as soon as the process that it leaves behind has locked the screen."""

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Locker(USER), seen):
            await asyncio.sleep(0)
            first = start("swaylock", "-f")
            await seen.expect("locked")
            assert await asyncio.to_thread(first.wait, PATIENCE) == 0
            await asyncio.sleep(0.2)
            assert seen.names == ["locked"]
            for pid in running(private_home, "swaylock"):  # one shows the lock, the other checks the password
                os.kill(pid, signal.SIGUSR1)  # as the right password does
            await seen.expect("locked", "unlocked")

    asyncio.run(monitor())


@pytest.mark.real("sway", "swaylock", "swayidle")
@pytest.mark.usefixtures("sway")
def test_a_program_that_only_starts_the_locker_is_none(start: Start, private_home: Path) -> None:
    async def monitor() -> None:
        seen = Sightings()
        signal_of_lock = Locker(USER)
        async with watched(signal_of_lock, seen):
            await asyncio.sleep(0)
            begun = boot_seconds()
            start("swayidle", "-w", "timeout", "2", "swaylock -f")
            await asyncio.to_thread(wait_until, lambda: running(private_home, "swayidle"), "swayidle")
            signal_of_lock.look()
            await seen.expect("locked")
            assert since_of(seen[0]) - begun > 1.9

    asyncio.run(monitor())


@pytest.mark.real("Xvfb", "i3lock")
@pytest.mark.usefixtures("screen")
def test_a_locker_in_another_place_is_found_by_the_next_look(
    start: Start, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy("/usr/bin/i3lock", private_home / "theirs/i3lock")
    monkeypatch.setenv("PATH", str(private_home))  # a run of the installed one is a reason to look
    monkeypatch.setattr(locker, "_MORE_PLACES", ())

    async def monitor() -> None:
        seen = Sightings()
        signal_of_lock = Locker(USER)
        async with watched(signal_of_lock, seen):
            await asyncio.sleep(0)
            begun = boot_seconds()
            start(str(private_home / "theirs/i3lock"), "-n")
            await asyncio.to_thread(wait_until, lambda: running(private_home, "i3lock"), "i3lock")
            await asyncio.sleep(2 * locker.BEGINS)
            assert seen == []
            signal_of_lock.look()
            assert seen.names == ["locked"]
            assert begun - 0.02 <= since_of(seen[0]) < seen[0].at - locker.BEGINS

    asyncio.run(monitor())


@pytest.mark.real("Xvfb", "i3lock")
@pytest.mark.usefixtures("screen")
def test_a_locker_whose_parent_has_not_noticed_its_end_is_no_lock(start: Start) -> None:
    async def monitor() -> None:
        seen = Sightings()
        signal_of_lock = Locker(USER)
        async with watched(signal_of_lock, seen):
            await asyncio.sleep(0)
            ended = start("i3lock", "-n")
            await seen.expect("locked")
            ended.terminate()
            await seen.expect("locked", "unlocked")
            signal_of_lock.look()
        async with watched(signal_of_lock, seen):
            await asyncio.sleep(0)
        assert seen.names == ["locked", "unlocked"]
        ended.wait(PATIENCE)

    asyncio.run(monitor())


@pytest.mark.real("Xvfb", "i3lock")
@pytest.mark.usefixtures("screen")
def test_the_locker_of_another_user_or_session_is_not_ours(
    start: Start, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("i3lock", "-n")
    wait_until(lambda: running(private_home, "i3lock"), "i3lock")
    assert locks_seen(Locker(USER + 1)) == []
    ours: dict[int, str | None] = {os.getpid(): "2"}
    monkeypatch.setattr(processes, "session_of", lambda pid: ours.get(pid, "7"))
    assert locks_seen(Locker(USER)) == []
    ours[os.getpid()] = "7"
    assert locks_seen(Locker(USER)) == ["locked"]
    ours[os.getpid()] = None  # as of a service, whose session is unknown
    assert locks_seen(Locker(USER)) == ["locked"]


def locks_seen(signal_of_lock: Locker) -> list[str]:
    """Return what the signal emits at its start."""

    async def monitor() -> list[str]:
        seen = Sightings()
        async with watched(signal_of_lock, seen):
            await asyncio.sleep(0)
        return seen.names

    return asyncio.run(monitor())


@pytest.mark.real("Xvfb", "xscreensaver")
@pytest.mark.usefixtures("screen")
def test_xscreensaver_is_a_lock_only_while_it_says_so(start: Start, private_home: Path) -> None:
    """It runs all the time, and may blank the screen without a lock."""
    (private_home / "theirs/.xscreensaver").write_text("mode: blank\nlock: True\nlockTimeout: 1:00:00\n")

    def is_state(state: bytes) -> bool:
        asked = subprocess.run(["xscreensaver-command", "-time"], check=False, capture_output=True, timeout=PATIENCE)
        return state in asked.stdout

    async def becomes(state: bytes, *command: str) -> None:
        """Wait for the state. On a busy machine the command gives up before xscreensaver answers."""

        def tried() -> bool:
            if command and not is_state(state):
                subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE)
            return is_state(state)

        await asyncio.to_thread(wait_until, tried, state.decode())

    async def monitor() -> None:
        seen = Sightings()
        signal_of_lock = Locker(USER)
        async with watched(signal_of_lock, seen), asyncio.timeout(PATIENCE):
            await asyncio.sleep(0)
            start("xscreensaver", "--no-splash")
            await becomes(b"non-blanked")
            signal_of_lock.look()
            await becomes(b"screen blanked", "xscreensaver-command", "-activate")
            await asyncio.to_thread(wait_until, lambda: running(private_home, "xscreensaver-gf"), "a blank screen")
            signal_of_lock.look()
            await asyncio.sleep(4 * locker.BEGINS)
            assert seen == []
            begun = boot_seconds()
            await becomes(b"screen locked", "xscreensaver-command", "-lock")
            while not seen:
                signal_of_lock.look()  # as at the return of the user
                await asyncio.sleep(0.1)
            assert seen.names == ["locked"]
            assert begun - 1.1 <= since_of(seen[0]) <= seen[0].at  # it says whole seconds
            for pid in running(private_home, "xscreensaver"):
                os.kill(pid, signal.SIGTERM)
            await seen.expect("locked", "unlocked")

    asyncio.run(monitor())


def hook_of_the_docs() -> str:
    """Return the command that docs/using.md gives to swayidle for a locker that slowrise does not know."""
    (line,) = [line for line in (PROJECT / "docs/using.md").read_text().splitlines() if line.startswith("swayidle -w")]
    return line.removeprefix("swayidle -w lock ").strip("'")


@pytest.mark.real("sway", "swaylock", "swayidle", "dbus-daemon", "dbusmock", "gdbus", "busctl")
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.usefixtures("sway")
def test_a_lock_that_logind_asks_swayidle_for_lasts_until_the_unlock(
    *, known: bool, start: Start, private_home: Path, system: MockBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `loginctl lock-session` does. A locker that is not known reports by the line that the docs give."""
    monkeypatch.setenv("XDG_SESSION_ID", "auto")  # as swayidle asks for it
    monkeypatch.setattr(logind, "_UNCONFIRMED", 0.5)
    if not known:
        monkeypatch.setattr(locker, "WAYLAND_LOCKERS", ())
    system.logind()
    path = system.session("auto")
    lock = " ".join([*AS_USER, "swaylock"])
    command = lock if known else hook_of_the_docs().replace("my-locker", lock)
    swayidle = subprocess.Popen(["swayidle", "-w", "lock", command])

    async def monitor() -> None:
        seen = Sightings()
        combiner = SignalCombiner(seen)
        signals = [
            asyncio.ensure_future(one.watch(combiner.emitter(one.name))) for one in (logind.Logind(), Locker(USER))
        ]
        async with asyncio.timeout(PATIENCE):
            while not running(private_home, "swaylock"):  # swayidle listens a moment later
                system.emit("org.freedesktop.login1", path, "org.freedesktop.login1.Session.Lock")
                await asyncio.sleep(0.5)
            await asyncio.sleep(4 * locker.BEGINS)
            assert seen.names == ["locked"]
            for pid in running(private_home, "swaylock"):
                os.kill(pid, signal.SIGUSR1)
            await seen.expect("locked", "unlocked")
        for one in signals:
            one.cancel()
        await asyncio.wait(signals)

    try:
        asyncio.run(monitor())
    finally:
        swayidle.kill()
        swayidle.wait(PATIENCE)


def test_the_probe_says_what_it_could_see_and_not_what_runs(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locker, "_MORE_PLACES", ())
    monkeypatch.setenv("PATH", str(private_home))
    with pytest.raises(Unavailable, match="no screen locker that it knows is installed"):
        asyncio.run(Locker().probe())
    for name in ("swaylock", "i3lock", "swayidle"):
        (private_home / name).touch(0o755)
    assert asyncio.run(Locker().probe()).endswith(": i3lock, swaylock")
    monkeypatch.setattr(processes, "PROC", private_home)
    with pytest.raises(Unavailable, match="/proc"):
        asyncio.run(Locker().probe())


def test_a_look_that_cannot_open_anything_finds_nothing(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called as input is recorded, which must go on."""
    monkeypatch.setattr(processes, "PROC", private_home / "nothing")
    assert locks_seen(Locker(USER)) == []


def test_a_locked_console_counts_only_where_there_is_no_desktop(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some lock the console from which they started X, and go on in X."""
    program = private_home / "vlock"
    shutil.copy("/usr/bin/sleep", program)
    with ExitStack() as stack:
        private_home.chmod(0o711)
        vlock = stack.enter_context(subprocess.Popen([*AS_USER, str(program), "600"]))
        stack.callback(vlock.kill)
        wait_until(lambda: processes.name_of(vlock.pid) == "vlock", "vlock")
        assert locks_seen(Locker(USER)) == ["locked"]
        monkeypatch.setenv("DISPLAY", ":7")
        assert locks_seen(Locker(USER)) == []
