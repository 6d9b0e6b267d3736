"""Changing one setting in a file that people write: everything else in it stays."""

from __future__ import annotations

import contextlib
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.system import config_file
from slowrise.adapters.system.config_file import MARK, NotWritten, Refused, change, edited, line_of, undo
from slowrise.adapters.system.resources import read_config
from slowrise.config.config import BY_NAME, SETTINGS, Setting
from slowrise.config.parse import ConfigError, parse
from slowrise.config.types import WEEKDAYS, toml
from slowrise.core.model.policy import PROFILES
from slowrise.core.model.time_text import format_setting, format_time_of_day
from support import PROJECT

SOFT, FIRM, WORKDAYS = (BY_NAME[name] for name in ("limits.sit_soft", "limits.sit_firm", "notifications.workdays"))
SOUND = BY_NAME["notifications.sound"]

MINUTES = st.integers(0, 1439).map(lambda minute: format_time_of_day(minute * 60))
SPANS = st.tuples(MINUTES, MINUTES).filter(lambda ends: ends[0] != ends[1]).map("-".join)
RAW = {
    "quiet_hours": st.lists(
        st.tuples(MINUTES, MINUTES).filter(lambda ends: ends[0] != ends[1]).map("-".join), max_size=3
    ),
    "workdays": st.lists(st.sampled_from(WEEKDAYS), max_size=7, unique=True),
    "at": MINUTES,
    "profile": st.sampled_from(sorted(PROFILES)),
    "sensor": st.sampled_from(["", "x # y", "a\n[limits]\n# b\n", "it's"]),
}
COMMENTS = st.sampled_from(["# mine", "# sit_soft = '1m'", "# [limits]", '# "quoted', "#"])


def raw_values(setting: Setting) -> st.SearchStrategy[Any]:
    """Return values that the file accepts."""
    if setting.leaf in RAW:
        return RAW[setting.leaf]
    default = tomllib.loads(setting.default_line)[setting.leaf]
    match default:
        case bool():
            return st.booleans()
        case int():
            return st.integers(0, 9)
        case _ if setting.table == "limits":
            return st.integers(1, 90).map(lambda minutes: format_setting(minutes * 60))
        case _ if setting.type.names:
            return st.sampled_from(setting.type.names)
        case _:
            return st.just(default)


