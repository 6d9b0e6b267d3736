"""slowrise in a virtual machine: real input in three kinds of session, sleep, lock, limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from support.desktop_programs import wait_until
from support.vm.image import image
from support.vm.virtual import PATIENCE, Virtual, booted

pytestmark = [
    pytest.mark.vm,
    pytest.mark.real("qemu-system-x86_64", "mmdebstrap", "mke2fs", "mount"),
    pytest.mark.timeout(3600),
]

SLOWRISE = "/usr/local/bin/slowrise"
UNIT = "slowrise.service"
CONFIG = "/home/alice/.config/slowrise/slowrise.toml"
IMPATIENT = """
limits = {sit_soft = "1m", spacing = "1m"}
notifications = {wait_for_pause = "0s", return_tip = false, questions = 0}
"""
SLACK = timedelta(minutes=5)
"""The time that a step of a test may take on a slow machine."""

Use = Callable[[Virtual], object]

DEVICE = "/usr/local/lib/slowrise-vm/device.py"

LOGIN1 = "org.freedesktop.login1"
REPORT_OF_A_LOCK = (LOGIN1, "/org/freedesktop/login1/session/auto", f"{LOGIN1}.Session", "SetLockedHint", "b")
"""As in docs/using.md."""

_ENDS = {"suspended", "paused", "stopped", "started"}
"""Events that end an input, besides idle."""

KEYBOARD: Use = Virtual.press_key
MOUSE: Use = Virtual.move_mouse


def device(kind: str) -> Use:
    """Return the use of a device that a program makes through the kernel's uinput."""
    return lambda machine: machine.root("python3", DEVICE, kind)


class Alice:
    """A user who sits at the machine and installs slowrise."""

    def __init__(self, machine: Virtual) -> None:
        self.machine = machine
        self._session = "terminal"

    def installs(self) -> None:
        """Type the installation command on the first console, where she is logged in."""
        wait_until(
            lambda: self.machine.root("pgrep", "-u", "alice", "-x", "bash", check=False), "a shell", patience=PATIENCE
        )
        self.machine.type("slowrise service install\n")
        wait_until(self._runs, "slowrise is installed and runs", patience=PATIENCE)

    def is_in(self, session: str) -> None:
        """Log out and into a session of this kind, which starts slowrise again. Do nothing if she is in one."""
        if session == self._session:
            return
        self.machine.write("/home/alice/session", session)
        self.machine.root("loginctl", "terminate-user", "alice")
        wait_until(lambda: not self._runs(), "slowrise ends with her session", patience=PATIENCE)
        wait_until(self._runs, f"slowrise is started with {session}", patience=PATIENCE)
        self._session = session

    def rests(self) -> None:
        """Wait until input is idle, so that new input would be recorded."""
        wait_until(self._rests, "a rest", patience=PATIENCE)

    def uses(self, use: Use) -> tuple[datetime, datetime]:
        """Use keyboard or mouse, after a rest, until the daemon records it. Return the begin and the end."""
        begin = self.machine.now()

        def is_seen() -> bool:
            nonlocal begin
            if self._rests():
                begin = self.machine.now()
                use(self.machine)
            return bool(self.events("active", begin))

        wait_until(is_seen, "input is recorded", patience=PATIENCE)
        return begin, self.machine.now()

    def hears(self, event: str, since: datetime) -> dict[str, Any]:
        """Wait for the first such event since that time, and return it."""
        wait_until(lambda: self.events(event, since), f"{event} is recorded", patience=PATIENCE)
        return self.events(event, since)[0]

    def events(self, event: str, since: datetime) -> list[dict[str, Any]]:
        lines = self.slowrise("export", "trace", "--from", since.isoformat(timespec="milliseconds")).splitlines()
        return [found for found in map(json.loads, lines) if found["event"] == event]

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.slowrise("status", "--json"))
        return status

    def slowrise(self, *arguments: str) -> str:
        return self.machine.alice(SLOWRISE, *arguments)

    def _rests(self) -> bool:
        """Return whether input is idle, so that new input would be recorded."""
        lines = self.slowrise("export", "trace").splitlines()
        events = [event for line in lines if (event := json.loads(line)["event"]) in {"active", "idle", *_ENDS}]
        return events[-1:] != ["active"]

    def _runs(self) -> bool:
        return self.machine.alice("systemctl", "--user", "is-active", UNIT, check=False).strip() == "active"


@pytest.fixture(scope="module")
def installed() -> Iterator[Alice]:
    with booted(image()) as machine:
        alice = Alice(machine)
        alice.installs()
        yield alice


@pytest.fixture
def alice(installed: Alice) -> Alice:
    """Return alice in a sway session, after slowrise has recorded her input."""
    installed.is_in("sway")
    installed.uses(MOUSE)
    return installed


def at(event: dict[str, Any], key: str = "at") -> datetime:
    return datetime.fromisoformat(event[key])


@pytest.mark.parametrize(
    ("session", "source", "devices"),
    [
        ("terminal", "terminal", [KEYBOARD]),
        ("x11", "x11_idle", [MOUSE, KEYBOARD]),
        ("sway", "wayland_idle", [MOUSE, KEYBOARD]),
    ],
    ids=["terminal", "x11", "sway"],
)
def test_input_from_the_kernel_is_recorded(installed: Alice, session: str, source: str, devices: list[Use]) -> None:
    alice = installed
    alice.is_in(session)
    assert alice.status()["source"] == source
    for device in [*devices, devices[0]]:
        begin, end = alice.uses(device)
        assert alice.status()["state"] == "sitting"
        idle = alice.hears("idle", begin)
        assert begin <= at(idle, "since") <= end


