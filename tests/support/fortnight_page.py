"""Writes the fortnight down for a reader: `docs/fortnight.md` and `docs/fortnight.ko.md`.

The end of each page says where the user saw each statement of the article. That is found in what was shown, by the
sources of its sentences, so it cannot differ from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from slowrise.adapters.system.resources import read_guidance
from slowrise.messages.guidance import Guidance
from support import PROJECT
from support.fortnight import DAYS, Language, Played, Words, home, play
from support.virtual_desk import Did, Entry, Shown, Typed

PAGES: dict[Language, Path] = {"en": PROJECT / "docs/fortnight.md", "ko": PROJECT / "docs/fortnight.ko.md"}
MOST = 2
"""Sentences that the table names for each statement."""
LONGEST = 90
"""Characters of such a sentence."""
SHORTEST = {"en": 10, "ko": 6}
"""Characters of the shortest sentence that is looked for: a shorter one would be found within others."""
LEFT_OUT = ("sides", "original")
"""Tables of the guidance that are not looked for: words within sentences, and the English beside a translation."""
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

UNSEEN: dict[str, Words] = {}
"""Why she does not see a statement, unless the guidance has the reason why nothing is said of it."""


class Labels(NamedTuple):
    """The words of the page itself."""

    head: str
    day: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    notice: str
    presses: str
    closes: str
    away: str
    window: str
    pages: Mapping[str, str]
    types: str
    failed: str
    red_flags: str
    cut: str
    alike: str
    table: str
    never: str
    place: str


ENGLISH = Labels(
    head="""\
<!-- `make documents` writes this page; tests/support/fortnight.py has the script. -->

# A fortnight with slowrise

[한국어](fortnight.ko.md)

What one user sees in two weeks, for clinicians and for everybody else who wants to judge what slowrise says to people.

She is made up: she has a calcified disc and works at home, at a computer. Her hands and the clock are simulated. All
else is real: the program with its record and settings, its reminders, and the commands that she types in a terminal.
The window says the same things; here only the names of its pages appear.

