"""Files of so many tickets, in every form that is read: for measuring what grows with them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

COLUMNS = ("number", "opened_at", "state", "title")


def tickets(rows: int) -> Iterator[dict[str, str]]:
    """So many tickets, all different."""
    for n in range(rows):
        moment = f"2026-{1 + n % 12:02}-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00Z"
        yield {"number": f"T{n:08}", "opened_at": moment, "state": "new" if n % 2 else "closed", "title": f"Printer {n} jams on floor {n % 90}"}  # fmt: skip


def write_csv(file: Path, rows: int) -> None:
    """The tickets as CSV."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write(",".join(COLUMNS) + "\n")
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
    objects = (
        f'<object id="{ticket["number"]}" type="incident"><attributes>'
        + "".join(
            f'<attribute name="{key}" time="1970-01-01T00:00:00Z">{value}</attribute>' for key, value in ticket.items()
        )
        + "</attributes></object>\n"
        for ticket in tickets(rows)
    )
    write_parts(file, "<log><object-types/><event-types/><objects>\n", objects, "</objects><events/></log>\n")


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
        sheet.write_row(0, 0, COLUMNS)
        for number, ticket in enumerate(tickets(rows), 1):
            sheet.write_row(number, 0, list(ticket.values()))


def write_parquet(file: Path, rows: int) -> None:
    """The tickets as Parquet."""
    import duckdb

    plain = file.with_suffix(".plain")
    write_csv(plain, rows)
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{plain}', all_varchar = true)) TO '{file}' (FORMAT parquet)")
    plain.unlink()


def write_sqlite(file: Path, rows: int) -> None:
    """The tickets as a table of an SQLite database."""
    _database(file, {f"CREATE TABLE ticket ({', '.join(COLUMNS)})": (tuple(t.values()) for t in tickets(rows))})


def write_ocel_sqlite(file: Path, rows: int) -> None:
    """The tickets as objects of an OCEL log in SQLite, each with a relation and none with an index, as some programs write them."""
    tables = {
        "CREATE TABLE object (ocel_id, ocel_type)": ((ticket["number"], "incident") for ticket in tickets(rows)),
        "CREATE TABLE event (ocel_id, ocel_type)": (),
        "CREATE TABLE object_map_type (ocel_type, ocel_type_map)": (("incident", "Incident"),),
        "CREATE TABLE event_map_type (ocel_type, ocel_type_map)": (),
        "CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier)": (),
        "CREATE TABLE object_object (ocel_source_id, ocel_target_id, ocel_qualifier)": (
            (ticket["number"], "T00000000", "parent") for ticket in tickets(rows)
        ),
        f"CREATE TABLE object_Incident (ocel_id, ocel_time, ocel_changed_field, {', '.join(COLUMNS)})": (
            (ticket["number"], "1970-01-01T00:00:00Z", None, *ticket.values()) for ticket in tickets(rows)
        ),
    }
    _database(file, tables)


def _database(file: Path, tables: Mapping[str, Iterable[tuple[str | None, ...]]]) -> None:
    """An SQLite database with tables, each by the statement that makes it and its rows."""
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        for statement, rows in tables.items():
            database.execute(statement)
            name, columns = statement.split()[2], statement.count(",") + 1
            database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})", rows)
        database.commit()


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": write_csv, "csv in a zip": write_zip, "json": write_json, "json lines": write_json_lines, "xml unload": write_unload,
    "xes": write_xes, "ocel json": write_ocel_json, "ocel xml": write_ocel_xml, "parquet": write_parquet, "xlsx": write_xlsx, "sqlite": write_sqlite, "ocel sqlite": write_ocel_sqlite,
}  # fmt: skip


def written(kind: str, file: Path, rows: int) -> None:
    """Write a file in a process of its own: what this one held at its peak would count for all that it starts later."""
    subprocess.run([sys.executable, __file__, kind, str(file), str(rows)], check=True)


if __name__ == "__main__":
    WRITERS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
