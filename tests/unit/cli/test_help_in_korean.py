"""The help of every command in Korean, and click's own words. A text without a Korean entry fails here."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from slowrise.cli.main import commands, main
from slowrise.cli.views import i18n
from slowrise.cli.views.wrap import cells

COLUMNS = 80


@pytest.fixture(autouse=True)
def _korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "ko")


def tree(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from tree(below, (*path, name))


EVERY = dict(tree(commands))


def texts_of(command: click.Command) -> Iterator[str]:
    """Yield every text that its help shows."""
    for text in (command.help, command.epilog):
        for paragraph in inspect.cleandoc(text or "").split("\n\n"):
            yield " ".join(paragraph.split())
    for parameter in command.get_params(click.Context(command)):
        yield (getattr(parameter, "help", None) or "").partition(" [")[0]


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=\.) (?=[A-Z`])", text) if part]


@pytest.mark.parametrize("path", [path for path in EVERY if path], ids=" ".join)
def test_every_sentence_of_the_help_is_translated(path: tuple[str, ...]) -> None:
    all_of_them = [each for text in texts_of(EVERY[path]) for each in sentences(text)]
    assert [each for each in all_of_them if i18n.translate(each) == each] == []


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_help_fits_on_a_terminal_and_has_no_english_heading(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(commands, [*path, "--help"], prog_name="slowrise", terminal_width=COLUMNS)
    assert done.exit_code == 0
    assert done.output.startswith(f"사용법: {' '.join(('slowrise', *path))} [옵션]")
    assert "옵션:\n" in done.output
    assert "이 도움말을 보여 줍니다." in done.output
    assert [line for line in done.output.splitlines() if cells(line) > COLUMNS and "[" not in line] == []


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("status --jsn", "오류: 그런 옵션은 없습니다: "),
        ("pause abc", "'[LENGTH]': 길이가 아닙니다: 'abc'. 예: 45m, 90s, 1h30m"),
        ("pause 5", "'[LENGTH]': 단위가 없습니다: '5'. 예: 5m"),
        ("was", "오류: 써야 할 것이 빠졌습니다: 'WHAT'. 다음 중에서 고르세요:"),
        ("was eating", "오류: 'WHAT': 쓸 수 없는 값입니다: 'eating'. 쓸 수 있는 값: 'sitting', 'away', 'standing'."),
        ("report --days 0", "오류: '--days': 범위를 벗어났습니다: 0. 쓸 수 있는 범위: 1<=x<=366."),
        ("report --from x", "오류: '--from': 날짜가 아닙니다: x. 이렇게 쓰세요: 2026-03-02"),
        ("replay /nowhere", "오류: 'TRACE': 파일이 없습니다: '/nowhere'."),
        ("summary a b", "오류: 여기에 쓸 수 없는 말입니다: b"),
        ("status --data-dir", "오류: 이 옵션에는 값이 필요합니다: '--data-dir'."),
    ],
)
def test_click_speaks_korean(
    words: str, error: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["slowrise", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr().err
    assert ended.value.code == 2
    assert error in shown
