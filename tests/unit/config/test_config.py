"""The configuration: it reports every mistake at once, reads back what it writes, and has the documented profiles."""

import contextlib
import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.input import choose
from slowrise.cli.commands.config import settings_in_force
from slowrise.config.config import SETTINGS, SOURCES, TABLES, Config, policy_of
from slowrise.config.parse import ConfigError, differences, from_differences, parse
from slowrise.config.reference import reference
from slowrise.config.types import COMMAND, TEXT, WEEKDAYS
from slowrise.core.model.policy import PROFILES, Policy
from slowrise.core.model.time_text import format_setting, format_time_of_day
from slowrise.core.prompts.timing import EARLY_PRICE
from support import PROJECT

SHIPPED = PROJECT / "config" / "slowrise.toml"

HOURS = st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda span: span[0] != span[1])
RAW = {
    "limits": st.integers(1, 300).map(lambda minutes: format_setting(minutes * 60)),
    "others_a_day": st.integers(0, 40),
    "eagerness": st.sampled_from(sorted(EARLY_PRICE)),
    "quiet_hours": st.lists(
        HOURS.map(lambda span: f"{format_time_of_day(span[0] * 60)}-{format_time_of_day(span[1] * 60)}"), max_size=3
    ),
    "workdays": st.lists(st.sampled_from(WEEKDAYS), max_size=7),
    "sound": st.booleans(),
    "have": st.booleans(),
    "at": st.integers(0, 1439).map(lambda minute: format_time_of_day(minute * 60)),
    "profile": st.sampled_from(sorted(PROFILES)),
}


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """What a file may set, any part of it; it may contradict itself."""
    raw: dict[str, Any] = {}
    for setting in draw(st.lists(st.sampled_from(SETTINGS), unique_by=lambda setting: setting.name)):
        default = tomllib.loads(setting.default_line)[setting.leaf]
        values = RAW["limits"] if setting.table == "limits" else RAW.get(setting.leaf, st.just(default))
        (raw.setdefault(setting.table, {}) if setting.table else raw)[setting.leaf] = draw(values)
    return raw


def read(raw: dict[str, Any]) -> Config:
    """The configuration; a limit that contradicts another is taken out until none does."""
    try:
        return from_differences(raw)
    except ConfigError as error:
        for mistake in error.mistakes:
            lower = {"sit_firm": "sit_soft", "stand_firm": "stand_soft", "break_full": "break_min"}
            leaf = mistake.key.removeprefix("limits.")
            raw["limits"].pop(leaf, None)
            raw["limits"].pop(lower[leaf], None)
        return read(raw)


