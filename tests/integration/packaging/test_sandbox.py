"""What a program may and may not do in the sandbox of the shipped unit, measured from inside."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import PROJECT
from support.container import Container

pytestmark = [pytest.mark.real("mmdebstrap", "systemd-nspawn", "nsenter"), pytest.mark.timeout(900)]

DATA = "/home/alice/data"
PROGRAM = "/home/alice/my programs/100% $HOME probe"
PROBE = f"""#!{sys.prefix}/bin/python
import ctypes, errno, json, mmap, os, pathlib, socket, sys
from pywayland.client import Display as Client
from pywayland.protocol.wayland import WlSeat
from pywayland.server import Display as Server
sys.path.insert(0, "{PROJECT}/src")
from slowrise.adapters.system import systemd_notify

libc = ctypes.CDLL(None, use_errno=True)

def attempt(act):
    try:
        result = act()
    except OSError as error:
        return errno.errorcode[error.errno]
    return errno.errorcode[ctypes.get_errno()] if result == -1 else "works"

def wayland_callback():
    server = Server()
    name = server.add_socket("slowrise/wayland")
    seat = WlSeat.global_class(server)
    client = Client(name)
    client.connect()
    heard = []
    registry = client.get_registry()
    registry.dispatcher["global"] = lambda registry, number, interface, version: heard.append(interface)
    client.flush()
    for _ in ("the connection", "the request"):
        server.get_event_loop().dispatch(0)
    server.flush_clients()
    client.dispatch(block=True)
    registry.destroy()
    client.disconnect()
    seat.destroy()
    server.destroy()
    assert heard == ["wl_seat"]

def control_group():
    ours = [line.rstrip().split(":", 2)[1:] for line in open("/proc/self/cgroup")]
    roots = {{"": "/sys/fs/cgroup", "name=systemd": "/sys/fs/cgroup/systemd"}}
    places = [pathlib.Path(roots[kind] + path) for kind, path in ours if kind in roots]
    return next(place for place in places if place.is_dir())

def connect(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)

