"""A daemon that was started in a terminal ends with it, as every program there does."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from support.daemon_process import COMMAND, User, private_environ
from support.desktop_programs import PATIENCE, wait_until


@pytest.mark.real("setsid")
@pytest.mark.parametrize("before", [(), ("nohup",)], ids=["run", "nohup run"])
def test_the_daemon_ends_with_its_terminal_unless_told_otherwise(private_home: Path, before: tuple[str, ...]) -> None:
    user = User(private_home, private_environ())
    keyboard, screen = pty.openpty()
    command = ["setsid", "--ctty", *before, *COMMAND, "run", "--own-display", "--source", "terminal"]
    with subprocess.Popen(command, env=user.environ, stdin=screen, stdout=screen, stderr=screen) as daemon:
        try:
            wait_until(lambda: user.run("status").code == 0, "the daemon")
            os.close(screen)
            os.close(keyboard)
            if before:
                assert user.run("status").code == 0, "it ended with the terminal"
                daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(PATIENCE) == 0
        finally:
            daemon.kill()
    assert user.events()[-1]["event"] == "stopped"