def mistakes(text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as refused:
        parse(text)
    return {mistake.key: mistake.wrong for mistake in refused.value.mistakes}


def test_an_empty_file_is_the_standard_policy() -> None:
    assert policy_of(parse("")) == Policy()
    assert differences(parse("")) == {}


def test_the_shipped_file_is_the_table_and_changes_nothing() -> None:
    assert SHIPPED.read_text() == reference()
    assert parse(reference()) == parse("")


def test_the_shipped_file_with_every_default_uncommented_is_the_standard_policy() -> None:
    live = re.sub(r"^#(?=\S)", "", reference(), flags=re.MULTILINE)
    assert sum(1 if not isinstance(v, dict) else len(v) for v in tomllib.loads(live).values()) == len(SETTINGS)
    assert policy_of(parse(live)) == Policy()
    assert parse(live).warnings == ()


def test_the_names_of_the_file_are_as_promised() -> None:
    limits = (
        *("sit_soft", "sit_repeat", "sit_firm", "break_min", "break_full"),
        *("stand_soft", "stand_firm", "stand_repeat", "stand_budget", "day_budget", "spacing"),
    )
    assert tuple(setting.leaf for setting in SETTINGS if setting.table == "limits") == limits
    assert TABLES == (
        "limits",
        "source",
        "notifications",
        "tray",
        "summary",
        "breaks",
        "standing_desk",
        "guidance",
        "record",
        "share",
    )


def test_every_value_of_the_policy_has_its_setting() -> None:
    fixed = {"profile", "partial_credit", "good_longest"}
    fields = [setting.policy_field for setting in SETTINGS if setting.policy_field]
    assert sorted(fields) == sorted(set(Policy.__struct_fields__) - fixed)


def test_the_sources_of_the_file_are_those_there_are() -> None:
    assert set(SOURCES) == {"auto", *choose.SOURCES}


@given(files())
def test_differences_give_the_same_configuration_back(raw: dict[str, Any]) -> None:
    config = read(raw)
    assert from_differences(differences(config)) == config


@given(files())
def test_what_is_shown_reads_back_as_the_same_policy(raw: dict[str, Any]) -> None:
    config = read(raw)
    assert policy_of(parse(settings_in_force(config, "slowrise.toml"))) == policy_of(config)


@given(files(), st.sampled_from(sorted(PROFILES)))
def test_limits_keep_their_order_and_their_overrides_under_every_profile(raw: dict[str, Any], profile: Any) -> None:
    config = read(raw)
    policy = policy_of(config, profile)
    assert policy.sit_soft <= policy.sit_firm
    assert policy.stand_soft <= policy.stand_firm
    assert policy.break_min <= policy.break_full
    for name in raw.get("limits", {}):
        assert getattr(policy, name) == getattr(config.limits, name)


def test_every_mistake_is_named_at_once() -> None:
    assert mistakes(
        """
        profile = "flareup"
        sit_soft = "30m"
        source = "terminal"
        [limits]
        sit_sft = "30m"
        sit_repeat = "0s"
        sit_firm = 30
        stand_soft = "-3m"
        stand_firm = ["40m"]
        break_min = "10m"
        [limit]
        sit_soft = "30m"
        [notifications]
        quiet_hours = ["22-7", "22:00-07:00"]
        workdays = ["monday"]
        sound = "yes"
        others_a_day = true
        eagerness = "pushy"
        snooze = "20m"
        [summary]
        at = 18:00:00
        """
    ) == {
        "profile": "'flareup' is not one of standard, recovery, flare-up",
        "sit_soft": "no such setting; the nearest is limits.sit_soft",
        "source": "this is a table, not a value",
        "limits.sit_sft": "no such setting; the nearest is limits.sit_soft",
        "limits.sit_repeat": "it must be longer than 0s",
        "limits.sit_firm": "30 has no unit",
        "limits.stand_soft": "'-3m' is below zero",
        "limits.stand_firm": "a list is not a duration",
        "limits.break_full": "it is 5m, shorter than break_min, which is 10m",
        "limit": "no such table; the nearest is limits",
        "notifications.quiet_hours": "'22' is not a time of day",
        "notifications.workdays": "'monday' is not one of mon, tue, wed, thu, fri, sat, sun",
        "notifications.sound": "yes is neither true nor false",
        "notifications.others_a_day": "true is not a whole number of at least 0",
        "notifications.eagerness": "'pushy' is not one of relaxed, balanced, insistent",
        "notifications.snooze_budget": "it is 15m, shorter than snooze, which is 20m",
        "summary.at": "18:00:00 is not a time of day",
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
@pytest.mark.parametrize("value", ["[]", "{}", "3.5", "-1", '"?"', "true", "[1]", "1979-05-27"])
def test_the_example_of_a_mistake_is_accepted(setting: Any, value: str) -> None:
    header = f"[{setting.table}]\n" if setting.table else ""
    try:
        parse(f"{header}{setting.leaf} = {value}")
    except ConfigError as error:
        (mistake,) = error.mistakes
        assert mistake.key == setting.name
        parse(header + mistake.example)
    else:
        assert value in {"[]", "true"} or (value == '"?"' and setting.type in (TEXT, COMMAND))


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        ("limits.sit_firm", '[limits]\nsit_soft = "40m"\nsit_firm = "39m"'),
        ("limits.sit_firm", '[limits]\nsit_soft = "51m"'),
        ("limits.sit_firm", 'profile = "flare-up"\nlimits.sit_soft = "31m"'),
        ("limits.stand_firm", '[limits]\nstand_firm = "19m"'),
        ("limits.break_full", '[limits]\nbreak_min = "6m"'),
        ("notifications.snooze_budget", '[notifications]\nsnooze = "16m"'),
    ],
)
def test_a_contradiction_is_refused_and_its_example_resolves_it(pair: str, text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(text)
    (mistake,) = refused.value.mistakes
    assert mistake.key == pair
    raw = tomllib.loads(text)
    table, leaf = pair.split(".")
    raw[table][leaf] = tomllib.loads(mistake.example)[leaf]
    assert from_differences(raw) != parse("")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[limits]\nsit_soft = "30m\n', "line 2, column 16"),
        ("[limits\n", "line 1, column 8"),
        ("a = 1\na = 2", "line 2, column 6"),
        ("x = [", "line 1, column 6"),
        ('sit_soft = "30m"\n\x00', "line 2, column 1"),
    ],
)
def test_text_that_is_no_toml_is_refused_with_the_place(text: str, place: str) -> None:
    assert list(mistakes(text)) == [place]


