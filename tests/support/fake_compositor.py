"""A fake Wayland compositor that offers the interfaces a test chooses and records the requests it gets."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path
from typing import Self

_WORD = struct.Struct("=I")
_HEAD = struct.Struct("=IHH")
_DISPLAY = 1


class FakeCompositor(threading.Thread):
    """Serves one client after another until closed. `offers` maps interfaces to versions."""

    def __init__(self, path: Path, offers: dict[str, int], *, silent: bool = False) -> None:
        super().__init__(daemon=True)
        self._offers = list(offers.items())
        self._silent = silent
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self.asked: list[tuple[str, int]] = []
        """Interface and opcode of each request to a bound object."""
        self._client: socket.socket | None = None
        self._notifications: dict[int, int] = {}
        """The idle notifications by their milliseconds."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.join(10)

    def run(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client:
                self._client = client
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        objects = {_DISPLAY: "wl_display"}
        with client.makefile("rb") as stream:
            while head := stream.read(_HEAD.size):
                number, opcode, size = _HEAD.unpack(head)
                body = stream.read(size - _HEAD.size)
                if not self._silent:
                    self._answer(client, objects, (number, opcode), body)

    def _answer(self, client: socket.socket, objects: dict[int, str], asked: tuple[int, int], body: bytes) -> None:
        match objects.get(asked[0], "its child"), asked[1]:
            case "wl_display", 0:
                (callback,) = _WORD.unpack(body)
                _tell(client, callback, 0, _WORD.pack(0))
            case "wl_display", 1:
                (registry,) = _WORD.unpack(body)
                objects[registry] = "wl_registry"
                for number, (interface, version) in enumerate(self._offers):
                    _tell(client, registry, 0, _WORD.pack(number) + _string(interface) + _WORD.pack(version))
            case "wl_registry", 0:
                (bound,) = _WORD.unpack(body[-4:])
                objects[bound] = self._offers[_WORD.unpack(body[:4])[0]][0]
            case interface, opcode:
                self.asked.append((interface, opcode))
                if interface == "ext_idle_notifier_v1" and opcode:
                    number, milliseconds = _WORD.unpack(body[:4])[0], _WORD.unpack(body[4:8])[0]
                    self._notifications[milliseconds] = number

    def report_idle(self, milliseconds: int) -> None:
        """Report idle to the notification of this length."""
        assert self._client
        _tell(self._client, self._notifications[milliseconds], 0, b"")


def _tell(client: socket.socket, number: int, opcode: int, body: bytes) -> None:
    client.sendall(_HEAD.pack(number, opcode, _HEAD.size + len(body)) + body)


def _string(text: str) -> bytes:
    ended = text.encode() + b"\0"
    return _WORD.pack(len(ended)) + ended + b"\0" * (-len(ended) % 4)
