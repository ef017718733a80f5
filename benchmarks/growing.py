"""Whether memory stays flat as files grow, and what workbooks take; writes docs/benchmarks-memory.md.

    python benchmarks/growing.py [--rows N] [--memory-limit SIZE] [--kind NAME]... [--output FILE]

Every form of N, 4 N and 16 N rows, each imported in a process of its own under a limit; the same rows from databases that
are started for the purpose, where their programs are here; and workbooks as python-calamine and openpyxl read them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from growing_files import WRITERS, written
from growing_servers import SERVED, Fill
from measure import Task, interleaved
from reading import itsmctl, table
from run import ROOT, busy, machine, versions
from workbooks import workbooks

GROWTH = (1, 4, 16)
LIMIT = "128MiB"
PAGE = ROOT / "docs" / "benchmarks-memory.md"
KINDS = (*WRITERS, *SERVED, "workbooks")
MAPPING = """kind: mapping
id: growing
title: {en: Growing, zh: 增长}
tool: Benchmark
format: FORMAT
process: incident
recognise: [number, opened_at, state]
missing: [""]
time-formats: [iso]
columns: {record_id: number, number: number, state: state, title: title, opened_at: opened_at}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page where all was measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--rows", type=int, default=62_500, help="of the smallest file (default 62500: a million at most)"
    )
    options.add_argument(
        "--memory-limit", default=LIMIT, help=f"as of itsmctl import (default {LIMIT}, so that it is reached)"
    )
    options.add_argument("--kind", action="append", choices=KINDS, help="only these (repeatable); no page is written")
    options.add_argument("--output", type=Path, default=PAGE, help="the page to write")
    asked = options.parse_args(arguments)
    load = os.getloadavg()[0]
    kinds = asked.kind or KINDS
    head = ["", *(f"{n * asked.rows:,} rows" for n in GROWTH)]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        grown = table(head, growing(kinds, asked.rows, asked.memory_limit, Path(folder)))
        sys.stdout.write(grown)
        books = workbooks(Path(folder), asked.rows) if "workbooks" in kinds else ""
        sys.stdout.write(f"\n{books}")
    if not asked.kind:
        text = PAGE_TEXT.format(
            grown=grown, limit=asked.memory_limit, books=books, machine=machine(), load=busy(load), versions=versions()
        )
        asked.output.write_text(text, encoding="utf-8", newline="\n")
    return 0


def growing(kinds: Sequence[str], rows: int, limit: str, folder: Path) -> Iterator[list[str]]:
    """The peak of memory for each kind of source and each size."""
    for kind in kinds:
        mapping = folder / f"{kind}.yaml"
        shape = "xes\nshape: trace\nat: opened_at" if kind == "xes" else "table"
        mapping.write_text(MAPPING.replace("FORMAT", shape), encoding="utf-8")
        how = "ocel-object" if kind.startswith("ocel") else str(mapping)
        if kind in WRITERS:
            yield [kind, *(of_file(kind, n * rows, how, limit, folder) for n in GROWTH)]
        elif kind in SERVED:
            with SERVED[kind]() as fill:
                cells = [of_server(fill, n * rows, how, limit, folder) for n in GROWTH] if fill else ["not here"] * 3
            yield [kind, *cells]


def of_file(kind: str, rows: int, mapping: str, limit: str, folder: Path) -> str:
    """A file of so many rows, written, imported and taken away again."""
    file = folder / f"rows.{kind}"
    written(kind, file, rows)
    said = told((str(file),), mapping, limit, folder / "out")
    file.unlink()
    return said


def of_server(fill: Fill, rows: int, mapping: str, limit: str, folder: Path) -> str:
    """A table of so many rows in a server."""
    return told(("--from", fill(rows), "--table", "ticket"), mapping, limit, folder / "out")


def told(source: Sequence[str], mapping: str, limit: str, out: Path) -> str:
    """The peak of one import and its seconds of the processor, or that it was refused."""
    task = Task("import", (*itsmctl(source, out, mapping), "--memory-limit", limit), (out,), codes=(0, 2))
    ((sample,),) = interleaved([task], 1, 0).values()
    peak = f"{sample.peak / 1e6:.0f} MB"
    return f"{peak}, {sample.processor:.0f} s" if out.exists() else f"refused ({peak})"


PAGE_TEXT = """<!-- Written by benchmarks/growing.py: run `make bench-memory`. -->

# Memory while importing

How much memory an import holds at its peak, and how many seconds of the processor it takes, as its source grows fourfold
and sixteenfold. Every import is a process of its own with `--memory-limit {limit}`, less than as shipped, so that it is
reached; what Python and the libraries hold comes on top, some 100 MB.

{grown}
A file is read in pieces and its rows lie on disk, so that beyond the limit next to nothing grows any more; with a higher limit
an import takes what it may, and is faster. A workbook alone is held whole while it is read: one that would take more than
the limit is refused before it is opened, with the advice to save it as CSV. Databases (here a table of four columns) are
asked within a transaction that can only read, and what they answer is written to disk as it comes. Where a limit is too
small for what was asked, one message says so, and nothing is left behind.

## Workbooks

What a ticket list of eight columns takes while it is read, beside the program itself. *Foreseen* is what itsmctl
computes before it opens a workbook, and refuses where it is beyond the limit; texts that many cells share count for each
of them ([0020](decisions/0020-workbooks.md)).

{books}
## Machine and versions

{machine} {load}

{versions}

## Again

```sh
make bench-memory
```
"""


if __name__ == "__main__":
    sys.exit(main())
