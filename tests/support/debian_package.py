"""Build the Debian package. `make deb` runs this file, before `.venv` exists: debian_package.py FOLDER.

The package is for Debian 13. Where its tools are missing (Debian 12, Ubuntu), it is built in a small Debian 13 that
mmdebstrap makes once; this needs root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import PROJECT
from support.debian_trees import TreeFailed, tree

RELEASE = "trixie"
TOOLS = ("debhelper", "dh-python", "pybuild-plugin-pyproject", "python3-hatchling")
CHECKERS = ("lintian", "appstream", "desktop-file-utils", "man-db")
SOURCES = ("src", "config", "systemd", "debian", "docs", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")

HELP = f"""The package is for Debian 13 (trixie). To build it here, do one of these:
  on Debian 13 or newer: apt-get install build-essential {" ".join(TOOLS)}
  elsewhere, as root:    apt-get install mmdebstrap systemd-container, then `sudo make deb` builds in a small Debian 13
"""


class CannotBuild(Exception):
    """The package was not built. The message says why, and what to do."""


def build(out: Path) -> Path:
    """Build the package of this checkout and return its path in the folder `out`. Raises `CannotBuild`."""
    with tempfile.TemporaryDirectory(prefix="slowrise-deb-") as temporary:
        source = Path(temporary) / "slowrise"
        source.mkdir()
        for name in SOURCES:
            if (PROJECT / name).is_dir():
                shutil.copytree(PROJECT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(PROJECT / name, source / name)
        command = ["dpkg-buildpackage", "--build=binary", "--no-sign"]
        if _has_tools(source):
            done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
        else:
            done = in_workshop(Path(temporary), *command, folder="slowrise")
        if done.returncode:
            raise CannotBuild(f"{done.stdout}{done.stderr}\nThis failed: {' '.join(command)}")
        (package,) = Path(temporary).glob("*.deb")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(package, out / package.name))


def in_workshop(shared: Path, *command: str, folder: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a Debian 13 with the tools, without a network. It sees the folder `shared` as /mnt."""
    if os.geteuid() != 0 or not (shutil.which("mmdebstrap") and shutil.which("systemd-nspawn")):
        raise CannotBuild(HELP)
    try:
        root = tree(RELEASE, ("build-essential", *TOOLS, *CHECKERS))
    except TreeFailed as failed:
        raise CannotBuild(f"A Debian 13 could not be made: {failed}") from None
    managed = [] if Path("/run/systemd/system").exists() else ["--register=no", "--keep-unit"]
    nspawn = ["systemd-nspawn", "--quiet", "--pipe", "--read-only", "--private-network", *managed]
    places = ["--directory", str(root), "--tmpfs=/tmp", f"--bind={shared}:/mnt", f"--chdir=/mnt/{folder}"]
    machine = f"--machine=slowrise-workshop-{os.getpid()}"
    environ = ["--setenv=HOME=/tmp", "--setenv=LC_ALL=C.UTF-8", "--setenv=DEB_BUILD_OPTIONS=nocheck"]
    return subprocess.run(
        [*nspawn, *places, machine, *environ, "--", *command], capture_output=True, text=True, check=False
    )


def dependencies() -> list[str]:
    """Return the packages that apt installs with ours, the recommended ones too; of alternatives the first."""
    control = (PROJECT / "debian" / "control").read_text(encoding="utf-8")
    fields = re.findall(r"^(?:Depends|Recommends):(.*(?:\n .*)*)", control, re.MULTILINE)
    listed = [each.partition("|")[0].strip() for field in fields for each in field.split(",")]
    python = ["python3", *(f"python3-{name}" for name in _python_dependencies())]
    return [*python, *(name for name in listed if name and not name.startswith("$"))]


def _python_dependencies() -> Sequence[str]:
    """Return the names in `dependencies` of pyproject.toml, which dh-python turns into packages."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("\ndependencies = [")[2].partition("\n]")[0]
    return re.findall(r'^ *"([a-z]+)', block, re.MULTILINE)


def _has_tools(source: Path) -> bool:
    if not (shutil.which("dpkg-buildpackage") and shutil.which("dh")):
        return False
    return subprocess.run(["dpkg-checkbuilddeps"], cwd=source, capture_output=True, check=False).returncode == 0


def main(out: Path) -> int:
    """Build into the folder and return the exit code."""
    try:
        package = build(out)
    except CannotBuild as reason:
        print(reason)
        return 1
    print(f"Built {package}. Install it: sudo apt install {package if package.is_absolute() else f'./{package}'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
