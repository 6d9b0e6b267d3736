from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from jeepney import DBusAddress
from jeepney.bus_messages import message_bus

from slowrise.adapters.system import dbus as bus_module
from slowrise.adapters.system.dbus import Bus, CallFailed, DBusSignal, connect, names_on
from slowrise.ports.probe import Lost, Unavailable
from support.desktop_programs import PATIENCE
from support.mock_bus import MockBus

pytestmark = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")

NAME, PATH = "org.example.Peer", "/org/example/Peer"
PEER = DBusAddress(PATH, NAME, NAME)


@pytest.fixture
def peer(session: MockBus) -> MockBus:
    session.mock(NAME, PATH, NAME, name=NAME)
    return session


async def next_of(bus: Bus) -> DBusSignal:
    return await asyncio.wait_for(anext(bus), PATIENCE)


@asynccontextmanager
async def listening() -> AsyncGenerator[Bus]:
    async with connect("session") as bus:
        assert await bus.follow(NAME)
        await bus.listen(PEER, "Rang")
        yield bus


def test_a_call_returns_the_answer_and_raises_an_error(peer: MockBus) -> None:
    peer.ask(NAME, PATH, "AddMethod", NAME, "Add", "uu", "u", "ret = args[0] + args[1]")

    async def monitor() -> None:
        async with connect("session") as bus:
            assert await bus.call(PEER, "Add", "uu", 2, 3) == (5,)
            with pytest.raises(CallFailed, match="UnknownMethod"):
                await bus.call(PEER, "Nothing")
            with pytest.raises(CallFailed, match="NameHasNoOwner"):
                await bus.call(DBusAddress("/", "org.example.Absent", NAME), "Nothing")

    asyncio.run(monitor())


def test_a_call_has_a_deadline_and_a_late_answer_does_no_harm(peer: MockBus) -> None:
    peer.ask(NAME, PATH, "AddMethod", NAME, "Doze", "", "s", "import time; time.sleep(0.5); ret = 'late'")
    peer.ask(NAME, PATH, "AddMethod", NAME, "Wake", "", "s", "ret = 'awake'")

    async def monitor() -> None:
        async with connect("session") as bus:
            with pytest.raises(CallFailed, match="no answer"):
                await bus.call(PEER, "Doze", deadline=0.05)
            assert await bus.call(PEER, "Wake", deadline=PATIENCE) == ("awake",)

    asyncio.run(monitor())


def test_properties_come_without_their_variants(peer: MockBus) -> None:
    peer.ask(NAME, PATH, "AddProperty", NAME, "Level", "<uint32 7>")

    async def monitor() -> None:
        async with connect("session") as bus:
            assert await bus.properties(PEER) == {"Level": 7}
            await bus.follow(NAME)
            await bus.listen_changes(PEER)
            peer.alter(NAME, PATH, NAME, "Level", "uint32 8")
            assert (await next_of(bus)).changed() == {"Level": 8}

    asyncio.run(monitor())


def test_signals_arrive_in_order_with_their_time_of_arrival(peer: MockBus) -> None:
    async def monitor() -> None:
        async with listening() as bus:
            for count in (1, 2):
                peer.emit(NAME, PATH, f"{NAME}.Rang", "u", f"[<uint32 {count}>]")
            first, second = await next_of(bus), await next_of(bus)
            assert (first.path, first.interface, first.member) == (PATH, NAME, "Rang")
            assert (first.body, second.body) == ((1,), (2,))
            assert first.at <= second.at

    asyncio.run(monitor())


def test_a_signal_of_another_process_is_ignored(peer: MockBus) -> None:
    """Any process may send a signal directly to a connection, regardless of its match rules."""

    async def monitor() -> None:
        others = await names_on("session")
        async with listening() as bus:
            (us,) = (await names_on("session") - others) & await names_on("session")
            signal_ = ["--object-path", PATH, "--signal", f"{NAME}.Rang"]
            forger = ["gdbus", "emit", "--address", peer.address, "--dest", us, *signal_, "'forged'"]
            process = await asyncio.create_subprocess_exec(*forger)
            assert await process.wait() == 0
            peer.emit(NAME, PATH, f"{NAME}.Rang", "s", "[<'true'>]")
            assert (await next_of(bus)).body == ("true",)

    asyncio.run(monitor())


def test_the_end_and_the_return_of_the_peer_are_signalled(peer: MockBus) -> None:
    async def monitor() -> None:
        async with listening() as bus:
            peer.end_services()
            gone = await next_of(bus)
            assert (gone.member, gone.body[0], gone.body[2]) == ("NameOwnerChanged", NAME, "")
            await asyncio.to_thread(peer.mock, NAME, PATH, NAME, name=NAME)
            assert (await next_of(bus)).body[2].startswith(":")
            peer.emit(NAME, PATH, f"{NAME}.Rang")
            assert (await next_of(bus)).member == "Rang"

    asyncio.run(monitor())


def test_the_end_of_the_bus_is_a_loss_for_every_waiting_call(peer: MockBus) -> None:
    peer.ask(NAME, PATH, "AddMethod", NAME, "Doze", "", "", "import time; time.sleep(60)")

    async def monitor() -> None:
        async with listening() as bus:
            call = asyncio.ensure_future(bus.call(PEER, "Doze", deadline=PATIENCE))
            heard = asyncio.ensure_future(next_of(bus))
            await asyncio.sleep(0)
            peer.close()
            for each in (call, heard):
                with pytest.raises(Lost):
                    await asyncio.wait_for(each, PATIENCE)
            with pytest.raises(Lost):
                await bus.call(message_bus, "ListNames")

    asyncio.run(monitor())


def test_a_bus_that_hangs_is_a_loss(session: MockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "DEADLINE", 0.1)
    session.daemon.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer"):
        asyncio.run(names_on("session"))

    async def monitor() -> None:
        async with connect("session"):
            pytest.fail("it connected")

    with pytest.raises(Lost):
        asyncio.run(monitor())
    assert time.monotonic() - began < PATIENCE


def test_without_an_address_the_bus_of_a_systemd_session_is_used(
    session: MockBus, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (private_home / "run/bus").symlink_to(private_home / "run/session-bus")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert "org.freedesktop.DBus" in asyncio.run(names_on("session"))


def test_an_address_may_begin_with_entries_that_are_no_sockets(
    session: MockBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"tcp:host=localhost,port=1;{session.address},guid=00")
    assert "org.freedesktop.DBus" in asyncio.run(names_on("session"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:")
    with pytest.raises(Unavailable, match="no Unix socket"):
        asyncio.run(names_on("session"))
