"""The named hard cases: small traces with their truth, written by `python benchmarks/simulator hard-cases DIRECTORY`.

Each case is a scenario in minutes, beginning at nine in the morning. Typing has pauses of 16 to 30 s, like real typing.
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
CLICK_S = (0.1, 0.2)
"""How long a person's click lasts. Input of no length is a machine's."""


class Scenario:
    """Builds a trace and its truth, step by step. `now` is in seconds from the beginning."""

    def __init__(self, name: str, begin: datetime = NINE) -> None:
        """Seed the pauses in typing with the name, so that a case is always the same."""
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))
        self.begin, self.now, self.last_input = begin, 0.0, 0.0
        self.shift = 0.0
        self.events: list[tuple[float, float, dict[str, object]]] = []
        self.truth: list[tuple[str, float, float]] = []
        self.emit("started")

    def emit(self, event: str, after: float = 0.0, **more: object) -> Scenario:
        """Add an event `after` seconds from now."""
        self.events.append((self.now + after, self.shift, {"event": event, **more}))
        return self

    def burst(self, seconds: float, *, quiet_after: float) -> None:
        """Add one burst of input, and `idle` if the quiet after it is long enough."""
        self.emit("active")
        self.now += seconds
        self.last_input = self.now
        if quiet_after >= RESOLUTION_S:
            self.emit("idle", RESOLUTION_S, since=self.now)

    def work(self, minutes: float, truth: str = "sitting") -> Scenario:
        """Add typing, which ends with the last input."""
        begin, end = self.now, self.now + 60 * minutes
        while end - self.now > 45:
            lasts = min(float(self.rng.lognormal(np.log(35), 0.7)), end - self.now - 20)
            self.burst(lasts, quiet_after=RESOLUTION_S)
            self.now += float(self.rng.uniform(16, 30))
        self.now = min(self.now, end)
        self.burst(end - self.now, quiet_after=RESOLUTION_S)
        return self.was(truth, begin)

    def quiet(self, minutes: float, truth: str) -> Scenario:
        """Add time without input."""
        begin = self.now
        self.now += 60 * minutes
        return self.was(truth, begin)

    def touches(self, minutes: float, truth: str, at: list[float], *, clicks: bool = False) -> Scenario:
        """Add time without input, except for touches at these minutes: a machine's, or clicks of a person."""
        begin = self.now
        for minute in at:
            self.now = begin + 60 * minute
            self.burst(float(self.rng.uniform(*CLICK_S)) if clicks else 0.0, quiet_after=RESOLUTION_S)
        self.now = begin + 60 * minutes
        return self.was(truth, begin)

    def was(self, truth: str, begin: float) -> Scenario:
        """Record the truth from `begin` to now."""
        if self.truth and self.truth[-1][0] == truth and self.truth[-1][2] == begin:
            self.truth[-1] = (truth, self.truth[-1][1], self.now)
        else:
            self.truth.append((truth, begin, self.now))
        return self

    def lines(self) -> str:
        """Return the trace. It stops half a minute after the end."""
        self.emit("stopped", 30)
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


def _lock(s: Scenario, after: float = 5.0) -> Scenario:
    return s.emit("locked", after)


def _unlock(s: Scenario) -> Scenario:
    return s.emit("unlocked", 2.0)


def fetch_water(s: Scenario) -> None:
    """H1."""
    s.work(20).quiet(4, "away").work(20).quiet(1.2, "away").work(15)


def paper(s: Scenario) -> None:
    """H2."""
    s.work(15).touches(12, "sitting", [3.5, 8], clicks=True).work(15)


def desk_phone(s: Scenario) -> None:
    """H3."""
    s.work(20).touches(6, "sitting", [2.5], clicks=True).work(20)


def pacing_call(s: Scenario) -> None:
    """H4."""
    s.work(10).emit("call-started", -30).quiet(20, "away").emit("call-ended", 10).work(10)


def film(s: Scenario) -> None:
    """H5."""
    s.work(10).emit("inhibited", 2)
    s.touches(90, "sitting", [31, 62], clicks=True)
    s.emit("uninhibited", -3).work(10)


def music_away(s: Scenario) -> None:
    """H6."""
    s.work(5).emit("inhibited", -60).work(20).quiet(40, "away").work(15).emit("uninhibited", -20)


