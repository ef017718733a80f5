"""Every check by cases: `tests/cases/CHECK.yaml` holds rows in and verdicts out, and no Python is needed to add one.

A case gives the check's parameters, what else the rule says, the rows of records and events, and every verdict with
record, observed, expected and reason. `shows` says which of the situations that a check must handle it is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dataset import write_dataset
from sqlglot import exp, parse_one

from itsmctl import checks
from itsmctl.audit import AuditOptions, audit
from itsmctl.audit.people import PeopleKey
from itsmctl.blanks import plainly_named
from itsmctl.checks import CHECKS
from itsmctl.checks.declare import TEMPLATES
from itsmctl.definitions import load
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.references import Entry, cross_check
from itsmctl.definitions.schema import check_document, check_parameters
from itsmctl.engine.context import Context
from itsmctl.engine.results import read_verdicts
from itsmctl.errors import Problem
from itsmctl.model import AuditPlan, Condition, Definition, Definitions, Rule
from itsmctl.reference import reference_root
from itsmctl.result import Attainment, AuditResult, RuleResult, Verdict
from itsmctl.source import Document, parse_documents

CASES = Path(__file__).parent / "cases"
ENGINE = "engine"
"""The file of cases about what every rule has, whatever its check: scope, tolerance, allowance, tiers, enquiries."""

SITUATIONS = ("pass", "fail", "unknown", "no-data", "limit", "open", "column", "history")
APPLIES: Mapping[str, str] = {
    "absence": "pass fail unknown no-data open history",
    "agreement": "pass fail unknown no-data limit column",
    "allowed": "pass fail unknown no-data limit column history",
    "alternate-precedence": "pass fail unknown no-data limit open history",
    "alternate-response": "pass fail unknown no-data limit open history",
    "alternate-succession": "pass fail unknown no-data limit open history",
    "approved": "pass fail unknown no-data limit open column history",
    "at-most": "pass fail unknown no-data limit column",
    "attainment": "pass fail no-data limit open column",
    "authorised": "pass fail unknown no-data limit column history",
    "batch": "pass fail unknown no-data limit column",
    "chain-precedence": "pass fail unknown no-data limit open history",
    "chain-response": "pass fail unknown no-data limit open history",
    "chain-succession": "pass fail unknown no-data limit open history",
    "choice": "pass fail unknown no-data open history",
    "clock-within": "pass fail unknown no-data limit open column history",
    "co-existence": "pass fail unknown no-data open history",
    "conforms": "pass fail unknown no-data open history",
    "concentration": "pass fail unknown no-data limit column",
    "count-per-month": "pass fail unknown no-data limit column",
    "different-people": "pass fail unknown no-data column",
    "dwell-within": "pass fail unknown no-data limit open history",
    "elapsed-within": "pass fail unknown no-data limit open column",
    "employed": "pass fail unknown no-data limit column",
    "end": "pass fail unknown no-data open history",
    "exactly": "pass fail unknown no-data open history",
    "exclusive-choice": "pass fail unknown no-data open history",
    "existence": "pass fail unknown no-data limit open history",
    "expression": "pass fail unknown no-data limit column",
    "handovers": "pass fail no-data limit open history",
    "heaping": "pass fail no-data limit column",
    "in-lane": "pass fail unknown no-data limit open history",
    "in-window": "pass fail unknown no-data limit open column",
    "init": "pass fail unknown no-data history",
    "known": "pass fail unknown no-data limit column",
    "leg-within": "pass fail unknown no-data limit open history",
    "late-pause": "pass fail unknown no-data limit open column history",
    "linked": "pass fail unknown no-data limit column",
    "loosened": "pass fail unknown no-data limit open column history",
    "matrix": "pass fail unknown no-data column",
    "no-secrets": "pass fail no-data limit column",
    "not-chain-succession": "pass fail unknown no-data limit open history",
    "not-co-existence": "pass fail unknown no-data open history",
    "meaningful": "pass fail no-data limit column",
    "no-later": "pass fail unknown no-data limit open column",
    "not-in-future": "pass fail unknown no-data limit",
    "not-sooner": "pass fail no-data limit column history",
    "not-succession": "pass fail unknown no-data limit open history",
    "number-gaps": "pass fail unknown no-data column",
    "ordered-times": "pass fail unknown no-data limit column",
    "paused-share": "pass fail unknown no-data limit column history",
    "period-end": "pass fail no-data limit column",
    "period-shift": "pass fail no-data limit column history",
    "precedence": "pass fail unknown no-data limit open history",
    "overlap": "pass fail unknown no-data limit column",
    "percentile": "pass fail unknown no-data limit open column",
    "raised-and-lowered": "pass fail unknown no-data limit history",
    "readable": "pass fail no-data",
    "register": "pass fail unknown no-data limit",
    "reported-agrees": "pass fail unknown no-data open column",
    "required": "pass fail no-data column",
    "responded-existence": "pass fail unknown no-data open history",
    "response": "pass fail unknown no-data limit open history",
    "returns": "pass fail unknown no-data limit open history",
    "row-count": "pass fail limit",
    "share": "pass fail no-data limit column",
    "succession": "pass fail unknown no-data limit open history",
    "similar": "pass fail unknown no-data limit column",
    "traced": "pass fail unknown no-data limit column history",
    "transition": "pass fail unknown no-data open history",
    "untouched": "pass fail unknown no-data limit open column history",
    "variants": "pass fail no-data limit history",
    "trend": "pass fail no-data limit column",
    "unchanged": "pass fail unknown no-data limit column history",
}
"""Which situations exist for a check: a group is never unknown, a file is always there, a state has no time limit."""


@dataclass(frozen=True)
class Case:
    """One case of a file: plain data, as `dataset.write_dataset` and the rule's schema want it."""

    file: str
    name: str
    data: Mapping[str, Any]

    @property
    def rules(self) -> list[dict[str, Any]]:
        many: list[dict[str, Any]] = self.data.get("rules") or [self.data["rule"]]
        return many


