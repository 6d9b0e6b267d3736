"""A whole Debian with systemd as its first process, logind and a user `alice` with a systemd of her own.

The tree is built once and kept in /var/cache; a boot takes half a second, and what it writes is gone at the end. The
project and its environment are in it at their own paths, read-only. Of the network it has its own loopback alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from support import PROJECT

CACHE = Path("/var/cache/slowrise-tests")
PACKAGES = ("systemd-sysv", "libpam-systemd", "dbus", "dbus-user-session", "python3")
ALICE = 1000

_UP = {"running", "degraded"}
"""Degraded is up too: on a busy host some unit of no interest may have failed."""


class Container:
    """A running one. Commands are words, not shell lines; they end with an error unless `check` is false."""

    def __init__(self, leader: int) -> None:
        self._leader = leader

    def root(self, *command: str, check: bool = True, stdin: str = "") -> str:
        """Run the command as root and return what it printed."""
        clean = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8")
        return self._enter((*clean, *command), check=check, stdin=stdin)

    def alice(self, *command: str, check: bool = True, stdin: str = "") -> str:
        """Run the command as alice, with her runtime directory and bus, and return what it printed."""
        runtime = f"/run/user/{ALICE}"
        hers = (f"XDG_RUNTIME_DIR={runtime}", f"DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus", "HOME=/home/alice")
        as_alice = ("runuser", "-u", "alice", "--", "env", "-C", "/home/alice", *hers)
        return self.root(*as_alice, *command, check=check, stdin=stdin)

    def write(self, path: str, text: str) -> None:
        """Write a file of alice's that can be run, with the directories above it."""
        self.alice("mkdir", "-p", str(Path(path).parent))
        self.alice("tee", path, stdin=text)
        self.alice("chmod", "755", path)

    def restart_alice(self) -> None:
        """End all that alice runs and start her systemd anew, under changed units of the system's."""
        self.root("systemctl", "daemon-reload")
        self.root("systemctl", "restart", f"user@{ALICE}.service")
        self.await_alice()

    def await_alice(self) -> None:
        """Wait until alice's systemd has started all it starts."""
        hers = ("systemctl", "--user", "is-system-running")
        wait_for(lambda: self.alice(*hers, check=False).strip() in _UP, "alice's systemd runs")

    def unit(self, name: str, unit: str) -> str:
        """One property of a unit of alice's."""
        return self.alice("systemctl", "--user", "show", unit, f"--property={name}", "--value").strip()

    def on_the_host(self, pid: int) -> int:
        """The number that the host has for this process."""
        for process in psutil.Process(self._leader).children(recursive=True):
            with suppress(OSError):
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
                if re.search(rf"^NSpid:.*\t{pid}$", status, re.MULTILINE):
                    return int(process.pid)
        raise AssertionError(f"no process {pid}")

    def _enter(self, command: tuple[str, ...], *, check: bool, stdin: str) -> str:
        entered = ["nsenter", "--target", str(self._leader), *("-m", "-u", "-i", "-n", "-p", "-C"), *command]
        done = _ran(entered, stdin)
        if check and done.returncode:
            journal = _ran([*entered[: -len(command)], "journalctl", "--no-pager", "--output=cat", "--lines=30"], "")
            told = f"{done.stdout}{done.stderr}\nThe journal of the machine ends:\n{journal.stdout}"
            pytest.fail(f"{shlex.join(command)} ended with {done.returncode}: {told}")
        return done.stdout + done.stderr


def _ran(command: list[str], stdin: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=90, input=stdin)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until the condition holds, or fail with what did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"within {seconds:.0f} s: {what}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def systemd_machine() -> Iterator[Container]:
    """A machine for the whole session; it costs the first test that asks a minute where the tree must be built."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(), _booted(_tree()) as machine:
        asked = ("systemctl", "is-system-running")
        wait_for(lambda: machine.root(*asked, check=False).strip() in _UP, "the machine runs")
        machine.await_alice()
        yield machine


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two would share a control group where the host has no systemd."""
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tree() -> Path:
    """The file system: that of the release this host runs, so that the host's Python finds its libraries there."""
    release = platform.freedesktop_os_release()
    digest = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:8]
    tree = CACHE / f"{release['VERSION_CODENAME']}-{digest}"
    if tree.exists():
        return tree
    begun = tree.with_suffix(".part")
    shutil.rmtree(begun, ignore_errors=True)
    suite = release["VERSION_CODENAME"]
    built = subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            f"--include={','.join(PACKAGES)}",
            suite,
            str(begun),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        pytest.skip(f"mmdebstrap could not build the machine: {built.stderr.strip().splitlines()[-1]}")
    subprocess.run(["chroot", begun, "useradd", "-m", "-u", str(ALICE), "alice"], check=True)
    linger = begun / "var/lib/systemd/linger"
    linger.mkdir(parents=True, exist_ok=True)
    (linger / "alice").touch()
    (begun / "root").chmod(0o755)  # a Python of root's own may lie below it
    begun.rename(tree)
    return tree


def _binds() -> list[str]:
    """What the machine sees of the host: the project, its environment, and the Python that it was made from."""
    base = Path(sys.base_prefix)
    python = [Path(sys.executable).resolve(), Path(sysconfig.get_path("stdlib"))] if base == Path("/usr") else [base]
    seen = [PROJECT, Path(sys.prefix), *python, Path("/tmp/.X11-unix")]
    return [f"--bind-ro={path}" for path in dict.fromkeys(seen)]


def _first_process(nspawn: int) -> int:
    """The host's number for the machine's process 1; 0 while there is none.

    nspawn's other child only prepares the machine: it is no process 1, and soon gone.
    """
    for child in psutil.Process(nspawn).children():
        with suppress(OSError):
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="utf-8")
            if re.search(r"^NSpid:.*\t1$", status, re.MULTILINE):
                return int(child.pid)
    return 0


@contextmanager
def _booted(tree: Path) -> Iterator[Container]:
    Path("/tmp/.X11-unix").mkdir(mode=0o1777, exist_ok=True)
    unmanaged = [] if Path("/run/systemd/system").exists() else ["--register=no", "--keep-unit"]
    # With pytest killed the machine halts too.
    command = ["setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "--quiet", "--directory", str(tree), "--boot"]
    kept_apart = ["--volatile=overlay", "--private-network", f"--machine=slowrise-{os.getpid()}", "--console=pipe"]
    nspawn = subprocess.Popen(
        [*command, *kept_apart, *unmanaged, *_binds()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(lambda: _first_process(nspawn.pid) or nspawn.poll() is not None, "the machine starts")
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
