"""The list of commands in groups, as `slowrise --help` shows it, and the command that an unknown word may mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from slowrise.cli.views.i18n import _
from slowrise.cli.views.wrap import cells, padded

ALIKE = 0.7
"""How alike a mistyped word must be, 0 to 1. Judgement: `sumary` is alike, `hello` is not `help`."""
SHORTEST = 2
"""Letters of a beginning. Judgement: one letter begins too many commands."""

_STOP = "pause", "service uninstall"
_SETTINGS = "window settings", "config"
_LOG = "symptom", "red-flags"
_DAY = ("summary",)
_RISE = ("stand-up",)
_LATER = "snooze", "hold"

MEANINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("settings", "setting", "preferences", "options", "configure", "setup", "language"), _SETTINGS),
    **dict.fromkeys(("설정", "환경설정"), _SETTINGS),
    **dict.fromkeys(("stop", "quit", "exit", "off", "disable", "end", "kill", "close", "중지", "종료", "멈춤"), _STOP),
    **dict.fromkeys(
        ("start", "install", "autostart", "enable", "on", "launch", "begin", "restart"), ("service install",)
    ),
    **dict.fromkeys(("시작", "설치"), ("service install",)),
    **dict.fromkeys(("uninstall", "remove"), ("service uninstall",)),
    **dict.fromkeys(("help", "commands", "usage", "man", "도움말"), ("--help",)),
    "version": ("--version",),
    **dict.fromkeys(("pain", "ache", "hurt", "hurts", "numb", "numbness", "tingling", "weakness", "log", "note"), _LOG),
    **dict.fromkeys(("통증", "증상", "아픔"), _LOG),
    **dict.fromkeys(("emergency", "urgent", "ambulance", "hospital", "응급"), ("red-flags",)),
    **dict.fromkeys(("today", "day", "stats", "statistics", "history", "오늘"), _DAY),
    "yesterday": ("summary yesterday",),
    **{period: (f"summary {period}",) for period in ("week", "month", "year")},
    **dict.fromkeys(("chart", "charts", "graph", "print", "pdf", "clinician", "보고서"), ("report",)),
    **dict.fromkeys(("stand", "rise"), ("stand-up", "standing")),
    "sit": ("sitting",),
    **dict.fromkeys(("car", "driving", "drove", "운전"), ("drive",)),
    **dict.fromkeys(("break", "getup", "get-up", "standup", "up", "steps", "guide", "how", "exercise"), _RISE),
    **dict.fromkeys(("later", "postpone", "delay", "skip", "mute", "silence", "quiet", "meeting", "dnd"), _LATER),
    **dict.fromkeys(("continue", "unpause", "go"), ("resume",)),
    **dict.fromkeys(("gui", "open", "show", "app", "tray", "ui", "창"), ("window",)),
    **dict.fromkeys(("correct", "fix", "wrong", "away", "change", "edit"), ("was",)),
    **dict.fromkeys(("explain", "reason"), ("why",)),
    **dict.fromkeys(("delete", "erase", "clear", "reset", "purge"), ("forget",)),
    **dict.fromkeys(("data", "csv", "json", "backup", "save"), ("export",)),
    **dict.fromkeys(("check", "test", "problem", "problems", "debug", "diagnose", "troubleshoot"), ("doctor",)),
    **dict.fromkeys(("next", "now", "state", "time"), ("status",)),
}
"""Words that people type for a command of another name, and the commands that they may mean."""

_SERVICE = {
    **dict.fromkeys(("start", "enable", "on", "restart", "add"), "install"),
    **dict.fromkeys(("stop", "disable", "off", "remove", "quit"), "uninstall"),
}
_CONFIG = {
    **dict.fromkeys(("edit", "open", "file", "where"), "path"),
    **dict.fromkeys(("list", "get", "print", "all"), "show"),
    **dict.fromkeys(("validate", "test"), "check"),
}
_EXPORT = {
    **dict.fromkeys(("events", "all", "log", "json"), "trace"),
    **dict.fromkeys(("csv", "day", "summary", "summaries"), "days"),
    **dict.fromkeys(("sits", "bout", "activitywatch"), "bouts"),
}
BELOW: dict[str, dict[str, str]] = {"service": _SERVICE, "config": _CONFIG, "export": _EXPORT}
"""The same for the commands that have commands below them."""


def introduction() -> tuple[list[str], list[str]]:
    """Return, in the user's language, the paragraphs on what slowrise is, and a line for each first step."""
    paragraphs = [
        _("Estimate how long you sit at this computer, and remind you to stand up slowly."),
        _("slowrise sees that you use the keyboard and mouse, never what you type."),
    ]
    steps = {
        _("Start it with your desktop:"): "slowrise service install",
        _("Open its window:"): "slowrise window",
        _("See how long you sit:"): "slowrise status",
    }
    width = max(map(cells, steps))
    return paragraphs, [f"{padded(what, width)}  {command}" for what, command in steps.items()]


