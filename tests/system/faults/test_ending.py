"""The daemon ends soon after SIGTERM, and records its end, whatever the programs of the user do."""

from __future__ import annotations

import signal
from time import monotonic

import pytest

from support.daemon_process import User

ALLOWED = 10.0
"""Seconds that the unit allows (TimeoutStopSec)."""


@pytest.mark.parametrize(
    "sensor",
    ["sh -c 'echo standing; sleep 600'", "sh -c 'echo standing; setsid sleep 60 & exec sleep 600'", "yes sitting"],
)
def test_with_a_desk_sensor_that_goes_on(user: User, sensor: str) -> None:
    user.configure(f'[notifications]\nuse = "console"\n[standing_desk]\nsensor = "{sensor}"\n')
    with user.daemon() as daemon:
        daemon.wait_for_event("sitting" if "yes" in sensor else "standing")
        begun = monotonic()
        daemon.signal(signal.SIGTERM)
        assert daemon.process.wait(60) == 0
        assert monotonic() - begun < ALLOWED
    assert user.events()[-1]["event"] == "stopped"
