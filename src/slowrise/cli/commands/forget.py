"""`slowrise forget`: delete recorded data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from slowrise.adapters.storage.database import files_aside
from slowrise.adapters.storage.shared_folder import name_here, remove, this_computer
from slowrise.adapters.system import single_instance
from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure, TimeParam, agrees, load_config, open_ledger, with_paths
from slowrise.cli.views.i18n import _
from slowrise.config.config import Config
from slowrise.daemon.exit_codes import ExitCode
from slowrise.ports.ledger import Archive


@click.command(epilog="Example: slowrise forget --before 2026-01-01")
@with_paths
@click.option("--before", type=TimeParam(), help="Delete what happened before this time.")
@click.option("--all", "everything", is_flag=True, help="Delete everything.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(paths: Paths, before: datetime | None, *, everything: bool, yes: bool) -> None:
    """Delete your data, all of it or the older part. Asks first.

    Deleted data cannot be restored. The numbers of the days that stay may
    change a little, because slowrise then knows less about your habits.
    """
    if everything == (before is not None):
        raise Failure(_("Give either --before DATE or --all. For example: --before 2026-01-01"), ExitCode.USAGE)
    what = _("everything") if before is None else _("all before {time}").format(time=f"{before:%Y-%m-%d %H:%M}")
    if not _has_data(paths):
        click.echo(_("Nothing is recorded."))
        return
    if single_instance.running(paths.lock) is not None:
        raise Failure(
            _("slowrise is running and would go on recording. Stop it first, with Ctrl-C in its terminal or with:")
            + "\n  slowrise service uninstall"
        )
    if not yes:
        _ask_first(what)
    with open_ledger(paths, write=True) as ledger:
        if before is None:
            _remove_shared(ledger, load_config(paths.config))
            ledger.delete_all()
            paths.report.unlink(missing_ok=True)
        else:
            ledger.delete_before(before)
    click.echo(_("Deleted: {what}.").format(what=what))


def _ask_first(what: str) -> None:
    if not agrees(_("Delete {what}? It cannot be restored.").format(what=what)):
        click.echo(_("Nothing was deleted."))
        raise click.exceptions.Exit(ExitCode.ERROR)


def _remove_shared(ledger: Archive, config: Config) -> None:
    """Delete what this computer has written into the shared folder."""
    computer = this_computer(ledger, name_here(config))
    if config.share.folder and computer is not None:
        try:
            remove(Path(config.share.folder).expanduser(), computer)
        except OSError as error:
            raise Failure(f"{config.share.folder}: {error.strerror}. Nothing was deleted.") from None


def _has_data(paths: Paths) -> bool:
    """Whether there is a ledger, a damaged ledger that was set aside, or a report."""
    return paths.ledger.exists() or paths.report.exists() or bool(files_aside(paths.ledger))
