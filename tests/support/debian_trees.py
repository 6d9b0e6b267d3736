"""File systems of Debian, built once by mmdebstrap and kept in /var/cache. Runs before `.venv` exists."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CACHE = Path("/var/cache/slowrise-tests")
ALICE = 1000
_MACHINE = ("systemd-sysv", "libpam-systemd", "dbus", "dbus-user-session", "python3")


class TreeFailed(Exception):
    """mmdebstrap could not build a tree. The message has its errors."""


def tree(
    release: str,
    packages: Sequence[str],
    *,
    archives: Sequence[str] = (),
    finish: Callable[[Path], object] = lambda _: None,
) -> Path:
    """Return the root of a minimal Debian with these packages. Building it takes a minute, the first time.

    `archives`: packages that apt can install there later without a network. `finish` completes a new tree; after a
    change of it, name the tree anew by changing the packages.
    """
    named = " ".join([*packages, *(["--", *archives] if archives else [])])
    root = CACHE / f"{release}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with locked(f"{root.name}.lock"):
        if not root.exists():
            unfinished = root.with_suffix(".part")
            _debootstrap(release, packages, archives, unfinished)
            finish(unfinished)
            unfinished.rename(root)
    return root


def machine(release: str) -> Path:
    """Return the root of a system that boots, with a user `alice` whose own systemd always runs."""
    return tree(release, _MACHINE, finish=_let_alice_linger)


def _let_alice_linger(root: Path) -> None:
    subprocess.run(["chroot", root, "useradd", "-m", "-u", str(ALICE), "alice"], check=True)
    linger = root / "var/lib/systemd/linger"
    linger.mkdir(parents=True, exist_ok=True)
    (linger / "alice").touch()
    (root / "root").chmod(0o755)  # alice may need a Python that is installed below /root


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Wait until no other process has this lock."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _debootstrap(release: str, packages: Sequence[str], archives: Sequence[str], root: Path) -> None:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(packages)}"]
    # The lists of a testing release expire within a week, and a mirror may be slower.
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']
    # No fsync: a tree or container that breaks is built again.
    command += ["--dpkgopt=force-unsafe-io"]
    if archives:
        apt = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --yes --quiet -o APT::Install-Recommends=true'
        fetch = f"{apt} --download-only install {' '.join(archives)}"
        command += ["--skip=cleanup/apt", f"--customize-hook={fetch}"]
    # A mirror may be busy, so there is a second try.
    if failure := (_fails(command, release, root) and _fails(command, release, root)):
        raise TreeFailed(failure)


def _fails(command: Sequence[str], release: str, root: Path) -> str:
    """Run mmdebstrap. Return its errors; empty if it made the tree."""
    shutil.rmtree(root, ignore_errors=True)
    done = subprocess.run([*command, release, str(root)], capture_output=True, text=True, check=False)
    errors = "; ".join(line for line in done.stderr.splitlines() if line.startswith("E: "))
    return (errors or "it failed") if done.returncode else ""
