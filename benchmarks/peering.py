"""The other programs that `large.py` measures: what each judges, what it needs, and what is said of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent / "peers"
TWENTY = tuple(f"BEN-{number:02}" for number in range(1, 21))
FIELDS = TWENTY[:15]
"""The rules about fields alone: no clock, no order of states."""
CLOCKS = ("BEN-16", "BEN-17")


@dataclass(frozen=True)
class Peer:
    """A program in `benchmarks/peers`, the rules that it judges, and the packages without which it cannot run.

    It is measured where there are `most` records at most: beyond that it takes too long, or more memory than the machine has.
    """

    name: str
    script: str
    rules: Sequence[str]
    needs: Sequence[str] = ()
    most: int = 1_100_000

    @property
    def missing(self) -> tuple[str, ...]:
        """What would have to be installed."""
        return tuple(package for package in self.needs if find_spec(package) is None)

    def command(self, tables: Path, output: Path, as_of: str) -> tuple[str, ...]:
        """How it is run, as a whole process."""
        return (sys.executable, str(FOLDER / self.script), str(tables), str(output), as_of)


PEERS = (
    Peer("plain Python loop", "loop.py", TWENTY),
    Peer(
        "plain Python loop with businesstimedelta",
        "business_time.py",
        CLOCKS,
        ("businesstimedelta", "pytz"),
        most=20_000,
    ),
    Peer("pandas", "vectorised.py", TWENTY, ("pandas",)),
    Peer("rule-engine, record by record", "field_rules.py", FIELDS, ("rule_engine",), most=200_000),
    Peer("PM4Py token replay", "token_replay.py", ("BEN-18",), ("pm4py", "pandas")),
    Peer("PM4Py directly-follows graph", "follows.py", ("BEN-18",), ("pm4py", "pandas")),
)
