"""`slowrise replay`: a recorded trace through the same rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import USAGE, Failure, as_json, config_file, configured, found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slowrise.config.config import Config
    from slowrise.core.model.events import Event
    from slowrise.history.replay import Replay


@click.command(epilog="Example: slowrise export trace | slowrise replay - --json")
@click.argument("trace", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@config_file
@as_json
def replay(trace: Path, config_file: Path | None, *, as_json: bool) -> None:
    """Tell a recorded TRACE again: its spans, its prompts, its days. `-` reads standard input.

    With --config those settings are tried on it; without, yours hold until the trace brings its own.
    """
    from slowrise.adapters.system import files
    from slowrise.adapters.system.resources import weights
    from slowrise.config.parse import ConfigError
    from slowrise.history.replay import replay as replayed
    from slowrise.history.trace import MAX_LINE, TraceError, read

    config = configured(found(None, config_file).config)
    try:
        with sys.stdin.buffer if str(trace) == "-" else trace.open("rb") as file:
            fixed = config_file is not None
            events = read(files.lines(file, MAX_LINE), where=str(trace))
            result = replayed(events if fixed else _understood(events), weights(), config, fixed=fixed)
    except (TraceError, ConfigError) as error:
        raise Failure(str(error), USAGE) from None
    except OSError as error:
        raise Failure(f"{trace}: {error.strerror}", USAGE) from None
    if as_json:
        _print_json(result, config)
    else:
        _print_text(result)


def _understood(events: Iterable[Event]) -> Iterator[Event]:
    """The events; raises `ConfigError` at settings that could not be tried."""
    from slowrise.config.parse import from_differences
    from slowrise.core.model.events import PolicyChanged

    for event in events:
        if isinstance(event, PolicyChanged):
            from_differences(event.settings, where=f"policy at {event.at}")
        yield event


def _print_json(result: Replay, config: Config) -> None:
    import msgspec

    from slowrise.adapters.system.resources import read_guidance
    from slowrise.history.replay import as_object
    from slowrise.messages.notices import prompt_words

    guidance = read_guidance(config.guidance)
    found = as_object(result, lambda prompt, policy, summary: prompt_words(prompt, policy, guidance, summary).text)
    click.echo(msgspec.json.encode(found))


def _print_text(result: Replay) -> None:
    from slowrise.cli.views.sentences import day_name, day_sentences

    for span in result.spans:
        confidence = "" if span.confidence == 1 else f"  {span.confidence:.0%} sure"
        click.echo(f"{span.start:%Y-%m-%d %H:%M:%S} {span.end:%H:%M:%S}  {span.state}{confidence}")
    for prompt in result.prompts:
        click.echo(f"{prompt.shown_at:%Y-%m-%d %H:%M:%S}  prompt: {prompt.kind}")
    for day in result.days:
        click.echo("\n".join((day_name(day.day), *day_sentences(day))))
