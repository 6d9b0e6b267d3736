"""Help in the user's language. Everything that click writes into a help page passes through here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import StringIO

import click

from slowrise.cli.views.i18n import translate
from slowrise.cli.views.wrap import cells, padded, wrapped
from slowrise.core.model.safe_text import plain

RAW = "\b"
"""Click's mark before a paragraph whose lines stay as they are."""


class Help(click.HelpFormatter):
    """Translates each text and wraps it by columns: a Korean letter takes two, which click does not know."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line with the arguments."""
        super().write_usage(prog, translate(args), prefix or translate("Usage:") + " ")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(translate(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        self.write("\n\n".join(self._paragraph(each) for each in text.split("\n\n")) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and what they mean, in two columns."""
        listed = list(rows)
        left = min(max(cells(first) for first, _ in listed), col_max) + col_spacing
        indent = " " * self.current_indent
        for first, second in listed:
            beside = padded(first, left) if cells(first) <= left - col_spacing else f"{first}\n{indent}{' ' * left}"
            meaning = wrapped(_meaning(second), max(self.width - left - 2, 10))
            self.write((indent + beside + meaning.replace("\n", f"\n{indent}{' ' * left}")).rstrip() + "\n")

    def _paragraph(self, text: str) -> str:
        indent = " " * self.current_indent
        if text.startswith(RAW):
            lines = [translate(line) for line in text.removeprefix(RAW).strip("\n").split("\n")]
        else:
            lines = wrapped(translate(" ".join(text.split())), self.width - self.current_indent).split("\n")
        return "\n".join(indent + line for line in lines)


class Translated(click.Context):
    """The context of a command whose help is translated."""

    formatter_class = Help


def with_translated_help(command: click.Command) -> click.Command:
    """Return the command, which from now on writes its help, and that of the commands below it, in translation."""
    command.context_class = Translated
    if isinstance(command, click.Group):
        for below in command.commands.values():
            with_translated_help(below)
    return command


def show(error: click.ClickException) -> None:
    """Print what went wrong, as click does. Click repeats the arguments as they came, so the text is made safe."""
    shown = StringIO()
    error.show(shown)
    click.echo(plain(translate(shown.getvalue().rstrip("\n"))), err=True)


def _meaning(text: str) -> str:
    """Translate what an option does, and what click adds to it in brackets."""
    does, *brackets = re.split(r"\s+(?=\[)", f" {text}")
    extras = ["; ".join(translate(extra) for extra in bracket[1:-1].split("; ")) for bracket in brackets]
    return "  ".join((translate(does.strip()), *(f"[{extra}]" for extra in extras))).strip()
