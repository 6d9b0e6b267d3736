"""The contract of every signal, tested with the real service or a mock of it on a real bus."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from slowrise.adapters.signals import camera, locker
from slowrise.adapters.signals.choose import SIGNALS, make, probe_all
from slowrise.adapters.system import processes
from slowrise.ports.probe import Lost, Unavailable
from support.cameras import Cameras, fake_cameras
from support.desktop_programs import PATIENCE, wait_until
from support.mock_bus import MockBus, Sightings, end, mock_bus, watched
from support.sound_server import SoundServer, sound_server


class Peer(Protocol):
    """The service of a signal: it can switch its state on and off, die, and come back with the state off."""

    on: str
    off: str

    def begin(self) -> None: ...
    def die(self) -> None: ...
    def turn(self, *, on: bool) -> None: ...


class Logind:
    on, off = "locked", "unlocked"
    path = "/org/freedesktop/login1/session/c1"

    def __init__(self, bus: MockBus) -> None:
        self.bus = bus

    def begin(self) -> None:
        self.bus.open()
        self.bus.logind()
        self.bus.session("c1")

    def die(self) -> None:
        self.bus.close()

    def turn(self, *, on: bool) -> None:
        name = "org.freedesktop.login1"
        self.bus.ask(name, self.path, f"{name}.Session.SetLockedHint", str(on).lower())


class Inhibited(Logind):
    on, off = "inhibited", "uninhibited"

    def turn(self, *, on: bool) -> None:
        name, path = "org.freedesktop.login1", "/org/freedesktop/login1"
        held = f"('idle', 'player', 'a film', 'block', dbus.UInt32({os.getuid()}), dbus.UInt32(1))" if on else ""
        answer = f"ret = dbus.Array([{held}], signature='(ssssuu)')"
        self.bus.ask(name, path, "AddMethod", f"{name}.Manager", "ListInhibitors", "", "a(ssssuu)", answer)
        changed = f"[<'{name}.Manager'>, <{{'BlockInhibited': <'idle'>}}>, <@as []>]"
        self.bus.emit(name, path, "org.freedesktop.DBus.Properties.PropertiesChanged", "sa{sv}as", changed)


class Gnome:
    on, off = "inhibited", "uninhibited"
    name, path = "org.gnome.SessionManager", "/org/gnome/SessionManager"

    def __init__(self, bus: MockBus) -> None:
        self.bus = bus

    def begin(self) -> None:
        self.bus.open()
        self.bus.mock(self.name, self.path, self.name, name=self.name)

    def die(self) -> None:
        self.bus.close()

    def turn(self, *, on: bool) -> None:
        self.bus.ask(self.name, self.path, "AddMethod", self.name, "IsInhibited", "u", "b", f"ret = {on}")
        self.bus.emit(self.name, self.path, f"{self.name}.InhibitorAdded", "o", f"[<objectpath '{self.path}'>]")


class Saver(Gnome):
    on, off = "locked", "unlocked"
    name, path = "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"

    def begin(self) -> None:
        self.bus.open()
        self.bus.mock("--template", "gnome_screensaver", name=self.name)

    def turn(self, *, on: bool) -> None:
        self.bus.ask(self.name, self.path, f"{self.name}.SetActive", str(on).lower())


class Notifications(Gnome):
    """Plasma's notification service, with do-not-disturb only."""

    on, off = "quieted", "unquieted"
    name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"

    def begin(self) -> None:
        super().begin()
        self.bus.ask(self.name, self.path, "AddProperty", self.name, "Inhibited", "<false>")

    def turn(self, *, on: bool) -> None:
        self.bus.alter(self.name, self.path, self.name, "Inhibited", str(on).lower())


class Recorder:
    on, off = "call-started", "call-ended"

    def __init__(self, sound: SoundServer) -> None:
        self.sound = sound
        self.recording: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self.sound.open()

    def die(self) -> None:
        self.sound.close()

    def turn(self, *, on: bool) -> None:
        if on:
            self.recording = self.sound.record("mic")
            wait_until(lambda: self.sound.recordings() == 1, "the recording")
        elif self.recording:
            end(self.recording)


class Lens:
    on, off = "call-started", "call-ended"

    def __init__(self, cameras: Cameras) -> None:
        self.cameras = cameras
        self.user: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self.cameras.plug()

    def die(self) -> None:
        raise AssertionError("an unplugged camera is no loss")

    def turn(self, *, on: bool) -> None:
        if on:
            self.user = self.cameras.use()
        elif self.user:
            self.cameras.leave(self.user)


class Padlock:
    """A program that counts as a locker only in this test: other daemons of this user would see a real one."""

    on, off = "locked", "unlocked"

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.program = home / "padlock"
        self.process: subprocess.Popen[bytes] | None = None
        monkeypatch.setattr(locker, "WAYLAND_LOCKERS", ("padlock",))
        monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")

    def begin(self) -> None:
        shutil.copy("/usr/bin/sleep", self.program)

    def die(self) -> None:
        raise AssertionError("the kernel is always there")

    def turn(self, *, on: bool) -> None:
        if on:
            self.process = subprocess.Popen([str(self.program), "600"])
        elif self.process:
            end(self.process)


@contextmanager
def on_bus(peer: type[Logind | Gnome], home: Path) -> Generator[Peer]:
    with mock_bus("system" if issubclass(peer, Logind) else "session", home) as bus:
        bus.close()
        yield peer(bus)


