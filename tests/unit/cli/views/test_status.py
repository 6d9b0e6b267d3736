"""The current status as text, as one line and for a status bar."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import slowrise
from slowrise.cli.views.status import Ticker, in_short, status_line, status_text
from slowrise.cli.views.waybar import stopped, waybar
from slowrise.core.metrics.summary import summarize
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.timestamps import iso
from slowrise.daemon.control import NotRunning
from slowrise.daemon.status import WAITING, Status, parse_status
from support.day_strategies import WINTER, spans_of

NOW = datetime(2026, 3, 2, 14, 28, tzinfo=WINTER)


def status(**changes: Any) -> Status:
    """A quarter of an hour into the afternoon, as the daemon reports it."""
    today = as_json(summarize(spans_of("s100 a5 s80 a20@0.7"), day=date(2026, 3, 2), break_min=120.0))
    facts = {
        "state": "sitting",
        "since": iso(NOW - timedelta(minutes=23)),
        "sure": 0.95,
        "seconds": 23 * 60,
        "next_prompt": iso(NOW + timedelta(minutes=7)),
        "next_kind": None,
        "why_waiting": None,
        "showing": None,
        "profile": "standard",
        "source": "x11_idle",
        "unseen_seconds": 0,
        "notifier": "console",
        "held_until": None,
        "paused_until": None,
        "held": [],
        "today": today,
        "notes": [],
        **changes,
    }
    return parse_status(facts)


NO_PROMPT = {"next_prompt": None}


@pytest.mark.parametrize(
    ("showing", "second"),
    [
        ("sit-soft", "Get up slowly when you are ready."),
        ("stand-firm", "Change position when you are ready."),
        ("summary", "No reminder is coming up."),
    ],
)
def test_the_short_form_says_what_a_reminder_asks_for_also_when_it_is_gone(showing: str, second: str) -> None:
    assert in_short(status(showing=showing, **NO_PROMPT), NOW)[1] == second


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        (
            {},
            "Sitting for 23 min (since 14:05, 95 % sure). Next reminder in about 7 min.",
        ),
        (
            {"state": "away", "sure": 1.0, **NO_PROMPT},
            "Away for 23 min (since 14:05, sure). No reminder is coming up.",
        ),
        (
            {"state": "standing", "sure": 0.999, "profile": "flare-up"},
            "Standing for 23 min (since 14:05, 99 % sure). Next reminder in about 7 min.",
        ),
        (
            {"state": "unobserved", "source": None, **NO_PROMPT},
            "Not watching for 23 min (since 14:05). No reminder is coming up.",
        ),
        (
            {"next_prompt": iso(NOW - timedelta(minutes=2)), "why_waiting": "a call", "sure": 1.0},
            "Sitting for 23 min (since 14:05, sure). A reminder is due (waiting: a call).",
        ),
        (
            {"why_waiting": "held by you", "held_until": iso(NOW + timedelta(minutes=45)), **NO_PROMPT},
            (
                "Sitting for 23 min (since 14:05, 95 % sure). No reminder is coming up "
                "(waiting: you asked for quiet, until 15:13)."
            ),
        ),
        (
            {"state": "unobserved", "paused_until": iso(NOW + timedelta(hours=5)), **NO_PROMPT},
            ("Not watching for 23 min (since 14:05). Paused by you until 19:28; `slowrise resume` ends it earlier."),
        ),
    ],
)
def test_status_shows_the_state_its_start_its_confidence_and_the_next_prompt(
    changes: dict[str, Any], first: str
) -> None:
    assert status_text(status(**changes), NOW).splitlines()[0] == first


def test_another_profile_and_a_blind_daemon_have_a_line_each() -> None:
    lines = status_text(status(profile="flare-up", source=None), NOW).splitlines()
    assert "Profile: flare-up." in lines
    assert "Nothing here can be watched now. The reason: slowrise doctor" in lines
    usual = status_text(status(), NOW)
    assert "Profile" not in usual
    assert "x11_idle" not in usual


def test_no_reminder_is_promised_while_the_red_flags_wait_to_be_read() -> None:
    first, *_today, note = status_text(status(notes=[WAITING]), NOW).splitlines()
    assert (first, note) == ("Sitting for 23 min (since 14:05, 95 % sure).", WAITING)


def test_a_drive_is_named_only_where_it_brings_reminders_sooner() -> None:
    sooner = "After your long drive you are reminded sooner, in this sit or the next one."
    assert sooner in status_text(status(after_drive=True), NOW)
    assert sooner not in status_text(status(after_drive=True, profile="flare-up"), NOW)


def test_names_of_the_inside_are_shown_only_on_demand() -> None:
    lines = status_text(status(version="0.3.0"), NOW, verbose=True).splitlines()
    assert lines[-2:] == ["Profile: standard.", "Watching with x11_idle; notices by console; version 0.3.0."]


def test_during_an_announced_break_the_time_left_takes_the_place_of_the_next_reminder() -> None:
    on_break = status(break_until=iso(NOW + timedelta(minutes=4, seconds=34)), today=None)
    assert status_text(on_break, NOW).splitlines()[0].endswith(" Break: 4:34 left.")
    assert status_line(on_break, NOW) == "14:28 sitting 23 min | Break: 4:34 left"
    assert in_short(on_break, NOW) == ("Getting up", "Break: 5\N{NO-BREAK SPACE}min left.")
    over = status(break_until=iso(NOW - timedelta(seconds=1)))
    assert "Next reminder in about 7 min." in status_text(over, NOW)


def test_status_shows_today_active_conditions_and_notes() -> None:
    assert status_text(status(held=["call", "inhibitor"], notes=["logind: no system bus"]), NOW).splitlines()[1:] == [
        "Today: 3 h 06 min (3 h to 3 h 20) of sitting.",
        "On for a long time now: call, inhibitor.",
        "logind: no system bus",
    ]


@pytest.mark.parametrize(("text", "expected"), [("", "nothing seen yet"), ("a30", "no sitting seen yet")])
def test_a_day_without_sitting_is_described(text: str, expected: str) -> None:
    today = as_json(summarize(spans_of(text), day=date(2026, 3, 2), break_min=120.0))
    assert status_text(status(today=today), NOW).splitlines()[1] == f"Today: {expected}."


def test_the_status_fits_on_one_line() -> None:
    assert status_line(status(), NOW) == (
        "14:28 sitting 23 min | next reminder in 7 min | today 3 h 06 min (3 h to 3 h 20) of sitting"
    )
    paused = status(state="unobserved", paused_until=iso(NOW + timedelta(hours=5)), today=None, **NO_PROMPT)
    assert status_line(paused, NOW) == "14:28 not watching 23 min | paused until 19:28"
    waiting = status(next_prompt=iso(NOW), why_waiting="a call", today=None)
    assert status_line(waiting, NOW) == "14:28 sitting 23 min | reminder due | waiting: a call"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, {"text": "23m", "alt": "sitting", "class": ["sitting"], "percentage": 77}),
        (
            {"seconds": 3900, "next_prompt": iso(NOW), "why_waiting": "a call"},
            {"text": "1h05", "alt": "sitting", "class": ["sitting", "due", "quiet"], "percentage": 100},
        ),
        ({"state": "away", **NO_PROMPT}, {"text": "23m", "alt": "away", "class": ["away"], "percentage": 0}),
        (
            {"state": "unobserved", **NO_PROMPT},
            {"text": "", "alt": "unobserved", "class": ["unobserved"], "percentage": 0},
        ),
        (
            {"seconds": 0, "next_prompt": iso(NOW)},
            {"text": "0m", "alt": "sitting", "class": ["sitting", "due"], "percentage": 100},
        ),
    ],
)
def test_a_status_bar_gets_one_line_of_json(changes: dict[str, Any], shown: dict[str, Any]) -> None:
    line = waybar(status(**changes), NOW)
    assert "\n" not in line
    parsed = json.loads(line)
    assert parsed.pop("tooltip").startswith(("Sitting", "Away", "Not watching"))
    assert parsed == shown


def test_a_tooltip_is_escaped() -> None:
    parsed = json.loads(waybar(status(why_waiting="<b> & more"), NOW))
    assert "&lt;b&gt; &amp; more" in parsed["tooltip"]


def test_without_a_daemon_the_bar_shows_stopped() -> None:
    assert json.loads(stopped())["class"] == ["stopped"]


def test_a_pipe_gets_one_line_for_each_change() -> None:
    out = io.StringIO()
    ticker = Ticker(out)
    for line in ("one", "one", "a longer two"):
        ticker.show(line, 5)
    ticker.clear()
    ticker.show("a longer two", 5)
    assert out.getvalue() == "one\na longer two\na longer two\n"


def test_a_terminal_has_one_line_that_is_redrawn_and_never_wraps() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal:
        ticker = Ticker(terminal)
        ticker.show("one", 10)
        ticker.show("one", 10)
        ticker.show("0123456789", 10)
        ticker.clear()
        ticker.clear()
        expected = "\r\x1b[Kone\r\x1b[K012345678\r\x1b[K"
        received = b""
        while len(received) < len(expected):
            received += os.read(ours, 1000)
        os.set_blocking(ours, False)
        with pytest.raises(BlockingIOError):
            os.read(ours, 1)
    os.close(ours)
    assert received.decode() == expected


def test_neither_the_daemon_nor_a_light_command_loads_a_heavy_library() -> None:
    code = "import sys; from slowrise.cli.commands import control, report, run, summary; "
    code += "print([name for name in ('rich', 'matplotlib', 'jinja2') if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_with_source())
    assert shown.stdout == "[]\n"


def _with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(slowrise.__file__).parent.parent)}


def test_the_keys_of_the_status_stay_as_scripts_know_them() -> None:
    told = json.loads(msgspec.json.encode(status()))
    assert list(told) == [
        *("state", "since", "sure", "seconds", "next_prompt", "next_kind", "why_waiting", "showing", "profile"),
        *("source", "unseen_seconds", "notifier", "held_until", "paused_until", "held", "today", "notes", "unread"),
        *("suggestion", "gently", "avoid", "break_until", "version", "after_drive"),
        *("has_seen_input", "displays", "unseen"),
    ]


def test_away_is_not_sure_before_any_input_was_seen() -> None:
    away = msgspec.structs.replace(status(), state="away", confidence=0.5, has_seen_input=False)
    assert "no input seen yet" in status_text(away, NOW)
    assert "% sure" not in status_text(away, NOW)


def test_without_a_source_it_watches_with_nothing() -> None:
    blind = status_text(msgspec.structs.replace(status(), source=None), NOW, verbose=True)
    assert "Watching with nothing; notices by" in blind


def test_a_daemon_of_another_version_is_named_as_such() -> None:
    with pytest.raises(NotRunning, match="another version"):
        parse_status({"state": "sitting"})
