"""The guidance: fixed wording stays fixed, no suggestion is unsafe, every statement is used or has a reason."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.summary import Summary
from slowrise.core.model.policy import PROFILES, Policy, ProfileName
from slowrise.core.prompts.kinds import KINDS, NoticeKind, asks_to_stand_up
from slowrise.core.prompts.suggestions import SUGGESTIONS
from slowrise.messages.guidance import STEPS_FROM, parse, rules_in_force, suggestion
from slowrise.messages.notices import Words
from support import PROJECT
from support.prompts import EVERY_KIND, NOW, STANDARD, a_summary, words_of

TEXT = (PROJECT / "config" / "guidance.en.toml").read_text(encoding="utf-8")
ENGLISH = parse(TEXT)

TABLES = (ENGLISH.texts, ENGLISH.symptoms, ENGLISH.sides, ENGLISH.rules)
SIT_KINDS = sorted(kind for kind in KINDS if asks_to_stand_up(kind))
PROFILE_NAMES = st.sampled_from(sorted(PROFILES))
A_LENGTH = st.floats(0, 99 * 3600)

SLOW_STAND = "Get up slowly: scoot forward, feet flat, push with hands, pause, then walk a little."

RED_FLAGS = """\
Get emergency help now (999, 112, 911 or your local number, or go to an emergency department) if any of these is new, \
with or without pain:
- pain, tingling, numbness or weakness in both legs
- numbness or tingling around the genitals, back passage, buttocks or inner thighs, or toilet paper feels different
- hard to pass urine, not feeling the need, or losing control of bladder or bowels
- a change in sexual feeling or function
- leg weakness that is getting worse, or trouble walking
- it started after a serious accident, or there is chest pain

Do not wait for this app. It cannot tell what is causing your symptoms.

Arrange to be seen urgently (in the UK: GP or 111) if there is fever, unexplained weight loss, a new lump or change in \
shape of the back, pain that does not ease with rest or is worse at night, pain worse on sneezing, coughing or opening \
the bowels, pain high between the shoulders, or symptoms that spread or grow."""

DISCLAIMER = """\
This program estimates how long you sit at this computer from keyboard and mouse activity and reminds you to change \
position. It can be wrong. It does not diagnose, treat or prevent any disease and is not a medical device. Its default \
times come from studies of office workers, nearly all of them healthy, not from studies of disc calcification. Follow \
your clinician's advice where it differs, including on exercise. If a suggestion brings on or worsens symptoms, stop \
it. Everything is stored on this computer; no key contents are recorded."""

STEPS = """\
Stop, let go of the mouse, one calm breath. No hurry.
Turn the chair with your feet, whole body together, no twist, so that the desk is beside you within reach. \
On castors: brake it or set it against the desk.
Move your ankles up and down a few times (about 10 seconds).
Scoot forward to the front of the seat.
Feet flat, hip-width, a little behind your knees.
Hands on the armrests or thighs. Lean forward a little from the hips, back long. Do not round or bend the low back.
Push with legs and hands and rise smoothly, about 3 seconds, breathing out.
Pause. Hold the desk, stand still for three slow breaths (10\N{EN DASH}15 s). \
Steady, not dizzy, no new tingling or weakness?
First steps small. Turn by stepping, not by twisting.
Dizzy, sharp pain, new numbness or weakness: sit back down slowly. If it stays, get help.""".splitlines()

DOWN = "Back up until the chair touches your legs, hands on the armrests, lower slowly, then scoot back."

UNSAFE = """
squat, lunge, deadlift, jump, hop, skip, rope, run, jog, sprint, aerobic, hike, hill, stairs, burpee, plank, crunch,
sit-up, cobra, bridge, sphinx, backbend, arch, lean back, extend your back, toe touch, touch your toes, fold, bend over,
bend down, bend forward, bend your back, stoop, kneel, on the floor, from the floor, pick up, reach down, twist, rotate,
swivel, spin, turn around, look behind, lift, carry, heavy, box, bag, fast, quick, quickly, brisk, hurry, spring up,
jump up, hop up, push through, pain is normal, no pain, deep stretch, hold the stretch, reps, sets, cure, heal, treat,
fix your disc, diagnose, safe for everyone
"""
UNSAFE_WORDS = re.compile(rf"\b({'|'.join(' '.join(word.split()) for word in UNSAFE.split(','))})\b", re.IGNORECASE)