A *notice* is what appears on the screen, with its buttons in brackets. Behind an arrow is what she does, and in
parentheses what the window says in the break. Whatever is long or comes again is printed once. The
[last part](#the-article-statement-by-statement) says where she saw each statement of the article that slowrise serves.
""",
    day="{weekday} {day} {month}",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=("January", "February", "March"),
    notice="notice",
    presses="presses *{button}*",
    closes="closes it",
    away="is away for {minutes} min",
    window="the window opens: {page}",
    pages={
        "getup": "Get up slowly",
        "back": "How is my back?",
        "today": "Today",
        "welcome": "Welcome",
        "report": "the report",
    },
    types="types",
    failed="exit code {code}",
    red_flags="[the red flags, in full as on {when}]",
    cut="[and {lines} more lines]",
    alike="alike at {times}",
    table="""\
## The article, statement by statement

Where she saw sentences that rest on the statement: the first two of them, and on how many days she saw any.

| | statement | seen | days |
| --- | --- | --- | --- |
""",
    never="not seen: {why}",
    place="{when}, {where}: “{words}”",
)
KOREAN = ENGLISH._replace(
    head="""\
<!-- `make documents` writes this page; tests/support/fortnight.py has the script. -->

# slowrise와 함께한 두 주

[English](fortnight.md)

한 사용자가 두 주 동안 보는 것을 적었습니다. slowrise가 사람들에게 하는 말을 살펴보려는 의료진과 다른 분들을
위한 것입니다.

이 사용자는 지어낸 인물입니다. 추간판에 석회화가 있고, 집에서 컴퓨터로 일합니다. 손의 움직임과 시계는 흉내 낸
것입니다. 나머지는 모두 실제입니다. 기록과 설정을 가진 프로그램, 알림, 터미널에 입력하는 명령이 그렇습니다. 창도
같은 말을 합니다. 여기에는 창의 페이지 이름만 적습니다.

*알림*은 화면에 나타나는 것이고, 단추는 대괄호 안에 있습니다. 화살표 뒤는 사용자가 하는 일이고, 괄호 안은 쉬는 동안
창이 하는 말입니다. 길거나 되풀이되는 것은 한 번만 적습니다. [마지막 부분](#글의-내용-하나하나)에는 slowrise의 바탕이
된 글의 내용을 각각 어디에서 보았는지 적었습니다.
""",
    day="{month} {day}일 {weekday}",
    weekdays=("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
    months=("1월", "2월", "3월"),
    notice="알림",
    presses="*{button}* 누름",
    closes="닫음",
    away="{minutes}분 동안 자리를 비움",
    window="창이 열림: {page}",
    pages={
        "getup": "천천히 일어나기",
        "back": "허리는 어떠세요?",
        "today": "오늘",
        "welcome": "시작",
        "report": "보고서",
    },
    types="입력",
    failed="종료 코드 {code}",
    red_flags="[위험 신호 전부. {when}과 같음]",
    cut="[그리고 {lines}줄 더]",
    alike="같은 알림: {times}",
    table="""\
## 글의 내용 하나하나

각 내용에 바탕을 둔 문장을 본 때(처음 두 문장)와, 본 날의 수입니다.

| | 내용 | 본 때 | 날 |
| --- | --- | --- | --- |
""",
    never="보지 않음: {why}",
    place="{when}, {where}: “{words}”",
)
LABELS: dict[Language, Labels] = {"en": ENGLISH, "ko": KOREAN}


class Seen(NamedTuple):
    """A piece of text on the page, and when and where it was seen."""

    at: datetime
    when: str
    where: str
    text: str


class Writer:
    """Writes the days one after another. It knows what was printed in full before."""

    def __init__(self, language: Language, guidance: Guidance) -> None:
        self._language: Language = language
        self._labels = LABELS[language]
        self._about = [day.about.in_(language) for day in DAYS]
        self._head = _squeezed(guidance.red_flags.head)
        self._warning = frozenset(_squeezed(line) for line in guidance.emergency.splitlines() if line.strip())
        self._told: set[str] = set()
        """What the window said in breaks before."""
        self._warned = ""
        """When the red flags were printed in full."""
        self.seen: list[Seen] = []

    def day(self, number: int, day: date, entries: list[Entry]) -> Iterator[str]:
        """Yield the lines of a day."""
        yield f"\n## {self._name(day)}\n\n{self._about[number]}\n"
        if DAYS[number].breaks:
            self._told.clear()
        for alike in _grouped(entries):
            first, *others = alike
            match first:
                case Shown():
                    yield f"- **{first.at:%H:%M}** {self._notice(first)}{self._break(first)}"
                    if others:
                        times = (f"{each.at:%H:%M}{self._break(each)}" for each in others)
                        yield "  - " + self._labels.alike.format(times=", ".join(times))
                case Typed():
                    yield from self._command(first)
                case Did():
                    yield f"- **{first.at:%H:%M}** {first.what}"

    def _notice(self, shown: Shown) -> str:
        notice = shown.notice
        self._see(shown.at, self._labels.notice, f"{notice.title} {notice.body}")
        buttons = "".join(f" [{button.label}]" for button in notice.buttons)
        body = " ".join(notice.body.replace(NO_BREAK_SPACE, " ").split())
        did = []
        if shown.pressed:
            did.append(self._labels.presses.format(button=shown.pressed))
        if shown.ended == "closed":
            did.append(self._labels.closes)
        if shown.opened:
            did.append(self._labels.window.format(page=self._labels.pages[shown.opened]))
        if shown.away_minutes:
            did.append(self._labels.away.format(minutes=f"{shown.away_minutes:g}"))
        then = f" → {', '.join(did)}" if did else ""
        return f"{self._labels.notice}: **{notice.title}** {body}{buttons}{then}"

    def _break(self, shown: object) -> str:
        """Return what the window says in the break that followed, as far as it is new."""
        if not (isinstance(shown, Shown) and shown.in_the_break):
            return ""
        new = [words for words in shown.in_the_break if words not in self._told]
        self._told.update(new)
        self._see(shown.at, self._labels.pages["getup"], " ".join(shown.in_the_break))
        return f" (“{' '.join(new)}”)" if new else ""

    def _command(self, typed: Typed) -> Iterator[str]:
        command = " ".join(("slowrise", *typed.arguments))
        lines = list(self._shortened(typed))
        self._see(typed.at, f"`{command}`", "\n".join(lines))
        head = f"- **{typed.at:%H:%M}** {self._labels.types} `{command}`"
        if typed.code:
            head += f" ({self._labels.failed.format(code=typed.code)})"
        if len(lines) == 1:
            yield f"{head} → {lines[0]}"
        else:
            yield "\n".join((head + "\n", "  ```text", *(f"  {line}".rstrip() for line in lines), "  ```\n"))

    def _see(self, at: datetime, where: str, words: str) -> None:
        self.seen.append(Seen(at, self._when(at), where, _squeezed(words)))

    def _when(self, at: datetime) -> str:
        return f"{self._name(at.date())}, {at:%H:%M}"

    def _shortened(self, typed: Typed) -> Iterator[str]:
        """Yield the lines that are printed: the red flags in full the first time, and the head of the long page."""
        lines = typed.output.replace(NO_BREAK_SPACE, " ").rstrip().splitlines()
        rest: list[str] = []
        if typed.arguments == ("guidance",):
            end = [number for number, line in enumerate(lines) if not line.strip()][1]
            lines, rest = lines[:end], lines[end:]
        if self._warned:
            lines = list(self._without_red_flags(lines))
        elif any(_squeezed(line) == self._head for line in lines):
            self._warned = self._when(typed.at)
        yield from lines
        if rest:
            yield self._labels.cut.format(lines=len(rest))

    def _without_red_flags(self, lines: list[str]) -> Iterator[str]:
        """Yield the lines with one line in place of the red flags."""
        flags = [number for number, line in enumerate(lines) if _squeezed(line) in self._warning]
        flags = flags if any(_squeezed(line) == self._head for line in lines) else []
        for number, line in enumerate(lines):
            if number in flags[:1]:
                yield self._labels.red_flags.format(when=self._warned)
            if not flags or not flags[0] <= number <= flags[-1]:
                yield line

    def _name(self, day: date) -> str:
        labels = self._labels
        weekday, month = labels.weekdays[day.weekday()], labels.months[day.month - 1]
        return labels.day.format(weekday=weekday, day=day.day, month=month)

    def table(self, guidance: Guidance, sentences: Sequence[Sentence]) -> Iterator[str]:
        """Yield the table of the statements."""
        yield "\n" + self._labels.table.rstrip()
        for name, statement in guidance.statements.items():
            found = list(self._found([sentence for sentence in sentences if name in sentence.statements]))
            firsts = {sentence: (seen, match) for seen, sentence, match in reversed(found)}
            inorder = sorted(firsts.values(), key=lambda first: (first[0].at, first[1].start()))
            places = [self._place(seen, match[0]) for seen, match in inorder[:MOST]]
            days = len({seen.at.date() for seen, *_ in found}) or ""
            yield f"| {name} | {statement.says} | {'<br>'.join(places) or self._why_not(name, guidance)} | {days} |"

    def _found(self, sentences: Sequence[Sentence]) -> Iterator[tuple[Seen, Sentence, re.Match[str]]]:
        """Yield each piece of text that has one of these sentences, with the sentence and where it is there."""
        for seen in self.seen:
            for sentence in sentences:
                if match := re.search(sentence.pattern, seen.text):
                    yield seen, sentence, match

    def _place(self, seen: Seen, words: str) -> str:
        shortened = words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"
        return self._labels.place.format(when=seen.when, where=seen.where, words=shortened)

    def _why_not(self, name: str, guidance: Guidance) -> str:
        said = guidance.statements[name].not_said or UNSEEN[name].in_(self._language)
        return self._labels.never.format(why=said)


def page(language: Language, played: Played) -> str:
    """Return the fortnight as a page."""
    guidance = guidance_in(language)
    writer = Writer(language, guidance)
    lines = [LABELS[language].head.rstrip()]
    for position, (day, entries) in enumerate(played):
        lines += writer.day(position, day, entries)
    lines += writer.table(guidance, sentences_of(guidance, language))
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def guidance_in(language: Language) -> Guidance:
    """Return the guidance as she has it."""
    with home(language):
        return read_guidance()


class Sentence(NamedTuple):
    """A pattern that finds a sentence of the guidance, and the statements that it rests on."""

    pattern: str
    statements: frozenset[str]


def sentences_of(guidance: Guidance, language: Language) -> list[Sentence]:
    """Return the sentences that rest on a statement. A button says nothing by itself, and the panel is not shown."""
    found = []
    whole = msgspec.to_builtins(guidance)
    for name, say, sources in _sentences("", {table: each for table, each in whole.items() if table not in LEFT_OUT}):
        statements = frozenset(sources) & frozenset(guidance.statements)
        fixed = re.sub(r"\{\w+\}", "", say)
        if statements and len(fixed.strip()) >= SHORTEST[language] and not name.startswith(("button-", "tray-")):
            found.append(Sentence(re.sub(r"\\\{\w+\\\}", "[^.]+", re.escape(_squeezed(say))), statements))
    return found


def _sentences(name: str, value: Any) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield the id, the words and the sources of every sentence below this value. The red flags count as one.

    What to do in a break rests on statements by what it leaves out, which nobody sees.
    """
    if isinstance(value, dict):
        sources = value.get("from", ())
        says = [value[key] for key in ("say", "head") if key in value]
        if sources and says:
            yield name, says[0], sources
        else:
            for key, each in value.items():
                yield from _sentences(key, each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _sentences(name, each)


def _squeezed(shown: str) -> str:
    return " ".join(shown.replace(NO_BREAK_SPACE, " ").split())


def _grouped(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield each entry with the later ones that differ only in their numbers, in the order of the first ones."""
    groups: dict[Any, list[Entry]] = {}
    for entry in entries:
        key: Any = id(entry)
        if isinstance(entry, Shown):
            notice = entry.notice
            key = (notice.kind, re.sub(r"\d+", "#", notice.title), notice.body, notice.buttons, entry.pressed)
        groups.setdefault(key, []).append(entry)
    yield from groups.values()


def write() -> None:
    """Write both pages."""
    for language, file in PAGES.items():
        file.write_text(page(language, play(language)), encoding="utf-8")


if __name__ == "__main__":
    write()
