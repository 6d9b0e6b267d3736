"""The commands. Each lies in a module of its own, loaded when it is asked for: `status` need not wait for a chart."""

from __future__ import annotations

import importlib
import sys

import click

from slowrise import __version__
from slowrise.daemon.exit_codes import ExitCode

COMMANDS = {
    "run": "run",
    "status": "status",
    "summary": "summary",
    "report": "report",
    "pause": "control",
    "resume": "control",
    "hold": "control",
    "snooze": "control",
    "standing": "control",
    "sitting": "control",
    "was": "control",
    "why": "why",
    "symptom": "symptom",
    "flare-up": "symptom",
    "profile": "symptom",
    "red-flags": "guidance",
    "guidance": "guidance",
    "stand-up": "guidance",
    "doctor": "doctor",
    "config": "config",
    "reload": "control",
    "replay": "replay",
    "export": "export",
    "forget": "export",
    "service": "service",
    "demo": "demo",
}
"""Each command and the module it lies in, in the order in which they are listed."""


class Commands(click.Group):
    """Commands that are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Their names, in our order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"slowrise.cli.commands.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_"))  # type: ignore[no-any-return]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What this program cannot do comes before how it ends."""
        from slowrise.cli.common import guidance_here

        formatter.write_paragraph()
        formatter.write_text(guidance_here().disclaimer.say)
        super().format_epilog(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, naming the nearest command to one that is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # only for a mistake

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands,
    epilog="Exit codes: 0 done, 1 a problem of ours, 2 usage or configuration, 3 the daemon is not running, "
    "4 nothing here can be watched.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="slowrise")
def commands() -> None:
    """Estimate how long you sit at this computer, and say how to stand up slowly.

    It watches that keyboard and mouse are used, never what is typed. `slowrise service install` starts it with your
    desktop, `slowrise run` in this terminal, `slowrise status` says how it stands.
    """


def main() -> None:
    """Run the command line."""
    try:
        sys.exit(commands.main(prog_name="slowrise", standalone_mode=True))
    except BrokenPipeError:  # `slowrise summary | head -1`
        sys.stderr.close()
        sys.exit(ExitCode.DONE)