def read_cases(path: Path) -> list[Case]:
    (document,) = parse_documents(path.read_text(encoding="utf-8"), path.name)
    assert isinstance(document.data, dict)
    return [Case(path.stem, name, data) for name, data in document.data.items() if isinstance(data, dict)]


ALL = [case for path in sorted(CASES.glob("*.yaml")) for case in read_cases(path)]


@cache
def system() -> Definitions:
    return load(CASES / "system")


@cache
def _entries() -> tuple[Entry, ...]:
    paths = sorted((CASES / "system").rglob("*.yaml"))
    documents = [d for path in paths for d in parse_documents(path.read_text(encoding="utf-8"), path.name)]
    return tuple(Entry(document, _built(document)) for document in documents)


def _built(document: Document) -> Definition:
    assert check_document(document) == []
    builder = Builder(document)
    definition = build(builder)
    assert builder.problems == []
    return definition


def build_rule(written: Mapping[str, Any], number: int) -> Rule:
    """A rule of a case, valid as one in a file would have to be."""
    body = {
        "kind": "rule",
        "id": f"CASE-{number:02}",
        "title": "Case",
        "version": 1,
        "process": "incident",
        "clauses": ["iso-20000-1:8.6.1"],
        "severity": "minor",
        "rationale": "Case.",
        "remedy": "Case.",
        **written,
    }
    document = Document(body, "case")
    rule = _built(document)
    assert isinstance(rule, Rule)
    others = [Entry(document, replace(rule, id=r)) for r in rule.rests_on]
    problems: list[Problem] = [
        p for p in cross_check([*_entries(), *others, Entry(document, rule)]) if p.where.file == "case"
    ]
    assert problems == []
    return rule


def judge(
    rules: Mapping[str, Rule],
    data: Mapping[str, Any],
    folder: Path,
    people: PeopleKey | None = None,
    root: Path | None = None,
    explain: tuple[str, ...] = (),
) -> tuple[AuditResult, list[Verdict]]:
    """Audit the rows of a case, through the same door as the command line."""
    dataset = write_dataset(
        folder / "dataset",
        data.get("records", []),
        data.get("events", []),
        rejects=data.get("rejects", []),
        approvals=[_named(row, "record_id at approver decision") for row in data.get("approvals", [])],
        links=[_named(row, "record_id type target") for row in data.get("links", [])],
        exported=data.get("exported"),
        mapped=data.get("exported", []),
        history=data.get("history", ["state", "group", "assignee", "priority"]),
        zone=data.get("zone", "UTC"),
        lacking=data.get("lacking", {}),
        codes=data.get("codes"),
        files=[(name, read) for name, read in data.get("files", {"export.csv": 0}).items()],
    )
    options = AuditOptions(
        as_of=data.get("as-of", "2026-06-30T00:00:00Z"), all_verdicts=True, threads=1, people=people, explain=explain
    )
    definitions = replace(system(), rules=rules, registers={**system().registers, **data.get("registers", {})})
    definitions = replace(definitions, root=root) if root else definitions
    if "period" in data:
        definitions, options = replace(definitions, plans={"case": _plan(data)}), replace(options, plan="case")
    result = audit(definitions, dataset, options, verdicts=folder / "verdicts.parquet")
    return result, list(read_verdicts(folder / "verdicts.parquet"))


