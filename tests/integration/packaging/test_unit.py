"""The daemon as a systemd user service: started by the desktop, with real input, through crashes and restarts."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from slowrise.daemon.status import REFUSED
from support.container import Container
from support.desktop_programs import wait_until

pytestmark = [
    pytest.mark.real("mmdebstrap", "systemd-nspawn", "nsenter", "Xvfb", "xdotool"),
    pytest.mark.timeout(900),
]

SLOWRISE = f"{sys.prefix}/bin/slowrise"
CONFIG = "/home/alice/.config/slowrise/slowrise.toml"
DATA = "/home/alice/.local/share/slowrise"
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
"""The daemon with a memory leak that a signal starts."""
MEMORY = Path("/sys/fs/cgroup/memory")
"""Control groups version 1. A user's systemd does not use them, so there the unit's memory limit has no effect."""
DESKTOP = """[Unit]
Description=A desktop session
BindsTo=graphical-session.target
Before=graphical-session.target
"""


class Alice:
    """Alice at her computer, with a display, a mouse, and slowrise as her service."""

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
        status: dict[str, Any] = json.loads(self.slowrise("status", "--format", "json"))
        return status

    def sits(self) -> dict[str, Any]:
        """Move the mouse until the daemon sees her sitting, and return the status."""

        def seen() -> bool:
            self.moves_the_mouse()
            return bool(self.status()["state"] == "sitting")

        wait_until(seen, "the daemon sees input")
        return self.status()

    def unit(self, *names: str) -> tuple[str, ...]:
        return tuple(self.machine.unit(name, "slowrise.service") for name in names)

    def starts(self) -> None:
        # The tests start it more often than StartLimitBurst allows. This fails while the unit is not loaded.
        self.machine.alice("systemctl", "--user", "reset-failed", "slowrise.service", check=False)
        self.systemctl("restart", "slowrise.service")

    def is_restarted_after(self, signal: str) -> None:
        """Send the daemon a signal, and check that systemd starts another one."""
        before, count = self.unit("MainPID", "NRestarts")
        self.systemctl("kill", f"--signal={signal}", "slowrise.service")
        wait_until(lambda: self.unit("NRestarts") == (str(int(count) + 1),), "systemd starts it again")
        wait_until(lambda: self.unit("ActiveState") == ("active",), "it is ready again")
        assert self.unit("MainPID") != (before,)

    def is_recorded(self) -> bool:
        """Return whether the ledger has the input of this run, and a later event that shows how long it lasted."""
        return self.events()[-2:] == ["active", "held"]

    def journal(self) -> str:
        """Return the log of slowrise."""
        return self.machine.root("journalctl", "--no-pager", "--output=cat", "_SYSTEMD_USER_UNIT=slowrise.service")

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.slowrise("export", "trace").splitlines()]


@contextmanager
def held_to(most: int, pid: int) -> Iterator[None]:
    """Limit the memory of the process to `most` bytes, if the unit's own limit has no effect here."""
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
    """Yield a display of the host. The container sees its socket."""
    reading, writing = os.pipe()
    # Without -noreset, the server restarts after its last client, and refuses new clients meanwhile.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-ac", "-nolisten", "tcp", "-screen", "0", "640x480x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as stream:
            yield f":{stream.readline().strip()}"
        server.terminate()


@pytest.fixture(scope="module")
def installed(systemd_machine: Container, screen: str) -> Iterator[Alice]:
    """Yield alice after she installed the service. Her systemd has the display, as under a real desktop."""
    alice = Alice(systemd_machine, screen)
    alice.systemctl("set-environment", f"DISPLAY={screen}")
    systemd_machine.write("/home/alice/.config/systemd/user/desktop.target", DESKTOP)
    assert "It runs now" in alice.slowrise("service", "install")
    yield alice
    alice.slowrise("service", "uninstall")
    systemd_machine.alice("rm", "-rf", str(Path(CONFIG).parent), "/home/alice/.local/share/slowrise")
    systemd_machine.alice("rm", "/home/alice/.config/systemd/user/desktop.target")
    systemd_machine.alice("rm", "-rf", str(Path(DROP_IN).parent))
    alice.systemctl("unset-environment", "DISPLAY")


@pytest.fixture
def alice(installed: Alice) -> Iterator[Alice]:
    """Yield alice, sitting, with the service running. Remove her changes to it afterwards."""
    installed.starts()
    installed.sits()
    yield installed
    installed.machine.alice("rm", "-f", CONFIG, DROP_IN)
    installed.systemctl("daemon-reload")