NEVER_SAID = re.compile(
    r"!|\b(dangerous|damage|you must|killer chair|sitting is the new smoking|sedentary|calories|risk)\b", re.IGNORECASE
)

STATEMENTS = {f"G{number}" for number in range(1, 31)} - {"G25", "G26"} | {"G25a", "G25b", "G25c", "G26a", "G26b"}


def said(kind: NoticeKind, profile: ProfileName = "standard", **facts: Any) -> Words:
    return words_of(kind, ENGLISH, policy=PROFILES[profile], **facts)


def keys(kind: NoticeKind, **facts: Any) -> list[str]:
    return [key for key, _ in words_of(kind, ENGLISH, **facts).buttons]


def sayings() -> Iterator[str]:
    """Yield every sentence that a user may read, with its places unfilled."""
    for table in TABLES:
        yield from (text.say for text in table.values())
    yield from (step.say for step in ENGLISH.steps)
    yield from (text for entry in ENGLISH.suggestions.values() for text in (entry.do, entry.avoid))
    yield from (ENGLISH.red_flags.text, ENGLISH.disclaimer.say, ENGLISH.down.say)


def grounds() -> Iterator[str]:
    """Yield the sources of every sentence."""
    for table in TABLES:
        yield from (ground for text in table.values() for ground in text.from_)
    for text in (*ENGLISH.steps, ENGLISH.disclaimer, ENGLISH.down):
        yield from text.from_
    yield from ENGLISH.red_flags.from_
    yield from (ground for entry in ENGLISH.suggestions.values() for ground in entry.from_)


def test_the_red_flags_are_word_for_word_as_checked() -> None:
    assert ENGLISH.red_flags.text == RED_FLAGS


def test_the_disclaimer_is_word_for_word_as_checked() -> None:
    assert ENGLISH.disclaimer.say == DISCLAIMER


def test_the_steps_are_word_for_word_as_checked() -> None:
    assert [step.say for step in ENGLISH.steps] == STEPS
    assert ENGLISH.down.say == DOWN


def test_a_step_is_shown_for_as_long_as_it_takes_to_read_and_to_do() -> None:
    seconds = [step.seconds for step in ENGLISH.steps]
    to_do = dict.fromkeys(range(10), 1.0) | {2: 10.0, 6: 3.0, 7: 10.0}
    reading = [len(step.say.split()) / 3 for step in ENGLISH.steps]
    assert [n for n in to_do if seconds[n] < to_do[n] + reading[n]] == []
    assert sum(seconds) <= 150, "nobody waits much longer than two minutes to be up"


def test_no_suggestion_does_what_is_to_be_avoided() -> None:
    assert [entry.do for entry in ENGLISH.suggestions.values() if UNSAFE_WORDS.search(entry.do)] == []


@pytest.mark.parametrize("text", ["Do ten squat reps.", "Turn around", "Pick up a box.", "A Brisk walk"])
def test_the_check_for_unsafe_words_finds_them(text: str) -> None:
    assert UNSAFE_WORDS.search(text)


def test_leaning_forward_is_said_in_its_step_and_nowhere_else() -> None:
    assert [text for text in sayings() if "lean forward" in text.lower()] == [STEPS[5]]


def test_nothing_frightens_blames_or_shouts() -> None:
    assert [text for text in sayings() if NEVER_SAID.search(text)] == []


def test_no_sentence_holds_what_a_notifier_would_take_for_markup() -> None:
    assert [text for text in sayings() if set("<>&") & set(text)] == []


def test_every_statement_of_the_article_is_served_or_says_why_not() -> None:
    assert set(ENGLISH.statements) == STATEMENTS
    served = set(grounds()) & STATEMENTS
    unsaid = {name for name, statement in ENGLISH.statements.items() if statement.not_said}
    assert served | unsaid == STATEMENTS
    assert served & unsaid == set()


def test_every_ground_is_listed_and_every_source_is_somebodys_ground() -> None:
    assert set(grounds()) - STATEMENTS == set(ENGLISH.sources)


def test_every_sentence_rests_on_something() -> None:
    assert [name for table in TABLES for name, text in table.items() if not text.from_] == []


