"""Yes-no questions to D-Bus services that also signal when the answer may have changed: most desktop signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jeepney import DBusAddress

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import Bus, CallFailed, DBusSignal, Which, connect
from slowrise.ports.probe import Lost

_PROPERTIES = "org.freedesktop.DBus.Properties"


def _is_true(answer: tuple[Any, ...]) -> bool:
    return len(answer) == 1 and answer[0] is True


class DBusQuery(NamedTuple):
    """A method call to one object, and the signals of its interface after which to call again."""

    of: DBusAddress
    method: str
    signals: tuple[str, ...]
    signature: str | None = None
    args: tuple[Any, ...] = ()
    means_yes: Callable[[tuple[Any, ...]], bool] = _is_true
    called: DBusAddress | None = None
    """The object and interface to call, where it is another interface than the one that sends the signals."""


def is_true_variant(answer: tuple[Any, ...]) -> bool:
    """Whether the answer is one variant that contains true."""
    return answer == (("b", True),)


def property_query(
    of: DBusAddress, name: str, means_yes: Callable[[tuple[Any, ...]], bool] = is_true_variant
) -> DBusQuery:
    """Return the query whether this property of the object is true, or has another value that means yes."""
    called = of.with_interface(_PROPERTIES)
    return DBusQuery(of, "Get", ("PropertiesChanged",), "ss", (of.interface, name), means_yes, called)


async def watch_answers(which: Which, queries: Sequence[DBusQuery], toggle: Toggle) -> None:
    """Hold the toggle for each query answered yes, until cancelled. Raises `Lost` with the bus.

    No answer means no: the service is absent or fails. Services are not started; one that starts later is noticed.
    """
    try:
        async with connect(which) as bus:
            await subscribe(bus, queries, toggle)
            async for signal in bus:
                await on_signal(bus, signal, queries, toggle)
    except Lost:
        toggle.clear(boot_seconds())
        raise


async def subscribe(bus: Bus, queries: Sequence[DBusQuery], toggle: Toggle) -> None:
    """Hold the toggle for each query answered yes now, and receive the signals that `on_signal` reads."""
    for name in sorted({query.of.bus_name for query in queries}):
        await _subscribe(bus, name, [query for query in queries if query.of.bus_name == name], toggle)


async def _subscribe(bus: Bus, name: str, queries: Sequence[DBusQuery], toggle: Toggle) -> None:
    is_running = await bus.follow(name)
    for query in queries:
        for member in query.signals:
            if member == "PropertiesChanged":
                await bus.listen_changes(query.of)
            else:
                await bus.listen(query.of, member)
        if is_running:
            toggle.set(query, await _answer(bus, query), boot_seconds())


async def on_signal(bus: Bus, signal: DBusSignal, queries: Sequence[DBusQuery], toggle: Toggle) -> None:
    """Hold or release the toggle after a signal."""
    for query in queries:
        match signal:
            case DBusSignal(member="NameOwnerChanged", body=(name, _, owner)):
                if name == query.of.bus_name:
                    toggle.set(query, bool(owner) and await _answer(bus, query), signal.at)
            case DBusSignal(path=query.of.object_path, member=member) if member in query.signals:
                match signal.body:
                    case (bool(yes),):
                        toggle.set(query, yes, signal.at)
                    case _:
                        toggle.set(query, await _answer(bus, query), signal.at)


async def ask(bus: Bus, query: DBusQuery) -> bool:
    """Return the answer. Raises as a call on the bus does."""
    return query.means_yes(await bus.call(query.called or query.of, query.method, query.signature, *query.args))


async def _answer(bus: Bus, query: DBusQuery) -> bool:
    try:
        return await ask(bus, query)
    except CallFailed:
        return False
