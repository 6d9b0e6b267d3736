"""Our own objects on a bus: answers to the calls of other programs. Any program of the session may call anything.

A call that does not fit is answered with the error that D-Bus has for it. No call raises into the connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jeepney import HeaderFields, Message, new_error, new_method_return

_ERROR = "org.freedesktop.DBus.Error"

log = logging.getLogger(__name__)


class BadCall(Exception):
    """The caller asks for what is not there. The message says what."""


class Method(NamedTuple):
    """A method: the signatures of its arguments and its results, and what returns the results. May raise `BadCall`."""

    takes: str
    gives: str
    run: Callable[..., tuple[Any, ...]]


class Property(NamedTuple):
    """A property that can be read."""

    signature: str
    read: Callable[[], Any]


class Interface(NamedTuple):
    """An interface of one object."""

    methods: Mapping[str, Method]
    properties: Mapping[str, Property]


class Objects:
    """Objects by path, each with its interfaces by name."""

    def __init__(self, objects: Mapping[str, Mapping[str, Interface]]) -> None:
        self._objects = objects

    def answer(self, call: Message) -> Message:
        """Return the answer to a call."""
        fields = call.header.fields
        interfaces = self._objects.get(fields.get(HeaderFields.path, ""))
        if interfaces is None:
            return _error(call, "UnknownObject", "there is no such object")
        interface, member = fields.get(HeaderFields.interface), fields.get(HeaderFields.member, "")
        method = self._method(interfaces, interface, member)
        if method is None:
            return _error(call, "UnknownMethod", "there is no such method")
        if fields.get(HeaderFields.signature, "") != method.takes:
            return _error(call, "InvalidArgs", f"the arguments must be {method.takes or 'none'}")
        try:
            return new_method_return(call, method.gives or None, method.run(*call.body))
        except BadCall as error:
            return _error(call, "InvalidArgs", str(error))
        except Exception:
            log.exception("a call of %s failed; this is a bug", member)
            return _error(call, "Failed", "the call failed")

    def _method(self, interfaces: Mapping[str, Interface], name: str | None, member: str) -> Method | None:
        """Return the method. A call may leave out the interface; then the first one that has the method is meant."""
        if name is None:
            return next((each.methods[member] for each in interfaces.values() if member in each.methods), None)
        if name in interfaces:
            return interfaces[name].methods.get(member)
        match name, member:
            case ("org.freedesktop.DBus.Properties", "Get"):
                return Method("ss", "v", lambda of, what: (_read(_property(_interface(interfaces, of), what)),))
            case ("org.freedesktop.DBus.Properties", "GetAll"):
                return Method("s", "a{sv}", lambda of: (_all(_interface(interfaces, of)),))
            case ("org.freedesktop.DBus.Peer", "Ping"):
                return Method("", "", lambda: ())
        return None


def _interface(interfaces: Mapping[str, Interface], name: str) -> Interface:
    if name not in interfaces:
        raise BadCall("there is no such interface")
    return interfaces[name]


def _property(interface: Interface, name: str) -> Property:
    if name not in interface.properties:
        raise BadCall("there is no such property")
    return interface.properties[name]


def _read(one: Property) -> tuple[str, Any]:
    return one.signature, one.read()


def _all(interface: Interface) -> dict[str, tuple[str, Any]]:
    return {name: _read(one) for name, one in interface.properties.items()}


def _error(call: Message, name: str, why: str) -> Message:
    return new_error(call, f"{_ERROR}.{name}", "s", (why,))
