"""The named hard cases: small traces with their truth, written by `python benchmarks/simulator hard-cases DIRECTORY`.

Each is a story of a person told in minutes from nine in the morning. Typing has pauses of 16 to 30 s, as real typing
does.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

NINE = datetime(2026, 5, 5, 9, 0, tzinfo=timezone(timedelta(hours=2)))
RESOLUTION_S = 15.0


class Story:
    """A trace in the making. `now` is in seconds from the beginning."""

    def __init__(self, name: str, begin: datetime = NINE) -> None:
        """The pauses in typing come from the name, so a story is always the same."""
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))
        self.begin, self.now, self.last_input = begin, 0.0, 0.0
        self.shift = 0.0
        self.events: list[tuple[float, float, dict[str, object]]] = []
        self.truth: list[tuple[str, float, float]] = []
        self.tell("started")

    def tell(self, event: str, after: float = 0.0, **more: object) -> Story:
        """An event so many seconds from now."""
        self.events.append((self.now + after, self.shift, {"event": event, **more}))
        return self

    def stretch(self, seconds: float, *, quiet_after: float) -> None:
        """One stretch of input; `idle` is told if the quiet after it is long enough."""
        self.tell("active")
        self.now += seconds
        self.last_input = self.now
        if quiet_after >= RESOLUTION_S:
            self.tell("idle", RESOLUTION_S, since=self.now)

    def work(self, minutes: float, truth: str = "sitting") -> Story:
        """Typing; ends with the last input."""
        begin, end = self.now, self.now + 60 * minutes
        while end - self.now > 45:
            lasts = min(float(self.rng.lognormal(np.log(35), 0.7)), end - self.now - 20)
            self.stretch(lasts, quiet_after=RESOLUTION_S)
            self.now += float(self.rng.uniform(16, 30))
        self.now = min(self.now, end)
        self.stretch(end - self.now, quiet_after=RESOLUTION_S)
        return self.was(truth, begin)

    def quiet(self, minutes: float, truth: str) -> Story:
        """No input for so long."""
        begin = self.now
        self.now += 60 * minutes
        return self.was(truth, begin)

    def touches(self, minutes: float, truth: str, at: list[float]) -> Story:
        """No input but single clicks at these minutes."""
        begin = self.now
        for minute in at:
            self.now = begin + 60 * minute
            self.stretch(0.0, quiet_after=RESOLUTION_S)
        self.now = begin + 60 * minutes
        return self.was(truth, begin)

    def was(self, truth: str, begin: float) -> Story:
        """What was true since then."""
        if self.truth and self.truth[-1][0] == truth and self.truth[-1][2] == begin:
            self.truth[-1] = (truth, self.truth[-1][1], self.now)
        else:
            self.truth.append((truth, begin, self.now))
        return self

    def lines(self) -> str:
        """The trace; it stops half a minute after the end."""
        self.tell("stopped", 30)
        out = []
        for at, shift, event in sorted(self.events, key=lambda entry: entry[0]):
            line: dict[str, object] = {"at": self._written(at + shift)}
            for key, value in event.items():
                is_time = key == "since" and isinstance(value, float)
                line[key] = self._written(value + shift) if is_time else value
            out.append(json.dumps(line) + "\n")
        return "".join(out)

    def _written(self, second: float) -> str:
        return (self.begin + timedelta(milliseconds=round(second * 1000))).isoformat(timespec="milliseconds")


def _lock(monitor: Story, after: float = 5.0) -> Story:
    return monitor.tell("locked", after)


def _back(monitor: Story) -> Story:
    return monitor.tell("unlocked", 2.0)


def fetch_water(s: Story) -> None:
    """H1."""
    s.work(20).quiet(4, "away").work(20).quiet(1.2, "away").work(15)


def paper(s: Story) -> None:
    """H2."""
    s.work(15).touches(12, "sitting", [3.5, 8]).work(15)


def desk_phone(s: Story) -> None:
    """H3."""
    s.work(20).touches(6, "sitting", [2.5]).work(20)


def pacing_call(s: Story) -> None:
    """H4."""
    s.work(10).tell("call-started", -30).quiet(20, "away").tell("call-ended", 10).work(10)


def film(s: Story) -> None:
    """H5."""
    s.work(10).tell("inhibited", 2).touches(90, "sitting", [31, 62]).tell("uninhibited", -3).work(10)


def music_away(s: Story) -> None:
    """H6."""
    s.work(5).tell("inhibited", -60).work(20).quiet(40, "away").work(15).tell("uninhibited", -20)


def lunch_suspend(s: Story) -> None:
    """H7."""
    s.work(25).tell("suspended", 20).quiet(45, "away").tell("resumed", -1.5).work(20)


def lid_90_s(s: Story) -> None:
    """H8."""
    s.work(20).tell("suspended", 3).quiet(1.5, "sitting").tell("resumed", -1.5).work(20)


def lid_two_minutes(s: Story) -> None:
    """Issue 3."""
    s.work(25).tell("suspended", 0.1).quiet(2, "sitting").tell("resumed", -0.2).work(25)


def privacy_lock(s: Story) -> None:
    """H9."""
    s.work(20)
    _lock(s, 20).quiet(1.5, "sitting")
    _back(s).work(20)


def bumps(s: Story) -> None:
    """H10."""
    s.work(20)
    _lock(s).touches(30, "away", [4, 13.3, 14.1, 26])
    _back(s).work(20)


def drift(s: Story) -> None:
    """H11, as far as it passes the filters of the source."""
    s.work(20)
    _lock(s).touches(60, "away", list(np.cumsum(s.rng.lognormal(np.log(75), 0.6, 40) / 60)))
    _back(s).work(20)


def jiggler(s: Story) -> None:
    """H12."""
    s.work(20).touches(120, "away", [float(minute) for minute in range(1, 120)]).work(20)


def cat(s: Story) -> None:
    """H13."""
    s.work(20)
    _lock(s).quiet(12, "away")
    begin = s.now
    s.stretch(8, quiet_after=RESOLUTION_S)
    s.was("away", begin).quiet(15, "away")
    _back(s).work(20)


def stuck_key(s: Story) -> None:
    """H14, as the source tells it: it listens who presses once nobody has paused for half an hour."""
    s.work(20)
    s.now += 20
    begin = s.now
    s.tell("active")
    s.now += 1800
    s.tell("idle", 60, since=s.now).quiet(60, "away").was("away", begin)
    s.work(20)


def two_users(s: Story) -> None:
    """H17: another user's session has the screen for half an hour."""
    s.work(20).tell("paused", 1).quiet(30, "unobserved").tell("unpaused", -1).work(20)


