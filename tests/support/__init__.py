"""Test helpers: simulated people, real programs, private desktops."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
TESTS = PROJECT / "tests"
DATA = TESTS / "data"