def lunch_suspend(s: Scenario) -> None:
    """H7."""
    s.work(25).emit("suspended", 20).quiet(45, "away").emit("resumed", -1.5).work(20)


def lid_90_s(s: Scenario) -> None:
    """H8."""
    s.work(20).emit("suspended", 3).quiet(1.5, "sitting").emit("resumed", -1.5).work(20)


def lid_two_minutes(s: Scenario) -> None:
    """Issue 3."""
    s.work(25).emit("suspended", 0.1).quiet(2, "sitting").emit("resumed", -0.2).work(25)


def privacy_lock(s: Scenario) -> None:
    """H9."""
    s.work(20)
    _lock(s, 20).quiet(1.5, "sitting")
    _unlock(s).work(20)


def bumps(s: Scenario) -> None:
    """H10."""
    s.work(20)
    _lock(s).touches(30, "away", [4, 13.3, 14.1, 26])
    _unlock(s).work(20)


def drift(s: Scenario) -> None:
    """H11, as far as it passes the filters of the source."""
    s.work(20)
    _lock(s).touches(60, "away", list(np.cumsum(s.rng.lognormal(np.log(75), 0.6, 40) / 60)))
    _unlock(s).work(20)


def jiggler(s: Scenario) -> None:
    """H12."""
    s.work(20).touches(120, "away", [float(minute) for minute in range(1, 120)]).work(20)


def cat(s: Scenario) -> None:
    """H13."""
    s.work(20)
    _lock(s).quiet(12, "away")
    begin = s.now
    s.burst(8, quiet_after=RESOLUTION_S)
    s.was("away", begin).quiet(15, "away")
    _unlock(s).work(20)


def stuck_key(s: Scenario) -> None:
    """H14, as the X11 source reports it: after half an hour without a pause it looks for real key presses."""
    s.work(20)
    s.now += 20
    begin = s.now
    s.emit("active")
    s.now += 1800
    s.emit("idle", 60, since=s.now).quiet(60, "away").was("away", begin)
    s.work(20)


def two_users(s: Scenario) -> None:
    """H17: another user's session is on the screen for half an hour."""
    s.work(20).emit("paused", 1).quiet(30, "unobserved").emit("unpaused", -1).work(20)


def other_machine(s: Scenario) -> None:
    """H18."""
    s.work(20).quiet(40, "away").work(20)


def standing_forgotten(s: Scenario) -> None:
    """H19."""
    s.work(10).emit("standing").work(25, "standing").work(100)


def micro_stands(s: Scenario) -> None:
    """H20."""
    for _ in range(8):
        s.work(5).quiet(0.6, "away")
    s.work(5)


def night_compile(s: Scenario) -> None:
    """H22."""
    s.work(30).emit("locked", 600).quiet(480, "away")
    _unlock(s).work(20)


def auto_scroll(s: Scenario) -> None:
    """H23."""
    s.work(15).emit("inhibited", 5).quiet(15, "sitting").emit("uninhibited", 2).work(15)


def midnight(s: Scenario) -> None:
    """H24."""
    s.begin = NINE.replace(hour=22)
    s.work(80).quiet(7, "away").work(90).quiet(8, "away").work(85)


def crash(s: Scenario) -> None:
    """H25."""
    s.work(20)
    died = s.now
    s.events = [event for event in s.events if event[0] <= died]
    s.quiet(7, "unobserved").emit("started", since=died).work(20)


def restart(s: Scenario) -> None:
    """Issue 3."""
    s.work(20).emit("stopped", 16).quiet(0.5, "unobserved").emit("started").work(20)


def silent_call(s: Scenario) -> None:
    """Issue 3."""
    s.work(10).emit("call-started", -20).emit("inhibited", -19).quiet(60, "sitting")
    s.emit("call-ended", 20).emit("uninhibited", 20).work(10)


def reading(s: Scenario) -> None:
    """Issue 3."""
    s.work(10)
    for gap in (1.5, 2.2, 1.1, 2.8, 1.7, 3.0, 1.2, 2.4, 1.9, 2.2):
        s.touches(gap, "sitting", [])
        begin = s.now
        s.burst(1.5, quiet_after=RESOLUTION_S)
        s.was("sitting", begin)
    s.touches(1, "sitting", []).work(10)


