from __future__ import annotations

from slowrise.adapters.signals.combine import ActiveSignal, SignalCombiner
from slowrise.ports.input import Sighting

HOUR = 3600.0


def test_what_two_signals_see_is_told_once() -> None:
    told: list[Sighting] = []
    merged = SignalCombiner(told.append)
    logind, saver = merged.emitter("logind"), merged.emitter("screensaver")
    saver(Sighting("locked", 1.0))
    logind(Sighting("locked", 2.0))
    logind(Sighting("locked", 3.0))
    saver(Sighting("unlocked", 4.0))
    logind(Sighting("unlocked", 5.0))
    logind(Sighting("unlocked", 6.0))
    assert told == [Sighting("locked", 1.0), Sighting("unlocked", 5.0)]


def test_one_who_pauses_is_not_resumed_by_another() -> None:
    told: list[Sighting] = []
    merged = SignalCombiner(told.append)
    user, logind = merged.emitter("user"), merged.emitter("logind")
    user(Sighting("paused", 1.0))
    logind(Sighting("paused", 2.0))
    logind(Sighting("unpaused", 3.0))
    assert told == [Sighting("paused", 1.0)]
    user(Sighting("unpaused", 4.0))
    assert told == [Sighting("paused", 1.0), Sighting("unpaused", 4.0)]


def test_what_has_no_end_goes_through() -> None:
    told: list[Sighting] = []
    ear = SignalCombiner(told.append).emitter("desk")
    ear(Sighting("standing", 1.0))
    ear(Sighting("standing", 2.0))
    assert told == [Sighting("standing", 1.0), Sighting("standing", 2.0)]


def test_what_is_on_is_named_with_its_beginning() -> None:
    merged = SignalCombiner(lambda _: None)
    merged.emitter("microphone")(Sighting("call-started", 7.0))
    merged.emitter("logind")(Sighting("inhibited", 3.0))
    merged.emitter("logind")(Sighting("locked", 1.0))
    merged.emitter("logind")(Sighting("unlocked", 2.0))
    assert merged.active() == [
        ActiveSignal("inhibited", "logind", 3.0),
        ActiveSignal("call-started", "microphone", 7.0),
    ]


def test_a_call_is_seen_beside_a_microphone_that_was_left_open() -> None:
    told: list[Sighting] = []
    merged = SignalCombiner(told.append)
    microphone, camera = merged.emitter("microphone"), merged.emitter("camera")
    microphone(Sighting("call-started", 1.0))
    camera(Sighting("call-started", 2.0))
    camera(Sighting("call-ended", 3.0))
    assert [each.what for each in told] == ["call-started"]
    for begin in (4 * HOUR, 9 * HOUR):
        told.clear()
        camera(Sighting("call-started", begin))
        assert told[-1] == Sighting("call-started", begin)
        camera(Sighting("call-ended", begin + HOUR))
        assert told[-1] == Sighting("call-ended", begin + HOUR)
    assert merged.active() == [ActiveSignal("call-started", "microphone", 1.0)]
    microphone(Sighting("call-ended", 11 * HOUR))
    microphone(Sighting("call-started", 12 * HOUR))
    assert told[-1] == Sighting("call-started", 12 * HOUR)


def test_a_lock_that_a_second_service_sees_late_is_the_same_lock() -> None:
    told: list[Sighting] = []
    merged = SignalCombiner(told.append)
    merged.emitter("logind")(Sighting("locked", 1.0))
    merged.emitter("screensaver")(Sighting("locked", 9 * HOUR))
    assert told == [Sighting("locked", 1.0)]


def test_what_is_watched_no_more_holds_nothing() -> None:
    """Also where it had no time to say so, as when it fails by a mistake."""
    told: list[Sighting] = []
    merged = SignalCombiner(told.append)
    for what in ("locked", "call-started"):
        merged.emitter("saver")(Sighting(what, 1.0))
    merged.emitter("logind")(Sighting("locked", 2.0))
    merged.release("saver", 3.0)
    assert [each.what for each in told] == ["locked", "call-started", "call-ended"]
    assert merged.active() == [ActiveSignal("locked", "logind", 2.0)]
    merged.release("logind", 4.0)
    assert told[-1] == Sighting("unlocked", 4.0)
