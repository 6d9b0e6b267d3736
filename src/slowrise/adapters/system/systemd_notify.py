"""Messages to systemd, or to another supervisor that set NOTIFY_SOCKET (sd_notify(3)); nothing without one.

A message is one datagram of `NAME=value` lines. Each function returns whether it was sent.
"""

from __future__ import annotations

import os
import socket

_MICROSECONDS = 1e6


def ready(status: str = "") -> bool:
    """Report that the start is complete, with a few words for `systemctl status`."""
    return _send("READY=1", *([_status(words)] if (words := status.strip()) else []))


def status(words: str) -> bool:
    """Report what the daemon does now, for `systemctl status`."""
    return _send(_status(words))


def alive() -> bool:
    """Report that the loop runs; needed at least every `watchdog_interval` seconds."""
    return _send("WATCHDOG=1")


def takes_longer(seconds: float) -> bool:
    """Ask for that much more time to start, beyond the limit of the unit."""
    return _send(f"EXTEND_TIMEOUT_USEC={round(seconds * _MICROSECONDS)}")


def stopping() -> bool:
    """Report that the daemon stops."""
    return _send("STOPPING=1")


def watchdog_interval() -> float | None:
    """Return the seconds between two `alive`: half of the limit of sd_watchdog_enabled(3). None for no watchdog."""
    allowed = os.environ.get("WATCHDOG_USEC", "")
    for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(allowed) / _MICROSECONDS / 2 if allowed.isdecimal() and int(allowed) and for_us else None


def is_service() -> bool:
    """Return whether a supervisor waits for these messages. The unit of slowrise starts again with the next login."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def _status(words: str) -> str:
    return f"STATUS={' '.join(words.split())}"


def _send(*lines: str) -> bool:
    """Send the lines. A failure is no error: the daemon goes on when its supervisor is gone."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # Linux's abstract names begin with a zero byte
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto("\n".join(lines).encode(), address)
    except OSError:
        return False
    return True