@contextmanager
def peer_of(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Peer]:
    if name == "camera":
        with fake_cameras(home / "root", monkeypatch) as there:
            yield Lens(there)
        return
    if name == "locker":
        padlock = Padlock(home, monkeypatch)
        yield padlock
        padlock.turn(on=False)
        return
    if name == "microphone":
        with sound_server(SoundServer) as sound:
            sound.close()
            yield Recorder(sound)
        return
    peers: dict[str, type[Logind | Gnome]] = {
        "logind": Logind,
        "logind-inhibitors": Inhibited,
        "desktop-inhibitors": Gnome,
        "screensaver": Saver,
        "do-not-disturb": Notifications,
    }
    with on_bus(peers[name], home) as peer:
        yield peer


BUS = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")
SOUND = pytest.mark.real("pulseaudio", "pactl", "parecord")
MARKS = {"microphone": [SOUND], "camera": [], "locker": []}
WITHOUT_A_PEER = ("camera", "locker")
EACH = [pytest.param(name, marks=MARKS.get(name, [BUS])) for name in SIGNALS]
each = pytest.mark.parametrize("name", EACH)
each_with_a_peer = pytest.mark.parametrize("name", [each for each in EACH if each.values[0] not in WITHOUT_A_PEER])
each_on_a_bus = pytest.mark.parametrize("name", [name for name in SIGNALS if name not in MARKS])


@pytest.fixture
def peer(name: str, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """The service of the signal of this name, running and with its state on."""
    for which in ("system", "session"):
        monkeypatch.setenv(f"DBUS_{which.upper()}_BUS_ADDRESS", f"unix:path={private_home}/run/{which}-bus")
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    with peer_of(name, private_home, monkeypatch) as peer:
        peer.begin()
        peer.turn(on=True)
        yield peer


@each
def test_emits_the_state_at_the_start_and_each_change(name: str, peer: Peer) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(await make(name), seen):
            await seen.expect(peer.on)
            peer.turn(on=False)
            await seen.expect(peer.on, peer.off)
            peer.turn(on=True)
            await seen.expect(peer.on, peer.off, peer.on)
        assert seen == sorted(seen, key=lambda sighting: sighting.at)

    asyncio.run(monitor())


@each_with_a_peer
def test_a_dying_peer_ends_the_state_and_is_a_loss_until_it_is_back(name: str, peer: Peer) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(await make(name), seen) as task:
            await seen.expect(peer.on)
            peer.die()
            with pytest.raises(Lost):
                await asyncio.wait_for(asyncio.shield(task), PATIENCE)
        assert seen.names == [peer.on, peer.off]
        with pytest.raises(Unavailable):
            await make(name)
        peer.begin()
        peer.turn(on=True)
        async with watched(await make(name), seen):
            await seen.expect(peer.on, peer.off, peer.on)

    asyncio.run(monitor())


@each_with_a_peer
def test_a_signal_watched_without_a_peer_is_lost(name: str, peer: Peer) -> None:
    signal = asyncio.run(make(name))
    peer.die()
    with pytest.raises(Lost):
        asyncio.run(signal.watch(Sightings()))


@BUS
@each_on_a_bus
def test_a_service_that_dies_alone_ends_the_state(name: str, peer: Logind | Gnome) -> None:
    """The bus goes on: some signals wait for the next owner of the name, others are lost."""

    async def monitor() -> None:
        seen = Sightings()
        async with watched(await make(name), seen):
            await seen.expect(peer.on)
            peer.bus.end_services()
            await seen.expect(peer.on, peer.off)

    asyncio.run(monitor())


@each
def test_nothing_is_left_behind(name: str, peer: Peer) -> None:
    async def monitor() -> None:
        def here() -> tuple[int, int, int]:
            return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(asyncio.all_tasks())

        async def once() -> None:
            seen = Sightings()
            async with watched(await make(name), seen):
                await seen.expect(peer.on)

        await once()
        before = here()
        for _ in range(5):
            await once()
        for _ in range(10):  # the loop closes a transport one step later
            await asyncio.sleep(0)
        assert here() == before

    asyncio.run(monitor())


@each
def test_never_wakes_while_nothing_happens(name: str, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def monitor() -> None:
        seen, wakes = Sightings(), []
        loop = asyncio.get_running_loop()
        selector = loop._selector  # type: ignore[attr-defined]
        select = selector.select

        def counted(timeout: float | None) -> list[object]:
            found: list[object] = select(timeout)
            wakes.extend(found)
            return found

        monkeypatch.setattr(selector, "select", counted)
        async with watched(await make(name), seen):
            await seen.expect(peer.on)
            async with asyncio.timeout(PATIENCE):
                while wakes:
                    wakes.clear()
                    await asyncio.sleep(0.3)
            timers = [handle for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
            assert timers == []
            await asyncio.sleep(1)
            assert wakes == []

    asyncio.run(monitor())


@BUS
@SOUND
def test_probe_all_reports_each_signal(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "ROOT", private_home / "nothing")
    monkeypatch.setattr(processes, "PROC", private_home)
    assert [(probe.name, probe.works) for probe in asyncio.run(probe_all())] == [(name, False) for name in SIGNALS]
    assert all(probe.reason and probe.fix for probe in asyncio.run(probe_all()))
    monkeypatch.setattr(processes, "PROC", Path("/proc"))
    with ExitStack() as stack:
        for which in ("system", "session"):
            monkeypatch.setenv(f"DBUS_{which.upper()}_BUS_ADDRESS", f"unix:path={private_home}/run/{which}-bus")
        for name in ("logind", "desktop-inhibitors", "locker", "microphone", "camera"):
            stack.enter_context(peer_of(name, private_home, monkeypatch)).begin()
        assert [(probe.name, probe.works) for probe in asyncio.run(probe_all())] == [(name, True) for name in SIGNALS]
