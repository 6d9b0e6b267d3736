"""All signals at once: a crash ends every one, and the past is forgotten."""

from __future__ import annotations

from slowrise.core.presence.activity import OnOffHistory, Signals


def histories(signals: Signals) -> list[OnOffHistory]:
    return [getattr(signals, name) for name in signals.__struct_fields__]


def test_ending_all_turns_off_every_signal_whatever_number_of_holders_it_has() -> None:
    signals = Signals()
    for number, history in enumerate(histories(signals)):
        for _ in range(number):
            history.begin(10.0)
    signals.end_all(20.0)
    assert [history.is_on for history in histories(signals)] == [False] * len(histories(signals))
    assert {end for history in histories(signals) for end in history.ends} == {20.0}


def test_forgetting_keeps_what_is_still_on() -> None:
    signals = Signals()
    for history in histories(signals):
        history.begin(10.0)
        history.end(20.0)
        history.begin(30.0)
    signals.forget(40.0)
    assert all((history.starts, history.ends) == ([30.0], []) for history in histories(signals))
