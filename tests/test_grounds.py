"""Every check type explains its failures: the rows behind them, what was observed, what was applied and where it is written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from test_checks import ALL, Case, _built, build_rule, judge, system

from itsmctl import grounds
from itsmctl.audit.people import PeopleKey
from itsmctl.checks import CHECKS
from itsmctl.checks.declare import TEMPLATES
from itsmctl.definitions import load
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.language import problem_text
from itsmctl.model import GROUPED, Rule
from itsmctl.reference import reference_root
from itsmctl.reports import timeline
from itsmctl.reports.pages import clause_text
from itsmctl.result import Explanation
from itsmctl.source import parse_documents

WITHOUT_ROWS = {
    "register": "the verdict names the row of the register",
    "count-per-month": "a month may have none",
    "row-count": "it is about a whole file, which the verdict names",
}
"""Check types whose failure need not have a record of the export behind it, and why."""


def failing(check: str) -> tuple[Case, str]:
    """The first case of a check that has a failure, and the record or group that fails."""
    for case in ALL:
        if case.file == check and "rule" in case.data and "period" not in case.data:
            for row in case.data.get("verdicts", []):
                if row[1] is False:
                    return case, str(row[0])
    raise AssertionError(f"no case of {check} fails")


def written(case: Case, root: Path) -> Rule:
    """The rule of a case in a file of its own, so that its parameters have lines."""
    shown = build_rule(case.data["rule"], 1)
    body = {"kind": "rule", "id": shown.id, "title": "Case", "version": 7, "process": "incident"}
    words = {"clauses": ["iso-20000-1:8.6.1"], "severity": "minor", "rationale": "Case.", "remedy": "Case."}
    text = "# Rules of a case\n---\n" + json.dumps({**body, **words, **case.data["rule"]}, indent=1)
    (root / "rules.yaml").write_text(text, encoding="utf-8")
    (document,) = parse_documents(text, "rules.yaml")
    rule = _built(document)
    assert isinstance(rule, Rule)
    return replace(rule, rests_on=())


LOOKS_AT_CHANGES = {
    "approved", "authorised", "clock-within", "conforms", "dwell-within", "existence", "handovers", "in-lane", "late-pause", "leg-within",
    "loosened", "period-shift", "precedence", "raised-and-lowered", "returns", "traced", "transition",
}  # fmt: skip
"""Check types that judge by what happened to a record: each change that was looked at has its row."""

OF_DECLARE = {"precedence", "existence"}
"""The templates share one module, parameters and verdicts: two stand for all of them."""


@pytest.mark.parametrize("check", sorted(set(CHECKS) - set(TEMPLATES) | OF_DECLARE))
def test_a_failure_is_explained(check: str, tmp_path: Path) -> None:
    case, name = failing(check)
    rule = written(case, tmp_path)
    result, _ = judge({rule.id: rule}, case.data, tmp_path, root=tmp_path, explain=(name,))
    (found,) = result.explanations
    (ground, *_) = [one for one in found.grounds if one.rule.id == rule.id]
    assert (ground.verdict.record_id, ground.rule.version) == (name, 7)
    assert ground.rows or check in WITHOUT_ROWS
    assert all(row.file and row.row for row in ground.rows)
    assert all(one.file and one.row for one in ground.changes)
    assert ground.changes or check not in LOOKS_AT_CHANGES
    tells = rule.check not in GROUPED and check != "no-secrets" and CHECKS[check].needs(rule).columns
    assert ground.values or not tells
    lines = (tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines()
    applied = {one.name: one for one in reversed(ground.applied)}
    for parameter in ("check", *rule.parameters):
        where = applied[parameter].where
        assert where.file == "rules.yaml" and f'"{parameter}"' in lines[where.line - 1], parameter
    assert all(one.where.line for one in ground.applied)
    _told(found)


def _told(found: Explanation) -> None:
    """The same stands in every form, in both languages."""
    (ground, *_) = found.grounds
    text, page = timeline.terminal(found, "en", width=2000), timeline.explanation_html(found, "en")
    page = re.sub(r'<span class="piece">([^<]*)</span>', r"\1", page)  # what must not be broken at a hyphen
    document = json.loads(json.dumps(timeline.explanation_json(found)))
    (told, *_) = document["grounds"]
    assert told["observed"] == ground.verdict.observed and told["clauses"] == list(ground.rule.clauses)
    assert [row["row"] for row in told["rows"]] == [row.row for row in ground.rows]
    assert [(one["file"], one["row"]) for one in told["changes"]] == [(one.file, one.row) for one in ground.changes]
    assert told["values"] == ground.values
    assert document["definitions"]["digest"]
    for form in (text, page):
        assert clause_text(ground.rule.clauses[0]) in form and "version 7" in form
        assert all(f"[{one.where.file}:{one.where.line}]" in form for one in ground.applied)
        assert all(f"({one.file}, row {one.row})" in form for one in (*ground.rows[:10], *ground.changes[-10:]))
        assert document["definitions"]["digest"][:16] in form
    assert "第 7 版" in timeline.terminal(found, "zh", width=80)


DECIDE = {
    "agreement": {"priority": "P4", "service": "erp"},
    "clock-within": {"priority": "P1", "service": "erp"},
    "employed": {"resolved_by": "Li", "resolved_at": None},
    "known": {"service": "crm", "opened_at": None},
    "linked": {"caused_by": None},
    "not-in-future": {"closed_at": "2026-03-02T12:00:01Z"},
    "ordered-times": {"opened_at": "2026-03-02T09:00:01Z", "resolved_at": "2026-03-02T09:00:00Z"},
}
"""What decided a failure, by check: the column, and what it holds, where it is the same whatever the case."""


@pytest.mark.parametrize("check", sorted(DECIDE))
def test_the_values_that_decided_are_all_shown(check: str, tmp_path: Path) -> None:
    case, name = failing(check)
    rule = written(case, tmp_path)
    result, _ = judge({rule.id: rule}, case.data, tmp_path, root=tmp_path, explain=(name,))
    (ground, *_) = [one for found in result.explanations for one in found.grounds if one.rule.id == rule.id]
    assert set(DECIDE[check]) <= set(ground.values)
    told = {column: value for column, value in DECIDE[check].items() if value is not None}
    assert {column: ground.values[column] for column in told} == told


def test_a_change_is_told_with_its_moment_and_whose_it_was(tmp_path: Path) -> None:
    case, name = failing("unchanged")
    rule = written(case, tmp_path)
    result, _ = judge({rule.id: rule}, case.data, tmp_path, root=tmp_path, explain=(name,))
    (found,) = result.explanations
    approval = "2026-03-02 09:00 Wang: Approved (approvals.csv, row 1)"
    edit = "2026-03-02 09:10:01 plan: one → two by Li (history.csv, row 1)"
    english, chinese = (timeline.terminal(found, language, width=2000) for language in ("en", "zh"))
    assert f"{approval}; {edit}" in english
    assert "2026-03-02 09:10:01 计划：one → two，操作者 Li（history.csv 第 1 行）" in chinese


def test_every_similar_record_around_one_is_named_and_no_other(tmp_path: Path) -> None:
    """`explain` of a candidate for a problem shows the others: with the same service, a title alike, within the time."""
    parameters = {"same": ["service"], "either": ["ci", "customer"], "similar": 50, "count": 3, "within": "168h"}
    rule = replace(build_rule({"enquiry": True, "check": {"similar": parameters}}, 1), rests_on=())
    rows = [
        ("A1", "2026-03-02", "VPN login fails", "c1", "x"),
        ("A2", "2026-03-03", "VPN login fails again", "c1", "y"),
        ("A3", "2026-03-08", "login fails on VPN", "c1", "x"),
        ("B1", "2026-03-02", "Printer jams", "c1", "x"),
        ("B2", "2026-03-12", "VPN login fails", "c1", "x"),
        ("B3", "2026-03-02", "VPN login fails", "c3", "z"),
        ("B4", "2026-03-04", "VPN login fails", "c1", "x"),
    ]
    records = [
        {"record_id": r, "service": "mail" if r == "B4" else "erp", "title": title, "ci": ci, "customer": customer, "opened_at": f"{day}T08:00:00Z"}
        for r, day, title, ci, customer in rows
    ]  # fmt: skip
    result, verdicts = judge({rule.id: rule}, {"records": records}, tmp_path, explain=("A1", "A3", "B2"))
    assert {v.record_id for v in verdicts if v.passed is False} == {"A1", "A2", "A3"}
    told = [[row.record_id for ground in one.grounds for row in ground.rows] for one in result.explanations]
    assert told == [["A1", "A2", "A3"], ["A3", "A1", "A2", "B2"], []]


def test_all_failures_of_a_rule_are_looked_up_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each still has its own rows, and not those of another."""
    rule = replace(build_rule({"enquiry": True, "check": {"batch": {"by": "closed_by", "at": "closed_at", "count": 2, "within": "10m"}}}, 1), rests_on=())  # fmt: skip
    done = [
        ("A1", "Wang", 0),
        ("A2", "w.wang", 9),
        ("A3", "WANG", 18),
        ("B1", "Li", 0),
        ("B2", "Li", 10),
        ("B3", "Zhao", 0),
    ]
    records = [{"record_id": r, "closed_by": who, "closed_at": f"2026-03-02T08:{minute:02}:00Z"} for r, who, minute in done]  # fmt: skip
    asked: list[str] = []
    rows = Session.rows
    monkeypatch.setattr(Session, "rows", lambda self, sql, values=(): asked.append(sql) or rows(self, sql, values))
    result, _ = judge({rule.id: rule}, {"records": records}, tmp_path, explain=tuple(r for r, _, _ in done))
    found = {one.record_id: [row.record_id for ground in one.grounds for row in ground.rows] for one in result.explanations}  # fmt: skip
    assert found == {"A1": ["A1", "A2"], "A2": ["A2", "A1", "A3"], "A3": ["A3", "A2"], "B1": ["B1", "B2"], "B2": ["B2", "B1"], "B3": []}  # fmt: skip
    assert sum("AS asked" in sql for sql in asked) == 1