VALUES = st.sampled_from(SETTINGS).flatmap(
    lambda setting: st.tuples(
        st.just(setting), st.one_of(st.just(setting.default), raw_values(setting).map(setting.type.read))
    )
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a file as people write it. It may contradict itself."""
    chosen = draw(st.lists(st.sampled_from(SETTINGS), unique_by=lambda setting: setting.name, max_size=8))
    written: dict[str, list[str]] = {"": []}
    styles: dict[str, str] = {}
    for setting in chosen:
        style = styles.setdefault(setting.table, draw(st.sampled_from(["header", "header", "dotted", "inline"])))
        at = setting.table if setting.table and style != "dotted" else ""
        name = f"{setting.table}.{setting.leaf}" if setting.table and style == "dotted" else setting.leaf
        value = draw(raw_values(setting))
        text = draw(written_as(value, in_line=style == "inline"))
        equals = draw(st.sampled_from([" = ", "=", "   =  "]))
        lines = written.setdefault(at, [])
        if style == "inline" and setting.table:
            lines.append(f"{name}{equals}{text}")
            continue
        lines += draw(st.lists(st.one_of(COMMENTS, st.just("")), max_size=2))
        indent, comment = draw(st.sampled_from(["", "  "])), draw(st.sampled_from(["", " # why", f"  {MARK}"]))
        lines.append(f"{indent}{name}{equals}{text}{comment}")
    inline = [table for table in written if styles.get(table) == "inline" and table]
    top = written.pop("") + [f"{table} = {{ {', '.join(written.pop(table))} }} # in line" for table in inline]
    parts = ["# My settings", ""] * draw(st.booleans()) + top
    for table, lines in written.items():
        parts += ["", draw(st.sampled_from([f"[{table}]", f"[ {table} ] # table", f'["{table}"]'])), *lines]
    parts += draw(st.lists(COMMENTS, max_size=1))
    text = "\n".join(parts) + draw(st.sampled_from(["\n", ""]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) and "'''" not in text else text


def written_as(value: Any, *, in_line: bool) -> st.SearchStrategy[str]:
    """Return the ways in which people write a value."""
    ways = [toml(value)]
    if isinstance(value, str) and not set(value) & set("'\n"):
        ways.append(f"'{value}'")
    if isinstance(value, str) and not in_line and "'" not in value:
        ways.append(f"'''{value}'''")
    if isinstance(value, list) and not in_line:
        ways.append("[\n" + "".join(f"  {toml(each)}, # inside\n" for each in value) + "]")
    return st.sampled_from(ways)


def comments_of(text: str) -> list[str]:
    return [comment for comment in config_file._comments(text) if comment != MARK]


@given(texts(), VALUES)
def test_a_change_keeps_every_other_value_and_every_comment(text: str, wanted: tuple[Setting, Any]) -> None:
    setting, value = wanted
    with contextlib.suppress(ConfigError):
        parse(text)
        new = edited(text, setting, value)
        before, after = config_file._values(text), config_file._values(new)
        found = after.pop(setting.name, None)
        assert (setting.default if found is None else setting.type.read(found)) == value
        before.pop(setting.name, None)
        assert config_file._by_table(after) == config_file._by_table(before)
        for comment in comments_of(text):
            assert comment in new
        assert ("\r\n" in new) >= ("\r\n" in text)
        assert edited(new, setting, value) == new


@given(texts(), VALUES)
def test_a_new_setting_set_back_leaves_the_lines_as_they_were(text: str, wanted: tuple[Setting, Any]) -> None:
    setting, value = wanted
    with contextlib.suppress(ConfigError):
        parse(text)
        new = edited(text, setting, value)
        # An inline table has no place for the mark, so there the line counts as the user's.
        if setting.name not in config_file._values(text) and new.count(MARK) > text.count(MARK):
            back = edited(new, setting, setting.default)
            lines = [line for line in back.splitlines() if line.strip() and line != f"[{setting.table}]"]
            assert lines == [line for line in text.splitlines() if line.strip() and line != f"[{setting.table}]"]


def test_the_shipped_file_takes_every_setting() -> None:
    text = (PROJECT / "config" / "slowrise.toml").read_text(encoding="utf-8")
    for setting in SETTINGS:
        value = next(value for value in (setting.type.read(tomllib.loads(setting.accepted_line)[setting.leaf]),))
        assert setting.value(parse(edited(text, setting, value))) == value


def test_a_line_of_the_window_goes_and_a_line_of_the_user_stays() -> None:
    ours = edited("", SOFT, 1200.0)
    assert ours == f'[limits]\nsit_soft = "20m"  {MARK}\n'
    assert edited(ours, SOFT, None) == "[limits]\n"
    assert edited("[limits]\nsit_soft = '25m' # mine\n", SOFT, None) == "[limits]\n#sit_soft = '25m' # mine\n"
    assert edited("[notifications]\nsound = true # ping\n", SOUND, False) == "[notifications]\nsound = false # ping\n"


def test_comments_inside_a_list_move_above_it() -> None:
    text = "[notifications]\nworkdays = [\n  'mon', # office\n  'tue',\n]\n"
    assert edited(text, WORKDAYS, frozenset({0})) == '[notifications]\n# office\nworkdays = ["mon"]\n'


# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_made_for_this_user_only(private_home: Path) -> None:
    path = private_home / ".config/slowrise/slowrise.toml"
    done = change(path, SOFT, 1200.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert done is not None
    undo(path, done)
    assert not path.exists()


def test_an_open_file_stays_open_and_a_link_stays_a_link(private_home: Path) -> None:
    real, path = private_home / "dotfiles.toml", private_home / "slowrise.toml"
    real.write_text("# mine\n", encoding="utf-8")
    real.chmod(0o644)
    path.symlink_to(real)
    change(path, SOFT, 1200.0)
    assert path.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("# mine\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o644
    assert sorted(each.name for each in private_home.iterdir() if each.is_file()) == ["dotfiles.toml", "slowrise.toml"]


def test_what_the_parser_refuses_is_not_written(private_home: Path) -> None:
    path = private_home / "slowrise.toml"
    with pytest.raises(Refused) as refused:
        change(path, SOFT, 3600.0)
    assert [mistake.key for mistake in refused.value.mistakes] == ["limits.sit_firm"]
    assert not path.exists()


def test_a_file_with_mistakes_is_never_written(private_home: Path) -> None:
    path = private_home / "slowrise.toml"
    for text in ("[limits\n", "[limits]\nsit_soft = 30\n", "nonesuch = 1\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError):
            change(path, FIRM, 3600.0)
        assert path.read_text(encoding="utf-8") == text


def test_a_change_by_hand_meanwhile_is_kept(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = private_home / "slowrise.toml"
    path.write_text("# first\n", encoding="utf-8")
    edit = edited

    def slowly(text: str, setting: Setting, value: Any) -> str:
        if "# second" not in text:
            path.write_text("# second, longer\n", encoding="utf-8")
        return edit(text, setting, value)

    monkeypatch.setattr(config_file, "edited", slowly)
    change(path, SOFT, 1200.0)
    assert path.read_text(encoding="utf-8") == f'# second, longer\n\n[limits]\nsit_soft = "20m"  {MARK}\n'


def test_undo_keeps_what_was_changed_by_hand_since(private_home: Path) -> None:
    path = private_home / "slowrise.toml"
    path.write_text('[limits]\nsit_soft = "40m"\n', encoding="utf-8")
    done = change(path, SOFT, 1200.0)
    assert done is not None
    path.write_text(path.read_text(encoding="utf-8") + "# added\n", encoding="utf-8")
    undo(path, done)
    assert path.read_text(encoding="utf-8") == '[limits]\nsit_soft = "40m"\n# added\n'


def test_a_place_that_cannot_be_written_is_a_sentence(private_home: Path) -> None:
    (private_home / "file").touch()
    with pytest.raises(NotWritten, match="Not a directory"):
        change(private_home / "file" / "slowrise.toml", SOFT, 1200.0)
    loop = private_home / "loop.toml"
    loop.symlink_to(loop)
    with pytest.raises(NotWritten):
        change(loop, SOFT, 1200.0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_is_read_only_is_a_sentence(private_home: Path) -> None:
    private_home.chmod(0o500)
    try:
        with pytest.raises(NotWritten, match="Permission denied"):
            change(private_home / "slowrise.toml", SOFT, 1200.0)
    finally:
        private_home.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("profile", 2),
        ("limits", 3),
        ("limits.sit_soft", 4),
        ("standing_desk.sensor", 6),
        ("limits.sit_firm", None),
        ("summary.at", 11),
    ],
)
def test_a_mistake_has_its_line(name: str, line: int | None) -> None:
    text = (
        "# profile = 1\nprofile = 1\n[ limits ]\n  'sit_soft' = 30\n[standing_desk]\n"
        'sensor = """\n[limits]\nsit_firm = 3\n"""\n["summary"]\nat = 3\n'
    )
    assert line_of(text, name) == line
    assert line_of("share = { name = 1 }\nsummary.at = 3\n", "summary.at") == 2


def test_a_mistake_in_an_inline_table_has_the_line_of_the_table() -> None:
    assert line_of("# a\nshare = { name = 1 }\n", "share.name") == 2


def test_a_byte_order_mark_is_read_and_left_out_when_the_window_writes(tmp_path: Path) -> None:
    path = tmp_path / "slowrise.toml"
    path.write_bytes('\ufeff# mine\r\n[limits]\r\nsit_soft = "25m"\r\n'.encode())
    assert read_config(path).limits.sit_soft == 25 * 60
    done = change(path, SOFT, 20 * 60)
    assert path.read_bytes() == b'# mine\r\n[limits]\r\nsit_soft = "20m"\r\n'
    assert done
    undo(path, done)
    assert path.read_bytes() == b'# mine\r\n[limits]\r\nsit_soft = "25m"\r\n'


TEXT = '# mine\n[limits]\nsit_soft = "25m" # Büro\n'
SAVE_AS_UTF8 = "this character is not UTF-8, so save the file as UTF-8"


@pytest.mark.parametrize(
    ("encoding", "mistake"),
    [
        ("utf-16", ("the file", "it is UTF-16 text, so save it as UTF-8")),
        ("utf-16-le", ("the file", "it is UTF-16 text, so save it as UTF-8")),
        ("utf-16-be", ("the file", "it is UTF-16 text, so save it as UTF-8")),
        ("latin-1", ("line 3, column 21", SAVE_AS_UTF8)),
    ],
)
def test_another_encoding_is_refused_with_its_place_and_never_written(
    tmp_path: Path, encoding: str, mistake: tuple[str, str]
) -> None:
    path = tmp_path / "slowrise.toml"
    content = TEXT.encode(encoding)
    path.write_bytes(content)
    for use in (read_config, lambda path: change(path, SOFT, 20 * 60)):
        with pytest.raises(ConfigError) as refused:
            use(path)
        assert [(each.key, each.wrong) for each in refused.value.mistakes] == [mistake]
    assert path.read_bytes() == content
