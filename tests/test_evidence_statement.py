"""The statement: every leaf clause with what is defined, tested, recorded and open, and plainly what is not evidenced."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from evidence_case import RULES, commit, git, write_definitions, write_result
from jsonschema import Draft7Validator

from itsmctl.evidence.pack import build
from itsmctl.evidence.statement.data import statement_schema
from itsmctl.evidence.statement.lacking import SENTENCES

_MORE = """\
kind: nonconformity
id: nc-1
title: {en: Late again | and again, zh: 再次逾期}
severity: minor
source: tickets
found: 2026-03-01
found-by: ann
clauses: ["iso-20000-1:9.1"]
rules: [INC-02]
process: incident
nature: Late.
actions: [{what: Look sooner., owner: ann, due: 2026-07-01}]
---
kind: nonconformity
id: nc-closed
title: {en: Closed, zh: 已关闭}
severity: minor
source: tickets
found: 2026-03-01
found-by: ann
clauses: ["iso-20000-1:8.6.1"]
nature: Late.
cause: Nobody looked.
actions: [{what: Look sooner., owner: ann, due: 2026-04-01, done: 2026-04-01}]
effectiveness: {by: bo, on: 2026-05-01, result: effective}
closed: 2026-05-01
---
kind: assignment
id: a-ann
title: Ann
person: ann
role: owner
---
kind: assignment
id: a-bo
title: Bo
person: bo
role: owner
"""
_WAYS = """\
  - number: "8.6.2"
    title: {en: Requests, zh: 请求}
    checked:
      - {by: tickets, how: {en: Every request is recorded., zh: 请求均有记录。}}
      - {by: registers, named: [register], how: {en: Complaints., zh: 投诉。}}
      - {by: attestation, how: {en: Whether users are content., zh: 用户是否满意。}}
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("statement")
    root = write_definitions(folder / "system")
    framework = root / "policies/框架.yaml"
    old = '  - {number: "8.6.2", title: {en: Requests, zh: 请求}}\n'
    text = framework.read_text("utf-8")
    assert old in text
    framework.write_text(text.replace(old, _WAYS), encoding="utf-8", newline="\n")
    process = root / "policies/incident.yaml"
    text = process.read_text("utf-8").replace("id: incident\n", 'id: incident\nclauses: ["iso-20000-1:8.6.1"]\n', 1)
    process.write_text(text, encoding="utf-8", newline="\n")
    (root / "audits").mkdir()
    (root / "audits/nc.yaml").write_text(_MORE, encoding="utf-8", newline="\n")
    git(root, "init", "-q", "-b", "main")
    result = write_result(folder / "result", root, commit(root, "First version"))
    build(result, folder / "pack", root=root)
    return folder / "pack/data"


