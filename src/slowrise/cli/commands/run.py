"""`slowrise run`: the daemon in the foreground."""

from __future__ import annotations

import atexit
import errno
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from slowrise.adapters.system import systemd_notify
from slowrise.adapters.system.files import Unsafe, reason
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.programs import leave_current_directory
from slowrise.adapters.system.single_instance import AlreadyRunning, SingleInstance
from slowrise.adapters.system.standard_streams import NeverBlocking
from slowrise.cli.common import Failure, load_config, with_paths
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.status import Ticker, status_line
from slowrise.config.config import Config
from slowrise.core.model.safe_text import plain
from slowrise.daemon.exit_codes import ExitCode
from slowrise.daemon.status import REFUSED
from slowrise.ports.ledger import ADVICE, LedgerFailed
from slowrise.ports.probe import Unavailable

if TYPE_CHECKING:  # these import asyncio, see `run`
    from slowrise.daemon.app import App
    from slowrise.ports.input import Source

EVERY = 5.0
"""Seconds between two updates of the live line, which is shown only on a terminal."""

log = logging.getLogger("slowrise")


@click.command(epilog="Example: slowrise run --source terminal")
@with_paths
@click.option("--source", metavar="NAME", help="Watch with this source only; `slowrise doctor` lists them.")
@click.option("--own-display", is_flag=True, help="Watch only the display this is started on, not your other ones.")
@click.option("--verbose", is_flag=True, help="Log the name of every event. What you type is never known.")
def run(paths: Paths, source: str | None, *, own_display: bool, verbose: bool) -> None:
    """Watch, estimate and remind, until Ctrl-C, SIGTERM, or the end of the terminal.

    After `slowrise service install` your desktop starts this. On a terminal one line shows the current state.
    If the settings file has a mistake, it is shown and this ends. A service starts with the last good settings instead.
    """
    if sys.platform == "win32":
        raise Failure("slowrise cannot run on Windows yet: it has no private place for the record there.")
    leave_current_directory()
    # A user who starts this reads the mistakes and corrects them. At a login nobody does, and a day without reminders
    # is worse than one with older settings.
    config = None if systemd_notify.is_service() else load_config(paths.config)
    log_stream = NeverBlocking(sys.stderr.fileno())
    sys.stderr = log_stream
    atexit.register(log_stream.drain)
    _start_logging(verbose=verbose)
    # asyncio loads ssl if it can, which takes 4 MB. slowrise never uses a network. So nothing imports asyncio before.
    sys.modules["ssl"] = None  # type: ignore[assignment]
    import asyncio

    async def log_and_run() -> None:
        with log_stream.written_in(asyncio.get_running_loop()):
            await _run(paths, config, source, own_display=own_display)

    asyncio.run(log_and_run())


async def _run(paths: Paths, config: Config | None, forced: str | None, *, own_display: bool) -> None:
    from slowrise.daemon import app

    is_refused = False
    if config is None:
        try:
            config = load_config(paths.config)
        except Failure as failure:
            log.error("%s\n%s", failure.message, REFUSED)  # noqa: TRY400 - the user's mistake, not ours
            config, is_refused = app.last_settings(paths), True
    source = await _choose(config, forced, own_display=own_display)
    with _single_instance(paths) as instance:
        for warning in config.warnings:
            log.warning("%s", warning)
        try:
            running = await app.build(
                paths,
                config,
                warn=lambda text: log.warning("%s", text),
                keep_lock=instance.keep,
                source=forced,
                is_refused=is_refused,
                own_display=own_display,
            )
            await running.serve(source, beside=(lambda: _live_line(running)) if sys.stderr.isatty() else None)
        except app.CannotListen as error:
            raise Failure(f"Commands cannot reach the daemon: {error}") from None
        except (LedgerFailed, Unavailable) as error:
            raise Failure(str(error)) from None


async def _choose(config: Config, forced: str | None, *, own_display: bool) -> Source | None:
    """Return the source to begin with; None if none works yet. Raises `Failure` if none will.

    A service waits for its desktop, and so does a daemon whose environment names a display that is not there yet.
    """
    from slowrise.adapters.input import choose
    from slowrise.daemon.app import choose_source

    try:
        return await choose_source(config.source, forced, own_display=own_display)
    except KeyError:
        names = ", ".join(choose.SOURCES)
        raise Failure(f"There is no source named {forced!r}; accepted are {names}", ExitCode.USAGE) from None
    except choose.NothingToWatch as error:
        if systemd_notify.is_service() or error.may_come:
            click.echo(_("Nothing can be watched yet. slowrise waits for your desktop."), err=True)
            return None
        lines = [
            f"  {probe.name}: {translate(probe.reason)}" + (f" -> {translate(probe.fix)}" if probe.fix else "")
            for probe in error.probes
        ]
        text = "\n".join(("Nothing can be watched here.", *lines))
        raise Failure(text, ExitCode.NOTHING_TO_WATCH) from None


@contextmanager
def _single_instance(paths: Paths) -> Iterator[SingleInstance]:
    """Hold the lock of the data directory. Raises `Failure` if another daemon holds it."""
    try:
        instance = SingleInstance(paths.lock, socket=paths.socket)
    except AlreadyRunning as error:
        raise Failure(
            f"{error}. One is enough for each data directory. To see what it does:\n  slowrise status"
        ) from None
    except Unsafe as error:
        raise Failure(str(error)) from None
    except OSError as error:
        advice = ADVICE["full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "read-only"]
        raise Failure(f"Cannot write to {paths.data}: {reason(error)}. {advice}") from None
    try:
        yield instance
    finally:
        instance.release()


class PlainFormatter(logging.Formatter):
    """Writes nothing that a terminal obeys: a message may name what other programs sent."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return plain(super().format(record))


def _start_logging(*, verbose: bool) -> None:
    level = logging.DEBUG if verbose else logging.INFO
    if sys.stderr.isatty() and not verbose:
        level = logging.WARNING  # the live line shows the rest
    logging.basicConfig(level=level, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(PlainFormatter("%(levelname)s %(message)s"))
    for chatty in ("asyncio", "apscheduler", "tzlocal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


async def _live_line(app: App) -> None:
    """Keep one line with the status on the terminal, until cancelled."""
    import asyncio

    ticker = Ticker(sys.stderr)
    try:
        while True:
            ticker.show(status_line(app.requests.status(), app.daemon.now()), shutil.get_terminal_size().columns)
            await asyncio.sleep(EVERY)
    finally:
        ticker.clear()
