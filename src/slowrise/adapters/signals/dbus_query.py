"""Services that answer with yes or no, and say when the answer may have changed: the shape of most desktop signals."""

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
    """What to ask of one object, and the signals of its interface after which to ask again."""

    of: DBusAddress
    method: str
    signals: tuple[str, ...]
    signature: str | None = None
    args: tuple[Any, ...] = ()
    means_yes: Callable[[tuple[Any, ...]], bool] = _is_true
    asks: DBusAddress | None = None
    """Whom to ask, where that is another interface than the one that tells of changes."""


def is_set(of: DBusAddress, name: str) -> DBusQuery:
    """Whether this property of the object is true."""
    asks = of.with_interface(_PROPERTIES)
    return DBusQuery(of, "Get", ("PropertiesChanged",), "ss", (of.interface, name), is_true_variant, asks)


def is_true_variant(answer: tuple[Any, ...]) -> bool:
    """Whether the answer is one variant that holds true."""
    return answer == (("b", True),)


async def watch_answers(which: Which, questions: Sequence[DBusQuery], edge: Toggle) -> None:
    """Hold the edge for each yes, until cancelled; raise `Lost` with the bus.

    A service that is not there, or that fails to answer, says no. It is not started; one that comes later is heard.
    """
    try:
        async with connect(which) as bus:
            for name in sorted({question.of.bus_name for question in questions}):
                await _join(bus, name, [question for question in questions if question.of.bus_name == name], edge)
            async for heard in bus:
                await _take(bus, heard, questions, edge)
    except Lost:
        edge.only(set(), boot_seconds())
        raise


async def _join(bus: Bus, name: str, questions: Sequence[DBusQuery], edge: Toggle) -> None:
    there = await bus.follow(name)
    for question in questions:
        for signal in question.signals:
            if signal == "PropertiesChanged":
                await bus.listen_changes(question.of)
            else:
                await bus.listen(question.of, signal)
        if there:
            edge.hold(question, await _answer(bus, question), boot_seconds())


async def _take(bus: Bus, heard: DBusSignal, questions: Sequence[DBusQuery], edge: Toggle) -> None:
    for question in questions:
        match heard:
            case DBusSignal(member="NameOwnerChanged", body=(name, _, owner)):
                if name == question.of.bus_name:
                    edge.hold(question, bool(owner) and await _answer(bus, question), heard.at)
            case DBusSignal(path=question.of.object_path, member=member) if member in question.signals:
                match heard.body:
                    case (bool(yes),):
                        edge.hold(question, yes, heard.at)
                    case _:
                        edge.hold(question, await _answer(bus, question), heard.at)
            case _:
                pass


async def _answer(bus: Bus, question: DBusQuery) -> bool:
    of = question.asks or question.of
    try:
        return question.means_yes(await bus.call(of, question.method, question.signature, *question.args))
    except CallFailed:
        return False
