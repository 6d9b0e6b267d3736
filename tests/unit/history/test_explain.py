"""`slowrise why` explains a silence by exactly the evidence it was judged by, wherever the replay begins."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.paths import paths
from slowrise.adapters.system.resources import weights
from slowrise.adapters.system.single_instance import SingleInstance
from slowrise.cli.main import commands
from slowrise.cli.views.evidence import evidence_words
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.core.presence.evidence import probability_of
from slowrise.history.days import Days, keep_in
from slowrise.history.explain import Explained, Explainer, NoSilence
from slowrise.history.monitor import Monitor
from support.person import MONDAY, Action, PersonDay, actions, config, events_of, monitor_after, slow
from support.two_weeks import FIRST, LAST, NOON, events

MINUTE = 60.0
IN_DOUBT = """\
2026-03-02: no input from 09:20:00 to 09:23:00, for 3 min.

Evidence that you stayed seated (+) or left (-), strongest first:
"""


def run(data: Path, *words: object) -> Result:
    return CliRunner().invoke(commands, ["why", "--data-dir", str(data), *(str(word) for word in words)])


def text(data: Path, *words: object) -> str:
    result = run(data, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def explained(data: Path, *words: object) -> dict[str, Any]:
    return dict(json.loads(text(data, *words, "--json")))


def kept(folder: Path, happened: Sequence[e.Event]) -> Path:
    """Return a data directory with these events."""
    folder.mkdir(exist_ok=True)
    ledger = SqliteLedger(folder / "ledger.sqlite3")
    ledger.append_all(happened)
    ledger.close()
    return folder


def label(minutes: float) -> str:
    return iso(MONDAY + timedelta(minutes=minutes))


def morning() -> PersonDay:
    """A doubtful silence of 3 minutes at 09:20, and a locked screen for 40 minutes from 10:27 on."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 3 * MINUTE)
    desk.type_for(60 * MINUTE, 20.0)
    desk.emit(e.Locked)
    desk.wait(40 * MINUTE)
    desk.emit(e.Unlocked)
    desk.type_for(30 * MINUTE, 20.0)
    return desk


def whole(happened: Sequence[e.Event]) -> Explainer:
    """Return an explainer that has replayed all events."""
    explainer = Explainer(Monitor.under(config(), weights()), enumerate(happened, start=1))
    explainer.replay_all()
    return explainer


# -- the evidence as it was decided ------------------------------------------------------------------------------------


@slow
@given(actions())
def test_what_is_explained_is_what_was_judged(day: list[Action]) -> None:
    """Asking changes nothing. Each silence has its probability from the record, and its weights add up to it."""
    happened = events_of(day)
    explainer, monitor = whole(happened), monitor_after(happened)
    assert explainer.monitor.state.segments == monitor.state.segments
    assert explainer.monitor.prompts == monitor.prompts
    for verdict in explainer.monitor.state.presence.verdicts or ():
        judged = monitor.state.segments
        middle = (verdict.start + verdict.end) / 2
        assert verdict.probability == next(
            segment.probability for segment in judged if segment.start <= middle < segment.end
        )
        found = explainer.at(explainer.monitor.state.timeline.of(middle))
        if isinstance(found, Explained) and found.verdict == verdict and not verdict.is_machine:
            total = sum(weight.log_odds for weight in found.weighed.weights)
            assert found.weighed.probability == pytest.approx(verdict.probability)
            assert verdict.probability == 0.0 or probability_of(total) == pytest.approx(verdict.probability)


def test_it_makes_no_difference_from_which_checkpoint_it_is_told(tmp_path: Path) -> None:
    happened = list(events())
    data = kept(tmp_path / "data", happened)
    archive = SqliteLedger(data / "ledger.sqlite3")
    list(Days(archive, config(), weights(), NOON, keep=partial(keep_in, archive)).between(FIRST, LAST))
    assert archive.checkpoint() is not None
    archive.close()
    explainer = whole(happened)
    labels = explainer.monitor.state.timeline
    verdicts = explainer.monitor.state.presence.verdicts or []
    assert len(verdicts) > 100
    for verdict in random.Random(5).sample(verdicts, 12):  # noqa: S311 - any will do
        middle = labels.of((verdict.start + verdict.end) / 2)
        found = explainer.at(middle)
        assert isinstance(found, Explained)
        answer = explained(data, middle.isoformat())
        assert [weight["words"] for weight in answer["evidence"]] == [
            evidence_words(weight) for weight in found.weighed.weights
        ]
        assert (answer["from"], answer["to"]) == (iso(found.start), iso(found.end))
        assert answer["probability"] == round(verdict.probability, 3)


