"""Write simulated days to files.

python benchmarks/simulator day KIND PERSON DAY DIRECTORY     one day as trace and truth
python benchmarks/simulator year FILE                         a year of an office worker as one trace
python benchmarks/simulator hard-cases DIRECTORY              the named hard cases
python benchmarks/simulator realism [PERSONS]                 the simulated people beside measured ones, as a table
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from accuracy.held_out import held_out_people

from simulator.hard_cases import write_all
from simulator.people import read_people
from simulator.realism import figures, scenario_table, scenarios, table
from simulator.trace import FIRST_DAY, simulate

SATURDAY = 5
REALISM_PERSONS = 40
"""People of each kind in the table."""


def main(words: list[str]) -> int:
    """Run one command. Return 2 and print the usage if the command is unknown."""
    people = read_people()
    match words:
        case ["day", kind, person, number, where]:
            day = simulate(people, kind, int(person), int(number))
            name = Path(where) / f"{kind}-{person}-{number}"
            name.with_suffix(".jsonl").write_text(day.lines(), encoding="utf-8")
            name.with_suffix(".truth.json").write_text(day.truth(), encoding="utf-8")
        case ["year", where]:
            dates = (FIRST_DAY + timedelta(days=n) for n in range(365))
            workdays = [date for date in dates if date.weekday() < SATURDAY]
            text = "".join(simulate(people, "office", 0, n, date).lines() for n, date in enumerate(workdays))
            Path(where).write_text(text, encoding="utf-8")
        case ["hard-cases", where]:
            write_all(Path(where))
        case ["realism", *persons]:
            each = int(persons[0]) if persons else REALISM_PERSONS
            drawn = {"people": people, "held-out": held_out_people()}
            print(table({name: figures(those, each) for name, those in drawn.items()}))
            print()
            print(scenario_table({name: scenarios(those, each) for name, those in drawn.items()}))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
