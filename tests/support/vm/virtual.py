"""A virtual machine with its own kernel, keyboard, mouse and screen, which can be suspended.

qemu emulates it in software, ten times slower than this machine. Writes to its disk are lost at the end. It has no
network.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.container import Container
from support.desktop_programs import wait_until
from support.vm.image import Image

PATIENCE = 600.0
"""Seconds to wait for any event. On an idle machine nothing takes a tenth of it."""

_QEMU_PATIENCE = 10.0
"""Seconds for qemu itself to answer."""

_HOURS = 4
"""The register of the real-time clock that holds the hours, as two decimal digits (PC/AT, MC146818)."""

_FAST_BOOT = "systemd.mask=e2scrub_reap.service modprobe.blacklist=kvm_amd,powernow_k8"
"""Kernel options that skip slow parts of the boot that no test needs."""

_QCODES = {"\n": "ret", " ": "spc", "-": "minus", ".": "dot", "/": "slash"}


class Virtual(Container):
    """A running machine. Commands run in it as in the container; `press`, `type` and `move_mouse` are its user."""

    def __init__(self, qmp: socket.socket, agent: socket.socket) -> None:
        self._qmp = qmp.makefile("rw", encoding="utf-8")
        self._qmp.readline()  # the greeting
        self._agent = agent.makefile("rw", encoding="utf-8")
        self.qmp("qmp_capabilities")

    # -- keyboard and mouse -----------------------------------------------------------------------------------------

    def press(self, *qcodes: str) -> None:
        """Press the keys together and release them. The names are qemu's QKeyCode."""
        for down, keys in ((True, qcodes), (False, qcodes[::-1])):
            for key in keys:
                self._input({"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}})

    def press_key(self) -> None:
        """Press and release one key."""
        self.press("a")

    def type(self, text: str) -> None:
        """Type lower-case letters, digits and the characters of `_QCODES`."""
        for letter in text:
            self.press(_QCODES.get(letter, letter))

    def move_mouse(self) -> None:
        """Move the mouse a little."""
        moved = ({"axis": axis, "value": 20} for axis in ("x", "y"))
        self._input(*({"type": "rel", "data": by} for by in moved))

    # -- the machine ------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the time of the machine's clock."""
        return datetime.fromtimestamp(float(self.root("date", "+%s.%N")), UTC)

    def sleep(self, hours: int) -> None:
        """Suspend the machine, advance its real-time clock by these hours, and wake it."""
        self.root("systemctl", "suspend")
        wait_until(lambda: self.qmp("query-status")["status"] == "suspended", "the machine to sleep", patience=PATIENCE)
        slept_at = int(self._clock("i /b 0x71"), 16)
        wakes_at = int(f"{slept_at:x}") + hours
        self._clock(f"o /b 0x71 0x{wakes_at:02d}")
        self.qmp("system_wakeup")

    def picture(self, to: Path) -> None:
        """Save a picture of the machine's screen as PNG."""
        self.qmp("screendump", filename=str(to), format="png")

    def qmp(self, execute: str, **arguments: object) -> Any:
        """Send a command to qemu and return its answer."""
        self._qmp.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self._qmp.flush()
        while "event" in (answer := json.loads(self._qmp.readline())):
            pass
        if "error" in answer:
            pytest.fail(f"qemu refused {execute}: {answer['error']['desc']}")
        return answer["return"]

    def _clock(self, command: str) -> str:
        """Select the hours of the real-time clock, run the monitor command, and return the value it read."""
        self._monitor(f"o /b 0x70 {_HOURS}")
        return self._monitor(command).rpartition("=")[2].strip()

    def _monitor(self, line: str) -> str:
        return str(self.qmp("human-monitor-command", **{"command-line": line}))

    def _input(self, *events: object) -> None:
        self.qmp("input-send-event", events=events)

    def _enter(self, command: tuple[str, ...], *, check: bool, stdin: str) -> str:
        self._agent.write(json.dumps({"command": command, "stdin": stdin}) + "\n")
        self._agent.flush()
        answer = json.loads(self._agent.readline())
        if check and answer["code"]:
            journal = self._enter(("journalctl", "--no-pager", "--output=cat", "--lines=30"), check=False, stdin="")
            pytest.fail(f"{command} ended with {answer['code']}: {answer['out']}\nThe journal ends:\n{journal}")
        return str(answer["out"])


@contextmanager
def booted(image: Image) -> Iterator[Virtual]:
    """Yield a booted machine, whose clock began at nine in the morning of today."""
    with tempfile.TemporaryDirectory(prefix="sr-vm-") as name:
        folder = Path(name)
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(_command(image, folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log) as qemu,
        ):
            try:
                with (
                    closing(_connected(folder / "qmp", qemu)) as qmp,
                    closing(_connected(folder / "agent", qemu)) as agent,
                ):
                    virtual = Virtual(qmp, agent)
                    virtual.root("true")
                    yield virtual
            finally:
                qemu.kill()


def _command(image: Image, folder: Path) -> list[str]:
    # If pytest is killed, qemu ends too.
    return [
        *("nice", "-n", "10", "setpriv", "--pdeathsig", "KILL"),
        *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1280"),
        *("-nodefaults", "-no-reboot", "-display", "none", "-rtc", f"base={datetime.now(UTC):%Y-%m-%d}T09:00:00"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", f"root=/dev/vda rw console=ttyS0 quiet mitigations=off {_FAST_BOOT}"),
        *("-drive", f"file={image.disk},format=raw,if=virtio,snapshot=on"),
        *("-device", "virtio-vga", "-device", "virtio-keyboard-pci", "-device", "virtio-mouse-pci"),
        *("-serial", f"file:{folder}/console", "-qmp", f"unix:{folder}/qmp,server=on,wait=off"),
        *("-chardev", f"socket,id=agent,path={folder}/agent,server=on,wait=off"),
        *("-device", "virtio-serial", "-device", "virtserialport,chardev=agent,name=agent"),
    ]


def _connected(path: Path, qemu: subprocess.Popen[bytes]) -> socket.socket:
    """Return a connection to the socket that qemu creates at its start."""
    wait_until(lambda: path.exists() or qemu.poll() is not None, "qemu to start", patience=_QEMU_PATIENCE)
    if qemu.poll() is not None:
        pytest.fail(f"qemu ended with {qemu.returncode}: {(path.parent / 'log').read_text()}")
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    connection.connect(str(path))
    return connection
