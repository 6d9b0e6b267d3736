"""What is written from the code: the manual page from the help texts, README's map of the modules and sample day.

`make documents` writes them; `tests/repo/test_documents.py` finds out whether that was forgotten.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import click

from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.cli.main import commands
from slowrise.cli.views.terminal import DayPage, console_on
from slowrise.cli.views.timeline import marks_of
from slowrise.history import trace
from slowrise.history.replay import replay
from support import PROJECT

README = PROJECT / "README.md"
MANUAL = PROJECT / "config/slowrise.1"
SAMPLE_DAY = ("<!-- sample day: `make documents` writes it -->\n", "<!-- end of the sample day -->")
DEMO_DAY = PROJECT / "config/demo-day.jsonl"
COLUMNS = 80
FILES = (
    ("~/.config/slowrise/slowrise.toml", "The configuration; it may be absent."),
    ("~/.local/share/slowrise/ledger.sqlite3", "All that is recorded, readable by you alone."),
)


def sample_day() -> str:
    """The day of the demonstration, told again from its trace, as `slowrise summary` prints it without colour."""
    told = replay(trace.read(DEMO_DAY.read_bytes().splitlines()), weights())
    (day,) = told.days
    out = io.StringIO()
    marks = marks_of(told.prompts, day.symptoms)
    console_on(out, COLUMNS).print(DayPage(day, told.spans, marks, read_guidance().say("summary-line")))
    return "```text\n" + "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()) + "```\n"


def with_sample_day(readme: str) -> str:
    """The text of the README with the sample day as it is now. Raises `ValueError` where there is no place for it."""
    return _placed(readme, SAMPLE_DAY, sample_day())


def _placed(readme: str, marks: tuple[str, str], content: str) -> str:
    begin, end = marks
    before, begun, rest = readme.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError(f"README.md has no place between {begin.strip()} and {end}")
    return before + begin + content + end + after


def manual() -> str:
    """The manual page, for man(1)."""
    root = click.Context(commands, info_name="slowrise")
    parts = [
        '.TH SLOWRISE 1 "" slowrise "User Commands"\n',
        *(".SH NAME\n", "slowrise \\- estimate sitting, and say how to stand up slowly\n"),
        *(".SH SYNOPSIS\n", ".B slowrise\n.I COMMAND\n[options]\n"),
        *(".SH DESCRIPTION\n", _paragraphs(commands.help or "")),
        ".SH COMMANDS\n",
        *(part for name, command in _children(root, commands) for part in _command(root, name, command)),
        ".SH FILES\n",
        *(f".TP\n.I {_text(name)}\n{_text(what)}\n" for name, what in FILES),
        *(".SH EXIT STATUS\n", _paragraphs(commands.epilog or "")),
    ]
    return "".join(parts)


def _children(context: click.Context, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command and not command.hidden:
            yield name, command


def _command(above: click.Context, name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=above)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_text(context.command_path)} {_text(usage)}\n" + _paragraphs(command.help or "")
    for parameter in command.get_params(context):
        if (record := parameter.get_help_record(context)) and record[1]:
            yield f".TP\n.B {_text(record[0])}\n{_text(record[1])}\n"
    if command.epilog:
        yield ".PP\n" + _paragraphs(command.epilog)
    if isinstance(command, click.Group):
        for inner, below in _children(context, command):
            yield from _command(context, inner, below)


def _paragraphs(text: str) -> str:
    """Paragraphs of a help text; one after click's mark for it keeps its lines."""
    made = []
    for paragraph in re.split(r"\n\s*\n", re.sub(r"^[ \t]+", "", text.strip(), flags=re.MULTILINE)):
        lines = _text(paragraph.removeprefix("\b\n"))
        made.append(f".nf\n{lines}\n.fi\n" if paragraph.startswith("\b") else f"{lines}\n")
    return ".PP\n".join(made)


def _text(plain: str) -> str:
    """Text that roff takes for nothing else."""
    escaped = plain.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


if __name__ == "__main__":
    MANUAL.write_text(manual(), encoding="utf-8")
    README.write_text(with_sample_day(README.read_text(encoding="utf-8")), encoding="utf-8")
