"""The datagrams that a supervisor receives, over a real socket."""

import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from slowrise.adapters.system import systemd_notify


@pytest.fixture(params=["path", "abstract"])
def supervisor(request: pytest.FixtureRequest, private_home: Path) -> Iterator[tuple[socket.socket, str]]:
    """Yield a listening socket, and its address in the form of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        name = f"slowrise-{secrets.token_hex(8)}"
        listener.bind(str(private_home / name) if request.param == "path" else f"\0{name}")
        listener.settimeout(10)
        yield listener, str(private_home / name) if request.param == "path" else f"@{name}"


def test_each_message_arrives(supervisor: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch) -> None:
    listener, address = supervisor
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert systemd_notify.ready("watching\nby x11")
    assert systemd_notify.alive()
    assert systemd_notify.takes_longer(30.0)
    assert systemd_notify.stopping()
    messages = [listener.recv(4096) for _ in range(4)]
    assert messages[:2] == [b"READY=1\nSTATUS=watching by x11", b"WATCHDOG=1"]
    assert messages[2:] == [b"EXTEND_TIMEOUT_USEC=30000000", b"STOPPING=1"]


def test_without_a_supervisor_nothing_fails(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not systemd_notify.ready()
    for gone in (f"{private_home}/gone", "@gone", "vsock:2:1234"):
        monkeypatch.setenv("NOTIFY_SOCKET", gone)
        assert not systemd_notify.ready()


def test_a_full_supervisor_does_not_block(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"{private_home}/full")
        monkeypatch.setenv("NOTIFY_SOCKET", f"{private_home}/full")
        # The kernel queues net.unix.max_dgram_qlen datagrams, usually 10 to 512.
        assert not all(systemd_notify.alive() for _ in range(100_000))


@pytest.mark.parametrize(
    ("usec", "pid", "interval"),
    [
        ("150000000", "ours", 75.0),
        ("3000000", None, 1.5),
        ("3000000", "1", None),
        ("0", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_asked(
    usec: str | None, pid: str | None, interval: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert systemd_notify.watchdog_interval() == interval
