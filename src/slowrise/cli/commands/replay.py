"""`slowrise replay`: run a recorded trace through the rules again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from slowrise.adapters.system import files
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.cli.common import Failure, as_json, config_file, load_config, paths_for
from slowrise.cli.views.explanation import state_words
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.sentences import day_name, day_sentences
from slowrise.config.config import Config
from slowrise.config.parse import ConfigError, from_differences
from slowrise.core.model.events import Event, PolicyChanged
from slowrise.core.model.safe_text import json_text
from slowrise.daemon.exit_codes import ExitCode
from slowrise.history.replay import Replay, as_object
from slowrise.history.replay import replay as replay_events
from slowrise.history.trace import MAX_LINE, TraceError, read
from slowrise.messages.notices import prompt_words


@click.command(epilog="Example: slowrise export trace | slowrise replay - --json")
@click.argument("trace", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@config_file
@as_json
def replay(trace: Path, config_file: Path | None, *, as_json: bool) -> None:
    """Run a recorded TRACE through the rules again. Prints its spans, reminders and days.

    A TRACE of `-` is standard input. --config tries those settings on the whole
    trace. Without it, your own settings count until the trace has others.
    """
    config = load_config(paths_for(None, config_file).config)
    fixed = config_file is not None
    try:
        with sys.stdin.buffer if str(trace) == "-" else trace.open("rb") as file:
            events = read(files.lines(file, MAX_LINE), where=str(trace))
            result = replay_events(events if fixed else _checked(events), weights(), config, fixed=fixed)
    except TraceError as error:
        raise Failure(str(error), ExitCode.USAGE) from None
    except files.NotUtf8 as error:
        raise Failure(f"{trace}: {error}", ExitCode.USAGE) from None
    except OSError as error:
        raise Failure(f"{trace}: {error.strerror}", ExitCode.USAGE) from None
    if as_json:
        _print_json(result, config)
    else:
        _print_text(result)


def _checked(events: Iterable[Event]) -> Iterator[Event]:
    """Pass the events on. Name settings that this version does not accept: as in the daemon, those before hold."""
    for event in events:
        if isinstance(event, PolicyChanged):
            try:
                from_differences(event.settings, where=f"policy at {event.at}")
            except ConfigError as error:
                click.echo(translate(str(error)), err=True)
        yield event


def _print_json(result: Replay, config: Config) -> None:
    guidance = read_guidance(config.guidance)
    click.echo(
        json_text(
            as_object(result, lambda prompt, policy, summary: prompt_words(prompt, policy, guidance, summary).text)
        )
    )


def _print_text(result: Replay) -> None:
    words = state_words()
    for span in result.spans:
        sure = _("{percent} % sure").format(percent=min(99, round(100 * span.confidence)))
        confidence = "" if span.confidence == 1 else f"  {sure}"
        end = f"{span.end:%H:%M:%S}" if span.end.date() == span.start.date() else f"{span.end:%Y-%m-%d %H:%M:%S}"
        click.echo(f"{span.start:%Y-%m-%d %H:%M:%S} {end}  {words[span.state]}{confidence}")
    for prompt in result.prompts:
        click.echo(f"{prompt.shown_at:%Y-%m-%d %H:%M:%S}  {_('reminder')}: {prompt.kind}")
    for day in result.days:
        click.echo("\n".join((day_name(day.day), *day_sentences(day, exact=True))))
