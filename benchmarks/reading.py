"""How fast event logs are imported, and whether memory stays flat as files grow.

    python benchmarks/reading.py [--xes LOG.xes.gz] [--pm4py PYTHON] [--rows N] [--runs N] [--memory-limit SIZE]

Of a log: only walking its XML with expat, importing it, and what PM4Py takes to read it, where a Python that has it is
named (it is AGPL, so it is measured beside us and never a part of us). Of growing files: every form of N, 4 N and 16 N
rows, each imported in a process of its own under a limit; what is told is the peak of its memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from measure import Sample, Task, interleaved, median

GROWTH = (1, 4, 16)
WALK = """import gzip, sys
from xml.parsers.expat import ParserCreate
path = sys.argv[1]
parser = ParserCreate()
parser.StartElementHandler = lambda tag, attributes: None
parser.ParseFile(gzip.open(path) if path.endswith(".gz") else open(path, "rb"))"""
PM4PY = "import sys, pm4py; pm4py.read_xes(sys.argv[1], show_progress_bar=False)"
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
    """Measure, and print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--xes", type=Path, help="an event log that the mapping xes-vinst reads")
    options.add_argument("--pm4py", help="a Python in which PM4Py is installed")
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--memory-limit", default="384MiB")
    asked = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        if asked.xes:
            table(
                ["XES", "processor seconds", "times walking", "seconds", "times walking", "peak MB"],
                of_log(asked.xes, asked.pm4py, asked.runs, Path(folder)),
            )
        table(
            ["file", *(f"{n * asked.rows:,} rows" for n in GROWTH)],
            growing(asked.rows, asked.memory_limit, Path(folder)),
        )
    return 0


