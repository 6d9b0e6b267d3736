"""Install or list the Debian packages that are missing here. Runs before `.venv` exists.

Usage: system_packages.py MODE [LIST]. The default list is `system-packages.txt`. The mode `install` installs them. The
mode `offer` installs them on CI, and for root on a machine without a desktop (a container); elsewhere it only prints
their names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.programs import PACKAGE_LIST, listed_packages, release_here


def missing_packages(package_list: Path) -> list[str]:
    """Return the listed packages that are not installed."""
    wanted = listed_packages(package_list.read_text(encoding="utf-8"), release_here())
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    printed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.removesuffix(" installed") for line in printed.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def may_install() -> bool:
    """Return whether packages may be installed without asking the user."""
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return os.environ.get("CI") == "true" or (os.geteuid() == 0 and not desktop)


def install(packages: list[str]) -> int:
    """Install the packages. Return the exit code of the first command that failed, or 0."""
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing for the tests: {' '.join(packages)}", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        apt = [*become_root, "apt-get", "-qq", *command]
        # apt prints hundreds of lines; they matter only when it fails.
        done = subprocess.run(apt, env=quiet, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print(done.stdout, f"\nThis failed: {' '.join(apt)}")
            return done.returncode
    return 0


def main(mode: str, package_list: Path) -> int:
    """Run the mode and return the exit code."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        print(f"No apt-get here. Tests whose programs are missing are skipped; {package_list} lists the programs.")
        return 0
    packages = missing_packages(package_list)
    if not packages:
        return 0
    if mode == "install" or may_install():
        return install(packages)
    print(f"These packages are missing, so their tests are skipped: {' '.join(packages)}")
    print("`make test-deps` installs them.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]) if sys.argv[2:] else PACKAGE_LIST))
