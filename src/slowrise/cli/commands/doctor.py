"""`slowrise doctor`: what works on this machine, why not what does not, and the fix; what is stored where; our cost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from slowrise.cli.common import Failure, as_json, config_file, configured, data_dir, found, printed, said
from slowrise.core.model.units import HOUR

if TYPE_CHECKING:
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system.paths import Paths
    from slowrise.config.config import Config


class Probed(Protocol):
    """What a probe of anything says."""

    @property
    def name(self) -> str:
        """Of what."""

    @property
    def works(self) -> bool:
        """Whether it can be used here."""

    @property
    def reason(self) -> str:
        """How it works, or why not."""

    @property
    def fix(self) -> str:
        """What to do about it."""


@click.command(epilog="Example: slowrise doctor --notify")
@data_dir
@config_file
@as_json
@click.option("--notify", is_flag=True, help="Send a test prompt.")
@click.option("--privacy", is_flag=True, help="List all that is stored, with counts.")
def doctor(data_dir: Path | None, config_file: Path | None, *, as_json: bool, notify: bool, privacy: bool) -> None:
    """Say what works here, why not what does not, and the fix."""
    paths = found(data_dir, config_file)
    if notify:
        click.echo(asyncio.run(_notify(paths)))
        return
    findings = _privacy(paths) if privacy else asyncio.run(_examine(paths))
    if as_json:
        printed(findings)
        return
    for title, rows in findings.items():
        said(f"{title}:")
        for row in _lines(rows):
            said(f"  {row}", hanging=2)


def _lines(rows: Any) -> Iterator[str]:
    if isinstance(rows, dict):
        yield from (f"{name}: {value}" for name, value in rows.items())
        return
    for row in rows:
        state = "works" if row["works"] else "no"
        line = f"{row['name']}: {state}" + (f", {row['reason']}" if row["reason"] else "")
        yield line + (f" -> {row['fix']}" if row["fix"] else "")


async def _examine(paths: Paths) -> dict[str, Any]:
    from slowrise.adapters.input import choose as sources
    from slowrise.adapters.notify import choose as notifiers
    from slowrise.adapters.signals import choose as signals

    status = _status(paths)
    return {
        "sources": [doubted(row, status) for row in _rows(sources.probe_all())],
        "signals": _rows(signals.probe_all()),
        "notifiers": _rows(await notifiers.probe_all()),
        "places": _places(paths),
        "daemon": _daemon(paths),
    }


def _rows(probes: Iterable[Probed]) -> list[dict[str, Any]]:
    return [{"name": each.name, "works": each.works, "reason": each.reason, "fix": each.fix} for each in probes]


def _status(paths: Paths) -> dict[str, Any]:
    """What a running daemon answers; nothing where none does, which the daemon's own lines explain."""
    from slowrise.daemon import control

    try:
        return control.ask(paths.socket, "status")
    except (control.NotRunning, control.Refused):
        return {}


