"""What stands above the header is left out where a user or a mapping names its row, and what stands beneath the list is no ticket."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
import pytest
import xlsxwriter
import yaml
from click.testing import CliRunner
from importing.mappings import ROOT, mapping

from itsmctl import cli
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.model import MappingDefinition
from itsmctl.reports.suggestion import render
from itsmctl.suggestion import suggest

TABLE = mapping(format="table", missing=("",))
NAMES = ("Number", "Opened", "State", "Group", "Closed")
TICKETS = [
    ("INC1", "2026-03-02 09:00:00", "New", "Desk", ""),
    ("INC2", "2026-03-02 10:00:00", "Closed", "Desk", "2026-03-02 11:00:00"),
    ("INC3", "02.03.", "New", "Desk", ""),
]
TITLE = [("Incidents of March 2026",), ("Filter: state = any, by J. Doe",), ()]
Rows = Sequence[Sequence[str]]


def as_csv(path: Path, rows: Rows, between: str = ",") -> Path:
    lines = [between.join(f'"{cell}"' if between in cell or "\n" in cell else cell for cell in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def as_xlsx(path: Path, rows: Rows) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Tickets")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write_string(i, j, cell)
    return path


def written(tmp_path: Path, form: str, rows: Rows) -> Path:
    return as_csv(tmp_path / "t.csv", rows) if form == "csv" else as_xlsx(tmp_path / "t.xlsx", rows)


def bring(
    file: Path, out: Path, header_row: int = 0, known: MappingDefinition = TABLE, *, named: bool = False
) -> Receipt:
    options = ImportOptions(header_row=header_row)
    receipt = import_files([file], known if named else None, {known.id: known}, "UTC", out, options=options)
    assert receipt == read_receipt(out)
    return receipt


def refused(
    file: Path, out: Path, header_row: int = 0, known: MappingDefinition = TABLE, *, named: bool = False
) -> Problem:
    with pytest.raises(ItsmctlError) as caught:
        bring(file, out, header_row, known, named=named)
    (one,) = caught.value.problems
    return one


def rows_of(out: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    with Session() as session:
        return session.rows(f"SELECT {columns} FROM read_parquet('{out / table}.parquet') ORDER BY ALL")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_title_is_refused_with_the_row_that_looks_like_the_header_and_what_to_say(tmp_path: Path, form: str) -> None:
    one = refused(written(tmp_path, form, [*TITLE, NAMES, *TICKETS]), tmp_path / "out")
    assert one.code == "title-above-header"
    assert "row 4, which begins with 'Number'" in one.message and "--header-row 4" in one.message
    assert "`header-row: 4`" in one.message


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("title", [[("Report", "Incidents")], [("Company", "ACME"), ("Period", "June"), ()]])
def test_a_title_may_have_several_cells_where_the_header_has_twice_as_many(
    tmp_path: Path, form: str, title: Rows
) -> None:
    one = refused(written(tmp_path, form, [*title, NAMES, *TICKETS]), tmp_path / "out")
    assert (one.code, one.values["row"]) == ("title-above-header", len(title) + 1)


def test_a_header_above_rows_with_too_many_cells_is_no_title(tmp_path: Path) -> None:
    """As where nobody quoted a text with commas: the rows are set aside one by one."""
    rows = [("INC1", "2026-03-02 09:00:00", "a", "b", "c", "d", "e")] * 3
    known = mapping(format="table", columns={"record_id": ("Number",), "opened_at": ("Opened",), "title": ("Title",)})
    receipt = bring(as_csv(tmp_path / "t.csv", [("Number", "Opened", "Title"), *rows]), tmp_path / "out", 0, known)
    assert (receipt.records, receipt.rejects) == (0, 3)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("by", ["option", "mapping", "named mapping"])
def test_the_header_is_the_row_that_is_named_and_rows_are_counted_on_from_it(
    tmp_path: Path, form: str, by: str
) -> None:
    file = written(tmp_path, form, [*TITLE, NAMES, *TICKETS])
    known = TABLE if by == "option" else replace(TABLE, header_row=4)
    receipt = bring(file, tmp_path / "out", 4 if by == "option" else 0, known, named=by == "named mapping")
    (told,) = receipt.files
    assert (told.header_row, told.rows_read, told.rows_imported, receipt.records) == (4, 3, 3, 3)
    numbers = rows_of(tmp_path / "out", "record", "record_id, source_row")
    assert numbers == [("INC1", 5), ("INC2", 6), ("INC3", 7)]
    assert rows_of(tmp_path / "out", "reject", "source_row, value") == [(7, "02.03.")]
    (message,) = [message for code, message in receipt.warnings if code == "rows-above-header"]
    assert message.endswith("row 4, which is named as the header, were left out: 2") and "Doe" not in message
    plain = bring(written(tmp_path, form, [NAMES, *TICKETS]), tmp_path / "plain")
    same = "record_id, opened_at, state, closed_at, attributes"
    assert rows_of(tmp_path / "out", "record", same) == rows_of(tmp_path / "plain", "record", same)
    assert "header_row" not in json.loads((tmp_path / "plain" / "receipt.json").read_text())["files"][0]
    assert plain.digest != receipt.digest


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_what_separates_cells_is_found_beneath_the_title(tmp_path: Path, between: str) -> None:
    title = [("Report; of, the|month",), ("Printed, by\ttwo",), ()]
    file = as_csv(tmp_path / "t.csv", [*title, NAMES, *TICKETS], between)
    assert bring(file, tmp_path / "out", 4).records == 3


def test_a_title_over_several_lines_is_one_row_as_a_spreadsheet_counts(tmp_path: Path) -> None:
    file = as_csv(tmp_path / "t.csv", [("Incidents\nof March",), NAMES, *TICKETS])
    one = refused(file, tmp_path / "out")
    assert one.code == "title-above-header" and one.values["row"] == 2
    assert bring(file, tmp_path / "out", 2).records == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "gb18030"])
def test_titles_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    title = "工单报表 三月" if encoding == "gb18030" else "Störungen im März"
    text = "\r\n".join([title, "", *(",".join(row) for row in [NAMES, *TICKETS])])
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    assert refused(tmp_path / "t.csv", tmp_path / "out").values["row"] == 3
    options = ImportOptions(encoding=encoding, header_row=3)
    receipt = import_files([tmp_path / "t.csv"], TABLE, {}, "UTC", tmp_path / "out", options=options)
    assert (receipt.records, receipt.files[0].header_row) == (3, 3)


def test_bad_bytes_beneath_a_title_cost_their_own_row_alone(tmp_path: Path) -> None:
    rows = [
        b"T\xc3\xb6tle",
        b"",
        *(",".join(row).encode() for row in [NAMES, *TICKETS]),
        b"INC4,,\xff,D\xc3\xb6sk,",
        *[b"INC9,,,D\xc3\xb6sk,"] * 20,
    ]
    (tmp_path / "t.csv").write_bytes(b"\n".join(rows))
    receipt = bring(tmp_path / "t.csv", tmp_path / "out", 3)
    assert (receipt.records, receipt.files[0].encoding) == (4, "utf-8")
    assert (7, "bad-encoding") in rows_of(tmp_path / "out", "reject", "source_row, reason")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_that_is_named_and_is_not_the_header_is_told(tmp_path: Path, form: str) -> None:
    file = written(tmp_path, form, [*TITLE, NAMES, *TICKETS])
    empty = (
        "no-header-row" if form == "csv" else "title-above-header"
    )  # a sheet may be one of several, and is looked at as it is
    assert refused(file, tmp_path / "out", 3).code == empty
    assert refused(file, tmp_path / "out", 99).code == empty
    second = refused(file, tmp_path / "out", 2)
    assert (second.code, second.values["row"]) == ("title-above-header", 4)
    other = refused(file, tmp_path / "out", 0, replace(TABLE, header_row=5), named=True)
    assert (other.code, other.values["row"]) == ("title-above-header", 4)
    clean = written(tmp_path, form, [NAMES, *TICKETS])
    assert refused(clean, tmp_path / "out", 99).code == "no-header-row"
    wrong = refused(clean, tmp_path / "out", 0, replace(TABLE, header_row=4), named=True)
    assert (wrong.code, wrong.values["row"]) == ("other-header-row", 4)


def test_a_mapping_that_names_the_row_leaves_other_files_alone(tmp_path: Path) -> None:
    """Each of two files is read by the mapping whose header it has."""
    one = as_csv(tmp_path / "a.csv", [*TITLE, NAMES, *TICKETS])
    two = as_csv(tmp_path / "b.csv", [("Key", "Opened", "Note"), ("P1", "2026-03-02 09:00:00", "x"), ("P2", "2026-03-02 09:00:00", "y")])  # fmt: skip
    known = {
        "incidents": replace(TABLE, id="incidents", header_row=4),
        "problems": mapping(id="problems", process="problem", format="table", recognise=("Key", "Note"), columns={"record_id": ("Key",), "opened_at": ("Opened",)}),
    }  # fmt: skip
    receipt = import_files([one, two], None, known, "UTC", tmp_path / "out")
    assert [(file.name, file.mapping, file.header_row) for file in receipt.files] == [("a.csv", "incidents", 4), ("b.csv", "problems", 0)]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_proposal_names_the_row_that_looks_like_the_header_and_asks_for_it(tmp_path: Path, form: str) -> None:
    file = written(tmp_path, form, [*TITLE, NAMES, *TICKETS])
    definitions = load(ROOT)
    text = render(suggest([file], definitions, {}))
    assert yaml.safe_load(text)["header-row"] == 4
    assert "Do the columns have their names in row 4, `header-row`?" in text
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(group, ["import", str(file), "--mapping", str(own), "--zone", "UTC", "-o", str(tmp_path / "out")])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert (read_receipt(tmp_path / "out").records, read_receipt(tmp_path / "out").files[0].header_row) == (3, 4)
    done = CliRunner().invoke(group, ["import", str(file), "--mapping", str(own), "--header-row", "4", "--zone", "UTC", "-o", str(tmp_path / "again")])  # fmt: skip
    assert done.exit_code == 0, done.output


def commands(of: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command beneath a group, by the words that call it."""
    if not isinstance(of, click.Group):
        yield name, of
        return
    context = click.Context(of)
    for word in of.list_commands(context):
        inner = of.get_command(context, word)
        assert inner is not None
        yield from commands(inner, f"{name} {word}")


