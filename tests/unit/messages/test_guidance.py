"""The guidance: fixed wording stays fixed, nothing unsafe is suggested, every statement is served."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.policy import PROFILES, Policy, ProfileName
from slowrise.core.prompts.kinds import KINDS, NoticeKind, asks_to_stand_up
from slowrise.core.prompts.suggestions import SUGGESTIONS
from slowrise.messages.guidance import STEPS_FROM, parse, rules_in_force, suggestion
from slowrise.messages.notices import Facts, buttons, notice_words
from support import PROJECT

TEXT = (PROJECT / "config" / "guidance.en.toml").read_text(encoding="utf-8")
ENGLISH = parse(TEXT)

TABLES = (ENGLISH.texts, ENGLISH.symptoms, ENGLISH.sides, ENGLISH.rules)
EVERY_KIND: tuple[NoticeKind, ...] = get_args(NoticeKind)
SIT_KINDS = sorted(kind for kind in KINDS if asks_to_stand_up(kind))
PROFILE_NAMES = st.sampled_from(sorted(PROFILES))
A_LENGTH = st.floats(0, 99 * 3600)

SLOW_STAND = "Get up slowly: scoot forward, feet flat, push with hands, pause, then walk a little."

RED_FLAGS = """\
Get emergency help now (999, 112, 911 or your local number, or go to an emergency department) if you have back or leg \
pain and any of these is new:
- pain, tingling, numbness or weakness in both legs
- numbness or tingling around the genitals, back passage, buttocks or inner thighs, or toilet paper feels different
- difficulty passing urine, not feeling the bladder fill, loss of control of bladder or bowels
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
times come from studies of office workers and people with back pain, not from studies of disc calcification. Follow \
your clinician's advice where it differs, including on exercise. If a suggestion brings on or worsens symptoms, stop \
it. Everything is stored on this computer; no key contents are recorded."""

STEPS = """\
Stop, let go of the mouse, one calm breath. No hurry.
Turn the chair with your feet until you face where you will go. Whole body together, no twist.
Move your ankles up and down a few times (about 10 seconds).
Scoot forward to the front of the seat.
Feet flat, hip-width, a little behind your knees.
Hands on the armrests or thighs. Lean forward a little from the hips, back long. Do not round or bend the low back.
Push with legs and hands and rise smoothly, about 3 seconds, breathing out.
Pause. Hold the desk, stand still for three slow breaths (10\N{EN DASH}15 s). \
Steady, not dizzy, no new tingling or weakness?
First steps small. Turn by stepping, not by twisting.
Dizzy, sharp pain, new numbness or weakness: sit back down slowly and open "symptoms".""".splitlines()

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


def facts(**given: Any) -> Facts:
    return Facts(**given)


def sayings() -> Iterator[str]:
    """Every sentence a user may come to read, templates unfilled."""
    for table in TABLES:
        yield from (text.say for text in table.values())
    yield from (step.say for step in ENGLISH.steps)
    yield from (text for entry in ENGLISH.suggestions.values() for text in (entry.do, entry.avoid))
    yield from (ENGLISH.red_flags.text, ENGLISH.disclaimer.say, ENGLISH.down.say)


def grounds() -> Iterator[str]:
    """What each sentence rests on."""
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
    """The last one names the command, where what was checked had the name of a page that we do not have."""
    assert [step.say for step in ENGLISH.steps] == STEPS
    assert ENGLISH.down.say == DOWN


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
    assert ENGLISH.priority == {kind: known.rank for kind, known in KINDS.items()}
    order = ["red-flag", "flare-up", "stand-firm", "sit-firm", "sit-soft", "budget", "return", "summary"]
    ranks = [ENGLISH.priority[kind] for kind in order]
    assert ranks == list(range(1, 9))
    assert ENGLISH.priority["sit-soft"] == ENGLISH.priority["sit-repeat"] == ENGLISH.priority["stand-soft"]


def test_the_first_prompt_in_full() -> None:
    """What a person reads after half an hour, word for word."""
    words = notice_words("sit-soft", facts(bout_seconds=1800), ENGLISH)
    assert f"{words.title}\n{words.body}" == (
        "30 min of sitting\n"
        "Get up slowly: scoot forward, feet flat, push with hands, pause, then walk a little.\n"
        "5 min away from the chair is a full break. Short and gentle is enough.\n"
        "Walk slowly on level floor for 3\N{EN DASH}5 minutes, as far as feels comfortable.\n"
        "Only as far as it is comfortable. Stop if it brings on symptoms."
    )


@given(A_LENGTH)
def test_the_short_form_fits_wherever_a_notice_is_cut(seconds: float) -> None:
    title, body = notice_words("sit-soft", facts(bout_seconds=seconds), ENGLISH)
    short = f"{title}. {body.splitlines()[0]}"
    assert short.endswith(f" of sitting. {SLOW_STAND}")
    assert len(short) <= 120


