"""No sentence of the program is without a Korean one: every literal in the source is looked at."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

import slowrise
from slowrise.adapters.storage import database
from slowrise.adapters.system import resources
from slowrise.cli.main import main
from slowrise.cli.views import i18n

SOURCE = Path(slowrise.__file__).parent
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:.]? [a-z]{2,}")
"""Two words and a space between them."""
NOT_WORDS = re.compile(
    r"slowrise [a-z -]+$|slowrise (was|why|symptom) |\n  slowrise |pip install|\{.*\} -m pip|sudo apt|<svg |python3-|# "
    r"|PRAGMA|CREATE|\s*SELECT|INSERT|DELETE|UPDATE|CASE|DROP|ALTER|BEGIN|COMMIT|ROLLBACK|VACUUM|\[Desktop Entry\]"
)
"""Begins of literals that are commands, SQL or files."""
QUOTED = re.compile(
    r"`[^`]*`|'[^']*'|\{\w+\}|\(.*\)|slowrise [a-z-]+( [a-z-]+)*|[A-Z_]{3,}[ =].*|[a-z_.]+\.[a-z_.]+"
    r"|([\w-]+, )+[\w-]+|--\w+ [a-z]+|^ *[a-z-]+: "
)
"""What may stay as it is inside a Korean sentence: names, commands and values."""
NAMES = {
    *("status notifier", "time zone", "health notes", "stand up", "sit down", "this one", "below zero"),
    *("Failed to connect to bus", "Failed to create wl_display", "could not connect to display"),
    *("outside upper left", "upper center", "axes fraction", "offset points"),
    "Writes down that the machine goes to sleep",
    "waiting for a desktop or a terminal: no keyboard or mouse can be watched yet",  # for `systemctl status`
    *("held by you", "put off by you", "a pause in the input"),  # of `status --json`; status.py has the words
    "{x} is not {x}",
    "{x} is not a list of {x}",
}
"""What only the code or other programs read, and what is complete only with what stands at its places."""
NOT_SHOWN = {
    "__main__.py": "what cannot be said in another language, as nothing can be loaded",
    "config/config.py": "the comments of slowrise.toml and docs/settings.md, which are English",
    "config/reference.py": "slowrise.toml, which is English",
    "cli/views/evidence.py": "names of weights; their words are marked",
    "cli/views/listing.py": "words that users type",
    "adapters/system/dbus_objects.py": "errors to other programs",
    "adapters/tray/menu.py": "errors to other programs",
    "core/presence": "names of weights, and mistakes in the table that slowrise brings along",
}
MAKES_NO_TEXT = re.compile(
    r"(log|logging)\.|_log_once|_$|re\.compile|Setting(Type)?$|_(text|list)$|click\.(option|command|group|argument)|.*\.(command|group)$|TypeVar|cast$"
)
"""Calls whose literals users never read, or that other tests look at."""


def shown_literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every literal with two words; a formatted one with `{x}` at its places."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Assert():
                left_out |= {id(each) for each in ast.walk(node)}
            case ast.Call() if MAKES_NO_TEXT.match(ast.unparse(node.func)):
                left_out |= {id(each) for each in ast.walk(node)}
            case ast.JoinedStr():
                left_out |= {id(each) for each in ast.walk(node) if each is not node}
            case ast.AnnAssign(annotation=annotation):
                left_out |= {id(each) for each in ast.walk(annotation)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{x}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def left_in_english(text: str) -> bool:
    if text in NAMES or text in i18n.catalogue("ko"):  # a word that is marked elsewhere
        return False
    korean = i18n.translate(text.replace("{x}", "X1"))
    return bool(SENTENCE.search(QUOTED.sub("", korean)))


PATHS = [
    path for path in sorted(SOURCE.rglob("*.py")) if not str(path.relative_to(SOURCE)).startswith(tuple(NOT_SHOWN))
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_sentence_has_a_korean_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "ko")
    found = {
        f"{line}: {text}"
        for line, text in shown_literals(path)
        if SENTENCE.search(text) and not NOT_WORDS.match(text) and left_in_english(text)
    }
    assert found == set()


# --- The same with real commands.

MISTAKES = """
profile = "lazy"
sit_soft = "30m"
[limits]
sit_soft = 30
sit_firm = "10m"
sit_repeat = "-5m"
break_min = "0s"
break_full = true
stand_sft = "5m"
[source]
resolution = "abc"
[notifications]
quiet_hours = ["22:00"]
workdays = ["monday"]
others_a_day = -1
sound = "yes"
on_prompt = "a 'b"
[guidance]
emergency_number = 112
[record]
keep = "1x"
[share]
folder = "x"
name = "!"
[lmits]
a = 1
[summary]
at = "25:00"
"""
FILES = {
    "good.toml": "",
    "mistakes.toml": MISTAKES,
    "contradiction.toml": '[limits]\nsit_soft = "50m"\nsit_firm = "40m"\n',
    "unadvised.toml": '[limits]\nsit_soft = "5m"\n[notifications]\nmost_a_day = 3\n',
    "unclosed.toml": "[limits\n",
    "no-equals.toml": "sit_soft\n",
    "twice.toml": 'profile = "standard"\nprofile = "standard"\n',
    "no-quote.toml": 'profile = "standard\n',
    "unknown-event.jsonl": '{"at": "2026-03-02T08:45:01+01:00", "event": "activ"}\n',
    "no-time.jsonl": '{"event": "active"}\n',
    "no-offset.jsonl": '{"at": "2026-03-02T08:45:01", "event": "active"}\n',
    "no-json.jsonl": "hello\n",
    "backwards.jsonl": (
        '{"at": "2026-03-02T08:45:01+01:00", "event": "active"}\n'
        '{"at": "2026-03-02T08:44:01+01:00", "event": "active"}\n'
    ),
    "day.jsonl": (
        '{"at": "2026-03-02T08:45:00+01:00", "event": "started"}\n'
        '{"at": "2026-03-02T08:45:01+01:00", "event": "active"}\n'
        '{"at": "2026-03-02T10:45:01+01:00", "event": "stopped"}\n'
    ),
}
COMMANDS = """
status
status --follow
summary
summary yesterday
summary week
summary tomorrow
why
why 25:00
doctor
doctor --privacy
service status
config check
config check --config mistakes.toml
config check --config contradiction.toml
config check --config unadvised.toml
config check --config unclosed.toml
config check --config no-equals.toml
config check --config twice.toml
config check --config no-quote.toml
config check --config nowhere.toml
config show
config shw
replay unknown-event.jsonl
replay no-time.jsonl
replay no-offset.jsonl
replay no-json.jsonl
replay backwards.jsonl
replay day.jsonl
replay nowhere.jsonl
pause
pause abc
pause 0s
pause -- -5m
snooze 5
was sitting --from 10:00 --to 9:00
was sitting --from abc
was eating
was sitting
export trace --from abc
export days --from abc
forget
forget --all --yes
run --source foo
profile
profile recovery
flare-up
flare-up on
flare-up told
flare-up off
symptom
symptom pain
symptom pain --side middle --level 2
symptom pian
symptom numbness --side middle --level 2
symptom pain --side left --level 11
red-flags
guidance
stand-up
hello
sumary
report --days 0
report --from 2026-03-02 --to 2026-03-01
"""


def leaves(table: object) -> Iterator[str]:
    """Yield every text of a file."""
    match table:
        case str():
            yield table
        case dict():
            for value in table.values():
                yield from leaves(value)
        case list():
            for value in table:
                yield from leaves(value)


@pytest.mark.parametrize("words", COMMANDS.split("\n")[1:-1])
def test_no_line_of_a_command_is_english(
    words: str,
    private_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "ko")
    for name in ("LC_ALL", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    monkeypatch.chdir(private_home)
    for name, text in FILES.items():
        (private_home / name).write_text(text)
    monkeypatch.setattr(sys, "argv", ["slowrise", *words.split()])
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr()
    texts = leaves(tomllib.loads(resources.text("config/guidance.en.toml")))
    originals = {text[:20] for text in texts if " " in text}  # beside the red flags, and the sources of the guidance
    lines = [line for line in (shown.out + shown.err).splitlines() if not any(text in line for text in originals)]
    assert [line for line in lines if SENTENCE.search(QUOTED.sub("", line))] == []


@pytest.mark.parametrize("meaning", database._IN_WORDS.values())
def test_what_is_wrong_with_the_ledger_is_korean_with_the_words_of_the_system(
    meaning: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "ko")
    note = f"record: /home/me/ledger: {meaning} (Permission denied); kept in memory until it can be written"
    assert re.search("[a-z] [a-z]", i18n.translate(note)) is None
