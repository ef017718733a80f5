"""What an expression may say, of what type it is, and that nothing else ever comes through."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_checks import build_rule, judge

from itsmctl.definitions import load
from itsmctl.engine import expressions
from itsmctl.engine.expressions import Compiled, compile_expression
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.language import problem_text

RECORD = """SELECT 'A1' AS record_id, 'incident' AS process, 'P1' AS priority, CAST(NULL AS VARCHAR) AS assignee, 'Disk full' AS category,
    CAST(3 AS BIGINT) AS reopen_count, CAST(0 AS BIGINT) AS reassignment_count, true AS reported_sla_met,
    CAST(1770000000 AS BIGINT) AS opened_at, CAST(1770007200 AS BIGINT) AS resolved_at"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("priority = 'P1'", True),
        ("priority <> 'P1' OR assignee IS NOT NULL", False),
        ("assignee = 'Li'", None),
        ("coalesce(assignee, 'nobody') = 'nobody'", True),
        ("priority IN ('P1', 'P2') AND NOT priority IN ('P3')", True),
        ("resolved_at - opened_at = hours(2)", True),
        ("resolved_at - opened_at < minutes(120)", False),
        ("resolved_at <= opened_at + hours(1) * 2", True),
        ("(resolved_at - opened_at) / hours(1) = 2", True),
        ("reopen_count BETWEEN 1 AND 3", True),
        ("reopen_count / reassignment_count > 1", None),
        ("reopen_count * 999999999999 * 999999999999 > 1", True),
        ("-reopen_count = -3 AND abs(-3) = reopen_count", True),
        ("round(reopen_count / 2) = 2", True),
        ("reported_sla_met IS TRUE", True),
        ("NOT reported_sla_met", False),
        ("CASE WHEN priority = 'P1' THEN reopen_count > 5 ELSE true END", False),
        ("CASE WHEN priority = 'P2' THEN true END", None),
        ("starts_with(lower(category), 'disk') AND ends_with(category, 'full') AND contains(category, 'k f')", True),
        ("length(trim(category)) = 9", True),
        ("greatest(reopen_count, 5) = 5 AND nullif(priority, 'P1') IS NULL", True),
        ("NULL", None),
        (" OR ".join(["priority = 'x'"] * 100), False),
    ],
)
def test_an_expression_has_the_value_that_sql_gives_it(text: str, value: bool | None, session: Session) -> None:
    compiled = compile_expression(text)
    assert isinstance(compiled, Compiled), compiled
    sql = compiled.sql
    assert session.one(f"SELECT {sql.text} FROM ({RECORD}) AS r", sql.values) == (value,)


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("prority = 'P1'", "unknown column 'prority'", 0),
        ("priority = 'P1' AND asignee = 'x'", "unknown column 'asignee'", 20),
        ("r.priority = 'x'", "unknown column 'r.priority'", 0),
        ("attributes = 'x'", "unknown column 'attributes'; a text stands in single quotes", 0),
        ("priority = 1", "a text is compared with a number", 0),
        ("opened_at > '2026-01-01'", "a moment is compared with a text", 0),
        ("resolved_at - opened_at > 3600", "a duration is compared with a number", 0),
        ("resolved_at + opened_at > hours(1)", "a moment and a moment cannot be reckoned with so", 0),
        ("priority", "the expression is a text; it must be true or false", 0),
        ("NOT priority", "a text stands where true or false is wanted", 4),
        ("assignee = NULL", "nothing is equal to NULL; write IS NULL", 0),
        ("hours(priority) > minutes(1)", "a text stands where a number is wanted", 6),
        ("1e13 > reopen_count", "1e13 is too large a number", 0),
        ("(priority", "not readable as an expression", 1),
        ("priority = 'x", "not readable as an expression", 0),
        ("", "one expression is wanted here", 0),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, message: str, column: int) -> None:
    found = compile_expression(text)
    assert isinstance(found, list)
    told = [(problem.message, problem.where.column - 1) for problem in found]
    assert told == [(message, column)]


HOSTILE = (
    "read_csv('/etc/passwd') IS NULL",
    "read_text('/etc/passwd') = 'x'",
    "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
    "EXISTS (SELECT 1)",
    "priority IN (SELECT priority FROM record)",
    "priority = ANY (SELECT priority FROM record)",
    "getenv('HOME') = 'x'",
    "current_setting('threads') = 'x'",
    "pragma version",
    "attach 'x.db'",
    "copy record to 'x.csv'",
    "install httpfs",
    "SET threads = 1",
    "CALL pragma_version()",
    "priority = 'x'; DROP TABLE record",
    "priority::INTEGER = 1",
    "CAST(priority AS STRUCT(a INTEGER)) IS NULL",
    "try_cast(priority AS DATE) IS NULL",
    "regexp_matches(category, '(a+)+$')",
    "category ~ '(a+)+$'",
    "category SIMILAR TO '(a+)+$'",
    "category LIKE '%a%a%a%a%a%a%a%b'",
    "category GLOB '*'",
    "list_sum(range(1000000000)) > 1",
    "repeat(category, 1000000000) = 'x'",
    "generate_series(1, 2) = 1",
    "random() > 0.5",
    "now() > opened_at",
    "current_timestamp > opened_at",
    "uuid() = 'x'",
    "sleep_ms(100000) = 1",
    "count(*) > 1",
    "row_number() OVER () = 1",
    "lower(priority, (SELECT 1)) = 'x'",
    "trim(BOTH 'x' FROM priority) = 'x'",
    "COLUMNS('.*') = 1",
    "* = 1",
    "[priority][1] = 'x'",
    "{'a': priority}.a = 'x'",
    "x -> x + 1",
    "$1 = 1",
    "? = 1",
    "INTERVAL '1' DAY > minutes(3)",
    "DATE '2026-01-01' > opened_at",
    "main.record.priority = 'x'",
    "'a' 'b' = priority",
    "CASE priority WHEN 'x' THEN true END",
    "(" * 500 + "true" + ")" * 500,
    "NOT " * 400 + "true",
    "- " * 900 + "1 > 0",
    "1 + " * 400 + "1 > 0",
    "x" * 5000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:40])
