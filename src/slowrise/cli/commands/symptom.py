"""The commands for health notes: symptoms, flare-ups and the profile. They work with and without a daemon."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from slowrise.cli.common import (
    USAGE,
    Failure,
    as_json,
    config_file,
    configured,
    data_dir,
    guidance_here,
    printed,
    said,
)
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.i18n import _, units
from slowrise.core.model.events import Side, SymptomKind

if TYPE_CHECKING:
    from slowrise.core.symptoms import SymptomResponse
    from slowrise.messages.guidance import Guidance

PROFILE_NAMES = ("standard", "recovery", "flare-up")
CEILINGS = ("sit_soft", "sit_repeat", "sit_firm", "stand_soft", "stand_firm", "stand_budget", "day_budget")
"""Limits that a profile for worse days makes shorter."""


class WithKinds(click.Command):
    """A command whose help says what each kind of symptom is."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The kinds, and then the example."""
        with formatter.section(_("KIND is one of")):
            formatter.write_dl([(kind, text.say) for kind, text in guidance_here().symptoms.items()])
        super().format_epilog(ctx, formatter)


@click.command(cls=WithKinds, epilog="Example: slowrise symptom radiating-pain --side left --level 3")
@data_dir
@config_file
@click.argument("kind", type=click.Choice(get_args(SymptomKind)), required=False, metavar="[KIND]")
@click.option("--side", type=click.Choice(get_args(Side)), help="Where it is.")
@click.option("--level", type=click.IntRange(0, 10), help="0 is none, 10 the worst there can be.")
@click.option("--read", is_flag=True, help="Say that you have read the red flags, so that nothing is asked.")
@click.option(
    "--known/--not-known",
    default=None,
    help="All that is logged is known to your clinician: from here on the red flags come on a change only. "
    "--not-known takes that back.",
)
def symptom(
    data_dir: Path | None,
    config_file: Path | None,
    kind: SymptomKind | None,
    side: Side | None,
    level: int | None,
    *,
    read: bool,
    known: bool | None,
) -> None:
    """Log a symptom. The red flags, which say when to get help at once, come before anything else.

    `slowrise red-flags` shows them at any time.
    """
    notes = HealthNotes(data_dir, config_file)
    guidance = guidance_here(data_dir, config_file)
    if kind is not None:
        if side is None or level is None:
            raise Failure(_("--side and --level are needed; for example --side left --level 3"), USAGE)
        _log(notes, guidance, kind, side, level, read=read)
    elif known is None:
        kinds = ", ".join(get_args(SymptomKind))
        raise Failure(_("Name the symptom: {kinds}").format(kinds=kinds), USAGE)
    if known and kind is None:
        said(guidance.emergency)
        click.echo()
    if known is not None:
        notes.add("clinician", knows="history" if known else "nothing")
        said(_known(notes, guidance) if known else guidance.say("history-unknown"))


def _log(notes: HealthNotes, guidance: Guidance, kind: SymptomKind, side: Side, level: int, *, read: bool) -> None:
    calls = notes.response_to(kind, side, level)
    if not calls.known:
        said(guidance.emergency)
        click.echo()
        sys.stdout.flush()
    notes.add("symptom", kind=kind, side=side, level=level, red_flags=calls.red_flags and not read)
    if calls.red_flags and not read:
        _acknowledge(notes, guidance)
    click.echo(
        _("Logged: {symptom}, {side}, {level} of 10.").format(
            symptom=guidance.symptoms[kind].say, side=guidance.sides[side].say, level=level
        )
    )
    for sentence in sentences_for(calls):
        said(guidance.say(sentence))


def sentences_for(calls: SymptomResponse) -> list[str]:
    """What is said after the red flags, or without them. Beside them nothing may sound like a cause."""
    said = ["symptom-log"]
    if calls.red_flags:
        said.insert(0, "red-flag-after")
    elif calls.ease_off:
        said.append("symptom-ease-off")
    return [*said, "flare-up-offer"] if calls.flare_up else said


def _acknowledge(notes: HealthNotes, guidance: Guidance) -> None:
    """Wait for the one word that they were read, from whoever sits there or writes to us."""
    click.echo(_("{read}: press Enter").format(read=guidance.say("button-read")), nl=False)
    click.echo(" ", nl=False)
    sys.stdout.flush()
    if not sys.stdin.readline():
        click.echo()
        told = _("It is logged. Nobody said that the text above was read: `slowrise red-flags --read` says so.")
        raise Failure(told, USAGE)
    notes.were_read()


