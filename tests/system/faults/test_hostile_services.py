"""A service on the bus sends nonsense: every adapter ends with `Lost` or ignores it, and none fails otherwise."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from slowrise.adapters.input.mutter import Mutter
from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.adapters.signals.do_not_disturb import DoNotDisturb
from slowrise.adapters.signals.idle_inhibitors import DesktopInhibitors, LogindInhibitors
from slowrise.adapters.signals.logind import Logind
from slowrise.adapters.signals.screensaver import ScreenSaver
from slowrise.ports.notifier import Button, Notice, NotifierFailed
from slowrise.ports.probe import Lost, Unavailable
from support.mock_bus import Sightings, mock_bus

NAMES = {
    "session": (
        *("org.gnome.Mutter.IdleMonitor", "org.gnome.SessionManager", "org.freedesktop.Notifications"),
        *("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.kde.Solid.PowerManagement.PolicyAgent"),
    ),
    "system": ("org.freedesktop.login1",),
}
NONSENSE = (
    ("", ()),
    ("s", ("nonsense",)),
    ("as", (["non", "sense"],)),
    ("t", (2**64 - 1,)),
    ("i", (-1,)),
    ("d", (float("nan"),)),
    ("o", ("/nowhere",)),
    ("b", (True,)),
    ("v", (("as", ["x"]),)),
    ("a{sv}", ({"LockedHint": ("as", ["x"]), "Class": ("as", ["x"]), "InhibitedActions": ("s", "x")},)),
    (
        "a{sv}",
        ({"User": ("(uo)", (0, "/")), "Display": ("s", ""), "Seat": ("(so)", ("x", "/x")), "Active": ("b", False)},),
    ),
    ("ss", ("two", "words")),
    ("a(ssssuu)", ([("idle", "x", "x", "block", 2**32 - 1, 0)],)),
    ("u", (0,)),
)
PEER = """
import itertools, sys
from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
which, names, nonsense = sys.argv[1], sys.argv[2].split(), eval(sys.argv[3], {"nan": float("nan")})
connection = open_dbus_connection(which.upper())
for name in names:
    connection.send_and_get_reply(message_bus.RequestName(name, 0))
print("there", flush=True)
SIGNALS = (
    "ActiveChanged", "WatchFired", "PrepareForSleep", "Lock", "SessionRemoved", "NotificationClosed", "ActionInvoked"
)
for turn in itertools.count():
    message = connection.receive()
    if message.header.message_type is not MessageType.method_call:
        continue
    signature, body = nonsense[turn % len(nonsense)]
    connection.send(new_method_return(message, signature, body))
    path, interface = (message.header.fields[key] for key in (HeaderFields.path, HeaderFields.interface))
    for number, member in enumerate((*SIGNALS, "PropertiesChanged")):
        signature, body = nonsense[(turn + number) % len(nonsense)]
        about = "org.freedesktop.DBus.Properties" if member == "PropertiesChanged" else interface
        connection.send(new_signal(DBusAddress(path, None, about), member, signature, body))
    print("answered", flush=True)
"""
"""Answers each call with the next nonsense, and sends it in every signal that an adapter listens to."""

LISTENERS: dict[str, Callable[[], Any]] = {
    "mutter": Mutter,
    "screensaver": ScreenSaver,
    "desktop-inhibitors": DesktopInhibitors,
    "logind-inhibitors": LogindInhibitors,
    "logind": Logind,
    "do-not-disturb": DoNotDisturb,
}


@contextmanager
def nonsense(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run both buses, with a hostile peer that owns every name the adapters use."""
    for which in NAMES:
        monkeypatch.setenv(f"DBUS_{which.upper()}_BUS_ADDRESS", f"unix:path={home}/run/{which}-bus")
    with mock_bus("session", home), mock_bus("system", home):
        peers = []
        try:
            for which, names in NAMES.items():
                command = [sys.executable, "-c", PEER, which, " ".join(names), repr(NONSENSE)]
                peer = subprocess.Popen(command, stdout=subprocess.PIPE)
                peers.append(peer)
                assert peer.stdout
                assert peer.stdout.readline() == b"there\n"
            yield
        finally:
            for peer in peers:
                peer.kill()
                peer.communicate()


def uncaught_errors(scenario: Callable[[], Coroutine[None, None, None]]) -> list[str]:
    """Run the scenario and return the errors that reached the event loop."""
    errors: list[str] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: errors.append(f"{context['message']} {context.get('exception')!r}")
        )
        await scenario()

    asyncio.run(run())
    gc.collect()
    return errors


@pytest.mark.real("dbus-daemon")
@pytest.mark.parametrize("name", LISTENERS)
def test_an_adapter_that_receives_nonsense_ends_or_goes_on(
    private_home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async def scenario() -> None:
        for _ in NONSENSE:
            with suppress(Lost, Unavailable, TimeoutError):
                listener = LISTENERS[name]()
                await listener.probe()
                await asyncio.wait_for(listener.watch(Sightings()), 0.2)

    with nonsense(private_home, monkeypatch):
        assert uncaught_errors(scenario) == []


@pytest.mark.real("dbus-daemon")
def test_a_notice_is_shown_or_fails_whatever_the_service_answers(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        notifier = FreedesktopNotifier()
        for number in range(2 * len(NONSENSE)):
            notice = Notice("sit-soft", f"{number}", "Get up slowly", buttons=(Button("standing-up", "Standing up"),))
            with suppress(NotifierFailed):
                await notifier.show(notice, lambda _: None)
            with suppress(Unavailable):
                await notifier.server()
            if number % 3 == 0:
                await notifier.withdraw()
        await notifier.close()

    with nonsense(private_home, monkeypatch):
        assert uncaught_errors(scenario) == []
