"""A name is the same person however a file writes its letters: macOS takes ë apart into e and two dots."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
import xlsxwriter
from importing.mappings import mapping

from itsmctl.audit import AuditOptions, audit
from itsmctl.control.people import People
from itsmctl.definitions import load
from itsmctl.definitions.registers.tables import read_table
from itsmctl.engine.session import Session
from itsmctl.history.acts import Identity
from itsmctl.importers.encoding import CHUNK
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.reference import reference_root
from itsmctl.source import parse_documents

WHOLE = "Zoë Åström 한가람"
APART = normalize("NFD", WHOLE)
RÔLE = "Rôle"
COLUMNS = ("Number", "Opened", "State", "Group", normalize("NFD", RÔLE))
MAPPING = mapping(
    columns={"record_id": ("Number",), "opened_at": ("Opened",), "state": ("State",), "assignee": ("Group",), "category": (RÔLE,)}
)  # fmt: skip
ROW = ("INC1", "2026-03-02 09:00:00", "New", APART, APART)
Write = Callable[[Path], None]

assert APART != WHOLE and len(APART) > len(WHOLE)


def as_csv(file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, ROW])


def as_csv_with_a_bad_row(file: Path) -> None:
    as_csv(file)
    file.write_bytes(file.read_bytes() + b"too few cells\r\n")


def as_csv_with_a_mark(file: Path) -> None:
    as_csv(file)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())


def as_utf_16(file: Path) -> None:
    as_csv(file)
    file.write_text(file.read_text("utf-8"), encoding="utf-16", newline="")


def as_json(file: Path) -> None:
    """The file itself is ASCII: its marks stand there as escapes."""
    file.write_text(json.dumps([dict(zip(COLUMNS, ROW, strict=True))]), encoding="ascii")


def as_xml(file: Path) -> None:
    cells = "".join(
        f"<{column}>{cell}</{column}>" for column, cell in zip((*COLUMNS[:4], RÔLE), ROW, strict=True)
    ).replace("\u0308", "&#x308;")
    file.write_text(f"<rows><ticket>{cells}</ticket></rows>", encoding="utf-8")


def as_workbook(file: Path) -> None:
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, ROW)


def as_parquet(file: Path) -> None:
    with Session() as session:
        names = ", ".join(f'"{column}"' for column in COLUMNS)
        session.run(f"CREATE TABLE t ({names.replace(',', ' VARCHAR,')} VARCHAR)")
        session.run(f"INSERT INTO t VALUES ({', '.join('?' * len(ROW))})", list(ROW))
        session.write_parquet("SELECT * FROM t", file)


def as_sqlite(file: Path) -> None:
    with sqlite3.connect(file) as database:
        names = ", ".join(f'"{column}"' for column in COLUMNS)
        database.execute(f"CREATE TABLE ticket ({names})")
        database.execute(f"INSERT INTO ticket VALUES ({', '.join('?' * len(ROW))})", ROW)
    database.close()


def as_long_csv(file: Path) -> None:
    """The letter and its mark lie on both sides of where the file is read on."""
    head = ",".join(COLUMNS[:4] + (RÔLE,)) + "\r\nINC0,2026-03-02 09:00:00,"
    row = "\r\nINC1,2026-03-02 09:00:00,New,Zoe"
    filler = "x" * (CHUNK - len((head + row + "New,,").encode()))
    text = f"{head}New,,{filler}{row}\u0308 Åström 한가람,{WHOLE}\r\n"
    assert text.encode()[:CHUNK].endswith(b"Zoe") and text.encode()[CHUNK:].startswith("\u0308".encode())
    file.write_bytes(text.encode())


EVERY: tuple[tuple[Write, str], ...] = (
    (as_csv, "csv"), (as_csv_with_a_bad_row, "csv"), (as_csv_with_a_mark, "csv"), (as_utf_16, "csv"), (as_long_csv, "csv"), (as_json, "json"),
    (as_xml, "xml"), (as_workbook, "xlsx"), (as_parquet, "parquet"), (as_sqlite, "sqlite"),
)  # fmt: skip


@pytest.mark.parametrize(("write", "form"), EVERY)
def test_an_import_puts_letters_together_in_cells_and_headers(tmp_path: Path, write: Write, form: str) -> None:
    file, known = tmp_path / "tickets", replace(MAPPING, format=form)
    write(file)
    import_files([file], None, {known.id: known}, "UTC", tmp_path / "out", options=ImportOptions())
    with Session() as session:
        found = session.rows(
            f"SELECT assignee, category FROM read_parquet('{tmp_path / 'out' / 'record.parquet'}') WHERE record_id = 'INC1'"
        )
    assert found == [(WHOLE, WHOLE)]


def test_an_event_log_is_put_together_too(tmp_path: Path) -> None:
    trace = '<trace><string key="concept:name" value="T1"/><event><string key="org:resource" value="{}"/><date key="time:timestamp" value="2026-03-02T09:00:00Z"/><string key="concept:name" value="Open"/></event></trace>'
    file = tmp_path / "log.xes"
    file.write_text(f"<log>{trace.format(APART)}</log>", encoding="utf-8")
    log = mapping(
        id="log", format="xes", shape="trace", recognise=("case:concept:name",), at="time:timestamp", actor="org:resource",
        columns={"record_id": ("case:concept:name",), "state": ("concept:name",)}, history=("state",),
    )  # fmt: skip
    import_files([file], None, {log.id: log}, "UTC", tmp_path / "out", options=ImportOptions())
    with Session() as session:
        assert session.rows(f"SELECT actor FROM read_parquet('{tmp_path / 'out' / 'event.parquet'}')") == [(WHOLE,)]


def test_definitions_registers_and_people_of_git_are_put_together_as_tickets_are(tmp_path: Path) -> None:
    (document,) = parse_documents(f"person: &who {APART}\nagain: *who\n{APART}: ['{APART}']\n", "x.yaml")
    assert document.data == {"person": WHOLE, "again": WHOLE, WHOLE: [WHOLE]}
    file = tmp_path / "register.csv"
    file.write_text(f"person\n{APART}\n", encoding="utf-8")
    (line,) = read_table(file, "register.csv").lines
    assert line.cells == {"person": WHOLE}
    definitions = load(reference_root())
    person = next(one.person for one in definitions.assignments.values() if not one.person.isascii() and one.account == "person")  # fmt: skip
    people = People(definitions)
    assert people.person(Identity(normalize("NFD", person), "")) == people.person(Identity(person, "")) == person


@pytest.mark.parametrize("implementer", [WHOLE, APART])
def test_who_approves_their_own_change_is_found_whichever_file_names_them(tmp_path: Path, implementer: str) -> None:
    """A false clean: two spellings of one person were two people."""
    change = mapping(
        process="change", recognise=("Number", "Implementer"),
        columns={"record_id": ("Number",), "opened_at": ("Opened",), "actual_start": ("Opened",), "implementer": ("Implementer",), "tester": ("Tester",)},
    )  # fmt: skip
    file = tmp_path / "changes.csv"
    file.write_text(
        f"Number,Opened,Implementer,Tester\nC1,2026-03-02 09:00:00,{implementer},{WHOLE}\n", encoding="utf-8"
    )
    import_files([file], None, {change.id: change}, "UTC", tmp_path / "out", options=ImportOptions())
    definitions = load(reference_root())
    result = audit(definitions, tmp_path / "out", AuditOptions(as_of="2026-06-30", rules=("CHG-07",)))
    (judged,) = [one for one in result.rules if one.rule.id == "CHG-07"]
    assert (judged.failed, judged.passed) == (1, 0)
