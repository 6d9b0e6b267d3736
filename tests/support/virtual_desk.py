"""A person at a computer on which slowrise runs: the real daemon with its files and its socket, in virtual time.

The hands, the notices and the clock are ours. The commands are the real ones, run in a thread while time stands still.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from slowrise.adapters.system.clock import RealClock
from slowrise.adapters.system.paths import Page, Paths, paths
from slowrise.adapters.system.resources import read_config
from slowrise.adapters.system.single_instance import SingleInstance
from slowrise.cli.main import commands
from slowrise.cli.views import i18n
from slowrise.config import config as c
from slowrise.daemon import app as composition
from slowrise.daemon.app import App
from slowrise.daemon.daemon import Parts
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from slowrise.messages.guidance import suggestion
from slowrise.ports.input import Emit, Sighting, Source
from slowrise.ports.notifier import GONE, AnswerKey, Notice, Notifier, OnAnswer

RESOLUTION = 15.0
LULL = 5.0
COLUMNS = 80


# -- hands -------------------------------------------------------------------------------------------------------------


class Hands:
    """A source: somebody who types and reads while at the desk, the same way in every run."""

    name = "hands"
    displays = ()
    unseen = ()
    resolution = RESOLUTION

    def __init__(self, clock: VirtualClock, seed: int) -> None:
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - simulation
        self._wanted = False
        self._here = asyncio.Event()
        self._gone = asyncio.Event()
        self._locks = False

    def sit_down(self) -> None:
        """Begin to use the keyboard."""
        self._gone.clear()
        self._here.set()

    def leave(self, *, locks: bool = False) -> None:
        """Take the hands off the keyboard. `locks`: lock the screen until the return."""
        self._here.clear()
        self._locks = locks
        self._gone.set()

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting lulls."""
        self._wanted = wanted

    async def watch(self, emit: Emit) -> None:
        """Emit input in bursts, with pauses to think and some to read, whenever the person is at the desk."""
        while True:
            await self._here.wait()
            emit(Sighting("active", self._clock.boot()))
            while True:
                await self._type()
                last = self._clock.boot()
                pause = inf if self._gone.is_set() else self._pause()
                await asyncio.sleep(min(pause, LULL))
                if pause >= LULL and self._wanted:
                    emit(Sighting("lull", self._clock.boot(), last))
                if pause > RESOLUTION:
                    await asyncio.sleep(RESOLUTION - LULL)
                    emit(Sighting("idle", self._clock.boot(), last))
                    await (self._return(emit) if pause == inf else asyncio.sleep(pause - RESOLUTION))
                    break
                await asyncio.sleep(max(pause - LULL, 0.0))

    async def _return(self, emit: Emit) -> None:
        """Wait until the person is back."""
        locks = self._locks
        if locks:
            emit(Sighting("locked", self._clock.boot()))
        await self._here.wait()
        if locks:
            emit(Sighting("unlocked", self._clock.boot()))

    async def _type(self) -> None:
        """Type for a while, or until the person leaves."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), self._chance.uniform(20.0, 240.0))

    def _pause(self) -> float:
        reads = self._chance.random() < 0.15
        return self._chance.uniform(30.0, 90.0) if reads else self._chance.uniform(3.0, 25.0)


# -- what the person sees and does -------------------------------------------------------------------------------------


@dataclass
class Shown:
    """A notice on the screen, and how it ended."""

    at: datetime
    notice: Notice
    ended: str = ""
    """`pressed`, `closed`, `withdrawn`, `replaced`, `expired`; empty while it is shown."""
    pressed: str = ""
    """The label of the button."""
    opened: str = ""
    """The page of the window that the button opened."""
    away_minutes: float = 0.0
    """How long the person left the desk because of it."""
    in_the_break: tuple[str, ...] = ()
    """What the window shows meanwhile."""


@dataclass
class Typed:
    """A command and what it printed."""

    at: datetime
    arguments: tuple[str, ...]
    output: str
    code: int


@dataclass
class Did:
    """Something that the program does not see, in words."""

    at: datetime
    what: str


Entry = Shown | Typed | Did


class Screen:
    """A notifier that keeps what it showed. `react` is called with each notice."""

    name = "screen"
    reports_end = True

    def __init__(self, clock: VirtualClock, entries: list[Entry], react: Callable[[Shown], None]) -> None:
        self._clock = clock
        self._entries = entries
        self._react = react
        self._shown: Shown | None = None
        self._pressed: Shown | None = None
        self._answer: OnAnswer = lambda _: None
        self._fading: asyncio.TimerHandle | None = None

    @property
    def shown(self) -> Shown | None:
        """The notice that is on the screen."""
        return self._shown

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show it in place of the one before."""
        self._end("replaced")
        shown = self._shown = Shown(self._clock.now().wall, notice)
        self._answer = answer
        self._entries.append(shown)
        if not notice.stays:
            loop = asyncio.get_running_loop()
            self._fading = loop.call_later(notice.seconds, self._expire)
        self._react(shown)

    async def withdraw(self) -> None:
        """Remove it."""
        self._end("withdrawn")

    async def close(self) -> None:
        """Do nothing: the screen goes dark with the computer."""

    def press(self, key: str) -> None:
        """Press the button of that key; `dismissed` closes the notice."""
        shown = self._shown
        if shown is None:
            raise AssertionError(f"no notice to press {key} on")
        labels = {button.key: button.label for button in shown.notice.buttons}
        shown.pressed = labels[key] if key != "dismissed" else ""
        self._end("pressed" if shown.pressed else "closed")
        self._pressed = shown
        self._answer(AnswerKey(key))

    def opened(self, page: str) -> None:
        """Note the page of the window that the press opened."""
        if self._pressed is None:
            raise AssertionError(f"the window opened on {page} by itself")
        self._pressed.opened = page

    def _expire(self) -> None:
        self._end("expired")
        self._answer(AnswerKey(GONE))

    def _end(self, how: str) -> None:
        if self._fading is not None:
            self._fading.cancel()
            self._fading = None
        if self._shown is not None:
            self._shown.ended, self._shown = how, None


