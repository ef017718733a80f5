"""What is hostile, in each format where it can be: refused with one clear message and exit code 2, or its row set aside.

Nothing is left half-written, and no message is a report of a bug. One line here for each format and each attack.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from click.testing import CliRunner
from importing.mappings import ROOT

from itsmctl.cli import group, run
from itsmctl.errors import ItsmctlError
from itsmctl.importers import container, excel, parquet
from itsmctl.importers.rows import MAX_COLUMNS

Rows = list[dict[str, str]]
LONG = 3 * 2**20
"""Characters in a cell: beyond what is read of one, so that a hundred megabytes are no other case."""
WIDE = 100_000
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY c SYSTEM "file:///etc/passwd">]>'
CHINESE = "数据库".encode("gb18030").decode("utf-8", "surrogateescape")
"""Bytes that are no UTF-8."""
MAPPING = """kind: mapping
id: hostile
title: {en: Hostile, zh: 恶意}
tool: Desk
format: FORMAT
process: incident
recognise: [Number, Note]
missing: [""]
columns: {record_id: Number, number: Number, title: Note}
"""


def csv_of(rows: Rows) -> str:
    return "\n".join(",".join(row) for row in (rows[0], *(row.values() for row in rows))) + "\n"


def json_of(rows: Rows) -> str:
    return json.dumps({"records": rows}, ensure_ascii=False)


def lines_of(rows: Rows) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def xml_of(rows: Rows) -> str:
    tickets = ("".join(f"<{name}>{cell}</{name}>" for name, cell in row.items()) for row in rows)
    return f"<all>{''.join(f'<ticket>{ticket}</ticket>' for ticket in tickets)}</all>"


def xes_of(rows: Rows) -> str:
    events = ("".join(f'<string key="{name}" value="{cell}"/>' for name, cell in row.items()) for row in rows)
    return f"<log>{''.join(f'<trace><event>{event}</event></trace>' for event in events)}</log>"


def ocel_json_of(rows: Rows) -> str:
    objects = [
        {"id": row["Number"], "type": "incident", "attributes": [{"name": k, "time": "", "value": v} for k, v in row.items()]}
        for row in rows
    ]  # fmt: skip
    return json.dumps({"objectTypes": [], "eventTypes": [], "objects": objects, "events": []}, ensure_ascii=False)


def ocel_xml_of(rows: Rows) -> str:
    objects = (
        f'<object id="{row["Number"]}" type="incident"><attributes>'
        + "".join(f'<attribute name="{name}" time="">{cell}</attribute>' for name, cell in row.items())
        + "</attributes></object>"
        for row in rows
    )
    return f"<log><objects>{''.join(objects)}</objects><events/></log>"


TEXTS: dict[str, Callable[[Rows], str]] = {
    "csv": csv_of, "json": json_of, "json-lines": lines_of, "xml": xml_of, "xes": xes_of, "ocel-json": ocel_json_of, "ocel-xml": ocel_xml_of,
}  # fmt: skip


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def write(kind: str, file: Path, rows: Rows, before: str = "") -> None:
    """The rows in a file of a kind; of XML with something before its root."""
    match kind:
        case "zip":
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("tickets.csv", encoded(csv_of(rows)))
        case "gzip":
            file.write_bytes(gzip.compress(encoded(csv_of(rows))))
        case "xlsx":
            with xlsxwriter.Workbook(file, {"strings_to_numbers": False}) as book:
                sheet = book.add_worksheet("Tickets")
                for number, row in enumerate((list(rows[0]), *(list(row.values()) for row in rows))):
                    sheet.write_row(number, 0, row)
        case "sqlite":
            with closing(sqlite3.connect(file)) as database:
                database.execute(f"CREATE TABLE ticket ({', '.join(rows[0])})")
                cells = ", ".join("CAST(? AS TEXT)" for _ in rows[0])
                database.executemany(
                    f"INSERT INTO ticket VALUES ({cells})", [[*map(encoded, row.values())] for row in rows]
                )
                database.commit()
        case "parquet":
            with duckdb.connect() as other:
                other.execute(f"CREATE TABLE t ({', '.join(f'{name} VARCHAR' for name in rows[0])})")
                for row in rows:
                    other.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(row))})", list(row.values()))
                other.execute(f"COPY t TO '{file}' (FORMAT parquet)")
        case _:
            file.write_bytes(encoded(before + TEXTS[kind](rows)))


def ticket(note: str, number: str = "INC1") -> dict[str, str]:
    return {"Number": number, "Note": note, "State": "new"}


SOUND = ticket("sound", "INC2")


def attacked(folder: Path, kind: str, rows: Rows, before: str = "") -> str:
    """What became of a hostile file: the code of its refusal, or `=` and the reasons for which rows were set aside."""
    write(kind, folder / f"t.{kind}", rows, before)
    return outcome(folder, folder / f"t.{kind}")


def outcome(folder: Path, file: Path) -> str:
    """What the command answers; a refusal is one line that names the file, and leaves nothing behind."""
    mapping = folder / "hostile.yaml"
    mapping.write_text(MAPPING.replace("FORMAT", "xes" if file.suffix == ".xes" else "table"), encoding="utf-8")
    before = sorted(folder.iterdir())
    done = CliRunner().invoke(group, ["import", str(file), "--mapping", str(mapping), "--root", str(ROOT), "-q", "-o", str(folder / "out")])  # fmt: skip
    if done.exit_code == 0:
        rejects = duckdb.execute("SELECT reason FROM read_parquet(?)", [str(folder / "out" / "reject.parquet")])
        return "=" + ",".join(sorted(reason for (reason,) in rejects.fetchall()))
    assert (type(done.exception), sorted(folder.iterdir())) == (ItsmctlError, before)
    (problem,) = done.exception.problems
    assert problem.where.file.startswith(str(file))
    return problem.code


CELLS = {
    "csv": "=row-too-long", "json": "=row-too-long", "json-lines": "=row-too-long", "ocel-json": "=row-too-long", "xml": "=row-too-long",
    "ocel-xml": "=row-too-long", "xes": "value-too-long", "sqlite": "=row-too-long", "parquet": "=row-too-long", "xlsx": "=row-too-long",
}  # fmt: skip


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_without_end(tmp_path: Path, kind: str) -> None:
    if kind == "xlsx":  # no program writes one
        workbook(tmp_path, b"x" * LONG)
        assert outcome(tmp_path, tmp_path / "t.xlsx") == CELLS[kind]
    else:
        assert attacked(tmp_path, kind, [ticket("x" * LONG), SOUND]) == CELLS[kind]


NULS = {
    "csv": "=nul-byte", "json": "=nul-byte", "json-lines": "=nul-byte", "ocel-json": "=nul-byte", "xlsx": "=nul-byte",
    "sqlite": "=nul-byte", "parquet": "=nul-byte", "xml": "not-xml", "ocel-xml": "not-xml", "xes": "not-xml",
}  # fmt: skip


@pytest.mark.parametrize("kind", NULS)
def test_a_nul_byte(tmp_path: Path, kind: str) -> None:
    assert attacked(tmp_path, kind, [ticket("a\0b"), SOUND]) == NULS[kind]


MIXED = {
    "csv": "mixed-encodings", "json": "wrong-encoding", "json-lines": "wrong-encoding", "ocel-json": "wrong-encoding",
    "xml": "not-xml", "ocel-xml": "not-xml", "xes": "not-xml", "xlsx": "bad-workbook", "sqlite": "=bad-encoding,bad-encoding",
}  # fmt: skip
"""Parquet alone has no such text: DuckDB writes none."""


@pytest.mark.parametrize("kind", MIXED)
def test_two_encodings_in_one_file(tmp_path: Path, kind: str) -> None:
    if kind == "xlsx":
        workbook(tmp_path, encoded(CHINESE))
        assert outcome(tmp_path, tmp_path / "t.xlsx") == MIXED[kind]
    else:
        notes = ("打印机无法打印", CHINESE, "传真机无法接收", CHINESE)
        rows = [ticket(note, f"INC{number}") for number, note in enumerate(notes)]
        assert attacked(tmp_path, kind, rows) == MIXED[kind]


@pytest.mark.parametrize("kind", [*TEXTS, "xlsx", "parquet"])
def test_more_columns_than_a_table_has(tmp_path: Path, kind: str) -> None:
    """SQLite alone cannot: it allows 2,000."""
    count = WIDE if kind == "csv" else MAX_COLUMNS + 1
    if kind == "parquet":
        columns = ", ".join(f"'x' AS c{n}" for n in range(count))
        duckdb.execute(f"COPY (SELECT 'INC1' AS Number, 'x' AS Note, {columns}) TO '{tmp_path / 't.parquet'}' (FORMAT parquet)")  # fmt: skip
        assert outcome(tmp_path, tmp_path / "t.parquet") == "too-many-columns"
    else:
        assert attacked(tmp_path, kind, [{**ticket("x"), **{f"c{n}": "x" for n in range(count)}}]) == "too-many-columns"


@pytest.mark.parametrize("before", [LAUGHS, OUTSIDE], ids=["bomb", "outside"])
@pytest.mark.parametrize("kind", ["xml", "xes", "ocel-xml", "xlsx"])
def test_entities_of_xml(tmp_path: Path, kind: str, before: str) -> None:
    if kind == "xlsx":
        workbook(tmp_path, b"&c;", before.encode())
        assert outcome(tmp_path, tmp_path / "t.xlsx") == "bad-workbook"
    else:
        assert attacked(tmp_path, kind, [ticket("&c;"), SOUND], before) == "xml-entities"


def workbook(folder: Path, note: bytes, before: bytes = b"") -> None:
    """A workbook in which a text was changed by hand, and something put before the root of the part that holds it."""
    write("xlsx", folder / "sound", [ticket("MARK"), SOUND])
    with zipfile.ZipFile(folder / "sound") as sound, zipfile.ZipFile(folder / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as file:  # fmt: skip
        for part in sound.namelist():
            data = sound.read(part)
            if part.endswith("sharedStrings.xml"):
                data = data.replace(b"?>", b"?>" + before, 1).replace(b"MARK", note)
            file.writestr(part, data)


@pytest.mark.parametrize("kind", ["zip", "gzip", "xlsx", "parquet"])
def test_what_inflates_beyond_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    for module in (container, excel, parquet):
        monkeypatch.setattr(module, "MAX_INFLATED", 10_000)
    monkeypatch.setattr(container, "MAX_RATIO", 10)
    assert attacked(tmp_path, kind, [ticket("x" * 10_000, f"INC{n}") for n in range(50)]) == "archive-bomb"


def test_archives_within_archives(tmp_path: Path) -> None:
    data = encoded(csv_of([ticket("x"), SOUND]))
    for _ in range(3):
        data = gzip.compress(data)
    (tmp_path / "t.gzip").write_bytes(data)
    assert outcome(tmp_path, tmp_path / "t.gzip") == "nested-archive"


@pytest.mark.parametrize("kind", [*TEXTS, "xlsx", "sqlite", "parquet", "zip", "gzip"])
def test_what_is_sound_is_read(tmp_path: Path, kind: str) -> None:
    """Without this the refusals above would prove nothing."""
    assert attacked(tmp_path, kind, [ticket("sound"), SOUND]) == "="


def test_a_refusal_is_one_line_and_exit_code_2(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write("xml", tmp_path / "t.xml", [ticket("&c;")], LAUGHS)
    assert run(["import", str(tmp_path / "t.xml"), "--zone", "UTC", "-o", str(tmp_path / "out")]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n"), err.startswith(f"{tmp_path / 't.xml'}:1: the file declares")) == ("", 1, True)
