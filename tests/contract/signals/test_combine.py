from __future__ import annotations

from slowrise.adapters.signals.combine import ActiveSignal, SignalCombiner
from slowrise.ports.input import Sighting

HOUR = 3600.0


def test_a_state_seen_by_two_signals_is_emitted_once() -> None:
    seen: list[Sighting] = []
    merged = SignalCombiner(seen.append)
    logind, saver = merged.emitter("logind"), merged.emitter("screensaver")
    saver(Sighting("locked", 1.0))
    logind(Sighting("locked", 2.0))
    logind(Sighting("locked", 3.0))
    saver(Sighting("unlocked", 4.0))
    logind(Sighting("unlocked", 5.0))
    logind(Sighting("unlocked", 6.0))
    assert seen == [Sighting("locked", 1.0), Sighting("unlocked", 5.0)]


def test_one_reporter_does_not_end_the_pause_of_another() -> None:
    seen: list[Sighting] = []
    merged = SignalCombiner(seen.append)
    user, logind = merged.emitter("user"), merged.emitter("logind")
    user(Sighting("paused", 1.0))
    logind(Sighting("paused", 2.0))
    logind(Sighting("unpaused", 3.0))
    assert seen == [Sighting("paused", 1.0)]
    user(Sighting("unpaused", 4.0))
    assert seen == [Sighting("paused", 1.0), Sighting("unpaused", 4.0)]


def test_a_sighting_without_an_end_is_passed_on() -> None:
    seen: list[Sighting] = []
    ear = SignalCombiner(seen.append).emitter("desk")
    ear(Sighting("standing", 1.0))
    ear(Sighting("standing", 2.0))
    assert seen == [Sighting("standing", 1.0), Sighting("standing", 2.0)]


def test_active_lists_each_state_with_its_beginning() -> None:
    merged = SignalCombiner(lambda _: None)
    merged.emitter("microphone")(Sighting("call-started", 7.0))
    merged.emitter("logind")(Sighting("inhibited", 3.0))
    merged.emitter("logind")(Sighting("locked", 1.0))
    merged.emitter("logind")(Sighting("unlocked", 2.0))
    assert merged.active() == [
        ActiveSignal("inhibited", "logind", 3.0),
        ActiveSignal("call-started", "microphone", 7.0),
    ]


def test_a_call_is_seen_despite_a_leaked_microphone() -> None:
    seen: list[Sighting] = []
    merged = SignalCombiner(seen.append)
    microphone, camera = merged.emitter("microphone"), merged.emitter("camera")
    microphone(Sighting("call-started", 1.0))
    camera(Sighting("call-started", 2.0))
    camera(Sighting("call-ended", 3.0))
    assert [each.what for each in seen] == ["call-started"]
    for begin in (4 * HOUR, 9 * HOUR):
        seen.clear()
        camera(Sighting("call-started", begin))
        assert seen[-1] == Sighting("call-started", begin)
        camera(Sighting("call-ended", begin + HOUR))
        assert seen[-1] == Sighting("call-ended", begin + HOUR)
    assert merged.active() == [ActiveSignal("call-started", "microphone", 1.0)]
    microphone(Sighting("call-ended", 11 * HOUR))
    microphone(Sighting("call-started", 12 * HOUR))
    assert seen[-1] == Sighting("call-started", 12 * HOUR)


def test_a_second_service_that_reports_a_lock_late_adds_nothing() -> None:
    seen: list[Sighting] = []
    merged = SignalCombiner(seen.append)
    merged.emitter("logind")(Sighting("locked", 1.0))
    merged.emitter("screensaver")(Sighting("locked", 9 * HOUR))
    assert seen == [Sighting("locked", 1.0)]


def test_release_ends_the_states_of_a_signal() -> None:
    """Also if the signal did not emit their end, because it failed with a bug."""
    seen: list[Sighting] = []
    merged = SignalCombiner(seen.append)
    for what in ("locked", "call-started"):
        merged.emitter("saver")(Sighting(what, 1.0))
    merged.emitter("logind")(Sighting("locked", 2.0))
    merged.release("saver", 3.0)
    assert [each.what for each in seen] == ["locked", "call-started", "call-ended"]
    assert merged.active() == [ActiveSignal("locked", "logind", 2.0)]
    merged.release("logind", 4.0)
    assert seen[-1] == Sighting("unlocked", 4.0)
