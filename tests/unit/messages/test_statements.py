"""The statements of the article: the rule that each became, the messages that use it, and the test that checks it.

No sentence uses a statement without rule and message; the guidance has the reason.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from slowrise.messages.guidance import Guidance, parse
from support import PROJECT, TESTS

GUIDANCE = parse((PROJECT / "config" / "guidance.en.toml").read_text(encoding="utf-8"))


class Row(NamedTuple):
    """Rules and messages are ids of the guidance; a test is `file::name` in this folder."""

    statement: str
    rules: str
    messages: str
    test: str


HELP = "test_guidance_page.py::test_the_help_has_the_disclaimer"
AVOIDED = "test_health_monitor.py::test_two_working_weeks_name_all_that_is_to_be_avoided"
RED_FLAGS = "test_symptoms.py::test_both_sides_bring_the_red_flags_at_any_level"
OTHER_LEG = "test_symptoms.py::test_the_first_note_about_the_other_leg_brings_the_red_flags"
KINDS = "test_symptoms.py::test_unknown_symptoms_and_levels_are_refused"
STEPS = "test_notices.py::test_a_prompt_to_stand_says_how_in_one_line_and_suggests_nothing_else"
CLINICIAN = "test_notices.py::test_the_clinician_is_named_daily_from_day_three_on_with_more_weight_and_not_once_told"
SYMPTOM_DAYS = "test_concern.py::test_symptoms_on_three_days_of_seven_ask_until_they_are_no_longer"
STORY = "test_health_monitor.py"
DAY = "test_scripted_days.py::test_a_day_is_answered_as_was_read_and_found_right"
ABOUT = "test_guidance_page.py::test_one_page_has_every_active_rule_and_text"

TABLE = (
    Row("G1", "", "about-disc", ABOUT),
    Row("G2", "", "about-calcification", ABOUT),
    Row("G3", "", "about-exercise", "test_week.py::test_exercise_is_suggested_only_in_a_week_without_symptoms"),
    Row("G4", "", "about-exercise", "test_week.py::test_exercise_is_suggested_only_in_a_week_without_symptoms"),
    Row(
        "G5",
        "suggestions",
        "footer",
        f"{STORY}::test_a_suggestion_that_brought_on_a_symptom_is_passed_over",
    ),
    Row("G6", "R10", "red_flags red-flag-after", RED_FLAGS),
    Row("G7", "R10", "red_flags red-flag-title", OTHER_LEG),
    Row("G8", "R10", "symptom-log pain radiating-pain numbness reduced-sensation odd-sensation weakness", KINDS),
    Row("G9", "", "", "test_guidance.py::test_every_statement_of_the_article_is_served_or_says_why_not"),
    Row(
        "G10",
        "R10 R13",
        "symptom-ease-off flare-up-offer",
        "test_symptoms.py::test_the_flare_up_profile_is_offered_two_above_the_usual",
    ),
    Row("G11", "R11", "flare-up-on if-comfortable", f"{STORY}::test_a_flare_up_suggests_no_exercise"),
    Row("G12", "R10 R11 R13 clinician", "clinician clinician-leg-pain no-workouts", CLINICIAN),
    Row("G13", "R11 clinician", "clinician-day-3 clinician-many-days button-clinician", SYMPTOM_DAYS),
    Row(
        "G14",
        "R12",
        "summary-good leaving-early",
        "test_notices.py::test_a_day_that_cannot_be_read_is_told_from_what_the_prompt_knows",
    ),
    Row(
        "G15",
        "R12",
        "flare-up-off recovery-steps leaving-early",
        f"{STORY}::test_recovery_lasts_fourteen_days_and_then_the_file_holds_again",
    ),
    Row("G16", "R9 R12", "summary-title summary-less summary-longest summary-missed summary-good", DAY),
    Row("G17", "R10", "pain radiating-pain", KINDS),
    Row("G18", "R10", "numbness reduced-sensation odd-sensation red_flags", KINDS),
    Row(
        "G19",
        "",
        "symptom-days symptom-days-only",
        "test_symptom_counts.py::test_a_symptom_follows_a_long_sit_from_when_it_is_long_to_half_an_hour_after",
    ),
    Row(
        "G20",
        "R10",
        "weakness red_flags",
        "test_symptoms.py::test_weakness_that_is_new_or_grows_is_one",
    ),
    Row("G21", "avoid", "step-2 step-6 step-9 reset-desk lie-down weight floor turn", AVOIDED),
    Row("G22", "avoid", "water colleague hands eat-away reset-desk errand bags", AVOIDED),
    Row("G23", "avoid", "shift-weight feet squats", AVOIDED),
    Row("G24", "avoid", "walk colleague corridor errand jumping", AVOIDED),
    Row("G25a", "R1 R2 R3 R8", "sit-soft-title sit-repeat-title sit-firm-title sit-unsure-title budget", DAY),
    Row("G25b", "R6", "stand-soft-title stand stand-firm-title stand-budget", DAY),
    Row(
        "G25c",
        "drive",
        "drive-on button-drive",
        "test_drive.py::test_the_first_sit_after_a_long_drive_has_the_limits_of_recovery",
    ),
    Row("G26a", "R1 R3 R5 steps", "slow-stand step-1 step-7 step-8 return down", STEPS),
    Row("G26b", "avoid", "step-2 step-9 turn slowly", "test_guidance.py::test_the_steps_are_word_for_word_as_checked"),
    Row("G27", "avoid", "window shoulders backward", AVOIDED),
    Row("G28", "", "disclaimer about-limits button-welcome", "test_guidance_page.py::test_the_help_has_the_disclaimer"),
    Row("G29", "R11 order", "flare-up-on clinician", "test_guidance.py::test_messages_rank_as_they_are_meant_to"),
    Row("G30", "R8 R9", "summary-title budget summary-missed summary-good", DAY),
)


def grounds_of(guidance: Guidance) -> dict[str, tuple[str, ...]]:
    """What each message rests on, by its id."""
    tables = (guidance.texts, guidance.symptoms, guidance.suggestions, guidance.seated, guidance.avoid)
    found = {name: entry.from_ for table in tables for name, entry in table.items()}
    found |= {f"step-{number}": step.from_ for number, step in enumerate(guidance.steps, start=1)}
    return found | {
        "down": guidance.down.from_,
        "disclaimer": guidance.disclaimer.from_,
        "red_flags": guidance.red_flags.from_,
    }


def test_every_statement_is_in_the_table_once() -> None:
    assert [row.statement for row in TABLE] == list(GUIDANCE.statements)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.statement)
def test_its_rules_and_messages_rest_on_it(row: Row) -> None:
    messages = grounds_of(GUIDANCE)
    for name in row.rules.split():
        assert row.statement in GUIDANCE.rules[name].from_, name
    for name in row.messages.split():
        assert row.statement in messages[name], name
    says_nothing = not row.rules and not row.messages
    assert says_nothing is bool(GUIDANCE.statements[row.statement].not_said)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.statement)
def test_the_test_that_holds_it_is_there(row: Row) -> None:
    file, _, name = row.test.partition("::")
    assert re.search(rf"^def {name}\(", next(TESTS.rglob(file)).read_text(encoding="utf-8"), re.MULTILINE), row.test


def test_every_rule_is_of_some_statement_or_of_our_judgement() -> None:
    in_table = {name for row in TABLE for name in row.rules.split()}
    ours = {name for name, rule in GUIDANCE.rules.items() if not any(ground.startswith("G") for ground in rule.from_)}
    assert in_table | ours | {"R4"} == set(GUIDANCE.rules)
