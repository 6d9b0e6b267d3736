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
from slowrise.cli.report.fonts import LATIN, fonts
from slowrise.cli.report.html import page
from slowrise.cli.report.model import Report
from slowrise.cli.report.png import png
from slowrise.cli.report.words import opening
from slowrise.cli.views import i18n
from slowrise.config.config import GuidanceSettings, policy_of
from slowrise.config.parse import parse
from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.summary import SymptomNote, summarize
from slowrise.core.prompts.kinds import PromptAnswer, PromptKind
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


def note(day: int, kind: str, side: str, level: int) -> SymptomNote:
    return SymptomNote(NINE.replace(day=day, hour=15), kind, side, level)


def fortnight(lives: dict[int, str], *notes: SymptomNote, flare_up: range = range(0)) -> Report:
    """Return a report of 14 days, of which those in `lives` were recorded."""
    records = []
    for number in range(2, 16):
        day, spans = date(2026, 3, number), spans_of(lives.get(number, ""), NINE.replace(day=number))
        symptoms = [each for each in notes if each.at.date() == day]
        summary = summarize(spans, day=day, break_min=120.0, symptoms=symptoms, flare_up=number in flare_up)
        records.append(DayRecord(summary, spans))
    return Report(records, POLICY)


SAT = "this person sat about 6 hours a day at this computer, longest sit usually about 1 hour 5 minutes"
NOT_SAT = "this person was not seen sitting at this computer"
OFTEN = "symptoms were logged on 4 days, most often numbness on the left, highest 5 of 10"
ALL = dict.fromkeys(range(2, 16), "s65 a10 s60 a10 s60 a10 s60 a10 s60 a10 s55")


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (
            fortnight(
                ALL,
                *(note(3, "numbness", "left", 5), note(4, "numbness", "left", 2), note(6, "pain", "middle", 3)),
                *(note(8, "weakness", "left", 0), note(9, "numbness", "left", 4)),
                flare_up=range(5, 11),
            ),
            f"In 14 days {SAT}; {OFTEN}; one flare-up of 6 days.",
        ),
        (
            fortnight({2: ALL[2]}, note(2, "pain", "left", 0)),
            f"In 14 days (recorded on 1) {SAT}; no symptoms were logged.",
        ),
        (
            fortnight({2: "a50"}, note(2, "pain", "left", 1)),
            (
                f"In 14 days (recorded on 1) {NOT_SAT}; symptoms were logged on 1 day, "
                "always pain on the left, highest 1 of 10."
            ),
        ),
    ],
    ids=["much", "one day", "no sitting"],
)
def test_it_opens_with_one_sentence_for_a_clinician(report: Report, sentence: str) -> None:
    assert opening(report) == sentence
    assert sentence in page_of(report).replace("\u00a0", " ")


def test_the_strongest_symptom_is_named_with_its_own_level() -> None:
    notes = note(3, "numbness", "left", 2), note(4, "numbness", "left", 2), note(6, "pain", "both", 9)
    assert "most often numbness on the left, strongest pain on both sides with 9 of 10." in opening(
        fortnight(ALL, *notes)
    )
    as_often = note(3, "numbness", "left", 2), note(6, "pain", "both", 9)
    assert "most often pain on both sides, highest 9 of 10." in opening(fortnight(ALL, *as_often))


def test_it_has_a_line_for_a_name_and_no_jargon() -> None:
    text = page_of(fortnight(ALL)).partition("<script")[0]
    assert ">Name:<" in text
    assert ">Date:<" in text
    words = text.lower()
    assert [word for word in ("exponent", "gini", "likeliest", ">seen<", "w50", "unobserved") if word in words] == []


