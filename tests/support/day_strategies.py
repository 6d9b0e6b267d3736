"""Days as spans: drawn by Hypothesis (many short spans, some long), or written as one line of text."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

from slowrise.core.model.spans import Span, State

WINTER = timezone(timedelta(hours=1))
SUMMER = timezone(timedelta(hours=2))
NINE: Final = datetime(2026, 3, 2, 9, tzinfo=WINTER)
STATES: dict[str, State] = {"s": "sitting", "u": "standing", "a": "away", "?": "unobserved"}

MIX: tuple[State, ...] = ("sitting", "sitting", "away", "away", "standing", "unobserved")

lengths = st.one_of(
    st.integers(1, 90_000).map(lambda ms: ms / 1000),
    st.sampled_from([60.0, 119.999, 120.0, 120.001, 300.0, 1800.0]),
    st.integers(120, 1200).map(float),
    st.integers(1200, 9000).map(float),
    st.integers(9000, 40_000).map(float),
)
starts = st.builds(
    lambda minutes, offset: datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=offset))) + timedelta(minutes=minutes),
    st.integers(0, 60 * 60),
    st.integers(-8, 9),
)


@st.composite
def days(draw: st.DrawFn, max_size: int = 30) -> tuple[Span, ...]:
    """Draw consecutive spans of every state and confidence. The UTC offset may change between two spans."""
    at = draw(starts)
    spans: list[Span] = []
    for _ in range(draw(st.integers(0, max_size))):
        state: State = draw(st.sampled_from(MIX))
        confidence = 1.0 if state == "unobserved" else draw(st.sampled_from([1.0, 1.0, 1.0, 0.97, 0.8, 0.6, 0.5]))
        end = at + timedelta(seconds=draw(lengths))
        if draw(st.integers(0, 9)) == 0:
            end = end.astimezone(draw(st.sampled_from([WINTER, SUMMER])))
        spans.append(Span(state, at, end, confidence))
        at = end
    return tuple(spans)


def spans_of(text: str, begin: datetime = NINE) -> tuple[Span, ...]:
    """Return the spans of a text. `"s20 a5 s10@0.8"` is 20 min sitting, 5 away, 10 sitting with confidence 0.8."""
    spans = []
    for word in text.split():
        minutes, _, confidence = word[1:].partition("@")
        end = begin + timedelta(minutes=float(minutes))
        spans.append(Span(STATES[word[0]], begin, end, float(confidence or 1)))
        begin = end
    return tuple(spans)