status = pathlib.Path("/proc/self/status").read_text()
home, runtime = pathlib.Path.home(), pathlib.Path(os.environ["XDG_RUNTIME_DIR"])
seen = {{
    "write data": attempt(lambda: pathlib.Path("{DATA}/ledger").write_text("x")),
    "write home": attempt(lambda: (home / "x").write_text("x")),
    "write temporary file": attempt(lambda: pathlib.Path("/tmp/x").write_text("x")),
    "read configuration": attempt((home / ".config/systemd/user/slowrise.service").read_text),
    "read keys": attempt((home / ".ssh/id").read_text),
    "make a socket": attempt(lambda: (runtime / "slowrise/control").write_text("x")),
    "reach the bus": attempt(lambda: connect(str(runtime / "bus"))),
    "reach the network": attempt(lambda: socket.socket(socket.AF_INET)),
    "new namespace": attempt(lambda: libc.unshare(0x10000000)),
    "trace a process": attempt(lambda: libc.ptrace(0, 0, 0, 0)),
    "see that a locker ends": attempt(lambda: os.close(os.pidfd_open(os.getppid()))),
    "read the name of a process": attempt(pathlib.Path(f"/proc/{{os.getppid()}}/comm").read_text),
    "read the environment of a process": attempt(pathlib.Path(f"/proc/{{os.getppid()}}/environ").read_text),
    # From systemd 257 on the kernel itself refuses it, with another number.
    "make code at run time": attempt(
        lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
    ).replace("EACCES", "EPERM"),
    "be called by libwayland": attempt(wayland_callback),
    "set the clock": attempt(lambda: libc.adjtimex(None)),  # EFAULT without the filter
    "change a priority": attempt(lambda: os.nice(1)),
    "change an owner": attempt(lambda: os.chown("{DATA}/ledger", os.getuid(), os.getgid())),
    "set the user bit": attempt(lambda: os.chmod("{DATA}/ledger", 0o4755)),
    "mode of the data": oct(os.stat("{DATA}/ledger").st_mode),
    "mode of the runtime directory": oct((runtime / "slowrise").stat().st_mode),
    "make itself a control group": attempt(lambda: (control_group() / "beside").mkdir()),
    "capabilities": status.partition("CapBnd:")[2].split()[0],
    "new privileges": "NoNewPrivs:\\t1" in status,
}}
pathlib.Path("{DATA}/seen").write_text(json.dumps(seen))
systemd_notify.ready("seen")
import signal
signal.pause()
"""

ALLOWED_AND_REFUSED = {
    "write data": "works",
    "write home": "EROFS",
    "write temporary file": "EROFS",
    "read configuration": "works",
    "read keys": "EACCES",
    "make a socket": "works",
    "reach the bus": "works",
    "reach the network": "EAFNOSUPPORT",
    "new namespace": "EPERM",
    "trace a process": "EPERM",
    "see that a locker ends": "works",
    "read the name of a process": "works",
    "read the environment of a process": "EACCES",
    "make code at run time": "EPERM",
    "be called by libwayland": "works",
    "set the clock": "EPERM",
    "change a priority": "EPERM",
    "change an owner": "EPERM",
    "set the user bit": "EPERM",
    "mode of the data": "0o100600",
    "mode of the runtime directory": "0o40700",
    "make itself a control group": "EROFS",
    "capabilities": "0" * 16,
    "new privileges": True,
}


def service(machine: Container, call: str) -> str:
    """Call a function of the autostart module in the container, and return what it printed."""
    lines = (
        "import sys",
        f"sys.path.insert(0, '{PROJECT}/src')",
        "from pathlib import Path",
        "from slowrise.adapters.system import autostart",
        f"print(*autostart.{call}, sep='\\n')",
    )
    return machine.alice(f"{sys.prefix}/bin/python", "-c", "\n".join(lines))


def test_the_unit_takes_away_all_but_what_the_daemon_needs(systemd_machine: Container) -> None:
    machine = systemd_machine
    machine.write("/home/alice/.ssh/id", "secret")
    machine.write(PROGRAM, PROBE)
    assert "It runs now" in service(machine, f"install(Path({PROGRAM!r}), Path({DATA!r}))")
    assert machine.unit("StatusText", "slowrise.service") == "seen"
    assert "seen" in service(machine, "status()")
    assert json.loads(machine.alice("cat", f"{DATA}/seen")) == ALLOWED_AND_REFUSED

    assert "Stopped slowrise" in service(machine, "uninstall()")
    assert machine.unit("LoadState", "slowrise.service") == "not-found"
    assert machine.alice("find", "/home/alice/.config/systemd", "-name", "slowrise*") == ""
    assert "slowrise" not in machine.alice("ls", "/run/user/1000")
    assert "ledger" in machine.alice("ls", DATA), "uninstalling removed the user's data"
    assert "not installed" in service(machine, "uninstall()")
    assert "not installed" in service(machine, "status()")


@pytest.fixture
def without_namespaces(systemd_machine: Container) -> Iterator[Container]:
    """Yield the container while alice's systemd may create no user namespace, as under a hardened kernel."""
    drop_in = "/etc/systemd/system/user@.service.d/no-namespaces.conf"
    systemd_machine.root("mkdir", "-p", str(Path(drop_in).parent))
    systemd_machine.root("tee", drop_in, stdin="[Service]\nRestrictNamespaces=~user\n")
    systemd_machine.restart_alice()
    yield systemd_machine
    systemd_machine.root("rm", drop_in)
    systemd_machine.restart_alice()


def test_without_user_namespaces_it_starts_with_a_weaker_sandbox(without_namespaces: Container) -> None:
    machine = without_namespaces
    machine.write("/home/alice/.ssh/id", "the weaker sandbox can read this")
    machine.write(PROGRAM, PROBE)
    assert "without the limits on its files" in service(machine, f"install(Path({PROGRAM!r}), Path({DATA!r}))")
    files = ("write home", "write temporary file", "read keys", "make itself a control group")
    in_the_open = (*files, "read the environment of a process")
    expected = {**ALLOWED_AND_REFUSED, **dict.fromkeys(in_the_open, "works")}
    seen = json.loads(machine.alice("cat", f"{DATA}/seen"))
    assert seen == {**expected, "capabilities": seen["capabilities"]}, "it keeps the user's capabilities"
    service(machine, "uninstall()")
