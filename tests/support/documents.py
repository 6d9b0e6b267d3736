"""Files made from the code: the manual page, pages and parts of pages in docs/, and the pixels of icons.

`make documents` writes them; `tests/repo/test_documents.py` checks that they are current. The fortnight takes longer:
`tests/integration/daemon/test_fortnight.py` checks it.
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
from slowrise.config.config import SETTINGS, TABLES, Setting
from slowrise.config.reference import reference
from slowrise.history import trace
from slowrise.history.replay import replay
from slowrise.messages.day_words import closing_line
from support import PROJECT, desktops_page, fortnight_page, tray_icons

USING = PROJECT / "docs/using.md"
SETTINGS_PAGE = PROJECT / "docs/settings.md"
SHIPPED_SETTINGS = PROJECT / "config/slowrise.toml"
MANUAL = PROJECT / "config/slowrise.1"
SAMPLE_DAY = ("<!-- sample day: `make documents` writes it -->\n", "<!-- end of the sample day -->")
DEMO_DAY = PROJECT / "config/demo-day.jsonl"
COLUMNS = 80
SETTINGS_HEAD = """\
<!-- `make documents` writes this page from src/slowrise/config/config.py. -->

# Settings

slowrise reads `~/.config/slowrise/slowrise.toml`. The file may be absent; then every setting has its default.

- `slowrise config show` prints every setting in force and where its value comes from.
- `slowrise config show --default` prints a file with every setting, its default and its reason, to copy lines from.
- `slowrise config check` lists every mistake in your file, each with an accepted example.
- `slowrise reload` makes a running slowrise read the file again. If the file has mistakes, nothing changes.
- If the file has mistakes when you log in, the service starts with the last good settings and says so. A minute after
  you fix it, the file counts again.

Write durations as `90s`, `45m`, `1h30m` or `30 min`, and times of day as `14:05`. You may leave the advised range;
slowrise then warns you. A limit in your file holds under every profile, so set only the limits you mean.
"""
SETTINGS_COLUMNS = "| setting | default | accepts | what it does |\n| --- | --- | --- | --- |\n"
FILES = (
    ("~/.config/slowrise/slowrise.toml", "The configuration; it may be absent."),
    ("~/.local/share/slowrise/ledger.sqlite3", "All recorded data. Only you can read it."),
)


def sample_day() -> str:
    """Return the demo day, replayed from its trace, as `slowrise summary` prints it without colour."""
    result = replay(trace.read(DEMO_DAY.read_bytes().splitlines()), weights())
    (day,) = result.days
    out = io.StringIO()
    marks = marks_of(result.prompts, day.symptoms)
    console_on(out, COLUMNS).print(DayPage(day, result.spans, marks, closing_line(day, read_guidance())))
    return "```text\n" + "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()) + "```\n"


def with_sample_day(page: str) -> str:
    """Return the page with the current sample day. Raise `ValueError` if the page has no place for it."""
    begin, end = SAMPLE_DAY
    before, has_begin, rest = page.partition(begin)
    _, has_end, after = rest.partition(end)
    if not (has_begin and has_end):
        raise ValueError(f"docs/using.md has no place between {begin.strip()} and {end}")
    return before + begin + sample_day() + end + after


def settings_document() -> str:
    """Return `docs/settings.md`: one table per section of the configuration, then its longer examples."""
    parts = [SETTINGS_HEAD]
    for table in ("", *TABLES):
        settings = [setting for setting in SETTINGS if setting.table == table]
        parts.append(f"## `[{table}]`\n" if table else "## Top of the file\n")
        parts.append(SETTINGS_COLUMNS + "".join(map(_row, settings)))
        examples = ((setting, setting.meaning.partition("\n\n")[2]) for setting in settings)
        parts += (f"Example for `{setting.leaf}`:\n\n```toml\n{text}\n```\n" for setting, text in examples if text)
    return "\n".join(parts)


def _row(setting: Setting) -> str:
    """Return the row of a setting. A `|` would end its cell."""
    default = [f"`{setting.default_line.removeprefix(f'{setting.leaf} = ')}`"]
    if setting.by_profile:
        default.append(f"by profile: {setting.profiles}")
    accepts = [setting.type.accepts]
    if setting.at_least:
        accepts.append(f"not shorter than `{setting.at_least}`")
    if setting.advised:
        accepts.append(f"advised: {setting.advised_range}")
    if setting.example is not None:
        accepts.append(f"for example `{setting.accepted_line}`")
    meaning = [setting.meaning.partition("\n\n")[0]]
    if setting.reason:
        meaning.append(f"Why: {setting.reason}")
    cells = (f"`{setting.leaf}`", *("<br>".join(lines).replace("|", "\\|") for lines in (default, accepts, meaning)))
    return f"| {' | '.join(cells)} |\n"


def manual() -> str:
    """Return the manual page in roff, for man(1)."""
    root = click.Context(commands, info_name="slowrise")
    parts = [
        '.TH SLOWRISE 1 "" slowrise "User Commands"\n',
        *(".SH NAME\n", "slowrise \\- estimate your sitting, and remind you to stand up slowly\n"),
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
    """Return the paragraphs of a help text in roff. Those that begin with click's mark keep their lines."""
    made = []
    for paragraph in re.split(r"\n\s*\n", re.sub(r"^[ \t]+", "", text.strip(), flags=re.MULTILINE)):
        lines = _text(paragraph.removeprefix("\b\n"))
        made.append(f".nf\n{lines}\n.fi\n" if paragraph.startswith("\b") else f"{lines}\n")
    return ".PP\n".join(made)


def _text(plain: str) -> str:
    """Return the text with the characters of roff's own syntax escaped."""
    escaped = plain.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


if __name__ == "__main__":
    MANUAL.write_text(manual(), encoding="utf-8")
    USING.write_text(with_sample_day(USING.read_text(encoding="utf-8")), encoding="utf-8")
    SETTINGS_PAGE.write_text(settings_document(), encoding="utf-8")
    SHIPPED_SETTINGS.write_text(reference(), encoding="utf-8")
    desktops_page.PAGE.write_text(desktops_page.page(), encoding="utf-8")
    tray_icons.write()
    fortnight_page.write()
