from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slowrise.adapters.signals import microphone, pulseaudio
from slowrise.adapters.signals.microphone import Microphone
from slowrise.ports.probe import Lost, Unavailable
from support.desktop_programs import PATIENCE, wait_until
from support.mock_bus import MockBus, Sightings, end, watched
from support.sound_server import PipeWire, SoundServer, sound_server

pytestmark = pytest.mark.real("pactl", "parecord")

PULSEAUDIO = pytest.param(SoundServer, marks=pytest.mark.real("pulseaudio"), id="pulseaudio")
PIPEWIRE = pytest.param(
    PipeWire,
    marks=[
        pytest.mark.real("pipewire", "pipewire-pulse", "wireplumber", "dbus-daemon"),
        pytest.mark.seen("any", "microphone"),
    ],
    id="pipewire",
)


@pytest.fixture(params=[PULSEAUDIO, PIPEWIRE])
def sound(request: pytest.FixtureRequest, session: MockBus) -> Iterator[SoundServer]:
    with sound_server(request.param) as sound:
        yield sound


def test_a_call_lasts_as_long_as_any_program_records(sound: SoundServer) -> None:
    async def monitor() -> None:
        seen = Sightings()
        first = sound.record("mic")
        async with watched(Microphone(), seen):
            await seen.expect("call-started")
            second = sound.record("mic")
            wait_until(lambda: sound.recordings() == 2, "2 recordings")
            end(first)
            wait_until(lambda: sound.recordings() == 1, "1 recordings")
            end(second)
            await seen.expect("call-started", "call-ended")
            sound.record("mic")
            await seen.expect("call-started", "call-ended", "call-started")

    asyncio.run(monitor())


def test_a_level_meter_on_the_speaker_and_a_loop_within_the_server_are_no_calls(sound: SoundServer) -> None:
    async def monitor() -> None:
        seen = Sightings()
        call = sound.record("mic")
        async with watched(Microphone(), seen):
            await seen.expect("call-started")
            sound.record("speaker.monitor")
            sound.ask("load-module", "module-loopback", "source=mic", "sink=speaker")
            wait_until(lambda: sound.recordings() == 3, "3 recordings")
            end(call)
            await seen.expect("call-started", "call-ended")

    asyncio.run(monitor())


def test_a_call_is_seen_despite_a_stream_that_never_ends(sound: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a noise filter keeps one open, all day long."""
    monkeypatch.setattr(microphone, "CALL_ENDLESS", 0.0)

    async def monitor() -> None:
        seen = Sightings()
        sound.record("mic")
        async with watched(Microphone(), seen):
            await seen.expect("call-started")
            call = sound.record("mic")
            await seen.expect("call-started", "call-ended", "call-started")
            end(call)
            await seen.expect("call-started", "call-ended", "call-started", "call-ended")

    asyncio.run(monitor())


def test_a_server_that_never_answers_is_a_loss(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulseaudio, "DEADLINE", 0.1)

    async def monitor() -> None:
        path = private_home / "run/pulse/native"
        path.parent.mkdir(mode=0o700)
        silent = await asyncio.start_unix_server(lambda _, writer: held.append(writer), path)
        held: list[asyncio.StreamWriter] = []
        seen = Sightings()
        async with silent, watched(Microphone(), seen) as task:
            with pytest.raises(Lost, match="does not answer"):
                await asyncio.wait_for(asyncio.shield(task), PATIENCE)
            for writer in held:
                writer.close()
        assert seen == []

    asyncio.run(monitor())


def test_a_corked_recording_is_no_call(private_home: Path) -> None:
    """As a browser leaves one behind. No tool of PulseAudio can cork a stream from outside."""
    corked = [True, False, True]

    def answer(command: int) -> bytes:
        none, text, word = b"N", b"tname\0", pulseaudio._word
        if command == pulseaudio._RECORDINGS:
            shape = b"a\3\2\0\0\xac\x44" + b"m\2\1\2"
            times = 2 * (b"U" + bytes(8))
            return (word(5) + text + word(pulseaudio.NONE) + word(1) + word(0) + shape + times + none + text) + (
                pulseaudio._property("media.name", "call") + (b"1" if corked.pop(0) else b"0")
            )
        volume = b"v\2" + bytes(8)
        return 3 * word(0) + b"a" + bytes(6) + b"m\1\1" + word(0) + volume + b"0" + word(pulseaudio.NONE) + none

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                length, *_ = struct.unpack(">5I", await reader.readexactly(20))
                command, tag = struct.unpack(">xIxI", (await reader.readexactly(length))[:10])
                writer.write(pulseaudio._packet(pulseaudio._REPLY, tag, answer(command)))
                if command == pulseaudio._RECORDINGS and corked:
                    writer.write(
                        pulseaudio._packet(
                            pulseaudio._EVENT, pulseaudio.NONE, pulseaudio._word(0x13) + pulseaudio._word(5)
                        )
                    )
        writer.close()

    async def monitor() -> None:
        path = private_home / "run/pulse/native"
        path.parent.mkdir(mode=0o700)
        seen = Sightings()
        async with await asyncio.start_unix_server(serve, path), watched(Microphone(), seen):
            await seen.expect("call-started", "call-ended")

    asyncio.run(monitor())


def test_noise_instead_of_the_protocol_is_a_loss(private_home: Path) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0\0\0\x03\xff\xff\xff\xff" + bytes(12) + b"zzz")
        await writer.drain()
        writer.close()

    async def monitor() -> None:
        path = private_home / "run/pulse/native"
        path.parent.mkdir(mode=0o700)
        async with await asyncio.start_unix_server(babble, path):
            with pytest.raises(Lost, match="unexpected packet"):
                await asyncio.wait_for(Microphone().watch(Sightings()), PATIENCE)

    asyncio.run(monitor())


def test_reports_a_missing_sound_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match=f"{os.environ['XDG_RUNTIME_DIR']}/pulse/native"):
        asyncio.run(Microphone().probe())
    monkeypatch.setenv("PULSE_SERVER", "tcp:somewhere")
    with pytest.raises(Unavailable, match="no Unix socket"):
        asyncio.run(Microphone().probe())


def test_a_cancellation_while_the_probe_fails_is_not_lost(private_home: Path) -> None:
    """At a stop, a probe that lost it would leave its supervisor running for ever."""
    assert not (private_home / "run/pulse").exists()

    async def cancel_after(steps: int) -> bool:
        probing = asyncio.ensure_future(Microphone().probe())
        for _ in range(steps):
            await asyncio.sleep(0)
        ended_by_itself = probing.done()
        probing.cancel()
        await asyncio.wait({probing})
        return probing.cancelled() or ended_by_itself

    assert all(asyncio.run(cancel_after(steps)) for steps in range(8))
