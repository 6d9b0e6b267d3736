"""The guidance on one page, and its texts in the help."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.main import commands
from slowrise.cli.views.guidance import guidance_object, guidance_page
from slowrise.core.model.policy import PROFILES
from slowrise.messages.guidance import rules_in_force

GUIDANCE = read_guidance()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_one_page_has_every_active_rule_and_text(profile: object) -> None:
    policy = PROFILES[profile.profile]  # type: ignore[attr-defined]
    page = guidance_page(GUIDANCE, policy)
    texts = [sentence for _, sentence, _ in rules_in_force(policy, GUIDANCE)]
    for table in (GUIDANCE.texts, GUIDANCE.symptoms):
        texts += [text.say for text in table.values()]
    texts += [step.say for step in GUIDANCE.steps]
    texts += [statement.says for statement in GUIDANCE.statements.values()]
    texts += [*GUIDANCE.sources.values(), GUIDANCE.emergency, GUIDANCE.disclaimer.say, GUIDANCE.down.say]
    assert [sentence for sentence in texts if sentence not in page] == []
    assert page.startswith(f"Guidance in force: the {policy.profile} profile\n")
    assert ("colleague" in page) is (policy.profile != "flare-up")


def test_the_guidance_is_available_as_data() -> None:
    whole = guidance_object(GUIDANCE, PROFILES["flare-up"])
    assert whole["profile"] == "flare-up"
    assert whole["limits"]["sit_soft"] == 1200.0
    assert whole["rules"]["R1"]["say"] == "After 20 min of sitting: a reminder to stand up slowly."


def test_the_help_has_the_disclaimer() -> None:
    printed = " ".join(CliRunner().invoke(commands, ["--help"]).output.split())
    assert GUIDANCE.disclaimer.say in printed


def test_without_a_terminal_all_steps_are_printed_at_once() -> None:
    printed = CliRunner().invoke(commands, ["stand-up"]).output
    assert printed.splitlines() == [
        *(f"{number}. {step.say}" for number, step in enumerate(GUIDANCE.steps, start=1)),
        f"Sitting down: {GUIDANCE.down.say}",
        GUIDANCE.say("red-flags-where"),
    ]


@pytest.mark.parametrize("file", ["", "this is no TOML", '[guidance]\nlanguage = "tlh"'])
def test_the_red_flags_are_shown_with_any_configuration(file: str, private_home: object) -> None:
    from slowrise.adapters.system.paths import paths

    config = paths().config
    config.parent.mkdir(parents=True)
    config.write_text(file)
    done = CliRunner().invoke(commands, ["red-flags"])
    assert (done.exit_code, done.output) == (0, f"{GUIDANCE.emergency}\n")
