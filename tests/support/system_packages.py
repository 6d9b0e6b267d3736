"""Install or name the Debian packages of a list that are missing here. Runs before `.venv` exists.

The list is `system-packages.txt`, or the file that is named after the mode. `install` installs them. `offer` installs
them too on CI, and for root on a machine without a desktop, which is somebody's container; anywhere else it names them
and goes on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.programs import PACKAGE_LIST, listed_packages


def missing_packages(package_list: Path) -> list[str]:
    """The listed packages that are not installed."""
    wanted = listed_packages(package_list.read_text(encoding="utf-8"))
    asked = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    installed = {line.removesuffix(" installed") for line in told.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def may_install() -> bool:
    """Whether installing without being asked is right here."""
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return os.environ.get("CI") == "true" or (os.geteuid() == 0 and not desktop)


def install(packages: list[str]) -> int:
    """Install the packages and return the exit code of what failed first, or 0."""
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing for the tests: {' '.join(packages)}", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        asked = [*become_root, "apt-get", "-qq", *command]
        # The hundreds of lines about unpacking are shown only when it fails.
        done = subprocess.run(
            asked, env=quiet, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode:
            print(done.stdout, done.stderr, f"\nThis failed: {' '.join(asked)}")
            return done.returncode
    return 0


def main(mode: str, package_list: Path) -> int:
    """Do as `mode` says and return the exit code."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        print(f"No apt-get here: tests whose programs are missing are skipped. {package_list} lists them.")
        return 0
    packages = missing_packages(package_list)
    if not packages:
        return 0
    if mode == "install" or may_install():
        return install(packages)
    print(f"Missing here, so their tests are skipped (`make test-deps` installs them): {' '.join(packages)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]) if sys.argv[2:] else PACKAGE_LIST))
