"""The held-out people. The fitting script must not import this module: it would be scored on what it was fitted to."""

from __future__ import annotations

from pathlib import Path

from simulator.people import People, read_people


def held_out_people() -> People:
    """Return people drawn from parameters of their own, which no fit has seen."""
    return read_people(Path(__file__).with_name("held_out.toml"))
