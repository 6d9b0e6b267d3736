"""org_kde_kwin_idle, the idle protocol before ext-idle-notify-v1 (sway before 1.9, KWin 5 as in Debian 12).

pywayland does not ship it. Only the requests and events that slowrise uses are declared; their order is the protocol's.
"""

from __future__ import annotations

from typing import Any

from pywayland.protocol.wayland import WlSeat
from pywayland.protocol_core.argument import Argument
from pywayland.protocol_core.interface import Interface
from pywayland.protocol_core.proxy import Proxy
from pywayland.scanner.argument import ArgumentType


class OrgKdeKwinIdleTimeout(Interface):
    """One watch for a pause of a given length."""

    name = "org_kde_kwin_idle_timeout"
    version = 1


class OrgKdeKwinIdle(Interface):
    """The global object that creates watches."""

    name = "org_kde_kwin_idle"
    version = 1


class _TimeoutProxy(Proxy[OrgKdeKwinIdleTimeout]):
    interface = OrgKdeKwinIdleTimeout

    @OrgKdeKwinIdleTimeout.request()
    def release(self) -> None:
        """Remove the watch."""
        self._marshal(0)
        self._destroy()

    destroy = release


def _idle() -> None:
    """The pause has reached its length."""


def _resumed() -> None:
    """The first input after the pause."""


class _IdleProxy(Proxy[OrgKdeKwinIdle]):
    interface = OrgKdeKwinIdle

    @OrgKdeKwinIdle.request(
        Argument(ArgumentType.NewId, interface=OrgKdeKwinIdleTimeout),
        Argument(ArgumentType.Object, interface=WlSeat),
        Argument(ArgumentType.Uint),
    )
    def get_idle_timeout(self, seat: Any, timeout: int) -> Any:
        """Return a watch for pauses of `timeout` milliseconds on the seat."""
        return self._marshal_constructor(0, OrgKdeKwinIdleTimeout, seat, timeout)


for _event in (_idle, _resumed):
    OrgKdeKwinIdleTimeout.event()(_event)
for _interface, _proxy in ((OrgKdeKwinIdleTimeout, _TimeoutProxy), (OrgKdeKwinIdle, _IdleProxy)):
    _interface._gen_c()  # noqa: SLF001 as modules that pywayland generates do
    _interface.proxy_class = _proxy
