"""The daemon as the desktop starts it: under a real user's systemd, seeing real input, through all that ends it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.container import Container
from support.desktop_programs import wait_until

pytestmark = [
    pytest.mark.real("mmdebstrap", "systemd-nspawn", "nsenter", "Xvfb", "xdotool"),
    pytest.mark.timeout(900),
]

SLOWRISE = f"{sys.prefix}/bin/slowrise"
CONFIG = "/home/alice/.config/slowrise/slowrise.toml"
SHARED = "/home/alice/our days"
DROP_IN = "/home/alice/.config/systemd/user/slowrise.service.d/test.conf"
UNIT_FILE = "/home/alice/.config/systemd/user/slowrise.service"
HOARDER = "/home/alice/hoarder"
GROWS = """
import signal
from slowrise.cli.main import main
hoard = []
def grow(*_):
    while True:
        hoard.append(b"x" * (1 << 20))
signal.signal(signal.SIGUSR2, grow)
main()
"""
"""The daemon with a leak that opens at a signal."""
MEMORY = Path("/sys/fs/cgroup/memory")
"""Control groups of the older kind, which no user's systemd uses: what the unit says is not in force there."""
DESKTOP = """[Unit]
Description=What a desktop session starts
BindsTo=graphical-session.target
Before=graphical-session.target
"""


class Alice:
    """Alice at a desk of her own: a screen, hands, and slowrise as her service."""

    def __init__(self, machine: Container, display: str) -> None:
        self.machine = machine
        self.display = display

    def systemctl(self, *arguments: str) -> None:
        self.machine.alice("systemctl", "--user", *arguments)

    def slowrise(self, *arguments: str) -> str:
        return self.machine.alice(SLOWRISE, *arguments)

    def moves_the_mouse(self) -> None:
        screen = {**os.environ, "DISPLAY": self.display}
        subprocess.run(["xdotool", "mousemove_relative", "--", "7", "5"], check=True, env=screen)
        subprocess.run(["xdotool", "mousemove_relative", "--", "-7", "-5"], check=True, env=screen)

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.slowrise("status", "--format", "json"))
        return told

    def sits(self) -> dict[str, Any]:
        """The status once the daemon has seen her."""

        def seen() -> bool:
            self.moves_the_mouse()
            return bool(self.status()["state"] == "sitting")

        wait_until(seen, "the daemon sees input")
        return self.status()

    def unit(self, *names: str) -> tuple[str, ...]:
        return tuple(self.machine.unit(name, "slowrise.service") for name in names)

    def starts(self) -> None:
        # Many starts in a few minutes are right in a test; a unit that is not loaded has nothing to be forgiven.
        self.machine.alice("systemctl", "--user", "reset-failed", "slowrise.service", check=False)
        self.systemctl("restart", "slowrise.service")

    def is_restarted_after(self, signal: str) -> None:
        """The daemon gets the signal, and another one takes its place."""
        before, count = self.unit("MainPID", "NRestarts")
        self.systemctl("kill", f"--signal={signal}", "slowrise.service")
        wait_until(lambda: self.unit("NRestarts") == (str(int(count) + 1),), "systemd starts it again")
        wait_until(lambda: self.unit("ActiveState") == ("active",), "it is ready again")
        assert self.unit("MainPID") != (before,)

    def is_recorded(self) -> bool:
        """Whether input of the run that goes on is in the ledger, and something after it: how long it lasted."""
        return self.events()[-2:] == ["active", "held"]

    def journal(self) -> str:
        """What slowrise has said so far."""
        return self.machine.root("journalctl", "--no-pager", "--output=cat", "_SYSTEMD_USER_UNIT=slowrise.service")

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.slowrise("export", "trace").splitlines()]


@contextmanager
def held_to(most: int, pid: int) -> Iterator[None]:
    """The process while the kernel gives it no more memory, by this unit's or else by our own doing."""
    if not MEMORY.is_dir():
        yield
        return
    group = MEMORY / f"slowrise-{pid}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(most))
        (group / "cgroup.procs").write_text(str(pid))
        yield
        assert "oom_kill 1" in (group / "memory.oom_control").read_text()
    finally:
        group.rmdir()


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """An X server of the host, whose socket the machine sees."""
    reading, writing = os.pipe()
    # With no client left it would begin anew, and refuse who comes in that moment.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-ac", "-nolisten", "tcp", "-screen", "0", "640x480x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
        server.terminate()


