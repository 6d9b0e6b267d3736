"""Word to systemd, or to whoever set NOTIFY_SOCKET: ready, alive, stopping. Silent where nobody asked.

The protocol is one datagram of `NAME=value` lines (sd_notify(3)); a library for that would be longer than this.
"""

from __future__ import annotations

import os
import socket

_MICROSECONDS = 1e6


def ready(status: str = "") -> bool:
    """Tell that starting is over."""
    return _tell("READY=1", *_status(status))


def status(text: str) -> bool:
    """Tell in a few words what is going on, for `systemctl status`."""
    return _tell(*_status(text))


def alive() -> bool:
    """Tell that the loop still turns; due at least every `watchdog_interval` seconds."""
    return _tell("WATCHDOG=1")


def takes_longer(seconds: float) -> bool:
    """Ask for so much more time to get ready, whatever the unit allows."""
    return _tell(f"EXTEND_TIMEOUT_USEC={round(seconds * _MICROSECONDS)}")


def stopping() -> bool:
    """Tell that the end has begun."""
    return _tell("STOPPING=1")


def watchdog_interval() -> float | None:
    """Seconds between two signs of life: half of what sd_watchdog_enabled(3) allows. None: not asked."""
    allowed = os.environ.get("WATCHDOG_USEC", "")
    for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(allowed) / _MICROSECONDS / 2 if allowed.isdecimal() and int(allowed) and for_us else None


def _status(text: str) -> list[str]:
    return [f"STATUS={' '.join(text.split())}"] if text else []


def _tell(*lines: str) -> bool:
    """Send the lines and return whether they went out. A daemon does not fail because its supervisor is gone."""
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
