"""Asking a daemon that answers, and one that is not there, is stuck, is strange. Real sockets and a real loop."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slowrise.adapters.system.files import Unsafe
from slowrise.daemon import control, control_server
from slowrise.daemon.control import (
    CLIENTS,
    FOLLOWERS,
    LONGEST_REQUEST,
    UNREAD,
    NotRunning,
    Refused,
    Silent,
    ask,
    follow,
)
from slowrise.daemon.control_server import ControlServer

T = TypeVar("T")
PATIENCE = 30.0


def answer(do: str, with_: dict[str, Any]) -> dict[str, Any] | Awaitable[dict[str, Any]]:
    """A daemon as small as can be."""

    async def later(seconds: float) -> dict[str, Any]:
        await asyncio.sleep(seconds)
        return {"slept": seconds}

    match do:
        case "status" | "echo":
            return {"do": do, **with_}
        case "sleep":
            return later(with_["seconds"])
        case "refuse":
            raise Refused("not today", code=2)
        case "much":
            return {"text": "x" * with_["bytes"]}
        case "unwritable":
            return {"what": object()}
        case _:
            raise Refused(f"{do!r} is nothing I know", code=2)


class Daemon:
    """The server in a loop of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.server = ControlServer(path, answer)
        self.do(self.server.start())

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def call(self, function: Callable[[], T]) -> T:
        async def called() -> T:
            return function()

        return self.do(called())

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.call(condition):
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def close(self) -> None:
        self.do(self.server.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def path(private_home: Path) -> Path:
    return private_home / "run" / "slowrise" / "control.sock"


@pytest.fixture
def daemon(path: Path) -> Iterator[Daemon]:
    daemon = Daemon(path)
    yield daemon
    daemon.close()


def raw(path: Path, data: bytes, *, leave: bool = False) -> bytes:
    """What comes back for these very bytes, until the other end closes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(path))
        received = b""
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(data)
        with suppress(ConnectionResetError):
            while not leave and (part := connection.recv(65536)):
                received += part
        return received


def refusal(path: Path, data: bytes) -> str:
    reply = msgspec.json.decode(raw(path, data))
    assert reply["ok"] is False
    assert reply["code"] == 2
    return str(reply["error"])


def test_an_answer_is_a_line(daemon: Daemon) -> None:
    assert ask(daemon.path, "echo", {"for": "45m"}) == {"do": "echo", "for": "45m"}
    assert raw(daemon.path, b'{"do": "status"}\n') == b'{"ok":true,"result":{"do":"status"}}\n'


def test_an_answer_may_take_its_time_while_others_are_answered(daemon: Daemon) -> None:
    slow = threading.Thread(target=ask, args=(daemon.path, "sleep", {"seconds": 1}))
    slow.start()
    assert ask(daemon.path, "status") == {"do": "status"}
    assert slow.is_alive()
    slow.join()


def test_a_refusal_comes_with_its_exit_code(daemon: Daemon) -> None:
    with pytest.raises(Refused, match="not today") as caught:
        ask(daemon.path, "refuse")
    assert caught.value.code == 2
    with pytest.raises(Refused, match="'dance' is nothing I know"):
        ask(daemon.path, "dance")


def test_a_long_answer_arrives_whole(daemon: Daemon) -> None:
    assert len(ask(daemon.path, "much", {"bytes": 3_000_000})["text"]) == 3_000_000


@pytest.mark.parametrize("wrong", [("sleep", {}), ("unwritable", {})])
def test_a_mistake_of_ours_is_logged_and_told_and_outlived(
    daemon: Daemon, wrong: tuple[str, dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in ("once", "and again, as a status bar asks"):
        with pytest.raises(Refused, match="log says where") as caught:
            ask(daemon.path, *wrong)
        assert caught.value.code == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR], "logged once"
    assert ask(daemon.path, "status")


def test_an_answer_that_never_comes_is_given_up(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "ANSWER_WITHIN", 0.1)
    with pytest.raises(Refused, match="no answer to 'sleep'"):
        ask(daemon.path, "sleep", {"seconds": 600})


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"status\n",
        b"[]\n",
        b'{"with": {}}\n',
        b'{"do": 5}\n',
        b'{"do": "status", "with": []}\n',
        b'{"do": "sta\xfftus"}\n',
        b"[" * 60_000 + b"\n",
        b'{"do": "echo", "with": {"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}}\n",
    ],
)
def test_what_is_no_request_is_told_with_an_example(daemon: Daemon, line: bytes) -> None:
    assert '{"do": "status"}' in refusal(daemon.path, line)
    assert ask(daemon.path, "status")


def test_a_line_that_is_too_long_is_told(daemon: Daemon) -> None:
    assert str(LONGEST_REQUEST) in refusal(daemon.path, b"x" * (LONGEST_REQUEST + 1) + b"\n")
    assert str(LONGEST_REQUEST) in refusal(daemon.path, b"x" * (2 * LONGEST_REQUEST))
    with pytest.raises(Refused, match=str(LONGEST_REQUEST)):
        ask(daemon.path, "echo", {"text": "x" * 20 * LONGEST_REQUEST})


def test_half_a_line_is_not_waited_for_for_ever(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "REQUEST_WITHIN", 0.1)
    assert "no request within" in refusal(daemon.path, b'{"do": "sta')


def test_one_who_leaves_in_the_middle_leaves_nothing_behind(daemon: Daemon, caplog: pytest.LogCaptureFixture) -> None:
    for data in (b"", b'{"do": "sta', b'{"do": "much", "with": {"bytes": 3000000}}\n', b'{"do": "follow"}\n'):
        raw(daemon.path, data, leave=True)
    daemon.until(lambda: not daemon.server._clients and not daemon.server._followers)
    assert not caplog.records


def test_one_who_does_not_read_the_answer_is_not_waited_for(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "REQUEST_WITHIN", 0.1)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.connect(str(daemon.path))
        deaf.sendall(b'{"do": "much", "with": {"bytes": 3000000}}\n')
        daemon.until(lambda: bool(daemon.server._clients))
        daemon.until(lambda: not daemon.server._clients)


def test_clients_that_ask_nothing_make_room_for_one_that_does_the_oldest_first(daemon: Daemon) -> None:
    followers = [socket.socket(socket.AF_UNIX) for _ in range(FOLLOWERS)]
    idle = [socket.socket(socket.AF_UNIX) for _ in range(2 * CLIENTS)]
    try:
        for one in followers:
            one.connect(str(daemon.path))
            one.sendall(b'{"do": "follow"}\n')
        daemon.until(lambda: len(daemon.server._followers) == FOLLOWERS)
        for one in idle:
            one.connect(str(daemon.path))
            one.sendall(b'{"do": ')
        assert ask(daemon.path, "status")
        idle[0].settimeout(PATIENCE)
        assert b"try again" in idle[0].recv(1000)
        idle[-1].sendall(b'"status"}\n')
        idle[-1].settimeout(PATIENCE)
        assert b'"ok":true' in idle[-1].recv(1000), "the newest is still served"
        assert len(daemon.server._followers) == FOLLOWERS
        assert len(daemon.server._clients) <= CLIENTS
    finally:
        for one in (*followers, *idle):
            one.close()
    daemon.until(lambda: not daemon.server._clients)
    assert ask(daemon.path, "status")


def test_more_clients_that_ask_than_there_is_room_for_are_sent_away(daemon: Daemon) -> None:
    crowd = [socket.socket(socket.AF_UNIX) for _ in range(CLIENTS)]
    try:
        for one in crowd:
            one.connect(str(daemon.path))
            one.sendall(b'{"do": "sleep", "with": {"seconds": 60}}\n')
        daemon.until(lambda: len(daemon.server._clients) == CLIENTS and not daemon.server._silent)
        with pytest.raises(Refused, match="try again"):
            ask(daemon.path, "status")
    finally:
        for one in crowd:
            one.close()


def test_followers_leave_room_for_those_who_ask(daemon: Daemon) -> None:
    crowd = [socket.socket(socket.AF_UNIX) for _ in range(FOLLOWERS)]
    try:
        for one in crowd:
            one.connect(str(daemon.path))
            one.sendall(b'{"do": "follow"}\n')
        daemon.until(lambda: len(daemon.server._followers) == FOLLOWERS)
        with pytest.raises(Refused, match="following"):
            next(follow(daemon.path))
        assert ask(daemon.path, "status")
    finally:
        for one in crowd:
            one.close()


def test_a_thousand_at_once_change_nothing(daemon: Daemon, caplog: pytest.LogCaptureFixture) -> None:
    """Four threads, each with 250 that come and go, some unheard."""

    def some() -> None:
        for index in range(250):
            raw(daemon.path, b'{"do": "status"}\n', leave=bool(index % 3))

    def patient_some() -> None:
        try:
            some()
        except OSError as error:
            failures.append(error)

    failures: list[OSError] = []
    threads = [threading.Thread(target=patient_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [error for error in failures if not isinstance(error, BlockingIOError)]
    daemon.until(lambda: not daemon.server._clients)
    assert ask(daemon.path, "status")
    assert not caplog.records


def test_one_who_follows_is_told_the_status_and_every_change(daemon: Daemon) -> None:
    assert daemon.call(lambda: daemon.server.followed) is False
    following = follow(daemon.path)
    assert next(following) == {"do": "status"}
    assert daemon.call(lambda: daemon.server.followed) is True
    for number in range(3):
        daemon.call(lambda number=number: daemon.server.publish({"number": number}))  # type: ignore[misc]
    assert [next(following) for _ in range(3)] == [{"number": 0}, {"number": 1}, {"number": 2}]
    following.close()  # type: ignore[attr-defined]
    daemon.until(lambda: not daemon.server.followed)


def test_following_ends_with_the_daemon(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    daemon = Daemon(path)
    following = follow(path)
    next(following)
    daemon.close()
    assert list(following) == []
    assert not caplog.records, "the end of a follower is no error"


def test_a_follower_that_does_not_read_is_dropped_and_the_others_are_not(daemon: Daemon) -> None:
    reading = follow(daemon.path)
    next(reading)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.connect(str(daemon.path))
        deaf.sendall(b'{"do": "follow"}\n')
        daemon.until(lambda: len(daemon.server._followers) == 2)
        change = {"text": "x" * 50_000}
        for _ in range(200):
            daemon.call(lambda: daemon.server.publish(change))
            assert next(reading) == change
            unread = daemon.call(lambda: [w.transport.get_write_buffer_size() for w in daemon.server._followers])
            assert max(unread) <= UNREAD + 100_000
        assert daemon.call(lambda: len(daemon.server._followers)) == 1
    reading.close()  # type: ignore[attr-defined]


def test_only_its_user_can_reach_the_socket(daemon: Daemon) -> None:
    assert stat.S_IMODE(daemon.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(daemon.path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused_even_where_the_modes_would_let_them(daemon: Daemon) -> None:
    for directory in (daemon.path.parent, *list(daemon.path.parents)[1:3]):
        directory.chmod(0o755)
    daemon.path.chmod(0o666)
    other = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534); c = socket.socket(socket.AF_UNIX);"
        " c.connect(sys.argv[1]); print(c.recv(1000).decode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", other, str(daemon.path)], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert msgspec.json.decode(done.stdout) == {"ok": False, "error": "this daemon is another user's", "code": 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_daemon_of_another_user_is_not_asked(private_home: Path) -> None:
    """Somebody else may have made our directory in /tmp before us."""
    private_home.chmod(0o777)
    path = private_home / "trap.sock"
    trap = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534); s = socket.socket(socket.AF_UNIX);"
        " s.bind(sys.argv[1]); s.listen(); print('ready', flush=True); c, _ = s.accept(); print(c.recv(1000))"
    )
    with subprocess.Popen([sys.executable, "-c", trap, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(NotRunning, match="65534"):
            ask(path, "symptom", {"kind": "pain"})
        assert other.stdout.read() == "b''\n", "it was told nothing"


def test_where_nothing_is_the_answer_is_that_it_does_not_run(path: Path) -> None:
    with pytest.raises(NotRunning, match="not running"):
        ask(path, "status")
    with pytest.raises(NotRunning, match="not running"):
        next(follow(path))


def test_the_socket_of_one_that_was_killed_is_known_for_it_and_replaced(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(NotRunning, match="not running"):
        ask(path, "status")
    daemon = Daemon(path)
    assert ask(path, "status")
    daemon.close()
    assert not path.exists()


def test_one_that_is_stuck_is_not_waited_for(path: Path) -> None:
    """As after SIGSTOP: the kernel takes the connection and nobody answers; then its queue is full too."""
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.bind(str(path))
        stuck.listen(0)
        for _ in range(3):
            with pytest.raises(Silent, match="does not answer"):
                ask(path, "status", timeout=0.2)


def test_what_was_given_up_meanwhile_is_not_done_later(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon is stopped for a while. Whoever asked was told that nothing was done, and perhaps asked again."""
    done: list[str] = []

    def note(do: str, _with: dict[str, Any]) -> dict[str, Any]:
        done.append(do)
        return {}

    monkeypatch.setattr(daemon.server, "_answer", note)
    go_on = threading.Event()
    daemon.loop.call_soon_threadsafe(go_on.wait)
    for _ in range(3):
        with pytest.raises(Silent):
            ask(daemon.path, "given up", timeout=0.1)
    go_on.set()
    ask(daemon.path, "asked")
    daemon.until(lambda: not daemon.server._clients)
    assert done == ["asked"]


def test_one_that_ends_its_own_side_is_answered(daemon: Daemon) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(daemon.path))
        connection.sendall(b'{"do": "echo"}\n')
        connection.shutdown(socket.SHUT_WR)
        assert b'"ok":true' in connection.recv(1000)