def _named(row: Mapping[str, Any] | list[Any], columns: str) -> Mapping[str, Any]:
    """A row of a case with the names of its columns, which it may leave out."""
    return dict(zip(columns.split(), row, strict=True)) if isinstance(row, list) else row


def _plan(data: Mapping[str, Any]) -> AuditPlan:
    """The plan of a case that names a `period`, and for it perhaps a zone under `plan-zone`."""
    written = {
        "kind": "audit",
        "id": "case",
        "title": "Case",
        "period": data["period"],
        "zone": data.get("plan-zone", "UTC"),
    }
    (document,) = parse_documents(json.dumps(written), "case.yaml")
    assert check_document(document) == []
    plan = build(Builder(document))
    assert isinstance(plan, AuditPlan)
    return plan


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file}: {case.name}")
def test_case(case: Case, tmp_path: Path) -> None:
    rules = [build_rule(written, number) for number, written in enumerate(case.rules, start=1)]
    assert case.file == ENGINE or {rule.check for rule in rules} == {case.file}
    result, verdicts = judge({rule.id: rule for rule in rules}, case.data, tmp_path)
    told = [_told(verdict) for verdict in verdicts]
    wanted = [_wanted(row) for row in case.data.get("verdicts", [])]
    assert told == wanted
    outcomes = {r.rule.id: r for r in (*result.rules, *result.enquiries)}
    expected = case.data["outcome"] if isinstance(case.data["outcome"], dict) else {rules[0].id: case.data["outcome"]}
    assert {rule: r.outcome for rule, r in outcomes.items()} == expected
    assert [r.rule.id for r in result.enquiries] == case.data.get("enquiries", [])
    assert sum(r.too_small for r in outcomes.values()) == case.data.get("too-small", 0)
    for r in outcomes.values():
        _check_counts(r, verdicts)


def _told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.rule, verdict.record_id, verdict.passed, verdict.observed, verdict.expected, verdict.reason


def _wanted(row: Mapping[str, Any] | list[Any]) -> tuple[object, ...]:
    """A verdict is written `[record, passed, observed, expected, reason]`, with the rule in front where there are several."""
    assert isinstance(row, list)
    rule, record, passed, observed, expected, reason = row if len(row) == 6 else ["CASE-01", *row]
    return rule, str(record), passed, observed or "", expected or "", reason or ""


def _check_counts(r: RuleResult, verdicts: list[Verdict]) -> None:
    mine = [v.passed for v in verdicts if v.rule == r.rule.id]
    assert (r.passed, r.failed, r.not_testable) == (mine.count(True), mine.count(False), mine.count(None))
    assert r.in_scope == r.passed + r.failed + r.not_testable + r.waived
    assert sum(n for _, n in r.reasons) == r.not_testable


def test_attainment_tells_what_was_judged_from_what_could_not_be_tested(tmp_path: Path) -> None:
    """Under a period, what ends after it belongs to the next one, as the rule about attainment has it."""
    base = {"service": "erp", "priority": "P1", "opened_at": "2026-03-02T09:00:00Z", "state": "resolved"}
    records = [
        {"record_id": "A1", **base, "resolved_at": "2026-03-02T10:00:00Z"},
        {"record_id": "A2", **base, "resolved_at": "2026-03-02T10:00:00Z", "priority": None},
        {"record_id": "A3", **base, "resolved_at": "2026-04-01T10:00:00Z"},
    ]
    events = [[str(r["record_id"]), r["resolved_at"], "state", "new", "resolved"] for r in records]
    rule = build_rule({"check": {"attainment": {"clock": "resolution", "per": ["service", "month"]}}}, 1)
    data = {"records": records, "events": events, "period": {"from": "2026-03-01", "to": "2026-03-31"}}
    result, _ = judge({rule.id: rule}, data, tmp_path)
    found = [entry for entry in result.attainment if entry.clock == "resolution"]
    assert found == [Attainment("resolution", "erp", "2026-03", judged=1, met=1, agreed=75.0, not_testable=1)]


