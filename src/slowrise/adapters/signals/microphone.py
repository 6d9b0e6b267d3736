"""Calls, known by a program that records from a microphone."""

from __future__ import annotations

from slowrise.adapters.signals import pulseaudio
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost


class Microphone:
    """Whether anyone records, as the sound server (PulseAudio or PipeWire) tells it."""

    name = "microphone"

    def __init__(self) -> None:
        pulseaudio.probe()

    async def watch(self, emit: Emit) -> None:
        """Tell calls until cancelled; raise `Lost` with the sound server."""
        call = Toggle("call-started", "call-ended", emit)
        try:
            async with pulseaudio.connect() as server:
                while True:
                    call.only(await server.recorders(), boot_seconds())
                    await server.changed()
        except Lost:
            call.only(set(), boot_seconds())
            raise
