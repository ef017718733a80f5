"""Working papers: workbooks that other programs read as meant, in which nothing runs."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from evidence_case import OBSERVED, make_case
from office import first_sheet
from python_calamine import CalamineWorkbook

from itsmctl.evidence import papers
from itsmctl.evidence.pack import build
from itsmctl.reports.workbooks import Book

Case = tuple[Path, Path]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def folder(case: Case) -> Path:
    result, root = case
    build(result, result.parent / "pack", root=root)
    return result.parent / "pack/data/papers"


def _rows(path: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def _sheets(path: Path) -> dict[str, str]:
    """The XML of each sheet."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")}


@pytest.mark.parametrize(
    ("name", "sheets"),
    [
        ("rules.xlsx", ["Audit", "Rules", "INC-01"]),
        ("rules.zh.xlsx", ["审核", "规则", "INC-01"]),
        ("clauses.xlsx", ["Audit", "Clauses", "8.6.1", "8.6.2", "9.1"]),
        ("clauses.zh.xlsx", ["审核", "条款", "8.6.1", "8.6.2", "9.1"]),
    ],
)
def test_there_is_a_sheet_for_each_rule_with_findings_and_for_each_clause(
    folder: Path, name: str, sheets: list[str]
) -> None:
    assert CalamineWorkbook.from_path(folder / name).sheet_names == sheets


@pytest.mark.parametrize("name", ["rules.xlsx", "rules.zh.xlsx", "clauses.xlsx", "clauses.zh.xlsx"])
def test_nothing_runs_and_every_sheet_has_a_header_that_stays_and_a_filter(folder: Path, name: str) -> None:
    for text in _sheets(folder / name).values():
        assert "<f>" not in text and "<f " not in text and "<hyperlink" not in text
        assert 'ySplit="1"' in text and 'state="frozen"' in text
        assert "<autoFilter" in text


def test_findings_keep_their_text_and_their_moment(folder: Path) -> None:
    header, *rows = _rows(folder / "rules.xlsx", "INC-01")
    assert header[:6] == ["Record", "Source file", "Source row", "Observed", "Expected", "At"]
    assert header[-3:] == ["Examiner", "Date", "Remark"]
    assert [row[0] for row in rows] == [f"INC{number:04}" for number in range(1, 8)]
    assert [(row[1], row[2]) for row in rows] == [("=导出.csv", number) for number in range(2, 9)]
    assert {(row[3], row[4], row[5]) for row in rows} == {
        (OBSERVED, "关闭代码", datetime(2026, 6, 5, 8, 30, tzinfo=UTC).replace(tzinfo=None))
    }


def test_the_list_of_rules_counts_in_numbers(folder: Path) -> None:
    header, *rows = _rows(folder / "rules.zh.xlsx", "规则")
    first = dict(zip(map(str, header), rows[0], strict=True))
    assert (first["范围内"], first["未通过"], first["无法检验"], first["通过"]) == (50, 7, 3, 40)
    assert first["结果"] == "未通过"
    assert not any("INC-14" in map(str, row) for row in rows), "an enquiry is no finding"


def test_a_clause_sheet_says_what_is_tested_and_what_is_not_evidenced(folder: Path) -> None:
    told = [(row[0], row[1], row[2]) for row in _rows(folder / "clauses.xlsx", "8.6.1")[1:]]
    assert ("Tested", "INC-01", "Rule INC-01") in told
    assert told[0] == ("Clause", "8.6.1", "Incidents | all")
    assert ("Not evidenced", "", "Nothing in this pack stands for the clause.") in [
        (row[0], row[1], row[2]) for row in _rows(folder / "clauses.xlsx", "9.1")[1:]
    ]


def test_a_sheet_says_how_many_findings_it_leaves_out(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "share", lambda rules: 3)
    result, root = case
    build(result, tmp_path / "pack", root=root)
    rows = _rows(tmp_path / "pack/data/papers/rules.xlsx", "INC-01")
    assert len(rows) == 5
    assert str(rows[-1][0]).startswith("4 more findings are in")


def test_names_of_sheets_fit_and_differ() -> None:
    book = Book("t", "c")
    for name in ["a" * 40, "A" * 40, "history", "x/y:[z]*?\\", "'", "x/y", "X_y"]:
        book.sheet(name, [("h", 5)], [])
    names = CalamineWorkbook.from_filelike(io.BytesIO(book.finish())).sheet_names
    assert names == ["a" * 31, "A" * 29 + "~2", "history~2", "x_y__z____", "_", "x_y", "X_y~2"]


def test_cells_are_what_they_are_said_to_be() -> None:
    texts = ["=1+1", "@x", "+1", "-1", "007", "1e3", "2026-01-01", "http://x.example", "\t=1", "空", "_x0041_"]
    book = Book("t", "c")
    moment, old = datetime(2026, 3, 29, 1, 0, 5, tzinfo=UTC), datetime(1899, 1, 1, tzinfo=UTC)
    book.sheet("s", [("h", 5)], [*([text] for text in texts), [7], [moment], [old], [None]])
    content = book.finish()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("s").to_python()
    assert [row[0] for row in rows[1 : len(texts) + 1]] == texts
    assert [row[0] for row in rows[len(texts) + 1 :]] == [7, moment.replace(tzinfo=None), "1899-01-01T00:00:00Z"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert re.search(rb"<dcterms:created[^>]*>1980-01-01", archive.read("docProps/core.xml"))


def test_libreoffice_opens_them(folder: Path, tmp_path: Path) -> None:
    for name in ("rules.zh.xlsx", "clauses.zh.xlsx"):
        assert "审核" in first_sheet(folder / name, tmp_path)