@pytest.mark.parametrize("session", ["x11", "sway"])
def test_a_keyboard_and_a_pen_of_any_origin_count_and_a_gamepad_does_not(installed: Alice, session: str) -> None:
    """Ydotool makes such a keyboard. Compositors and X leave gamepads to the games."""
    alice = installed
    alice.is_in(session)
    for kind in ("keyboard", "pen"):
        alice.uses(device(kind))
    alice.rests()
    since = alice.machine.now()
    device("gamepad")(alice.machine)
    begin, _ = alice.uses(MOUSE)
    assert at(alice.hears("active", since)) >= begin


def test_a_camera_in_use_is_a_call(alice: Alice) -> None:
    """A real driver, whose users the kernel counts, and real devices, whose capabilities udev stores."""
    machine = alice.machine
    machine.root("modprobe", "vivid")
    machine.root("udevadm", "settle")
    assert "camera: works" in alice.slowrise("doctor")
    machine.alice("systemctl", "--user", "restart", UNIT)  # or wait ten minutes
    since = machine.now()
    alice.uses(MOUSE)
    machine.alice("systemd-run", "--user", "--unit=call", "--property=StandardInput=file:/dev/video0", "sleep", "1d")
    started = alice.hears("call-started", since)
    machine.alice("systemctl", "--user", "stop", "call.service")
    assert at(alice.hears("call-ended", since)) > at(started)


def test_a_lock_is_recorded(alice: Alice) -> None:
    since = alice.machine.now()
    session = alice.machine.root("loginctl", "show-user", "alice", "--property=Display", "--value").strip()
    alice.machine.root("loginctl", "lock-session", session)
    locked = alice.hears("locked", since)
    alice.machine.root("loginctl", "unlock-session", session)
    assert at(alice.hears("unlocked", since)) >= at(locked)


def test_a_lock_that_a_locker_reports_by_the_line_of_the_docs_lasts_until_it_is_over(alice: Alice) -> None:
    since = alice.machine.now()
    for said, told in (("true", "locked"), ("false", "unlocked")):
        # From her systemd, as hypridle may run: logind knows whose session it is by that.
        alice.machine.alice("systemd-run", "--user", "--wait", "--quiet", "busctl", "call", *REPORT_OF_A_LOCK, said)
        alice.hears(told, since)
    assert at(alice.hears("unlocked", since)) > at(alice.hears("locked", since))


def test_on_another_console_she_is_unobserved(alice: Alice) -> None:
    since = alice.machine.now()
    alice.machine.press("ctrl", "alt", "f3")
    paused = alice.hears("paused", since)
    alice.machine.press("ctrl", "alt", "f1")
    assert at(alice.hears("unpaused", since)) >= at(paused)


def test_a_prompt_is_shown(alice: Alice) -> None:
    # The bus would start dunst for the first notice. In this slow machine that takes longer than the notice waits.
    alice.machine.alice("systemctl", "--user", "start", "dunst")
    alice.machine.write(CONFIG, IMPATIENT)
    alice.slowrise("reload")

    def is_prompted() -> bool:
        MOUSE(alice.machine)
        return bool(alice.status()["showing"] == "sit-soft")

    wait_until(is_prompted, "the prompt is shown", patience=PATIENCE)
    assert alice.status()["notifier"] == "freedesktop"
    assert alice.machine.alice("dunstctl", "count", "displayed").strip() == "1"


def test_the_kernel_limits_its_memory_and_tasks(alice: Alice) -> None:
    group = f"/sys/fs/cgroup{alice.machine.unit('ControlGroup', UNIT)}"
    limits = [alice.machine.root("cat", f"{group}/{name}").strip() for name in ("memory.max", "pids.max")]
    assert limits == [str(200 * 2**20), "32"]
    assert 0 < int(alice.machine.root("cat", f"{group}/memory.peak")) < 200 * 2**20


# The sleep tests come last: sway 1.7 hangs if the console changes after a sleep, and loses its input.


def test_hours_of_sleep_are_not_sitting(alice: Alice) -> None:
    machine = alice.machine
    since, before = machine.now(), alice.status()["today"]["sitting_seconds"]
    machine.sleep(hours=4)
    suspended, resumed = alice.hears("suspended", since), alice.hears("resumed", since)
    slept = at(resumed) - at(suspended)
    assert timedelta(hours=3, minutes=59) < slept < timedelta(hours=4) + SLACK

    assert alice.status()["state"] == "away"
    alice.uses(MOUSE)
    assert alice.status()["state"] == "sitting"
    assert alice.status()["today"]["sitting_seconds"] - before < SLACK.total_seconds()
    machine.write("/home/alice/trace", alice.slowrise("export", "trace"))
    spans = json.loads(alice.slowrise("replay", "/home/alice/trace", "--json"))["spans"]
    (while_asleep,) = (span for span in spans if at(span, "start") <= at(suspended) < at(span, "end"))
    assert while_asleep["state"] == "away"
    assert not alice.events("clock-stepped", since)


def test_a_pause_that_ends_in_sleep_is_over_on_waking(alice: Alice) -> None:
    """The timer of the pause uses a clock that stops during sleep."""
    since = alice.machine.now()
    alice.slowrise("pause", "1h")
    alice.machine.sleep(hours=2)
    resumed, unpaused = alice.hears("resumed", since), alice.hears("unpaused", since)
    # The daemon may notice the passed time a moment before logind reports the resume.
    assert abs(at(unpaused) - at(resumed)) < SLACK
    assert alice.status()["paused_until"] is None