def test_days_without_a_record_are_one_row_and_a_day_has_its_own_weekday_only() -> None:
    text = page_of(fortnight({9: "s40 a10 s30"})).replace("\u00a0", " ")
    assert text.count(">not recorded</td>") == 2
    assert "Mon 2 Mar to Sun 8 Mar" in text
    week = text.partition('id="week"')[2].partition("</section>")[0]
    assert [day for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun") if f">{day}<" in week] == ["Mon"]


def test_answers_and_flare_ups_are_on_the_rows() -> None:
    spans = spans_of("s40 a10 s30")
    summary = summarize(spans, day=date(2026, 3, 2), break_min=120.0, flare_up=True)
    answers: list[PromptAnswer | None] = [None, "followed", "later"]
    shown = tuple(ShownPrompt(NINE.replace(minute=30 + n), "sit-soft", 2100.0, each) for n, each in enumerate(answers))
    text = page_of(Report([DayRecord(summary, spans, shown)], POLICY))
    legend = [">reminder<", ">reminder, followed<", ">reminder, put off<", ">flare-up<"]
    assert [name for name in legend if name not in text] == []
    assert [name for name in legend if name in page_of(Report([DayRecord(summary, spans)], POLICY))] == [">flare-up<"]


def test_a_level_of_0_is_no_symptom_on_the_rows_and_named_in_the_table() -> None:
    text = page_of(fortnight(ALL, note(3, "pain", "left", 0)))
    rows = text.partition('id="days"')[2].partition("</section>")[0]
    assert ">symptom<" not in rows
    assert "none that day" in text


def test_the_report_is_in_the_users_language_or_in_another(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "ko")
    monkeypatch.setenv("LANGUAGE", "ko")
    html, days = tmp_path / "r.html", ("--data-dir", data, "--from", FIRST, "--to", LAST)
    assert run("report", *days, "--html", html).exit_code == 0
    korean = html.read_text().partition("<script")[0]
    assert '<html lang="ko">' in korean
    if fonts("ko") is None:  # then the words of the charts are English
        korean = re.sub("<svg.*?</svg>", "", korean, flags=re.DOTALL)
    shown = re.sub(r"<style.*?</style>|<[^>]*>|slowrise [0-9.a-z+]*", " ", korean, flags=re.DOTALL)
    allowed = {"slowrise", *re.findall("[A-Za-z]+", read_guidance(GuidanceSettings(language="ko")).disclaimer.say)}
    assert set(re.findall("[A-Za-z]{2,}", unescape(shown))) - allowed == set()
    assert run("report", *days, "--html", html, "--language", "en").exit_code == 0
    assert "Sitting at the computer" in html.read_text()
    assert not re.search("[가-힣]", html.read_text().partition("<body>")[2])


def test_without_a_font_for_them_the_words_of_the_charts_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slowrise.cli.report.style.fonts", lambda language: [LATIN] if language == "en" else None)
    text = page(fortnight(ALL), read_guidance(GuidanceSettings(language="ko")), NOON)
    charts = "".join(re.findall("<text.*?</text>", text, flags=re.DOTALL))
    assert ">sitting<" in charts
    assert not re.search("[가-힣]", charts)


def test_a_report_of_one_day_speaks_of_that_day_and_draws_no_trend() -> None:
    spans = spans_of(ALL[2])
    report = Report([DayRecord(summarize(spans, day=date(2026, 3, 2), break_min=120.0, flare_up=True), spans)], POLICY)
    sat = "On this day this person sat about 6 hours at this computer, longest sit about 1 hour 5 minutes"
    assert opening(report) == f"{sat}; no symptoms were logged; flare-up mode was on."
    assert 'id="trend"' not in page_of(report)


def test_days_of_two_break_rules_have_their_longest_sit_and_no_counts() -> None:
    report = fortnight(ALL)
    first, *others = report.records
    other_rule = summarize(first.spans, day=first.summary.day, break_min=180.0)
    text = page_of(Report([DayRecord(other_rule, first.spans), *others], POLICY))
    assert "<dt>Longest sit</dt>" in text
    assert "<dt>Breaks</dt>" not in text
