"""What comes out of a bus's socket, cut into messages. Pure: bytes in, messages out.

The bus checks the form of what it carries, but not its size: anybody may send a connection 32 MB on the system bus and
more on a session's. So a message too long to be for us is stepped over before it is held or parsed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from jeepney import Message, Parser
from jeepney.fds import FileDescriptor

LONGEST_MESSAGE: Final = 1 << 20
"""Bytes of a message that is read. The longest that is asked for, every name on a bus, stays below 100 KB."""

_BEGINS = 16
"""Bytes of a message that tell how long it is."""

_ORDERS = {b"l": "<", b"B": ">"}
_DISLIKED = (ValueError, LookupError, TypeError, struct.error, AssertionError, RecursionError)
"""What jeepney raises for a message it cannot read."""


class Garbled(Exception):
    """What came is no message of any bus, so that nobody knows where the next one begins."""


class Messages:
    """The messages in what arrives, in their order. One that is too long or cannot be read is left out."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._skip = 0
        """Bytes still to come of a message that is stepped over."""
        self._descriptors: list[FileDescriptor] = []

    def take(self, data: bytes, descriptors: Iterable[FileDescriptor] = ()) -> Iterator[Message]:
        """Each message that is whole by now. Raises `Garbled`."""
        self._held += data
        self._descriptors += descriptors
        self._step_over()
        while len(self._held) >= _BEGINS and (length := _length(self._held)):
            if length > LONGEST_MESSAGE:
                self._skip = length
                self._step_over()
            elif len(self._held) >= length:
                whole = bytes(self._held[:length])
                del self._held[:length]
                if (message := self._read(whole)) is not None:
                    yield message
            else:
                return

    def _step_over(self) -> None:
        gone = min(self._skip, len(self._held))
        del self._held[:gone]
        self._skip -= gone
        if self._skip or gone:
            self._let_go()

    def _read(self, whole: bytes) -> Message | None:
        parser = Parser()
        parser.add_data(whole, self._descriptors)
        try:
            message = parser.get_next_message()
        except _DISLIKED:
            self._let_go()
            return None
        self._descriptors = parser.fds
        return message

    def _let_go(self) -> None:
        """Close the descriptors that wait for their message: they came with one that is not read."""
        while self._descriptors:
            self._descriptors.pop().close()


def _length(begin: bytearray) -> int:
    order = _ORDERS.get(bytes(begin[:1]))
    if order is None:
        raise Garbled
    (body,) = struct.unpack_from(f"{order}I", begin, 4)
    (fields,) = struct.unpack_from(f"{order}I", begin, 12)
    head = _BEGINS + int(fields)
    return head + -head % 8 + int(body)
