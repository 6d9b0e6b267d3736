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
from slowrise.core.symptoms import SymptomResponse
from slowrise.daemon.exit_codes import ExitCode
from slowrise.messages.guidance import Guidance


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
@click.option("--side", type=click.Choice(get_args(Side)), help="Where you feel it. `middle` is for pain.")
@click.option("--level", type=click.IntRange(0, 10), help="How strong: 0 is none, 10 the worst you can imagine.")
@click.option("--read", is_flag=True, help="Confirm that you have read the red flags, so the command does not ask.")
@click.option(
    "--known/--not-known",
    default=None,
    help="Your clinician knows everything logged so far. The red flags then come only when something changes. "
    "--not-known undoes this.",
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
        if side is None or level is None:
            command = f"slowrise symptom {kind} --side left --level 3"
            raise Failure(_("Where, and how strong? For example: {command}").format(command=command), ExitCode.USAGE)
        if side == "middle" and kind != "pain":
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
    if known and kind is None:
        echo(guidance.emergency)
        click.echo()
    if known is not None:
        notes.add("clinician", knows="history" if known else "nothing")
        echo(known_sentence(notes.history(), guidance) if known else guidance.say("history-unknown"))


def _log(notes: HealthNotes, guidance: Guidance, kind: SymptomKind, side: Side, level: int, *, read: bool) -> None:
    response = notes.response_to(kind, side, level)
    if not response.known:
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


def sentences_for(response: SymptomResponse) -> list[str]:
    """Return the ids of the sentences after the entry. With red flags, none of them may sound like a diagnosis."""
    sentences = ["symptom-log"]
    if response.red_flags:
        sentences.insert(0, "red-flag-after")
    elif response.ease_off:
        sentences.append("symptom-ease-off")
    return [*sentences, "flare-up-offer"] if response.flare_up else sentences