def test_the_latest_in_doubt_is_explained_though_a_clear_one_came_later(tmp_path: Path) -> None:
    explainer = whole(morning().events)
    latest = explainer.latest()
    assert latest is not None
    assert latest.start == MONDAY + timedelta(minutes=20)
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 40 * MINUTE)
    desk.type_for(5 * MINUTE, 20.0)
    clear = whole(desk.events).latest()
    assert clear is not None
    assert clear.verdict.probability < 0.25
    assert whole([e.Started(at=MONDAY)]).latest() is None


# -- in words ----------------------------------------------------------------------------------------------------------


def test_a_silence_in_doubt_is_told_with_each_weight_and_how_to_correct_it(tmp_path: Path) -> None:
    data = kept(tmp_path / "data", morning().events)
    answer, said = explained(data, label(22)), text(data, label(22))
    assert said.startswith(IN_DOUBT)
    assert answer["doubtful"]
    sizes = [abs(weight["weight"]) for weight in answer["evidence"]]
    assert sizes == sorted(sizes, reverse=True)
    for weight in answer["evidence"]:
        assert any(line.endswith(f"  {weight['words']}") for line in said.splitlines())
    assert "it lasted 3 min" in said
    assert answer["sum"] == pytest.approx(sum(weight["weight"] for weight in answer["evidence"]), abs=0.01)
    assert f"in all: {answer['probability'] * 100:.0f} % likely that you stayed seated" in said
    assert "Final verdict at 09:24:00: away, but in doubt." in said
    begin, end = "2026-03-02T09:20:00+01:00", "2026-03-02T09:23:00+01:00"
    assert f"slowrise was sitting --from {begin} --to {end} --data-dir {data}\n" in said


def test_the_weights_of_a_lock_are_those_of_a_lock(tmp_path: Path) -> None:
    answer = explained(kept(tmp_path / "data", morning().events), label(100))
    words = [weight["words"] for weight in answer["evidence"]]
    assert "the screen was locked 20 s after the last input" in words
    assert (answer["verdict"], answer["doubtful"], answer["answers"]) == ("away", False, [])


def test_a_time_is_meant_to_the_minute(tmp_path: Path) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE + 40, 7 * MINUTE)
    desk.type_for(10 * MINUTE, 20.0)
    assert explained(kept(tmp_path / "data", desk.events), label(20))["from"] == label(20 + 40 / 60)


def test_the_users_word_overrides_the_evidence_and_is_told(tmp_path: Path) -> None:
    desk = morning()
    desk.emit(e.Answered, from_=desk.label(20 * MINUTE), to=desk.label(23 * MINUTE), was="sitting")
    data = kept(tmp_path / "data", desk.events)
    answer, said = explained(data, label(22)), text(data, label(22))
    assert answer["verdict"] == "away"
    assert answer["answers"] == [{"from": label(20), "to": label(23), "was": "sitting"}]
    assert [span["state"] for span in answer["record"]] == ["sitting"]
    assert "You answered: sitting from 09:20:00 to 09:23:00. Your answer counts, whatever the evidence." in said
    assert "Recorded: sitting from 09:20:00 to 09:23:00." in said


def test_the_users_own_lean_is_one_of_the_weights(tmp_path: Path) -> None:
    desk = morning()
    desk.emit(e.Answered, from_=desk.label(20 * MINUTE), to=desk.label(23 * MINUTE), was="sitting")
    desk.type_for(5 * MINUTE, 3 * MINUTE)
    desk.type_for(10 * MINUTE, 20.0)
    answer = explained(kept(tmp_path / "data", desk.events), label((desk.passed - 12 * MINUTE) / MINUTE))
    (bias,) = (weight for weight in answer["evidence"] if weight["name"] == "lean")
    assert bias["words"] == "how your answers so far differ from the silences of most people"
    assert bias["weight"] == answer["lean"] > 0


