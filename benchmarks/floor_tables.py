"""The floor for an imported history: DuckDB, told every type, reads its tables from CSV into typed tables and stops.

    python benchmarks/floor_tables.py DATASET TABLES

The types are those of the dataset's Parquet files; the rows are read from `record.csv`, `event.csv`, `approval.csv` and
`link.csv`. A whole process, as `floor.py` is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

TABLES = ("record", "event", "approval", "link")


def main(dataset: Path, tables: Path) -> int:
    """Read every table and print how many rows there are."""
    connection = duckdb.connect()
    rows = 0
    for table in TABLES:
        described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(dataset / f"{table}.parquet")]).fetchall()
        types = {str(row[0]): str(row[1]) for row in described}
        connection.execute(
            f"CREATE TABLE {table} AS SELECT * FROM read_csv(?, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"auto_detect = false, nullstr = '', columns = {types}, timestampformat = '%Y-%m-%d %H:%M:%S')",
            [str(tables / f"{table}.csv")],
        )
        rows += connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    sys.stdout.write(f"{rows}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