@pytest.fixture(scope="module")
def installed(systemd_machine: Container, screen: str) -> Iterator[Alice]:
    """Her desktop has told systemd of its display, as desktops do, and she has installed the service."""
    alice = Alice(systemd_machine, screen)
    alice.systemctl("set-environment", f"DISPLAY={screen}")
    systemd_machine.write("/home/alice/.config/systemd/user/desktop.target", DESKTOP)
    assert "It runs now" in alice.slowrise("service", "install")
    yield alice
    alice.slowrise("service", "uninstall")
    systemd_machine.alice("rm", "-rf", str(Path(CONFIG).parent), "/home/alice/.local/share/slowrise")
    systemd_machine.alice("rm", "/home/alice/.config/systemd/user/desktop.target")
    alice.systemctl("unset-environment", "DISPLAY")


@pytest.fixture
def alice(installed: Alice) -> Iterator[Alice]:
    """She sits, with the service running; afterwards her changes of it are gone."""
    installed.starts()
    installed.sits()
    yield installed
    installed.machine.alice("rm", "-f", CONFIG, DROP_IN)
    installed.systemctl("daemon-reload")


def test_it_shares_its_days_in_a_folder_that_is_named_later(alice: Alice) -> None:
    alice.machine.write(CONFIG, f'[share]\nfolder = "{SHARED}"\nname = "desk"\n')
    alice.starts()
    alice.sits()
    alice.systemctl("stop", "slowrise.service")
    assert "No such file" in alice.machine.alice("ls", SHARED, check=False), "for it may not write there"
    assert "Run `slowrise service install` again" in alice.journal()

    assert "It runs now" in alice.slowrise("service", "install")
    alice.sits()
    alice.systemctl("stop", "slowrise.service")
    assert alice.machine.alice("ls", SHARED).startswith("desk-")
    alice.machine.alice("rm", "-r", CONFIG, SHARED)
    assert "It runs now" in alice.slowrise("service", "install")


def test_it_comes_and_goes_with_the_desktop(alice: Alice) -> None:
    alice.systemctl("start", "desktop.target")
    alice.systemctl("stop", "desktop.target")
    wait_until(lambda: alice.unit("ActiveState", "Result") == ("inactive", "success"), "it ends with the desktop")
    assert alice.events()[-1] == "stopped"
    assert "not running" in alice.machine.alice(SLOWRISE, "status", check=False)

    alice.systemctl("start", "desktop.target")
    wait_until(lambda: alice.unit("ActiveState") == ("active",), "it begins with the desktop")
    assert alice.sits()["source"] == "x11_idle"
    assert "watching" in alice.slowrise("service", "status")
    alice.systemctl("stop", "desktop.target")


def test_killed_in_mid_bout_it_goes_on_in_the_same_bout(alice: Alice) -> None:
    since = alice.sits()["since"]
    # A run that was killed is known to have lived until what it recorded last.
    alice.slowrise("hold", "1m")
    wait_until(alice.is_recorded, "what she did is on disk, which may take a second")
    alice.is_restarted_after("KILL")
    assert alice.sits()["since"] == since
    assert alice.events().count("stopped") < alice.events().count("started")


def test_a_daemon_that_hangs_is_started_again(alice: Alice) -> None:
    alice.machine.write(DROP_IN, "[Service]\nWatchdogSec=2s\n")
    alice.systemctl("daemon-reload")
    alice.starts()
    since = alice.sits()["since"]
    alice.is_restarted_after("STOP")
    assert alice.sits()["since"] == since


def test_one_that_grows_beyond_its_memory_is_killed_and_goes_on_in_the_same_bout(alice: Alice) -> None:
    start = alice.machine.alice("sed", "-n", "s/^ExecStart=//p", UNIT_FILE).strip().partition(" ")[2]
    alice.machine.write(HOARDER, f"#!{sys.prefix}/bin/python\n{GROWS}")
    alice.machine.write(DROP_IN, f"[Service]\nExecStart=\nExecStart={HOARDER} {start}\n")
    alice.systemctl("daemon-reload")
    alice.starts()
    since = alice.sits()["since"]
    alice.slowrise("hold", "1m")
    wait_until(alice.is_recorded, "what she did is on disk, which may take a second")
    (pid, most) = alice.unit("MainPID", "MemoryMax")
    with held_to(int(most), alice.machine.on_the_host(int(pid))):
        alice.is_restarted_after("USR2")
    assert alice.sits()["since"] == since
    assert alice.events().count("stopped") < alice.events().count("started")


def test_a_living_daemon_feeds_the_watchdog(alice: Alice) -> None:
    alice.machine.write(DROP_IN, "[Service]\nWatchdogSec=2s\n")
    alice.systemctl("daemon-reload")
    alice.starts()
    fed = "WatchdogTimestampMonotonic"
    seen = {alice.unit(fed)}

    def fed_again() -> bool:
        seen.add(alice.unit(fed))
        return len(seen) > 4

    wait_until(fed_again, "it tells that it is alive")
    assert alice.unit("NRestarts") == ("0",)