def test_a_window_from_the_opening_on_names_no_column_twice() -> None:
    """A database may refuse a name that means two columns of a part of a statement."""
    definitions = load(reference_root())
    asked = {"actual": ("actual_start", "actual_end"), "planned": ("opened_at", "due_at")}
    made = CHECKS["in-window"].compile(
        replace(definitions.rules["CHG-15"], parameters=asked), Context(definitions, frozenset(), frozenset(), 0)
    )
    for select in parse_one(made.text, read="duckdb").find_all(exp.Select):
        assert len(set(select.named_selects)) == len(select.named_selects)


def test_links_lie_no_time_apart_where_no_moments_are_compared() -> None:
    asked = {"types": ["change"], "process": "change", "within": "24h"}
    (problem,) = check_parameters(CHECKS["linked"].PARAMETERS, asked, Document(asked, "case"), ())
    assert problem.code == "missing-key"
    order = {"theirs": "opened_at", "mine": "opened_at"}
    for key in ("before", "after"):
        assert check_parameters(CHECKS["linked"].PARAMETERS, {**asked, key: order}, Document(asked, "case"), ()) == []


def test_every_check_goes_by_its_name() -> None:
    assert {name: check.ID for name, check in CHECKS.items()} == {name: name for name in CHECKS}
    modules = {path.stem.replace("_", "-") for path in Path(str(checks.__file__)).parent.glob("[!_]*.py")}
    assert modules | set(TEMPLATES) == set(CHECKS)


def test_every_check_has_cases_for_every_situation() -> None:
    assert set(APPLIES) == set(CHECKS)
    shown: dict[str, set[str]] = {case.file: set() for case in ALL}
    for case in ALL:
        shows = case.data["shows"].split()
        assert set(shows) <= set(SITUATIONS) or case.file == ENGINE, case
        shown[case.file] |= set(shows)
    assert set(shown) == {*CHECKS, ENGINE}
    missing = {check: sorted(set(kinds.split()) - shown[check]) for check, kinds in APPLIES.items()}
    assert {check: kinds for check, kinds in missing.items() if kinds} == {}
    needed = {"scope", "in-force", "tolerance", "allowance", "rests-on", "enquiry", "outcome-order", "process"}
    assert shown[ENGINE] >= needed


def test_a_situation_is_what_the_verdicts_show() -> None:
    """`shows: fail` with no failing verdict would be a lie; so for the others that a verdict can tell."""
    for case in ALL:
        if case.file == ENGINE:
            continue
        verdicts = [_wanted(row) for row in case.data.get("verdicts", [])]
        passed, reasons = {v[2] for v in verdicts}, {str(v[5]) for v in verdicts}
        about = set(case.data["shows"].split())
        assert "pass" not in about or True in passed, case.name
        assert "fail" not in about or False in passed, case.name
        assert "unknown" not in about or None in passed, case.name
        assert "no-data" not in about or (not verdicts and case.data["outcome"] == "no_data"), case.name
        assert "column" not in about or all(r.startswith("column-not-exported:") for r in reasons), case.name
        assert "history" not in about or any(r.startswith("no-history:") for r in reasons), case.name


# Values that are no trouble to anybody but a program

HOSTILE = (
    "'; DROP TABLE record; --",
    "\"quoted\" and 'quoted'",
    "'' OR 1=1",
    "percent % under_score \\ back",
    "控制\x01\x1f\x7f字符\t制表\n换行\r\n回车",
    "漢字 🙂 \u202eright-to-left",
    "?; ?1 $1 :name {brace} {{ jinja }}",
    " leading and trailing ",
    "x" * 100_000,
    "NULL",
    "-0",
)

HOSTILE_PAIR: Mapping[str, object] = {"first": HOSTILE[0], "then": {"field": "group", "new": (HOSTILE[1], HOSTILE[2])}}

