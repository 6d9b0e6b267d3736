"""Texts of inner layers, translated where they are shown."""

from __future__ import annotations

import pytest

from slowrise.cli.views import i18n

PO = {
    "no seat": "자리 없음",
    "no source named {name}": "{name} 없음",
    "{file}: no source named {name}": "파일 {file}에 {name} 없음",
    "cannot open {path}: {reason}": "{path} 열 수 없음({reason})",
    "Error: {message}": "오류: {message}",
    "{value} is not in {range}": "{value}, {range} 밖",
    "Try again.": "다시.",
    "May": "5월",
}


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda language, _name: {} if language == "en" else PO)
    monkeypatch.setattr(i18n, "language", lambda: "ko")


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("no seat", "자리 없음"),
        ("  no seat\n", "  자리 없음\n"),
        ("no source named x11", "x11 없음"),
        ("a.toml: no source named x11", "파일 a.toml에 x11 없음"),
        ("cannot open /dev/input: no seat", "/dev/input 열 수 없음(자리 없음)"),
        ("x11: no seat", "x11: 자리 없음"),
        ("no seat\nno source named mutter", "자리 없음\nmutter 없음"),
        ("Error: --days: 7 is not in 1 to 5", "오류: --days: 7, 1 to 5 밖"),
        ("Failed. Try again.", "Failed. 다시."),
        ("nothing known", "nothing known"),
        ("{name} and {", "{name} and {"),
    ],
)
def test_a_text_is_translated_as_a_whole_with_its_facts_or_in_parts(english: str, korean: str) -> None:
    assert i18n.translate(english) == korean


def test_a_fact_of_one_word_is_a_name_and_stays() -> None:
    assert i18n.translate("no source named May") == "May 없음"


def test_in_english_nothing_changes() -> None:
    with i18n.in_language("en"):
        assert i18n.translate("no seat") == "no seat"
