"""People at desks, drawn by a second author: the fit uses them, so that it learns no quirks of a single simulator.

`life` writes a diary: a person with habits has appointments, urges and projects, and their hands touch the input in
self-exciting bursts. `machine` turns the touches into what the monitor would report. `people` has every parameter.
Run `python benchmarks/second_hand` to compare the figures with measured ones.
"""

from .life import Stay, workday
from .machine import Report
from .people import KINDS

__all__ = ["KINDS", "Report", "Stay", "workday"]