def other_machine(s: Story) -> None:
    """H18."""
    s.work(20).quiet(40, "away").work(20)


def standing_forgotten(s: Story) -> None:
    """H19."""
    s.work(10).tell("standing").work(25, "standing").work(100)


def micro_stands(s: Story) -> None:
    """H20."""
    for _ in range(8):
        s.work(5).quiet(0.6, "away")
    s.work(5)


def night_compile(s: Story) -> None:
    """H22."""
    s.work(30).tell("locked", 600).quiet(480, "away")
    _back(s).work(20)


def auto_scroll(s: Story) -> None:
    """H23."""
    s.work(15).tell("inhibited", 5).quiet(15, "sitting").tell("uninhibited", 2).work(15)


def midnight(s: Story) -> None:
    """H24."""
    s.begin = NINE.replace(hour=22)
    s.work(80).quiet(7, "away").work(90).quiet(8, "away").work(85)


def crash(s: Story) -> None:
    """H25."""
    s.work(20)
    died = s.now
    s.events = [event for event in s.events if event[0] <= died]
    s.quiet(7, "unobserved").tell("started", since=died).work(20)


def restart(s: Story) -> None:
    """Issue 3."""
    s.work(20).tell("stopped", 16).quiet(0.5, "unobserved").tell("started").work(20)


def silent_call(s: Story) -> None:
    """Issue 3."""
    s.work(10).tell("call-started", -20).tell("inhibited", -19).quiet(60, "sitting")
    s.tell("call-ended", 20).tell("uninhibited", 20).work(10)