def test_declared_standing_is_told_beside_the_verdict(tmp_path: Path) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.StandingDeclared)
    desk.type_for(10 * MINUTE, 1 * MINUTE)
    desk.type_for(10 * MINUTE, 20.0)
    said = text(kept(tmp_path / "data", desk.events), label(10))
    assert "sitting." in said
    assert "Recorded: standing from 09:10:00 to 09:11:00." in said


# -- where there is no silence to judge --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "what", "sentence"),
    [
        (10, "input", "At 09:10 there was input (from 09:05:00 to 09:20:00, with pauses under half a minute)."),
        (2, "empty", "At 09:02 there was nothing to judge: from 09:00:00 to 09:05:00 slowrise had just started"),
        (40, "unobserved", "At 09:40 slowrise was not watching (from 09:30:00 to 10:00:00). It is neither"),
        (-60, "unrecorded", "Nothing is recorded for 2026-03-02 08:00."),
        (3000, "unrecorded", "Nothing is recorded for 2026-03-04 11:00."),
    ],
)
def test_any_other_time_gets_an_honest_sentence(minutes: float, what: str, sentence: str, tmp_path: Path) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.wait(5 * MINUTE)
    desk.type_for(15 * MINUTE, 10 * MINUTE)
    desk.emit(e.Paused)
    desk.wait(30 * MINUTE)
    desk.emit(e.Unpaused)
    desk.type_for(30 * MINUTE, 20.0)
    desk.emit(e.Stopped)
    data = kept(tmp_path / "data", desk.events)
    assert text(data, label(minutes)).startswith(sentence)
    assert explained(data, label(minutes))["found"] == what


def test_a_time_in_input_names_the_silence_before_it(tmp_path: Path) -> None:
    data = kept(tmp_path / "data", morning().events)
    said = text(data, label(40))
    assert "before that was from 09:20:00 to 09:23:00. To see it:" in said
    assert said.endswith(f"\n  slowrise why 2026-03-02T09:20:00+01:00 --data-dir {data}\n")


def test_the_future_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, (datetime.now().astimezone() + timedelta(days=1)).isoformat())
    assert result.exit_code == 2
    assert "is in the future" in result.stderr


def test_without_a_record_it_says_so(tmp_path: Path) -> None:
    result = run(tmp_path / "data")
    assert result.exit_code == 1
    assert "No silence was judged in the last 60 days." in result.stderr


# -- silences that are not what they were at first ---------------------------------------------------------------------


def test_touches_like_clockwork_are_told_as_a_machine(tmp_path: Path) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 2 * MINUTE)
    for _ in range(8):
        desk.type_for(0.1, 2 * MINUTE)
    desk.type_for(20 * MINUTE, 20.0)
    said = text(kept(tmp_path / "data", desk.events), label(27))
    assert "like clockwork: a machine" in said
    assert ": away." in said


def test_a_clock_set_later_moves_the_time_that_is_asked_for(tmp_path: Path) -> None:
    """The clock was two hours behind. The user asks for the corrected time, not for what it showed then."""
    desk = morning()
    desk.step(2 * 3600)
    desk.type_for(10 * MINUTE, 20.0)
    data = kept(tmp_path / "data", desk.events)
    assert explained(data, label(142))["from"] == label(140)
    assert explained(data, label(22))["found"] == "unrecorded"


def test_a_silence_that_lasts_is_explained_as_it_stands(tmp_path: Path) -> None:
    begun = datetime.now().astimezone() - timedelta(hours=1)
    desk = PersonDay(begun)
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE)
    data = kept(tmp_path / "data", desk.events)
    at = (begun + timedelta(minutes=30)).isoformat()
    instance = SingleInstance(paths(data=data).lock)
    try:
        answer, said = explained(data, at), text(data, at)
    finally:
        instance.release()
    assert (answer["to"], answer["final"], answer["verdict"]) == (None, False, "away")
    assert answer["seconds"] == pytest.approx(40 * MINUTE, abs=60)
    assert "so far." in said
    assert "The final verdict comes a minute after you are back." in said
    assert "slowrise was" not in said
    # Where nobody watches any more, the silence ended with the watching.
    assert explained(data, at)["found"] == "unrecorded"


def test_what_was_found_otherwise_is_no_silence() -> None:
    assert isinstance(whole(morning().events).at(MONDAY + timedelta(minutes=5)), NoSilence)
