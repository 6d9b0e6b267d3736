"""Work that may take a while, such as asking systemd, in a thread of its own, so that the window never waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar
from weakref import WeakSet

import click
from PySide6.QtCore import QObject, Qt, Signal

from slowrise.adapters.system.autostart import ServiceFailed
from slowrise.cli.views.i18n import translate

log = logging.getLogger(__name__)

Found = TypeVar("Found")

_workers: WeakSet[Worker] = WeakSet()


class Worker:
    """A thread that does one thing after the other. `finish` waits for it."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        _workers.add(self)

    def do(self, work: Callable[..., object], *with_: object) -> None:
        """Do the work after what waits already. It is left out after `close`."""
        with suppress(RuntimeError):  # the pool's way to say that it is shut down
            self._pool.submit(work, *with_)

    def close(self, *, wait: bool) -> None:
        """Take no more work. What was given is still done; `wait` until it is."""
        self._pool.shutdown(wait=wait)


def finish() -> None:
    """Wait until all that was begun is done, and begin nothing more.

    Call it before the process ends. Python itself waits too, but too late: it then loads no module that uses threads.
    """
    for each in tuple(_workers):
        each.close(wait=True)


class Background(QObject):
    """Does one thing after the other. What has begun is finished, even if the window is closed."""

    _call = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._thread = Worker("background")
        self._call.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Found],
        then: Callable[[Found], None] = lambda _: None,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Do the work. `then` receives its result, or `failed` the reason why there is none, in the window's thread."""
        self._thread.do(self._run, work, then, failed)

    def _run(self, work: Callable[[], Found], then: Callable[[Found], None], failed: Callable[[str], None]) -> None:
        try:
            found = work()
        except click.ClickException as error:
            self._call.emit(partial(failed, translate(error.message)))
        except (ServiceFailed, OSError) as error:
            self._call.emit(partial(failed, translate(str(error))))
        except Exception as error:  # what fails here must not leave the page waiting
            log.exception("in the background")
            self._call.emit(partial(failed, translate(str(error))))
        else:
            self._call.emit(partial(then, found))