def test_messages_rank_as_they_are_meant_to() -> None:
    order: list[NoticeKind] = [
        "red-flag",
        "flare-up",
        "stand-firm",
        "sit-firm",
        "sit-soft",
        "budget",
        "return",
        "summary",
    ]
    ranks = [KINDS[kind].rank for kind in order]
    assert ranks == list(range(1, 9))
    assert KINDS["sit-soft"].rank == KINDS["sit-repeat"].rank == KINDS["stand-soft"].rank


def test_the_first_prompt_in_full() -> None:
    """What a person reads after half an hour, word for word."""
    assert said("sit-soft", bout_seconds=1800).text == (
        "30 min of sitting\n"
        "Get up slowly: scoot forward, feet flat, push with hands, pause, then walk a little.\n"
        "5 min away from the chair is a full break. Short and gentle is enough.\n"
        "Walk slowly on level floor for 3\N{EN DASH}5 minutes, as far as feels comfortable.\n"
        "Only as far as it is comfortable. Stop if it brings on symptoms."
    )


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("sit-soft", "About 35 min, if you stayed at the desk"),
        ("sit-repeat", "About 35 min, if you stayed at the desk"),
        ("sit-firm", "About 35 min, if you stayed. Get up slowly."),
        ("stand-soft", "35 min of standing"),
    ],
)
def test_a_prompt_that_is_not_sure_says_so(kind: NoticeKind, title: str) -> None:
    unsure, sure = said(kind, bout_seconds=2100, unsure=True), said(kind, bout_seconds=2100)
    assert unsure.title == title
    assert unsure.body == sure.body


@given(A_LENGTH)
def test_the_short_form_fits_wherever_a_notice_is_cut(seconds: float) -> None:
    title, body, _ = said("sit-soft", bout_seconds=seconds)
    short = f"{title}. {body.splitlines()[0]}"
    assert short.endswith(f" of sitting. {SLOW_STAND}")
    assert len(short) <= 120


@pytest.mark.parametrize("kind", EVERY_KIND)
@given(
    policy=st.builds(
        msgspec.structs.replace, PROFILE_NAMES.map(PROFILES.__getitem__), day_budget=st.floats(60, 10 * 3600)
    ),
    facts=st.fixed_dictionaries(
        {
            "bout_seconds": A_LENGTH,
            "day_seconds": A_LENGTH,
            "suggestion": st.sampled_from(sorted(SUGGESTIONS)),
            "gently": st.booleans(),
            "steps": st.booleans(),
            "flare_up_day": st.integers(1, 400),
            "clinician_told": st.booleans(),
            "first_of_day": st.booleans(),
            "unsure": st.booleans(),
        }
    ),
    summary=st.builds(
        a_summary,
        sitting_seconds=A_LENGTH,
        low=A_LENGTH,
        high=A_LENGTH,
        breaks=st.integers(0, 500),
        day=st.sampled_from([NOW.date(), NOW.date() - timedelta(days=1)]),
    ),
)
def test_every_kind_has_words_that_fit(
    kind: NoticeKind, policy: Policy, facts: dict[str, Any], summary: Summary
) -> None:
    title, body, _ = words_of(kind, ENGLISH, policy=policy, summary=summary, **facts)
    assert 0 < len(title) <= 50
    assert body.strip() == body != ""
    assert not set("{}") & set(title + body)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_paragraph_of_a_notice_is_longer_than_is_shown(kind: NoticeKind) -> None:
    """xfce4-notifyd shows six lines of some forty characters of each."""
    body = said(kind, bout_seconds=1800, steps=True, flare_up_day=3, summary=a_summary()).body
    assert [line for line in body.splitlines() if len(line) > 200] == []


@pytest.mark.parametrize("kind", SIT_KINDS)
@given(PROFILE_NAMES, A_LENGTH, st.booleans(), st.sampled_from(sorted(SUGGESTIONS)))
def test_every_prompt_to_stand_says_slowly_first_and_the_footer_last(
    kind: NoticeKind, profile: ProfileName, seconds: float, first: bool, named: str
) -> None:
    lines = said(kind, profile, bout_seconds=seconds, first_of_day=first, suggestion=named).body.splitlines()
    assert lines[0] == SLOW_STAND
    assert lines[-1] == "Only as far as it is comfortable. Stop if it brings on symptoms."


