"""`slowrise doctor`: check what works on this computer, and print the reason and the fix for what does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import click
import psutil

from slowrise.adapters.input import choose as sources
from slowrise.adapters.notify import choose as notifiers
from slowrise.adapters.signals import choose as signals
from slowrise.adapters.system import autostart, single_instance
from slowrise.adapters.system.desktop import follow_desktop
from slowrise.adapters.system.paths import REPORT_NEEDS, WINDOW_NEEDS, Paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.adapters.tray import status_notifier
from slowrise.cli.commands.privacy import stored
from slowrise.cli.common import (
    Failure,
    as_json,
    echo,
    echo_json,
    how_to_install,
    load_config,
    load_guidance,
    now_here,
    with_paths,
)
from slowrise.cli.views.guidance import number_and_source
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.verdict import verdict
from slowrise.core.model.policy import PROFILES
from slowrise.core.model.time_text import format_duration
from slowrise.core.model.units import HOUR
from slowrise.core.prompts.due import Prompt
from slowrise.daemon import control
from slowrise.daemon.status import Status, parse_status
from slowrise.daemon.visibility import STALE_AFTER
from slowrise.messages.notices import prompt_words
from slowrise.ports.notifier import GONE, Button, Notice, NotifierFailed
from slowrise.ports.probe import Probe, Unavailable

TEST_ANSWER_WITHIN = 20.0
"""Seconds to press a button of the test prompt. Judgement: enough to find the mouse."""


@click.command(epilog="Example: slowrise doctor --notify")
@with_paths
@as_json
@click.option("--notify", is_flag=True, help="Send a test reminder.")
@click.option("--privacy", is_flag=True, help="List everything that is stored, with counts.")
def doctor(paths: Paths, *, as_json: bool, notify: bool, privacy: bool) -> None:
    """Check what works on this computer, and how to fix the rest.

    Also shows where your data is, and how much memory and processor time slowrise uses. The last line says whether
    slowrise can do its work here.
    """
    if notify:
        click.echo(translate(asyncio.run(_send_test_prompt(paths))))
        return
    sections, says = (stored(paths), "") if privacy else asyncio.run(_examine(paths))
    if as_json:
        echo_json(sections | {"verdict": says} if says else sections)
        return
    for title, rows in sections.items():
        echo(f"{translate(title)}:")
        for row in _lines(rows):
            echo(f"  {row}", hanging=2)
    if says:
        click.echo()
        echo(says)


def _lines(rows: Any) -> Iterator[str]:
    if isinstance(rows, dict):
        yield from (f"{translate(name)}: {translate(str(value))}" for name, value in rows.items())
        return
    for row in rows:
        state = _("works") if row["works"] else _("no")
        line = f"{translate(row['name'])}: {state}" + (f", {translate(row['reason'])}" if row["reason"] else "")
        yield line + (f" -> {translate(row['fix'])}" if row["fix"] else "")


async def _examine(paths: Paths) -> tuple[dict[str, Any], str]:
    """What works here, in sections, and the verdict in one line."""
    status = await _seen_as_the_daemon_does(paths)
    probed = {
        "sources": [with_doubt(probe._asdict(), status) for probe in await sources.probe_all()],
        "signals": [probe._asdict() for probe in await signals.probe_all()],
        "notifiers": [probe._asdict() for probe in await notifiers.probe_all()],
        "tray": [await icon(_shows_icon(paths))],
        "extras": [extra("window", WINDOW_NEEDS), extra("report", REPORT_NEEDS)],
    }
    daemon = _daemon(paths) | {"start": _start()}
    is_running = daemon["running"] != "no"
    says = verdict(probed, status, is_running=is_running, mistake=_has_mistake(paths))
    return {**probed, "places": _places(paths), "daemon": daemon}, says


def extra(name: Literal["report", "window"], needs: Sequence[str]) -> dict[str, Any]:
    """Return the row of a part that needs libraries of its own."""
    missing = [library for library in needs if find_spec(library) is None]
    if not missing:
        return Probe(name, works=True)._asdict()
    names = " and ".join(missing)
    reason = f"{names} is not installed" if len(missing) == 1 else f"{names} are not installed"
    return Probe(name, works=False, reason=reason, fix=how_to_install(name))._asdict()


async def icon(show: str) -> dict[str, Any]:
    """Return the row of the icon in the panel. `show`: the setting."""
    name = f"icon ({show})"
    if show == "never":
        return Probe(name, works=False, reason="switched off by `show` under [tray]")._asdict()
    try:
        return Probe(name, works=True, reason=await status_notifier.probe())._asdict()
    except Unavailable as error:
        return Probe(name, works=False, reason=error.reason, fix=error.fix)._asdict()


def _shows_icon(paths: Paths) -> str:
    try:
        return load_config(paths.config).tray.show
    except Failure:
        return "auto"


def _has_mistake(paths: Paths) -> bool:
    try:
        load_config(paths.config)
    except Failure:
        return True
    return False


async def _seen_as_the_daemon_does(paths: Paths) -> Status | None:
    """Return the daemon's status, and look at its desktop from here on. Over ssh the environment names no display."""
    status = _status(paths)
    if status is not None and status.displays:
        await follow_desktop(status.displays)
    return status


