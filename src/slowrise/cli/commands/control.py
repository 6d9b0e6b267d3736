"""The commands that ask the running daemon."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from slowrise.cli.common import (
    NOT_RUNNING,
    USAGE,
    Failure,
    Length,
    as_json,
    ask,
    data_dir,
    echo_json,
    not_running,
    now_here,
    paths_for,
)
from slowrise.cli.views.i18n import _, units
from slowrise.core.model.time_text import TimeTextError, format_duration, parse_interval


def _time(label: str, *, dated: bool = False) -> str:
    """The time of day; with `dated` its date comes before it unless that is today's."""
    at = datetime.fromisoformat(label)
    return f"{at:%Y-%m-%d %H:%M}" if dated and at.date() != now_here().date() else f"{at:%H:%M}"


@click.command(epilog="Example: slowrise status --format waybar --follow")
@data_dir
@as_json
@click.option("--format", "form", type=click.Choice(["text", "json", "waybar"]), default="text", show_default=True)
@click.option("--follow", is_flag=True, help="Go on, with a line for each change.")
def status(data_dir: Path | None, form: str, *, as_json: bool, follow: bool) -> None:
    """Sitting, standing or away, since when, and the next prompt."""
    form = "json" if as_json else form
    if follow:
        _follow(data_dir, form)
        return
    try:
        found_status = ask(data_dir, "status")
    except Failure as failure:
        if form == "waybar" and failure.exit_code == NOT_RUNNING:
            from slowrise.cli.views.waybar import stopped

            click.echo(stopped())
            return
        raise
    _show(found_status, form)


def _follow(data_dir: Path | None, form: str) -> None:
    from slowrise.daemon import control

    try:
        for each in control.follow(paths_for(data_dir).socket):
            _show(each, form, flowing=True)
        why = "The daemon has stopped"
    except control.NotRunning as error:
        why = str(error)
    except KeyboardInterrupt:
        return
    if form == "waybar":
        from slowrise.cli.views.waybar import stopped

        click.echo(stopped())
    raise not_running(why)


def _show(status: dict[str, object], form: str, *, flowing: bool = False) -> None:
    now = now_here()
    if form == "waybar":
        from slowrise.cli.views.waybar import waybar

        click.echo(waybar(status, now))
    elif form == "json" and flowing:
        import msgspec

        click.echo(msgspec.json.encode(status))
    elif form == "json":
        echo_json(status)
    else:
        from slowrise.cli.views.status import status_line, status_text

        click.echo(status_line(status, now) if flowing else status_text(status, now))


@click.command(epilog="Example: slowrise pause 20m")
@data_dir
@click.argument("length", type=Length(), required=False)
def pause(data_dir: Path | None, length: float | None) -> None:
    """Stop watching for a while (45m unless given).

    The time is unobserved. It ends by itself.
    """
    answer = ask(data_dir, "pause", **_seconds(length))
    click.echo(_("Not watching until {time}; `slowrise resume` ends it before.").format(time=_time(answer["until"])))


@click.command(epilog="Example: slowrise resume")
@data_dir
def resume(data_dir: Path | None) -> None:
    """End a pause or a hold."""
    click.echo(
        _("Watching.") if ask(data_dir, "resume")["ended"] else _("There was nothing to end: watching all along.")
    )


@click.command(epilog="Example: slowrise hold 1h")
@data_dir
@click.argument("length", type=Length(), required=False)
def hold(data_dir: Path | None, length: float | None) -> None:
    """Keep counting, keep quiet (45m unless given).

    As for a meeting in person. It ends by itself.
    """
    answer = ask(data_dir, "hold", **_seconds(length))
    click.echo(
        _("Counting, and quiet until {time}; `slowrise resume` ends it before.").format(time=_time(answer["until"]))
    )


@click.command(epilog="Example: slowrise snooze 5m")
@data_dir
@click.argument("length", type=Length(), required=False)
def snooze(data_dir: Path | None, length: float | None) -> None:
    """Put the current prompt off, within the budget of this sit."""
    answer = ask(data_dir, "snooze", **_seconds(length))
    if not answer["seconds"]:
        raise Failure(_("The budget for putting off is used up for this sit; a break makes it new."), 1)
    told = _("Put off until {time}; {length} of the budget are left.")
    if answer.get("cut"):
        told = _("Put off until {time}, no longer: the budget of this sit is used up with that.")
    click.echo(told.format(time=_time(answer["until"]), length=format_duration(answer["left"], units())))


@click.command(epilog="Example: slowrise standing        (bind it to a key of your desktop)")
@data_dir
def standing(data_dir: Path | None) -> None:
    """Say that you stand at the desk.

    For some time already: `slowrise was standing --from 13:30` first.
    """
    ask(data_dir, "standing")
    click.echo(_("Standing. `slowrise sitting` when you sit down again."))


@click.command(epilog="Example: slowrise sitting")
@data_dir
def sitting(data_dir: Path | None) -> None:
    """Say that you sit again."""
    ask(data_dir, "sitting")
    click.echo(_("Sitting."))


@click.command(epilog="Example: slowrise was sitting --from 14:05 --to 14:30")
@data_dir
@click.argument("what", type=click.Choice(["sitting", "away", "standing"]))
@click.option("--from", "begin", metavar="TIME", help="Where it began: 14:05 or ISO 8601.")
@click.option("--to", "end", metavar="TIME", help="Where it ended (default: now).")
def was(data_dir: Path | None, what: str, begin: str | None, end: str | None) -> None:
    """Correct the record (default: the latest doubtful silence)."""
    span: dict[str, str] = {}
    if begin is None and end is not None:
        raise Failure("--to needs --from; for example --from 14:05 --to 14:30", USAGE)
    if begin is not None:
        try:
            since, until = parse_interval(begin, end, now_here())
        except TimeTextError as misread:
            raise Failure(str(misread), USAGE) from None
        span = {"from": since.isoformat(timespec="milliseconds"), "to": until.isoformat(timespec="milliseconds")}
    answer = ask(data_dir, "was", was=what, **span)
    words = {"sitting": _("sitting"), "away": _("away"), "standing": _("standing")}
    told = _("Noted: {what} from {begin} to {end}.")
    click.echo(told.format(what=words[what], begin=_time(answer["from"], dated=True), end=_time(answer["to"])))


@click.command(epilog="Example: slowrise reload")
@data_dir
def reload(data_dir: Path | None) -> None:
    """Take a changed configuration up. A wrong one is refused whole, and the running settings stay."""
    for warning in ask(data_dir, "reload")["warnings"]:
        click.echo(warning, err=True)
    click.echo(_("Taken up."))


def _seconds(length: float | None) -> dict[str, float]:
    return {} if length is None else {"seconds": length}