def test_a_data_directory_that_is_deleted_while_it_runs_is_made_again(alice: Alice) -> None:
    alice.machine.write(DROP_IN, "[Service]\nWatchdogSec=2s\n")
    alice.systemctl("daemon-reload")
    alice.starts()
    alice.sits()
    alice.machine.alice("rm", "-r", DATA)
    wait_until(lambda: alice.unit("NRestarts", "ActiveState") == ("1", "active"), "systemd starts it again")
    assert alice.sits()["notes"] == []
    assert alice.machine.alice("ls", DATA).split()[0] == "ledger.sqlite3"


def test_it_shares_its_days_in_a_folder_that_is_configured_after_the_installation(alice: Alice) -> None:
    alice.machine.write(CONFIG, f'[share]\nfolder = "{SHARED}"\nname = "desk"\n')
    alice.starts()
    alice.sits()
    alice.systemctl("stop", "slowrise.service")
    assert "No such file" in alice.machine.alice("ls", SHARED, check=False), "the sandbox let it write there"
    assert "Run `slowrise service install` again" in alice.journal()

    assert "It runs now" in alice.slowrise("service", "install")
    alice.sits()
    alice.systemctl("stop", "slowrise.service")
    assert alice.machine.alice("ls", SHARED).startswith("desk-")
    alice.machine.alice("rm", "-r", CONFIG, SHARED)
    assert "It runs now" in alice.slowrise("service", "install")


@pytest.mark.seen("any", "start", "stop")
def test_it_starts_and_stops_with_the_desktop(alice: Alice) -> None:
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


def test_it_starts_at_the_login_where_the_desktop_starts_nothing(alice: Alice) -> None:
    def installs_on(desktop: str) -> str:
        here = (f"DISPLAY={alice.display}", f"XDG_CURRENT_DESKTOP={desktop}")
        return alice.machine.alice("env", *here, SLOWRISE, "service", "install")

    assert "slowrise starts when you log in, because sway starts no services." in installs_on("sway")
    assert f"{UNIT_FILE}: starts when you log in, active" in alice.slowrise("service", "status")
    assert "start: starts when you log in" in alice.slowrise("doctor")
    alice.machine.restart_alice()
    wait_until(lambda: alice.unit("ActiveState") == ("active",), "the login starts it")
    alice.systemctl("set-environment", f"DISPLAY={alice.display}")
    assert alice.sits()["source"] == "x11_idle"

    assert "XFCE reads its autostart entry." in installs_on("XFCE")
    assert f"{UNIT_FILE}: starts with each desktop session, active" in alice.slowrise("service", "status")
    alice.systemctl("set-environment", "XDG_CURRENT_DESKTOP=i3")
    assert "This desktop does not start it." in alice.slowrise("service", "status")
    alice.systemctl("unset-environment", "XDG_CURRENT_DESKTOP")

    alice.systemctl("start", "desktop.target")
    assert "slowrise starts with each desktop session.\n" in installs_on("sway")
    assert "starts with each desktop session, active" in alice.slowrise("service", "status")
    alice.systemctl("stop", "desktop.target")


def test_the_start_at_login_is_turned_off_and_on_while_it_runs(alice: Alice) -> None:
    """As the window does it."""

    def does(call: str) -> str:
        code = f"from slowrise.adapters.system.autostart import *; from pathlib import Path; print({call})"
        return alice.machine.alice(f"{sys.prefix}/bin/python", "-c", code).strip()

    running = alice.unit("MainPID")
    assert does("starts_at_login()") == "True"
    does("do_not_start_at_login()")
    assert does("starts_at_login()") == "False"
    assert alice.unit("MainPID", "UnitFileState") == (*running, "disabled")

    alice.systemctl("stop", "slowrise.service")
    alice.systemctl("start", "desktop.target")
    assert alice.unit("ActiveState") == ("inactive",)
    alice.systemctl("stop", "desktop.target")

    alice.starts()
    running = alice.unit("MainPID")
    does("start_at_login(executable(), Path.home() / '.local/share/slowrise')")
    assert does("starts_at_login()") == "True"
    assert alice.unit("MainPID", "UnitFileState") == (*running, "enabled")


def test_killed_during_a_bout_it_continues_the_same_bout(alice: Alice) -> None:
    since = alice.sits()["since"]
    # After a kill, the last recorded event shows how long the run lasted.
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


def test_a_daemon_over_its_memory_limit_is_killed_and_continues_the_same_bout(alice: Alice) -> None:
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