def reading_slowly(s: Scenario) -> None:
    """Scroll for 20 s every six and a half minutes."""
    s.work(15)
    for _ in range(13):
        s.quiet(6.5 - 1 / 3, "sitting")
        begin = s.now
        s.burst(20, quiet_after=RESOLUTION_S)
        s.was("sitting", begin)
    s.quiet(5.5, "sitting").work(15)


def film_untouched(s: Scenario) -> None:
    """The player takes its inhibitor at the last input and releases it at the next."""
    s.work(10).emit("inhibited").quiet(95, "sitting").emit("uninhibited").work(20)


def call_opens_late(s: Scenario) -> None:
    """The microphone opens after the last input and closes at the return."""
    s.work(10).emit("call-started", 3).quiet(60, "sitting").emit("call-ended").work(20)


def suspend_without_end(s: Scenario) -> None:
    """The machine hibernates, and nothing reports its end (systemd/systemd#30666)."""
    s.work(25).emit("suspended", 20).quiet(60, "away").work(60)


def phantom_behind_lock(s: Scenario) -> None:
    """A dongle streams motion behind the lock (omacom/omarchy-iso#124)."""
    s.work(5)
    _lock(s).emit("active", 20).quiet(480, "away")
    s.emit("idle", -45, since=s.now - 60)
    _unlock(s).work(20)


def phantom_touches(s: Scenario) -> None:
    """The compositor reports input that nobody made (noctalia-dev/noctalia#3241)."""
    s.work(40).touches(15, "away", [5 + 2 / 60, 10]).work(20)


def inhibitor_leaks(s: Scenario) -> None:
    """Issue 3."""
    s.work(10).emit("inhibited", -120).work(20).quiet(840, "away").work(20)


def microphone_open(s: Scenario) -> None:
    """Issue 3."""
    s.work(10).emit("call-started", -120).work(20).quiet(840, "away").work(20)


def clock_forward(s: Scenario) -> None:
    """Issue 3."""
    _clock(s, 7200.0)


def clock_back(s: Scenario) -> None:
    """Issue 3."""
    _clock(s, -7200.0)


def _clock(s: Scenario, by: float) -> None:
    s.work(25)
    s.now += 20
    s.shift = by
    s.emit("clock-stepped", by=by).work(35)


def spring_forward(s: Scenario) -> None:
    """Issue 3: only the offset of the wall times changes."""
    s.begin = datetime(2026, 3, 29, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    s.work(60)


def fall_back(s: Scenario) -> None:
    """Issue 3."""
    s.begin = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    s.work(60)


def up_after_an_hour(s: Scenario) -> None:
    """Issue 3."""
    s.work(60)
    _lock(s, 2).quiet(2.5, "away")
    _unlock(s).work(8)


CASES: dict[str, Callable[[Scenario], None]] = {
    "A1-suspend-without-end": suspend_without_end,
    "A5-phantom-behind-lock": phantom_behind_lock,
    "A10-phantom-touches": phantom_touches,
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
    "call-opens-late": call_opens_late,
    "clock-back": clock_back,
    "clock-forward": clock_forward,
    "dst-back": fall_back,
    "dst-forward": spring_forward,
    "film-untouched": film_untouched,
    "inhibitor-leaks": inhibitor_leaks,
    "lid-two-minutes": lid_two_minutes,
    "microphone-open": microphone_open,
    "reading": reading,
    "reading-slowly": reading_slowly,
    "restart": restart,
    "silent-call": silent_call,
    "up-after-an-hour": up_after_an_hour,
}

CHANGES = {
    "dst-forward": (timedelta(minutes=30), timezone(timedelta(hours=2))),
    "dst-back": (timedelta(minutes=30), timezone(timedelta(hours=1))),
}
"""When the offset from UTC changes, from the beginning, and to what."""


def write_all(directory: Path) -> None:
    """Write every case as `NAME.jsonl`, with the true states in minutes from the beginning in `NAME.truth.json`.

    The truth ignores changes of the clock.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, build in CASES.items():
        case = Scenario(name)
        build(case)
        text = case.lines()
        if name in CHANGES:
            text = _in_new_zone(text, case.begin + CHANGES[name][0], CHANGES[name][1])
        (directory / f"{name}.jsonl").write_text(text, encoding="utf-8")
        truth = [[state, round(begin / 60, 2), round(end / 60, 2)] for state, begin, end in case.truth]
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
