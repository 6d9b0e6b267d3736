"""The daemon and its commands work without a network, and never open a network socket."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.daemon_process import COMMAND, Daemon, User
from support.desktop_programs import dunst, wait_until
from support.desktop_session import DesktopSession

SOON = """
[limits]
sit_soft = "1s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""
SOCKET = re.compile(r"socket(?:pair)?\((\w+)")


@pytest.mark.real("unshare", "strace", "Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")
def test_the_daemon_and_its_commands_open_only_local_sockets(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(SOON)
    # -D makes strace a grandchild, so that signals reach the daemon itself.
    traced = ["strace", "-D", "-f", "-e", "trace=socket,socketpair", "-o", str(tmp_path / "daemon")]
    with dunst(desk.bus, desk.screen) as notices:
        daemon = Daemon(
            ["unshare", "--net", *traced, *COMMAND, "run", "--verbose", "--own-display"],
            user.environ,
            user.home / "log",
        )
        try:
            daemon.wait_for_event("policy")
            with desk.typing():
                wait_until(lambda: notices.displayed() > 0, "the prompt")
                commands = ["strace", "-f", "-e", "trace=socket,socketpair", "-o", str(tmp_path / "command")]
                for words in (["status"], ["summary"], ["doctor"], ["report"], ["export", "trace"]):
                    result = user.run(*words, before=["unshare", "--net", *commands])
                    assert result.code == 0, result
                    assert families(tmp_path / "command") <= {"AF_UNIX"}, words
            daemon.wait_for_event("idle")
            assert daemon.end() == 0
        finally:
            daemon.ensure_ended()
    assert families(tmp_path / "daemon") == {"AF_UNIX"}


def families(log: Path) -> set[str]:
    """Return the families of all sockets that were created."""
    return set(SOCKET.findall(log.read_text()))