def test_endless_brackets_are_a_mistake_not_a_crash() -> None:
    assert "the file" in mistakes("x = " + "[\n" * 100_000)


def test_the_error_says_where_what_and_how_else() -> None:
    with pytest.raises(ConfigError) as refused:
        parse('[limits]\nsit_soft = "30"\nsit_frm = "1h"', where="/home/me/slowrise.toml")
    assert str(refused.value) == (
        "/home/me/slowrise.toml: 2 mistakes\n"
        "  limits.sit_soft: '30' has no unit; for example sit_soft = \"30m\"\n"
        '  limits.sit_frm: no such setting; the nearest is limits.sit_firm; for example sit_firm = "50m"'
    )


def test_a_value_outside_its_range_is_taken_with_one_warning() -> None:
    config = parse('[limits]\nsit_soft = "20s"\nbreak_min = "1m"\n[notifications]\nwait_for_pause = "0s"')
    assert policy_of(config).sit_soft == 20
    assert config.warnings == ("limits.sit_soft: 20s is outside the advised 10m to 1h",)


def test_a_limit_set_here_pushes_those_of_a_stricter_profile() -> None:
    config = parse('[limits]\nsit_soft = "45m"\nbreak_full = "2m30s"')
    strict = policy_of(config, "flare-up")
    assert (strict.sit_soft, strict.sit_firm) == (45 * 60, 45 * 60)
    assert (strict.break_min, strict.break_full) == (150, 150)
    assert strict.stand_firm == PROFILES["flare-up"].stand_firm


def test_the_profiles_are_those_of_the_table() -> None:
    """Minutes, in the order of the columns standard, recovery, flare-up."""
    rows = {
        "sit_soft": (30, 25, 20),
        "sit_repeat": (10, 10, 5),
        "sit_firm": (50, 40, 30),
        "break_min": (2, 2, 3),
        "break_full": (5, 5, 5),
        "stand_soft": (20, 15, 10),
        "stand_firm": (40, 30, 20),
        "stand_repeat": (20, 20, 10),
        "stand_budget": (120, 90, 60),
        "day_budget": (360, 300, 240),
        "spacing": (10, 10, 5),
    }
    policies = [policy_of(parse(f'profile = "{name}"')) for name in ("standard", "recovery", "flare-up")]
    assert {name: tuple(getattr(policy, name) / 60 for policy in policies) for name in rows} == rows
    assert [policy.eagerness for policy in policies] == ["balanced", "insistent", "insistent"]
    assert [policy.return_tip for policy in policies] == [False, True, True]
    assert {policy.others_a_day for policy in policies} == {4}
    assert [policy.partial_credit for policy in policies] == [10, 10, 0]
    assert [policy.profile for policy in policies] == ["standard", "recovery", "flare-up"]


def test_a_value_in_the_file_holds_where_the_profile_would_decide() -> None:
    config = parse('profile = "flare-up"\n[notifications]\neagerness = "relaxed"\nreturn_tip = false')
    assert (policy_of(config).eagerness, policy_of(config).return_tip) == ("relaxed", False)
    assert policy_of(parse(""), "recovery").eagerness == "insistent"


