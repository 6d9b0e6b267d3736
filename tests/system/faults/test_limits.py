"""Every bound on input from outside, listed together. Each constant is in the module that enforces it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from slowrise.adapters.signals import desk_sensor, pulseaudio
from slowrise.adapters.storage import database, shared_folder
from slowrise.adapters.system import dbus as bus
from slowrise.adapters.system import dbus_messages, files, standard_streams
from slowrise.core.model import events, safe_text, time_text, timestamps
from slowrise.daemon import control, supervisor, timers
from slowrise.history import trace

KIB, MIB = 1024, 1024 * 1024
BOUNDS = {
    "a line of a trace, in bytes": (trace.MAX_LINE, 64 * KIB),
    "the earliest instant": (timestamps.EARLIEST, datetime(1969, 1, 1, tzinfo=UTC)),
    "the first instant that is too late": (timestamps.LATEST, datetime(2100, 1, 1, tzinfo=UTC)),
    "a length of time, in seconds": (time_text.LONGEST_DURATION, 1000 * 3600.0),
    "text from outside in a sentence, in characters": (safe_text.LONGEST_SHOWN, 200),
    "a step of the clock, in seconds": (events.MAX_STEP, (timestamps.LATEST - timestamps.EARLIEST).total_seconds()),
    "the configuration file, in bytes": (files.LONGEST_CONFIG, MIB),
    "a request to the daemon, in bytes": (control.LONGEST_REQUEST, 64 * KIB),
    "a reply of the daemon, in bytes": (control.LONGEST_REPLY, 16 * MIB),
    "clients of the daemon at one time": (control.CLIENTS, 32),
    "clients that follow the status": (control.FOLLOWERS, 24),
    "a client must send and read within, in seconds": (control.REQUEST_WITHIN, 5.0),
    "the daemon answers within, in seconds": (control.ANSWER_WITHIN, 10.0),
    "unread data of a follower, in bytes": (control.UNREAD, 256 * KIB),
    "a day shared by another computer, in bytes": (shared_folder.LARGEST, 4_000_000),
    "a message on a bus, in bytes": (dbus_messages.LONGEST_MESSAGE, MIB),
    "unread signals of a bus": (bus.MAX_UNREAD_SIGNALS, 1000),
    "an answer on a bus, in seconds": (bus.DEADLINE, 3.0),
    "sightings of a source or signal in a period": (supervisor.MOST, 300),
    "that period, in seconds": (supervisor.WITHIN, 60.0),
    "the distance of a label from its shared day, in days": (shared_folder.NEAR, 2),
    "a packet of the sound server, in bytes": (pulseaudio.LONGEST_PACKET, MIB),
    "an answer of the sound server, in seconds": (pulseaudio.DEADLINE, 3.0),
    "a line of the desk's sensor, in bytes": (desk_sensor.LONGEST_LINE, KIB),
    "output of the desk's sensor in a second, in bytes": (desk_sensor.MOST_A_SECOND, 100_000),
    "text of the log that nobody reads, in bytes": (standard_streams.HELD, 64 * KIB),
    "waiting for another program's lock, in seconds": (database.BUSY_SECONDS, 1.0),
    "the furthest a timer is armed ahead, in seconds": (timers.LONGEST, 7 * 86400.0),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_a_bound_is_as_stated(what: str) -> None:
    enforced, stated = BOUNDS[what]
    assert enforced == stated
