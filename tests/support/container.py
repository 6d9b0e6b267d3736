"""A Debian container with systemd, logind and a user `alice` who has her own systemd.

The file system is built once and kept in /var/cache. Booting takes half a second, and every change is lost at the end.
The container sees the project and its environment read-only at their own paths, and no network but its loopback.
"""

from __future__ import annotations

import itertools
import os
import platform
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from support import PROJECT
from support.debian_trees import ALICE, TreeFailed, machine
from support.desktop_programs import wait_until

_count = itertools.count()

_UP = {"running", "degraded"}
"""States of a booted systemd. It is degraded when some unrelated unit failed on a busy host."""


class Container:
    """A running container. A command is a list of words. If it fails, the test fails, unless `check` is false."""

    def __init__(self, leader: int) -> None:
        self._leader = leader
        self.patience = 90.0
        """Seconds that a command may take."""

    def root(self, *command: str, check: bool = True, stdin: str = "") -> str:
        """Run the command as root and return its output."""
        clean = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8")
        return self._enter((*clean, *command), check=check, stdin=stdin)

    def alice(self, *command: str, check: bool = True, stdin: str = "") -> str:
        """Run the command as alice, with her runtime directory and bus, and return its output."""
        runtime = f"/run/user/{ALICE}"
        hers = (f"XDG_RUNTIME_DIR={runtime}", f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus", "HOME=/home/alice")
        as_alice = ("runuser", "-u", "alice", "--", "env", "-C", "/home/alice", *hers)
        return self.root(*as_alice, *command, check=check, stdin=stdin)

    def write(self, path: str, text: str) -> None:
        """Write an executable file of alice's, and create its directories."""
        self.alice("mkdir", "-p", str(Path(path).parent))
        self.alice("tee", path, stdin=text)
        self.alice("chmod", "755", path)

    def restart_alice(self) -> None:
        """Restart alice's systemd, so that changed units of the system apply to it. Ends all her processes."""
        self.root("systemctl", "daemon-reload")
        self.root("systemctl", "restart", f"user@{ALICE}.service")
        self.await_alice()

    def await_alice(self) -> None:
        """Wait until alice's systemd has booted."""
        hers = ("systemctl", "--user", "is-system-running")
        wait_until(lambda: self.alice(*hers, check=False).strip() in _UP, "alice's systemd runs")

    def unit(self, name: str, unit: str) -> str:
        """Return one property of a unit of alice's."""
        return self.alice("systemctl", "--user", "show", unit, f"--property={name}", "--value").strip()

    def on_the_host(self, pid: int) -> int:
        """Return the process id that a process of the container has on the host."""
        for process in psutil.Process(self._leader).children(recursive=True):
            with suppress(OSError):
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
                if re.search(rf"^NSpid:.*\t{pid}$", status, re.MULTILINE):
                    return int(process.pid)
        raise AssertionError(f"no process {pid}")

    def await_boot(self) -> None:
        """Wait until the system has booted."""
        wait_until(lambda: self.root("systemctl", "is-system-running", check=False).strip() in _UP, "the machine runs")

    def _enter(self, command: tuple[str, ...], *, check: bool, stdin: str) -> str:
        entered = ["nsenter", "--target", str(self._leader), *("-m", "-u", "-i", "-n", "-p", "-C"), *command]
        done = _run(entered, stdin, self.patience)
        if check and done.returncode:
            journalctl = ("journalctl", "--no-pager", "--output=cat", "--lines=30")
            journal = _run([*entered[: -len(command)], *journalctl], "", self.patience)
            printed = f"{done.stdout}{done.stderr}\nThe journal of the container ends:\n{journal.stdout}"
            pytest.fail(f"{shlex.join(command)} ended with {done.returncode}: {printed}")
        return done.stdout + done.stderr


def _run(command: list[str], stdin: str, patience: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience, input=stdin)


@pytest.fixture(scope="session")
def systemd_machine() -> Iterator[Container]:
    """Boot one container for the whole session. Building its file system takes a minute, the first time."""
    with booted(_tree(), _binds()) as machine:
        machine.await_boot()
        machine.await_alice()
        yield machine


def _tree() -> Path:
    """Return the file system, built from the release of this host: the host's Python needs the same libraries."""
    try:
        return machine(platform.freedesktop_os_release()["VERSION_CODENAME"])
    except TreeFailed as failed:
        pytest.skip(f"mmdebstrap could not build the container: {failed}")


def _binds() -> list[str]:
    """Return the options that show host paths: the project, its environment, the Python it was made from."""
    base = Path(sys.base_prefix)
    python = [Path(sys.executable).resolve(), Path(sysconfig.get_path("stdlib"))] if base == Path("/usr") else [base]
    paths = [PROJECT, Path(sys.prefix), *python, Path("/tmp/.X11-unix")]
    return [f"--bind-ro={path}" for path in dict.fromkeys(paths)]


def _first_process(nspawn: int) -> int:
    """Return the host's process id of the container's process 1, or 0 before it exists.

    nspawn has another child for a moment, which only prepares the container.
    """
    for child in psutil.Process(nspawn).children():
        with suppress(OSError):
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="utf-8")
            if re.search(r"^NSpid:.*\t1$", status, re.MULTILINE):
                return int(child.pid)
    return 0


def _control_groups(name: str) -> list[Path]:
    """Make control groups for one container on a host without systemd. Two containers in one would disturb each other.

    Without `memory`, whose limits belong to the host, and `cpuset`, whose groups accept nobody when they are new.
    """
    root = Path("/sys/fs/cgroup")
    one = (root / "cgroup.procs").exists()
    hierarchies = [root] if one else [each for each in root.iterdir() if each.name not in {"memory", "cpuset"}]
    groups = [hierarchy / name for hierarchy in hierarchies]
    for group in groups:
        group.mkdir()
    return groups


def _inside(groups: Sequence[Path]) -> list[str]:
    """Return the beginning of a command that runs in these control groups."""
    enter = 'n=$1; shift; while [ $n -gt 0 ]; do echo 0 >"$1/cgroup.procs"; shift; n=$((n-1)); done; exec "$@"'
    return ["sh", "-c", enter, "sh", str(len(groups)), *map(str, groups)]


@contextmanager
def booted(root: Path, binds: Sequence[str] = ()) -> Iterator[Container]:
    """Boot the file system, with nspawn's options `binds`. Every change in it is lost at the end."""
    Path("/tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)
    name = f"slowrise-{os.getpid()}-{next(_count)}"
    groups = [] if Path("/run/systemd/system").exists() else _control_groups(name)
    unmanaged = ["--register=no", "--keep-unit"] if groups else []
    # If pytest is killed, the container stops too.
    command = ["setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "--quiet", "--directory", str(root), "--boot"]
    isolated = ["--volatile=overlay", "--private-network", f"--machine={name}", "--console=pipe"]
    nspawn = subprocess.Popen(
        [*_inside(groups), *command, *isolated, *unmanaged, *binds],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until(lambda: _first_process(nspawn.pid) or nspawn.poll() is not None, "the container to start")
        if nspawn.poll() is not None:
            pytest.skip(f"systemd-nspawn: {nspawn.communicate()[0].strip()}")
        yield Container(_first_process(nspawn.pid))
    finally:
        nspawn.terminate()
        try:
            nspawn.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.communicate()
        for folder in (each for group in groups for each in (*sorted(group.rglob("*/"), reverse=True), group)):
            with suppress(OSError):  # a process of the container may need a moment more to end
                folder.rmdir()
