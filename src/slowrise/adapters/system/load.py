"""Load a class by its dotted path, so that the daemon imports no adapter (and no library of one) it does not use."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(path: str) -> Any:
    """Return the object at `package.module.Name`."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)
