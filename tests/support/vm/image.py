"""The disk image of the virtual machine: a small Debian with X11 and sway, and slowrise installed by pip.

It is built in two steps. /var/cache keeps the result of each until its inputs change. The first builds the Debian
(about two minutes). The second adds the files of `guest/` and installs the project from wheels, without a network.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from support import PROJECT
from support.debian_trees import ALICE, CACHE

SUITE = "bookworm"
PYTHON = (3, 11)
"""The version in that Debian. Wheels are built for one version of Python."""

PACKAGES = (
    *("linux-image-amd64", "systemd-sysv", "udev", "libpam-systemd", "dbus", "dbus-user-session"),
    *("xserver-xorg-core", "xserver-xorg-input-libinput", "xinit", "sway", "dunst", "fonts-dejavu-core"),
    *("python3", "python3-venv", "procps"),
)
_NOT_NEEDED = (
    *("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"),
    *(f"/lib/modules/*/kernel/{part}/*" for part in ("sound", "drivers/net", "drivers/media", "drivers/infiniband")),
    *(f"/lib/modules/*/kernel/drivers/gpu/drm/{card}/*" for card in ("amd", "i915", "nouveau", "radeon")),
)
"""Files left out of the image: two thirds of the size of the packages."""
_NEEDED = tuple(
    f"/lib/modules/*/kernel/drivers/media/{part}/*"
    for part in ("cec", "common", "mc", "rc", "test-drivers", "v4l2-core")
)
"""Exceptions from `_NOT_NEEDED`: the kernel's virtual camera (vivid)."""

_INITRAMFS = {
    "etc/initramfs-tools/conf.d/small": "MODULES=list",
    "usr/share/initramfs-tools/modules.d/small": "virtio_pci virtio_blk ext4",
}
_GUEST = Path(__file__).with_name("guest")
_SIZE = "3G"
"""Size of the file system. The file is sparse, and the machine never writes to it."""


class Image(NamedTuple):
    """The files that a machine boots from."""

    disk: Path
    kernel: Path
    initrd: Path


def image() -> Image:
    """Return the image of this work tree. Build it if it does not exist."""
    if sys.version_info[:2] != PYTHON:
        pytest.skip(f"the machine's Python is {PYTHON[0]}.{PYTHON[1]}; run the tests with that one")
    cache = CACHE / "vm"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        debian = _debian(cache)
        (kernel,), (initrd,) = debian.glob("boot/vmlinuz-*"), debian.glob("boot/initrd.img-*")
        return Image(_disk(cache, debian), kernel, initrd)


def _debian(cache: Path) -> Path:
    hooks = [
        f"--essential-hook=mkdir -p $1/{Path(path).parent} && printf '%s\\n' {lines} >$1/{path}"
        for path, lines in _INITRAMFS.items()
    ]
    left_out = [f"--dpkgopt=path-exclude={path}" for path in _NOT_NEEDED]
    left_out += [f"--dpkgopt=path-include={path}" for path in _NEEDED]
    options = ["--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", *left_out, *hooks, SUITE]
    tree = cache / f"debian-{_digest(options)}"
    if not tree.exists():
        unfinished = tree.with_suffix(".part")
        # A build that was killed may have left the host's /dev mounted there.
        _run("rm", "-rf", "--one-file-system", unfinished)
        _run("mmdebstrap", *options, unfinished)
        _run("chroot", unfinished, "useradd", "--create-home", "--shell", "/bin/bash", "--uid", ALICE, "alice")
        _keep_only(unfinished.rename(tree), cache.glob("debian-*"))
    return tree


def _disk(cache: Path, debian: Path) -> Path:
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        wheels = Path(scratch, "wheels")
        _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", wheels, PROJECT)
        files = sorted(path for folder in (wheels, _GUEST) for path in folder.rglob("*") if path.is_file())
        contents = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
        disk = cache / f"disk-{_digest([debian.name, *contents])}.img"
        if not disk.exists():
            unfinished = disk.with_suffix(".part")
            with _overlay(debian, Path(scratch)) as tree:
                _install(tree, wheels)
                unfinished.unlink(missing_ok=True)
                _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", tree, unfinished, _SIZE)
            _keep_only(unfinished.rename(disk), cache.glob("disk-*"))
    return disk


def _install(tree: Path, wheels: Path) -> None:
    _run("cp", "--recursive", "--no-target-directory", "--preserve=mode,links", _GUEST, tree)
    _run("chroot", tree, "chown", "--recursive", "alice:", "/home/alice")
    _run("chroot", tree, "python3", "-m", "venv", "/opt/slowrise")
    shutil.copytree(wheels, tree / "wheels")
    from_wheels = ("--quiet", "--no-index", "--find-links", "/wheels")
    _run("chroot", tree, "/opt/slowrise/bin/pip", "install", *from_wheels, "slowrise")
    shutil.rmtree(tree / "wheels")
    (tree / "usr/local/bin/slowrise").symlink_to("/opt/slowrise/bin/slowrise")


@contextmanager
def _overlay(lower: Path, scratch: Path) -> Iterator[Path]:
    """Yield the tree under a layer that receives every write."""
    upper, work, merged = (scratch / name for name in ("upper", "work", "merged"))
    for folder in (upper, work, merged):
        folder.mkdir()
    _run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", merged)
    try:
        yield merged
    finally:
        _run("umount", merged)


def _keep_only(kept: Path, candidates: Iterable[Path]) -> None:
    for old in candidates:
        if old != kept and old.is_dir():
            shutil.rmtree(old)
        elif old != kept:
            old.unlink()


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(words[:6])} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
