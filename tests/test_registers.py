"""Registers: every wrong cell is told by file, row and column, and what is made of definitions is as it stood on its day."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from itsmctl.definitions import load, validate
from itsmctl.definitions.registers import rows_of
from itsmctl.errors import Problem
from itsmctl.reference import FOLDERS, reference_root

RISKS = "audits/registers/data/risks.csv"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in FOLDERS:
        shutil.copytree(reference_root() / part, tmp_path / part)
    return tmp_path


def told(root: Path, file: str, old: str, new: str) -> list[tuple[str, int, str, str]]:
    """The problems after one replacement: code, row (or line, where there is no row), column and suggestion."""
    path = root / file
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [_short(problem) for problem in validate(root, [path])]


def _short(p: Problem) -> tuple[str, int, str, str]:
    return p.code, p.where.row or p.where.line, p.where.column_name, p.suggestion


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (",treated,", ",treatd,", [("unknown-column", 1, "", "treated")]),
        ("area,risk", "risk,risk", [("missing-column", 1, "", ""), ("column-twice", 1, "", "")]),
        ("RSK-03,availability", "RSK-03,availabilty", [("unknown-code", 3, "area", "availability")]),
        ("2026-07-16,Cooling", "2026-02-30,Cooling", [("wrong-value", 3, "assessed", "")]),
        ("2026-07-16,Cooling", "20260716,Cooling", [("wrong-value", 3, "assessed", "")]),
        ("2,4,2026-07-16,Cooling", "two,4,2026-07-16,Cooling", [("wrong-value", 3, "likelihood", "")]),
        ("true,in-time,true\nRSK-02", "yes,in-time,true\nRSK-02", [("wrong-value", 1, "due", "")]),
        ("Thomas Krüger,3,2", "Thomas Kruger,3,2", [("unknown-person", 5, "owner", "Thomas Krüger")]),
        ("hosting-platform", "hosting-platfrm", [("unknown-service", 3, "service", "hosting-platform")]),
        ("RSK-07,system", ",system", [("missing-value", 7, "id", "")]),
        ("RSK-02,service", "RSK-01,service", [("row-twice", 2, "id", "")]),
        ("RSK-02,service,", "RSK-02,", [("row-length", 2, "", "")]),
        ("Cooling renewed", '"Cooling" renewed', [("not-csv", 4, "", "")]),
    ],
)
def test_a_wrong_cell_is_told_at_its_row_and_column(
    old: str, new: str, wanted: list[tuple[str, int, str, str]], copy: Path
) -> None:
    assert told(copy, RISKS, old, new) == wanted


def test_the_register_named_tells_of_its_rows_and_others_do_not(copy: Path) -> None:
    path = copy / RISKS
    path.write_text(path.read_text("utf-8").replace("RSK-03,availability", "RSK-03,availabilty"), encoding="utf-8")
    (problem,) = validate(copy, [copy / "audits" / "registers" / "delivery.yaml"])
    assert (problem.where.file, problem.where.row, problem.where.line) == (RISKS, 3, 4)
    assert problem.subject == "register risks/rows/3/area"
    assert validate(copy, [copy / "catalog" / "suppliers.yaml"]) == []


def test_a_file_that_nobody_reads_and_one_that_is_not_there(copy: Path) -> None:
    (copy / RISKS).rename(copy / "audits" / "registers" / "data" / "risk.csv")
    assert [(p.code, p.where.file) for p in validate(copy)] == [
        ("unclaimed-file", "audits/registers/data/risk.csv"),
        ("unreadable-file", "audits/registers/delivery.yaml"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "suggestion"),
    [
        ("policies/kpis/budgeting.yaml", "over: forecast}", "over: forcast}", "unknown-column", "forecast"),
        ("policies/kpis/security.yaml", "treated: in-time", "treated: in-tme", "unknown-code", "in-time"),
        ("policies/kpis/security.yaml", "treated: in-time", "treted: in-time", "unknown-column", "treated"),
        ("policies/kpis/supplier.yaml", "held: true", "held: in-time", "wrong-condition", ""),
        ("policies/kpis/supplier.yaml", "column: score", "column: result", "wrong-condition", ""),
    ],
)
def test_an_indicator_asks_a_register_for_what_it_has(
    file: str, old: str, new: str, code: str, suggestion: str, copy: Path
) -> None:
    line = next(n for n, text in enumerate((copy / file).read_text("utf-8").split("\n"), 1) if old in text)
    assert told(copy, file, old, new) == [(code, line, "", suggestion)]


def test_rows_decide_which_definitions_they_are(copy: Path) -> None:
    """A row that changed makes another digest, also where the definitions were read before and kept."""
    before = load(copy)
    assert load(copy).digest == before.digest
    assert RISKS in before.files
    path = copy / RISKS
    path.write_text(path.read_text("utf-8").replace("RSK-07", "RSK-08"), encoding="utf-8")
    assert load(copy).digest != before.digest


def test_what_definitions_say_is_as_it_stood_on_the_day() -> None:
    definitions = load(reference_root())
    register = definitions.registers["nonconformities"]
    states = {
        day: {str(row.values["id"]): row.values["state"] for row in rows_of(definitions, register, day)}
        for day in (date(2026, 2, 9), date(2026, 2, 10), date(2026, 6, 11), date(2026, 6, 12))
    }
    assert "nc-2026-01" not in states[date(2026, 2, 9)]
    assert states[date(2026, 2, 10)]["nc-2026-01"] == "open"
    assert states[date(2026, 6, 11)]["nc-2026-01"] == "open"
    assert states[date(2026, 6, 12)]["nc-2026-01"] == "closed"


def test_every_row_of_the_reference_set_is_what_its_columns_say() -> None:
    definitions = load(reference_root())
    for register in definitions.registers.values():
        for row in rows_of(definitions, register, date(2026, 10, 31)):
            columns = {column.id: column for column in register.columns}
            assert set(row.values) <= set(columns), (register.id, row)
            assert {c.id for c in register.columns if c.required} <= set(row.values), (register.id, row)
            coded = {name: value for name, value in row.values.items() if columns[name].type == "code"}
            assert all(value in columns[name].values for name, value in coded.items()), (register.id, coded)
