"""The same audit by DuckDB and by Spark, compared row by row: every verdict of the whole library, the passes too.

    python benchmarks/spark.py [uci] [bpic13] [generated] [flawed] [spoilt] [--master URL] [--records N] [--setting KEY=VALUE]...

Needs `pip install 'itsmctl[spark]'` and Java. Without a master Spark runs on this machine. The public logs are read in place
where they lie beside the repository (`../shared/data`), and left out, with a word, where they do not. Ends with 1 where
anything differs.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT.parent / "shared" / "data"
PUBLIC = {
    "uci": (LOGS / "uci-incident-event-log" / "incident_event_log.zip", "Europe/Rome"),
    "bpic13": (LOGS / "bpic13-volvo-vinst" / "BPIC13_incidents.xes.gz", "Europe/Stockholm"),
}
GENERATED = ("generated", "flawed", "spoilt")
"""With the violations that a history can carry, with the faults that none can, and with cells that nobody should have written."""
SPOILT = 0.4
"""How many of the cells of a spoilt history are not what they were."""
STRANGE = (
    "", " ", "?", "null", "İSTANBUL", "straße ΟΔΟΣ", "🙂", "a'b\"c\\d", "a, b; c、d", "-1", "1e308", "99999999999999999999", "true", "是", "%_",
    "two\nlines", "not a time", "2026-13-45 99:99:99", "2026-03-29 02:30:00", "1899-12-30 00:00:00", "2099-01-01 00:00:00",
)  # fmt: skip
"""What tools, spreadsheets and people leave in cells of any column."""
CHARGED = ("spark.driver.memory=1g", "spark.sql.shuffle.partitions=4")
"""Small, as the laptop has other things to do; settings that are named win."""


def main(arguments: Sequence[str]) -> int:
    """Compare the engines over each history that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "histories", nargs="*", metavar="HISTORY", help="uci, bpic13, generated, flawed, spoilt; default: all"
    )
    parser.add_argument("--master", default="local[*]", metavar="URL")
    parser.add_argument("--records", type=int, default=10_000, metavar="N", help="incidents that are generated")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args(arguments)
    unlike = 0
    with tempfile.TemporaryDirectory(prefix="itsmctl-engines-") as folder:
        for history in asked.histories or (*PUBLIC, *GENERATED):
            place = Path(folder) / history
            place.mkdir()
            if not made(history, place, asked.records):
                print(f"{history}: left out, the log does not lie in {LOGS}")
                continue
            unlike += not alike(history, place, asked.master, (*CHARGED, *asked.setting))
    return int(unlike > 0)


def made(history: str, place: Path, records: int) -> bool:
    """Import a history into `dataset`; False where it is not here."""
    if history in GENERATED:
        much = ("--flawed",) if history == "flawed" else ("--records", records)
        itsmctl("generate", *much, "-o", place / "export", "-q")
        if history == "spoilt":
            spoil(place / "export")
        mappings = [word for file in (place / "export").glob("*.yaml") for word in ("--mapping", file)]
        exports = sorted((place / "export").glob("*.csv"))
        itsmctl("import", *exports, *mappings, "--zone", "Asia/Shanghai", "-o", place / "dataset", "-q")
        return True
    export, zone = PUBLIC[history]
    if export.is_file():
        itsmctl("import", export, "--zone", zone, "-o", place / "dataset", "-q")
    return export.is_file()


def spoil(export: Path, seed: int = 1) -> None:
    """Change the CSV files of a generated export: cells empty, strange, doubled, of another row or column, and rows left out.

    The id of a record and the moment of its update stay, mostly: without them a row is set aside and says nothing.
    """
    chance = random.Random(seed)
    for path in sorted(export.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        fixed = {0, *(n for n, column in enumerate(head) if column in ("sys_updated_at", "sys_updated_on"))}
        drawn = [list(row) for row in rows]
        for row in rows:
            for n in range(len(head)):
                if chance.random() < (0.02 if n in fixed else SPOILT):
                    other = chance.choice(drawn)
                    row[n] = chance.choice((chance.choice(STRANGE), "", other[n], chance.choice(other), f"{row[n]}, {other[n]}", row[n].upper()))  # fmt: skip
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows[:1], *(row for row in rows[1:] if chance.random() < 0.95)])


def alike(history: str, place: Path, master: str, settings: Sequence[str]) -> bool:
    """Audit by both engines, print the times, and say what differs."""
    options = [word for setting in settings for word in ("--spark-conf", setting)]
    engines = {"duckdb": [], "spark": ["--engine", "spark", "--spark-master", master, *options]}
    seconds = {}
    for engine, named in engines.items():
        started = time.perf_counter()
        out = ("-o", place / engine, "--verdicts", place / f"{engine}-by-rule")
        itsmctl("audit", "--tickets", place / "dataset", "--all-verdicts", "-q", *out, *named)
        seconds[engine] = time.perf_counter() - started
    rows, *differing = compared(place)
    unlike = unlike_files(place / "duckdb", place / "spark")
    times = ", ".join(f"{engine} {took:.1f} s" for engine, took in seconds.items())
    print(f"{history}: {rows} verdicts, only by duckdb {differing[0]}, only by spark {differing[1]}; {times}", end="; ")
    print("other bytes: " + (", ".join(unlike) or "none"), flush=True)
    return not any(differing) and not unlike


def unlike_files(one: Path, other: Path) -> list[str]:
    """The files of two results that only one of them has, or that have not the same bytes."""
    held, there = ({file.name: file.read_bytes() for file in place.iterdir()} for place in (one, other))
    return sorted(name for name in held | there if held.get(name) != there.get(name))


def compared(place: Path) -> Iterator[int]:
    """How many verdicts there are, and how many only one of the engines has, with their multiplicity."""
    read = (
        "SELECT rule, record_id, passed, observed, expected, \"at\", reason, waiver, baseline FROM read_parquet('{}')"
    )
    with duckdb.connect() as database:
        for one, other in (("", ""), ("duckdb", "spark"), ("spark", "duckdb")):
            whole = read.format(place / (one or "duckdb") / "verdicts.parquet")
            without = f" EXCEPT ALL {read.format(place / f'{other}-by-rule' / '**' / '*.parquet')}" if other else ""
            yield from database.execute(f"SELECT count(*) FROM ({whole}{without})").fetchone() or (0,)


def itsmctl(*arguments: object) -> None:
    """Run a command; findings are no failure."""
    run = subprocess.run(
        [sys.executable, "-c", "from itsmctl.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    if run.returncode not in (0, 1):
        sys.exit(run.returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