def doubted(row: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    """The row of a source; where it is watched and has told nothing for an active hour, with that."""
    from slowrise.core.model.time_text import format_duration
    from slowrise.daemon.visibility import BLIND_AFTER

    unseen = status.get("unseen_seconds", 0.0)
    if row["name"] != status.get("source") or unseen < BLIND_AFTER:
        return row
    return row | {
        "reason": f"but has seen nothing for {format_duration(unseen)} in which the session was unlocked and awake",
        "fix": "if you used this computer meanwhile, it is blind here: choose another by `use` under [source]",
    }


def _places(paths: Paths) -> dict[str, str]:
    size = _size(paths.ledger) or 0
    return {
        "configuration": f"{paths.config}" + (" (not there: defaults)" if _size(paths.config) is None else ""),
        "record": f"{paths.ledger} ({size // 1024} KiB)" if size else f"{paths.ledger} (not there)",
        "control": str(paths.socket),
    }


def _size(path: Path) -> int | None:
    """Bytes; None where it is not there, for whatever reason."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _daemon(paths: Paths) -> dict[str, Any]:
    """What the running daemon costs, and what it says does not work; asked of the system and of itself."""
    import psutil

    from slowrise.adapters.system import single_instance
    from slowrise.daemon import control

    pid = single_instance.running(paths.lock)
    if pid is None:
        return {"running": "no"}
    cost: dict[str, Any] = {"running": f"process {pid}"}
    try:
        process = psutil.Process(pid)
        times, memory = process.cpu_times(), process.memory_info()
        cost["memory"] = f"{memory.rss / 2**20:.1f} MiB resident"
        cost["processor"] = spent(times.user + times.system, _age(process))
        cost["threads"] = process.num_threads()
        status = control.ask(paths.socket, "status")
        cost["watching with"] = status["source"] or "nothing at present"
        for number, note in enumerate([*status["notes"], *status["held"]], start=1):
            cost[f"note {number}"] = note
    except (psutil.Error, control.NotRunning, control.Refused) as error:
        cost["answers"] = f"no: {error}"
    return cost


def spent(seconds: float, age: float) -> str:
    """What a process of that age (seconds) took. Below an hour most of it is the start, and nothing is put per hour."""
    from slowrise.core.model.time_text import format_duration

    an_hour = f", {seconds / age * HOUR:.2f} s an hour" if age >= HOUR else ""
    return f"{seconds:.2f} s in the {format_duration(age)} that it runs{an_hour}"


def _age(process: Any) -> float:
    from slowrise.cli.common import here_and_now

    return float(here_and_now().timestamp() - process.create_time())


IN_WORDS = {
    "runs": "stretches of events that share a date, for their times",
    "beat": "the last sign of life",
    "notes": "whether you were welcomed, until when watching is paused, the name under which days are shared",
    "days": "days, as they were summed up from the events",
    "checkpoints": "places from which the events need not be read again",
}
"""What else is in the ledger, by table; all of it comes from the events and from what you asked for."""


def _privacy(paths: Paths) -> dict[str, Any]:
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.ports.ledger import LedgerFailed

    config = configured(paths.config)
    try:
        ledger = SqliteLedger.open_read_only(paths.ledger)
        events, beside = ledger.counts(), ledger.beside_events()
        files = _files(paths) | _shared(ledger, config)
        ledger.close()
    except LedgerFailed as error:
        raise Failure(str(error)) from None
    return {
        "stored events, each a time and at most two plain facts": events or {"none": 0},
        "stored beside them": {IN_WORDS.get(name, name): count for name, count in beside.items()},
        "files": {str(path): f"{path.stat().st_size} bytes" for path in sorted(files)} or {"none": 0},
        "never stored": {"keys, characters, pointer positions, window titles, program names": "none has a place"},
    }


def _files(paths: Paths) -> set[Path]:
    """What of ours lies on this computer, wherever."""
    from slowrise.adapters.system import autostart

    inside = {path for directory in (paths.data, paths.runtime) for path in directory.rglob("*")}
    return {path for path in inside | {paths.config, *autostart.files()} if path.exists() and not path.is_dir()}


def _shared(ledger: SqliteLedger, config: Config) -> set[Path]:
    """What this computer has put into the shared folder."""
    from slowrise.adapters.storage.shared_folder import name_here, this_computer

    computer = this_computer(ledger, name_here(config))
    if not config.share.folder or computer is None:
        return set()
    return set((Path(config.share.folder).expanduser() / computer.directory).glob("*"))


async def _notify(paths: Paths) -> str:
    from slowrise.adapters.notify import choose as notifiers
    from slowrise.adapters.system.resources import read_guidance
    from slowrise.core.model.policy import PROFILES
    from slowrise.core.prompts.due import Prompt
    from slowrise.messages.notices import prompt_words
    from slowrise.ports.notifier import Button, Notice, NotifierFailed

    config = configured(paths.config)
    guidance = read_guidance()
    policy = PROFILES["standard"]
    prompt = Prompt(0.0, datetime.now(UTC), "sit-soft", bout_seconds=policy.sit_soft, snooze=policy.snooze)
    words = prompt_words(prompt, policy, guidance)
    keys = tuple(Button(*each) for each in words.buttons)
    chain = await notifiers.choose(config.notifications.use, sound=config.notifications.sound)
    pressed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        await chain.show(
            Notice("test", f"Test: {words.title}", words.body, buttons=keys),
            lambda word: None if pressed.done() else pressed.set_result(word),
        )
        click.echo(f"Shown by {chain.name}. Press one of its buttons; waiting 20 s.", err=True)
        async with asyncio.timeout(20.0):
            return f"Answered: {await pressed}"
    except NotifierFailed as error:
        raise Failure(f"No notifier could show it: {error}") from None
    except TimeoutError:
        return "No answer came. Where the desktop draws no buttons, `slowrise snooze` and `slowrise standing` answer."
    finally:
        await chain.withdraw()
        await chain.close()