def exit_codes() -> str:
    """Return what the exit codes mean, in the user's language."""
    return _(
        "Exit codes: 0 done, 1 internal error, 2 wrong usage or configuration, 3 slowrise is not running, "
        "4 nothing on this computer can be watched."
    )


def groups() -> dict[str, dict[str, str]]:
    """Return the groups in the user's language: the heading, then each command with its line. Daily ones come first."""
    return {
        _("Every day"): {
            "status": _("Show whether you sit, stand or are away, and the next reminder."),
            "summary": _("Show how you sat today, on another day, or in a week."),
            "report": _("Make a page with charts, for you or a clinician."),
            "window": _("Open the window: your day, getting up, your back, the settings."),
            "pause": _("Stop watching for a while."),
            "resume": _("End a pause or a quiet time."),
            "standing": _("Say that you stand now, at a desk that can be raised."),
            "sitting": _("Say that you sit again."),
            "stand-up": _("Show how to stand up slowly, step by step."),
            "symptom": _("Log a symptom. Shows first when to get help at once."),
            "red-flags": _("Show when to get help at once."),
        },
        _("Your back and your reminders"): {
            "flare-up": _("Turn flare-up mode on or off, or show whether it is on."),
            "profile": _("Show or choose how soon you are reminded."),
            "drive": _("Note a long drive, for shorter limits after it."),
            "snooze": _("Put this reminder off for a few minutes."),
            "hold": _("Keep counting, but show no reminder for a while."),
            "guidance": _("Show every rule and sentence, and where it comes from."),
        },
        _("Understand and correct"): {
            "why": _("Explain why a time counted as sitting or as away."),
            "was": _("Correct a time that was judged wrongly."),
            "doctor": _("Check what works on this computer, and how to fix the rest."),
        },
        _("Set up and data"): {
            "service": _("Start slowrise with your desktop, or stop that."),
            "config": _("Find, check or show the settings."),
            "reload": _("Use the changed settings now."),
            "run": _("Run slowrise in this terminal."),
            "export": _("Print your data as text, for other programs."),
            "forget": _("Delete your data, all of it or the older part."),
            "demo": _("Play a simulated day in a minute. Records nothing."),
            "replay": _("Run a recorded trace through the rules again."),
        },
    }


def meant_by(word: str) -> tuple[str, ...]:
    """Return the commands that an unknown word may mean: by its meaning, its beginning or its spelling, or none."""
    typed = word.lower()
    names = [name for group in groups().values() for name in group]
    if typed not in MEANINGS and (begun := _begun(typed, names)):
        return begun
    near = [typed] if typed in MEANINGS else get_close_matches(typed, [*names, *MEANINGS], n=1, cutoff=ALIKE)
    return MEANINGS.get(near[0], (near[0],)) if near else ()


def unknown(word: str) -> str:
    """Return the sentence for a word that is no command, and each command that it may mean on a line to paste."""
    return _sentence(word, [f"slowrise {command}" for command in meant_by(word)], "slowrise")


def unknown_below(above: str, word: str, names: Iterable[str]) -> str:
    """Return the sentence for a word that is no command below the command `above`; `names` are those there are."""
    typed, meanings = word.lower(), BELOW.get(above, {})
    near = _begun(typed, names) or get_close_matches(typed, [*names, *meanings], n=1, cutoff=ALIKE)
    meant = [f"slowrise {above} {meanings.get(name, name)}" for name in near]
    return _sentence(word, meant, f"slowrise {above}")


def _begun(typed: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the commands that begin with the letters typed."""
    return tuple(name for name in names if len(typed) >= SHORTEST and name.startswith(typed))


def _sentence(word: str, meant: Sequence[str], above: str) -> str:
    if not meant:
        text = _("There is no command {word}. All of them: {command}")
        return text.format(word=repr(word), command=f"{above} --help")
    text = _("There is no command {word}. Perhaps you mean:").format(word=repr(word))
    return f"{text} {meant[0]}" if len(meant) == 1 else "\n  ".join((text, *meant))
