"""The disk of the virtual machine: a small Debian with X11 and sway, and slowrise in it as pip installs it.

It is made in two steps, each kept in /var/cache until what goes into it changes: the Debian (about two minutes), and on
top of it the files of `guest/` and the project with its dependencies, from wheels, without a network.
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
from support.container import ALICE, CACHE

SUITE = "bookworm"
PYTHON = (3, 11)
"""What that Debian brings; wheels are for one version of Python."""

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
"""Two thirds of what the packages would take up."""
_NEEDED = tuple(
    f"/lib/modules/*/kernel/drivers/media/{part}/*"
    for part in ("cec", "common", "mc", "rc", "test-drivers", "v4l2-core")
)
"""Of which this much: a camera that the kernel plays (vivid)."""

_INITRAMFS = {
    "etc/initramfs-tools/conf.d/small": "MODULES=list",
    "usr/share/initramfs-tools/modules.d/small": "virtio_pci virtio_blk ext4",
}
_GUEST = Path(__file__).with_name("guest")
_SIZE = "3G"
"""It is sparse: what the machine writes goes elsewhere."""


class Image(NamedTuple):
    """What a machine boots from."""

    disk: Path
    kernel: Path
    initrd: Path


def image() -> Image:
    """The one of this work tree, made where it is not there yet."""
    if sys.version_info[:2] != PYTHON:
        pytest.skip(f"the machine's Python is {PYTHON[0]}.{PYTHON[1]}; run the tests with that one")
    place = CACHE / "vm"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        debian = _debian(place)
        (kernel,), (initrd,) = debian.glob("boot/vmlinuz-*"), debian.glob("boot/initrd.img-*")
        return Image(_disk(place, debian), kernel, initrd)


def _debian(place: Path) -> Path:
    hooks = [
        f"--essential-hook=mkdir -p $1/{Path(path).parent} && printf '%s\\n' {lines} >$1/{path}"
        for path, lines in _INITRAMFS.items()
    ]
    left_out = [f"--dpkgopt=path-exclude={path}" for path in _NOT_NEEDED]
    left_out += [f"--dpkgopt=path-include={path}" for path in _NEEDED]
    how = ["--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", *left_out, *hooks, SUITE]
    tree = place / f"debian-{_digest(how)}"
    if not tree.exists():
        begun = tree.with_suffix(".part")
        # One that was killed may have left the host's /dev mounted there.
        _run("rm", "-rf", "--one-file-system", begun)
        _run("mmdebstrap", *how, begun)
        _run("chroot", begun, "useradd", "--create-home", "--shell", "/bin/bash", "--uid", ALICE, "alice")
        _keep_only(begun.rename(tree), place.glob("debian-*"))
    return tree


def _disk(place: Path, debian: Path) -> Path:
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        wheels = Path(scratch, "wheels")
        _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", wheels, PROJECT)
        files = sorted(path for folder in (wheels, _GUEST) for path in folder.rglob("*") if path.is_file())
        contents = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
        disk = place / f"disk-{_digest([debian.name, *contents])}.img"
        if not disk.exists():
            begun = disk.with_suffix(".part")
            with _overlaid(debian, Path(scratch)) as tree:
                _install(tree, wheels)
                begun.unlink(missing_ok=True)
                _run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", tree, begun, _SIZE)
            _keep_only(begun.rename(disk), place.glob("disk-*"))
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
def _overlaid(lower: Path, scratch: Path) -> Iterator[Path]:
    """The tree with a layer on top that takes what is written."""
    upper, work, merged = (scratch / name for name in ("upper", "work", "merged"))
    for folder in (upper, work, merged):
        folder.mkdir()
    _run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={upper},workdir={work}", merged)
    try:
        yield merged
    finally:
        _run("umount", merged)


def _keep_only(made: Path, there: Iterable[Path]) -> None:
    for old in there:
        if old != made and old.is_dir():
            shutil.rmtree(old)
        elif old != made:
            old.unlink()


def _digest(of: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(of).encode()).hexdigest()[:8]


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(words[:6])} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
