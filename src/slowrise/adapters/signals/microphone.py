"""Calls, detected by a program that records from a microphone."""

from __future__ import annotations

from slowrise.adapters.signals import pulseaudio
from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost


class Microphone:
    """Whether any program records, according to the sound server (PulseAudio or PipeWire)."""

    name = "microphone"

    async def probe(self) -> str:
        """Check that a sound server listens."""
        await pulseaudio.probe()
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit calls until cancelled. Raises `Lost` with the sound server."""
        call = Toggle("call-started", "call-ended", emit, limit=CALL_ENDLESS)
        try:
            async with pulseaudio.connect() as server:
                while True:
                    call.set_all(await server.recorders(), boot_seconds())
                    await server.changed()
        except Lost:
            call.clear(boot_seconds())
            raise