def test_what_the_other_record_lacks_is_not_told_of_this_one(tmp_path: Path) -> None:
    rule = build_rule({"check": {"linked": {"types": ["change"], "process": "change", "before": {"theirs": "actual_end", "mine": "closed_at"}}}}, 1)  # fmt: skip
    records = [
        {"record_id": "A1", "change": "C1", "closed_at": "2026-03-02T09:00:00Z"},
        {"record_id": "C1", "process": "change", "actual_end": "2026-03-03T09:00:00Z"},
    ]
    result, _ = judge({rule.id: replace(rule, rests_on=())}, {"records": records}, tmp_path, explain=("A1",))
    ((ground,),) = [one.grounds for one in result.explanations]
    assert set(ground.values) == {"change", "closed_at"}
    assert [row.record_id for row in ground.rows] == ["A1", "C1"]


def test_a_person_who_passed_can_be_asked_for_as_well(tmp_path: Path) -> None:
    case = next(case for case in ALL if case.file == "paused-share")
    rule = replace(build_rule(case.data["rule"], 1), rests_on=())
    result, _ = judge({rule.id: rule}, case.data, tmp_path, explain=("Li",))
    assert [(v.rule, v.passed) for one in result.explanations for v in one.verdicts] == [(rule.id, True)]


@pytest.mark.parametrize(("language", "says"), [("en", "is the pseudonym of a person"), ("zh", "是某人的化名")])
def test_a_group_under_a_pseudonym_says_how_to_ask_for_it(language: str, says: str, tmp_path: Path) -> None:
    case = next(case for case in ALL if case.file == "paused-share")
    rule = replace(build_rule(case.data["rule"], 1), rests_on=())
    key = PeopleKey(b"k" * 32, "file")
    _, verdicts = judge({rule.id: rule}, case.data, tmp_path, people=key)
    group = next(v.record_id for v in verdicts if v.passed is False)
    with pytest.raises(ItsmctlError) as raised:
        judge({rule.id: rule}, case.data, tmp_path / "again", explain=(group,))
    (problem,) = raised.value.problems
    told = problem_text(problem, "zh" if language == "zh" else "en")
    assert says in told and key.pseudonym("Wang") in told and "itsmctl evidence reveal" in told


def test_a_secret_that_was_found_is_told_nowhere() -> None:
    rule = load(reference_root()).rules["SEC-05"]
    assert "hunter2" not in str(
        grounds._values(rule, {"resolution": "password: hunter2", "title": "hunter2"}, system())
    )
