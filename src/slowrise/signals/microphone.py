"""Calls, known by a program that records from a microphone."""

from __future__ import annotations

from slowrise.clock import boot_seconds
from slowrise.ports import Lost, Tell
from slowrise.signals import pulse
from slowrise.signals.edge import Edge


class Microphone:
    """Whether anyone records, as the sound server (PulseAudio or PipeWire) tells it."""

    name = "microphone"

    def __init__(self) -> None:
        pulse.probe()

    async def watch(self, tell: Tell) -> None:
        """Tell calls until cancelled; raise `Lost` with the sound server."""
        call = Edge("call-started", "call-ended", tell)
        try:
            async with pulse.connect() as server:
                while True:
                    call.only(await server.recorders(), boot_seconds())
                    await server.changed()
        except Lost:
            call.only(set(), boot_seconds())
            raise