HOSTILE_RULES: Mapping[str, Mapping[str, object]] = {
    "absence": {"activity": {"field": "group", "new": HOSTILE}},
    "agreement": {"clock": "resolution"},
    "allowed": {"column": "category", "values": HOSTILE},
    "alternate-precedence": HOSTILE_PAIR,
    "alternate-response": HOSTILE_PAIR,
    "alternate-succession": HOSTILE_PAIR,
    "at-most": {"column": "reopen_count", "most": 0},
    "attainment": {"clock": "resolution", "per": ("service", "category")},
    "batch": {"by": "closed_by", "at": "closed_at", "count": 2, "within": "10m"},
    "chain-precedence": HOSTILE_PAIR,
    "chain-response": HOSTILE_PAIR,
    "chain-succession": HOSTILE_PAIR,
    "choice": HOSTILE_PAIR,
    "clock-within": {"clock": "resolution"},
    "co-existence": HOSTILE_PAIR,
    "conforms": {"process": "incident"},
    "different-people": {"columns": ("requester", "resolved_by")},
    "dwell-within": {"field": "group", "value": HOSTILE, "most": "8h"},
    "elapsed-within": {"from": "opened_at", "to": "resolved_at", "most": "4h"},
    "end": {"activity": {"state": HOSTILE[1:]}},
    "exactly": {"activity": {"field": "group", "new": HOSTILE}},
    "exclusive-choice": HOSTILE_PAIR,
    "existence": {"activity": {"field": "group", "new": HOSTILE}},
    "expression": {"that": "category = '''; DROP TABLE record; --' OR category IS NOT NULL"},
    "handovers": {"column": "group", "most": 1},
    "in-lane": {"process": "incident", "except": ("requester",)},
    "init": {"activity": {"state": HOSTILE}},
    "known": {"column": "service", "kind": "service"},
    "leg-within": {"of": "ola"},
    "matrix": {"matrix": "incident-priority"},
    "not-chain-succession": HOSTILE_PAIR,
    "not-co-existence": HOSTILE_PAIR,
    "not-in-future": {"columns": ("opened_at", "closed_at")},
    "not-succession": HOSTILE_PAIR,
    "number-gaps": {"column": "number"},
    "ordered-times": {"columns": ("opened_at", "resolved_at")},
    "precedence": {"first": HOSTILE[0], "then": HOSTILE[1]},
    "readable": {},
    "reported-agrees": {"clock": "resolution"},
    "required": {"columns": ("category", "service")},
    "responded-existence": HOSTILE_PAIR,
    "response": HOSTILE_PAIR,
    "returns": {"field": "group", "to": HOSTILE, "most": 0},
    "row-count": {"round": (1000,)},
    "share": {"where": (), "least": 50, "per": ("category", "month")},
    "succession": HOSTILE_PAIR,
    "traced": {"field": "state", "within": "1h"},
    "transition": {"process": "incident"},
    "untouched": {"most": "8h", "except": HOSTILE},
    "variants": {"process": "incident", "least": 50},
    "approved": {"before": "resolved_at", "roles": HOSTILE, "decisions": HOSTILE},
    "authorised": {"acts": ("resolved_by", {"state": HOSTILE}), "roles": HOSTILE},
    "concentration": {"by": "resolved_by", "per": ("category",), "most": 50},
    "count-per-month": {"per": ("category",), "least": 1},
    "employed": {"acts": ("resolved_by", "approvers")},
    "in-window": {"actual": ("opened_at", "resolved_at"), "planned": ("opened_at", "closed_at")},
    "linked": {"types": HOSTILE, "process": "incident"},
    "meaningful": {"column": "category", "placeholders": HOSTILE, "unlike": "resolution"},
    "no-later": {"after": "closed_at", "within": "2h", "same": ("category", "service")},
    "overlap": {"same": "ci", "from": "opened_at", "to": "resolved_at"},
    "percentile": {"from": "opened_at", "to": "resolved_at", "percentile": 90, "most": "1m", "per": ("category",)},
    "similar": {"same": ("service",), "text": "category", "count": 2, "within": "2h", "unless": HOSTILE},
    "trend": {"per": ("category",), "months": 2},
    "heaping": {"clock": "resolution", "per": ("category",)},
    "late-pause": {"clock": "resolution", "question": HOSTILE, "answer": HOSTILE},
    "loosened": {"column": "category", "clock": "resolution", "remaining": 25, "unless": HOSTILE},
    "no-secrets": {"columns": ("category", "resolution")},
    "not-sooner": {"from": "opened_at", "to": {"field": "group", "new": HOSTILE}, "least": "60s", "unless": ("state",)},
    "paused-share": {"clock": "resolution", "by": "resolved_by", "peers": "group", "most": 50, "times": 2},
    "period-end": {"at": "closed_at", "days": 2, "times": 2, "calendar": "office", "per": ("category",)},
    "period-shift": {"clock": "resolution", "within": "30m", "reopened": "72h"},
    "register": {"register": "hostile", "per": "row", "must": (Condition("owner", "in", HOSTILE),)},
    "raised-and-lowered": {"column": "group", "codes": "priority", "within": "1h"},
    "unchanged": {"columns": ("group",), "after": {"state": HOSTILE}, "approved-again": True},
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[AuditResult, list[Verdict]]:
    """One audit by all checks of records in which every text is hostile, on a base rule with hostile parameters."""
    base = build_rule({"check": {"readable": {}}}, 1)
    rules = {
        f"CASE-{number:02}": replace(base, id=f"CASE-{number:02}", check=check, parameters=parameters)
        for number, (check, parameters) in enumerate(HOSTILE_RULES.items(), start=1)
    }
    texts = [
        "number",
        "service",
        "ci",
        "category",
        "priority",
        "impact",
        "urgency",
        "state",
        "customer",
        "requester",
        "group",
        "resolved_by",
        "closed_by",
        "resolution",
    ]
    times = {"opened_at": 1_770_000_000, "resolved_at": 1_770_000_060, "closed_at": 1_770_000_120}
    records = [
        {
            "record_id": f"{i}{value}",
            **dict.fromkeys(texts, value),
            **times,
            "reopen_count": 0,
            "reported_sla_met": True,
        }
        for i, value in enumerate(HOSTILE)
    ]
    events = [
        (f"{i}{value}", 1_770_000_000 + n, field, None, word)
        for i, value in enumerate(HOSTILE)
        for n, (field, word) in enumerate(
            [("state", value), ("group", value), ("state", HOSTILE[0]), ("group", HOSTILE[i - 1])]
        )
    ]
    rejects = [
        {
            "source_file": value,
            "source_row": i,
            "record_id": f"{i}{value}",
            "column": value,
            "value": value,
            "reason": "bad-time",
        }
        for i, value in enumerate(HOSTILE)
    ]
    folder = tmp_path_factory.mktemp("hostile ' folder 目录")
    files = dict.fromkeys(HOSTILE, 1)
    data = {"records": records, "events": events, "rejects": rejects, "files": files}
    data["approvals"] = [[f"{i}{value}", 1_770_000_000, value, value] for i, value in enumerate(HOSTILE)]
    data["links"] = [[f"{i}{value}", value, value] for i, value in enumerate(HOSTILE)]
    entries = tuple({"id": value, "owner": value, "raised": "2026-01-05"} for value in HOSTILE)
    data["registers"] = {"hostile": replace(system().registers["disputes"], id="hostile", entries=entries)}
    return judge(rules, data, folder)


@pytest.mark.parametrize("check", HOSTILE_RULES)
def test_hostile_values_come_through_unchanged(check: str, hostile: tuple[AuditResult, list[Verdict]]) -> None:
    result, verdicts = hostile
    number = list(HOSTILE_RULES).index(check) + 1
    (r,) = [r for r in result.rules if r.rule.id == f"CASE-{number:02}"]
    mine = {v.record_id: v for v in verdicts if v.rule == r.rule.id}
    ids = {f"{i}{value}" for i, value in enumerate(HOSTILE)}
    assert result.dataset.records == len(HOSTILE)
    match check:
        case "row-count":
            assert set(mine) == set(HOSTILE)
        case "register":
            assert {record: verdict.passed for record, verdict in mine.items()} == dict.fromkeys(HOSTILE, True)
        case "variants":  # none of these states is on the path
            assert mine == {}
        case "in-lane" | "period-shift":  # any of them may be a step, or a resolution
            assert {verdict.reason for verdict in mine.values()} == {"unknown-state"} and set(mine) == ids
        case "attainment" | "leg-within" | "heaping" | "paused-share" | "trend":  # no agreement, and one month only
            assert mine == {}
        case "late-pause" | "loosened":  # nothing paused, nothing changed
            assert all(verdict.reason.startswith("no-history:") for verdict in mine.values())
        case "concentration" | "percentile":
            assert set(mine) == set(map(plainly_named, HOSTILE))
        case "share" | "count-per-month" | "period-end":
            assert set(mine) == {f"{plainly_named(value)} / 2026-02" for value in HOSTILE}
        case "number-gaps":
            assert set(mine) == {re.sub(r"[0-9]+\Z", "", value) for value in HOSTILE}
        case _:
            assert set(mine) == ids
    if check in ("allowed", "known", "different-people"):
        told = set(map(plainly_named, HOSTILE))
        assert {mine[f"{i}{value}"].observed for i, value in enumerate(HOSTILE)} == told
    if check == "readable":
        assert [mine[f"{i}{value}"].observed for i, value in enumerate(HOSTILE)] == [f"{v}: {v}" for v in HOSTILE]


def test_every_check_meets_hostile_values() -> None:
    assert set(HOSTILE_RULES) == set(CHECKS)
