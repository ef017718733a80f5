"""The floor: DuckDB, told every type and the form of the times, reads the CSV into a typed table and stops.

    python benchmarks/floor.py FILE.csv

Nothing that audits this file with DuckDB can be faster, so everything else is measured as a multiple of it. A whole
process: starting Python and importing DuckDB count, as they do for itsmctl.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import duckdb

NUMBERS = {"reassignment_count", "reopen_count", "sys_mod_count"}
BOOLEANS = {"active", "made_sla", "knowledge", "u_priority_confirmation"}
TIMES = {"opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at", "u_responded_at"}


def main(path: Path) -> int:
    """Read the file into a table and print how many rows it has."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header, first = next(reader), next(reader)
    day_first = "/" in first[header.index("opened_at")]
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE update_row AS SELECT * FROM read_csv(?, header = true, delim = ',', quote = '\"', "
        f"auto_detect = false, nullstr = ['?', ''], columns = {columns(header)}, timestampformat = ?)",
        [str(path), "%d/%m/%Y %H:%M" if day_first else "%Y-%m-%d %H:%M:%S"],
    )
    (rows,) = connection.execute("SELECT count(*) FROM update_row").fetchall()[0]
    sys.stdout.write(f"{rows}\n")
    return 0


def columns(header: list[str]) -> dict[str, str]:
    """The type of every column, by its name."""
    return {name: kind(name) for name in header}


def kind(name: str) -> str:
    """The type of a column of a ServiceNow audit log."""
    if name in NUMBERS:
        return "BIGINT"
    if name in BOOLEANS:
        return "BOOLEAN"
    return "TIMESTAMP" if name in TIMES else "VARCHAR"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