@pytest.mark.parametrize("kind", KINDS)
@given(
    facts=st.builds(
        Facts,
        profile=PROFILE_NAMES,
        bout_seconds=A_LENGTH,
        day_seconds=A_LENGTH,
        low=A_LENGTH,
        high=A_LENGTH,
        budget_seconds=st.floats(60, 10 * 3600),
        suggestion=st.sampled_from(sorted(SUGGESTIONS)),
        gently=st.booleans(),
        steps=st.booleans(),
        flare_up_day=st.integers(1, 400),
        clinician_told=st.booleans(),
        first_of_day=st.booleans(),
        breaks=st.integers(0, 500),
        day=st.sampled_from(["", "2026-03-02"]),
    )
)
def test_every_kind_has_words_that_fit(kind: NoticeKind, facts: Facts) -> None:
    title, body = notice_words(kind, facts, ENGLISH)
    assert 0 < len(title) <= 50
    assert body.strip() == body != ""
    assert not set("{}") & set(title + body)


@pytest.mark.parametrize("kind", KINDS)
def test_no_paragraph_of_a_notice_is_longer_than_is_shown(kind: NoticeKind) -> None:
    """xfce4-notifyd shows six lines of some forty characters of each."""
    given_ = facts(bout_seconds=1800, steps=True, flare_up_day=3)
    assert [line for line in notice_words(kind, given_, ENGLISH).body.splitlines() if len(line) > 200] == []


@pytest.mark.parametrize("kind", SIT_KINDS)
@given(PROFILE_NAMES, A_LENGTH, st.booleans(), st.sampled_from(sorted(SUGGESTIONS)))
def test_every_prompt_to_stand_says_slowly_first_and_the_footer_last(
    kind: NoticeKind, profile: ProfileName, seconds: float, first: bool, named: str
) -> None:
    given_ = facts(profile=profile, bout_seconds=seconds, first_of_day=first, suggestion=named)
    lines = notice_words(kind, given_, ENGLISH).body.splitlines()
    assert lines[0] == SLOW_STAND
    assert lines[-1] == "Only as far as it is comfortable. Stop if it brings on symptoms."


@pytest.mark.parametrize(
    ("kind", "given_", "told"),
    [
        ("sit-soft", facts(bout_seconds=STEPS_FROM - 1), False),
        ("sit-soft", facts(bout_seconds=STEPS_FROM), True),
        ("sit-repeat", facts(bout_seconds=2400), False),
        ("sit-soft", facts(bout_seconds=1800, first_of_day=True), True),
        ("sit-soft", facts(bout_seconds=1200, profile="flare-up"), True),
        ("sit-soft", facts(bout_seconds=1500, profile="recovery"), True),
        ("sit-firm", facts(bout_seconds=60), True),
        ("stand-firm", facts(bout_seconds=STEPS_FROM, first_of_day=True), False),
    ],
)
def test_the_steps_are_told_in_full_where_rising_is_hardest(kind: NoticeKind, given_: Facts, told: bool) -> None:
    body = notice_words(kind, given_, ENGLISH).body
    assert all(step in body for step in STEPS) is told
    assert any(step in body for step in STEPS) is told


def test_every_suggestion_has_words_and_none_has_words_alone() -> None:
    assert set(ENGLISH.suggestions) == set(SUGGESTIONS)


def test_what_is_told_gently_is_left_to_comfort_where_it_is_most_like_exercise() -> None:
    said = [suggestion(name, ENGLISH, gently=True) for name, suits in SUGGESTIONS.items() if suits != "no"]
    assert not any("phone call" in text or "colleague" in text or "errand" in text for text in said)
    assert Counter(text.startswith("If it is comfortable: ") for text in said) == {False: 10, True: 3}


def test_the_break_asked_for_is_the_one_configured() -> None:
    asked = notice_words("sit-soft", facts(break_seconds=90), ENGLISH).body
    assert "1 min 30 s away from the chair is a full break." in asked
    gentle = notice_words("sit-soft", facts(profile="flare-up"), ENGLISH).body
    assert "5 min away from the chair, or as long as is comfortable." in gentle


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.8, "That is 80 % of the 6 h planned for a day. An estimate, for your information."),
        (1.0, "That is all of the 6 h planned for a day. An estimate, for your information."),
        (1.2, "That is all of the 6 h planned for a day. An estimate, for your information."),
    ],
)
@pytest.mark.parametrize("early", [0.0, 0.01])
def test_the_budget_is_told_as_information(share: float, early: float, said: str) -> None:
    assert notice_words("budget", facts(day_seconds=share * 6 * 3600 - early), ENGLISH).body == said


def test_the_summary_says_how_sure_it_is_and_what_was_counted() -> None:
    day = facts(
        day_seconds=18600,
        low=17400,
        high=19500,
        longest_seconds=3720,
        breaks=13,
        unobserved_seconds=1200,
        day="2026-03-02",
    )
    title, body = notice_words("summary", day, ENGLISH)
    assert title == "Estimated desk sitting on 2026-03-02: 5 h 10 min"
    assert body.splitlines() == [
        (
            "With its range: 5 h 10 min (4 h 50 to 5 h 25). Longest sit 1 h 02 min. Breaks of 2 min or more: 13. "
            "Unobserved: 20 min."
        ),
        ENGLISH.say("summary-line"),
    ]
    today = msgspec.structs.replace(day, day="")
    assert notice_words("summary", today, ENGLISH).title == "Estimated desk sitting: 5 h 10 min"


