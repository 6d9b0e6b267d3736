"""The command line. Each command is in a module of its own, which is imported when the command is used."""

from __future__ import annotations

import errno
import importlib
import sys
from contextlib import suppress

import click

from slowrise import __version__
from slowrise.adapters.system.files import reason
from slowrise.adapters.system.paths import NoHome
from slowrise.adapters.system.programs import search_absolute_paths_only
from slowrise.adapters.system.standard_streams import discard_output, open_missing_streams
from slowrise.cli.common import Failure, load_guidance
from slowrise.cli.views.help import Translated, show, with_translated_help
from slowrise.daemon.exit_codes import ExitCode

COMMANDS = {
    "status": "status",
    "summary": "summary",
    "report": "report",
    "window": "window",
    "pause": "control",
    "resume": "control",
    "standing": "control",
    "sitting": "control",
    "stand-up": "guidance",
    "symptom": "symptom",
    "red-flags": "guidance",
    "flare-up": "profile",
    "profile": "profile",
    "drive": "drive",
    "snooze": "control",
    "hold": "control",
    "guidance": "guidance",
    "why": "why",
    "was": "control",
    "doctor": "doctor",
    "service": "service",
    "config": "config",
    "reload": "control",
    "run": "run",
    "export": "export",
    "forget": "forget",
    "demo": "demo",
    "replay": "replay",
}
"""The module of each command, in the order of `--help`. `views/listing.py` has the groups and the lines."""


class Commands(click.Group):
    """The group of all commands. It imports a command when the command is used."""

    context_class = Translated

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import and return the command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"slowrise.cli.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return with_translated_help(command)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write what slowrise is and how to begin, in the user's language."""
        from slowrise.cli.views.listing import introduction

        paragraphs, first_steps = introduction()
        with formatter.indentation():
            for paragraph in paragraphs:
                formatter.write_paragraph()
                formatter.write_text(paragraph)
            formatter.write_paragraph()
            for step in first_steps:
                formatter.write(f"{'':{formatter.current_indent}}{step}\n")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list, one section for each group of commands."""
        from slowrise.cli.views.listing import groups

        width = max(map(len, COMMANDS))
        for heading, entries in groups().items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, line in entries.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the medical disclaimer and the exit codes, in the user's language."""
        from slowrise.cli.views.listing import exit_codes
        from slowrise.cli.views.wrap import wrapped  # a Korean letter takes two columns, which click does not know

        for text in (load_guidance().disclaimer.say, exit_codes()):
            formatter.write_paragraph()
            formatter.write(wrapped(text, formatter.width) + "\n")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command as click does. For an unknown word, name the command that it may mean."""
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing and not args[0].startswith("--"):
            from slowrise.cli.views.listing import unknown

            raise Failure(unknown(args[0]), ExitCode.USAGE)
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
    Open its window:             slowrise window
    See how long you sit:        slowrise status
    """  # noqa: D301 - click keeps lines after this mark


def main() -> None:
    """Run the command line. What went wrong is shown in the user's language."""
    open_missing_streams()
    search_absolute_paths_only()
    try:
        sys.exit(_run())
    except BrokenPipeError:  # `slowrise summary | head -1`
        discard_output()
        sys.exit(ExitCode.DONE)
    except OSError as error:
        import logging

        discard_output()
        logging.getLogger("slowrise").debug("this ended the command", exc_info=True)
        with suppress(OSError):  # standard error may be on the same full disk
            show(Failure(_sentence(error)))
        sys.exit(ExitCode.ERROR)


def _run() -> int | None:
    """Run the command line, show what the command could not do, and return the exit code."""
    try:
        return commands.main(prog_name="slowrise", standalone_mode=False)  # type: ignore[no-any-return]
    except click.ClickException as error:
        show(error)
        return error.exit_code
    except NoHome as error:
        show(Failure(str(error)))
        return ExitCode.ERROR
    except click.Abort:
        from slowrise.cli.views.i18n import _

        click.echo(_("Stopped."), err=True)
        return ExitCode.ERROR


def _sentence(error: OSError) -> str:
    """Return what the system refused to a command that did not expect it, and what the user can do."""
    from slowrise.cli.views.i18n import _

    if error.errno in {errno.EMFILE, errno.ENFILE}:
        return _("Too many files are open. Close some programs, then try again.")
    if error.filename is None:
        return _("The output cannot be written: {why}.").format(why=reason(error))
    return _("{path} cannot be used: {why}.").format(path=error.filename, why=reason(error))