@pytest.mark.parametrize(
    ("said", "meant"),
    [(b"", "ended before"), (b"hello\n", "not slowrise"), (b"[" * 100_000 + b"\n", "not slowrise"), (b"{}\n", "not")],
)
def test_one_that_answers_strangely_is_not_believed(path: Path, said: bytes, meant: str) -> None:
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def strange() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(said)

        thread = threading.Thread(target=strange)
        thread.start()
        with pytest.raises(NotRunning, match=meant):
            ask(path, "status")
        thread.join()


def test_an_answer_without_end_is_cut_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "LONGEST_REPLY", 100_000)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def endless() -> None:
            connection, _ = listening.accept()
            with connection, suppress(BrokenPipeError, ConnectionResetError):
                while True:
                    connection.sendall(b"x" * 10_000)

        thread = threading.Thread(target=endless)
        thread.start()
        with pytest.raises(NotRunning, match="no end"):
            ask(path, "status")
        thread.join()


@pytest.mark.parametrize("in_the_way", ["a file", "a link"])
def test_what_is_no_socket_is_not_taken_away(path: Path, in_the_way: str) -> None:
    path.parent.mkdir(mode=0o700)
    letter = path.with_name("letter")
    letter.write_text("dear")
    if in_the_way == "a file":
        letter.rename(path)
    else:
        path.symlink_to(letter)
    with pytest.raises(Unsafe, match="not a socket"):
        asyncio.run(ControlServer(path, answer).start())
    assert path.read_text() == "dear"


