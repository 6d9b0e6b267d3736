"""The Korean texts: complete, with the same places to fill, and as careful as the English."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import slowrise
from slowrise.cli.views.i18n import catalogue
from slowrise.cli.views.i18n import parse as parse_catalogue
from slowrise.core.model.policy import PROFILES
from slowrise.core.prompts.kinds import NoticeKind
from slowrise.messages.emergency import Emergency
from slowrise.messages.guidance import parse, rules_in_force
from support import PROJECT
from support.prompts import EVERY_KIND, a_summary, words_of

SOURCE = Path(slowrise.__file__).parent
CONFIG = PROJECT / "config"
ENGLISH_TEXT, KOREAN_TEXT = ((CONFIG / f"guidance.{name}.toml").read_text(encoding="utf-8") for name in ("en", "ko"))
ENGLISH = parse(ENGLISH_TEXT)
KOREAN = parse(ENGLISH_TEXT, KOREAN_TEXT, emergency=Emergency("119", country="KR"))

LEFT_ENGLISH = {"article", "sources"}
"""Texts that are not ours, or are cited as they are."""

UNSAFE = """
스쿼트 런지 데드리프트 점프 뛰 달리 달려 조깅 줄넘기 에어로빅 등산 언덕 계단 버피 플랭크 윗몸 코브라 브릿지 스핑크스
젖히 젖혀 기대 숙이 숙여 굽히 굽혀 구부 쪼그 무릎을_꿇 바닥에서 바닥에_앉 줍 주워 비틀 돌리 돌려 회전 빙글
뒤돌 들어_올 들어올 나르
무거 상자 가방 빠르 빨리 급히 서두 벌떡 참고_계속 스트레칭 반복 되풀이 세트 완치 낫 치료 진단 고칩
"""
"""Stems of the words that the English is searched for. Korean changes the ends of words, so stems are needed."""


def leaves(table: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a file with its place; sources are left out."""
    match table:
        case str():
            yield path, table
        case dict():
            for key, value in table.items():
                if key != "from":
                    yield from leaves(value, f"{path}.{key}")
        case list():
            for place, value in enumerate(table):
                yield from leaves(value, f"{path}.{place}")


def places_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


BASE = {path: text for path, text in leaves(tomllib.loads(ENGLISH_TEXT)) if path.split(".")[1] not in LEFT_ENGLISH}
OURS = dict(leaves(tomllib.loads(KOREAN_TEXT)))


def test_every_sentence_is_there_and_no_other() -> None:
    own = {".note", *(f".units.{unit}" for unit in ("h", "min", "s", "to"))}
    assert set(OURS) == set(BASE) | own


def test_nothing_was_left_in_english() -> None:
    assert [path for path, text in OURS.items() if path != ".language" and not re.search("[가-힣~]", text)] == []


@pytest.mark.parametrize("path", sorted(set(OURS) & set(BASE)))
def test_the_same_places_are_filled(path: str) -> None:
    assert places_in(OURS[path]) == places_in(BASE[path])


def test_what_it_rests_on_is_that_of_the_english() -> None:
    assert "from =" not in KOREAN_TEXT
    assert KOREAN.texts["slow-stand"].from_ == ENGLISH.texts["slow-stand"].from_


def test_no_suggestion_does_what_is_to_be_avoided() -> None:
    unsafe = re.compile("|".join(stem.replace("_", " ") for stem in UNSAFE.split()))
    assert {
        name: unsafe.findall(entry.do)
        for name, entry in (KOREAN.suggestions | KOREAN.seated).items()
        if unsafe.search(entry.do)
    } == {}
    assert all(unsafe.search(text) for text in ("스쿼트를 열 번 합니다", "상자를 들어 올립니다", "빠르게 걷습니다"))


def test_nothing_shouts() -> None:
    assert [text for text in OURS.values() if "!" in text] == []