@pytest.mark.parametrize(
    ("kind", "facts", "in_full"),
    [
        ("sit-soft", {"bout_seconds": STEPS_FROM - 1}, False),
        ("sit-soft", {"bout_seconds": STEPS_FROM}, True),
        ("sit-repeat", {"bout_seconds": 2400}, False),
        ("sit-soft", {"bout_seconds": 1800, "first_of_day": True}, True),
        ("sit-soft", {"bout_seconds": 1200, "profile": "flare-up"}, True),
        ("sit-soft", {"bout_seconds": 1500, "profile": "recovery"}, True),
        ("sit-firm", {"bout_seconds": 60}, True),
        ("stand-firm", {"bout_seconds": STEPS_FROM, "first_of_day": True}, False),
    ],
)
def test_the_steps_are_in_full_where_rising_is_hardest(kind: NoticeKind, facts: dict[str, Any], in_full: bool) -> None:
    body = said(kind, **facts).body
    assert all(step in body for step in STEPS) is in_full
    assert any(step in body for step in STEPS) is in_full


def test_every_suggestion_has_words_and_none_has_words_alone() -> None:
    assert set(ENGLISH.suggestions) == set(SUGGESTIONS)


def test_what_is_told_gently_is_left_to_comfort_where_it_is_most_like_exercise() -> None:
    said = [suggestion(name, ENGLISH, gently=True) for name, suits in SUGGESTIONS.items() if suits != "no"]
    assert not any("phone call" in text or "colleague" in text or "errand" in text for text in said)
    assert Counter(text.startswith("If it is comfortable: ") for text in said) == {False: 10, True: 3}


def test_the_break_asked_for_is_the_one_configured() -> None:
    asked = words_of("sit-soft", ENGLISH, policy=msgspec.structs.replace(STANDARD, break_full=90)).body
    assert "1 min 30 s away from the chair is a full break." in asked
    gentle = said("sit-soft", "flare-up").body
    assert "5 min away from the chair, or as long as is comfortable." in gentle


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.8, "That is 80 % of the 6 h planned for a day. An estimate, for your information."),
        (1.0, "That is all of the 6 h planned for a day. An estimate, for your information."),
        (1.2, "That is all of the 6 h planned for a day. An estimate, for your information."),
    ],
)
@pytest.mark.parametrize("early", [0.0, 0.01])
def test_the_budget_is_told_as_information(share: float, early: float, words: str) -> None:
    assert said("budget", day_seconds=share * 6 * 3600 - early).body == words


def test_the_summary_says_how_sure_it_is_and_what_was_counted() -> None:
    title, body, buttons = said("summary", summary=a_summary(day=NOW.date() - timedelta(days=1)))
    assert title == "Estimated desk sitting on 2026-03-01: 5 h 10 min"
    assert body.splitlines() == [
        (
            "With its range: 5 h 10 min (4 h 50 to 5 h 25). Longest sit 1 h 02 min. Breaks of 2 min or more: 13. "
            "Unobserved: 20 min."
        ),
        ENGLISH.say("summary-line"),
    ]
    assert buttons == (("report", "Open the report"),)
    assert said("summary", summary=a_summary()).title == "Estimated desk sitting: 5 h 10 min"


def test_the_first_start_says_what_is_watched_when_and_how_to_pause() -> None:
    title, body, _ = said("welcome")
    assert title == "slowrise is watching"
    assert "after 30 min of sitting" in body
    assert "slowrise pause 45m" in body
    assert " ".join(body.split()).endswith(DISCLAIMER)


@pytest.mark.parametrize(
    ("seconds", "label"),
    [(300, "5 more minutes"), (60, "1 more minute"), (90, "1 min 30 s more"), (20, "20 s more")],
)
def test_the_snooze_button_says_what_is_configured(seconds: float, label: str) -> None:
    assert said("sit-soft", snooze=seconds).buttons == (
        ("standing-up", "Standing up"),
        ("snooze", label),
        ("how", "How?"),
        ("standing", "I am standing already"),
    )


def test_how_is_asked_where_the_steps_are_not_told_and_last_where_the_desk_can_be_raised() -> None:
    """gnome-shell draws the first three."""
    desk = msgspec.structs.replace(STANDARD, standing_desk=True)
    assert keys("sit-soft", policy=desk) == ["standing-up", "snooze", "standing", "how"]
    in_full: tuple[dict[str, Any], ...] = ({"first_of_day": True}, {"steps": True}, {"policy": PROFILES["recovery"]})
    for facts in in_full:
        assert keys("sit-soft", **facts) == ["standing-up", "snooze", "standing"]


