"""The paths of all files, in every environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slowrise.adapters.system.paths import LONGEST_SOCKET, paths

TMP = Path(f"/tmp/slowrise-{os.geteuid()}")
RUN = Path(f"/run/user/{os.geteuid()}/slowrise")


def is_fallback(runtime: Path) -> bool:
    """Return whether this is one of the private directories used without XDG_RUNTIME_DIR."""
    return runtime in (RUN, TMP)


def test_each_file_is_in_its_xdg_directory(private_home: Path) -> None:
    found = paths()
    assert found.config == private_home / ".config/slowrise/slowrise.toml"
    assert found.data == private_home / ".local/share/slowrise"
    assert found.ledger == found.data / "ledger.sqlite3"
    assert found.lock == found.data / "lock"
    assert found.runtime == private_home / "run/slowrise"
    assert found.socket.parent == found.runtime


def test_paths_creates_nothing(private_home: Path) -> None:
    paths(data=private_home / "elsewhere")
    assert [path.name for path in private_home.rglob("*")] == ["run"]


def test_a_data_directory_of_its_own_has_its_own_socket_and_lock(tmp_path: Path) -> None:
    one, other = paths(data=tmp_path / "one"), paths(data=tmp_path / "other")
    assert one.ledger == tmp_path / "one" / "ledger.sqlite3"
    assert len({paths().socket, one.socket, other.socket}) == 3
    assert len({paths().lock, one.lock, other.lock}) == 3


def test_one_directory_under_two_names_has_one_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    sockets = {paths(data=Path(name) / "data").socket for name in ("home", "link", tmp_path / "home", "link/../home")}
    assert len(sockets) == 1


def test_a_named_configuration_moves_nothing_else(tmp_path: Path) -> None:
    assert paths(config=tmp_path / "mine.toml") == paths()._replace(config=tmp_path / "mine.toml")


@pytest.mark.parametrize("value", [None, "", "run", "/nonexistent"])
def test_without_a_runtime_directory_the_fallback_is_used(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    if value is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert is_fallback(paths().runtime)


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_runtime_directory_others_can_write_is_ignored(private_home: Path, mode: int) -> None:
    (private_home / "run").chmod(mode)
    assert is_fallback(paths().runtime)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_the_runtime_directory_of_another_user_is_ignored(private_home: Path) -> None:
    """`su` keeps the variable of the other user."""
    os.chown(private_home / "run", 65534, 65534)
    assert is_fallback(paths().runtime)


def test_a_socket_path_is_never_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    assert is_fallback(paths(data=tmp_path / ("é" * 100)).runtime)
    assert len(os.fsencode(paths().socket)) <= LONGEST_SOCKET


@pytest.mark.parametrize("taken", ["a directory", "a link", "a file"])
def test_a_fallback_that_another_user_made_is_not_used(
    taken: str, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can delete it from /tmp, so it would keep this user's commands from the daemon for ever."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(os, "geteuid", lambda: 54321)  # not the maker of what is in the way
    fallback = Path("/tmp/slowrise-54321")
    assert paths().runtime == fallback
    try:
        match taken:
            case "a directory":
                fallback.mkdir()
            case "a link":
                fallback.symlink_to(private_home)
            case _:
                fallback.touch()
        assert paths().runtime == paths().data
        assert paths(data=private_home / ("x" * 100)).runtime == fallback, "the socket would have too long a path"
    finally:
        (fallback.rmdir if taken == "a directory" else fallback.unlink)()
