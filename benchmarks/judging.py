"""The people who judge. The fitting script may not import this: what it has seen cannot judge it."""

from __future__ import annotations

from pathlib import Path

from simulator.people import People, read_people

HERE = Path(__file__).parent


def judges() -> People:
    """People drawn from the judges' own parameters."""
    return read_people(HERE / "people.toml", HERE / "judges.toml")