def of_log(log: Path, pm4py: str | None, runs: int, folder: Path) -> Iterator[list[str]]:
    """Seconds of each way to read a log, also as a multiple of walking its XML; those of the processor are safer on a busy machine."""
    tasks = [
        Task("walk with expat", (sys.executable, "-c", WALK, str(log))),
        Task("itsmctl import", itsmctl(log, folder / "log", "xes-vinst"), (folder / "log",)),
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


def growing(rows: int, limit: str, folder: Path) -> Iterator[list[str]]:
    """The peak of memory for each kind of file and each size."""
    for kind, write in WRITERS.items():
        mapping = folder / f"{kind}.yaml"
        shape = "xes\nshape: trace\nat: opened_at" if kind == "xes" else "table"
        mapping.write_text(MAPPING.replace("FORMAT", shape), encoding="utf-8")
        how = "ocel-object" if kind.startswith("ocel") else str(mapping)
        peaks = []
        for times in GROWTH:
            file, out = folder / f"rows.{kind}", folder / "out"
            write(file, rows * times)
            (samples,) = interleaved(
                [Task(kind, (*itsmctl(file, out, how), "--memory-limit", limit), (out,))], 1, 0
            ).values()
            peaks.append(f"{samples[0].peak / 1e6:.0f} MB")
        yield [kind, *peaks]


def itsmctl(file: Path, out: Path, mapping: str) -> tuple[str, ...]:
    """The command that imports a file."""
    run = "import sys; from itsmctl.cli import run; sys.exit(run(sys.argv[1:]))"
    return (sys.executable, "-c", run, "import", str(file), "--mapping", mapping, "--zone", "UTC", "-q", "-o", str(out))


def tickets(rows: int) -> Iterator[dict[str, str]]:
    """So many tickets, all different."""
    for n in range(rows):
        moment = f"2026-{1 + n % 12:02}-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00Z"
        yield {"number": f"T{n:08}", "opened_at": moment, "state": "new" if n % 2 else "closed", "title": f"Printer {n} jams on floor {n % 90}"}  # fmt: skip


def write_csv(file: Path, rows: int) -> None:
    """The tickets as CSV."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write("number,opened_at,state,title\n")
        stream.writelines(",".join(ticket.values()) + "\n" for ticket in tickets(rows))


def write_json(file: Path, rows: int) -> None:
    """The tickets as one JSON document."""
    write_parts(file, '{"tickets": [', map(json.dumps, tickets(rows)), "]}\n", between=",\n")


def write_xes(file: Path, rows: int) -> None:
    """The tickets as an event log of one event each."""
    traces = (
        "<trace><event>"
        + "".join(f'<string key="{key}" value="{value}"/>' for key, value in ticket.items())
        + "</event></trace>\n"
        for ticket in tickets(rows)
    )
    write_parts(file, '<log xes.version="1.0">', traces, "</log>\n")


def write_json_lines(file: Path, rows: int) -> None:
    """The tickets as a JSON document on each line."""
    write_parts(file, "", (json.dumps(ticket) + "\n" for ticket in tickets(rows)), "")


def write_unload(file: Path, rows: int) -> None:
    """The tickets as ServiceNow unloads a table."""
    incidents = (
        '<incident action="INSERT_OR_UPDATE">'
        + "".join(f"<{key}>{value}</{key}>" for key, value in ticket.items())
        + "</incident>\n"
        for ticket in tickets(rows)
    )
    write_parts(file, '<?xml version="1.0"?>\n<unload>\n', incidents, "</unload>\n")


def write_ocel_json(file: Path, rows: int) -> None:
    """The tickets as objects of an OCEL log."""
    head = '{"objectTypes": [], "eventTypes": [], "objects": ['
    write_parts(file, head, (json.dumps(ocel(ticket)) for ticket in tickets(rows)), '], "events": []}\n', between=",\n")


def ocel(ticket: dict[str, str]) -> dict[str, object]:
    """A ticket as an object of an OCEL log."""
    attributes = [{"name": key, "time": "1970-01-01T00:00:00Z", "value": value} for key, value in ticket.items()]
    return {"id": ticket["number"], "type": "incident", "attributes": attributes, "relationships": []}


def write_parts(file: Path, head: str, parts: Iterable[str], tail: str, between: str = "") -> None:
    """Write the head, each part, and the tail, one after the other, so that a large file is never in memory."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write(head)
        stream.writelines(between * (number > 0) + part for number, part in enumerate(parts))
        stream.write(tail)


def write_ocel_xml(file: Path, rows: int) -> None:
    """The same log as XML."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write("<log><object-types/><event-types/><objects>\n")
        for ticket in tickets(rows):
            cells = "".join(
                f'<attribute name="{key}" time="1970-01-01T00:00:00Z">{value}</attribute>'
                for key, value in ticket.items()
            )
            stream.write(f'<object id="{ticket["number"]}" type="incident"><attributes>{cells}</attributes></object>\n')
        stream.write("</objects><events/></log>\n")


def write_zip(file: Path, rows: int) -> None:
    """The tickets as CSV in a zip."""
    plain = file.with_suffix(".plain")
    write_csv(plain, rows)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "tickets.csv")
    plain.unlink()


def write_xlsx(file: Path, rows: int) -> None:
    """The tickets as a workbook."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Page 1")
        sheet.write_row(0, 0, ["number", "opened_at", "state", "title"])
        for number, ticket in enumerate(tickets(rows), 1):
            sheet.write_row(number, 0, list(ticket.values()))


def write_parquet(file: Path, rows: int) -> None:
    """The tickets as Parquet."""
    import duckdb

    plain = file.with_suffix(".plain")
    write_csv(plain, rows)
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{plain}', all_varchar = true)) TO '{file}' (FORMAT parquet)")
    plain.unlink()


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": write_csv, "csv in a zip": write_zip, "json": write_json, "json lines": write_json_lines, "xml unload": write_unload,
    "xes": write_xes, "ocel json": write_ocel_json, "ocel xml": write_ocel_xml, "parquet": write_parquet, "xlsx": write_xlsx,
}  # fmt: skip


def table(head: Sequence[str], rows: Iterator[list[str]]) -> None:
    """Print rows as a table in Markdown."""
    for row in (head, ["---"] * len(head), *rows):
        sys.stdout.write(f"| {' | '.join(row)} |\n")
    sys.stdout.write("\n")


if __name__ == "__main__":
    sys.exit(main())
