"""The commands that change what the running daemon does."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import get_args

import click

from slowrise.cli.common import Failure, LengthParam, agrees, ask, data_dir, now_here
from slowrise.cli.views.correction import correction
from slowrise.cli.views.i18n import _, translate, units
from slowrise.core.model.events import Was
from slowrise.core.model.time_text import TimeTextError, format_duration, parse_interval
from slowrise.core.model.timestamps import iso
from slowrise.daemon.exit_codes import ExitCode


@click.command(epilog="Example: slowrise pause 20m")
@data_dir
@click.argument("length", type=LengthParam(), required=False)
def pause(data_dir: Path | None, length: float | None) -> None:
    """Stop watching for a while (default: 45m).

    Nothing is recorded until the pause ends. It ends by itself.
    """
    answer = ask(data_dir, "pause", **_seconds(length))
    click.echo(_("Paused until {time}. `slowrise resume` ends the pause earlier.").format(time=_time(answer["until"])))


@click.command(epilog="Example: slowrise resume")
@data_dir
def resume(data_dir: Path | None) -> None:
    """End a pause or a quiet time."""
    click.echo(
        _("slowrise counts and reminds you as usual again.")
        if ask(data_dir, "resume")["ended"]
        else _("There was no pause or quiet time to end.")
    )


@click.command(epilog="Example: slowrise hold 1h")
@data_dir
@click.argument("length", type=LengthParam(), required=False)
def hold(data_dir: Path | None, length: float | None) -> None:
    """Keep counting, but show no reminder for a while (default: 45m).

    For a meeting in person, for example. It ends by itself.
    """
    answer = ask(data_dir, "hold", **_seconds(length))
    click.echo(
        _("Counting, with no reminder until {time}. `slowrise resume` ends this earlier.").format(
            time=_time(answer["until"])
        )
    )


@click.command(epilog="Example: slowrise snooze 5m")
@data_dir
@click.argument("length", type=LengthParam(), required=False)
def snooze(data_dir: Path | None, length: float | None) -> None:
    """Put this reminder off for a few minutes.

    There is a limit for each sit. After a break you can put reminders off again.
    """
    answer = ask(data_dir, "snooze", **_seconds(length))
    if not answer["seconds"]:
        raise Failure(_("You cannot put this reminder off any longer. After a break you can again."))
    text = _("Put off until {time}. You can put it off for {length} more.")
    if answer.get("cut"):
        text = _("Put off until {time}. You cannot put it off longer in this sit.")
    click.echo(text.format(time=_time(answer["until"]), length=format_duration(answer["left"], units())))


@click.command(epilog="Example: slowrise standing        (bind it to a key of your desktop)")
@data_dir
def standing(data_dir: Path | None) -> None:
    """Say that you stand now, at a desk that can be raised.

    If you stood up earlier: `slowrise was standing --from 13:30` first.
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
@click.argument("what", type=click.Choice(get_args(Was)), metavar="WHAT")
@click.option("--from", "begin", metavar="TIME", help="When it began: 14:05 or 2026-03-02T14:05.")
@click.option("--to", "end", metavar="TIME", help="When it ended (default: now).")
@click.option("--yes", is_flag=True, help="Do not ask before the latest doubtful time is corrected.")
def was(data_dir: Path | None, what: Was, begin: str | None, end: str | None, *, yes: bool) -> None:
    """Correct a time that was judged wrongly.

    WHAT you did: sitting, away or standing. Without times it shows the latest time that is in doubt, and asks
    whether to correct that.
    """
    if begin is None and end is not None:
        raise Failure(_("--to needs --from. For example: --from 14:05 --to 14:30"), ExitCode.USAGE)
    if begin is not None:
        try:
            since, until = parse_interval(begin, end, now_here())
        except TimeTextError as error:
            raise Failure(str(error), ExitCode.USAGE) from None
    else:
        since, until = _doubtful_time(data_dir, what, yes=yes)
    answer = ask(data_dir, "was", was=what, **{"from": iso(since), "to": iso(until)})
    text = _("Noted: {what} from {begin} to {end}.")
    click.echo(text.format(what=_states()[what], begin=_time(answer["from"], dated=True), end=_time(answer["to"])))


def _doubtful_time(data_dir: Path | None, what: Was, *, yes: bool) -> tuple[datetime, datetime]:
    """The latest doubtful time, once the user agrees to correct it."""
    found = ask(data_dir, "doubtful")
    if found["from"] is None:
        text = _("No time of the last days is in doubt. Name the one you mean:")
        raise Failure(text + f"\n  slowrise was {what} --from 14:05 --to 14:30", ExitCode.USAGE)
    begin, end = datetime.fromisoformat(found["from"]), datetime.fromisoformat(found["to"])
    text = _("From {begin} to {end} ({length}) there was no input. It counts as: {state}.")
    answered = found["answered"]
    state = _("{state}, as you said") if answered else _("{state}, but in doubt")
    click.echo(
        text.format(
            begin=_time(found["from"], dated=True),
            end=_time(found["to"]),
            length=format_duration(found["seconds"], units()),
            state=state.format(state=_states()[answered or found["judged"]]),
        )
    )
    if yes:
        return begin, end
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        correct = correction(what, begin, end)
        raise Failure(_("Nothing was changed. To correct this time:") + f"\n  {correct}", ExitCode.USAGE)
    if not agrees(_("Count it as: {state}?").format(state=_states()[what])):
        example = f"slowrise was {what} --from 14:05 --to 14:30"
        click.echo(_("Nothing was changed. To correct another time: {command}").format(command=example))
        raise click.exceptions.Exit(ExitCode.DONE)
    return begin, end


def _states() -> dict[str, str]:
    return {"sitting": _("sitting"), "away": _("away"), "standing": _("standing")}


@click.command(epilog="Example: slowrise reload")
@data_dir
def reload(data_dir: Path | None) -> None:
    """Use the changed settings now.

    If they have mistakes, nothing changes and every mistake is listed.
    """
    for warning in ask(data_dir, "reload")["warnings"]:
        click.echo(translate(warning), err=True)
    click.echo(_("Your settings are now in use."))


def _seconds(length: float | None) -> dict[str, float]:
    return {} if length is None else {"seconds": length}


def _time(at: str, *, dated: bool = False) -> str:
    """Return the time of day. With `dated`, the date comes first unless it is today's."""
    time = datetime.fromisoformat(at)
    return f"{time:%Y-%m-%d %H:%M}" if dated and time.date() != now_here().date() else f"{time:%H:%M}"
