"""A real Chromium without a screen, spoken to over its own pipe."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from typing import Any

PATIENCE = 60.0
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"),
)


class Browser:
    """One page in it. `said` holds every event it has told of."""

    def __init__(self, to: int, of: int) -> None:
        self._to = to
        self._of = of
        self._rest = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.said: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        for what in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{what}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                result: dict[str, Any] = told["result"]
                return result
            self.said.append(told)

    def wait_for(self, method: str) -> None:
        while not any(told.get("method") == method for told in self.said):
            self.said.append(self._next())

    def open(self, path: Path) -> None:
        self.ask("Page.navigate", url=path.as_uri())
        self.wait_for("Page.loadEventFired")

    def look(self, expression: str) -> Any:
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def be(self, *, width: int, dark: bool = False, height: int = 900) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def of(self, method: str) -> list[dict[str, Any]]:
        return [told["params"] for told in self.said if told.get("method") == method]

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            assert select.select([self._of], [], [], max(0.0, end - time.monotonic()))[0], "Chromium says nothing"
            more = os.read(self._of, 1 << 20)
            assert more, "Chromium has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told


def _high_pipe() -> tuple[int, int]:
    """Make a pipe on descriptors that are not among those Chromium wants."""
    ends = os.pipe()
    high = (fcntl(ends[0], F_DUPFD_CLOEXEC, 10), fcntl(ends[1], F_DUPFD_CLOEXEC, 10))
    for end in ends:
        os.close(end)
    return high


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Yield a page in a new Chromium, which reads its orders on descriptor 3 and answers on 4."""
    orders, to = _high_pipe()
    of, answers = _high_pipe()
    command = ["chromium", *FLAGS, f"--user-data-dir={profile}"]
    # A shell puts the pipes where Chromium wants them: here they may have any number.
    shell = ["bash", "-c", f'exec 3<&{orders} 4>&{answers} {orders}<&- {answers}>&-; exec "$@"', "chromium", *command]
    process = subprocess.Popen(
        shell, pass_fds=(orders, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    os.close(orders)
    os.close(answers)
    try:
        yield Browser(to, of)
    finally:
        os.close(to)  # it ends when nobody is there to order it about
        os.close(of)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
