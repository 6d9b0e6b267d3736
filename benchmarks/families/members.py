"""The families of scenarios, and what is drawn within each.

A family is a function that adds its scenario to a sketch, from the last input of the work before to the first input of
the work after. Every edge is moved by up to 20 s, and lengths are log-uniform.

Left out, because input and signals cannot tell:

- pacing in a call, and a call at a desk that the person leaves while it goes on;
- an absence under 10 min without any signal. People stay seated through as many silences of 5 to 10 min as they leave
  for: mice rest for that long once an active hour, and people get up for that long every two hours;
- a lock of 2 to 3 min with the person away: a lock of the same length with the person seated looks the same;
- a film of more than 110 min without any touch. From two hours on an inhibitor alone counts as leaked;
- a table bumped more than 4 times an hour, or in under 20 min, at an unlocked machine: paper with a click now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from families.sketch import MINUTE, Sketch, Stretch

SHORTEST_PLAIN = 10.0
"""Minutes: the shortest absence here that no signal covers."""
LONGEST_READ = 8 * MINUTE
"""Seconds from one scroll to the next at most."""
BUMP = (0.05, 0.5)
"""Seconds that a bumped table moves the mouse."""
TOUCH_AFTER = 5 * MINUTE
"""When a machine's lone touch comes after the last input: screens switch off about then."""


def silent_call(s: Sketch) -> None:
    """A call with the hands in the lap, seated."""
    left = s.now
    video = s.happens("video", 0.5)
    match s.choose("covers the silence", "joined while typing", "types now and then"):
        case "covers the silence":
            starts = s.near("call-started", left)
            s.quiet(s.minutes("silent", 5, 150), "sitting")
            ends = s.near("call-ended", s.now)
        case "joined while typing":
            starts = s.signal("call-started", left - s.minutes("joined before", 0.5, 10))
            s.quiet(s.minutes("silent", 5, 150), "sitting")
            ends = s.signal("call-ended", s.now + s.uniform("call-ended", -20, 5 * MINUTE))
        case _:
            starts = s.near("call-started", left)
            end = left + s.minutes("call", 10, 150)
            while (next_word := s.chance.uniform(4, 20) * MINUTE) < end - s.now - MINUTE:
                s.quiet(next_word, "sitting")
                s.move(s.chance.uniform(5, 60))
            s.quiet(max(end - s.now, MINUTE), "sitting")
            ends = s.near("call-ended", s.now)
    if video:
        s.signal("inhibited", starts + 1)
        s.signal("uninhibited", ends + 1)


def film(s: Sketch) -> None:
    """A film or slides, seated. The player holds an inhibitor while it plays."""
    match s.choose("untouched", "paused to type", "hand on the mouse"):
        case "untouched":
            _watch(s, s.minutes("film", 5, 110))
        case "paused to type":
            parts = s.chance.randint(2, 4)
            whole = s.minutes("film", 10, 150)
            s.drawn["parts"] = parts
            for part in range(parts):
                if part:
                    s.move(s.chance.uniform(0.5, 4) * MINUTE)
                _watch(s, whole / parts * s.chance.uniform(0.8, 1.2))
        case _:
            s.near("inhibited", s.now)
            end = s.now + s.minutes("film", 10, 150)
            while (until := s.chance.uniform(5, 30) * MINUTE) < end - s.now - MINUTE:
                s.quiet(until, "sitting")
                s.click() if s.chance.random() < 0.5 else s.move(s.chance.uniform(1, 8))
            s.quiet(max(end - s.now, MINUTE), "sitting")
            s.near("uninhibited", s.now)


def _watch(s: Sketch, seconds: float) -> None:
    s.near("inhibited", s.now)
    s.quiet(seconds, "sitting")
    s.near("uninhibited", s.now)


def music(s: Sketch) -> None:
    """Music for hours, across typing. Then the person is away, with the screen locked or not."""
    locked = s.choose("unlocked", "locked") == "locked"
    seconds = s.minutes("away", 5 if locked else SHORTEST_PLAIN, 60)
    _music_over(s, seconds)
    _away(s, seconds, locked=locked)


