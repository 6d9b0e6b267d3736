"""X's SYNC extension, which python-xlib lacks: an alarm when the time since the last input crosses a value.

The server compares, and never reports what the input was. Times are milliseconds, as in the protocol.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Any

from Xlib.protocol import rq

from slowrise.ports.probe import Unavailable

_EXTENSION = "SYNC"
_COUNTER = b"IDLETIME"
_COUNTER_HEAD = struct.Struct("=IiIH")
_ALL_SIX = 0x3F
"""The mask of CreateAlarm: counter, kind of value, value, test, delta and whether events are wanted."""


class Test(IntEnum):
    """When an alarm goes off: at each rise or fall, or (IS_ABOVE) once, immediately if it is true already."""

    RISES_ABOVE = 0
    FALLS_BELOW = 1
    IS_ABOVE = 2


class Alarm(rq.Event):  # type: ignore[misc]
    """An alarm went off; `value_low` is the time since the last input."""

    _code = None
    _fields = rq.Struct(
        rq.Card8("type"),
        rq.Card8("kind"),
        rq.Card16("sequence_number"),
        rq.Card32("alarm"),
        rq.Int32("value_high"),
        rq.Card32("value_low"),
        rq.Int32("alarm_high"),
        rq.Card32("alarm_low"),
        rq.Card32("timestamp"),
        rq.Card8("state"),
        rq.Pad(3),
    )


class _Initialize(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card8("major"), rq.Card8("minor"), rq.Pad(2)
    )
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Card8("major"), rq.Pad(23)
    )


class _ListSystemCounters(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(1), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("count"),
        rq.Pad(20),
        rq.Binary("counters"),
    )


class _CreateAlarm(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(8),
        rq.RequestLength(),
        rq.Card32("alarm"),
        rq.Card32("mask"),
        rq.Card32("counter"),
        rq.Card32("value_kind"),
        rq.Int32("value_high"),
        rq.Card32("value_low"),
        rq.Card32("test"),
        rq.Int32("delta_high"),
        rq.Card32("delta_low"),
        rq.Card32("events"),
    )


class _DestroyAlarm(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(11), rq.RequestLength(), rq.Card32("alarm"))


class Sync:
    """The extension on one connection. Making it raises `Unavailable` if the server has no IDLETIME counter."""

    def __init__(self, display: Any) -> None:
        self._display = display.display
        self._flush = display.flush
        extension = display.query_extension(_EXTENSION)
        if extension is None:
            raise _unavailable()
        self._opcode = extension.major_opcode
        self._display.add_extension_event(extension.first_event + 1, Alarm)
        _Initialize(display=self._display, opcode=self._opcode, major=3, minor=1)
        self._counter = self._idle_time()

    def set_alarm(self, test: Test, milliseconds: int) -> int:
        """Create an alarm; return its number, which its events carry."""
        alarm = self._display.allocate_resource_id()
        _CreateAlarm(
            display=self._display,
            opcode=self._opcode,
            alarm=alarm,
            mask=_ALL_SIX,
            counter=self._counter,
            value_kind=0,
            value_high=0,
            value_low=milliseconds,
            test=test,
            delta_high=0,
            delta_low=0,
            events=1,
        )
        self._flush()
        return int(alarm)

    def drop_alarm(self, alarm: int) -> None:
        """Remove the alarm. Its number is not reused, so the owner can ignore an event still on its way."""
        _DestroyAlarm(display=self._display, opcode=self._opcode, alarm=alarm)
        self._flush()

    def _idle_time(self) -> int:
        reply = _ListSystemCounters(display=self._display, opcode=self._opcode)
        data, offset = bytes(reply.counters), 0
        for _ in range(reply.count):
            counter, _, _, length = _COUNTER_HEAD.unpack_from(data, offset)
            name = data[offset + _COUNTER_HEAD.size :][:length]
            if name == _COUNTER:
                return int(counter)
            # Head and name are padded together.
            offset += (_COUNTER_HEAD.size + length + 3) & ~3
        raise _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable("the X server has no idle time (SYNC with IDLETIME)", "use the source `pynput`")
