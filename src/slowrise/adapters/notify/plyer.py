"""Notices through plyer: for macOS, Windows, and a Linux where plyer reaches the desktop and `freedesktop` does not.

plyer has no buttons, and cannot replace or withdraw a notice. On Linux it reports no failure: it passes the text to
notify-send and ignores the result. So this notifier checks what it can before each notice.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
import warnings
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from slowrise.adapters.notify import freedesktop_protocol as service
from slowrise.adapters.system.dbus import CallFailed, connect
from slowrise.core.model.safe_text import escaped, plain
from slowrise.ports.notifier import Notice, NotifierFailed, OnAnswer
from slowrise.ports.probe import Lost, Unavailable

PATIENCE = 4.5
"""Seconds for the checks and the call. notify-send waits 75 s for a service that hangs; the port allows five."""

_WINDOWS_TITLE, _WINDOWS_BODY = 63, 255
"""Characters that fit into NOTIFYICONDATAW. plyer loses a longer notice, without an error."""

_UNCHECKED_BUSES = ("tcp:", "nonce-tcp:", "unixexec:")
"""Bus addresses that plyer supports and `adapters.system.dbus` does not, so nothing can be checked."""

_LOST = "plyer would lose every notice"


class PlyerNotifier:
    """Calls plyer in a thread, one call at a time. While a call hangs, further notices fail."""

    name = "plyer"
    reports_end = False

    def __init__(self, *, platform: str = sys.platform) -> None:
        self._platform = platform
        self._calling = threading.Lock()

    async def probe(self) -> str:
        """Return how plyer shows notices. Shows nothing; raises `Unavailable`."""
        await self._capabilities()
        route = {"darwin": "the notification centre", "win32": "balloons"}.get(self._platform, "the session bus")
        return f"through {route}, without buttons"

    async def show(self, notice: Notice, answer: OnAnswer) -> None:  # noqa: ARG002 - plyer has no buttons
        """Show the notice; earlier ones stay. Raises `NotifierFailed`."""
        try:
            async with asyncio.timeout(PATIENCE):
                capabilities = await self._capabilities()
                body = plain(notice.without_buttons or notice.body)
                await self._notify(plain(notice.title), escaped(body) if "body-markup" in capabilities else body)
        except TimeoutError:
            raise NotifierFailed(f"plyer took more than {PATIENCE} s") from None
        except Unavailable as error:
            raise NotifierFailed(error.reason) from error

    async def withdraw(self) -> None:
        """Do nothing: plyer cannot withdraw a notice."""

    async def close(self) -> None:
        """Do nothing: there is no connection to close."""

    async def _notify(self, title: str, body: str) -> None:
        if not self._calling.acquire(blocking=False):
            raise NotifierFailed("plyer still hangs in an earlier notice")
        if self._platform == "win32":
            title, body = title[:_WINDOWS_TITLE], body[:_WINDOWS_BODY]
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Exception | None] = loop.create_future()

        def finish(error: Exception | None) -> None:
            if not done.done():
                done.set_result(error)

        def work() -> None:
            error = _call_plyer(_not_an_option(title), _not_an_option(body))
            self._calling.release()
            with suppress(RuntimeError):  # The loop may be closed before the call ends.
                loop.call_soon_threadsafe(finish, error)

        # Unlike a thread of an executor, a daemon thread does not keep the process running.
        threading.Thread(target=work, name="plyer", daemon=True).start()
        if error := await done:
            raise NotifierFailed(f"plyer: {error!r}") from error

    async def _capabilities(self) -> frozenset[str]:
        """Return the known capabilities of the service that plyer would use. Raises `Unavailable`."""
        if self._platform == "darwin" and not find_spec("pyobjus"):
            raise Unavailable("plyer needs pyobjus on macOS", "pip install pyobjus")
        if self._platform in {"darwin", "win32"}:
            return frozenset()
        _check_route()
        if os.environ.get("DBUS_SESSION_BUS_ADDRESS", "").startswith(_UNCHECKED_BUSES):
            return frozenset()
        return await _server_capabilities()


def _check_route() -> None:
    if Path("/app").is_dir():
        raise Unavailable(f"{_LOST}: it mistakes this for a Flatpak, because there is a folder /app")
    if not find_spec("dbus") and not shutil.which("notify-send"):
        raise Unavailable(f"{_LOST}: there is no notify-send", "install notify-send (Debian package libnotify-bin)")
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not os.environ.get("XDG_RUNTIME_DIR"):
        # notify-send would start a bus of its own, which has no notification service.
        raise Unavailable(f"{_LOST}: the session bus has no address", service.FIX_BUS)


async def _server_capabilities() -> frozenset[str]:
    try:
        async with connect("session") as bus:
            if unique := await service.owner(bus):
                return (await service.server(bus, unique)).capabilities
            if await service.activatable(bus):
                return frozenset()
    except Lost as error:
        raise Unavailable(f"{_LOST}: {error}", service.FIX_BUS) from error
    except CallFailed as error:
        raise Unavailable(f"{_LOST}: the notification service fails: {error}", service.FIX) from error
    raise Unavailable(f"{_LOST}: no notification service is running", service.FIX)


def _call_plyer(title: str, body: str) -> Exception | None:
    """Call plyer and return its exception, if any. Blocks."""
    # plyer warns about each of its methods that does not work before it finds one that does.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"plyer\.")
    try:
        from plyer import notification

        notification.notify(title=title, message=body, app_name="slowrise")
    except Exception as error:  # noqa: BLE001 - each of its methods has exceptions of its own
        return error
    return None


def _not_an_option(text: str) -> str:
    """Return the text such that notify-send does not mistake it for an option."""
    return f" {text}" if text.startswith("-") else text