def test_closing_twice_or_before_the_start_is_no_error(path: Path) -> None:
    async def life() -> None:
        server = ControlServer(path, answer)
        await server.close()
        await server.start()
        await server.close()
        await server.close()

    asyncio.run(life())
    assert not path.exists()


def test_asking_loads_no_event_loop() -> None:
    loaded = "import sys, slowrise.daemon.control, slowrise.adapters.system.paths\n"
    loaded += "sys.exit('asyncio' in sys.modules or 'ssl' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", loaded], env=environment, timeout=60, check=False).returncode == 0


def test_the_daemon_loads_nothing_that_costs_memory_for_no_use() -> None:
    """Libcrypto alone takes 3.4 MB, and nothing here needs a digest.

    Other code of the process still gets what is left out here.
    """
    costly = (
        *("_hashlib", "ssl", "rich", "matplotlib", "jinja2", "csv", "html.entities"),
        *("typing_extensions", "multiprocessing", "importlib.metadata"),
    )
    assert importlib.util.find_spec("typing_extensions"), "msgspec would load it where it is installed"
    load = f"""
import sys
sys.modules["ssl"] = None
sys.argv = ["slowrise", "--version"]
from slowrise.__main__ import main
try:
    main()
except SystemExit:
    pass
import slowrise.cli.commands.run, slowrise.daemon.app
print([name for name in {costly} if sys.modules.get(name)])
import typing_extensions, multiprocessing, apscheduler.executors.pool
print(apscheduler.executors.pool.ThreadPoolExecutor is not None)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    shown = subprocess.run([sys.executable, "-c", load], env=environment, timeout=60, check=True, capture_output=True)
    assert shown.stdout.splitlines()[1:] == [b"[]", b"True"]


requests = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ).map(msgspec.json.encode),
    st.fixed_dictionaries(
        {"do": st.sampled_from(["status", "echo", "refuse", "much", "unwritable", "dance"]) | st.text(max_size=5)},
        optional={"with": st.dictionaries(st.text(max_size=5), st.integers(0, 9), max_size=3)},
    ).map(msgspec.json.encode),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests)
def test_whatever_is_sent_gets_one_line_back(daemon: Daemon, data: bytes) -> None:
    reply = raw(daemon.path, data + b"\n")
    assert reply.count(b"\n") == 1
    assert msgspec.json.decode(reply)["ok"] in (True, False)