def reading(s: Story) -> None:
    """Issue 3."""
    s.work(10)
    for gap in (1.5, 2.2, 1.1, 2.8, 1.7, 3.0, 1.2, 2.4, 1.9, 2.2):
        s.touches(gap, "sitting", [])
        begin = s.now
        s.stretch(1.5, quiet_after=RESOLUTION_S)
        s.was("sitting", begin)
    s.touches(1, "sitting", []).work(10)


def inhibitor_leaks(s: Story) -> None:
    """Issue 3."""
    s.work(10).tell("inhibited", -120).work(20).quiet(840, "away").work(20)


def microphone_open(s: Story) -> None:
    """Issue 3."""
    s.work(10).tell("call-started", -120).work(20).quiet(840, "away").work(20)


def clock_forward(s: Story) -> None:
    """Issue 3."""
    _clock(s, 7200.0)


def clock_back(s: Story) -> None:
    """Issue 3."""
    _clock(s, -7200.0)


def _clock(s: Story, by: float) -> None:
    s.work(25)
    s.now += 20
    s.shift = by
    s.tell("clock-stepped", by=by).work(35)


def spring_forward(s: Story) -> None:
    """Issue 3: the offset of the labels changes, nothing else does."""
    s.begin = datetime(2026, 3, 29, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    s.work(60)


def fall_back(s: Story) -> None:
    """Issue 3."""
    s.begin = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    s.work(60)


def up_after_an_hour(s: Story) -> None:
    """Issue 3."""
    s.work(60)
    _lock(s, 2).quiet(2.5, "away")
    _back(s).work(8)


CASES: dict[str, Callable[[Story], None]] = {
    "H1-fetch-water": fetch_water,
    "H2-paper": paper,
    "H3-desk-phone": desk_phone,
    "H4-pacing-call": pacing_call,
    "H5-film": film,
    "H6-music-away": music_away,
    "H7-lunch-suspend": lunch_suspend,
    "H8-lid-90-s": lid_90_s,
    "H9-privacy-lock": privacy_lock,
    "H10-bumps": bumps,
    "H11-drift": drift,
    "H12-jiggler": jiggler,
    "H13-cat": cat,
    "H14-stuck-key": stuck_key,
    "H17-two-users": two_users,
    "H18-other-machine": other_machine,
    "H19-standing-forgotten": standing_forgotten,
    "H20-micro-stands": micro_stands,
    "H22-night-compile": night_compile,
    "H23-auto-scroll": auto_scroll,
    "H24-midnight": midnight,
    "H25-crash": crash,
    "clock-back": clock_back,
    "clock-forward": clock_forward,
    "dst-back": fall_back,
    "dst-forward": spring_forward,
    "inhibitor-leaks": inhibitor_leaks,
    "lid-two-minutes": lid_two_minutes,
    "microphone-open": microphone_open,
    "reading": reading,
    "restart": restart,
    "silent-call": silent_call,
    "up-after-an-hour": up_after_an_hour,
}

CHANGES = {
    "dst-forward": (timedelta(minutes=30), timezone(timedelta(hours=2))),
    "dst-back": (timedelta(minutes=30), timezone(timedelta(hours=1))),
}
"""How long after the beginning the zone's offset changes, and to what."""


def write_all(directory: Path) -> None:
    """Every case as `NAME.jsonl` with `NAME.truth.json`: states with minutes from the beginning, the clock aside."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, tell in CASES.items():
        monitor = Story(name)
        tell(monitor)
        text = monitor.lines()
        if name in CHANGES:
            text = _in_new_zone(text, monitor.begin + CHANGES[name][0], CHANGES[name][1])
        (directory / f"{name}.jsonl").write_text(text, encoding="utf-8")
        truth = [[state, round(begin / 60, 2), round(end / 60, 2)] for state, begin, end in monitor.truth]
        (directory / f"{name}.truth.json").write_text(json.dumps(truth) + "\n", encoding="utf-8")


def _in_new_zone(text: str, since: datetime, zone: timezone) -> str:
    out = []
    for line in text.splitlines():
        event = json.loads(line)
        at = datetime.fromisoformat(event["at"])
        for key in ("at", "since"):
            if key in event and at >= since:
                event[key] = datetime.fromisoformat(event[key]).astimezone(zone).isoformat(timespec="milliseconds")
        out.append(json.dumps(event) + "\n")
    return "".join(out)