def test_a_wrong_configuration_is_not_tried_again(alice: Alice) -> None:
    alice.machine.write(CONFIG, '[limits]\nsit_soft = "soon"\n')
    alice.machine.alice("systemctl", "--user", "restart", "slowrise.service", check=False)
    assert alice.unit("ActiveState", "ExecMainStatus", "NRestarts") == ("failed", "2", "0")
    assert "the configuration is wrong" in alice.slowrise("service", "status")


def test_a_changed_configuration_is_taken_up_and_a_wrong_one_refused(alice: Alice) -> None:
    alice.machine.write(CONFIG, 'profile = "recovery"\n')
    alice.systemctl("reload", "slowrise.service")
    wait_until(lambda: alice.status()["profile"] == "recovery", "the file is taken up")
    alice.machine.write(CONFIG, 'profile = "lazy"\n')
    with pytest.raises(pytest.fail.Exception, match=r"Job for slowrise.service failed"):
        alice.systemctl("reload", "slowrise.service")
    assert alice.sits()["profile"] == "recovery"
    assert alice.unit("NRestarts") == ("0",)


def test_without_a_display_it_says_so_once(alice: Alice) -> None:
    alice.systemctl("unset-environment", "DISPLAY")
    alice.machine.alice("systemctl", "--user", "restart", "slowrise.service", check=False)
    assert alice.unit("ActiveState", "ExecMainStatus", "NRestarts") == ("failed", "4", "0")
    assert "nothing can be watched here" in alice.slowrise("service", "status")
    with pytest.raises(pytest.fail.Exception, match="nothing can be watched here"):
        alice.slowrise("service", "install")
    alice.systemctl("set-environment", f"DISPLAY={alice.display}")


class Seat:
    """The machine's seat, and who has a real session at it."""

    def __init__(self, machine: Container) -> None:
        self.machine = machine

    def begins(self, user: str) -> str:
        """The session of a user who logs in, and has the screen from then on."""
        seat = ("--setenv=XDG_SEAT=seat0", "--setenv=XDG_SESSION_TYPE=x11", "--setenv=XDG_SESSION_CLASS=user")
        login = ("--property=PAMName=login", *seat, "sleep", "infinity")
        before = self._active()
        self.machine.root("systemd-run", "--collect", f"--unit=login-{user}", f"--uid={user}", *login)
        wait_until(lambda: self._active() not in {"", before}, f"{user} has a session")
        return self._active()

    def ends(self, user: str) -> None:
        self.machine.root("systemctl", "stop", f"login-{user}", check=False)

    def shows(self, session: str) -> None:
        self.machine.root("loginctl", "activate", session)

    def _active(self) -> str:
        return self.machine.root("loginctl", "show-seat", "seat0", "--property=ActiveSession", "--value").strip()


@pytest.fixture
def seat(alice: Alice) -> Iterator[Seat]:
    """Nobody is at it yet but bob may come, who is a user of this machine too."""
    seat = Seat(alice.machine)
    alice.machine.root("useradd", "--create-home", "bob", check=False)
    yield seat
    for user in ("alice", "bob"):
        seat.ends(user)


def test_while_another_user_has_the_screen_she_is_unobserved(alice: Alice, seat: Seat) -> None:
    hers = seat.begins("alice")
    alice.sits()
    his = seat.begins("bob")
    wait_until(lambda: alice.status()["state"] == "unobserved", "she is unobserved")
    alice.moves_the_mouse()
    assert alice.status()["state"] == "unobserved"
    seat.shows(hers)
    alice.sits()
    seat.shows(his)
    wait_until(lambda: alice.status()["state"] == "unobserved", "she is unobserved again")
    seat.ends("bob")
    seat.shows(hers)
    alice.sits()
    assert alice.events().count("paused") == alice.events().count("unpaused")


def test_logged_out_and_in_again_with_a_systemd_that_stays_her_new_session_is_heard(alice: Alice, seat: Seat) -> None:
    def lock(session: str) -> None:
        before = alice.events().count("locked")

        def is_heard() -> bool:
            """Asked for again and again: in the second after a loss nobody listens."""
            alice.machine.root("loginctl", "lock-session", session)
            return alice.events().count("locked") > before

        wait_until(is_heard, "the lock is recorded")

    lock(seat.begins("alice"))
    seat.ends("alice")
    wait_until(lambda: "alice" not in alice.machine.root("loginctl", "list-sessions"), "she is logged out")
    assert alice.events().count("locked") == alice.events().count("unlocked")
    lock(seat.begins("alice"))
    assert alice.unit("NRestarts") == ("0",)
