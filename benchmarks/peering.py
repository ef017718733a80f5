"""The other programs that `large.py` measures: what each judges, what it needs, and what is said of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent / "peers"
TWENTY = tuple(f"BEN-{number:02}" for number in range(1, 21))


@dataclass(frozen=True)
class Peer:
    """A program in `benchmarks/peers`, the rules that it judges, and the packages without which it cannot run."""

    name: str
    script: str
    rules: Sequence[str]
    needs: Sequence[str] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What would have to be installed."""
        return tuple(package for package in self.needs if find_spec(package) is None)

    def command(self, tables: Path, output: Path, as_of: str) -> tuple[str, ...]:
        """How it is run, as a whole process."""
        return (sys.executable, str(FOLDER / self.script), str(tables), str(output), as_of)


PEERS = (
    Peer("plain Python loop", "loop.py", TWENTY),
    Peer("pandas", "vectorised.py", TWENTY, ("pandas",)),
)
