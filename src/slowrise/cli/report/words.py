"""The sentences of the report that no other page has: the opening for a clinician, and what became of the reminders."""

from __future__ import annotations

from collections import Counter
from statistics import median

from slowrise.cli.report.model import Report
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.sentences import number_of_days, symptom_name
from slowrise.core.model.time_text import format_about


def opening(report: Report) -> str:
    """Return the one sentence that a clinician in a hurry needs: sitting, symptoms, flare-ups."""
    parts = [_sitting(report), _symptoms(report), *_flare_ups(report)]
    return _("{sentence}.").format(sentence=_("; ").join(parts))


def _sitting(report: Report) -> str:
    finished = report.finished
    longest = [day.bout_metrics.longest_seconds for day in finished.seen]
    known = [seconds for seconds in longest if seconds is not None]
    if not known:
        text = _("in {period} this person was not seen sitting at this computer")
        return _first_large(text.format(period=_period(report)))
    if len(report.records) == 1:
        text = _("on this day this person sat about {length} at this computer, longest sit about {longest}")
    else:
        text = _(
            "in {period} this person sat about {length} a day at this computer, longest sit usually about {longest}"
        )
    return _first_large(
        text.format(
            period=_period(report),
            length=format_about(finished.sitting_seconds / finished.days, units()),
            longest=format_about(median(known), units()),
        )
    )


def _period(report: Report) -> str:
    all_days, seen = len(report.records), report.together.days
    if seen == all_days:
        return number_of_days(all_days)
    return _("{days} (recorded on {seen})").format(days=number_of_days(all_days), seen=seen)


def _symptoms(report: Report) -> str:
    notes = [note for note in report.symptoms if note.level]
    if not notes:
        return _("no symptoms were logged")
    days = sum(any(note.level for note in day.symptoms) for day in report.summaries)
    times = Counter(symptom_name(note) for note in notes)
    strongest = max(notes, key=lambda note: note.level)
    worst, level = symptom_name(strongest), strongest.level
    most = worst if times[worst] == max(times.values()) else max(times, key=times.__getitem__)
    if len(times) == 1:
        text = _("symptoms were logged on {days}, always {symptom}, highest {level} of 10")
    elif most == worst:
        text = _("symptoms were logged on {days}, most often {symptom}, highest {level} of 10")
    else:
        text = _("symptoms were logged on {days}, most often {symptom}, strongest {worst} with {level} of 10")
    return text.format(days=number_of_days(days), symptom=most, worst=worst, level=level)


def _flare_ups(report: Report) -> list[str]:
    found = report.together.flare_ups
    if not found:
        return []
    if len(report.records) == 1:
        return [_("flare-up mode was on")]
    lengths = ", ".join(number_of_days((last - first).days + 1) for first, last in found)
    text = _("one flare-up of {days}") if len(found) == 1 else _("{number} flare-ups, of {days}")
    return [text.format(number=len(found), days=lengths)]


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
