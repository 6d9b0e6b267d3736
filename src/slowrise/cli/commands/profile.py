"""`slowrise flare-up` and `slowrise profile`: which limits are in force. Both work with and without the daemon."""

from __future__ import annotations

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure, as_json, echo, echo_json, load_config, load_guidance, with_paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.guidance import limits_of
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.profile import limits_table, profile_name
from slowrise.config.config import policy_of
from slowrise.core.model.policy import CEILINGS, PROFILES
from slowrise.core.model.time_text import format_seconds
from slowrise.messages.guidance import Guidance


@click.command("flare-up", epilog="Example: slowrise flare-up on")
@with_paths
@as_json
@click.argument("state", type=click.Choice(["on", "off", "told"]), required=False)
def flare_up(paths: Paths, state: str | None, *, as_json: bool) -> None:
    """Turn flare-up mode on or off, or show whether it is on.

    Flare-up mode reminds you sooner and keeps things gentle. It stays on until you turn it off; slowrise asks once
    a day. Two weeks of the recovery profile follow. `told` notes that you spoke to a clinician, in a flare-up or not.
    """
    notes = HealthNotes(paths)
    guidance = load_guidance(paths)
    episode = notes.episode()
    match state:
        case "on" if episode is None:
            notes.add("flare-up", on=True)
            _echo_first_day(guidance)
            _echo_longer_limits(notes)
        case "off" if episode is not None:
            notes.add("flare-up", on=False)
            echo(guidance.say("flare-up-off"))
            if notes.is_flare_up_in_file():
                echo(guidance.say("flare-up-in-file"))
        case "told" if episode is not None or notes.asks_clinician():
            notes.add("clinician", knows="symptoms" if episode is None else "flare-up")
            click.echo(_("Noted: you spoke to a clinician."))
        case _:
            _show_flare_up(notes, as_json=as_json)


def _echo_first_day(guidance: Guidance) -> None:
    """Say what a flare-up begins with (G12), by whichever command."""
    for sentence in ("red-flags-where", "flare-up-on", "clinician"):
        echo(guidance.say(sentence))


def _show_flare_up(notes: HealthNotes, *, as_json: bool) -> None:
    episode = notes.episode()
    if as_json:
        since = episode and episode.since
        echo_json({"on": episode is not None, "since": since, "told": bool(episode and episode.clinician_told)})
    elif episode is None:
        click.echo(_("Flare-up mode is off."))
    else:
        clinician = _("you told a clinician") if episode.clinician_told else _("no clinician knows yet")
        text = _("Flare-up mode has been on since {since}; {told}.")
        click.echo(text.format(since=f"{episode.since:%Y-%m-%d}", told=clinician))
        if notes.is_flare_up_in_file():
            echo(load_guidance(notes.paths).say("flare-up-in-file"))


@click.command(epilog="Example: slowrise profile recovery")
@with_paths
@as_json
@click.argument("name", type=click.Choice(list(PROFILES)), required=False)
def profile(paths: Paths, name: str | None, *, as_json: bool) -> None:
    """Show or choose how soon you are reminded.

    Your choice counts until you choose another, here or in the settings file.
    """
    notes = HealthNotes(paths)
    begins_flare_up = name == "flare-up" and notes.episode() is None
    ends_flare_up = name not in (None, "flare-up") and notes.episode() is not None
    leaves_early = name == "standard" and notes.is_going_back()
    if name is not None:
        notes.add("profile", name=name)
    policy, until = notes.profile()
    chosen, limits = policy.profile, limits_of(policy)
    if as_json:
        echo_json({"profile": chosen, "until": until, "limits": limits})
        return
    ends = _(", until {day}").format(day=f"{until:%Y-%m-%d}") if until else ""
    click.echo(_("Profile: {name}{ends}").format(name=profile_name(chosen), ends=ends))
    for line in limits_table(limits):
        click.echo(line)
    guidance = load_guidance(paths)
    if begins_flare_up:
        _echo_first_day(guidance)
    if until:
        echo(guidance.say("recovery-steps"))
    if leaves_early:
        echo(guidance.say("leaving-early"))
    if name not in (None, "standard"):
        _echo_longer_limits(notes)
    if ends_flare_up:
        click.echo(_("Flare-up mode is now off. To turn it on again: slowrise flare-up on"))


def _echo_longer_limits(notes: HealthNotes) -> None:
    """Name the limits that the settings file makes longer than the profile has them."""
    try:
        own = policy_of(load_config(notes.paths.config), notes.profile()[0].profile)
    except Failure:
        return  # The profile is chosen. A command that needs the file reports its mistakes.
    usual = PROFILES[own.profile]
    longer = [
        f"{limit} {format_seconds(getattr(own, limit), units())} ({format_seconds(getattr(usual, limit), units())})"
        for limit in CEILINGS
        if limit in limits_of(own) and getattr(own, limit) > getattr(usual, limit)
    ]
    if longer:
        text = _("Your settings file makes these times longer than the profile does: {limits}.")
        echo(text.format(limits=", ".join(longer)))
