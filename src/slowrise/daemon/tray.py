"""What the icon in the panel says and does: the status becomes an icon, two lines and a menu; an entry a request.

Anybody who passes by can read a panel, so nothing of this says how the user's back is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import NamedTuple, Protocol
from unicodedata import east_asian_width

from slowrise.adapters.system.paths import Page
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_move, asks_to_stand_up
from slowrise.daemon.requests import PAUSE, Requests
from slowrise.daemon.status import Status, status_of
from slowrise.daemon.supervisor import Supervisor, Watchable
from slowrise.messages.guidance import Guidance
from slowrise.ports.tray import Entry, IconName, Look

_ICONS: dict[str, IconName] = {"sitting": "sitting", "standing": "standing", "away": "away", "unobserved": "paused"}

log = logging.getLogger(__name__)


class Here(NamedTuple):
    """What decides which entries the menu has, besides the status."""

    has_window: bool
    has_desk: bool
    """Whether the desk can be raised."""
    comes_back: bool
    """Whether slowrise starts again with the next login."""


def look_of(status: Status, guidance: Guidance, now: datetime) -> Look:
    """Return what the panel shows: times of day, which stay right while nobody touches them.

    The next reminder is in the menu only. Its time is another one after many a pause, and each would wake the panel.
    """
    return Look(
        icon="due" if _is_due(status) and not status.paused_until else _ICONS[status.state],
        title=_title(status, guidance, now),
        more=_more(status, guidance),
        urgent=status.unread,
    )


def _title(status: Status, guidance: Guidance, now: datetime) -> str:
    if status.paused_until:
        return _paused(status.paused_until, guidance, now)
    if status.state == "unobserved":
        return guidance.say("tray-not-watching")
    return guidance.say(f"tray-{status.state}-since", time=_time(status.since))


def _more(status: Status, guidance: Guidance) -> str:
    if status.unread:
        return guidance.say("tray-read")
    if status.paused_until or status.state == "unobserved":
        return ""
    if _is_due(status):
        return guidance.say("tray-due")
    if status.held_until:
        return guidance.say("tray-quiet", time=_time(status.held_until))
    if status.why_waiting == "a call":
        return guidance.say("tray-call")
    return ""


def menu_of(status: Status, guidance: Guidance, now: datetime, here: Here) -> tuple[Entry, ...]:
    """Return the menu: how it stands, and what the user can do about it."""
    say = guidance.say
    first = [Entry("read", say("tray-read"))] if status.unread else []
    now_ = [Entry("now", _headline(status, guidance, now), enabled=False)]
    window = [Entry(page, say(f"tray-{page}")) for page in ("back", "today", "settings")] if here.has_window else []
    leave = [Entry("quit", say("tray-quit-login" if here.comes_back else "tray-quit"))]
    groups = [first, now_, list(_postures(status, guidance, here)), list(_quiet(status, guidance)), window, leave]
    return _with_lines(groups)


def _postures(status: Status, guidance: Guidance, here: Here) -> Iterator[Entry]:
    if status.paused_until:
        return
    stands = status.state == "standing"
    if not stands:
        yield Entry("getting-up", guidance.say("tray-getting-up"))
    if here.has_desk and stands:
        yield Entry("sitting", guidance.say("tray-sitting-again"))
    elif here.has_desk:
        yield Entry("standing", guidance.say("tray-at-desk"))


def _quiet(status: Status, guidance: Guidance) -> Iterator[Entry]:
    length = format_duration(PAUSE, guidance.units)
    if status.paused_until:
        yield Entry("resume", guidance.say("tray-resume"))
    else:
        if status.held_until:
            yield Entry("resume", guidance.say("tray-remind"))
        else:
            yield Entry("hold", guidance.say("tray-hold", length=length))
        yield Entry("pause", guidance.say("tray-pause", length=length))
        yield Entry("pause-day", guidance.say("tray-pause-day"))


def _with_lines(groups: list[list[Entry]]) -> tuple[Entry, ...]:
    """Return the entries of all groups, with a line between two."""
    found: list[Entry] = []
    for number, group in enumerate(group for group in groups if group):
        if found:
            found.append(Entry(f"line-{number}", ""))
        found += group
    return tuple(found)


def _headline(status: Status, guidance: Guidance, now: datetime) -> str:
    """Return how it stands, with lengths: a menu is read when it opens."""
    say = guidance.say
    if status.paused_until:
        return _paused(status.paused_until, guidance, now)
    if status.state == "unobserved":
        return say("tray-not-watching")
    stands = say(f"tray-{status.state}", length=_minutes(status.seconds, guidance))
    if _is_due(status):
        return say("tray-now-due", now=stands)
    if status.held_until:
        return say("tray-now-quiet", now=stands, time=_time(status.held_until))
    if status.why_waiting == "a call":
        return say("tray-now-call", now=stands)
    upcoming = _announced(status)
    if upcoming is None:
        return stands + _room(say("tray-next", now="", length=_minutes(10 * MINUTE, guidance)))
    wait = (datetime.fromisoformat(upcoming) - now).total_seconds()
    return say("tray-next", now=stands, length=_minutes(wait, guidance))


def _room(text: str) -> str:
    """Return no-break spaces about as wide as the text. GTK opens a menu as wide as when it was last read.

    A panel is not told when the time of the next reminder becomes known, so its room is kept.
    """
    return "\N{NO-BREAK SPACE}" * sum(4 if east_asian_width(letter) == "W" else 2 for letter in text)


def _is_due(status: Status) -> bool:
    """Whether a prompt to stand up is shown, as far as is known, and still holds."""
    return status.state == "sitting" and status.showing is not None and asks_to_stand_up(status.showing)


def _announced(status: Status) -> str | None:
    """Return the time of the next prompt if it asks the user to move, and the user is at the desk.

    None too while the red flags wait to be read, which keep prompts waiting, and in a break that the user announced.
    """
    is_free = status.state != "away" and not status.unread and status.break_until is None
    is_for_user = is_free and status.next_kind is not None and asks_to_move(status.next_kind)
    return status.next_prompt if is_for_user else None


def _paused(until: str, guidance: Guidance, now: datetime) -> str:
    is_today = datetime.fromisoformat(until).date() == now.date()
    return guidance.say("tray-paused" if is_today else "tray-paused-day", time=_time(until))


def _minutes(seconds: float, guidance: Guidance) -> str:
    """Return the length in whole minutes, at least one."""
    return format_duration(max(seconds, 60.0), guidance.units)


def _time(label: str) -> str:
    return f"{datetime.fromisoformat(label):%H:%M}"


class DaemonContent:
    """The content for one daemon: the icon shows its status, and the entries are requests to it."""

    def __init__(self, requests: Requests, *, comes_back: Callable[[], bool]) -> None:
        """`comes_back`: whether slowrise starts again with the next login."""
        self._requests = requests
        self._daemon = requests.daemon
        self._comes_back = comes_back
        self._acts: dict[str, Callable[[], object]] = {
            "standing": partial(requests.declare, standing=True),
            "sitting": partial(requests.declare, standing=False),
            "hold": partial(requests.hold, PAUSE),
            "pause": partial(self._daemon.pause, PAUSE),
            "pause-day": lambda: self._daemon.pause(self._until_tomorrow()),
            "resume": requests.resume,
            "quit": self._daemon.stop,
        }
        """What each entry does that opens no window."""

    def look(self) -> Look:
        """Return what the panel shows."""
        return look_of(status_of(self._daemon, summed=False), self._daemon.notifications.guidance, self._daemon.now())

    def menu(self) -> tuple[Entry, ...]:
        """Return the menu as it is now."""
        here = Here(self.opens, self._daemon.parts.config.standing_desk.have, self._comes_back())
        status = status_of(self._daemon, summed=False)
        return menu_of(status, self._daemon.notifications.guidance, self._daemon.now(), here)

    @property
    def opens(self) -> bool:
        """Whether there is a window to open."""
        return self._requests.open_window is not None

    def open(self, token: str) -> None:
        """Open the window; on the red flags if they wait to be read."""
        self._show("back" if self._daemon.notifications.is_unread else "today", token)

    def choose(self, key: str, token: str) -> None:
        """Carry out an entry."""
        log.info("chosen in the panel: %s", key)
        self._daemon.check_clock()
        if (act := self._acts.get(key)) is not None:
            act()
        else:
            self._open(key, token)

    def _open(self, key: str, token: str) -> None:
        """Carry out an entry that opens the window."""
        match key:
            case "read" if self.opens:
                self._show("back", token)
            case "read":
                self._daemon.notifications.inform("red-flag")
            case "getting-up":
                self._requests.acknowledge()
                self._show("getup", token)
            case "back" | "today" | "settings":
                self._show(key, token)

    def _show(self, page: Page, token: str) -> None:
        if self._requests.open_window is not None:
            self._requests.open_window(page, token)

    def _until_tomorrow(self) -> float:
        """Return the seconds until the next day begins."""
        now = self._daemon.stamp()
        midnight = datetime.combine(now.date(), time(), now.tzinfo)
        begins = midnight + timedelta(seconds=self._daemon.parts.config.day_starts)
        return ((begins if begins > now else begins + timedelta(days=1)) - now).total_seconds()


class Icon(Watchable, Protocol):
    """An icon in the panel."""

    async def reach(self) -> None:
        """Raise `Unavailable` if nothing here can take icons. A panel may still come."""

    def refresh(self) -> None:
        """Show what looks different now."""


class Tray:
    """Keeps an icon in the panel as long as the settings want one. Use it within the running loop."""

    def __init__(self, make: Callable[[], Icon]) -> None:
        """`make` returns a new icon."""
        self._make = make
        self._icon: Icon | None = None
        self._supervisor: Supervisor | None = None
        self._running: asyncio.Task[None] | None = None

    def look(self, *, wanted: bool) -> None:
        """Begin or end if the settings have changed, and show what looks different now. Never raises."""
        if wanted is (self._running is None):
            self._begin_or_end(wanted=wanted)
        elif self._icon is not None:
            try:
                self._icon.refresh()
            except Exception:
                log.exception("the icon in the panel failed; this is a bug")

    def _begin_or_end(self, *, wanted: bool) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = self._icon = None
        if wanted:
            self._icon = icon = self._make()
            self._supervisor = Supervisor("the icon in the panel", partial(_made, icon), lambda _: None)
            self._running = asyncio.ensure_future(self._supervisor.run())

    def try_now(self) -> None:
        """Show the icon at once if a panel has come."""
        if self._supervisor is not None:
            self._supervisor.try_now()

    async def close(self) -> None:
        """Remove the icon."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


async def _made(icon: Icon) -> Watchable:
    await icon.reach()
    return icon
