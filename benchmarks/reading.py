"""How fast event logs are imported; whether memory stays flat as files grow is measured by `growing.py`.

    python benchmarks/reading.py LOG.xes.gz [--pm4py PYTHON] [--runs N]

Only walking its XML with expat, importing it, and what PM4Py takes to read it, where a Python that has it is named (it is
AGPL, so it is measured beside us and never a part of us).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from measure import Sample, Task, interleaved, median

WALK = """import gzip, sys
from xml.parsers.expat import ParserCreate
path = sys.argv[1]
parser = ParserCreate()
parser.StartElementHandler = lambda tag, attributes: None
parser.ParseFile(gzip.open(path) if path.endswith(".gz") else open(path, "rb"))"""
PM4PY = "import sys, pm4py; pm4py.read_xes(sys.argv[1], show_progress_bar=False)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("log", type=Path, help="an event log that the mapping xes-vinst reads")
    options.add_argument("--pm4py", help="a Python in which PM4Py is installed")
    options.add_argument("--runs", type=int, default=3)
    asked = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        head = ["XES", "processor seconds", "times walking", "seconds", "times walking", "peak MB"]
        sys.stdout.write(table(head, of_log(asked.log, asked.pm4py, asked.runs, Path(folder))))
    return 0


def of_log(log: Path, pm4py: str | None, runs: int, folder: Path) -> Iterator[list[str]]:
    """Seconds of each way to read a log, also as a multiple of walking its XML; those of the processor are safer on a busy machine."""
    tasks = [
        Task("walk with expat", (sys.executable, "-c", WALK, str(log))),
        Task("itsmctl import", itsmctl((str(log),), folder / "log", "xes-vinst"), (folder / "log",)),
    ]
    if pm4py:
        tasks.append(Task("PM4Py read_xes", (pm4py, "-c", PM4PY, str(log))))
    samples = interleaved(tasks, runs)
    floor = samples["walk with expat"]
    for name, found in samples.items():
        peak = max(sample.peak for sample in found) / 1e6
        cells = [f"{used(found):.2f}", f"{used(found) / used(floor):.1f}"]
        yield [name, *cells, f"{median(found):.2f}", f"{median(found) / median(floor):.1f}", f"{peak:.0f}"]


def used(samples: Sequence[Sample]) -> float:
    """The middle of the seconds of the processor."""
    return statistics.median(sample.processor for sample in samples)


def itsmctl(source: Sequence[str], out: Path, mapping: str) -> tuple[str, ...]:
    """The command that imports a file, or what a database answers."""
    run = "import sys; from itsmctl.cli import run; sys.exit(run(sys.argv[1:]))"
    return (sys.executable, "-c", run, "import", *source, "--mapping", mapping, "--zone", "UTC", "-q", "-o", str(out))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as a table in Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    sys.exit(main())