def test_whatever_reads_exports_is_told_how_by_the_same_options() -> None:
    reading = {"--zone", "--mapping", "--header-row"}
    said = {name: {word for one in command.params for word in one.opts} for name, command in commands(group, "itsmctl")}
    taking = {name for name, words in said.items() if words & {"--mapping", "--header-row"}}
    assert {"itsmctl import", "itsmctl audit", "itsmctl gate", "itsmctl sample draw"} <= taking
    assert all(said[name] >= reading for name in taking)
    assert {name for name, words in said.items() if "--tickets" in words} - taking == {"itsmctl evidence reveal"}, "it asks for the dataset"  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_audit_of_the_raw_file_names_the_row_as_an_import_does(
    tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, form, [*TITLE, NAMES, *TICKETS])
    own = tmp_path / "own.yaml"
    text = render(suggest([file], load(ROOT), {}))
    own.write_text(text.replace("header-row: 4\n", ""), encoding="utf-8")

    def told(code: int, *words: object) -> str:
        assert cli.run([*map(str, words)]) == code
        return "".join(capsys.readouterr())

    how = ("--mapping", own, "--zone", "UTC")
    audit = ("audit", "--tickets", file, *how, "-o", tmp_path / "result")
    refused = told(2, *audit)
    assert "--header-row 4" in refused and "itsmctl import" not in refused
    explain = next(line for line in told(1, *audit, "--header-row", 4).splitlines() if line.startswith("  itsmctl explain"))  # fmt: skip
    assert read_receipt(tmp_path / "result").files[0].header_row == 4
    assert explain.endswith("--header-row 4")
    told(0, *shlex.split(explain)[1:])
    told(0, "import", file, *how, "--header-row", 4, "-o", tmp_path / "dataset")
    assert read_receipt(tmp_path / "dataset") == read_receipt(tmp_path / "result")
    again = told(2, "audit", "--tickets", tmp_path / "dataset", "--header-row", 4)
    assert "[already-imported]" in again and "--header-row was chosen" in again
    replay = ("replay", "--base", ROOT, "--head", ROOT, "--tickets", file, *how, "--rule", "DQ-01", "--every-rule", "--format", "markdown")  # fmt: skip
    told(2, *replay)
    assert "--header-row 4" in told(0, *replay, "--header-row", 4)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("Total: 3 records", "", "", "", ""), "footer-row"),
        (("3 records", "", "", "", ""), "footer-row"),
        (("Total:", "3", "", "", ""), "footer-row"),
        (("Summe", "3", "", "", ""), "footer-row"),
        (("Printed:", "", "me", "", ""), "footer-row"),
        (("Generated on:", "2026-03-31 12:00:00", "", "", ""), "footer-row"),
        (("© Our Company", "", "", "", ""), "footer-row"),
        (("共3条记录", "", "", "", ""), "total-row"),
        (("INC4", "", "", "", ""), ""),
        (("INC 4", "2026-03-02 12:00:00", "New", "", ""), ""),
    ],
)
def test_a_line_beneath_the_list_is_no_ticket(tmp_path: Path, form: str, row: tuple[str, ...], reason: str) -> None:
    receipt = bring(written(tmp_path, form, [NAMES, *TICKETS, row]), tmp_path / "out")
    assert receipt.records == (3 if reason else 4)
    wanted = [(4, row[0], reason)] if reason else []
    found = rows_of(tmp_path / "out", "reject", "source_row, value, reason")
    assert [one for one in found if one[2] != "bad-time"] == wanted


