"""A daemon whose log nobody reads, one that is asked to reload without end, and one that may open few files."""

from __future__ import annotations

import signal
import subprocess

from slowrise.adapters.system.paths import paths
from slowrise.daemon import control
from support.daemon_process import COMMAND, User
from support.desktop_programs import wait_until

NOTES = 600
"""More events than a pipe of 4 KiB takes lines."""


def test_it_answers_and_records_and_ends_all_the_same(user: User) -> None:
    user.configure('[notifications]\nuse = "console"\n')
    command = [*COMMAND, "run", "--verbose", "--own-display"]
    with subprocess.Popen(command, env=user.environ, stderr=subprocess.PIPE, pipesize=4096) as daemon:
        try:
            wait_until(lambda: user.run("status").code == 0, "the daemon")
            socket = paths(data=user.data).socket
            for number in range(NOTES):
                control.ask(socket, "standing" if number % 2 else "sitting")
            daemon.terminate()
            assert daemon.wait(10) == 0
        finally:
            daemon.kill()
    names = [event["event"] for event in user.events()]
    assert names.count("standing") + names.count("sitting") == NOTES
    assert names[-1] == "stopped"


def test_a_reload_that_changes_nothing_records_nothing(user: User) -> None:
    user.configure('[notifications]\nuse = "console"\n')
    with user.daemon() as daemon:
        for times in range(1, 6):
            daemon.signal(signal.SIGHUP)
            daemon.wait_for("the configuration was reloaded", times)
        user.configure('[notifications]\nuse = "console"\n[limits]\nsit_soft = "25m"\n')
        user.ask("reload")
        assert daemon.end() == 0
    policies = [event["settings"] for event in user.events() if event["event"] == "policy"]
    assert [settings.get("limits") for settings in policies] == [None, {"sit_soft": "25m"}]


def test_with_too_few_open_files_it_ends_with_a_sentence(user: User) -> None:
    user.configure('[notifications]\nuse = "console"\n')
    done = user.run("run", before=["/bin/sh", "-c", 'ulimit -n 10; exec "$@"', "sh"])
    assert done.code == 1, done
    assert "Traceback" not in done.err
    assert "Too many" in done.err
