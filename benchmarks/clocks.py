"""Count the clocks of 200,000 seeded cases three ways, in zones that differ and years from 1970 to 2100, to the second.

    python benchmarks/clocks.py --cases 200000 --seed 1

A case is one clock of one record, with pauses, resets, reopenings, changes of priority and service, and what still runs;
in every fourth window no agreement has a switch. It is counted by the SQL of an audit, by the ledger that `itsmctl explain` prints, and by a counter that walks minutes and knows
nothing of either (`tests/brute_force_lived.py`). The first case on which they differ ends the run with both answers.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from lived_ways import count_three_ways

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Caracas",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Apia",
)
"""Half-hour offsets, southern summers, zones that changed their rules or lost a day."""
FIRST, LAST = 1970, 2100
RECORDS = 1000
"""Lives around one month, each with two clocks."""


def main() -> int:
    """Compare, month after month, and print what the verdicts were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    seen: Counter[str] = Counter()
    for number, (zone, month) in enumerate(windows(-(-arguments.cases // (2 * RECORDS)), arguments.seed)):
        seed = f"{arguments.seed} {zone} {month}"
        with TemporaryDirectory() as folder:
            seen += count_three_ways(zone, month, RECORDS, seed, Path(folder), plain=number % 4 == 3)
        print(f"{seen.total():>9,} cases agree, the last in {zone}, {month:%Y-%m}", flush=True)
    for verdict, count in seen.most_common():
        print(f"{count:>9,} {verdict}")
    return 0


def windows(count: int, seed: int) -> Iterator[tuple[str, date]]:
    """Each zone in turn, and a month of any year: the years are spread evenly, the first and the last among them."""
    rng = random.Random(seed)
    years = [FIRST + round(n * (LAST - FIRST) / max(count - 1, 1)) for n in range(count)]
    rng.shuffle(years)
    for number, year in enumerate(years):
        yield ZONES[number % len(ZONES)], date(year, rng.randint(2, 8), 1)


if __name__ == "__main__":
    sys.exit(main())
