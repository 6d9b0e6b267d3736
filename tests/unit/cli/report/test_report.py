"""`slowrise report` and its files, without a browser."""

from __future__ import annotations

import json
import re
import stat
import sys
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.main import commands
from slowrise.cli.report.html import page
from slowrise.cli.report.model import Report
from slowrise.cli.report.png import png
from slowrise.config.config import policy_of
from slowrise.config.parse import parse
from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.summary import SymptomNote, summarize
from slowrise.core.prompts.kinds import PromptKind
from support.day_strategies import NINE, spans_of
from support.two_weeks import FIRST, LAST, NOON, fill

POLICY = policy_of(parse(""))


def run(*words: object) -> Result:
    return CliRunner().invoke(commands, [str(word) for word in words])


def report_of(*computers: str, symptoms: tuple[SymptomNote, ...] = ()) -> Report:
    records = []
    for number, life in enumerate(computers):
        day = date(2026, 3, 2 + number)
        spans = spans_of(life, NINE.replace(day=2 + number))
        records.append(DayRecord(summarize(spans, day=day, break_min=120.0, symptoms=symptoms), spans))
    return Report(records, POLICY)


def page_of(report: Report) -> str:
    return page(report, read_guidance(), NOON)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("data") / "data"
    fill(directory)
    return directory


def test_the_page_and_the_picture_are_complete_and_private(data: Path, tmp_path: Path) -> None:
    html, picture = tmp_path / "r.html", tmp_path / "r.png"
    result = run("report", "--data-dir", data, "--from", FIRST, "--to", LAST, "--html", html, "--png", picture)
    assert result.exit_code == 0, result.output
    assert html.read_text().rstrip().endswith("</html>")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (html, picture)] == [0o600, 0o600]
    assert sorted(tmp_path.iterdir()) == [html, picture]


def test_the_same_days_give_the_same_page() -> None:
    assert page_of(report_of("s40 a10 s30")) == page_of(report_of("s40 a10 s30"))


def test_without_recorded_days_the_page_explains_it(private_home: Path) -> None:
    result = run("report")
    assert result.exit_code == 0, result.output
    assert "Nothing is recorded from " in result.stderr
    (written,) = private_home.rglob("report.html")
    assert "slowrise was not running on these days, or was paused, so nothing is known." in written.read_text()
    assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--from", "2026-03-09", "--to", "2026-03-02"), "--from 2026-03-09 is after --to 2026-03-02"),
        (("--from", "2020-01-01", "--to", "2026-03-02"), "more than 366 days"),
        (("--from", "yesterday"), "Not a date: yesterday. Write it like 2026-03-02"),
        (("--from", "2026-03-02", "--to", "2026-03-09", "--days", "3"), "Give two of"),
        (("--days", "0"), "0"),
    ],
)
def test_impossible_days_are_refused(data: Path, words: tuple[str, ...], expected: str) -> None:
    result = run("report", "--data-dir", data, *words)
    assert result.exit_code == 2
    assert expected in result.output


def test_a_file_that_cannot_be_written_is_named(data: Path) -> None:
    result = run("report", "--data-dir", data, "--html", "/nowhere/at/all.html")
    assert result.exit_code == 1
    assert "/nowhere/at/all.html: No such file or directory" in result.output


def test_without_the_libraries_it_names_the_command_that_installs_them(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("matplotlib", "jinja2"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    result = run("report", "--data-dir", data)
    assert result.exit_code == 1
    assert "-m pip install 'slowrise[report]'" in result.output


@pytest.mark.parametrize("computers", [("?600",), ("a30",), ("s1400",), ("s20@0.5 ?60 u30 s10", "", "a5 s3")])
def test_odd_days_give_a_valid_page_and_picture(computers: tuple[str, ...]) -> None:
    report = report_of(*computers)
    text = page_of(report)
    assert png(report, "It can be wrong.").startswith(b"\x89PNG")
    assert ("nothing is known" in text) == (report.together.days == 0)
    assert json.loads(text.partition('id="numbers">')[2].partition("</script>")[0]) == report.as_json()
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL).lower().split()


def test_a_health_note_is_escaped_in_the_page() -> None:
    note = SymptomNote(NINE, "<script>alert(1)</script>&", "left", 3)
    text = page_of(report_of("s40 a10 s30", symptoms=(note,)))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text


def test_the_drawings_have_no_fixed_colours() -> None:
    drawings = re.findall(r"<svg.*?</svg>", page_of(report_of("s40 a10 u30 ?20 s30@0.6")), flags=re.DOTALL)
    assert drawings
    assert not re.findall(r"#[0-9a-f]{6}\b", " ".join(drawings))


def test_the_page_has_the_break_rule_and_the_disclaimer() -> None:
    text = page_of(report_of("s40 a10 s30"))
    assert "A sit ends with a break of 2 min or more." in text
    assert read_guidance().disclaimer.say in unescape(text)
    assert "Recorded is the time in which slowrise was on." in text


def test_computers_and_their_missing_days_are_named() -> None:
    report = report_of("s40 a10 s30")
    text = page_of(Report(report.records, POLICY, computers=("desk", "laptop"), missing=("No record of laptop.",)))
    assert "Computers: desk, laptop." in text
    assert "No record of laptop." in text


def test_no_line_breaks_within_a_duration() -> None:
    html = unescape(page_of(report_of("s65 a10 s30", "s10")))
    assert "1\u00a0h\u00a005\u00a0min" in html
    assert "a break of\u00a02\u00a0min or more" in html


def test_symptoms_are_shown_beside_the_long_sits_before_them() -> None:
    records = []
    for number in (2, 3):
        spans = spans_of("s60 a10 s30", NINE.replace(day=number))
        note = SymptomNote(at=NINE.replace(day=number, hour=9, minute=58), kind="pain", side="left", level=3)
        summary = summarize(spans, day=date(2026, 3, number), break_min=120.0, symptoms=[note])
        records.append(DayRecord(summary, spans))
    html = page_of(Report(records, POLICY)).replace("\u00a0", " ")
    assert "You logged low back pain on 2 days: on 2 soon after 50 minutes or more of sitting," in html


def test_a_symptom_outside_the_observed_hours_is_still_on_the_rows() -> None:
    spans = spans_of("s40 a10 s30", NINE)
    at_night = SymptomNote(at=NINE.replace(hour=21, minute=40), kind="pain", side="left", level=3)
    day = DayRecord(summarize(spans, day=date(2026, 3, 2), break_min=120.0, symptoms=[at_night]), spans)
    assert "22:00" in page_of(Report([day], POLICY))


def test_only_prompts_that_ask_to_move_are_named_on_the_rows() -> None:
    spans = spans_of("s40 a10 s30", NINE)
    summary = summarize(spans, day=date(2026, 3, 2), break_min=120.0)

    def names_prompts(kind: PromptKind) -> bool:
        shown = ShownPrompt(NINE.replace(minute=35), kind, 2100.0)
        return ">reminder<" in page_of(Report([DayRecord(summary, spans, (shown,))], POLICY))

    assert names_prompts("sit-soft")
    assert not names_prompts("return")
