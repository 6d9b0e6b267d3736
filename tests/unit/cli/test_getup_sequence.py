from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slowrise.cli.window.getup.sequence import STANDING, GettingUp

STEPS = (8.0, 20.0, 15.0, 8.0, 8.0, 12.0, 8.0, 20.0, 10.0, 15.0)
BREAK, END = len(STEPS), len(STEPS) + 1
UP = sum(STEPS[:STANDING])


def begun(now: float = 0.0) -> GettingUp:
    return GettingUp(STEPS, 300.0, now)


def test_each_step_is_shown_for_its_time() -> None:
    rise = begun()
    shown = [rise.place(second) for second in range(int(sum(STEPS)))]
    assert [shown.count(step) for step in range(len(STEPS))] == list(STEPS)
    assert shown == sorted(shown)


def test_the_break_follows_and_then_the_end_which_stays() -> None:
    rise, up = begun(), sum(STEPS)
    assert rise.place(up) == BREAK
    assert rise.elapsed(up + 120) == 120
    assert [rise.place(up + second) for second in (299, 300, 100_000)] == [BREAK, END, END]


def test_a_window_that_was_not_looked_at_for_long_is_where_the_time_is() -> None:
    assert begun().place(UP + 1) == STANDING


def test_back_and_next_show_a_step_from_its_beginning() -> None:
    rise = begun()
    rise.next(5)
    assert (rise.place(24.9), rise.place(25)) == (1, 2)
    rise.back(30)
    assert (rise.place(49.9), rise.elapsed(49.9), rise.place(50)) == (1, 19.9, 2)


def test_there_is_nothing_before_the_first_step_and_after_the_end() -> None:
    rise = begun()
    rise.back(1)
    assert rise.place(1) == 0
    for _ in range(20):
        rise.next(2)
    assert rise.place(2) == END


def test_a_held_step_waits_and_goes_on_where_it_was() -> None:
    rise = begun()
    rise.hold(5)
    rise.hold(6)
    assert (rise.place(1000), rise.elapsed(1000), rise.is_held) == (0, 5, True)
    rise.go_on(1000)
    assert (rise.place(1002.9), rise.place(1003), rise.is_held) == (0, 1, False)


def test_one_can_turn_the_steps_while_they_are_held() -> None:
    rise = begun()
    rise.hold(5)
    rise.next(60)
    assert (rise.place(500), rise.elapsed(500)) == (1, 0)
    rise.go_on(500)
    assert (rise.place(519), rise.place(520)) == (1, 2)


def test_who_is_up_already_gets_the_pause_and_everything_goes_on_by_itself() -> None:
    rise = begun()
    rise.hold(5)
    rise.stand(10)
    assert (rise.place(10), rise.is_held, rise.is_standing(10)) == (STANDING, False, True)
    rise.stand(25)
    assert (rise.place(29), rise.place(30)) == (STANDING, STANDING + 1)


def test_the_break_cannot_be_held() -> None:
    rise = begun()
    rise.hold(5)
    for _ in STEPS:
        rise.next(6)
    rise.hold(8)
    assert (rise.place(6), rise.is_held, rise.place(306)) == (BREAK, False, END)


MOVES = st.lists(st.tuples(st.sampled_from(["back", "next", "hold", "go_on", "stand", "place"]), st.floats(0, 400)))


@given(MOVES)
def test_whatever_is_pressed_it_goes_on_by_itself_once_one_stands(moves: list[tuple[str, float]]) -> None:
    rise, now = begun(), 0.0
    for move, seconds in moves:
        now += seconds
        getattr(rise, move)(now)
        assert 0 <= rise.place(now) <= END
        assert rise.elapsed(now) >= 0
    rise.go_on(now)
    assert rise.place(now + sum(STEPS) + 300) == END
