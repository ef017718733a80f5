"""Measure what each rule costs: every rule of the library judged alone, in one audit of one dataset, in CPU time.

    python benchmarks/rules.py [--records N] [--threads N] [--dataset DIR] [--slowest N]

Printed are the slowest rules with their share of the whole audit, which reads and lays out the tables too, and the sum. Exit
code 1 where a rule costs more than `--most` per cent. In an ordinary audit the statements of rules share their scans, so that
together they cost less than this sum.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from itsmctl.audit import AuditOptions, audit, judging
from itsmctl.definitions import load
from itsmctl.engine.context import Context
from itsmctl.engine.evaluate import Counts, evaluate
from itsmctl.engine.session import Session
from itsmctl.engine.statements import Task
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.reference import reference_root

RECORDS = 24_918
"""As many incidents as the UCI log has."""


def main() -> int:
    """Measure and print; 1 where a rule costs too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=RECORDS, help="incidents to generate where no dataset is named")
    parser.add_argument("--dataset", type=Path, help="an imported dataset instead")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--slowest", type=int, default=10, help="how many rules to print")
    parser.add_argument("--most", type=float, default=5.0, help="per cent of the audit that one rule may cost")
    asked = parser.parse_args()
    definitions = load(reference_root())
    with tempfile.TemporaryDirectory() as folder:
        dataset = asked.dataset or _generated(definitions, asked.records, Path(folder))
        whole, spent = measure(definitions, dataset, asked.threads)
    print("\n".join(lines(definitions, whole, spent, asked.slowest)))
    return int(max(spent.values()) > asked.most / 100 * whole)


def measure(definitions: Definitions, dataset: Path, threads: int) -> tuple[float, Mapping[str, float]]:
    """CPU seconds of the whole audit, and of each rule."""
    spent: dict[str, float] = {}

    def one_by_one(
        session: Session, tasks: Sequence[Task], context: Context, *, all_verdicts: bool, keep: Sequence[str]
    ) -> Mapping[str, Counts]:
        found: dict[str, Counts] = {}
        for task in tasks:
            before = time.process_time()
            found |= evaluate(session, [task], context, all_verdicts=all_verdicts, keep=keep)
            spent[task.rule.id] = time.process_time() - before
        return found

    before = time.process_time()
    with patch.object(judging, "evaluate", one_by_one):
        audit(definitions, dataset, AuditOptions(threads=threads))
    return time.process_time() - before, spent


def lines(definitions: Definitions, whole: float, spent: Mapping[str, float], slowest: int) -> list[str]:
    """The slowest rules first, then all of them together."""
    order = sorted(spent, key=lambda rule: (-spent[rule], rule))
    shown = [
        f"{rule:8} {definitions.rules[rule].check:18} {spent[rule] * 1000:8.0f} ms {spent[rule] / whole:7.1%}"
        for rule in order[:slowest]
    ]
    every = sum(spent.values())
    return [
        *shown,
        f"{len(spent)} rules, each alone: {every:.1f} s of CPU, {every / whole:.1%} of an audit of {whole:.1f} s",
    ]


def _generated(definitions: Definitions, records: int, folder: Path) -> Path:
    truth = generate(definitions, records, 1, folder / "history")
    import_files(
        [folder / "history" / name for name in truth.rows], None, definitions.mappings, ZONE, folder / "dataset"
    )
    return folder / "dataset"


if __name__ == "__main__":
    sys.exit(main())
