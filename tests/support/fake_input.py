"""Pointer input for KWin, through its protocol org_kde_kwin_fake_input."""

from __future__ import annotations

import os
from typing import Any

from pywayland.client.display import Display
from pywayland.protocol_core.argument import Argument
from pywayland.protocol_core.interface import Interface
from pywayland.protocol_core.proxy import Proxy
from pywayland.scanner.argument import ArgumentType


class OrgKdeKwinFakeInput(Interface):
    name = "org_kde_kwin_fake_input"
    version = 1


class _FakeInputProxy(Proxy[OrgKdeKwinFakeInput]):
    interface = OrgKdeKwinFakeInput

    @OrgKdeKwinFakeInput.request(Argument(ArgumentType.String), Argument(ArgumentType.String))
    def authenticate(self, application: str, reason: str) -> None:
        self._marshal(0, application, reason)

    @OrgKdeKwinFakeInput.request(Argument(ArgumentType.Fixed), Argument(ArgumentType.Fixed))
    def pointer_motion(self, right: float, down: float) -> None:
        self._marshal(1, right, down)


OrgKdeKwinFakeInput._gen_c()
OrgKdeKwinFakeInput.proxy_class = _FakeInputProxy


class FakeInput:
    """A fake pointer of the compositor at WAYLAND_DISPLAY."""

    def __init__(self) -> None:
        self._display = Display(os.environ["WAYLAND_DISPLAY"])
        self._display.connect()
        offered: dict[str, int] = {}

        def offer(_: Any, number: int, interface: str, __: int) -> None:
            offered[interface] = number

        registry = self._display.get_registry()
        registry.dispatcher["global"] = offer
        self._display.roundtrip()
        self._fake = registry.bind(offered[OrgKdeKwinFakeInput.name], OrgKdeKwinFakeInput, 1)
        self._fake.authenticate("slowrise", "tests")

    def move(self) -> None:
        self._fake.pointer_motion(10.0, 5.0)
        self._display.roundtrip()

    def close(self) -> None:
        self._display.disconnect()
