"""The words of every notice: short, one thing at a time, in every profile and language."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.concern import Reason
from slowrise.core.metrics.summary import Summary, SymptomNote
from slowrise.core.model.policy import PROFILES, Policy, ProfileName
from slowrise.core.prompts.avoid import AVOID
from slowrise.core.prompts.kinds import KINDS, NoticeKind, asks_to_stand_up
from slowrise.messages.day_words import closing_line
from slowrise.messages.emergency import Emergency
from slowrise.messages.guidance import parse
from slowrise.messages.notices import Words
from support import PROJECT
from support.prompts import EVERY_KIND, NOW, STANDARD, a_summary, words_of

ENGLISH_TEXT, KOREAN_TEXT = (
    (PROJECT / "config" / f"guidance.{language}.toml").read_text(encoding="utf-8") for language in ("en", "ko")
)
ENGLISH = parse(ENGLISH_TEXT, emergency=Emergency("112"))
LANGUAGES = {"en": ENGLISH, "ko": parse(ENGLISH_TEXT, KOREAN_TEXT, emergency=Emergency("119"))}

MOST_WORDS = 25
A_LENGTH = st.floats(0, 99 * 3600)
DESK = msgspec.structs.replace(STANDARD, standing_desk=True)


def said(kind: NoticeKind, profile: ProfileName = "standard", **facts: Any) -> Words:
    return words_of(kind, ENGLISH, policy=PROFILES[profile], **facts)


def keys(kind: NoticeKind, **facts: Any) -> list[str]:
    return [key for key, _ in words_of(kind, ENGLISH, **facts).buttons]


# --- What holds for all of them.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVERY_KIND)
@given(
    policy=st.builds(
        msgspec.structs.replace,
        st.sampled_from(list(PROFILES.values())),
        day_budget=st.floats(60, 10 * 3600),
        sit_soft=st.floats(60, 2 * 3600),
        standing_desk=st.booleans(),
    ),
    facts=st.fixed_dictionaries(
        {
            "bout_seconds": A_LENGTH,
            "day_seconds": A_LENGTH,
            "flare_up_day": st.integers(1, 400),
            "clinician_told": st.booleans(),
            "unsure": st.booleans(),
            "snooze": st.sampled_from([0.0, 20.0, 300.0]),
            "since": st.just(NOW - timedelta(hours=1)),
            "until": st.just(NOW),
            "usual": st.none() | st.floats(0, 20 * 3600),
            "avoid": st.sampled_from(["", *AVOID]),
        }
    ),
    summary=st.builds(
        a_summary,
        sitting_seconds=A_LENGTH,
        low=A_LENGTH,
        high=A_LENGTH,
        longest_seconds=st.floats(60, 99 * 3600),
        day=st.sampled_from([NOW.date() - timedelta(days=days) for days in range(3)]),
    ),
    window=st.booleans(),
)
def test_every_notice_is_short_and_names_no_command(
    language: str, kind: NoticeKind, policy: Policy, facts: dict[str, Any], summary: Summary, *, window: bool
) -> None:
    guidance = LANGUAGES[language]
    facts["day"] = summary.day.isoformat()
    if kind != "sit-soft" or facts["unsure"]:
        facts["avoid"] = ""  # others have no room for it
    title, body, buttons = words_of(kind, guidance, policy=policy, summary=summary, window=window, **facts)
    assert 0 < len(title) <= 60
    assert body.strip() == body != ""
    assert len(buttons) <= 3
    assert not set("{}") & set(title + body)
    assert not any(label.strip() != label or not label for _, label in buttons)
    if kind == "red-flag" and not window:
        return  # it has to be all that the user sees
    assert len(f"{title} {body}".split()) <= MOST_WORDS
    assert "\n" not in body
    assert "slowrise " not in body, "no command"
    assert not re.search(r"^\s*\d+\. ", body, re.MULTILINE), "no list of steps"
    assert guidance.disclaimer.say[:40] not in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if asks_to_stand_up(kind)])
def test_a_prompt_to_stand_says_how_in_one_line_and_suggests_nothing_else(language: str, kind: NoticeKind) -> None:
    guidance = LANGUAGES[language]
    for name in guidance.suggestions:
        body = words_of(kind, guidance, suggestion=name, gently=True).body
        assert body == guidance.say("slow-stand")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("line", AVOID)
def test_the_first_reminder_of_a_day_says_how_to_get_up_and_what_to_avoid(language: str, line: str) -> None:
    guidance = LANGUAGES[language]
    title, body, buttons = words_of("sit-soft", guidance, bout_seconds=1980, avoid=line)
    assert body == f"{guidance.say('slow-stand')} {guidance.avoid[line].say}"
    assert len(title) <= 40
    assert len(body) <= (80 if language == "ko" else 120)
    assert buttons == words_of("sit-soft", guidance, bout_seconds=1980).buttons


def test_a_korean_notice_is_no_longer_on_the_screen_than_an_english_one() -> None:
    """A Korean character is twice as wide; forty wide ones fill one line of a notice."""
    for kind in EVERY_KIND:
        title, body, buttons = words_of(kind, LANGUAGES["ko"], bout_seconds=3900, flare_up_day=3, summary=a_summary())
        assert len(title) <= 40, kind
        assert len(body) <= 80, kind
        assert all(len(label) <= 16 for _, label in buttons), kind


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_notice_is_shown_long_enough_to_be_read(kind: NoticeKind) -> None:
    assert KINDS[kind].stays or KINDS[kind].seconds >= 30


def test_what_stays_is_what_must_not_be_missed() -> None:
    assert [kind for kind in EVERY_KIND if KINDS[kind].stays] == ["red-flag", "stand-firm", "sit-firm"]


# --- Kind by kind, word for word.


def test_the_prompt_to_stand_up_in_full() -> None:
    """What a person reads after half an hour."""
    assert said("sit-soft", bout_seconds=1800) == (
        "30 min of sitting. Get up slowly when you are ready.",
        "Scoot forward, feet flat, push with your hands, pause.",
        (("standing-up", "I'm getting up"), ("snooze", "5 more minutes"), ("how", "Show me how")),
    )
    assert said("sit-firm", bout_seconds=3900).title == "1 h 05 min of sitting. Time to get up slowly."
    assert said("sit-repeat", bout_seconds=2400).title == "Still sitting: 40 min. Get up slowly when ready."


def test_the_first_reminder_of_a_day_in_full() -> None:
    assert said("sit-soft", bout_seconds=1980, avoid="bags")[:2] == (
        "33 min of sitting. Get up slowly.",
        "Scoot forward, feet flat, push with your hands, pause. Let someone else lift bags and boxes.",
    )


@pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if asks_to_stand_up(kind)])
@pytest.mark.parametrize("unsure", [False, True])
def test_what_matters_is_in_the_line_that_a_closed_banner_shows(kind: NoticeKind, *, unsure: bool) -> None:
    """gnome-shell shows one line of the body until the pointer is on it, and one of the title. Seen on pictures."""
    title, body, _ = said(kind, bout_seconds=3540, unsure=unsure)
    assert "slowly" in title
    assert (len(title) <= 52, len(body) <= 57) == (True, True)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("sit-soft", "About 35 min, if you stayed. Get up slowly."),
        ("sit-repeat", "About 35 min, if you stayed. Get up slowly."),
        ("sit-firm", "About 35 min, if you stayed. Get up slowly."),
        ("stand-soft", "35 min of standing. Change position."),
    ],
)
def test_a_prompt_that_is_not_sure_says_so(kind: NoticeKind, title: str) -> None:
    assert said(kind, bout_seconds=2100, unsure=True).title == title


@pytest.mark.parametrize(
    ("seconds", "label"),
    [(300, "5 more minutes"), (60, "1 more minute"), (90, "1 min 30 s more"), (20, "20 s more")],
)
def test_the_snooze_button_says_what_is_configured(seconds: float, label: str) -> None:
    assert said("sit-soft", snooze=seconds).buttons[1] == ("snooze", label)


def test_the_third_button_shows_how_or_is_the_standing_desk() -> None:
    assert keys("sit-soft") == ["standing-up", "snooze", "how"]
    assert keys("sit-soft", policy=DESK) == ["standing-up", "snooze", "standing"]
    assert said("sit-soft", snooze=0.0).buttons[-1] == ("how", "Show me how")
    assert words_of("sit-soft", ENGLISH, policy=DESK).buttons[2] == ("standing", "At my standing desk")


def test_there_is_no_snooze_button_once_the_budget_is_used_up() -> None:
    assert keys("sit-firm", snooze=0.0) == ["standing-up", "how"]
    assert keys("sit-firm", snooze=0.0, policy=DESK) == ["standing-up", "standing", "how"]


def test_without_a_window_no_button_needs_one() -> None:
    assert keys("sit-soft", window=False) == ["standing-up", "snooze"]
    assert keys("summary", window=False) == ["report"]
    assert keys("welcome", window=False) == keys("settings", window=False) == []
    assert keys("red-flag", window=False) == ["read"]


def test_what_is_asked_has_the_answers_as_buttons() -> None:
    assert keys("standing-question") == ["standing", "sitting"]
    assert keys("stand-soft") == ["sitting"]
    assert keys("question") == ["was-sitting", "was-away"]
    assert keys("summary") == ["today", "report"]
    assert keys("budget") == []


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.8, "80 % of the 6 hours planned for a day. An estimate, for your information."),
        (1.0, "All of the 6 hours planned for a day. An estimate, for your information."),
        (1.2, "All of the 6 hours planned for a day. An estimate, for your information."),
    ],
)
@pytest.mark.parametrize("early", [0.0, 0.01])
def test_the_budget_is_told_as_information(share: float, early: float, words: str) -> None:
    assert said("budget", day_seconds=share * 6 * 3600 - early).body == words


@pytest.mark.parametrize(
    ("day", "informed", "body"),
    [
        (2, False, "Stop workouts for now. Keep the exercises your clinician gave you. Call them today."),
        (
            3,
            False,
            (
                "Stop workouts for now. Keep the exercises your clinician gave you. Call them today. "
                "Please arrange to be seen."
            ),
        ),
        (3, True, "Flare-up mode stays on until you end it."),
    ],
)
def test_the_clinician_is_named_daily_from_day_three_on_with_more_weight_and_not_once_told(
    day: int, informed: bool, body: str
) -> None:
    words = said("flare-up", "flare-up", flare_up_day=day, clinician_told=informed)
    assert words[:2] == (f"Flare-up, day {day}: still there?", body)
    answers = [key for key, _ in words.buttons]
    assert answers == (["goes-on", "over"] if informed else ["goes-on", "clinician", "over"])


@pytest.mark.parametrize(
    ("reason", "days", "why"),
    [
        ("leg-pain", 1, "You logged strong pain down the leg."),
        ("many-days", 4, "You logged symptoms on 4 of the last 7 days."),
    ],
)
def test_a_reason_to_see_a_clinician_is_said_with_what_to_do(reason: Reason, days: int, why: str) -> None:
    words = said("clinician", concern=reason, symptom_days=days)
    assert words == Words(
        "Please contact your clinician",
        f"{why} Stop workouts for now. Keep the exercises your clinician gave you.",
        (("clinician", "I spoke to a clinician"), ("flare-up", "Flare-up mode")),
    )
    assert len(f"{words[0]} {words[1]}".split()) <= 25


def test_after_a_serious_symptom_the_notice_offers_no_flare_up_but_says_when_to_get_help() -> None:
    words = said("clinician", concern="many-days", symptom_days=3, serious=True)
    assert words.body == "You logged symptoms on 3 of the last 7 days. If anything is new or worse, get help at once."
    assert words.buttons == (("clinician", "I spoke to a clinician"), ("red-flags", "When to get help at once"))


def test_the_red_flags_are_one_line_that_leads_to_them() -> None:
    assert said("red-flag") == (
        "Please read this first",
        ENGLISH.say("red-flag", number="112"),
        (("read-now", "Read now"),),
    )
    assert said("red-flag").body.startswith("Call 112 now if new, even without pain: both legs affected, ")
    unsure = parse(ENGLISH_TEXT, emergency=Emergency("119", "112", "LANG", "KR"))
    assert words_of("red-flag", unsure).body.startswith("Call 119 or 112 now if new, ")
    assert words_of("red-flag", parse(ENGLISH_TEXT)).body.startswith("Call 112 now if new, ")


def test_without_a_window_the_red_flags_are_in_the_notice_and_it_says_where_the_rest_is() -> None:
    title, body, buttons = said("red-flag", window=False)
    assert title == "Please read this first"
    first, second, rest = body.split("\n", 2)
    assert first == said("red-flag").body, "mako shows no more than the beginning"
    assert second == "Read all of it in a terminal: slowrise red-flags"
    assert rest.split() == ENGLISH.red_flags.at_once.split()
    assert buttons == (("read", "I have read this"),)
    assert [line for line in body.splitlines() if len(line) > 160] == [], "xfce4-notifyd cuts longer ones"


def test_the_first_start_says_what_is_watched_and_when_the_first_reminder_comes() -> None:
    assert said("welcome") == (
        "slowrise is running",
        "It sees that you type or move the mouse, never what. First reminder after 30 minutes of sitting.",
        (("welcome", "Show me around"),),
    )


# --- The evening.

HOUR = 3600.0


@pytest.mark.parametrize(
    ("hours", "usual", "title", "body"),
    [
        (
            5.9,
            6.4,
            "Today: about 6 hours of sitting",
            "Half an hour less than usual. Longest without a break: 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}02.",
        ),
        (6.6, 5.6, "Today: about 6 and a half hours of sitting", "An hour more than usual."),
        (1.4, 1.6, "Today: about an hour and a half of sitting", "About as much as usual."),
        (0.9, 3.1, "Today: about an hour of sitting", "2 hours less than usual."),
        (0.5, 0.9, "Today: about half an hour of sitting", "20 minutes less than usual."),
        (0.6, 3.6, "Today: about 40 minutes of sitting", "3 hours less than usual."),
        (0.1, 5.1, "Today: less than 10 minutes of sitting", "5 hours less than usual."),
        (
            5.9,
            None,
            "Today: about 6 hours of sitting",
            "Longest without a break: 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}02.",
        ),
    ],
)
def test_the_evening_reads_like_a_person(hours: float, usual: float | None, title: str, body: str) -> None:
    summary = a_summary(sitting_seconds=hours * HOUR)
    words = said("summary", summary=summary, usual=None if usual is None else usual * HOUR)
    assert words.title == title
    assert words.body in (body, f"{body} Longest without a break: 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}02.")


def test_the_evening_in_korean() -> None:
    summary = a_summary(sitting_seconds=5.9 * HOUR)
    told = words_of("summary", LANGUAGES["ko"], summary=summary, usual=6.4 * HOUR)
    assert told[:2] == (
        "오늘: 6시간쯤 앉아 있었습니다",
        "평소보다 30분 적습니다. 쉬지 않고 가장 오래 앉은 시간: 1시간\N{NO-BREAK SPACE}2분.",
    )
    more = words_of("summary", LANGUAGES["ko"], summary=summary, usual=4.3 * HOUR).body
    assert more.startswith("평소보다 1시간 30분 많습니다.")
    assert words_of("summary", LANGUAGES["ko"], summary=summary, usual=5.9 * HOUR).body.startswith("평소와 비슷합니다.")


def test_a_summary_that_comes_late_names_its_day() -> None:
    titles = [
        said("summary", summary=a_summary(day=day), day=day.isoformat()).title
        for day in (NOW.date() - timedelta(days=days) for days in range(3))
    ]
    assert titles == [f"{day}: about 5 hours of sitting" for day in ("Today", "Yesterday", "2026-02-28")]


def test_a_day_that_cannot_be_read_is_told_from_what_the_prompt_knows() -> None:
    words = said("summary", day_seconds=5 * HOUR, day=NOW.date().isoformat())
    assert words[:2] == ("Today: about 5 hours of sitting", ENGLISH.say("summary-good"))


@pytest.mark.parametrize(
    ("prompts", "answers", "level", "line"),
    [
        ({"sit-soft": 2, "sit-firm": 1}, {"followed": 3}, 0, "summary-good"),
        ({"budget": 1}, {}, 0, "summary-good"),
        ({"sit-soft": 2}, {"followed": 1, "later": 1}, 0, "summary-missed"),
        ({"sit-soft": 2}, {"followed": 2}, 1, ""),
    ],
)
def test_the_last_line_of_a_day_speaks_of_missed_breaks_only_if_one_was_missed_and_says_nothing_beside_symptoms(
    prompts: dict[str, int], answers: dict[str, int], level: int, line: str
) -> None:
    note = SymptomNote(NOW, "numbness", "left", level)
    day = a_summary(prompts=prompts, answers=answers, symptoms=(note,))
    assert closing_line(day, ENGLISH) == (line and ENGLISH.say(line))
