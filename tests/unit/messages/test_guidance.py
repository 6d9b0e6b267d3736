"""The guidance: fixed wording stays fixed, no suggestion is unsafe, every statement is used or has a reason."""

import re
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.policy import PROFILES, Policy, ProfileName
from slowrise.core.prompts.avoid import AVOID
from slowrise.core.prompts.kinds import KINDS, NoticeKind
from slowrise.core.prompts.suggestions import SUGGESTIONS
from slowrise.messages.guidance import Suggestion, parse, rules_in_force, suggestion, while_seated
from support import PROJECT

TEXT = (PROJECT / "config" / "guidance.en.toml").read_text(encoding="utf-8")
ENGLISH = parse(TEXT)

TABLES = (ENGLISH.texts, ENGLISH.symptoms, ENGLISH.sides, ENGLISH.rules, ENGLISH.avoid)
PROFILE_NAMES = st.sampled_from(sorted(PROFILES))

RED_FLAGS = """\
Arrange to be seen urgently (in the UK: GP or 111) if there is fever, unexplained weight loss, a new lump or change in \
shape of the back, pain that does not ease with rest or is worse at night, pain worse on sneezing, coughing or opening \
the bowels, pain high between the shoulders, or symptoms that spread or grow.

Get emergency help now (999, 112, 911 or your local number, or go to an emergency department) if any of these is new, \
with or without pain:
- pain, tingling, numbness or weakness in both legs
- numbness or tingling around the genitals, back passage, buttocks or inner thighs, or toilet paper feels different
- hard to pass urine, not feeling the need, or losing control of bladder or bowels
- a change in sexual feeling or function
- leg weakness that is getting worse, or trouble walking
- it started after a serious accident, or there is chest pain

Do not wait for this app. It cannot tell what is causing your symptoms."""

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


def sayings() -> Iterator[str]:
    """Yield every sentence that a user may read, with its places unfilled."""
    for table in TABLES:
        yield from (text.say for text in table.values())
    yield from (step.say for step in ENGLISH.steps)
    yield from (text for entry in to_do() for text in (entry.do, entry.avoid))
    yield from (ENGLISH.red_flags.text, ENGLISH.disclaimer.say, ENGLISH.down.say)


def to_do() -> Iterator[Suggestion]:
    """Yield everything that a user is told to do, but for the steps."""
    yield from ENGLISH.suggestions.values()
    yield from ENGLISH.seated.values()


def grounds() -> Iterator[str]:
    """Yield the sources of every sentence."""
    for table in TABLES:
        yield from (ground for text in table.values() for ground in text.from_)
    for text in (*ENGLISH.steps, ENGLISH.disclaimer, ENGLISH.down):
        yield from text.from_
    yield from ENGLISH.red_flags.from_
    yield from (ground for entry in to_do() for ground in entry.from_)


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
    assert [entry.do for entry in to_do() if UNSAFE_WORDS.search(entry.do)] == []


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


def test_every_line_on_what_to_avoid_is_short_and_belongs_to_a_day() -> None:
    assert list(ENGLISH.avoid) == list(AVOID)
    assert max(len(line.say.split()) for line in ENGLISH.avoid.values()) <= 7


def test_every_suggestion_has_words_and_none_has_words_alone() -> None:
    assert set(ENGLISH.suggestions) == set(SUGGESTIONS)


SUGGESTED = """\
Walk slowly on level floor for 3\N{EN DASH}5 minutes, as far as feels comfortable.
Walk to fill a small glass of water and drink it standing.
Stand quietly, hand on the desk, shift weight gently from foot to foot for one minute.
Walk to a window and look into the distance for a minute.
Take the next short phone call standing, up to ten minutes.
Walk to a colleague or another room instead of sending a message.
Slow walk along the corridor and back, arms swinging loosely.
Open and close your hands, shake them loosely, while standing.
Change position: if you sat, stand or walk a little; if you stood, walk a little or sit.
Lie down for a few minutes in the position you find most comfortable, if there is a bed or couch.
Eat or drink away from the desk; walk there and back slowly.
Before sitting again: mouse and keyboard close to you, feet flat.
End the sit early today: plan the next task as a walking errand on level floor with empty hands.""".splitlines()


def test_the_suggestions_are_word_for_word_as_checked() -> None:
    assert [entry.do for entry in ENGLISH.suggestions.values()] == SUGGESTED


COUNTED = re.compile(r"\b(once|twice|(two|three|four|five|six|eight|ten|\d+) times|series|repeat)\b", re.IGNORECASE)


def test_nothing_is_done_in_counted_sets() -> None:
    assert COUNTED.search("release, five times, spine still")
    assert [entry.do for entry in to_do() if COUNTED.search(entry.do)] == []


def test_one_who_cannot_get_up_is_told_what_to_do_and_not_to_get_up() -> None:
    lead, *things, note = while_seated(ENGLISH)
    assert lead.endswith(":")
    assert [thing.removeprefix("• ") for thing in things] == [entry.do for entry in ENGLISH.seated.values()]
    assert note == "It does not count as a break. The next reminder comes as usual."
    assert not re.search(r"\b(get(ting)? up|stand|rise|walk)", " ".join((lead, *things, note)))
    for word in ("ankles", "foot", "weight", "shoulder", "breaths"):
        assert word in " ".join(things)


def test_what_is_told_gently_is_left_to_comfort_where_it_is_most_like_exercise() -> None:
    said = [suggestion(name, ENGLISH, gently=True) for name, suits in SUGGESTIONS.items() if suits != "no"]
    assert not any("phone call" in text or "colleague" in text or "errand" in text for text in said)
    assert Counter(text.startswith("If it is comfortable: ") for text in said) == {False: 7, True: 3}


def test_the_rules_are_told_with_the_limits_in_force() -> None:
    told = {name: text for name, text, _ in rules_in_force(PROFILES["flare-up"], ENGLISH)}
    assert told["R1"] == "After 20 min of sitting: a reminder to stand up slowly."
    assert told["R9"] == (
        "The day is summed up at 18:00, if two hours of it were seen; beside your usual day by that time, once "
        "five days of the last four weeks are known."
    )
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
    assert paths <= set(Policy.__struct_fields__)


def test_a_rule_that_is_off_is_not_told() -> None:
    policy = msgspec.structs.replace(PROFILES["recovery"], return_tip=False, questions=0, avoid_line=False)
    on = [name for name, _, _ in rules_in_force(PROFILES["recovery"], ENGLISH)]
    assert [name for name, _, _ in rules_in_force(policy, ENGLISH)] == [
        name for name in on if name not in ("R5", "question", "avoid")
    ]
    assert {"R5", "question", "avoid"} <= set(on)
