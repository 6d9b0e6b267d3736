"""Watching for input: by one source at a time, and by the better one again once that is back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from slowrise.daemon.supervisor import Supervisor, Watchable
from slowrise.ports.input import Emit, Source
from slowrise.ports.probe import Unavailable


class SourceSupervisor(Supervisor):
    """Follows the source of input, whichever that is."""

    def __init__(self, make: Callable[[], Source], tell: Emit, *, changed: Callable[[Watchable | None], None]) -> None:
        """`make` gives the best that works now."""
        super().__init__("input", make, tell, changed=self._settled_on)
        self._settled = changed
        self._preferred: str | None = None
        """The source to go back to when another stands in for it; None while none has worked."""
        self._lull_wanted: tuple[Watchable, bool] | None = None
        """Whether the source was last told that lulls are wanted, and which."""

    def _settled_on(self, source: Watchable | None) -> None:
        if source is not None:
            self._preferred = self._preferred or source.name
        self._settled(source)

    def choose_anew(self) -> None:
        """Watch with the best that works now, whatever was watched with before."""
        self._preferred = None
        self.remake()

    def end_stand_in(self) -> None:
        """Go back to the better source once what it watches is there again: a terminal sees nothing of a desktop."""
        if self.watched is None or self.watched.name == self._preferred:
            return
        with suppress(Unavailable):
            if self._make().name == self._preferred:
                self.remake()

    def want_lull(self, *, wanted: bool) -> None:
        """Tell the source, unless it knows, whether a lull of input is of any use now."""
        source = self.watched
        if source is not None and self._lull_wanted != (source, wanted):
            self._lull_wanted = (source, wanted)
            source.want_lull(wanted)  # type: ignore[attr-defined]
