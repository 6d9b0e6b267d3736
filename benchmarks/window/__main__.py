"""Measure how soon each page of the window is on the screen, and the memory that the icon in the panel adds.

    python benchmarks/window

The record is that of the demo day with the days before it, and the daemon runs. Time budgets hold for a machine whose
interpreter starts in `BARE` seconds of process time, and are scaled up on a slower machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src"), str(HERE.parent.parent / "tests")]

from costs.process import memory
from timing import BARE, TIMES, compile_program, cpu_seconds

from slowrise.adapters.system.paths import Page
from support import demo_record
from support.daemon_process import User
from support.desktop_programs import Bus, XDisplay, session_bus, wait_until, x_server
from support.panels import registered, xfce_panel
from support.window import window_process

MOST_SECONDS = 1.0
"""Seconds until the window is on the screen."""
MOST_MEMORY = 0.5
"""Megabytes that the icon may add to the daemon."""
RUNS = 3


def main() -> int:
    """Print the figures. Return 1 if a budget is exceeded."""
    compile_program()
    bare = min(cpu_seconds([sys.executable, "-I", "-S", "-c", "pass"]) for _ in range(TIMES))
    slowness = max(1.0, bare / BARE)
    print(f"an interpreter starts in {bare * 1000:.0f} ms: time budgets are multiplied by {slowness:.2f}")
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="sr-window-") as name, session_bus() as bus, x_server(bus) as screen:
        home = Path(name)
        user = User(home, {**screen.environ, "TZ": demo_record.zone_name(now)})
        demo_record.fill(user.data, now)
        exceeded = 0
        with user.daemon():
            for page in get_args(Page):
                took = min(_opened(screen, user, page) for _ in range(RUNS))
                exceeded += _print(f"window {page}", took, MOST_SECONDS * slowness, "s")
        with xfce_panel(bus, screen):
            without = min(_memory(user, "never") for _ in range(RUNS))
            with_ = min(_memory(user, "always", bus=bus) for _ in range(RUNS))
        exceeded += _print("icon in the panel, PSS", with_ - without, MOST_MEMORY, "MB")
    return int(exceeded > 0)


def _opened(screen: XDisplay, user: User, page: str) -> float:
    """Return the seconds from the start of the command until its window is on the screen."""
    begun = time.monotonic()
    with window_process(screen, page, "--data-dir", str(user.data), TZ=user.environ["TZ"]) as window:
        window.wait_shown()
        return time.monotonic() - begun


def _memory(user: User, show: str, *, bus: Bus | None = None) -> float:
    """Return the megabytes of a daemon that shows its icon or not. `bus`: where the panel registers it."""
    user.configure(f'[tray]\nshow = "{show}"\n')
    with user.daemon() as daemon:
        if bus is not None:
            wait_until(lambda: "StatusNotifierItem" in registered(bus), "the icon in the panel")
        time.sleep(5)  # The start is over by then.
        return memory(daemon.process.pid).pss


def _print(what: str, took: float, budget: float, unit: str) -> int:
    """Print a figure beside its budget. Return 1 if it exceeds it."""
    print(f"{what:<24} {took:6.2f} {unit} of {budget:.2f}  {'TOO MUCH' if took > budget else 'ok'}", flush=True)
    return int(took > budget)


if __name__ == "__main__":
    sys.exit(main())
