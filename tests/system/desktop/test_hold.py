"""`status` and `doctor` name a condition that has held prompts back for too long."""

from __future__ import annotations

import itertools
import re

import pytest

from support.daemon_process import User
from support.desktop_programs import PATIENCE, dunst, wait_until
from support.desktop_session import DesktopSession
from support.wall_clock import fake_wall_clock

HOUR = 3600

pytestmark = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus", "Xvfb", "dunst", "dunstctl", "faketime")


def test_a_do_not_disturb_that_was_forgotten_is_named_after_two_hours(user: User, desk: DesktopSession) -> None:
    later = user.home / "later"
    later.write_text("+0")
    hours = itertools.count(2)

    def is_named() -> bool:
        """Advance the clock and return whether it is named. The daemon may learn of it at any time in between."""
        later.write_text(f"+{next(hours) * HOUR}")
        return bool(user.status()["held"])

    with dunst(desk.bus, desk.screen) as service, user.daemon(**fake_wall_clock(later, all_clocks=True)):
        service.ctl("set-paused", "true")
        assert user.status()["held"] == []
        wait_until(is_named, "do-not-disturb in the status", patience=PATIENCE)
        (named,) = user.status()["held"]
        assert re.fullmatch(r"do-not-disturb for \d+ h( \d+ min)? \(do-not-disturb\)", named)
        assert f"On for a long time now: {named}." in user.ask("status")
        assert named in user.ask("doctor")
        service.ctl("set-paused", "false")
        wait_until(lambda: not user.status()["held"], "a status without it", patience=PATIENCE)