class _Window:
    """Stands in for the launcher: notes which page a button opened."""

    can_report = True
    can_open_window = True

    def __init__(self, opened: Callable[[str], None]) -> None:
        self._opened = opened

    def open_report(self) -> None:
        """Note it."""
        self._opened("report")

    def open_window(self, page: Page, token: str = "") -> None:  # noqa: ARG002 - the launcher's
        """Note it."""
        self._opened(page)


@dataclass
class Desk:
    """The computer and the desk. Use it within the running loop."""

    loop: VirtualLoop
    clock: VirtualClock
    entries: list[Entry] = field(default_factory=list)
    react: Callable[[Shown], None] = lambda _: None

    def __post_init__(self) -> None:
        """Place the hands and the screen."""
        self.paths: Paths = paths()
        self.hands = Hands(self.clock, seed=30)
        self.screen = Screen(self.clock, self.entries, lambda shown: self.react(shown))  # noqa: PLW0108 - set later
        self._running: asyncio.Task[None] | None = None
        self._app: App | None = None
        self._instance: SingleInstance | None = None

    @property
    def now(self) -> datetime:
        """What the clock on the wall shows."""
        return self.clock.now().wall

    async def until(self, at: datetime) -> None:
        """Pass time."""
        await asyncio.sleep(max((at - self.now).total_seconds(), 0.0))

    async def switch_on(self) -> None:
        """Start the daemon as the desktop does after the login."""
        config = read_config(self.paths.config)
        self._instance = SingleInstance(self.paths.lock)
        ledger = composition.open_ledger(self.paths, _no_trouble)

        async def make_source(_: c.SourceSettings) -> Source:
            return self.hands

        async def make_notifier(_: c.NotificationSettings) -> Notifier:
            return self.screen

        parts = Parts(
            config=config,
            clock=self.clock,
            ledger=ledger,
            make_source=make_source,
            make_signals=(),
            make_notifier=make_notifier,
            read_config=lambda: read_config(self.paths.config),
        )
        window = _Window(self.screen.opened)
        with mock.patch.object(composition, "Launcher", return_value=window):
            monitor = composition.restore_monitor(ledger, self.clock, config)
            self._app = App(parts, self.screen, monitor, paths=self.paths)
        listening = asyncio.Event()

        async def listens() -> None:
            listening.set()

        self._running = asyncio.ensure_future(self._app.serve(self.hands, beside=listens))
        await listening.wait()

    async def switch_off(self) -> None:
        """Log out: the daemon ends in good order."""
        assert self._app
        assert self._running
        assert self._instance
        self.hands.leave()
        self._app.daemon.stop()
        await self._running
        self._instance.release()

    def window_in_the_break(self) -> tuple[str, ...]:
        """Return what the page "Get up slowly" shows once the user has stood up."""
        assert self._app
        status, guidance = self._app.requests.status(), self._app.daemon.notifications.guidance
        avoid = guidance.avoid.get(status.avoid)
        do = suggestion(status.suggestion, guidance, gently=status.gently)
        return (do, guidance.say("footer"), *((avoid.say,) if avoid else ()))

    async def type(self, *arguments: str, given: str = "") -> Typed:
        """Run a command while time stands still, and keep what it prints."""
        typed = Typed(self.now, arguments, "", 0)
        self.entries.append(typed)
        speed, self.loop.speed = self.loop.speed, 0.0
        try:
            run = partial(CliRunner(echo_stdin=True).invoke, prog_name="slowrise")
            # The output is read as it would go into a pipe, and yet the person can be asked.
            at_a_terminal = mock.patch("slowrise.cli.commands.symptom.is_terminal", return_value=True)
            # The loop would wait for a thread of its own in virtual time.
            with at_a_terminal, ThreadPoolExecutor(1) as thread:
                result = await self.loop.run_in_executor(thread, run, commands, list(arguments), given)
        finally:
            self.loop.speed = speed
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        typed.output, typed.code = result.output, result.exit_code
        return typed

    def configure(self, text: str) -> None:
        """Write the configuration file."""
        self.paths.config.parent.mkdir(parents=True, exist_ok=True)
        self.paths.config.write_text(text, encoding="utf-8")


def _no_trouble(text: str) -> None:
    raise AssertionError(text)


@contextmanager
def desk(start: datetime, locale: str, zone: str) -> Iterator[tuple[VirtualLoop, VirtualClock]]:
    """Yield a loop and a clock that begins at `start`, for a user with a home. The commands see the clock."""
    home = Path(tempfile.mkdtemp(prefix="sr-"))
    loop = VirtualLoop()
    clock = VirtualClock(loop, start)
    try:
        with (
            mock.patch.dict(os.environ, _environment(home, locale, zone), clear=True),
            mock.patch.object(RealClock, "now", side_effect=clock.now),
            mock.patch.object(RealClock, "boot", side_effect=clock.boot),
            _language_read_again(),
        ):
            yield loop, clock
    finally:
        loop.close()
        _language_read_again_now()
        shutil.rmtree(home, ignore_errors=True)


def _environment(home: Path, locale: str, zone: str) -> dict[str, str]:
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
        "LANG": locale,
        "TZ": zone,
        "COLUMNS": str(COLUMNS),
    }


@contextmanager
def _language_read_again() -> Iterator[None]:
    _language_read_again_now()
    yield


def _language_read_again_now() -> None:
    time.tzset()
    i18n.language.cache_clear()