def test_a_setting_of_an_earlier_version_is_named_in_a_warning_and_changes_nothing() -> None:
    """A file of that version, and the policy events of its ledger, still hold."""
    config = parse('[limits]\nsit_soft = "25m"\n[notifications]\nmost_a_day = 8')
    assert policy_of(config) == policy_of(parse('[limits]\nsit_soft = "25m"'))
    (warning,) = config.warnings
    assert warning.startswith("notifications.most_a_day: ")
    assert "notifications.others_a_day" in warning
    assert differences(config) == {"limits": {"sit_soft": "25m"}}


def test_quiet_hours_and_workdays_become_seconds_and_numbers() -> None:
    policy = policy_of(parse('[notifications]\nquiet_hours = ["22:00-07:00"]\nworkdays = ["sun", "mon"]'))
    assert policy.quiet_hours == ((22 * 3600, 7 * 3600),)
    assert policy.workdays == {0, 6}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse(text)


def test_what_is_kept_for_how_long_is_given_in_days_weeks_or_years() -> None:
    kept = {text: parse(f'[record]\nkeep = "{text}"').record.keep / 86400 for text in ("forever", "90d", "8w", "2 y")}
    assert kept == {"forever": float("inf"), "90d": 90, "8w": 56, "2 y": 730.5}
    for text in ("2y", "90d", "forever"):
        assert f'keep = "{text}"' in settings_in_force(parse(f'[record]\nkeep = "{text}"'), "slowrise.toml")
    wrong = mistakes('[record]\nkeep = "2 months"\n[share]\nfolder = "Sync"\nname = "a/b"')
    assert sorted(wrong) == ["record.keep", "share.folder", "share.name"]


def test_no_event_records_where_files_are() -> None:
    assert differences(parse('[share]\nfolder = "~/Sync/mine"\nname = "laptop"\n[record]\nkeep = "2y"')) == {}


HOSTILE = {
    "a number of thousands of digits": (
        "[notifications]\nothers_a_day = 1" + "0" * 4000,
        "others_a_day: it must not be",
    ),
    "a number that Python does not read": (
        "[notifications]\nothers_a_day = 1" + "0" * 5000,
        "line 2: the line is longer",
    ),
    "a number where a length belongs": ("[limits]\nsit_soft = 1" + "0" * 4000, "sit_soft: … has no unit"),
    "the home of nobody": ('[share]\nfolder = "~nouser/x"', "'~nouser/x' does not begin with / or ~/"),
    "a NUL in a folder": ('[share]\nfolder = "/tmp/\\u0000x"', "/tmp/?x has characters that cannot be printed"),
    "a NUL in a command": ('[notifications]\non_prompt = "say\\u0000"', "say? has characters that cannot be printed"),
    "a resolution of ages": ('[source]\nresolution = "999999999h"', "accepted is up to 1000h"),
    "a resolution that sees nothing": ('[source]\nresolution = "1h"', "it must not be longer than 10m"),
    "a command without end": ("[notifications]\non_prompt = '''" + "x\n" * 3000 + "'''", "longer than 4096 characters"),
    "a list without end": (
        "[notifications]\nquiet_hours = [\n" + '"22:00-07:00",\n' * 200 + "]",
        "more than 100 entries",
    ),
    "a key without end": ('"' + "k" * 200_000 + '" = 1', "line 1: the line is longer than 4096 characters"),
    "a key of parts without end": ("k" + ".k" * 2000 + " = 1", "line 1: the line has more than 100 dots"),
    "keys without number": ("".join(f"key{number} = 1\n" for number in range(50_000)), "the file: 50 mistakes"),
    "an escape in a key": ('"\\u001b[31mred" = 1', "?[31mred: no such setting"),
    "an escape in a value": ('profile = "\\u001b]0;title\\u0007"', "is not one of standard"),
    "a line end in a key": ('"limits\\nprofile: wrong" = 1', "limits?profile: wrong: no such setting"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.timeout(10)
def test_a_hostile_file_is_refused_at_once_in_words_that_a_terminal_can_show(case: str) -> None:
    text, wrong = HOSTILE[case]
    with pytest.raises(ConfigError) as refused:
        parse(text, where="the file")
    said = str(refused.value)
    assert wrong in said
    assert said.replace("\n", "").isprintable()
    assert all(len(line) < 400 for line in said.splitlines())
