"""What the icon in the panel says, and its menu, for each status."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec
import pytest

from slowrise.daemon.status import Status
from slowrise.daemon.tray import Here, look_of, menu_of
from slowrise.messages.guidance import Guidance, parse
from slowrise.ports.tray import Look
from support import PROJECT

ENGLISH_TEXT, KOREAN_TEXT = (
    (PROJECT / f"config/guidance.{name}.toml").read_text(encoding="utf-8") for name in ("en", "ko")
)
ENGLISH, KOREAN = parse(ENGLISH_TEXT), parse(ENGLISH_TEXT, KOREAN_TEXT)
NOW = datetime.fromisoformat("2026-03-02T14:29:00+01:00")
SITTING = msgspec.convert(
    {
        "state": "sitting",
        "since": "2026-03-02T14:05:00+01:00",
        "sure": 1.0,
        "seconds": 24 * 60,
        "next_prompt": "2026-03-02T14:35:00+01:00",
        "next_kind": "sit-soft",
        "why_waiting": None,
        "showing": None,
        "profile": "standard",
        "source": "x11_idle",
        "unseen_seconds": 0,
        "notifier": "freedesktop",
        "held_until": None,
        "paused_until": None,
        "held": [],
        "today": None,
        "notes": [],
    },
    Status,
)
EVERYTHING = Here(has_window=True, has_desk=True, comes_back=True)
PLAIN = Here(has_window=False, has_desk=False, comes_back=False)


def status(**changes: Any) -> Status:
    return msgspec.structs.replace(SITTING, **changes)


ROOM = "\N{NO-BREAK SPACE}"


def look(of: Status, guidance: Guidance = ENGLISH) -> Look:
    return look_of(of, guidance, NOW)


def labels(of: Status, here: Here = EVERYTHING, guidance: Guidance = ENGLISH) -> list[str]:
    return [entry.label.rstrip(ROOM) or "-" for entry in menu_of(of, guidance, NOW, here)]


def keys(of: Status, here: Here = EVERYTHING) -> list[str]:
    return [entry.key for entry in menu_of(of, ENGLISH, NOW, here) if entry.enabled and entry.label]


def test_the_menu_of_somebody_who_sits_in_full() -> None:
    assert labels(SITTING) == [
        "Sitting 24 min, next reminder in about 6 min",
        *("-", "I'm getting up", "At my standing desk"),
        *("-", "Quiet for 45 min", "Pause for 45 min", "Pause until tomorrow"),
        *("-", "How is my back?", "Today", "Settings"),
        *("-", "Quit until the next login"),
    ]


def test_the_menu_without_a_window_a_desk_and_a_start_at_login() -> None:
    assert labels(SITTING, PLAIN)[1:] == [
        *("-", "I'm getting up"),
        *("-", "Quiet for 45 min", "Pause for 45 min", "Pause until tomorrow"),
        *("-", "Quit"),
    ]


STANDING = status(state="standing", since="2026-03-02T14:17:00+01:00", seconds=12 * 60, next_kind="stand-soft")
AWAY = status(state="away", since="2026-03-02T14:22:00+01:00", seconds=7 * 60)
DUE = status(showing="sit-soft", seconds=34 * 60)
QUIET = status(held_until="2026-03-02T15:14:00+01:00", why_waiting="held by you")
PAUSED = status(state="unobserved", paused_until="2026-03-02T15:14:00+01:00")
OVERNIGHT = status(state="unobserved", paused_until="2026-03-03T04:00:00+01:00")
BLIND = status(state="unobserved", source=None)
CALL = status(why_waiting="a call")
UNREAD = status(unread=True)


@pytest.mark.parametrize(
    ("now", "shown", "headline"),
    [
        (SITTING, Look("sitting", "Sitting since 14:05"), "Sitting 24 min, next reminder in about 6 min"),
        (
            DUE,
            Look("due", "Sitting since 14:05", "Get up slowly when you are ready."),
            "Sitting 34 min, time to get up slowly",
        ),
        (STANDING, Look("standing", "Standing since 14:17"), "Standing 12 min, next reminder in about 6 min"),
        (AWAY, Look("away", "Away since 14:22"), "Away 7 min"),
        (QUIET, Look("sitting", "Sitting since 14:05", "Quiet until 15:14"), "Sitting 24 min, quiet until 15:14"),
        (
            CALL,
            Look("sitting", "Sitting since 14:05", "No reminder during your call"),
            "Sitting 24 min, no reminder during your call",
        ),
        (PAUSED, Look("paused", "Paused until 15:14"), "Paused until 15:14"),
        (OVERNIGHT, Look("paused", "Paused until tomorrow, 04:00"), "Paused until tomorrow, 04:00"),
        (BLIND, Look("paused", "Not watching at present"), "Not watching at present"),
    ],
)
def test_how_it_stands(now: Status, shown: Look, headline: str) -> None:
    assert look(now) == shown
    assert labels(now)[0] == headline


def test_what_the_panel_shows_stays_the_same_while_minutes_pass() -> None:
    later = status(seconds=25 * 60, next_prompt="2026-03-02T14:36:10+01:00")
    assert look(later) == look(SITTING)


def test_a_prompt_for_something_else_is_no_reminder() -> None:
    assert labels(status(next_kind="summary"))[0] == "Sitting 24 min"
    assert labels(status(showing="summary"))[0].endswith("in about 6 min")


def test_in_an_announced_break_no_reminder_is_named() -> None:
    assert labels(status(break_until="2026-03-02T14:33:00+01:00"))[0].rstrip("\N{NO-BREAK SPACE}") == "Sitting 24 min"


def test_a_reminder_to_sit_down_is_no_reminder_to_stand_up() -> None:
    assert look(status(showing="stand-soft", state="standing")).icon == "standing"


@pytest.mark.parametrize("guidance", [ENGLISH, KOREAN])
def test_a_line_without_a_reminder_keeps_the_room_for_one(guidance: Guidance) -> None:
    """A no-break space is about half as wide as a letter."""
    whole, line = (menu_of(each, guidance, NOW, PLAIN)[0].label for each in (SITTING, status(next_kind="summary")))
    assert ROOM not in whole
    assert line.count(ROOM) >= 2 * (len(whole) - len(line.rstrip(ROOM)))


def test_the_red_flags_come_first_and_ask_for_attention() -> None:
    assert look(UNREAD) == Look("sitting", "Sitting since 14:05", "Please read this first", urgent=True)
    assert labels(UNREAD)[:3] == ["Please read this first", "-", "Sitting 24 min"]
    assert keys(UNREAD, PLAIN)[0] == "read"


def test_what_can_be_done_fits_how_it_stands() -> None:
    window = ["back", "today", "settings", "quit"]
    assert keys(SITTING) == ["getting-up", "standing", "hold", "pause", "pause-day", *window]
    assert keys(STANDING) == ["sitting", "hold", "pause", "pause-day", *window]
    assert keys(STANDING, PLAIN) == ["hold", "pause", "pause-day", "quit"]
    assert keys(QUIET) == ["getting-up", "standing", "resume", "pause", "pause-day", *window]
    assert keys(PAUSED) == ["resume", *window]
    assert labels(PAUSED)[2] == "Resume"
    assert labels(QUIET)[5] == "Remind me again"
    assert keys(BLIND)[0] == "getting-up"


def test_a_length_is_a_minute_at_least() -> None:
    assert labels(status(seconds=3, next_prompt="2026-03-02T14:28:50+01:00"))[0].startswith("Sitting 1 min, next")


def test_the_menu_is_in_korean() -> None:
    for each in (SITTING, DUE, STANDING, AWAY, QUIET, CALL, PAUSED, OVERNIGHT, BLIND, UNREAD):
        for text in (*labels(each, EVERYTHING, KOREAN), *look(each, KOREAN)[1:3]):
            assert re.search("[가-힣]", str(text)) or text in ("-", "")
    assert labels(SITTING, EVERYTHING, KOREAN)[0] == "24분째 앉아 있음, 약 6분 뒤 알림"


@pytest.mark.parametrize("guidance", [ENGLISH, KOREAN])
def test_no_line_is_too_long_for_a_menu(guidance: Guidance) -> None:
    for each in (SITTING, DUE, STANDING, AWAY, QUIET, CALL, PAUSED, OVERNIGHT, BLIND, UNREAD):
        assert max(map(len, labels(each, EVERYTHING, guidance))) <= 50