def _music_over(s: Sketch, seconds: float) -> None:
    """Let music begin ten minutes or more before now, and end well after the person is back, if at all."""
    s.signal("inhibited", s.now - s.uniform("music before", 10, s.now / MINUTE) * MINUTE)
    if s.happens("music ends", 0.7):
        s.signal("uninhibited", s.now + seconds + s.chance.uniform(3, 12) * MINUTE)


def _away(s: Sketch, seconds: float, *, locked: bool) -> Stretch:
    """Leave for a while. Return when the person was away."""
    away = Stretch(s.now, s.now + seconds)
    if locked:
        s.near("locked", away.start)
        s.near("unlocked", away.end)
    s.quiet(seconds, "away")
    return away


def lunch(s: Sketch) -> None:
    """Away for a meal, with or without a lock, a suspend, music that plays on, and bumps of the table."""
    s.choose("lunch")
    s.is_one_absence = True
    locked, asleep, bumped = s.happens("lock", 0.5), s.happens("sleep", 0.4), s.happens("bumped", 0.4)
    seconds = s.minutes("away", 20 if bumped and not locked else 15, 75)
    if s.happens("music", 0.3):
        _music_over(s, seconds)
    sleeps = s.now + seconds
    if asleep:
        sleeps = _sleep(s, s.now, s.now + seconds, by_itself=s.happens("by itself", 0.5))
    away = _away(s, seconds, locked=locked)
    if bumped:
        _bump(s, Stretch(away.start, sleeps), most_an_hour=10 if locked else 4)


def _bump(s: Sketch, during: Stretch, *, most_an_hour: float) -> None:
    rate = s.uniform("bumps an hour", 1, most_an_hour) / 60 / MINUTE
    at = during.start + MINUTE + s.chance.expovariate(rate)
    while at < during.end - MINUTE:
        s.touch(at, s.chance.uniform(*BUMP))
        at += 1 + s.chance.expovariate(rate)


def _sleep(s: Sketch, begin: float, end: float, *, by_itself: bool) -> float:
    """Suspend the machine in an absence, by its lid or its own time-out. Return when it sleeps."""
    if by_itself:
        sleeps = s.signal("suspended", begin + s.uniform("asleep after", 0.1, 0.6) * (end - begin))
    else:
        sleeps = s.suspend_near(begin)
    if s.happens("reports its end", 0.7):
        s.near("resumed", end)
    return sleeps


def lock(s: Sketch) -> None:
    """A lock by hand: away, also with input behind it; or seated, for privacy."""
    match s.choose("away", "away", "privacy", "phantom stream", "phantom mouse", "cat"):
        case "away":
            _away(s, s.minutes("away", 3, 150), locked=True)
        case "privacy":
            _close_briefly(s, "locked", "unlocked")
        case member:
            away = _away(s, s.minutes("away", 5, 150), locked=True)
            _input_behind_lock(s, member, away)


def _input_behind_lock(s: Sketch, member: str, away: Stretch) -> None:
    at = away.start + s.uniform("input after", 5, 120)
    if member == "phantom stream":
        s.touch(at, (away.end - at) * s.uniform("share", 0.1, 1))
        return
    left = s.chance.randint(1, 3) if member == "cat" else 10_000
    pauses = (1, 15) if member == "cat" else (0.4, 5)
    lengths = (3, 40) if member == "cat" else (1, 120)
    while left and at < away.end - 3 * MINUTE:
        s.touch(at, s.chance.uniform(*lengths))
        at += lengths[1] + s.chance.uniform(*pauses) * MINUTE
        left -= 1


def _close_briefly(s: Sketch, closes: str, opens: str) -> None:
    """Close lid or screen for 1 to 3 min at the desk."""
    s.is_brief = True
    begin = s.now
    s.quiet(s.minutes("closed", 1, 3), "sitting")
    if closes == "suspended":
        s.suspend_near(begin)
    else:
        s.near(closes, begin)
    if closes == "locked" or s.happens("reports its end", 0.8):
        s.near(opens, s.now)


def reading(s: Sketch) -> None:
    """Reading on the screen: a little scrolling at regular times, seated."""
    s.choose("reading")
    _read(s, s.minutes("reading", 20, 150), s.minutes("scrolls every", 1, 8))


