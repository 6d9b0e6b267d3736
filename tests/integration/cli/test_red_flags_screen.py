"""The red flags on a terminal of 80 columns and 24 lines: the signs and the number have not scrolled away."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from slowrise.adapters.system.resources import read_guidance
from slowrise.config.config import GuidanceSettings
from support.daemon_process import User, private_environ
from support.terminal_run import TerminalRun

SPOKEN = {"en": "en_US.UTF-8", "ko": "ko_KR.UTF-8"}
SEOUL = {"TZ": "Asia/Seoul"}
PROMPT = {"en": "press Enter", "ko": "Enter를"}


def environ_of(user: User, language: str, more: Mapping[str, str] = SEOUL) -> dict[str, str]:
    return {**user.environ, "LANG": SPOKEN[language], **more}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def assert_all_is_seen(run: TerminalRun, language: str, number: str) -> None:
    """The head, all signs and the number are on the screen, and the number is the last of them."""
    flags = read_guidance(GuidanceSettings(language=language)).red_flags
    seen = squeezed("".join(run.screen))
    for line in (flags.head, *flags.signs, flags.foot):
        assert squeezed(line) in seen, line
    assert seen.index(squeezed(flags.signs[-1])) < seen.rindex(number)


@pytest.fixture
def user(private_home: Path) -> User:
    return User(private_home, private_environ())


@pytest.mark.parametrize("language", SPOKEN)
def test_the_signs_and_the_number_stand_right_above_the_question_whether_they_were_read(
    user: User, language: str
) -> None:
    entry = ("symptom", "numbness", "--side", "both", "--level", "4")
    with TerminalRun(environ_of(user, language), *entry) as run:
        run.wait_for(PROMPT[language])
        assert_all_is_seen(run, language, "119")
        last = [line for line in run.screen if line.strip()][-2:]
        assert "119" in last[0]
        assert PROMPT[language] in last[1]
        run.type("\n")
        assert run.ended() == 0


@pytest.mark.parametrize("language", SPOKEN)
def test_the_page_of_its_own_ends_with_them(user: User, language: str) -> None:
    with TerminalRun(environ_of(user, language), "red-flags") as run:
        assert run.ended() == 0
        assert_all_is_seen(run, language, "119")


def test_an_english_desktop_in_seoul_has_the_number_of_korea_with_112_beside_it(user: User) -> None:
    user.environ = environ_of(user, "en")
    assert user.ask("red-flags").splitlines()[-1] == (
        "Emergency number here: 119 (in another country: 112 from a mobile phone)"
    )
    assert "emergency number: 119 or 112 (from the time zone)" in user.ask("doctor")


ANSWERS = {"en": ("both", "Logged: numbness in the leg or foot, both sides, 4 of 10."), "ko": ("양쪽", "4점")}


@pytest.mark.parametrize("language", SPOKEN)
def test_what_is_missing_is_asked_for_after_the_red_flags(user: User, language: str) -> None:
    side, logged = ANSWERS[language]
    with TerminalRun(environ_of(user, language), "symptom", "numbness") as run:
        run.wait_for("left")
        assert_all_is_seen(run, language, "119")
        run.type("middle\n")
        run.wait_for("middle\n")
        run.type(f"{side}\n")
        run.wait_for("10 (" if language == "en" else "10(")
        run.type("11\n")
        run.type("4\n")
        run.wait_for(PROMPT[language])
        assert_all_is_seen(run, language, "119")
        run.type("\n")
        assert run.ended() == 0
        assert logged in run.printed
    note = json.loads(user.ask("export", "trace", "--with-health").splitlines()[-1])
    assert (note["kind"], note["side"], note["level"]) == ("numbness", "both", 4)


def test_a_symptom_can_be_chosen_by_its_number(user: User) -> None:
    with TerminalRun(environ_of(user, "en"), "symptom") as run:
        run.wait_for("The number of your symptom:")
        run.type("1\n")
        run.wait_for("Which side?")
        run.type("left\n")
        run.wait_for("How strong")
        run.type("2\n")
        assert run.ended() == 0
        assert "Logged: low back pain, left, 2 of 10." in run.printed


def test_whoever_leaves_the_questions_has_logged_nothing(user: User) -> None:
    with TerminalRun(environ_of(user, "en"), "symptom", "saddle") as run:
        run.wait_for("How strong")
        assert_all_is_seen(run, "en", "119")
        run.type("\x04")
        assert run.ended() == 2
        assert "Nothing was logged." in run.printed


@pytest.mark.parametrize("language", SPOKEN)
def test_without_a_daemon_the_page_asks_for_enter_while_they_are_unread(user: User, language: str) -> None:
    environ = environ_of(user, language)
    assert user.run("symptom", "saddle", "3").code == 2
    for answer in ("\x04", "\n"):
        with TerminalRun(environ, "red-flags") as run:
            run.wait_for(PROMPT[language])
            assert_all_is_seen(run, language, "119")
            run.type(answer)
            assert run.ended() == 0
    with TerminalRun(environ, "red-flags") as run:
        assert run.ended() == 0
        assert PROMPT[language] not in run.printed
