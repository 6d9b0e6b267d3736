"""Headless sway in the runtime directory of a user."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from support.daemon_process import User
from support.desktop_programs import process, wait_until

_HEADLESS = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}


@contextmanager
def sway(user: User) -> Iterator[None]:
    """Run headless sway until the block ends. Its socket is `wayland-1`."""
    # sway refuses to run as root.
    as_user = ["unshare", "-U", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    environ = {**user.environ, **_HEADLESS}
    environ.pop("WAYLAND_DISPLAY", None)
    with process(*as_user, "sway", "-c", "/dev/null", environ=environ, log=user.home / "sway"):
        wait_until(lambda: list((user.home / "run").glob("sway-ipc*")), "sway")
        yield


def moves_the_mouse(user: User) -> None:
    """Move the pointer of sway."""
    (path,) = (user.home / "run").glob("sway-ipc*")
    move = ["swaymsg", "--quiet", "--socket", str(path), "seat", "seat0", "cursor", "move", "10", "10"]
    subprocess.run(move, check=True, env=user.environ)
