"""`slowrise symptom`: log a symptom. Works with and without the daemon."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar, get_args

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure, confirmed, echo, is_terminal, load_guidance, with_paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.symptom_entry import (
    Draft,
    example,
    kind_of,
    level_fault,
    level_of,
    read_draft,
    side_fault,
    side_of,
    sides_of,
)
from slowrise.cli.views.health_log import known_sentence
from slowrise.cli.views.i18n import _
from slowrise.core.model.events import Side, SymptomKind
from slowrise.core.symptoms import RED_FLAG_KINDS
from slowrise.daemon.exit_codes import ExitCode
from slowrise.messages.guidance import Guidance
from slowrise.messages.symptom_words import sentences_for

Answer = TypeVar("Answer")


def offer(*words: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return a function by which the shell completes one of these words."""
    return lambda _ctx, _param, begun: [word for word in words if word.startswith(begun)]


class RedFlagsFirst(click.Command):
    """A command whose help explains each kind of symptom, and whose every mistake comes after the red flags.

    The user who mistypes an option may have a sign that needs help at once.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does; print the red flags before a mistake."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            echo(load_guidance().emergency)
            click.echo()
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the kinds before the example."""
        symptoms = load_guidance().symptoms
        with formatter.section(_("KIND is one of")):
            formatter.write_dl([(kind, text.say) for kind, text in symptoms.items() if kind not in RED_FLAG_KINDS])
        with formatter.section(_("Or one that needs help at once")):
            formatter.write_dl([(kind, text.say) for kind, text in symptoms.items() if kind in RED_FLAG_KINDS])
        super().format_epilog(ctx, formatter)


@click.command(cls=RedFlagsFirst, epilog="Example: slowrise symptom radiating-pain --side left --level 3")
@with_paths
@click.argument("words", nargs=-1, metavar="[KIND]", shell_complete=offer(*get_args(SymptomKind)))
@click.option(
    "--side",
    metavar="left|middle|right|both",
    shell_complete=offer(*get_args(Side)),
    help="Where you feel it. Back pain is in the `middle` unless you say.",
)
@click.option("--level", metavar="0..10", help="How strong: 0 is none, 10 the worst you can imagine.")
@click.option("--read", is_flag=True, help="Confirm that you have read the red flags, so the command does not ask.")
@click.option(
    "--known/--not-known",
    default=None,
    help="Your clinician knows of this; without KIND, of everything logged so far. The red flags then come only when "
    "something changes. --not-known undoes this.",
)
def symptom(
    paths: Paths,
    words: tuple[str, ...],
    side: str | None,
    level: str | None,
    *,
    read: bool,
    known: bool | None,
) -> None:
    """Log a symptom. Shows first when to get help at once.

    To read that at any time: slowrise red-flags
    """
    notes = HealthNotes(paths)
    guidance = load_guidance(paths)
    is_entry = bool(words) or side is not None or level is not None
    entry: tuple[SymptomKind, Side, int] | None = None
    if is_entry or known is None:
        draft = read_draft(words, side, level, guidance)
        if draft.faults:
            echo(guidance.emergency)
            click.echo()
        entry = _completed(draft, guidance, known)
        _log(notes, guidance, *entry, read=read, shown=bool(draft.faults), known=known)
    if known is not None:
        _mark(notes, guidance, *(entry or (None, None))[:2], known=known)


def _mark(notes: HealthNotes, guidance: Guidance, kind: SymptomKind | None, side: Side | None, *, known: bool) -> None:
    """Note what the clinician knows: this symptom, or all that is logged. Print what counts as known now."""
    if known and kind is None:
        echo(guidance.emergency)
        click.echo()
    notes.add("clinician", knows="history" if known else "nothing", **({"kind": kind, "side": side} if kind else {}))
    history = notes.history()
    echo(known_sentence(history, guidance))
    if history.notes and not history.known:
        echo(guidance.say("history-mark"))


def _known_options(known: bool | None) -> tuple[str, ...]:
    """Return the option that was given, as it is written; none if there was none."""
    return () if known is None else ("--known" if known else "--not-known",)


def _completed(draft: Draft, guidance: Guidance, known: bool | None) -> tuple[SymptomKind, Side, int]:
    """Return the whole entry: ask for what is missing, or fail with a command that is complete."""
    kind, side, level, faults = draft
    kinds: tuple[SymptomKind, ...] = get_args(SymptomKind)
    width = max(map(len, kinds))
    if faults and not is_terminal():
        names = [f"  {each:{width}}  {guidance.symptoms[each].say}" for each in kinds] if kind is None else []
        command = " ".join([example(draft), *_known_options(known)])
        raise Failure("\n".join((*faults, *names, _("For example: {command}").format(command=command))), ExitCode.USAGE)
    if kind is None:
        echo(faults[0])
        for number, each in enumerate(kinds, start=1):
            click.echo(f"  {number}  {guidance.symptoms[each].say}")
        numbered = {str(number): each for number, each in enumerate(kinds, start=1)}
        chosen: SymptomKind = _asked(
            _("The number of your symptom:"),
            lambda text: numbered.get(text) or kind_of(text),
            lambda text: _("Not a kind of symptom: {word}.").format(word=text),
        )
        kind, side = chosen, "middle" if chosen in RED_FLAG_KINDS else side
    sides = sides_of(kind)
    if side is None or side not in sides:
        chosen_side: Side = _asked(
            side_fault(None, sides, guidance),
            lambda text: side_of(text, sides, guidance),
            lambda text: side_fault(text, sides, guidance),
        )
        side = chosen_side
    if level is None:
        level = _asked(level_fault(None), level_of, level_fault)
    return kind, side, level


def _asked(question: str, read: Callable[[str], Answer | None], fault: Callable[[str], str]) -> Answer:
    """Ask on the terminal until the answer can be read."""
    while True:
        echo(f"{question} ", nl=False)
        line = sys.stdin.readline()
        if not line:
            click.echo()
            raise Failure(_("Nothing was logged."), ExitCode.USAGE)
        text = line.strip()
        if (answer := read(text)) is not None:
            return answer
        if text:
            echo(fault(text))


def _log(
    notes: HealthNotes,
    guidance: Guidance,
    kind: SymptomKind,
    side: Side,
    level: int,
    *,
    read: bool,
    shown: bool,
    known: bool | None,
) -> None:
    """Log it. `shown`: the red flags are on the terminal already; what has to be confirmed stands right above that.

    Without the confirmation the command ends here, and what the clinician knows (`known`) is not marked.
    """
    response = notes.response_to(kind, side, level)
    if (response.shows_red_flags and not shown) or (response.red_flags and not read):
        echo(guidance.emergency)
        click.echo()
    notes.add("symptom", kind=kind, side=side, level=level, red_flags=response.red_flags and not read)
    if response.red_flags and not read:
        if not confirmed(guidance):
            click.echo(_("Logged. Please read the text above, then confirm it: slowrise red-flags --read"), err=True)
            for option in _known_options(known):
                text = _("{option} was not saved. After that, run: slowrise symptom {option}")
                click.echo(text.format(option=option), err=True)
            click.get_current_context().exit(ExitCode.USAGE)
        notes.mark_read()
    click.echo(
        _("Logged: {symptom}, {side}, {level} of 10.").format(
            symptom=guidance.symptoms[kind].say, side=guidance.sides[side].say, level=level
        )
    )
    for sentence in sentences_for(response):
        echo(guidance.say(sentence, number=guidance.number))