def test_how_shows_the_prompt_with_its_steps() -> None:
    plain, told = (said("sit-soft", bout_seconds=1800, steps=steps) for steps in (False, True))
    assert told.title == plain.title
    assert all(step in told.body and step not in plain.body for step in STEPS)
    where = ENGLISH.say("steps-title")
    assert "slowrise stand-up" in where, "cut off at six lines, it says where the rest is"
    assert told.body.startswith(f"{where}\n1. {STEPS[0]}\n")


@pytest.mark.parametrize(
    ("day", "informed", "lines"),
    [
        (2, False, ["Pause exercise that is not prescribed and contact your clinician now."]),
        (
            3,
            False,
            [
                "Pause exercise that is not prescribed and contact your clinician now.",
                "Symptoms for 3 days: please arrange to be seen.",
            ],
        ),
        (3, True, []),
    ],
)
def test_the_clinician_is_named_daily_from_day_three_on_with_more_weight_and_not_once_told(
    day: int, informed: bool, lines: list[str]
) -> None:
    title, body, buttons = said("flare-up", "flare-up", flare_up_day=day, clinician_told=informed)
    assert title == f"Flare-up, day {day}"
    assert body.splitlines() == [*lines, "Does it go on? Flare-up mode stays until you end it."]
    answers = [key for key, _ in buttons]
    assert answers == (["goes-on", "over"] if informed else ["goes-on", "clinician", "over"])


def test_the_red_flags_are_a_notice_of_their_own_with_the_number_of_the_place() -> None:
    here = parse(TEXT, emergency_number="119")
    title, body, buttons = words_of("red-flag", here)
    assert title == "Please read this before anything else"
    first, second, rest = body.split("\n", 2)
    assert (first, second) == ("Emergency number here: 119", "In full, in a terminal: slowrise red-flags")
    assert rest.split() == RED_FLAGS.split()
    assert said("red-flag").body.startswith(f"{second}\n\nGet emergency help now")
    assert buttons == (("read", "I have read this"),)


def test_there_is_no_snooze_button_once_the_budget_is_used_up() -> None:
    assert keys("sit-firm", snooze=0.0) == ["standing-up", "standing"]


def test_what_is_asked_has_the_answers_as_buttons() -> None:
    assert keys("standing-question") == ["standing", "sitting"]
    assert keys("stand-soft") == ["sitting"]
    assert keys("question") == ["was-sitting", "was-away"]
    assert keys("summary") == ["report"]
    assert keys("budget") == []


def test_the_rules_are_told_with_the_limits_in_force() -> None:
    told = {name: text for name, text, _ in rules_in_force(PROFILES["flare-up"], ENGLISH)}
    assert told["R1"] == "After 20 min of sitting: a prompt to stand up slowly."
    assert told["R9"] == "The day is summed up at 18:00, if two hours of it were seen."
    assert "at most 4 a day" in told["quiet"]
    assert "insistent" in told["unsure"]
    assert list(told)[:13] == [f"R{number}" for number in range(1, 14)]


@given(PROFILE_NAMES)
def test_every_rule_can_be_told_under_every_profile(profile: ProfileName) -> None:
    assert not any(set("{}") & set(text) for _, text, _ in rules_in_force(PROFILES[profile], ENGLISH))


def test_a_file_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        parse('colour = "red"')


def test_the_limits_in_the_rules_are_those_of_the_policy() -> None:
    paths = {place for rule in ENGLISH.rules.values() for place in re.findall(r"{(\w+)}", rule.say)}
    assert paths - {"steps_from"} <= set(Policy.__struct_fields__)


def test_a_rule_that_is_off_is_not_told() -> None:
    policy = msgspec.structs.replace(PROFILES["recovery"], return_tip=False, questions=0)
    on = [name for name, _, _ in rules_in_force(PROFILES["recovery"], ENGLISH)]
    assert [name for name, _, _ in rules_in_force(policy, ENGLISH)] == [
        name for name in on if name not in ("R5", "question")
    ]
    assert {"R5", "question"} <= set(on)