def _status(paths: Paths) -> Status | None:
    """The daemon's status; None if it does not answer, which the section `daemon` then explains."""
    try:
        return parse_status(control.ask(single_instance.socket_of(paths), "status"))
    except (control.NotRunning, control.Refused):
        return None


def with_doubt(row: dict[str, Any], status: Status | None) -> dict[str, Any]:
    """Return the row of a source. If the daemon uses this source and it sees nothing for long, warn about it."""
    if status is None or row["name"] != status.source or status.unseen_seconds < STALE_AFTER:
        return row
    unseen = format_duration(status.unseen_seconds)
    return row | {
        "reason": f"but has seen nothing for {unseen} while the session was unlocked and awake",
        "fix": "if you used this computer in that time, this source does not work here: "
        "choose another by `use` under [source]",
    }


def _places(paths: Paths) -> dict[str, str]:
    return {
        "configuration": f"{paths.config}" + (" (not there: defaults)" if _size(paths.config) is None else ""),
        "record": _record(paths.ledger),
        "control": str(single_instance.socket_of(paths)),
        "emergency number": number_and_source(load_guidance(paths)),
    }


def _record(ledger: Path) -> str:
    from slowrise.adapters.storage.file_system import abilities

    size = _size(ledger)
    if not size:
        return f"{ledger} (not there)"
    if abilities(ledger.parent).locks:
        return f"{ledger} ({size // 1024} KiB)"
    return f"{ledger} ({size // 1024} KiB; no locks on this file system: start slowrise on one computer at a time)"


def _size(path: Path) -> int | None:
    """The size in bytes, or None if the file cannot be found."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _daemon(paths: Paths) -> dict[str, Any]:
    """Memory and processor time of the running daemon, and its own list of what does not work."""
    pid = single_instance.running(paths.lock)
    if pid is None:
        return {"running": "no"}
    rows: dict[str, Any] = {"running": f"process {pid}"}
    try:
        process = psutil.Process(pid)
        times, memory = process.cpu_times(), process.memory_info()
        age = now_here().timestamp() - process.create_time()
        rows["memory"] = f"{memory.rss / 2**20:.1f} MiB resident"
        rows["processor"] = cpu_text(times.user + times.system, age)
        rows["threads"] = process.num_threads()
        status = parse_status(control.ask(single_instance.socket_of(paths), "status"))
        rows["watching with"] = status.source or "nothing at present"
        if status.displays:
            rows["displays"] = ", ".join(status.displays)
        if status.unseen:
            rows["not seen"] = ", ".join(map(translate, status.unseen))
        for number, note in enumerate([*status.notes, *status.held], start=1):
            rows[f"note {number}"] = note
    except (psutil.Error, control.NotRunning, control.Refused) as error:
        rows["answers"] = f"no: {error}"
    return rows


def _start() -> str:
    """When the daemon starts by itself."""
    try:
        return autostart.when()
    except (autostart.ServiceFailed, OSError) as error:
        return f"unknown: {error}"


def cpu_text(seconds: float, age: float) -> str:
    """Return the processor time in words, and per hour from an age of an hour on: before, the start dominates it."""
    length = format_duration(age)
    if age < HOUR:
        return f"{seconds:.2f} s in {length}"
    return f"{seconds:.2f} s in {length}, {seconds / age * HOUR:.2f} s an hour"


async def _send_test_prompt(paths: Paths) -> str:
    """Show a prompt of half an hour's sitting, and return which button was pressed."""
    config = load_config(paths.config)
    guidance = read_guidance()
    await _seen_as_the_daemon_does(paths)
    policy = PROFILES["standard"]
    prompt = Prompt(0.0, now_here(), "sit-soft", bout_seconds=policy.sit_soft, snooze=policy.snooze)
    words = prompt_words(prompt, policy, guidance)
    keys = tuple(Button(*each) for each in words.buttons)
    notifier = await notifiers.choose(config.notifications.use, sound=config.notifications.sound)
    pressed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    try:
        await notifier.show(
            Notice("test", f"Test: {words.title}", words.body, buttons=keys),
            lambda button: None if pressed.done() or button == GONE else pressed.set_result(button),
        )
        text = f"Shown by {notifier.name}. Press one of its buttons within {TEST_ANSWER_WITHIN:.0f} s."
        click.echo(translate(text), err=True)
        async with asyncio.timeout(TEST_ANSWER_WITHIN):
            return f"You pressed: {await pressed}"
    except NotifierFailed as error:
        raise Failure(f"No notifier could show it: {error}") from None
    except TimeoutError:
        return "No button was pressed. If you saw none, commands do the same:\n  slowrise snooze\n  slowrise standing"
    finally:
        await notifier.withdraw()
        await notifier.close()