def test_words_among_the_records_or_for_their_ids_stay(tmp_path: Path) -> None:
    between = [NAMES, TICKETS[0], ("Page 1 of 2", "", "", "", ""), *TICKETS[1:]]
    assert bring(as_csv(tmp_path / "t.csv", between), tmp_path / "a").records == 4
    ids = [NAMES, ("Desk 1", *TICKETS[0][1:]), ("Desk 2", "", "", "", "")]
    assert bring(as_csv(tmp_path / "t.csv", ids), tmp_path / "b").records == 2


def test_a_proposal_says_with_what_option_a_shipped_mapping_reads_the_file(tmp_path: Path) -> None:
    names = ("Number", "Opened", "Caller", "State", "Short description")
    tickets = [(f"INC{n}", "2026-03-02 09:00:00", "A B", "New", "x") for n in range(5)]
    file = as_csv(tmp_path / "t.csv", [*TITLE, names, *tickets])
    definitions = load(ROOT)
    text = " ".join(render(suggest([file], definitions, {})).replace("\n#", " ").split())
    assert "Mapping servicenow-incident reads this file too, with --header-row 4" in text
    receipt = import_files([file], None, definitions.mappings, "UTC", tmp_path / "out", options=ImportOptions(header_row=4))  # fmt: skip
    assert (receipt.mapping, receipt.records) == ("servicenow-incident", 5)
    plain = as_csv(tmp_path / "p.csv", [names, *tickets])
    several = render(suggest([file, plain], definitions, {}))
    assert "header-row: 4" in several and "Nothing is proposed for" in several