@pytest.fixture(scope="module")
def statement(pack: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((pack / "statement.json").read_text("utf-8"))
    return read


def _clauses(statement: dict[str, Any]) -> dict[str, Any]:
    return {clause["clause"]: clause for clause in statement["frameworks"][0]["clauses"]}


def test_the_statement_keeps_its_schema(statement: dict[str, Any]) -> None:
    validator = Draft7Validator(statement_schema())
    assert [error.message for error in validator.iter_errors(statement)] == []
    assert list(validator.iter_errors({**statement, "more": 1}))
    codes = statement_schema()["definitions"]["not-evidenced"]["properties"]["code"]["enum"]  # type: ignore[index]
    assert codes == list(SENTENCES)


def test_every_leaf_clause_is_stated_with_its_strength_and_outcome(statement: dict[str, Any]) -> None:
    found = {number: (c["strength"], c["outcome"]) for number, c in _clauses(statement).items()}
    assert found == {
        "8.6.1": ("partial", "fail"),
        "8.6.2": ("none", "not_testable"),
        "9.1": ("none", None),
    }
    assert statement["frameworks"][0]["strengths"] == {"strong": 0, "partial": 1, "attested": 0, "none": 2}


def test_a_clause_names_what_is_defined_where_and_at_which_version(statement: dict[str, Any], pack: Path) -> None:
    assert _clauses(statement)["8.6.1"]["definitions"] == ["process:incident"]
    (process,) = statement["definitions"]
    assert (process["file"], process["line"], process["version"]) == ("policies/incident.yaml", 1, "1.0")
    assert (process["commit"], process["committed_at"]) == (statement["commit"], "2026-01-05T09:00:00Z")
    line = (pack / "definitions" / process["file"]).read_text("utf-8").splitlines()[process["line"] - 1]
    assert line == "kind: process"


def test_a_clause_names_the_rules_that_ran_with_their_population(statement: dict[str, Any], pack: Path) -> None:
    clauses = _clauses(statement)
    assert clauses["8.6.1"]["rules"] == ["INC-01", "INC-02", "INC-04"]
    assert clauses["8.6.1"]["outcomes"] == {"fail": 1, "pass": 2}
    rules = {rule["id"]: rule for rule in statement["rules"]}
    _, outcome, passed, failed, not_testable = RULES["INC-01"]
    first = rules["INC-01"]
    assert (first["outcome"], first["passed"], first["failed"], first["not_testable"]) == (
        outcome, passed, failed, not_testable,
    )  # fmt: skip
    assert first["in_scope"] == passed + failed + not_testable
    text = (pack / "definitions" / first["file"]).read_text("utf-8").splitlines()
    assert text[first["line"]] == "id: INC-01"


def test_an_enquiry_stands_beside_a_clause_and_is_no_evidence(statement: dict[str, Any]) -> None:
    clause = _clauses(statement)["9.1"]
    assert (clause["enquiries"], clause["rules"], clause["strength"]) == (["INC-14"], [], "none")
    assert [rule["id"] for rule in statement["enquiries"]] == ["INC-14"]
    assert "INC-14" not in [rule["id"] for rule in statement["rules"]]


def test_what_is_not_evidenced_is_said(statement: dict[str, Any]) -> None:
    found = {number: [one["code"] for one in c["not_evidenced"]] for number, c in _clauses(statement).items()}
    assert found == {
        "8.6.1": [],
        "8.6.2": ["nothing", "not-named", "not-testable", "no-record", "only-people"],
        "9.1": ["nothing"],
    }
    by_code = {one["code"]: one for one in _clauses(statement)["8.6.2"]["not_evidenced"]}
    assert by_code["not-testable"]["what"] == ["INC-03"]
    assert by_code["only-people"]["text"] == {
        "en": "Only people can say, and were not asked here: Whether users are content.",
        "zh": "只能由人说明，此处未询问：用户是否满意。",
    }


def test_open_nonconformities_stand_with_the_clause_and_the_process(statement: dict[str, Any]) -> None:
    """By the rule that tests the clause, and by the clause that it names."""
    found = {number: clause["nonconformities"] for number, clause in _clauses(statement).items()}
    assert found == {"8.6.1": ["nc-1"], "8.6.2": [], "9.1": ["nc-1"]}
    assert [one["id"] for one in statement["nonconformities"]] == ["nc-1"]
    assert (statement["nonconformities"][0]["actions"], statement["nonconformities"][0]["actions_done"]) == (1, 0)
    (process,) = statement["frameworks"][0]["processes"]
    assert process["nonconformities"] == ["nc-1"]


def test_each_process_has_its_own_part(statement: dict[str, Any]) -> None:
    (process,) = statement["frameworks"][0]["processes"]
    assert (process["process"], process["version"], process["outcomes"]) == (
        "incident", "1.0", {"fail": 1, "not_testable": 1, "pass": 2},
    )  # fmt: skip
    assert {c["clause"]: c["strength"] for c in process["clauses"]} == {
        "8.6.1": "partial",
        "8.6.2": "none",
        "9.1": "none",
    }


@pytest.mark.parametrize(("language", "words"), [("", "No register or record"), (".zh", "没有台账或记录")])
def test_the_page_says_it_all_and_loads_nothing(pack: Path, language: str, words: str) -> None:
    page = (pack / f"statement{language}.html").read_text("utf-8")
    assert words in page
    assert page.count('<article class="clause"') == 3
    for number in ("8.6.1", "8.6.2", "9.1"):
        assert f">{number}</a>" in page
    assert not re.search(r"<(script|link|img|iframe)|(?:src|href)=\"(?!#)", page)
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors <= set(re.findall(r'id="([^"]+)"', page))


@pytest.mark.parametrize("name", ["statement.md", "statement.zh.md"])
def test_the_document_has_a_row_and_a_heading_for_every_leaf_clause(pack: Path, name: str) -> None:
    lines = (pack / name).read_text("utf-8").splitlines()
    rows = [
        line
        for line in lines[: lines.index(next(x for x in lines if x.startswith("### ")))]
        if line.startswith(("| 8", "| 9"))
    ]
    assert [row.split(" | ")[0] for row in rows] == ["| 8.6.1", "| 8.6.2", "| 9.1"]
    assert {row.replace("\\|", "").count("|") for row in rows} == {9}
    assert [line.split(" ")[1] for line in lines if line.startswith(("### 8", "### 9"))] == ["8.6.1", "8.6.2", "9.1"]
    assert any("nc-1" in line and "\\|" in line for line in lines) == (name == "statement.md")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "statement.pdf",
            ["Statement, clause by clause", "June 六月", "Incidents | all", "7 of 50 failed, 3 not testable"],
        ),
        ("statement.zh.pdf", ["逐条款声明", "June 六月", "没有台账或记录证明实际发生过。", "再次逾期"]),
    ],
)
def test_another_program_reads_the_print(pack: Path, name: str, words: list[str]) -> None:
    content = (pack / name).read_bytes()
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    assert [word for word in words if word not in text.replace("\r\n", "")] == []
    assert all(f"{number} " in text for number in ("8.6.1", "8.6.2", "9.1"))
    assert b"/FlateDecode" not in content, "its bytes would depend on the zlib at hand"
    assert b"/FontFile" not in content, "a font of this machine got in"


def test_a_long_cell_goes_over_pages() -> None:
    from dataclasses import replace

    from itsmctl.evidence.statement.pdf import pdf
    from itsmctl.evidence.statement.told import ClauseWords, FrameworkWords, StatementWords

    lacking = tuple(f"无法检验 {number} <&> not tested" for number in range(300))
    clause = ClauseWords((), "1", "T", "none", "○ none", "", "no rule", (), (), (), (), (), lacking)
    framework = FrameworkWords("f", "F", "1", "", (), (clause,), ())
    words = StatementWords("zh", "A", (("a", "b"),), (), (framework, replace(framework, id="g")))
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf(words)))
    assert all(f"{number} <&> not tested" in text for number in range(300))