def test_the_red_flags_have_the_number_the_note_and_the_english_beside_them() -> None:
    shown = KOREAN.emergency
    english = parse(ENGLISH_TEXT, emergency=Emergency("119", country="KR"))
    parts = ["119", KOREAN.red_flags.text, "검토를 받지 않았습니다", english.red_flags.text]
    assert [part for part in parts if part not in shown] == []
    noticed = words_of("red-flag", KOREAN, window=False).body.split()
    first = KOREAN.say("red-flag", number="119")
    at_once = (first, KOREAN.say("red-flag-full"), KOREAN.red_flags.at_once, KOREAN.note)
    assert noticed == " ".join((*at_once, ENGLISH.red_flags.at_once)).split()
    assert len(KOREAN.red_flags.signs) == len(ENGLISH.red_flags.signs)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_notice_has_its_words(kind: NoticeKind) -> None:
    title, body, buttons = words_of(kind, KOREAN, bout_seconds=1980, day_seconds=18600, summary=a_summary())
    assert len(title) <= 60
    assert not set("{}") & set(title + body)
    assert all(re.search("[가-힣]", label) for _, label in buttons)


def test_lengths_are_in_korean_units() -> None:
    assert "5시간쯤" in words_of("summary", KOREAN, summary=a_summary()).title
    assert "1시간 5분" in words_of("sit-soft", KOREAN, bout_seconds=3900).title
    assert words_of("sit-soft", KOREAN, bout_seconds=50).title.startswith("앉은 지 50초. ")
    rules = {name: text for name, text, _ in rules_in_force(PROFILES["standard"], KOREAN)}
    assert rules["R1"] == "30분 앉아 있으면: 천천히 일어나라는 알림."


# --- The program's own words.


def test_the_limits_of_a_profile_are_in_its_units(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = korean("profile", "recovery")
    assert re.search(r"앉아 있을 때 첫 알림까지 +25분 +\(sit_soft\)", done)
    assert re.search(r"하루에 서 있는 시간, 길어야 +1시간 30분 +\(stand_budget\)", done)


def korean(*arguments: str) -> str:
    """Return what the command prints on a Korean desktop."""
    unset = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "slowrise", *arguments],
        env={**unset, "LANG": "ko_KR.UTF-8", "PYTHONPATH": str(SOURCE.parent), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def marked() -> set[str]:
    """Return every text that the program marks for translation."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                (text,) = node.args
                assert isinstance(text, ast.Constant), f"{path}:{node.lineno}: what is translated is a literal"
                found.add(str(text.value))
    return found


def test_the_catalogue_has_every_text_and_no_other() -> None:
    entries = catalogue("ko")
    assert set(entries) == marked()
    assert {one for one, other in entries.items() if not other or places_in(one) != places_in(other)} == set()


def test_no_text_is_translated_twice() -> None:
    po = (CONFIG / "locale/ko/LC_MESSAGES/slowrise.po").read_text(encoding="utf-8")
    assert len(re.findall("^msgid", po, re.MULTILINE)) == len(parse_catalogue(po)) + 1, "and the head of the file"


def test_an_entry_in_several_lines_is_read_as_one_text() -> None:
    head = 'msgid ""\nmsgstr ""\n"Language: ko\\n"\n\n'
    po = head + '#, c-format\nmsgid "one"\nmsgstr ""\n"하나 "\n"\\"둘\\""\n\n#~ msgid "old"\n#~ msgstr "x"\n'
    assert parse_catalogue(po) == {"one": '하나 "둘"'}


@pytest.mark.parametrize(
    ("environ", "file", "korean"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "", True),
        ({"LANG": "en_US.UTF-8"}, '[guidance]\nlanguage = "ko"\n', True),
        ({"LANG": "ko_KR.UTF-8"}, '[guidance]\nlanguage = "en"\n', False),
        ({"LANG": "C.UTF-8"}, "", False),
    ],
)
def test_the_commands_speak_the_language_of_the_place_or_of_the_file(
    environ: dict[str, str], file: str, korean: bool, private_home: Path
) -> None:
    config = private_home / ".config" / "slowrise" / "slowrise.toml"
    config.parent.mkdir(parents=True)
    config.write_text(file)
    unset = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-m", "slowrise", "symptom", "pain", "--side", "left", "--level", "2"],
        env={**unset, **environ, "PYTHONPATH": str(SOURCE.parent), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    spoken = KOREAN if korean else ENGLISH
    flags, _, rest = done.stdout.partition(spoken.red_flags.foot)
    assert spoken.red_flags.head in flags
    logged = "기록했습니다: 허리 통증, 왼쪽, 10점 중 2점." if korean else "Logged: low back pain, left, 2 of 10."
    assert logged in rest
