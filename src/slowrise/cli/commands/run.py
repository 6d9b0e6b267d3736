"""`slowrise run`: the daemon in the foreground."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import NOTHING_TO_WATCH, Failure, config_file, data_dir, load_config, paths_for

if TYPE_CHECKING:
    from slowrise.adapters.system.paths import Paths
    from slowrise.config.config import Config
    from slowrise.daemon.daemon import Daemon
import asyncio
import shutil
from typing import TYPE_CHECKING

from slowrise.cli.views.status import Ticker, status_line

if TYPE_CHECKING:
    from slowrise.daemon.requests import Requests


@click.command(epilog="Example: slowrise run --source terminal")
@data_dir
@config_file
@click.option("--source", metavar="NAME", help="Watch with this source and no other; `slowrise doctor` lists them.")
@click.option("--verbose", is_flag=True, help="Log every event's name; never what was typed, for it is not known.")
def run(data_dir: Path | None, config_file: Path | None, source: str | None, *, verbose: bool) -> None:
    """Watch, estimate and prompt, until Ctrl-C or SIGTERM.

    This is what the desktop starts after `slowrise service install`. On a terminal a line shows how it stands.
    """
    if sys.platform == "win32":
        raise Failure("On Windows nothing keeps the record private yet, and no command could ask the daemon.")
    # asyncio takes ssl along if it can, and with it 4 MB; nothing here speaks to a network.
    sys.modules["ssl"] = None  # type: ignore[assignment]
    import asyncio

    paths = paths_for(data_dir, config_file)
    config = load_config(paths.config)
    _start_logging(verbose=verbose)
    sys.exit(asyncio.run(_run(paths, config, source)))


async def _run(paths: Paths, config: Config, forced: str | None) -> int:
    import logging

    from slowrise.adapters.system.files import Unsafe
    from slowrise.adapters.system.single_instance import AlreadyRunning, SingleInstance
    from slowrise.daemon import app
    from slowrise.ports.ledger import LedgerFailed
    from slowrise.ports.probe import Unavailable

    log = logging.getLogger("slowrise")
    source = await _choose(config, forced)
    try:
        instance = SingleInstance(paths.lock)
    except AlreadyRunning as error:
        raise Failure(f"{error}. One daemon a user and data directory; `slowrise status` asks it.") from None
    except Unsafe as error:
        raise Failure(str(error)) from None
    except OSError as error:
        why = f"{paths.data} cannot be written ({error.strerror}); name another place with --data-dir"
        raise Failure(why) from None
    for warning in config.warnings:
        log.warning("%s", warning)
    try:
        daemon = await app.build(paths, config, say=lambda told: log.warning("%s", told), source=forced)
        await serve(daemon, paths, source)
    except (LedgerFailed, Unavailable) as error:
        raise Failure(str(error)) from None
    finally:
        instance.release()
    return 0


async def _choose(config: Config, forced: str | None) -> object:
    from slowrise.adapters.input import choose

    try:
        return await choose.choose(forced or config.source.use, resolution=config.source.resolution)
    except KeyError:
        names = ", ".join(choose.SOURCES)
        raise Failure(f"--source {forced}: there is no such source; there are {names}", 2) from None
    except choose.NothingToWatch as error:
        lines = [f"  {probe.name}: {probe.reason}" + (f" ({probe.fix})" if probe.fix else "") for probe in error.probes]
        raise Failure("\n".join(("Nothing can be watched here.", *lines)), NOTHING_TO_WATCH) from None


async def serve(daemon: Daemon, paths: Paths, source: object) -> None:
    """Run the daemon with its control socket and its signals, until it is told to stop."""
    import asyncio
    import contextlib
    import signal

    from slowrise.adapters.system.clock_changes import ClockChanges
    from slowrise.adapters.system.files import Unsafe
    from slowrise.adapters.system.report_launcher import report_opener
    from slowrise.daemon.control_server import ControlServer
    from slowrise.daemon.housekeeping import Housekeeping
    from slowrise.daemon.requests import Requests

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    requests = Requests(daemon)
    daemon.speaking.open_report = report_opener(paths)
    loop.add_signal_handler(signal.SIGHUP, requests.reload_or_say)
    server = ControlServer(paths.socket, requests.answer)
    try:
        await server.start()
    except (Unsafe, OSError) as error:
        raise Failure(f"commands cannot reach the daemon: {error}") from None
    daemon.watchers.append(lambda: server.publish(requests.status()) if server.followed else None)
    keeper = Housekeeping(
        daemon.parts.ledger,
        lambda: daemon.parts.config,
        daemon.now,
        is_settled=lambda: daemon.monitor.is_past_settled,
    )
    daemon.watchers.append(keeper.look)
    clock_set = ClockChanges(daemon.check_clock)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(clock_set.close)
        if daemon.parts.config.share.folder:
            from slowrise.daemon.share_publisher import SharePublisher

            publisher = SharePublisher(
                daemon.parts.ledger, daemon.parts.config, daemon.now, lambda: daemon.monitor.is_running
            )
            daemon.watchers.append(publisher.look)
            stack.callback(publisher.close)
        if (file := clock_set.fileno()) is not None:
            loop.add_reader(file, clock_set.heard)
            stack.callback(loop.remove_reader, file)
        stack.push_async_callback(server.close)
        if sys.stderr.isatty():
            stack.callback(asyncio.ensure_future(live_line(requests)).cancel)
        await daemon.run(source)  # type: ignore[arg-type]


def _start_logging(*, verbose: bool) -> None:
    import logging

    level = logging.DEBUG if verbose else logging.INFO
    if sys.stderr.isatty() and not verbose:
        level = logging.WARNING  # the live line says the rest
    logging.basicConfig(level=level, format="%(levelname)s %(message)s", stream=sys.stderr)
    for chatty in ("asyncio", "apscheduler", "tzlocal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


# -- the live line of `slowrise run` on a terminal ---------------------------------------------------------------------

EVERY = 5.0
"""Seconds between two looks, on a terminal only, where somebody may be looking."""


async def live_line(requests: Requests) -> None:
    """Show one line, renewed every so often, until cancelled."""
    ticker = Ticker(sys.stderr)
    try:
        while True:
            ticker.show(status_line(requests.status(), requests.daemon.stamp()), shutil.get_terminal_size().columns)
            await asyncio.sleep(EVERY)
    finally:
        ticker.clear()
