"""The command line. Each command is in a module of its own, which is imported when the command is used."""

from __future__ import annotations

import importlib
import sys
from typing import NamedTuple

import click

from slowrise import __version__
from slowrise.cli.common import load_guidance
from slowrise.daemon.exit_codes import ExitCode

DAILY = "Every day"
HEALTH = "Your health"
PAST = "The past"
SETUP = "Set up and maintain"


class Entry(NamedTuple):
    """A command: where it is listed, its module in `commands`, and its line in the list."""

    group: str
    module: str
    help: str


COMMANDS = {
    "status": Entry(DAILY, "status", "Show whether you sit, stand or are away, and the next prompt."),
    "summary": Entry(DAILY, "summary", "Show how you sat today, on another day, or in a week."),
    "standing": Entry(DAILY, "control", "Report that you stand now, at a sit-stand desk."),
    "sitting": Entry(DAILY, "control", "Report that you sit again."),
    "snooze": Entry(DAILY, "control", "Put the current prompt off for a few minutes."),
    "hold": Entry(DAILY, "control", "Show no prompts for a while, but keep counting."),
    "pause": Entry(DAILY, "control", "Stop watching for a while."),
    "resume": Entry(DAILY, "control", "End a pause or a hold."),
    "window": Entry(DAILY, "window", "Open the window: your day, getting up, your back, the settings."),
    "stand-up": Entry(DAILY, "guidance", "Show how to stand up slowly, step by step."),
    "symptom": Entry(HEALTH, "symptom", "Log a symptom. Shows first when to get help at once."),
    "flare-up": Entry(HEALTH, "profile", "Turn flare-up mode on or off, or show whether it is on."),
    "profile": Entry(HEALTH, "profile", "Show or choose the profile, a set of time limits."),
    "red-flags": Entry(HEALTH, "guidance", "Show when to get help at once."),
    "guidance": Entry(HEALTH, "guidance", "Show every rule and sentence in force, with its source."),
    "report": Entry(PAST, "report", "Make a page with charts, for you or a clinician."),
    "was": Entry(PAST, "control", "Correct what slowrise recorded."),
    "why": Entry(PAST, "why", "Explain how a time without input was judged."),
    "export": Entry(PAST, "export", "Print your data as text, for other programs."),
    "forget": Entry(PAST, "forget", "Delete your data, all of it or the older part."),
    "service": Entry(SETUP, "service", "Start slowrise with your desktop."),
    "run": Entry(SETUP, "run", "Run slowrise in this terminal."),
    "doctor": Entry(SETUP, "doctor", "Check what works on this computer, and how to fix the rest."),
    "config": Entry(SETUP, "config", "Find, check or show the settings."),
    "reload": Entry(SETUP, "control", "Use the changed settings now."),
    "replay": Entry(SETUP, "replay", "Run a recorded trace through the rules again."),
    "demo": Entry(SETUP, "demo", "Play a simulated day in a minute. Records nothing."),
}
"""All commands in the order of `--help`, which prints this table and so imports none of them."""


class Commands(click.Group):
    """The group of all commands. It imports a command when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import and return the command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"slowrise.cli.commands.{COMMANDS[cmd_name].module}")
        return getattr(module, cmd_name.replace("-", "_"))  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the table, one section for each group of commands."""
        width = max(map(len, COMMANDS))
        for group in dict.fromkeys(entry.group for entry in COMMANDS.values()):
            with formatter.section(group):
                formatter.write_dl(
                    [(name.ljust(width), entry.help) for name, entry in COMMANDS.items() if entry.group == group]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the medical disclaimer before the exit codes."""
        formatter.write_paragraph()
        formatter.write_text(load_guidance().disclaimer.say)
        super().format_epilog(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command as click does. For an unknown one, suggest the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # the daemon does without it

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands,
    epilog="Exit codes: 0 done, 1 internal error, 2 wrong usage or configuration, 3 slowrise is not running, "
    "4 nothing on this computer can be watched.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="slowrise")
def commands() -> None:
    """Estimate how long you sit at this computer, and remind you to stand up slowly.

    slowrise sees that you use the keyboard and mouse, never what you type.

    \b
    Start it with your desktop:  slowrise service install
    or in this terminal:         slowrise run
    Then ask how long you sit:   slowrise status
    """  # noqa: D301 - click keeps lines after this mark


def main() -> None:
    """Run the command line."""
    try:
        sys.exit(commands.main(prog_name="slowrise", standalone_mode=True))
    except BrokenPipeError:  # `slowrise summary | head -1`
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
