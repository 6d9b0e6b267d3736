"""The held-out people. The fit must not import this module, or its accuracy would be measured on its own input."""

from __future__ import annotations

from pathlib import Path

from simulator.people import People, read_people


def held_out_people() -> People:
    """Return people drawn from separate parameters, which no fit has used."""
    return read_people(Path(__file__).with_name("held_out.toml"))
