"""The health log in words: its rows, and a short list for the clinician. Counts and dates only, no conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from slowrise.cli.views.i18n import _
from slowrise.cli.views.sentences import symptom_sentences
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.symptom_counts import Bouts, before, bouts_of
from slowrise.core.model.events import Clinician, Drive, Event, FlareUp, ProfileChosen, Symptom
from slowrise.core.model.time_text import format_duration
from slowrise.core.symptoms import History
from slowrise.messages.guidance import Guidance

TOLD_DAYS = 28
"""Days up to today that the list for the clinician covers: four weeks, as the report. Judgement."""
ROWS = 100
"""The most rows of the log on the page; the report has all. Judgement."""


class Row(NamedTuple):
    """One entry of the log as a table shows it."""

    when: str
    what: str
    side: str
    level: str
    before: str
    """How long the user had been sitting or standing, if that is known."""


def log_rows(events: Sequence[Event], records: Iterable[DayRecord], guidance: Guidance, break_min: float) -> list[Row]:
    """Return the last entries, newest first. `records` need their spans, and may cover a part of the time."""
    of_days = [bouts_of(record.spans, break_min) for record in records]
    bouts = Bouts([sit for day in of_days for sit in day.sits], [stand for day in of_days for stand in day.stands])
    rows = [row for event in reversed(events) if (row := _row(event, bouts, guidance)) is not None]
    return rows[:ROWS]


def _row(event: Event, bouts: Bouts, guidance: Guidance) -> Row | None:
    when = time_name(event.at)
    match event:
        case Symptom():
            return Row(
                when,
                guidance.symptoms[event.kind].say,
                guidance.sides[event.side].say,
                _("{level} of 10").format(level=event.level),
                before_words(event.at, bouts, guidance),
            )
        case FlareUp(on=True) | ProfileChosen(name="flare-up"):
            return Row(when, _("flare-up mode on"), "", "", "")
        case FlareUp(on=False):
            return Row(when, _("flare-up mode off"), "", "", "")
        case Drive():
            length = format_duration(event.seconds, guidance.units)
            return Row(when, _("a drive of {length}").format(length=length), "", "", "")
        case Clinician(knows="flare-up" | "symptoms"):
            return Row(when, guidance.say("button-clinician"), "", "", "")
        case _:
            return None


def before_words(at: datetime, bouts: Bouts, guidance: Guidance) -> str:
    """Return what the user did last before `at`, and for how long; nothing if that is not known."""
    if (did := before(at, bouts)) is None:
        return ""
    text = _("sitting, {length}") if did.posture == "sitting" else _("standing, {length}")
    return text.format(length=format_duration(did.seconds, guidance.units))


def for_clinician(
    events: Sequence[Event], records: Sequence[DayRecord], guidance: Guidance, break_min: float, now: datetime
) -> list[str]:
    """Return the list: each symptom with its side, levels and dates, flare-ups, and what came before the symptoms.

    Newest first.
    """
    since = now - timedelta(days=TOLD_DAYS)
    recent = [event for event in events if event.at >= since]
    groups: dict[tuple[str, str], list[Symptom]] = {}
    for event in reversed(recent):
        if isinstance(event, Symptom) and event.level:  # level 0: none that day
            groups.setdefault((event.kind, event.side), []).insert(0, event)
    lines = [_symptom_line(notes, guidance) for notes in groups.values()]
    return [*lines, *reversed(_flare_ups(recent)), *symptom_sentences(records, guidance, break_min)]


def _symptom_line(notes: Sequence[Symptom], guidance: Guidance) -> str:
    first, last = notes[0], notes[-1]
    symptom, side = guidance.symptoms[last.kind].say, guidance.sides[last.side].say
    if len(notes) == 1:
        return _("{symptom}, {side}: {level} of 10 on {day}").format(
            symptom=symptom, side=side, level=last.level, day=day_name(last.at.date())
        )
    levels = [note.level for note in notes]
    text = _("{symptom}, {side}: {number} times from {first} to {day}, from {low} to {high} of 10, last {level}")
    if min(levels) == max(levels):
        text = _("{symptom}, {side}: {number} times from {first} to {day}, always {level} of 10")
    return text.format(
        symptom=symptom,
        side=side,
        number=len(notes),
        first=day_name(first.at.date()),
        day=day_name(last.at.date()),
        low=min(levels),
        high=max(levels),
        level=last.level,
    )


def _flare_ups(events: Iterable[Event]) -> list[str]:
    lines: list[str] = []
    begun: datetime | None = None
    for event in events:
        match event:
            case FlareUp(on=True) | ProfileChosen(name="flare-up"):
                begun = begun or event.at
            case FlareUp() | ProfileChosen() if begun is not None:
                first, last = day_name(begun.date()), day_name(event.at.date())
                lines.append(_("Flare-up from {first} to {last}").format(first=first, last=last))
                begun = None
            case _:
                pass
    if begun is not None:
        lines.append(_("Flare-up since {first}").format(first=day_name(begun.date())))
    return lines


def known_sentence(history: History, guidance: Guidance) -> str:
    """Return what counts as known to the clinician: each symptom and side up to its level."""
    if history.known:
        symptoms = [
            _("{symptom}, {side}, up to {level}").format(
                symptom=guidance.symptoms[kind].say, side=guidance.sides[side].say, level=level
            )
            for (kind, side), level in history.known.items()
        ]
        return guidance.say("history-known", symptoms="; ".join(symptoms))
    if not history.marked:
        return guidance.say("history-unknown")
    news = [f"{guidance.symptoms[kind].say}, {guidance.sides[side].say}" for kind, side in sorted(history.news)]
    return guidance.say("history-changed", symptoms="; ".join(news))


def day_name(day: date) -> str:
    """Return the date as `2 Mar 2026`, in the user's language."""
    months = _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
    return _("{day} {month} {year}").format(day=day.day, month=months[day.month - 1], year=day.year)


def time_name(at: datetime) -> str:
    """Return the time as `2 Mar 2026, 14:05`, in the user's language."""
    return f"{day_name(at.date())}, {at:%H:%M}"
