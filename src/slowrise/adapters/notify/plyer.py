"""Notices through plyer: macOS, Windows, and a Linux where its way to the desktop works and ours does not.

plyer knows neither buttons nor replacing nor withdrawing, and on Linux it tells of no failure: it hands the text to
notify-send and does not look at what became of it. So what can be checked is checked before each notice.
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
from slowrise.adapters.notify.sanitize import body_with_commands, escaped, plain
from slowrise.adapters.system.dbus import CallFailed, connect
from slowrise.ports.notifier import Notice, NotifierFailed, OnAnswer
from slowrise.ports.probe import Lost, Unavailable

PATIENCE = 4.5
"""Seconds for the checks and the call; notify-send waits 75 s for a service that hangs. The port allows five."""

_WINDOWS_TITLE, _WINDOWS_BODY = 63, 255
"""Characters that fit into NOTIFYICONDATAW; plyer loses a longer notice in a thread of its own."""

_BEYOND_US = ("tcp:", "nonce-tcp:", "unixexec:")
"""Buses that plyer reaches and we do not, so that nothing can be checked."""

_LOST = "plyer would lose every notice"


class PlyerNotifier:
    """Calls plyer in a thread, in one at a time: while a call hangs, further notices fail."""

    name = "plyer"

    def __init__(self, *, platform: str = sys.platform) -> None:
        self._platform = platform
        self._calling = threading.Lock()

    async def probe(self) -> str:
        """How plyer would show a notice, in words. Shows nothing; raises `Unavailable`."""
        await self._capabilities()
        way = {"darwin": "the notification centre", "win32": "balloons"}.get(self._platform, "the session bus")
        return f"through {way}, without buttons"

    async def show(self, notice: Notice, answer: OnAnswer) -> None:  # noqa: ARG002 - plyer has no buttons
        """Show the notice beside those before it, or raise `NotifierFailed`."""
        try:
            async with asyncio.timeout(PATIENCE):
                able = await self._capabilities()
                body = plain(body_with_commands(notice))
                await self._notify(plain(notice.title), escaped(body) if "body-markup" in able else body)
        except TimeoutError:
            raise NotifierFailed(f"plyer took more than {PATIENCE} s") from None
        except Unavailable as error:
            raise NotifierFailed(error.reason) from error

    async def withdraw(self) -> None:
        """Nothing: plyer cannot take a notice back."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _notify(self, title: str, body: str) -> None:
        if not self._calling.acquire(blocking=False):
            raise NotifierFailed("plyer still hangs with an earlier notice")
        if self._platform == "win32":
            title, body = title[:_WINDOWS_TITLE], body[:_WINDOWS_BODY]
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Exception | None] = loop.create_future()

        def finish(error: Exception | None) -> None:
            if not done.done():
                done.set_result(error)

        def work() -> None:
            error = _call_plyer(_no_option(title), _no_option(body))
            self._calling.release()
            with suppress(RuntimeError):  # The loop may have ended before the call did.
                loop.call_soon_threadsafe(finish, error)

        # A daemon thread, unlike one of an executor, does not keep the process from ending.
        threading.Thread(target=work, name="plyer", daemon=True).start()
        if error := await done:
            raise NotifierFailed(f"plyer: {error!r}") from error

    async def _capabilities(self) -> frozenset[str]:
        """What the server plyer would reach can do, as far as it tells us; raises `Unavailable`."""
        if self._platform == "win32":
            return frozenset()
        if self._platform == "darwin":
            if not find_spec("pyobjus"):
                raise Unavailable("plyer needs pyobjus on macOS", "pip install pyobjus")
            return frozenset()
        _check_way()
        if os.environ.get("DBUS_SESSION_BUS_ADDRESS", "").startswith(_BEYOND_US):
            return frozenset()
        return await _server_capabilities()


def _check_way() -> None:
    if Path("/app").is_dir():
        raise Unavailable(f"{_LOST}: because there is a folder /app it takes this for a Flatpak")
    if not find_spec("dbus") and not shutil.which("notify-send"):
        raise Unavailable(f"{_LOST}: there is no notify-send", "install notify-send (Debian package libnotify-bin)")
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not os.environ.get("XDG_RUNTIME_DIR"):
        # notify-send would start a bus of its own, where nobody looks.
        raise Unavailable(f"{_LOST}: no session bus is named", service.FIX_BUS)


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
    """What went wrong, as far as plyer tells. Blocks."""
    # On the way it finds, plyer warns of the ways it does not.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"plyer\.")
    try:
        from plyer import notification

        notification.notify(title=title, message=body, app_name="slowrise")
    except Exception as error:  # noqa: BLE001 - each of its ways raises what it likes
        return error
    return None


def _no_option(text: str) -> str:
    """The text so that notify-send does not take it for an option."""
    return f" {text}" if text.startswith("-") else text
