"""Import libraries without the modules that they load and slowrise does not need: the daemon stays small."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def without(name: str, **instead: object) -> Iterator[None]:
    """Within the block, `import name` gives a module that has only these names, or fails if there are none.

    A module that is loaded already stays: hiding it would save nothing.
    """
    if name in sys.modules:
        yield
        return
    stand_in = None
    if instead:
        stand_in = ModuleType(name)
        vars(stand_in).update(instead)
    sys.modules[name] = stand_in  # type: ignore[assignment]  # None: the import fails
    try:
        yield
    finally:
        del sys.modules[name]