def _known(notes: HealthNotes, guidance: Guidance) -> str:
    strongest: dict[tuple[str, str], int] = {}
    for note in notes.history().notes:
        where = (note.kind, note.side)
        strongest[where] = max(strongest.get(where, 0), note.level)
    told = [
        _("{symptom}, {side}, up to {level}").format(
            symptom=guidance.symptoms[kind].say, side=guidance.sides[side].say, level=level
        )
        for (kind, side), level in strongest.items()
    ]
    return guidance.say("history-known", symptoms="; ".join(told) or _("nothing was logged yet"))


@click.command("flare-up", epilog="Example: slowrise flare-up on")
@data_dir
@config_file
@as_json
@click.argument("state", type=click.Choice(["on", "off", "told"]), required=False)
def flare_up(data_dir: Path | None, config_file: Path | None, state: str | None, *, as_json: bool) -> None:
    """Switch the flare-up profile on or off, or say how it stands.

    `told` says that a clinician was told. The profile stays on until you end it, and is asked about once a day. After
    it come two weeks of the recovery profile.
    """
    notes = HealthNotes(data_dir, config_file)
    guidance = guidance_here(data_dir, config_file)
    episode = notes.episode()
    if (state == "on") is (episode is not None) and state is not None and state != "told":
        state = None
    match state:
        case "on":
            notes.add("flare-up", on=True)
            for sentence in ("red-flags-where", "flare-up-on", "clinician"):
                said(guidance.say(sentence))
            _own_limits(notes)
        case "off":
            notes.add("flare-up", on=False)
            said(guidance.say("flare-up-off"))
        case "told" if episode is not None:
            notes.add("clinician", knows="flare-up")
            click.echo(_("Noted: you spoke to a clinician."))
        case _:
            _show_flare_up(notes, as_json=as_json)


def _show_flare_up(notes: HealthNotes, *, as_json: bool) -> None:
    episode = notes.episode()
    if as_json:
        printed(
            {
                "on": episode is not None,
                "since": episode and episode.since,
                "told": bool(episode and episode.clinician_told),
            }
        )
    elif episode is None:
        click.echo(_("No flare-up is on."))
    else:
        told = _("a clinician was told") if episode.clinician_told else _("no clinician was told")
        click.echo(
            _("A flare-up has been on since {since}; {told}.").format(since=f"{episode.since:%Y-%m-%d}", told=told)
        )


@click.command(epilog="Example: slowrise profile recovery")
@data_dir
@config_file
@as_json
@click.argument("name", type=click.Choice(PROFILE_NAMES), required=False)
def profile(data_dir: Path | None, config_file: Path | None, name: str | None, *, as_json: bool) -> None:
    """Show the profile in force and its limits, or choose another.

    It holds until the file names one anew.
    """
    from slowrise.config.config import policy_of
    from slowrise.core.model.time_text import format_seconds

    notes = HealthNotes(data_dir, config_file)
    ends_flare_up = name not in (None, "flare-up") and notes.episode() is not None
    if name is not None:
        notes.add("profile", name=name)
    chosen, until = notes.profile()
    policy = policy_of(configured(notes.paths.config), chosen)
    limits = {limit: getattr(policy, limit) for limit in policy_of_limits()}
    if as_json:
        printed({"profile": chosen, "until": until, "limits": limits})
        return
    ends = _(", until {day}").format(day=f"{until:%Y-%m-%d}") if until else ""
    click.echo(_("Profile: {name}{ends}").format(name=chosen, ends=ends))
    for limit, seconds in limits.items():
        click.echo(f"  {limit:13} {format_seconds(seconds, units())}")
    if name not in (None, "standard"):
        _own_limits(notes)
    if ends_flare_up:
        click.echo(_("The flare-up is off with that. To switch it on again: slowrise flare-up on"))


def _own_limits(notes: HealthNotes) -> None:
    """Say which limits are longer than those of the profile, for the file makes them so."""
    from slowrise.config.config import policy_of
    from slowrise.core.model.policy import PROFILES
    from slowrise.core.model.time_text import format_seconds

    try:
        own = policy_of(configured(notes.paths.config), notes.profile()[0])
    except Failure:
        return  # What was asked is done; whatever needs the file says what is wrong with it.
    usual = PROFILES[own.profile]
    longer = [limit for limit in CEILINGS if getattr(own, limit) > getattr(usual, limit)]
    if longer:
        each = [
            f"{limit} {format_seconds(getattr(own, limit), units())} ({format_seconds(getattr(usual, limit), units())})"
            for limit in longer
        ]
        told = _("Your configuration makes limits longer than this profile's own: {limits}.")
        said(told.format(limits=", ".join(each)))


def policy_of_limits() -> list[str]:
    """The names of the limits, in the order of the file."""
    from slowrise.config.config import SETTINGS

    return [setting.leaf for setting in SETTINGS if setting.table == "limits"]
