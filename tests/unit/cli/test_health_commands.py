"""The output and the events of the health commands without a running daemon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.paths import paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.adapters.system.single_instance import SingleInstance
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.main import commands
from slowrise.core.model import events as e

RED_FLAGS = read_guidance().emergency
READ = "I have read this: press Enter"


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(commands, list(arguments), input=given, catch_exceptions=False)


def symptom(kind: str, side: str, level: int, *more: str, given: str | None = None) -> Result:
    return run("symptom", kind, "--side", side, "--level", str(level), *more, given=given)


def written() -> list[e.Event]:
    """Return every event in the ledger."""
    ledger = SqliteLedger.open_read_only(paths().ledger)
    events = list(ledger.events())
    ledger.close()
    return events


def names() -> list[str]:
    return [e.name_of(event) for event in written()]


def test_a_symptom_of_one_leg_is_logged_with_advice() -> None:
    done = symptom("radiating-pain", "left", 3)
    assert done.exit_code == 0
    assert done.output.startswith(f"{RED_FLAGS}\n\n"), "the red flags must come first, without a question"
    assert done.output.removeprefix(RED_FLAGS).strip().splitlines() == [
        "Logged: pain from the hip down the leg, left, 3 of 10.",
        "It is logged on this computer only. Show the log to your clinician.",
        "This is new or stronger. Take it easy and call your clinician.",
        read_guidance().say("flare-up-offer"),
    ]
    assert names() == ["symptom"]


def test_a_symptom_of_both_legs_shows_the_red_flags_and_waits_for_enter() -> None:
    done = symptom("numbness", "both", 1, given="\n")
    assert done.exit_code == 0
    assert done.output.startswith(f"{RED_FLAGS}\n\n{READ}")
    after = done.output.partition(READ)[2]
    assert "Contact your clinician about it in any case." in after
    assert "irritation" not in after, "no text after the red flags may suggest a cause"


def test_a_symptom_of_the_other_leg_shows_the_red_flags_even_years_later() -> None:
    ledger = SqliteLedger(paths().ledger)
    ledger.append(e.Symptom(at=datetime(2019, 1, 1, tzinfo=UTC), kind="pain", side="left", level=1))
    ledger.close()
    assert symptom("odd-sensation", "right", 1, given="\n").output.startswith(RED_FLAGS)


def test_without_confirmation_the_symptom_is_logged_and_the_exit_code_is_2() -> None:
    done = symptom("numbness", "both", 1, given="")
    assert done.exit_code == 2
    assert RED_FLAGS in done.output
    assert "Logged. Please read the text above, then confirm it: slowrise red-flags --read" in done.output
    assert "Logged: " not in done.output
    assert names() == ["symptom"]


def test_the_red_flags_can_be_confirmed_later() -> None:
    symptom("numbness", "both", 1, given="")
    done = run("red-flags", "--read")
    assert (done.exit_code, done.output) == (0, f"{RED_FLAGS}\n")
    assert names() == ["symptom"], "the symptom was logged twice"


def test_the_red_flags_can_be_confirmed_in_advance() -> None:
    done = symptom("numbness", "both", 1, "--read")
    assert done.exit_code == 0
    assert done.output.startswith(RED_FLAGS)
    assert READ not in done.output


def test_pain_in_the_middle_of_the_back_can_be_logged() -> None:
    done = symptom("pain", "middle", 4)
    assert (done.exit_code, "Logged: low back pain, in the middle, 4 of 10." in done.output) == (0, True)


def test_feeling_lost_in_the_middle_is_feeling_lost_between_the_legs() -> None:
    done = symptom("numbness", "middle", 1, given="\n")
    assert done.output.startswith(f"{RED_FLAGS}\n\n{READ}")
    assert "Logged: numbness or tingling between the legs, in the middle, 1 of 10." in done.output
    assert symptom("weakness", "middle", 1).output.startswith(RED_FLAGS)
    assert names() == ["symptom"], "there is no weakness in the middle"


def test_known_symptoms_show_the_red_flags_only_when_something_changes() -> None:
    symptom("numbness", "both", 4, "--read")
    done = run("symptom", "--known")
    assert done.output.startswith(RED_FLAGS), "a symptom marked as known may still be new"
    assert "Known to your clinician: numbness in the leg or foot, both sides, up to 4." in done.output
    assert RED_FLAGS not in symptom("numbness", "both", 5).output
    assert symptom("numbness", "both", 6, given="\n").output.startswith(f"{RED_FLAGS}\n\n{READ}")
    assert "Nothing counts as known to your clinician." in run("symptom", "--not-known").output


@pytest.mark.parametrize("option", ["--known", "--not-known"])
def test_what_the_clinician_knows_is_named_as_unsaved_while_red_flags_are_unread(option: str) -> None:
    done = symptom("numbness", "both", 4, option, given="")
    assert done.exit_code == 2
    assert names() == ["symptom"]
    assert done.output.endswith(
        "Logged. Please read the text above, then confirm it: slowrise red-flags --read\n"
        f"{option} was not saved. After that, run: slowrise symptom {option}\n"
    )


def test_what_is_known_is_of_the_symptom_and_side_of_the_entry() -> None:
    symptom("odd-sensation", "left", 2)
    done = symptom("numbness", "both", 5, "--known", "--read")
    assert done.output.startswith(RED_FLAGS)
    assert "Known to your clinician: numbness in the leg or foot, both sides, up to 5." in done.output
    assert "tingling" not in done.output.partition("Known to")[2]
    changed = symptom("odd-sensation", "right", 1, "--not-known", "--read").output
    assert "New or stronger since you marked what your clinician knows: tingling or an odd" in changed
    assert "Does your clinician know all that is logged? slowrise symptom --known" in changed
    assert "both sides, up to 5; " in run("symptom", "--known").output.replace("\n", " ")


def test_the_same_again_within_14_days_asks_for_nothing() -> None:
    symptom("weakness", "left", 5, "--read")
    done = symptom("weakness", "left", 5)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "Logged: a feeling of leg weakness when walking, left, 5 of 10.",
        "Contact your clinician about it in any case.",
        "It is logged on this computer only. Show the log to your clinician.",
        "When to get help at once: slowrise red-flags",
    ]


@pytest.mark.parametrize(("kind", "side"), [("numbness", "both"), ("weakness", "left"), ("numbness", "middle")])
def test_a_level_of_none_is_thanked_for_and_never_alarms(kind: str, side: str) -> None:
    symptom("numbness", "right", 4)
    done = symptom(kind, side, 0)
    assert done.exit_code == 0
    logged, *thanks = done.output.splitlines()
    assert logged.endswith(", 0 of 10.")
    assert thanks == ["None today is noted. Thank you."]


def test_back_pain_is_in_the_middle_unless_a_side_is_named() -> None:
    assert "Logged: low back pain, in the middle, 3 of 10." in run("symptom", "pain", "--level", "3").output
    assert run("symptom", "numbness", "--level", "3").exit_code == 2


def test_strong_pain_down_the_leg_names_the_clinician_and_offers_flare_up_mode() -> None:
    done = symptom("radiating-pain", "left", 7)
    assert done.output.removeprefix(RED_FLAGS).strip().splitlines() == [
        "Logged: pain from the hip down the leg, left, 7 of 10.",
        read_guidance().say("clinician"),
        read_guidance().say("symptom-log"),
        "Spoken to your clinician? slowrise flare-up told",
        read_guidance().say("flare-up-offer"),
    ]
    assert run("flare-up", "told").output == "Noted: you spoke to a clinician.\n"
    assert read_guidance().say("clinician") not in symptom("radiating-pain", "left", 7).output


def test_symptoms_on_three_days_name_the_clinician() -> None:
    ledger = SqliteLedger(paths().ledger)
    now = datetime.now(UTC)
    ledger.append_all(e.Symptom(at=now - timedelta(days=days), kind="pain", side="middle", level=3) for days in (4, 2))
    ledger.close()
    assert read_guidance().say("clinician") in run("symptom", "pain", "--level", "3").output


def test_a_note_marked_as_known_shows_the_red_flags_once() -> None:
    done = symptom("numbness", "both", 4, "--known", "--read")
    assert done.output.startswith(RED_FLAGS)
    assert names() == ["symptom", "stopped", "clinician"]
    assert RED_FLAGS not in symptom("numbness", "both", 4).output


@pytest.mark.parametrize(
    "arguments",
    [
        ("symptom",),
        ("symptom", "pain"),
        ("symptom", "numbness", "--level", "1"),
        ("symptom", "pain", "--side", "left"),
        ("symptom", "pain", "--side", "left", "--level", "11"),
        ("symptom", "a free text", "--side", "left", "--level", "1"),
        ("symptom", "pain", "--side", "behind", "--level", "1"),
        ("symptom", "weakness", "--side", "middle", "--level", "1"),
        ("profile", "strict"),
        ("flare-up", "maybe"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_refused_and_nothing_is_written(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Error" in done.output
    assert not paths().ledger.exists() or written() == []


def test_a_ledger_that_cannot_be_read_does_not_suppress_the_red_flags() -> None:
    path = paths().ledger
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text("no ledger at all " * 100)
    path.chmod(0o600)
    assert RED_FLAGS in symptom("numbness", "both", 1, "--read").output


def test_a_daemon_that_does_not_answer_does_not_suppress_the_red_flags() -> None:
    """A process holds the lock, but no control socket exists."""
    instance = SingleInstance(paths().lock)
    try:
        done = symptom("numbness", "both", 1, "--read")
    finally:
        instance.release()
    assert RED_FLAGS in done.output
    assert (done.exit_code, "nothing was logged" in done.output) == (1, True)


def test_after_a_crash_the_run_is_closed_before_the_note() -> None:
    """Otherwise the note would be the last event of the run, and the time before it would count as observed."""
    crashed = datetime.now(UTC) - timedelta(hours=5)
    ledger = SqliteLedger(paths().ledger)
    ledger.append_all([e.Started(at=crashed - timedelta(hours=1)), e.Active(at=crashed - timedelta(hours=1))])
    ledger.beat(crashed)
    ledger.close()
    symptom("pain", "left", 1)
    assert names() == ["started", "active", "stopped", "symptom"]
    assert abs(written()[2].at - crashed) < timedelta(seconds=1)


def test_flare_up_mode_is_turned_on_and_off() -> None:
    assert run("flare-up").output == "Flare-up mode is off.\n"
    on = run("flare-up", "on").output
    assert on == (
        "When to get help at once: slowrise red-flags\n"
        "Flare-up mode reminds you sooner and keeps things gentle.\n"
        "Stop workouts for now. Keep the exercises your clinician gave you. Call them today.\n"
    )
    assert "no clinician knows yet" in run("flare-up", "on").output, "a second `on` shows the state"
    assert run("profile").output.startswith("Profile: flare-up\n")
    run("flare-up", "told")
    assert "; you told a clinician." in run("flare-up").output
    assert run("flare-up", "off").output == "Going back gently: for two weeks you are reminded a little sooner.\n"
    assert run("profile").output.startswith("Profile: recovery, until ")
    assert run("flare-up", "off").output == "Flare-up mode is off.\n"
    assert [name for name in names() if name != "stopped"] == ["flare-up", "clinician", "flare-up"]


def test_a_flare_up_by_its_profile_begins_with_the_same_advice() -> None:
    advice = run("flare-up", "on").output
    run("profile", "standard")
    assert run("profile", "flare-up").output.endswith(advice)
    assert advice not in run("profile", "flare-up").output, "it goes on"


def configure(text: str) -> None:
    paths().config.parent.mkdir(parents=True, exist_ok=True)
    paths().config.write_text(text)


def test_flare_up_mode_in_the_settings_file_is_shown_and_ended_like_one_by_command() -> None:
    configure('profile = "flare-up"\n')
    in_file = read_guidance().say("flare-up-in-file")
    assert run("flare-up").output.replace("\n", " ").strip().endswith(in_file)
    assert run("flare-up", "told").output == "Noted: you spoke to a clinician.\n"
    off = run("flare-up", "off").output
    assert off.startswith("Going back gently: for two weeks you are reminded a little sooner.\n")
    assert in_file in off.replace("\n", " ")
    assert run("flare-up").output == "Flare-up mode is off.\n"
    shown = run("profile").output
    assert shown.startswith("Profile: recovery, until ")
    assert read_guidance().say("recovery-steps") in shown
    configure('profile = "standard"\n')
    assert run("profile").output.startswith("Profile: standard\n")


def test_a_clinician_told_of_a_flare_up_in_the_settings_file_stays_told_without_a_daemon() -> None:
    configure('profile = "flare-up"\n')
    assert "no clinician knows yet" in run("flare-up").output
    run("flare-up", "told")
    assert "; you told a clinician." in run("flare-up").output


def test_leaving_early_for_the_standard_profile_is_warned_of_and_done() -> None:
    early = read_guidance().say("leaving-early")
    assert early not in run("profile", "standard").output
    run("flare-up", "on")
    left = run("profile", "standard").output
    assert left.startswith("Profile: standard\n")
    assert early in left
    run("flare-up", "on")
    run("flare-up", "off")
    assert early not in run("profile").output
    assert early in run("profile", "standard").output
    assert early not in run("profile", "standard").output


def test_the_second_week_of_a_recovery_shows_its_limits() -> None:
    ledger = SqliteLedger(paths().ledger)
    over = datetime.now(UTC) - timedelta(days=8)
    ledger.append_all([e.FlareUp(at=over - timedelta(days=1), on=True), e.FlareUp(at=over, on=False)])
    ledger.close()
    shown = run("profile").output
    assert "sitting: first reminder after           27 min" in shown
    assert "Your settings file makes these times longer" not in shown
    assert "sitting: first reminder after           27 min" in run("guidance").output


def test_a_profile_is_chosen_and_shown_with_its_limits() -> None:
    assert "sitting: first reminder after           25 min      (sit_soft)" in run("profile", "recovery").output
    assert "until" not in run("profile").output, "a profile that the user chose has no end"
    assert "sitting: first reminder after           30 min  (sit_soft)" in run("profile", "standard").output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("flare-up", "--json"), {"on": False, "since": None, "told": False}),
        (("profile", "--json"), {"profile": "standard", "until": None}),
    ],
)
def test_the_state_is_available_as_json(arguments: tuple[str, ...], expected: dict[str, Any]) -> None:
    import json

    shown = json.loads(run(*arguments).output)
    assert {key: shown[key] for key in expected} == expected


def test_health_notes_are_exported_only_with_an_option() -> None:
    symptom("pain", "left", 1)
    run("flare-up", "on")
    assert "pain" not in run("export", "trace").output
    assert "flare-up" not in run("export", "trace").output
    assert "pain" in run("export", "trace", "--with-health").output


def test_configured_limits_longer_than_the_profile_are_named() -> None:
    assert "longer than this" not in run("flare-up", "on").output
    run("flare-up", "off")
    paths().config.parent.mkdir(parents=True)
    paths().config.write_text('[limits]\nsit_soft = "45m"\nbreak_min = "5m"\n')
    warning = "Your settings file makes these times longer than the profile does:"
    assert f"{warning} sit_soft 45 min (20 min), sit_firm 45 min (30 min)." in run("flare-up", "on").output
    assert f"{warning} sit_soft 45 min (25 min), sit_firm 45 min (40 min)." in run("profile", "recovery").output
    assert warning not in run("profile", "standard").output


def test_a_flare_up_is_logged_despite_a_broken_configuration() -> None:
    paths().config.parent.mkdir(parents=True)
    paths().config.write_text("[limits\n")
    done = run("flare-up", "on")
    assert (done.exit_code, names()) == (0, ["flare-up"]), done.output


def test_a_missing_configuration_named_by_an_option_is_an_error(tmp_path: Path) -> None:
    done = run("guidance", "--config", str(tmp_path / "none.toml"))
    assert done.exit_code == 2
    assert "none.toml' does not exist" in done.output


def test_a_note_that_the_ending_daemon_wrote_is_not_written_again() -> None:
    """A daemon that ends may write the note and not answer."""
    notes = HealthNotes(paths())
    since = datetime.now(UTC)
    notes.add("symptom", kind="pain", side="left", level=3)
    notes._add_without_daemon({"event": "symptom", "kind": "pain", "side": "left", "level": 3}, since)
    assert names() == ["symptom"]
    stronger = {"event": "symptom", "kind": "pain", "side": "left", "level": 4}
    notes._add_without_daemon(stronger, since)
    notes._add_without_daemon(stronger, datetime.now(UTC) + timedelta(milliseconds=1))
    assert names().count("symptom") == 3


# --- Entries that cannot be read: the red flags first, then what is accepted, and a command that is complete.


def _after_flags(*arguments: str) -> str:
    done = run("symptom", *arguments)
    assert done.exit_code == 2
    assert done.output.startswith(f"{RED_FLAGS}\n\n"), "the red flags come first"
    assert not paths().ledger.exists(), "nothing is written"
    return done.output.removeprefix(RED_FLAGS).strip()


@pytest.mark.parametrize(
    ("arguments", "says", "example"),
    [
        (("saddle",), "Error: How strong is it?", "saddle-numbness --level 3"),
        (("bladder",), "Error: How strong is it?", "bladder-bowel --level 3"),
        (("bowel", "--side", "left"), "Error: How strong is it?", "bladder-bowel --level 3"),
        (("incontinence",), "Error: How strong is it?", "bladder-bowel --level 3"),
        (("groin", "numbness"), "Error: How strong is it?", "saddle-numbness --level 3"),
        (("numbness", "--side", "behind", "--level", "3"), "Error: Not a side", "numbness --side left --level 3"),
        (("numbness", "--level", "3"), "Error: Which side?", "numbness --side left --level 3"),
        (("weakness", "--side", "right"), "Error: How strong is it?", "weakness --side right --level 3"),
        (("numbness", "--side", "both", "--level", "11"), "Error: Not a level: 11.", "numbness --side both --level 3"),
        (
            ("numbness", "--side", "both", "--level", "bad"),
            "Error: Not a level: bad.",
            "numbness --side both --level 3",
        ),
        (("wibble", "--side", "both", "--level", "4"), "Error: Not a kind", "radiating-pain --side both --level 4"),
        ((), "Error: Which symptom?", "radiating-pain --side left --level 3"),
        (("pain", "--known"), "Error: How strong is it?", "pain --side middle --level 3 --known"),
    ],
    ids=" ".join,
)
def test_an_entry_that_cannot_be_read_brings_the_red_flags_and_a_complete_command(
    arguments: tuple[str, ...], says: str, example: str
) -> None:
    said = _after_flags(*arguments)
    assert said.startswith(says)
    assert said.endswith(f"For example: slowrise symptom {example}")


@pytest.mark.parametrize("arguments", [("pain", "--sied", "left"), ("pain", "--level"), ("pain", "--level=-1")])
def test_a_mistyped_option_comes_after_the_red_flags_too(arguments: tuple[str, ...]) -> None:
    assert "Error" in _after_flags(*arguments)


@pytest.mark.parametrize(
    ("arguments", "logged"),
    [
        ("numbness left 3", "numbness in the leg or foot, left, 3 of 10"),
        ("3 left numbness", "numbness in the leg or foot, left, 3 of 10"),
        ("reduced sensation right 2", "less feeling in the leg or foot, right, 2 of 10"),
        ("pain --level 4", "low back pain, in the middle, 4 of 10"),
        ("sciatica left 2", "pain from the hip down the leg, left, 2 of 10"),
    ],
)
def test_words_in_any_order_are_an_entry(arguments: str, logged: str) -> None:
    done = run("symptom", *arguments.split())
    assert done.exit_code == 0, done.output
    assert f"Logged: {logged}." in done.output


@pytest.mark.parametrize("words", ["saddle --level 2", "bladder 5", "incontinence 1 --side left"])
def test_a_red_flag_is_logged_once_read_and_says_whom_to_call(words: str) -> None:
    done = run("symptom", *words.split(), given="\n")
    assert done.exit_code == 0
    assert done.output.startswith(f"{RED_FLAGS}\n\n{READ}")
    after = done.output.partition(READ)[2].splitlines()
    assert after[1] == read_guidance().say("red-flag-call", number=read_guidance().number)
    assert "flare-up" not in done.output
    assert names() == ["symptom"]
    again = run("symptom", *words.split(), given="")
    assert again.exit_code == 2, "it has to be read each time"
