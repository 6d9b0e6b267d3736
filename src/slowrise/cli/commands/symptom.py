"""`slowrise symptom`: log a symptom. Works with and without the daemon."""

from __future__ import annotations

from typing import get_args

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure, confirmed, echo, load_guidance, with_paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.health_log import known_sentence
from slowrise.cli.views.i18n import _
from slowrise.core.model.events import Side, SymptomKind
from slowrise.daemon.exit_codes import ExitCode
from slowrise.messages.guidance import Guidance
from slowrise.messages.symptom_words import sentences_for


class WithKinds(click.Command):
    """A command whose help explains each kind of symptom."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the kinds before the example."""
        with formatter.section(_("KIND is one of")):
            formatter.write_dl([(kind, text.say) for kind, text in load_guidance().symptoms.items()])
        super().format_epilog(ctx, formatter)


@click.command(cls=WithKinds, epilog="Example: slowrise symptom radiating-pain --side left --level 3")
@with_paths
@click.argument("kind", type=click.Choice(get_args(SymptomKind)), required=False, metavar="[KIND]")
@click.option(
    "--side", type=click.Choice(get_args(Side)), help="Where you feel it. Back pain is in the `middle` unless you say."
)
@click.option("--level", type=click.IntRange(0, 10), help="How strong: 0 is none, 10 the worst you can imagine.")
@click.option("--read", is_flag=True, help="Confirm that you have read the red flags, so the command does not ask.")
@click.option(
    "--known/--not-known",
    default=None,
    help="Your clinician knows of this; without KIND, of everything logged so far. The red flags then come only when "
    "something changes. --not-known undoes this.",
)
def symptom(
    paths: Paths,
    kind: SymptomKind | None,
    side: Side | None,
    level: int | None,
    *,
    read: bool,
    known: bool | None,
) -> None:
    """Log a symptom. Shows first when to get help at once.

    To read that at any time: slowrise red-flags
    """
    notes = HealthNotes(paths)
    guidance = load_guidance(paths)
    if kind is not None:
        if side is None and kind == "pain":
            side = "middle"
        if side is None or level is None:
            command = f"slowrise symptom {kind} --side left --level 3"
            raise Failure(_("Where, and how strong? For example: {command}").format(command=command), ExitCode.USAGE)
        if side == "middle" and kind != "pain" and level:
            echo(guidance.emergency)
            click.echo()
            raise Failure(
                _("--side middle is for pain in the back only; otherwise left, right or both"), ExitCode.USAGE
            )
        _log(notes, guidance, kind, side, level, read=read)
    elif known is None:
        width = max(map(len, guidance.symptoms))
        kinds = "\n".join(f"  {kind:{width}}  {text.say}" for kind, text in guidance.symptoms.items())
        example = "slowrise symptom radiating-pain --side left --level 3"
        raise Failure(
            _("Which symptom?") + f"\n{kinds}\n" + _("For example: {command}").format(command=example), ExitCode.USAGE
        )
    if known is not None:
        _mark(notes, guidance, kind, side, known=known)


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


def _log(notes: HealthNotes, guidance: Guidance, kind: SymptomKind, side: Side, level: int, *, read: bool) -> None:
    response = notes.response_to(kind, side, level)
    if response.shows_red_flags:
        echo(guidance.emergency)
        click.echo()
    notes.add("symptom", kind=kind, side=side, level=level, red_flags=response.red_flags and not read)
    if response.red_flags and not read:
        if not confirmed(guidance):
            raise Failure(
                _("Logged. Please read the text above, then confirm it: slowrise red-flags --read"), ExitCode.USAGE
            )
        notes.mark_read()
    click.echo(
        _("Logged: {symptom}, {side}, {level} of 10.").format(
            symptom=guidance.symptoms[kind].say, side=guidance.sides[side].say, level=level
        )
    )
    for sentence in sentences_for(response):
        echo(guidance.say(sentence))
