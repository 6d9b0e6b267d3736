"""A video player, as a compositor sees one: `python -m support.film` shows a window that can keep the screen on.

It obeys the lines `play`, `stop` and `quit`, and repeats each once the compositor has taken it.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from support.desktop_programs import PATIENCE

_SIZE = 64


class Film:
    """The player of the compositor that WAYLAND_DISPLAY names, as a child process."""

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "support.film"]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        self._player = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ)
        try:
            self._expect("shown")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._player.kill()
        self._player.communicate()

    def play(self) -> None:
        """Keep the screen on."""
        self._say("play")

    def stop(self) -> None:
        """Let the screen go dark again."""
        self._say("stop")

    def _say(self, word: str) -> None:
        assert self._player.stdin
        self._player.stdin.write(f"{word}\n")
        self._player.stdin.flush()
        self._expect(word)

    def _expect(self, word: str) -> None:
        assert self._player.stdout
        ready, _, _ = select.select([self._player.stdout], [], [], PATIENCE)
        assert ready, f"the player does not say `{word}`"
        assert self._player.stdout.readline().strip() == word


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Be the player."""
    from pywayland.client.display import Display
    from pywayland.protocol.idle_inhibit_unstable_v1 import ZwpIdleInhibitManagerV1
    from pywayland.protocol.wayland import WlCompositor, WlShm
    from pywayland.protocol.xdg_shell import XdgWmBase

    display = Display()
    display.connect()
    registry = display.get_registry()
    offered: dict[str, int] = {}
    registry.dispatcher["global"] = lambda _, number, name, _version: offered.__setitem__(name, number)
    display.roundtrip()

    def bound(interface: Any) -> Any:
        return registry.bind(offered[interface.name], interface, 1)

    shell = bound(XdgWmBase)
    shell.dispatcher["ping"] = lambda shell, serial: shell.pong(serial)
    with tempfile.TemporaryFile() as picture:
        picture.truncate(4 * _SIZE * _SIZE)
        pool = bound(WlShm).create_pool(picture.fileno(), 4 * _SIZE * _SIZE)
    buffer = pool.create_buffer(0, _SIZE, _SIZE, 4 * _SIZE, WlShm.format.xrgb8888.value)
    surface = bound(WlCompositor).create_surface()
    window = shell.get_xdg_surface(surface)
    _role = window.get_toplevel()  # its object must live on
    shown: list[bool] = []

    def show(window: Any, serial: int) -> None:
        window.ack_configure(serial)
        surface.attach(buffer, 0, 0)
        surface.damage(0, 0, _SIZE, _SIZE)
        surface.commit()
        shown.append(True)

    window.dispatcher["configure"] = show
    surface.commit()
    while not shown:
        display.roundtrip()
    display.roundtrip()
    say("shown")
    manager, inhibitor = bound(ZwpIdleInhibitManagerV1), None
    while True:
        display.flush()
        ready, _, _ = select.select([display.get_fd(), sys.stdin], [], [])
        if display.get_fd() in ready:
            display.dispatch(block=True)
        if sys.stdin in ready:
            word = sys.stdin.readline().strip()
            if word == "play":
                inhibitor = manager.create_inhibitor(surface)
            elif word == "stop" and inhibitor:
                inhibitor.destroy()
            else:
                os._exit(0)  # libwayland crashes in an orderly exit that has not destroyed every object
            display.roundtrip()
            say(word)


if __name__ == "__main__":
    main()
