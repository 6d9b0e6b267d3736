"""Text broken between words."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios

from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.views.wrap import padded, wrapped

TEXTS = st.text(alphabet="ab -가1.\n", max_size=120)


def test_a_list_is_indented_under_its_text() -> None:
    assert wrapped("- pain or numbness in both legs\n12. one two", 14) == (
        "- pain or\n  numbness in\n  both legs\n12. one two"
    )
    assert wrapped("12. one two", 8) == "12. one\n    two"


def test_a_korean_letter_takes_two_columns() -> None:
    assert wrapped("가나 다라", 8) == "가나\n다라"
    assert wrapped("가나 다라", 9) == "가나 다라"


@given(TEXTS, st.integers(1, 60))
def test_wrapping_loses_no_letter(text: str, columns: int) -> None:
    assert wrapped(text, columns).split() == text.split()


@given(st.integers(40, 200))
def test_the_red_flags_fit(columns: int) -> None:
    text = read_guidance().emergency
    assert max(map(len, wrapped(text, columns).splitlines())) <= columns
    assert wrapped(text, 2000) == text


def test_continued_lines_begin_in_the_same_column() -> None:
    assert padded("seated", 8) == "seated  "
    assert padded("앉음", 8) == "앉음    "
    assert padded("seated", 4) == "seated"


def test_a_long_line_continues_with_an_indent() -> None:
    assert wrapped("  camera: no, none is here", 16, hanging=2) == "  camera: no,\n    none is here"


def test_text_is_wrapped_on_a_terminal_and_unchanged_in_a_pipe() -> None:
    command = [sys.executable, "-m", "slowrise", "red-flags"]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 64, 0, 0))
    subprocess.run(command, stdin=theirs, stdout=theirs, check=True, timeout=60, env=environ)
    os.close(theirs)
    lines = os.read(ours, 1 << 16).decode().splitlines()
    os.close(ours)
    piped = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environ).stdout
    assert max(map(len, lines)) <= 64
    assert " ".join(lines).split() == piped.split()
    assert read_guidance().red_flags.urgent in piped
