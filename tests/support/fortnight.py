"""A fortnight with slowrise: what a made-up person with a calcified disc does, day by day, as a script.

`play` plays it through the real daemon, in either language. `fortnight_page.py` writes it down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, NamedTuple

from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_stand_up
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from support.virtual_desk import Desk, Did, Entry, Shown, desk

Language = Literal["en", "ko"]

FIRST = date(2026, 3, 2)
HOMES: dict[Language, tuple[str, str, timezone]] = {
    "en": ("en_GB.UTF-8", "Europe/London", timezone(timedelta())),
    "ko": ("ko_KR.UTF-8", "Asia/Seoul", timezone(timedelta(hours=9))),
}
"""Where she lives: the locale, the time zone and its offset in March."""

REACTS_AFTER = 40.0
"""Seconds from a notice to what she does about it."""
ENTER = "\n"
BREAKS = (6.0, 4.0, 8.0, 5.0)
"""Minutes of the breaks that she takes when she is reminded, in turn."""


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    ko: str

    def in_(self, language: Language) -> str:
        """Return it in one of them."""
        return self.en if language == "en" else self.ko


Played = list[tuple[date, list[Entry]]]
"""What she saw and did on each day."""
Step = Callable[["Person"], Awaitable[None]]


class Day(NamedTuple):
    """A day: what it is about, and what she does at which time."""

    about: Words
    steps: tuple[tuple[str, Step], ...] = ()
    breaks: bool = False
    """Whether the page repeats what the window said in breaks on earlier days."""


@dataclass
class Person:
    """She sits down, gets up, reads and answers."""

    desk: Desk
    language: Language
    heeds: bool = True
    """Whether she gets up when she is reminded."""
    answers: dict[str, str] = field(default_factory=dict)
    """The button that she presses on a notice, by its kind."""
    _breaks: int = 0
    _moves: int = 0
    _reactions: set[asyncio.Task[None]] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)
    """What went wrong while she reacted."""

    def sit_down(self) -> None:
        """Use the computer."""
        self._moves += 1
        self.desk.hands.sit_down()

    def leave(self, *, locks: bool = False) -> None:
        """Leave the desk. `locks`: lock the screen before."""
        self._moves += 1
        self.desk.hands.leave(locks=locks)

    def react(self, shown: Shown) -> None:
        """Do in a moment what a notice brings her to do."""
        if shown.notice.kind in self.answers:
            self._soon(self._answer(shown, self.answers[shown.notice.kind]))
        elif asks_to_stand_up(shown.notice.kind) and self.heeds:
            self._soon(self._get_up(shown))

    async def _answer(self, shown: Shown, key: str) -> None:
        await asyncio.sleep(REACTS_AFTER)
        if self.desk.screen.shown is shown:
            self.desk.screen.press(key)

    async def _get_up(self, shown: Shown) -> None:
        await self._answer(shown, "standing-up")
        if not shown.pressed:
            return
        moves = self._moves
        await asyncio.sleep(REACTS_AFTER)  # she reads the steps, and follows them
        if moves != self._moves:
            return  # lunch came first
        shown.away_minutes = BREAKS[self._breaks % len(BREAKS)]
        self._breaks += 1
        self.leave()
        moves = self._moves
        await asyncio.sleep(MINUTE)
        if shown.opened == "getup":
            shown.in_the_break = self.desk.window_in_the_break()
        await asyncio.sleep(MINUTE * (shown.away_minutes - 1.0))
        if moves == self._moves:
            self.sit_down()

    def _soon(self, reaction: Awaitable[None]) -> None:
        task = asyncio.ensure_future(reaction)
        self._reactions.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._reactions.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed.append(error)

    def finish(self) -> None:
        """Drop what she was about to do. Raises what went wrong with what she did."""
        for task in self._reactions:
            task.cancel()
        if self.failed:
            raise ExceptionGroup("she could not react", [e for e in self.failed if isinstance(e, Exception)])


# -- what she can do ---------------------------------------------------------------------------------------------------


async def comes(she: Person) -> None:
    """Log in and begin to work."""
    await she.desk.switch_on()
    she.sit_down()


async def goes(she: Person) -> None:
    """Log out."""
    she.leave()
    await asyncio.sleep(20)
    await she.desk.switch_off()


async def sits(she: Person) -> None:
    """Sit down at the desk."""
    she.sit_down()


async def leaves(she: Person) -> None:
    """Lock the screen and leave the desk."""
    she.leave(locks=True)


async def heeds(she: Person) -> None:
    """From now on, get up when reminded."""
    she.heeds = True


async def ignores(she: Person) -> None:
    """From now on, sit on when reminded."""
    she.heeds = False


def types(*arguments: str, given: str = "") -> Step:
    """Run a command. `given`: what she types while it runs."""

    async def step(she: Person) -> None:
        await she.desk.type(*arguments, given=given)

    return step


def symptom(kind: str, side: str, level: int) -> Step:
    """Log a symptom, and press Enter if the command asks for it."""
    return types("symptom", kind, "--side", side, "--level", str(level), given=ENTER)


def presses(key: str) -> Step:
    """Press a button of the notice that is shown."""

    async def step(she: Person) -> None:
        she.desk.screen.press(key)

    return step


def answers(**keys: str) -> Step:
    """From now on, press these buttons on notices of these kinds."""

    async def step(she: Person) -> None:
        she.answers |= {kind.replace("_", "-"): key for kind, key in keys.items()}

    return step


def configures(text: str) -> Step:
    """Change the configuration file."""

    async def step(she: Person) -> None:
        she.desk.configure(text)

    return step


def does(what: Words) -> Step:
    """Do something that the program does not see."""

    async def step(she: Person) -> None:
        she.desk.entries.append(Did(she.desk.now, what.in_(she.language)))

    return step


WORKDAY = (("09:00", comes), ("12:15", leaves), ("13:00", sits), ("18:10", goes))
LOOKS_BACK = ("18:09", types("summary"))

DAYS: tuple[Day, ...] = (
    Day(
        Words(
            "Her first day with slowrise. She gets up when it reminds her.",
            "slowrise를 처음 쓰는 날입니다. 알림이 오면 일어납니다.",
        ),
        (*WORKDAY, ("09:05", types("stand-up", "--all")), ("14:00", types("guidance")), LOOKS_BACK),
    ),
    Day(
        Words(
            "In the morning she drives to a customer and back. In the afternoon somebody visits her, and then she is "
            "busy and sits on.",
            "아침에 차로 거래처에 다녀옵니다. 오후에는 손님이 찾아오고, 그 뒤로는 바빠서 계속 앉아 있습니다.",
        ),
        (
            ("11:30", comes),
            ("11:31", types("drive", "2h")),
            ("13:00", leaves),
            ("13:40", sits),
            ("14:00", types("hold", "45m")),
            ("15:00", ignores),
            ("15:50", types("stand-up", "--seated")),
            ("16:20", presses("snooze")),
            ("16:55", leaves),
            ("17:05", sits),
            ("17:06", heeds),
            ("18:10", goes),
        ),
    ),
    Day(
        Words(
            "The first symptom: numb toes on the left. In the afternoon her back aches a little.",
            "첫 증상이 나타납니다. 왼쪽 발가락에 감각이 없습니다. 오후에는 허리가 조금 아픕니다.",
        ),
        (
            *WORKDAY,
            ("10:15", symptom("numbness", "left", 3)),
            ("15:45", types("symptom", "pain", "--level", "2", given=ENTER)),
            LOOKS_BACK,
        ),
    ),
    Day(
        Words(
            "Now it also hurts from the hip down the left leg. In the afternoon she sits on, and is numb again.",
            "이제 왼쪽 엉덩이에서 다리로 내려가는 통증도 있습니다. 오후에는 계속 앉아 있다가 발가락이 다시 저립니다.",
        ),
        (
            *WORKDAY,
            ("10:40", symptom("radiating-pain", "left", 4)),
            ("15:25", ignores),
            ("16:35", symptom("numbness", "left", 3)),
            ("16:36", heeds),
        ),
    ),
    Day(
        Words("The pain is bad. She turns flare-up mode on.", "많이 아픕니다. 악화기 설정을 켭니다."),
        (*WORKDAY, ("09:50", symptom("radiating-pain", "left", 7)), ("09:55", types("flare-up", "on")), LOOKS_BACK),
        breaks=True,
    ),
    Day(
        Words("She writes letters for an hour.", "한 시간쯤 편지를 씁니다."),
        (("10:00", comes), ("10:00:40", presses("goes-on")), ("11:10", goes)),
    ),
    Day(Words("The computer stays off.", "컴퓨터를 켜지 않습니다.")),
    Day(
        Words(
            "Day four of the flare-up. At lunch she speaks to her clinician, who now knows of all symptoms so far.",
            "악화기 나흘째입니다. 점심때 담당 의료진과 이야기합니다. 의료진도 지금까지의 증상을 모두 알게 됩니다.",
        ),
        (
            *WORKDAY,
            ("09:00:40", presses("goes-on")),
            ("12:14", types("summary", "last-week")),
            ("12:20", does(Words("She calls her clinician.", "담당 의료진에게 전화합니다."))),
            ("13:05", types("flare-up", "told")),
            ("13:06", types("symptom", "--known", given=ENTER)),
            ("16:00", symptom("numbness", "left", 3)),
        ),
    ),
    Day(
        Words(
            "She feels better and ends the flare-up mode. She eats at the desk, and tells slowrise. Her back does not "
            "ache.",
            "나아져서 악화기 설정을 끕니다. 점심을 책상에서 먹었다고 알려 줍니다. 허리는 아프지 않습니다.",
        ),
        (
            *WORKDAY,
            ("09:30", types("flare-up", "off")),
            ("13:05", types("was", "sitting", "--from", "12:16", "--to", "12:40")),
            ("16:30", types("symptom", "pain", "--level", "0")),
        ),
    ),
    Day(
        Words(
            "Recovery. Then both feet tingle. She closes the terminal without reading, and logs out for lunch.",
            "회복기입니다. 그런데 양쪽 발이 찌릿합니다. 읽지 않고 터미널을 닫은 뒤, 점심때 로그아웃합니다.",
        ),
        (
            ("09:00", comes),
            ("11:40", types("symptom", "odd-sensation", "--side", "both", "--level", "2")),
            ("12:15", goes),
            ("13:00", comes),
            ("13:04", types("red-flags", "--read")),
            (
                "13:10",
                does(
                    Words(
                        "She calls her clinician, who sees her in the evening.",
                        "담당 의료진에게 전화합니다. 저녁에 진료를 받습니다.",
                    )
                ),
            ),
            ("16:30", symptom("odd-sensation", "both", 2)),
            LOOKS_BACK,
            ("18:10", goes),
        ),
    ),
    Day(
        Words(
            "She has a standing desk now, goes back to the standard limits early, and stands a lot.",
            "높이 조절 책상이 왔습니다. 표준 설정으로 일찍 돌아가고, 오래 서서 일합니다.",
        ),
        (
            *WORKDAY,
            ("09:01", types("profile", "standard")),
            ("09:02", configures("[standing_desk]\nhave = true\n")),
            ("09:03", types("reload")),
            ("09:04", answers(standing_question="standing")),
            ("09:10", types("standing")),
            ("10:05", types("sitting")),
            ("13:10", types("standing")),
            ("14:35", types("sitting")),
            ("16:00", types("standing")),
            ("16:50", types("sitting")),
            LOOKS_BACK,
        ),
        breaks=True,
    ),
    Day(
        Words(
            "Her left leg feels weak on the way to the desk. In the afternoon she is numb between the legs.",
            "책상으로 걸어올 때 왼쪽 다리에 힘이 빠집니다. 오후에는 다리 사이에 감각이 없습니다.",
        ),
        (
            ("09:00", comes),
            ("09:10", symptom("weakness", "left", 2)),
            ("12:15", leaves),
            ("13:00", sits),
            ("15:00", types("symptom", "saddle", given="3\n" + ENTER)),
            ("15:01", does(Words("She calls the number.", "그 번호로 전화합니다."))),
            ("15:02", goes),
        ),
        breaks=True,
    ),
    Day(Words("The computer stays off.", "컴퓨터를 켜지 않습니다.")),
    Day(
        Words("She is at home again, and looks back on the week.", "다시 집입니다. 한 주를 돌아봅니다."),
        (("19:00", comes), ("19:05", types("summary", "week")), ("19:20", goes)),
    ),
)


async def _live(she: Person) -> Played:
    played = []
    for number, day in enumerate(DAYS):
        today = FIRST + timedelta(days=number)
        for at, step in sorted(day.steps, key=lambda step: step[0]):
            await she.desk.until(datetime.combine(today, time.fromisoformat(at), she.desk.now.tzinfo))
            await step(she)
        played.append((today, list(she.desk.entries)))
        she.desk.entries.clear()
    she.finish()
    return played


@contextmanager
def home(language: Language) -> Iterator[tuple[VirtualLoop, VirtualClock]]:
    """Yield a loop and a clock, in the place where she lives."""
    locale, zone, offset = HOMES[language]
    with desk(datetime.combine(FIRST, time(8), offset), locale, zone) as (loop, clock):
        yield loop, clock


def play(language: Language) -> Played:
    """Play the fortnight."""
    with home(language) as (loop, clock), asyncio.Runner(loop_factory=lambda: loop) as runner:

        async def live() -> Played:
            place = Desk(loop, clock)
            she = Person(place, language)
            place.react = she.react
            return await _live(she)

        return runner.run(live())
