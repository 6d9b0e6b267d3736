"""Private sound servers, each with a virtual speaker and a virtual microphone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.desktop_programs import wait_until
from support.mock_bus import end

_MODULES = ("module-null-sink sink_name=speaker", "module-null-source source_name=mic", "module-native-protocol-unix")


class SoundServer:
    """PulseAudio. A test can close it and open it again."""

    def __init__(self) -> None:
        self._socket = Path(os.environ["XDG_RUNTIME_DIR"]) / "pulse/native"
        self._processes: list[subprocess.Popen[bytes]] = []

    def open(self) -> None:
        self._socket.unlink(missing_ok=True)
        options = ["--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes", "-n"]
        self._start(["pulseaudio", *options, *(part for module in _MODULES for part in ("-L", module))])
        wait_until(self._socket.exists, "PulseAudio")

    def close(self) -> None:
        while self._processes:
            end(self._processes.pop(0))

    def record(self, source: str) -> subprocess.Popen[bytes]:
        return self._start(["parecord", "--raw", "-d", source, "/dev/null"])

    def recordings(self) -> int:
        return self.ask("list", "short", "source-outputs").count("\n")

    def ask(self, *args: str) -> str:
        return subprocess.run(["pactl", *args], check=True, timeout=30, stdout=subprocess.PIPE, text=True).stdout

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process


class PipeWire(SoundServer):
    """PipeWire with its PulseAudio server, as on most desktops."""

    def open(self) -> None:
        for program in ("pipewire", "wireplumber", "pipewire-pulse"):
            self._start([program])
        wait_until(self._socket.exists, "pipewire-pulse")
        # It may refuse modules for a moment after it has its socket.
        speaker = ["pactl", "load-module", "module-null-sink", "sink_name=speaker"]
        wait_until(
            lambda: subprocess.run(speaker, capture_output=True, check=False, timeout=30).returncode == 0,
            "pipewire-pulse to load a module",
        )
        mic = ("media.class=Audio/Source/Virtual", "sink_name=mic", "channel_map=front-left,front-right")
        self.ask("load-module", "module-null-sink", *mic)
        wait_until(lambda: "mic" in self.ask("list", "short", "sources"), "the microphone")


@contextmanager
def sound_server(server: type[SoundServer]) -> Iterator[SoundServer]:
    """Yield an open sound server."""
    sound = server()
    try:
        sound.open()
        yield sound
    finally:
        sound.close()
