"""Private buses with mocked services, and a list that collects the sightings of a source or signal."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from slowrise.adapters.system.dbus import Which
from slowrise.ports.input import Sighting, Signal
from support.desktop_programs import PATIENCE, wait_until

_PROPERTIES = "org.freedesktop.DBus.Properties"

_WITHOUT_ACTIVATION = """
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(PATIENCE)


class MockBus:
    """A private bus with mocked services. It can die and come back."""

    def __init__(self, which: Which, home: Path) -> None:
        self.which = which
        self.address = f"unix:path={home}/run/{which}-bus"
        self._config = home / f"{which}-bus.conf"
        self._config.write_text(_WITHOUT_ACTIVATION.format(address=self.address))
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def daemon(self) -> subprocess.Popen[bytes]:
        """The process of the bus."""
        return self._processes[0]

    def open(self) -> None:
        Path(self.address.removeprefix("unix:path=")).unlink(missing_ok=True)
        self._start(["dbus-daemon", f"--config-file={self._config}", "--nofork", "--nopidfile"])
        wait_until(self._answers, f"the {self.which} bus")

    def close(self) -> None:
        while self._processes:
            end(self._processes.pop(0))

    def end_services(self) -> None:
        """Kill every service, but not the bus."""
        while len(self._processes) > 1:
            end(self._processes.pop())

    def mock(self, *args: str, name: str) -> subprocess.Popen[bytes]:
        """Start dbusmock and wait until it owns the name. `args`: a template, or a name, a path and an interface."""
        mock = self._start(["/usr/bin/python3", "-m", "dbusmock", f"--{self.which}", *args])
        wait_until(lambda: name in self.names(), f"{name} on the bus")
        return mock

    def names(self) -> frozenset[str]:
        """Return every name that has an owner on this bus now."""
        with open_dbus_connection(bus=self.address) as connection:
            (names,) = connection.send_and_get_reply(message_bus.ListNames(), timeout=PATIENCE).body
            return frozenset(names)

    def logind(self) -> subprocess.Popen[bytes]:
        """Start a logind without sessions."""
        name, path = "org.freedesktop.login1", "/org/freedesktop/login1"
        mock = self.mock("--template", "logind", name=name)
        # The template's GetUser is broken: it concatenates a string and a number.
        answer = f"ret = '{path}/user/%d' % args[0]"
        self.ask(name, path, "AddMethod", f"{name}.Manager", "GetUser", "u", "o", answer)
        return mock

    def session(self, name: str, *, user: int | None = None, kind: str = "user") -> str:
        """Add a session that has the screen. Return its object path."""
        owner = (str(os.getuid() if user is None else user), "alice", "true")
        self.ask("org.freedesktop.login1", "/org/freedesktop/login1", "AddSession", name, "seat0", *owner)
        path = f"/org/freedesktop/login1/session/{name}"
        self.alter("org.freedesktop.login1", path, "org.freedesktop.login1.Session", "Class", f"'{kind}'")
        return path

    def ask(self, name: str, path: str, method: str, *args: str) -> str:
        """Call a method and return its answer as text. A method without an interface is one of dbusmock."""
        full_name = method if "." in method else f"org.freedesktop.DBus.Mock.{method}"
        target = ["--address", self.address, "--dest", name, "--object-path", path, "--method", full_name]
        command = ["gdbus", "call", *target, *(["--", *args] if args else [])]
        return subprocess.run(command, check=True, timeout=PATIENCE, stdout=subprocess.PIPE, text=True).stdout

    def emit(self, name: str, path: str, signal: str, signature: str = "", args: str = "@av []") -> None:
        interface, member = signal.rsplit(".", 1)
        self.ask(name, path, "EmitSignal", interface, member, signature, args)

    def alter(self, name: str, path: str, interface: str, key: str, value: str) -> None:
        """Set a property and emit the change. dbusmock's UpdateProperties cannot do that for a structure."""
        self.ask(name, path, f"{_PROPERTIES}.Set", interface, key, f"<{value}>")
        changed = f"[<'{interface}'>, <{{'{key}': <{value}>}}>, <@as []>]"
        self.emit(name, path, f"{_PROPERTIES}.PropertiesChanged", "sa{sv}as", changed)

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        environ = {**os.environ, f"DBUS_{self.which.upper()}_BUS_ADDRESS": self.address}
        process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self._processes.append(process)
        return process

    def _answers(self) -> bool:
        with suppress(OSError):
            return bool(self.names())
        return False


@contextmanager
def mock_bus(which: Which, home: Path) -> Iterator[MockBus]:
    """Yield an open bus. Its socket is in `home/run`."""
    bus = MockBus(which, home)
    try:
        bus.open()
        yield bus
    finally:
        bus.close()


class Sightings(list[Sighting]):
    """The sightings emitted so far. Pass it as `emit`."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def __call__(self, sighting: Sighting) -> None:
        self.append(sighting)
        self._more.set()

    @property
    def names(self) -> list[str]:
        return [sighting.what for sighting in self]

    async def until(self, what: str) -> None:
        """Wait until a sighting of this name has arrived. Others may come first."""
        async with asyncio.timeout(PATIENCE):
            while what not in self.names:
                self._more.clear()
                await self._more.wait()

    async def until_count(self, count: int) -> None:
        """Wait until so many sightings have arrived."""
        async with asyncio.timeout(PATIENCE):
            while len(self) < count:
                self._more.clear()
                await self._more.wait()

    async def expect(self, *names: str) -> None:
        """Wait for as many sightings as names, and check that exactly these arrived."""
        await self.until_count(len(names))
        assert self.names == list(names)


@asynccontextmanager
async def watched(signal: Signal, seen: Sightings) -> AsyncGenerator[asyncio.Task[None]]:
    """Run the signal until the block ends."""
    task = asyncio.create_task(signal.watch(seen))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
