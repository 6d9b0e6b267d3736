"""Another Debian release with the programs of the tests, and a command in it: release_tree.py RELEASE [-- COMMAND].

Without a command it is a shell. The command runs in the project's folder, sees no network but its loopback, and its
changes are lost at the end, those in the project too. It runs as root in its own namespaces, entered by `pivot_root`:
in a chroot, user namespaces are refused and `nsenter` leads to the host's root. Runs before `.venv` exists.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import PROJECT
from support.debian_trees import CACHE, TreeFailed, locked, machine, tree
from support.programs import PACKAGE_LIST, listed_packages

INSIDE = Path("/slowrise")
"""Where the command sees the project."""
VENV = INSIDE / ".venv"
_MORE = ("git", "ca-certificates")
_NOT_COPIED = (".venv", "__pycache__", ".*_cache", ".hypothesis", "dist", "build")
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_KEPT = ("TERM", "CI", "http_proxy", "https_proxy", "no_proxy")


def release_tree(release: str) -> Path:
    """Return the root of the release. Building it takes some minutes, the first time."""
    return tree(release, [*listed_packages(PACKAGE_LIST.read_text(encoding="utf-8"), release), *_MORE])


def environment(root: Path) -> Path:
    """Return the folder of the virtual environment with the release's own Python. It is beside the tree."""
    made = root.with_name(f"{root.name}.venv")
    wanted, stamp = _requirements(), made / "made-for"
    with locked(f"{made.name}.lock"):
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            made.mkdir(exist_ok=True)
            pip = f"{VENV}/bin/pip install -qq --disable-pip-version-check --root-user-action ignore"
            install = f"{pip} --editable '.[report,window]' --group dev --group fit"
            make = f"python3 -m venv {VENV} && {pip} --upgrade 'pip>=25.1' && {install}"
            subprocess.run([*_entering(root, made, network=True), "sh", "-c", make], check=True)
            stamp.write_text(wanted, encoding="utf-8")
    return made


def _requirements() -> str:
    """Return what the environment is made for."""
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    return json.dumps([project["dependencies"], project["optional-dependencies"], pyproject["dependency-groups"]])


def _entering(root: Path, venv: Path, *, network: bool = False) -> list[str]:
    """Return the beginning of a command that runs in the tree."""
    own = ["--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
    return ["unshare", *own, "--", sys.executable, str(Path(__file__).resolve()), "enter", str(root), str(venv)]


def _mount(kind: str, target: Path, *options: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", kind, *options, kind, str(target)], check=True)


def _bind(source: Path, target: Path, *options: str) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # it may be a link into what is not mounted here
        target.touch()
    subprocess.run(["mount", *options, str(source), str(target)], check=True)


def _overlay(lower: Path, target: Path, written: Path) -> None:
    upper, work = written / "upper", written / "work"
    for each in (upper, work):
        each.mkdir(parents=True)
    _mount("overlay", target, "-o", f"lowerdir={lower},upperdir={upper},workdir={work}")


def _enter(root: Path, venv: Path, command: Sequence[str]) -> None:
    """Become the command in the tree. The namespaces are new and this process is the first in them."""
    place = CACHE / "entered"  # each namespace sees its own mounts there
    _mount("tmpfs", place, "-o", "mode=755")
    new = place / "root"
    _overlay(root, new, place / "of-root")
    _mount("proc", new / "proc")
    _bind(Path("/sys"), new / "sys", "--rbind")
    _bind(Path("/dev"), new / "dev", "--rbind")
    for each in ("dev/shm", "run", "tmp", "var/tmp"):
        _mount("tmpfs", new / each, "-o", "mode=1777" if each != "run" else "mode=755")
    (new / "tmp/.X11-unix").mkdir(mode=0o1777)
    (new / "tmp/.X11-unix").chmod(0o1777)
    # A copy, so that whoever goes on with their work meanwhile changes nothing in a test.
    shutil.copytree(PROJECT, new / INSIDE.relative_to("/"), ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
    _bind(venv, new / VENV.relative_to("/"), "--bind")
    _bind(CACHE, new / CACHE.relative_to("/"), "--bind")
    for file in (Path("/etc/resolv.conf"), _CERTIFICATES):
        if file.exists():
            _bind(file.resolve(), new / file.relative_to("/"), "--bind")
    (new / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n", encoding="ascii")  # systemd-nspawn asks for it
    _raise_loopback()
    os.chdir(new)
    subprocess.run(["pivot_root", ".", "."], check=True)
    subprocess.run(["/bin/umount", "-l", "."], check=True)
    os.chdir(INSIDE)
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("PIP_")}
    own = {"PATH": f"{VENV}/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games", "HOME": "/root", "LANG": "C.UTF-8"}
    os.execvpe(command[0], list(command), {**kept, **own})  # noqa: S606


def _raise_loopback() -> None:
    """Bring up `lo`, which is down in a new network namespace.

    A second address makes it look like a network: without one, getaddrinfo finds no number either (AI_ADDRCONFIG).
    """
    up, ask_flags, set_flags, set_address = 1, 0x8913, 0x8914, 0x8916  # IFF_UP, SIOC...
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack_from("16sh", fcntl.ioctl(any_socket, ask_flags, struct.pack("16s24x", b"lo")))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh22x", b"lo", flags | up))
        second = struct.pack("16sHH4s16x", b"lo:1", socket.AF_INET, 0, socket.inet_aton("127.0.0.2"))
        fcntl.ioctl(any_socket, set_address, second)


def main(release: str, command: Sequence[str]) -> int:
    """Run the command in the release and return its exit code."""
    if os.geteuid() != 0:
        print(f"Only root can enter a Debian {release}: sudo make test-desktops RELEASE={release}")
        return 1
    try:
        root = release_tree(release)
        machine(release)  # tests boot it, and see no network to make it
    except TreeFailed as failed:
        print(f"Debian {release} could not be made: {failed}")
        return 1
    entering = _entering(root, environment(root))
    return subprocess.run([*entering, *(command or ["bash"])], check=False).returncode


if __name__ == "__main__":
    if sys.argv[1] == "enter":
        _enter(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
    sys.exit(main(sys.argv[1], [each for each in sys.argv[2:] if each != "--"]))