def test_nothing_else_is_allowed(text: str) -> None:
    found = compile_expression(text)
    assert isinstance(found, list) and found, found


@pytest.mark.parametrize("text", ["priority = 'x''; DROP TABLE record; --'", "\"priority\" = '漢字 🙂 \x01'"])
def test_a_text_comes_through_as_a_value_alone(text: str, session: Session) -> None:
    compiled = compile_expression(text)
    assert isinstance(compiled, Compiled)
    assert "DROP" not in compiled.sql.text and len(compiled.sql.values) == 1
    assert session.one(f"SELECT {compiled.sql.text} FROM ({RECORD}) AS r", compiled.sql.values) == (False,)


WRITTEN = """kind: rule
id: ZZ-01
version: 1
title: Expression
process: incident
clauses: ["iso-20000-1:8.6.1"]
severity: minor
check:
  expression: {{that: {that}}}
rationale: Because.
remedy: Look.
"""


@pytest.mark.parametrize(
    ("that", "line", "column"),
    [
        ("prority = 'P1'", 9, 22),
        ("\"state = 'x' OR prority = 'P1'\"", 9, 38),
        ("'state IS NULL OR prority IS NULL'", 9, 40),
        ("'state = ''x'' OR prority IS NULL'", 9, 22),
        (">-\n      state = 'x' OR\n      prority IS NULL\n  ", 9, 22),
    ],
    ids=["plain", "double quotes", "single quotes", "quotes with quotes inside", "folded"],
)
def test_a_mistake_stands_in_its_column_of_the_line(that: str, line: int, column: int, tmp_path: Path) -> None:
    """Where YAML folds the text or replaces characters, the place is that of the text."""
    cases = Path(__file__).parent / "cases" / "system"
    for file in cases.rglob("*.yaml"):
        (tmp_path / file.relative_to(cases)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.relative_to(cases)).write_text(file.read_text("utf-8"), encoding="utf-8")
    text = WRITTEN.format(that=that)
    if that.startswith(">"):  # a flow mapping cannot hold a folded text
        text, line, column = text.replace("{that:", "\n    that:").replace("\n  }", ""), 10, 11
    (tmp_path / "policies" / "zz.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ItsmctlError) as raised:
        load(tmp_path)
    (problem,) = raised.value.problems
    assert (problem.code, problem.where.line, problem.where.column) == ("bad-expression", line, column)
    assert problem.suggestion == "priority"


def test_what_is_wrong_is_read_in_chinese() -> None:
    texts = ["prority = 'x'", "priority = 1", "priority", "lower(1) = 'x'", "opened_at + opened_at > 1", "(", "", "f(1)", "x" * 3000, "1e99 > 1", "- priority = 'x'", "a LIKE 'b'", "NOT " * 400 + "true", "assignee = NULL", "abs() = 1"]  # fmt: skip
    for text in texts:
        found = compile_expression(text)
        assert isinstance(found, list)
        for problem in found:
            assert problem_text(problem, "zh") != problem_text(problem, "en"), problem


def test_sqlglot_is_loaded_for_expressions_alone(tmp_path: Path) -> None:
    """It takes as long to load as all the rest of a start; definitions that were read before need no check of their expressions."""
    code = "import sys; from itsmctl.definitions import load; from itsmctl.audit import audit; load(); print('sqlglot' in sys.modules)"
    kept = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    shown = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=kept)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in shown] == ["True", "False"]


@pytest.mark.parametrize(
    "text",
    [
        "coalesce(priority, 'é') IN ('P1', 'P2') AND resolved_at - opened_at < minutes(90.5)",
        "CASE WHEN (category) = 'Disk full' THEN major ELSE NULL END",
    ],
)
def test_what_was_compiled_before_is_the_same_without_the_parser(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = compile_expression(text)
    assert isinstance(first, Compiled)
    with monkeypatch.context() as without:
        without.setattr(expressions, "_compile", lambda text: [])
        assert compile_expression(text) == first
        assert compile_expression(text + " ") == []
    for path in tmp_path.rglob("expression-*"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert compile_expression(text) == first


def test_what_is_wrong_is_told_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told = [compile_expression("prority = 'P1'") for _ in range(2)]
    assert told[0] == told[1] and isinstance(told[0], list) and told[0]


def test_a_rule_with_an_expression_judges_by_it(tmp_path: Path) -> None:
    rule = build_rule({"check": {"expression": {"that": "resolved_at - opened_at <= hours(4)"}}}, 1)
    record = {"opened_at": "2026-03-02T09:00:00Z"}
    records = [
        {**record, "record_id": "A1", "resolved_at": "2026-03-02T13:00:00Z"},
        {**record, "record_id": "A2", "resolved_at": "2026-03-02T13:00:01Z"},
    ]
    _, verdicts = judge({rule.id: rule}, {"records": records}, tmp_path)
    assert [v.passed for v in verdicts] == [True, False]