def test_a_running_daemon_feeds_the_watchdog(alice: Alice) -> None:
    alice.machine.write(DROP_IN, "[Service]\nWatchdogSec=2s\n")
    alice.systemctl("daemon-reload")
    alice.starts()
    fed = "WatchdogTimestampMonotonic"
    seen = {alice.unit(fed)}

    def fed_again() -> bool:
        seen.add(alice.unit(fed))
        return len(seen) > 4

    wait_until(fed_again, "it feeds the watchdog")
    assert alice.unit("NRestarts") == ("0",)


def test_a_wrong_configuration_at_the_start_leaves_the_last_one_in_force(alice: Alice) -> None:
    alice.machine.write(CONFIG, 'profile = "recovery"\n')
    alice.starts()
    alice.machine.write(CONFIG, '[limits]\nsit_soft = "soon"\n')
    alice.starts()
    status = alice.sits()
    assert (status["profile"], status["notes"]) == ("recovery", [REFUSED])
    assert "limits.sit_soft: 'soon' is not a duration" in alice.journal()


def test_an_unknown_option_causes_no_restart(alice: Alice) -> None:
    start = alice.machine.alice("sed", "-n", "s/^ExecStart=//p", UNIT_FILE).strip()
    alice.machine.write(DROP_IN, f"[Service]\nExecStart=\nExecStart={start} --source evdev\n")
    alice.systemctl("daemon-reload")
    alice.machine.alice("systemctl", "--user", "restart", "slowrise.service", check=False)
    assert alice.unit("ActiveState", "ExecMainStatus", "NRestarts") == ("failed", "2", "0")


def test_a_deleted_data_directory_is_made_again_at_the_next_start(alice: Alice) -> None:
    alice.systemctl("stop", "slowrise.service")
    alice.machine.alice("rm", "-r", DATA)
    alice.starts()
    alice.sits()
    assert alice.machine.alice("stat", "--format=%a", DATA).strip() == "700"
    assert alice.status()["notes"] == []


def test_a_changed_configuration_is_reloaded_and_a_wrong_one_refused(alice: Alice) -> None:
    alice.machine.write(CONFIG, 'profile = "recovery"\n')
    alice.systemctl("reload", "slowrise.service")
    wait_until(lambda: alice.status()["profile"] == "recovery", "the daemon has reloaded the file")
    alice.machine.write(CONFIG, 'profile = "lazy"\n')
    with pytest.raises(pytest.fail.Exception, match=r"Job for slowrise.service failed"):
        alice.systemctl("reload", "slowrise.service")
    assert alice.sits()["profile"] == "recovery"
    assert alice.unit("NRestarts") == ("0",)


def test_without_a_display_it_waits_for_the_desktop(alice: Alice) -> None:
    alice.systemctl("unset-environment", "DISPLAY")
    alice.starts()
    assert alice.unit("ActiveState", "NRestarts") == ("active", "0")
    assert "It runs now" in alice.slowrise("service", "install")
    assert alice.status()["source"] is None
    alice.systemctl("set-environment", f"DISPLAY={alice.display}")
    assert alice.sits()["source"] == "x11_idle"
    assert alice.unit("NRestarts") == ("0",)


class Seat:
    """The seat of the container, with real sessions of users."""

    def __init__(self, machine: Container) -> None:
        self.machine = machine

    def begins(self, user: str) -> str:
        """Log a user in and return her session, which then has the screen."""
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
    """Yield the seat without a session. `bob` is another user who can log in."""
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
    events = alice.events()
    this_run = events[-events[::-1].index("started") :]  # an earlier one may have ended while it waited for a display
    assert this_run.count("paused") == this_run.count("unpaused")


def test_after_logout_and_login_under_the_same_systemd_the_new_session_is_observed(alice: Alice, seat: Seat) -> None:
    def lock(session: str) -> None:
        before = alice.events().count("locked")

        def is_heard() -> bool:
            """Lock again each time: in the second after the loss of the session, the daemon does not listen."""
            alice.machine.root("loginctl", "lock-session", session)
            return alice.events().count("locked") > before

        wait_until(is_heard, "the lock is recorded")

    lock(seat.begins("alice"))
    seat.ends("alice")
    wait_until(lambda: "alice" not in alice.machine.root("loginctl", "list-sessions"), "she is logged out")
    assert alice.events().count("locked") == alice.events().count("unlocked")
    lock(seat.begins("alice"))
    assert alice.unit("NRestarts") == ("0",)