def test_the_first_start_says_what_is_watched_when_and_how_to_pause() -> None:
    title, body = notice_words("welcome", facts(bout_seconds=1800), ENGLISH)
    assert title == "slowrise is watching"
    assert "after 30 min of sitting" in body
    assert "slowrise pause 45m" in body
    assert " ".join(body.split()).endswith(DISCLAIMER)


@pytest.mark.parametrize(
    ("seconds", "label"),
    [(300, "5 more minutes"), (60, "1 more minute"), (90, "1 min 30 s more"), (20, "20 s more")],
)
def test_the_snooze_button_says_what_is_configured(seconds: float, label: str) -> None:
    assert buttons("sit-soft", facts(snooze_seconds=seconds), ENGLISH) == (
        ("standing-up", "Standing up"),
        ("snooze", label),
        ("how", "How?"),
        ("standing", "I am standing already"),
    )


def test_how_is_asked_where_the_steps_are_not_told_and_last_where_the_desk_can_be_raised() -> None:
    """gnome-shell draws the first three."""
    desk = [key for key, _ in buttons("sit-soft", facts(standing_desk=True), ENGLISH)]
    assert desk == ["standing-up", "snooze", "standing", "how"]
    for told in (facts(first_of_day=True), facts(steps=True), facts(profile="recovery")):
        assert [key for key, _ in buttons("sit-soft", told, ENGLISH)] == ["standing-up", "snooze", "standing"]


def test_how_shows_the_prompt_with_its_steps() -> None:
    plain, told = (notice_words("sit-soft", facts(bout_seconds=1800, steps=steps), ENGLISH) for steps in (False, True))
    assert told.title == plain.title
    assert all(step in told.body and step not in plain.body for step in STEPS)
    where = ENGLISH.say("steps-title")
    assert "slowrise stand-up" in where, "cut off at six lines, it says where the rest is"
    assert told.body.startswith(f"{where}\n1. {STEPS[0]}\n")


@pytest.mark.parametrize(
    ("day", "told", "said"),
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
    day: int, told: bool, said: list[str]
) -> None:
    given_ = facts(flare_up_day=day, clinician_told=told, profile="flare-up")
    title, body = notice_words("flare-up", given_, ENGLISH)
    assert title == f"Flare-up, day {day}"
    assert body.splitlines() == [*said, "Does it go on? Flare-up mode stays until you end it."]
    keys = [key for key, _ in buttons("flare-up", given_, ENGLISH)]
    assert keys == (["goes-on", "over"] if told else ["goes-on", "clinician", "over"])


def test_the_red_flags_are_a_notice_of_their_own_with_the_number_of_the_place() -> None:
    here = parse(TEXT, emergency_number="119")
    title, body = notice_words("red-flag", facts(), here)
    assert title == "Please read this before anything else"
    first, second, rest = body.split("\n", 2)
    assert (first, second) == ("Emergency number here: 119", "In full, in a terminal: slowrise red-flags")
    assert rest.split() == RED_FLAGS.split()
    assert notice_words("red-flag", facts(), ENGLISH).body.startswith(f"{second}\n\nGet emergency help now")
    assert buttons("red-flag", facts(), here) == (("read", "I have read this"),)


def test_there_is_no_snooze_button_once_the_budget_is_used_up() -> None:
    assert [key for key, _ in buttons("sit-firm", facts(snooze_seconds=0), ENGLISH)] == ["standing-up", "standing"]


def test_what_is_asked_has_the_answers_as_buttons() -> None:
    assert [key for key, _ in buttons("standing-question", facts(), ENGLISH)] == ["standing", "sitting"]
    assert [key for key, _ in buttons("stand-soft", facts(), ENGLISH)] == ["sitting"]
    assert buttons("summary", facts(), ENGLISH) == (("report", "Open the report"),)
    assert buttons("budget", facts(), ENGLISH) == ()


def test_the_rules_are_told_with_the_limits_in_force() -> None:
    told = {name: text for name, text, _ in rules_in_force(PROFILES["flare-up"], ENGLISH)}
    assert told["R1"] == "After 20 min of sitting: a prompt to stand up slowly."
    assert told["R9"] == "The day is summed up at 18:00, if two hours of it were seen."
    assert "at most 20 a day" in told["quiet"]
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
    policy = msgspec.structs.replace(PROFILES["standard"], return_tip=False, questions=0)
    on = [name for name, _, _ in rules_in_force(PROFILES["standard"], ENGLISH)]
    assert [name for name, _, _ in rules_in_force(policy, ENGLISH)] == [
        name for name in on if name not in ("R5", "question")
    ]
    assert {"R5", "question"} <= set(on)