def _read(s: Sketch, seconds: float, every: float, *, touched: bool = False) -> None:
    """Scroll for 5 to 40 s `every` so many seconds, give or take a quarter. `touched`: a machine touches in between."""
    s.is_reading = True
    end = s.now + seconds
    while True:
        begin = s.now
        scroll = s.chance.uniform(5, 40)
        quiet = max(min(every * s.chance.uniform(0.75, 1.25), LONGEST_READ) - scroll, 16.0)
        s.quiet(min(quiet, max(end - begin, 16.0)), "sitting")
        if touched and s.now > begin + TOUCH_AFTER + MINUTE:
            s.touch(begin + TOUCH_AFTER + s.chance.uniform(-20, 20))
        if s.now + scroll + 16 > end:
            return
        s.move(scroll)


def hang_up(s: Sketch) -> None:
    """A call, after which the person leaves within 20 s."""
    match s.choose("own click", "the other side"):
        case "own click":
            s.signal("call-started", s.now - s.minutes("call", 5, 14))
            s.near("call-ended", s.now)
        case _:
            s.near("call-started", s.now)
            s.quiet(s.minutes("call", 5, 60), "sitting")
            s.signal("call-ended", s.now)
            s.quiet(s.uniform("leaves after", 0, 20), "sitting")
    _away(s, s.minutes("away", 5, 90), locked=s.happens("lock", 0.3))


def suspend(s: Sketch) -> None:
    """The machine sleeps while the person is away: the lid closes, or the machine's time is over."""
    by_itself = s.choose("lid", "by itself") == "by itself"
    seconds = s.minutes("away", SHORTEST_PLAIN if by_itself else 5, 150)
    begin, end = s.now, s.now + seconds
    sleeps = _sleep(s, begin, end, by_itself=by_itself)
    if s.happens("lock", 0.7):
        s.signal("locked", sleeps + s.chance.uniform(-1, 0))
        s.near("unlocked", end)
    s.quiet(seconds, "away")


def lid(s: Sketch) -> None:
    """A lid that is closed and opened again within 1 to 3 min, seated."""
    s.choose("lid")
    _close_briefly(s, "suspended", "resumed")


def bumps(s: Sketch) -> None:
    """Away, while other people bump the table now and then."""
    s.is_one_absence = True
    locked = s.choose("locked", "unlocked") == "locked"
    away = _away(s, s.minutes("away", 5 if locked else 20, 150), locked=locked)
    _bump(s, away, most_an_hour=10 if locked else 4)


def phantom_touches(s: Sketch) -> None:
    """Input of no length that a machine makes about 5 min after the last input, in an absence or during reading."""
    member = s.choose("away", "away, locked", "reading")
    if member == "reading":
        _read(s, s.minutes("reading", 20, 150), exp(s.chance.uniform(log(5), log(8))) * MINUTE, touched=True)
        return
    s.is_one_absence = True
    locked = member == "away, locked"
    away = _away(s, s.minutes("away", 6 if locked else SHORTEST_PLAIN, 150), locked=locked)
    at = away.start
    for _ in range(s.chance.randint(1, 3)):
        at += TOUCH_AFTER + s.chance.uniform(-20, 20)
        if at < away.end - 30:
            s.touch(at)


FAMILIES: dict[str, Callable[[Sketch], None]] = {
    "silent call": silent_call,
    "film": film,
    "music": music,
    "lunch": lunch,
    "lock": lock,
    "reading in bursts": reading,
    "hang-up and leave": hang_up,
    "suspend": suspend,
    "lid": lid,
    "bumps": bumps,
    "phantom touches": phantom_touches,
}

BEFORE, AFTER, WITH_MUSIC = (15, 60), (15, 40), (30, 120)
"""Minutes of work before and after; before with music."""


def draw(family: str, number: int) -> Sketch:
    """Return one draw of a family. The same number gives the same draw."""
    s = Sketch(family, number)
    s.work(s.uniform("work before", *(WITH_MUSIC if family == "music" else BEFORE)) * MINUTE)
    begin = s.now
    FAMILIES[family](s)
    s.scenario = Stretch(begin, s.now)
    s.work(s.uniform("work after", *AFTER) * MINUTE)
    return s
