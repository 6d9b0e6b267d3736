"""Split the bytes from a bus's socket into messages. Pure: bytes in, messages out.

The bus checks the form of messages but hardly their size: any user may send 32 MB to a connection on the system bus,
and more on a session bus. So this module skips a message that is too long, without storing or parsing it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from jeepney import Message, Parser
from jeepney.fds import FileDescriptor

LONGEST_MESSAGE: Final = 1 << 20
"""Bytes. The longest expected message, every name on a bus, stays below 100 KB."""

_HEAD = 16
"""Bytes at the beginning of a message that contain its length."""

_ORDERS = {b"l": "<", b"B": ">"}
_UNREADABLE = (ValueError, LookupError, TypeError, struct.error, AssertionError, RecursionError)
"""The exceptions that jeepney raises for a message it cannot parse."""


class Garbled(Exception):
    """The bytes are no message, so the beginning of the next message is unknown."""


class Messages:
    """Collects bytes and yields the messages in them, in order. Skips messages that are too long or unreadable."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skip = 0
        """Bytes still to come of a message that is skipped."""
        self._descriptors: list[FileDescriptor] = []

    def take(self, data: bytes, descriptors: Iterable[FileDescriptor] = ()) -> Iterator[Message]:
        """Add bytes; yield each message that is complete now. Raises `Garbled`."""
        self._buffer += data
        self._descriptors += descriptors
        self._drop_skipped()
        while len(self._buffer) >= _HEAD and (length := _length(self._buffer)):
            if length > LONGEST_MESSAGE:
                self._skip = length
                self._drop_skipped()
            elif len(self._buffer) >= length:
                whole = bytes(self._buffer[:length])
                del self._buffer[:length]
                if (message := self._parse(whole)) is not None:
                    yield message
            else:
                return

    def _drop_skipped(self) -> None:
        dropped = min(self._skip, len(self._buffer))
        del self._buffer[:dropped]
        self._skip -= dropped
        if self._skip or dropped:
            self._close_descriptors()

    def _parse(self, whole: bytes) -> Message | None:
        parser = Parser()
        parser.add_data(whole, self._descriptors)
        try:
            message = parser.get_next_message()
        except _UNREADABLE:
            self._close_descriptors()
            return None
        self._descriptors = parser.fds
        return message

    def _close_descriptors(self) -> None:
        """Close the descriptors that arrived with a message that is skipped."""
        while self._descriptors:
            self._descriptors.pop().close()


def _length(head: bytearray) -> int:
    order = _ORDERS.get(bytes(head[:1]))
    if order is None:
        raise Garbled
    (body,) = struct.unpack_from(f"{order}I", head, 4)
    (fields,) = struct.unpack_from(f"{order}I", head, 12)
    header = _HEAD + int(fields)
    return header + -header % 8 + int(body)
