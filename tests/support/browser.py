"""A real headless Chromium, controlled over its DevTools pipe."""

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
    """One page of Chromium. `events` holds every DevTools event received so far."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests = requests
        self._answers = answers
        self._unread = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait_for(self, method: str) -> None:
        while not self.events_of(method):
            self.events.append(self._next())

    def open(self, path: Path) -> None:
        self.ask("Page.navigate", url=path.as_uri())
        self.wait_for("Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def emulate(self, *, width: int, dark: bool = False, height: int = 900) -> None:
        """Set the size of the window in pixels, and the preferred color scheme."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def events_of(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._unread:
            ready = select.select([self._answers], [], [], max(0.0, end - time.monotonic()))[0]
            assert ready, "Chromium does not answer"
            more = os.read(self._answers, 1 << 20)
            assert more, "Chromium has ended"
            self._unread += more
        text, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


def _high_pipe() -> tuple[int, int]:
    """Return a pipe whose descriptors are 10 or higher: Chromium needs 3 and 4 for itself."""
    ends = os.pipe()
    high = (fcntl(ends[0], F_DUPFD_CLOEXEC, 10), fcntl(ends[1], F_DUPFD_CLOEXEC, 10))
    for end in ends:
        os.close(end)
    return high


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Yield a page in a new Chromium, which reads requests on descriptor 3 and answers on 4."""
    incoming, requests = _high_pipe()
    answers, outgoing = _high_pipe()
    command = ["chromium", *FLAGS, f"--user-data-dir={profile}"]
    # The shell moves the pipes to the descriptors that Chromium expects.
    move = f'exec 3<&{incoming} 4>&{outgoing} {incoming}<&- {outgoing}>&-; exec "$@"'
    process = subprocess.Popen(
        ["bash", "-c", move, "chromium", *command],
        pass_fds=(incoming, outgoing),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(incoming)
    os.close(outgoing)
    try:
        yield Browser(requests, answers)
    finally:
        os.close(requests)  # Chromium ends when its pipe closes.
        os.close(answers)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
