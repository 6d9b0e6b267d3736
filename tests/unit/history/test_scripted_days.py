"""Scripted days, replayed to the exact list of what is said: each is a text that a person has read.

A file in `days` tells in its first lines what the day is about, then what happens, and below the dashes all that is
said, with its time, its text and its buttons. `09:00 to 09:36 input` is input without a break, `09:37 to 09:42 gone` an
absence behind a locked screen; everything else is an event as a trace has it, with a date where it is another day than
the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse as configured
from slowrise.core.model import events as e
from slowrise.core.model.policy import PROFILES
from slowrise.core.prompts.due import Prompt
from slowrise.core.symptoms import episode_of, history_of, response_to
from slowrise.history.monitor import Monitor
from slowrise.history.trace import parse as event_in
from slowrise.messages.guidance import parse
from slowrise.messages.notices import information_words, prompt_words
from slowrise.messages.symptom_words import sentences_for
from support import DATA, PROJECT
from support.person import summaries

DAYS = sorted((DATA / "scripted_days").glob("*.txt"))
GUIDANCE = parse((PROJECT / "config" / "guidance.en.toml").read_text(encoding="utf-8"))
ZONE = timezone(timedelta(hours=1))
RESOLUTION = timedelta(seconds=15)
RULE = "-" * 40
_LINE = re.compile(r"(?:(?P<day>\d{4}-\d\d-\d\d) )?(?P<at>\d\d:\d\d(?::\d\d)?)(?: to (?P<to>\d\d:\d\d))? (?P<what>.+)")


def events_in(script: str) -> list[e.Event]:
    """Return the events of the script, in order of time."""
    events: list[e.Event] = []
    day = "2026-03-02"
    for line in filter(None, script.splitlines()):
        found = _LINE.fullmatch(line)
        assert found, line
        day = found["day"] or day
        at = datetime.fromisoformat(f"{day}T{found['at']}").replace(tzinfo=ZONE)
        if found["to"]:
            end = datetime.fromisoformat(f"{day}T{found['to']}").replace(tzinfo=ZONE)
            end += timedelta(days=end < at)
            events += stretch(found["what"], at, end)
        else:
            events.append(one_event(at, *found["what"].split()))
    return sorted(events, key=lambda event: event.at)


def stretch(what: str, begin: datetime, end: datetime) -> list[e.Event]:
    """Add input, or an absence that ends with the input that unlocks the screen."""
    if what == "input":
        return [e.Active(at=begin), e.Idle(at=end + RESOLUTION, since=end)]
    assert what == "gone", what
    return [e.Locked(at=begin + timedelta(seconds=5)), e.Unlocked(at=end)]


def one_event(at: datetime, name: str, *facts: str) -> e.Event:
    """Return an event from its name and its plain facts."""
    match name, facts:
        case "symptom", (kind, side, level):
            return event_in(
                f'{{"at": "{at.isoformat()}", "event": "symptom", "kind": "{kind}", "side": "{side}", '
                f'"level": {level}}}'.encode()
            )
        case "flare-up", (state,):
            return e.FlareUp(at=at, on=state == "on")
        case "clinician", ():
            return e.Clinician(at=at, knows="flare-up")
        case "lull", ():
            return e.Lull(at=at, since=at - timedelta(seconds=5))
        case (("held" | "snoozed"), (minutes,)):
            until = at + timedelta(minutes=int(minutes))
            return e.QuietUntil(at=at, until=until) if name == "held" else e.Snoozed(at=at, until=until)
        case _, ():
            return event_in(f'{{"at": "{at.isoformat()}", "event": "{name}"}}'.encode())
    raise AssertionError(name)


def said_on(script: str, settings: str) -> str:
    """Return all notices, in order."""
    monitor = Monitor.under(configured(settings), weights())
    told: list[e.Event] = []
    said: list[str] = []
    for event in events_in(script):
        said += (in_words(decision, monitor) for decision in monitor.handle(event) if isinstance(decision, Prompt))
        if isinstance(event, e.Symptom):
            said += reaction(event, told)
        told.append(event)
    return "\n\n".join(said)


def in_words(prompt: Prompt, monitor: Monitor) -> str:
    days = {summary.day.isoformat(): summary for summary in summaries(monitor)}
    return block(
        prompt.shown_at, prompt.kind, *prompt_words(prompt, monitor.state.policy, GUIDANCE, days.get(prompt.day))
    )


def reaction(note: e.Symptom, told: list[e.Event]) -> Iterator[str]:
    """Yield the answer of the command that logs a symptom."""
    calls = response_to(note, history_of(told), in_flare_up=episode_of(told) is not None)
    if calls.red_flags:
        yield block(note.at, "red-flag", *information_words("red-flag", PROFILES["standard"], GUIDANCE))
    yield block(
        note.at, "symptom", *(GUIDANCE.say(sentence, number=GUIDANCE.number) for sentence in sentences_for(calls))
    )


def block(at: datetime, kind: str, *parts: str | tuple[tuple[str, str], ...]) -> str:
    lines = [f"{at:%Y-%m-%d %H:%M:%S} {kind}"]
    for part in parts:
        if isinstance(part, str):
            lines += [f"    {line}".rstrip() for line in part.splitlines()]
        elif part:
            lines.append("    " + " ".join(f"[{label}]" for _, label in part))
    return "\n".join(lines)


def parts_of(path: Path) -> tuple[str, str, str, str]:
    """Return the subject, the settings, the events and the expected notices."""
    head, _, said = path.read_text(encoding="utf-8").partition(f"\n{RULE}\n")
    about, settings, script = head.split("\n\n", 2) if head.count("\n\n") >= 2 else (*head.split("\n\n"), "")
    if not script:
        settings, script = "", settings
    return about, settings, script, said.strip()


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_a_day_is_answered_as_was_read_and_found_right(path: Path) -> None:
    _, settings, script, said = parts_of(path)
    assert said_on(script, settings) == said


def test_every_day_that_was_asked_for_is_there() -> None:
    assert {path.stem for path in DAYS} == {
        *("standard", "flare-up", "meetings", "sit-stand", "both-legs", "past-midnight", "standing-on"),
    }


if __name__ == "__main__":  # run as a program: write what is said now below each script, to be read
    for each in DAYS:
        _, its_settings, its_script, _ = parts_of(each)
        above = each.read_text(encoding="utf-8").partition(f"\n{RULE}\n")[0].rstrip("\n")
        each.write_text(f"{above}\n{RULE}\n{said_on(its_script, its_settings)}\n", encoding="utf-8")
