"""Text from outside is shown in one line, cut, and without what a terminal obeys."""

from __future__ import annotations

import json
import logging

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.cli.commands.run import PlainFormatter
from slowrise.cli.views.help import show
from slowrise.core.model.safe_text import LONGEST_SHOWN, json_text, plain, shown

HOSTILE = "\x1b]0;title\x07a\x9b31mb\u202ec\x00"


@given(st.text(max_size=300))
def test_what_is_shown_is_one_short_line_that_no_terminal_obeys(text: str) -> None:
    line = shown(text)
    assert len(line) <= LONGEST_SHOWN + 1
    assert len(line.splitlines()) <= 1
    assert plain(line) == line


@given(st.text(alphabet=st.characters(exclude_categories=[])) | st.text(alphabet="\x1b\x7f\x85\x9b\u2028\u202e\udc9b"))
@pytest.mark.parametrize("indent", [None, 2])
def test_json_keeps_the_text_exactly_and_no_terminal_obeys_it(indent: int | None, text: str) -> None:
    written = json_text({text: [text]}, indent=indent)
    assert json.loads(written) == {text: [text]}
    assert plain(written) == written
    assert indent or len(written.splitlines()) == 1


def test_each_run_of_controls_is_one_mark_and_a_long_text_is_cut() -> None:
    assert shown("mako\n\x1b[31m 1.8") == "mako?[31m 1.8"
    assert shown("a" * 70, 60) == "a" * 60 + "…"


def test_line_ends_stay_in_a_text_of_several_lines() -> None:
    assert plain("first\n\tsecond\x1b[2J") == "first\n\tsecond[2J"


def test_the_log_holds_nothing_that_a_terminal_obeys() -> None:
    record = logging.LogRecord("slowrise", logging.WARNING, "", 0, "%s is gone", (HOSTILE,), None)
    assert PlainFormatter("%(levelname)s %(message)s").format(record) == "WARNING ]0;titlea31mbc is gone"


def test_an_argument_that_click_repeats_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    show(click.UsageError(f"Got unexpected extra argument ({HOSTILE})"))
    assert capsys.readouterr().err == "Error: Got unexpected extra argument (]0;titlea31mbc)\n"
