"""Every mistake in a definition is found at its line and column, named, and answered with the nearest right word."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from change_case import copy_to

from itsmctl.definitions import cache, find_root, load, load_mappings, validate
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.references import values_at
from itsmctl.definitions.schema import check_document, kinds
from itsmctl.errors import ItsmctlError, Problem, Where, unknown_at
from itsmctl.language import problem_text
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.source import Document, Path_, parse_documents, read_documents

ROOT = reference_root()
SYSTEM = Path(__file__).parent / "cases" / "system"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The reference definitions, to be broken."""
    return copy_to(tmp_path / "sms 体系")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let all copies share one cache: most of a copy is what the one before was."""
    shared = tmp_path_factory.getbasetemp() / "definitions.bin"
    monkeypatch.setattr(cache, "place_of", lambda root: shared)


def edit(root: Path, name: str, old: str, new: str) -> tuple[int, int]:
    """Replace the first `old` in a file, and return line and column of the replacement."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    before = text[: text.index(old)]
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def told(problems: list[Problem]) -> list[tuple[str, str, int, int, str]]:
    return [(p.code, p.where.file, p.where.line, p.where.column, p.suggestion) for p in problems]


# Single mistakes, each with its whole message

INCIDENT, AGREEMENTS, QUALITY = (
    "policies/processes/incident.yaml",
    "catalog/sla/order-management.yaml",
    "policies/rules/data-quality.yaml",
)
SERVICES, CHINA, MAPPINGS = (
    "catalog/services/order-management.yaml",
    "catalog/calendars/cn-office.yaml",
    "audits/mappings.yaml",
)


@pytest.mark.parametrize(
    ("file", "old", "new", "offset", "code", "suggestion"),
    [
        (SERVICES, "criticality:", "critcality:", 0, "unknown-key", "criticality"),
        (SERVICES, "kind: service", "kind: servce", 6, "unknown-kind", "service"),
        (SERVICES, "type: business", "type: busines", 6, "not-allowed", "business"),
        (SERVICES, "id: order-access", "id: [order]", 4, "wrong-type", ""),
        (AGREEMENTS, "pause: [awaiting-user]", "pause: [awaiting-usr]", 8, "unknown-state", "awaiting-user"),
        (AGREEMENTS, "within: 15m", "within: 1d", 8, "ambiguous-days", ""),
        (AGREEMENTS, "within: 15m", "within: 15", 8, "wrong-type", ""),
        (AGREEMENTS, "starts-at: opened_at", "starts-at: opend_at", 11, "not-allowed", "opened_at"),
        (AGREEMENTS, "attainment: {response: 95", "attainment: {responce: 95", 13, "unknown-clock", "response"),
        (AGREEMENTS, "attainment: {response: 95", "attainment: {response: 195", 23, "not-allowed", ""),
        (AGREEMENTS, "effective: {from: 2025-01-01}", "effective: {from: 2025-02-30}", 18, "no-such-day", ""),
        (AGREEMENTS, "stop: [resolved, closed]", "stop: [resolved, awaiting-user]", 17, "state-twice", ""),
        (AGREEMENTS, "- {where: {priority: [P1]}, within: 15m}", "- {within: 15m}", 2, "target-unreachable", ""),
        (CHINA, "zone: Asia/Shanghai", "zone: Asia/Shanghi", 6, "unknown-zone", "Asia/Shanghai"),
        (CHINA, 'mon: ["09:00-12:00", "13:30-18:00"]', 'mon: ["09:00-12:00", "11:30-18:00"]', 5, "hours-overlap", ""),
        (CHINA, 'tue: ["09:00-12:00"', 'tue: ["09:00-25:00"', 6, "wrong-form", ""),
        (CHINA, "  - {date: 2025-01-26,", "  - {date: 2025-01-01,", 11, "day-twice", ""),
        (CHINA, "day-length: 7h30m", "day-lenght: 7h30m", 0, "unknown-key", "day-length"),
        (INCIDENT, "to: IM2}", "to: IM9}", 4, "unknown-activity", "IM5"),
        (INCIDENT, "lane: second-line", "lane: secnd-line", 6, "unknown-lane", "second-line"),
        (INCIDENT, "rules: [INC-16, INC-28]", "rules: [INC-166, INC-28]", 8, "unknown-rule", "INC-16"),
        (INCIDENT, "  closed: []", "  closd: []", 2, "unknown-state", "closed"),
        (INCIDENT, "phase: paused}", "phase: pausd}", 7, "not-allowed", "paused"),
        (QUALITY, "severity: minor", "severity: mnior", 10, "not-allowed", "minor"),
        (QUALITY, "row-count: {round:", "row-cuont: {round:", 0, "unknown-key", "row-count"),
        (QUALITY, "row-count: {round:", "row-count: {ruond:", 12, "unknown-key", "round"),
        (QUALITY, "column: priority, codes: priority", "column: priority, codes: prioirty", 25, "unknown-code-list", "priority"),
        (QUALITY, "column: state, states: incident", "column: stat, states: incident", 8, "unknown-column", "state"),
        (QUALITY, "number-gaps: {column: number}", "number-gaps: {column: nr}", 22, "not-allowed", ""),
        (QUALITY, '"iso-20000-1:9.1"', '"iso-20000-1:9.9"', 0, "unknown-clause", "9.4"),
        (QUALITY, '"iso-20000-1:9.1"', '"iso-2000-1:9.1"', 0, "unknown-framework", "iso-20000-1"),
        (QUALITY, "scope: {reported_sla_met:", "scope: {reported_sla_mett:", 8, "unknown-key", "reported_sla_met"),
        (QUALITY, "scope: {reported_sla_met: {present: true}}", 'scope: {reported_sla_met: ["yes"]}', 26, "wrong-condition", ""),
        (QUALITY, "scope: {reported_sla_met: {present: true}}", "scope: {reopen_count: [many]}", 22, "wrong-condition", ""),
        (QUALITY, "scope: {reported_sla_met: {present: true}}", "scope: {priority: {at-most: 2}}", 18, "wrong-condition", ""),
        (QUALITY, "scope: {reported_sla_met: {present: true}}", "scope: {opened_at: 2026-01-01}", 19, "wrong-condition", ""),
        ("audits/waivers.yaml", "priority: [P3, P4]", "priority: {at-most: 3}", 10, "wrong-condition", ""),
        ("audits/waivers.yaml", "priority: [P3, P4]", "priority: [p3, P4]", 11, "condition-value-unknown", "P3"),
        ("catalog/ola/network-team.yaml", "{priority: [P1]}", "{priority: [p1]}", 12, "condition-value-unknown", "P1"),
        ("policies/rules/integrity.yaml", "most: 24h", "most: 1d", 6, "ambiguous-days", ""),
        (MAPPINGS, "history: [state, group", "history: [state, grop", 17, "not-allowed", "group"),
        (MAPPINGS, "New: new", "New: nwe", 5, "unknown-state", "new"),
        (MAPPINGS, "shape: updates", "shape: update", 7, "not-allowed", "updates"),
        ("audits/monthly.yaml", "fail-on: minor", "fail-on: miner", 9, "not-allowed", "minor"),
        ("audits/monthly.yaml", "processes: [incident]", "rules: [DQ-*, INC-6]", 14, "unknown-rule", "INC-06"),
        ("policies/codes/incident-priority.yaml", 'impact: "1", urgency: "2"', 'impact: "1", urgency: "1"', -1, "cell-twice", ""),
        ("policies/codes/incident.yaml", "- {id: P2", "- {id: P1", 7, "code-twice", ""),
        ("roles/assignments.yaml", "role: top-management", "roel: top-management", 0, "unknown-key", "role"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_problem_at_its_place(
    file: str, old: str, new: str, offset: int, code: str, suggestion: str, copy: Path, quick: None
) -> None:
    line, column = edit(copy, file, old, new)
    problems = validate(copy)
    assert told(problems)[:1] == [(code, file, line, column + offset, suggestion)] or (
        code, file, line, column + offset, suggestion
    ) in told(problems)  # fmt: skip
    assert len(problems) <= 3, told(problems)


def test_the_whole_message_is_a_sentence_with_what_was_allowed(copy: Path) -> None:
    edit(copy, SERVICES, "criticality: high", "criticality: hihg")
    (problem,) = validate(copy)
    assert str(problem) == f"{problem.where}: 'hihg' is not allowed here; one of high, medium, low [not-allowed]"
    assert problem.suggestion == "high"


def test_laws_that_no_schema_can_state(copy: Path) -> None:
    block = "  IM1:\n    R: [service-desk-agent]\n    A: [incident-process-manager]\n    I: [user]\n"
    edit(copy, "roles/raci/incident.yaml", block, "")
    edit(copy, INCIDENT, ", initial: true", "")
    found = {p.code: (p.where.file, p.values) for p in validate(copy)}
    assert set(found) == {"activity-without-raci", "no-initial-state"}
    assert found["activity-without-raci"] == ("roles/raci/incident.yaml", {"activity": "IM1"})


def test_states_that_cannot_be_reached_or_left(copy: Path) -> None:
    line, column = edit(
        copy,
        INCIDENT,
        "  - {id: closed, title",
        "  - {id: parked, title: Parked, phase: paused}\n  - {id: closed, title",
    )
    assert told(validate(copy)) == [("unreachable-state", INCIDENT, line, column + 9, "")]
    edit(copy, INCIDENT, "resolved: [in-progress, closed]", "resolved: [in-progress, closed, parked]")
    assert told(validate(copy)) == [("dead-end-state", INCIDENT, line, column + 9, "")]


def test_an_id_defined_twice_names_the_first(copy: Path) -> None:
    (copy / "catalog" / "again.yaml").write_text((copy / CHINA).read_text(encoding="utf-8"), encoding="utf-8")
    (problem,) = validate(copy)
    assert problem.code == "duplicate-id" and problem.where.file == CHINA
    assert str(problem.values["first"]).startswith("catalog/again.yaml:")


def test_a_calendar_without_open_hours(copy: Path) -> None:
    text = "kind: calendar\nid: never\ntitle: Never\nzone: UTC\nweek:\n  mon: []\ndays:\n  - {date: 2026-01-01, title: New Year}\n"
    (copy / "catalog" / "never.yaml").write_text(text, encoding="utf-8")
    assert told(validate(copy)) == [("never-open", "catalog/never.yaml", 6, 3, "")]
    (copy / "catalog" / "never.yaml").write_text(
        text.replace("New Year}", 'New Year, hours: ["10:00-11:00"]}'), encoding="utf-8"
    )
    assert validate(copy) == []


# Every reference of the reference definitions, misspelt

REFERENCES: dict[str, tuple[str, ...]] = {
    "assessment": (
        "questionnaire", "assessors/*", "answers/*/by", "answers/*/evidence/*/rule", "answers/*/evidence/*/process",
        "answers/*/evidence/*/policy", "answers/*/evidence/*/survey", "answers/*/evidence/*/review",
        "answers/*/evidence/*/audit", "recommendations/*/criteria/*", "recommendations/*/clauses/*", "recommendations/*/owner",
    ),
    "assignment": ("role", "position", "delegate", "delegations/*/person", "competences/*/competence", "appointed/by"),
    "audit": (
        "mapping", "processes/*", "frameworks/*", "rules/*", "zone", "programme", "clauses/*", "areas/*", "auditors/*",
        "findings/*", "sampling/strata/*",
    ),
    "baseline": ("author", "approver", "authority", "findings/*/rule"),
    "calendar": ("zone",),
    "crosswalk": ("frameworks/*", "subjects/*/clauses/*", "alone/*/clauses/*"),
    "kpi": (
        "process", "position", "supports/*", "clauses/*", "measure/rules/*", "measure/clock/clock", "measure/clock/process",
        "measure/records/process", "measure/records/from", "measure/records/to", "measure/register/register",
        "measure/register/column", "measure/register/over",
        "measure/attested/role", "measure/survey/survey",
    ),
    "contract": (
        "supplier", "manager", "supports/*", "services/*", "calendar", "clocks/*/leg", "subcontractors/*",
    ),
    "customer": ("part-of", "relationship-manager", "zone"),
    "mapping": ("process", "history/*", "codes/state/*", "zone"),
    "nonconformity": (
        "audit", "found-by", "clauses/*", "rules/*", "process", "service", "repeats", "evidence/*/rule", "evidence/*/policy",
        "evidence/*/nonconformity", "correction/by", "actions/*/owner", "effectiveness/by", "effectiveness/evidence/*/rule",
    ),
    "ola": ("provider", "supports/*", "services/*", "calendar", "clocks/*/leg", "clocks/*/pause/*"),
    "policy": ("owner", "approver", "clauses/*", "statements/*/clauses/*", "statements/*/processes/*", "statements/*/rules/*"),
    "position": ("roles/*", "kpis/*"),
    "priority-matrix": ("process",),
    "procedure": ("process", "activities/*", "under", "owner", "clauses/*", "steps/*/role"),
    "process": (
        "owner", "manager", "lanes/*/roles/*", "activities/*/lane", "activities/*/states/*", "activities/*/next/*/to",
        "activities/*/inputs/*", "activities/*/outputs/*", "inputs/*/from/*", "outputs/*/to/*",
        "transitions/*/*", "principles/*/*/rules/*", "codes/*", "form/*/column", "form/*/required-in", "form/*/codes",
        "interfaces/*/activity", "interfaces/*/process",
    ),
    "programme": ("frameworks/*", "responsible", "approver"),
    "questionnaire": (
        "dimensions/*/process", "dimensions/*/fed-by/*/questionnaire", "criteria/*/dimension", "criteria/*/caps/*/rule",
        "criteria/*/clauses/*",
    ),
    "raci": ("process", "activities/*/R/*", "activities/*/A/*", "activities/*/C/*", "activities/*/I/*"),
    "register": ("process", "owner", "clauses/*", "key/*", "dated"),
    "review": (
        "chair", "attendees/*/person", "attendees/*/role", "inputs/*/evidence/*/rule", "inputs/*/evidence/*/survey",
        "inputs/*/evidence/*/policy", "outputs/*/owner",
    ),
    "role": ("process",),
    "rule": (
        "process", "clauses/*", "rests-on/*", "check/*/clock", "check/*/matrix", "check/*/codes", "check/*/states",
        "check/init/activity", "check/*/then/state/*", "check/*/roles/*", "check/*/lane", "check/*/duty", "check/*/calendar",
        "check/*/same/*", "check/*/first", "check/*/then", "check/*/column", "check/*/columns/*", "check/*/process",
        "check/*/from", "check/*/to", "check/*/by", "check/*/at", "check/*/per/*", "check/*/kind",
    ),
    "separation": ("duties/*/sides/*/roles/*", "duties/*/sides/*/positions/*", "duties/*/rules/*", "duties/*/clauses/*"),
    "service": ("owner", "hours", "customers/*", "depends-on/*", "requests/*/approval"),
    "sla": (
        "services/*", "customers/*", "calendar", "clocks/*/starts-at", "clocks/*/stops-at", "clocks/*/pause/*",
        "clocks/*/stop/*", "clocks/*/cancel/*", "agreed/provider",
    ),
    "complaint": ("signs/*/rule", "signs/*/kpi", "signs/*/question/survey", "signs/*/question/id"),
    "survey": ("owner", "questions/*/measured-by/*", "results/*/customer", "clauses/*"),
    "waiver": ("rule", "author", "approver", "authority"),
    "supplier": ("manager", "hours", "subcontractors/*"),
}  # fmt: skip
"""Values that name something, by kind and path."""

KEYS: dict[str, tuple[str, ...]] = {
    "assessment": ("answers", "targets"),
    "survey": ("results/*/counts",),
    "waiver": ("scope",),
    "kpi": ("measure", "measure/clock/where", "measure/records/where", "measure/records/of"),
    "mapping": ("columns", "codes"),
    "process": ("transitions", "principles", "codes"),
    "raci": ("activities",),
    "rule": ("check", "scope", "check/*/where"),
    "contract": ("attainment", "clocks/*/targets/*/where"),
    "ola": ("attainment", "clocks/*/targets/*/where"),
    "sla": ("attainment", "clocks/*/targets/*/where"),
}
"""Mappings whose keys name something."""

NOT_NAMES = {("sla", "any"), ("rule", "month"), ("process", "outside")}


@dataclass(frozen=True, order=True)
class Reference:
    """One word that names something, where it stands."""

    file: str
    line: int
    column: int
    word: str


OTHER = "audits/other.yaml"
EXTRA = """kind: audit
id: other
title: Other
mapping: xes-vinst
zone: Europe/Berlin
rules: [DQ-08, INC-06]
"""


@functools.cache
def documents() -> tuple[Document, ...]:
    """What stands in `whole`."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.yaml"))]
    reference = [one for path in paths for one in read_documents(path, path.relative_to(ROOT).as_posix())]
    return (*reference, *parse_documents(EXTRA, OTHER))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference definitions and an audit more, for tests that put back what they change."""
    root = copy_to(tmp_path_factory.mktemp("whole") / "sms 体系")
    (root / OTHER).write_text(EXTRA, encoding="utf-8")
    return root


def collect(kind: str, pattern: str, *, key: bool) -> list[Reference]:
    found: list[Reference] = []
    for document in documents():
        data: Any = document.data
        if data["kind"] != kind:
            continue
        for path, value in values_at(data, pattern):
            names: list[tuple[Path_, Any]] = [((*path, k), k) for k in value] if key else [(path, value)]
            for place, word in names:
                if isinstance(word, str) and (kind, word) not in NOT_NAMES:
                    where = document.where(place, key=key)
                    found.append(Reference(where.file, where.line, where.column, word))
    return sorted(found)


def misspelt(word: str) -> str:
    return f"{word}{word[-1]}"


@contextmanager
def misspelling(root: Path, references: list[Reference]) -> Iterator[None]:
    """Double the last letter of each word within the block, from the last place to the first so that places keep."""
    before = {root / r.file: (root / r.file).read_bytes() for r in references}
    try:
        _misspell(root, references)
        yield
    finally:
        for path, text in before.items():
            path.write_bytes(text)


def _misspell(root: Path, references: list[Reference]) -> None:
    for r in reversed(references):
        path = root / r.file
        lines = path.read_text(encoding="utf-8").split("\n")
        line = lines[r.line - 1]
        start = r.column - 1 + (line[r.column - 1] in "\"'")
        assert line[start:].startswith(r.word), (r, line)
        lines[r.line - 1] = line[:start] + misspelt(r.word) + line[start + len(r.word) :]
        path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "pattern", "key"),
    [(kind, pattern, False) for kind, patterns in REFERENCES.items() for pattern in patterns]
    + [(kind, pattern, True) for kind, patterns in KEYS.items() for pattern in patterns],
)
def test_every_misspelt_reference_is_found_at_its_very_place(
    kind: str, pattern: str, key: bool, whole: Path, quick: None
) -> None:
    references = collect(kind, pattern, key=key)
    if (kind, pattern) in {("mapping", "zone"), ("assignment", "position"), ("audit", "zone")}:
        assert len(references) <= 30
    else:
        assert references, "the reference definitions have no such reference any more"
    with misspelling(whole, references):
        problems = {(p.where.file, p.where.line, p.where.column): p for p in validate(whole)}
    moved: Counter[tuple[str, int]] = Counter()
    wrong: dict[Reference, Problem] = {}
    for r in references:
        # What is misspelt before it on its line has pushed it to the right.
        place = (r.file, r.line, r.column + moved[r.file, r.line])
        moved[r.file, r.line] += 1
        assert place in problems, r
        wrong[r] = problems[place]
    assert {p.code.split("-")[0] for p in wrong.values()} <= {"unknown", "not", "wrong"}, wrong
    helped = [r for r, p in wrong.items() if p.suggestion and p.suggestion in r.word]
    # INC-011 is as near to INC-11 as to INC-01.
    assert len(helped) >= 0.75 * len(references), helped


# What every kind needs


@functools.cache
def first_documents() -> dict[str, tuple[str, Any]]:
    """The text and data of the first reference document of each kind."""
    found: dict[str, tuple[str, Any]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            for part in ("\n" + path.read_text(encoding="utf-8")).split("\n---"):
                for document in parse_documents(part, "one.yaml"):
                    assert isinstance(document.data, dict)
                    found.setdefault(str(document.data["kind"]), (part, document.data))
    return found


@pytest.mark.parametrize("kind", kinds())
def test_every_required_key_is_missed(kind: str) -> None:
    text, data = first_documents()[kind]
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    (whole,) = parse_documents(text, "one.yaml")
    assert check_document(whole) == []
    assert schema["required"]
    for wanted in schema["required"]:
        start = whole.where((wanted,), key=True).line
        following = [whole.where((key,), key=True).line for key in data]
        end = min((line for line in following if line > start), default=len(text.split("\n")) + 1)
        lines = text.split("\n")
        (document,) = parse_documents(
            "\n".join([*lines[: start - 1], *[""] * (end - start), *lines[end - 1 :]]), "one.yaml"
        )
        missing = [p for p in check_document(document) if p.code == "missing-key"]
        assert [p.values.get("key", "kind") for p in missing] == [wanted]
        assert missing[0].where == document.where()


def test_a_missing_key_that_stands_there_misspelt_says_so(copy: Path) -> None:
    edit(copy, QUALITY, "severity: minor", "severty: minor")
    messages = [p.message for p in validate(copy)]
    assert "key 'severity' is missing ('severty' stands there)" in messages


# Broken files among sound ones


def test_a_file_that_is_not_yaml_is_one_problem_and_hides_nobody_elses(copy: Path) -> None:
    line, _ = edit(copy, SERVICES, "stage: live", "stage: [live")
    other = edit(copy, QUALITY, "severity: minor", "severity: mnior")
    problems = validate(copy)
    assert [(p.code, p.where.file) for p in problems] == [("not-yaml", SERVICES), ("not-allowed", QUALITY)]
    assert problems[0].where.line in (line, line + 1)
    assert (problems[1].where.line, problems[1].where.column) == (other[0], other[1] + 10)


@pytest.mark.parametrize(
    "name", [INCIDENT, SERVICES, AGREEMENTS, CHINA, QUALITY, "policies/frameworks/fitsm-1.yaml", "roles/roles.yaml"]
)
@pytest.mark.parametrize("broken", ["\n\tx: y", "\nid: again", "\nunknown-key: 1"])
def test_a_broken_file_does_not_echo(name: str, broken: str, copy: Path, quick: None) -> None:
    path = copy / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\ntitle:", f"{broken}\ntitle:", 1), encoding="utf-8")
    assert [p.where.file for p in validate(copy)] == [name]


def test_a_position_that_there_is_none_of_does_not_echo_in_what_it_asks_for(copy: Path) -> None:
    file = "roles/assignments.yaml"
    edit(copy, file, "position: service-level-manager", "position: service-levl-manager")
    assert [(p.code, p.where.file, p.suggestion) for p in validate(copy)] == [
        ("unknown-position", file, "service-level-manager")
    ]


def test_rules_that_rest_on_each_other_are_no_valid_definitions(copy: Path) -> None:
    """An audit by them cannot begin."""
    edit(copy, QUALITY, "id: DQ-06\nversion: 1\n", "id: DQ-06\nversion: 1\nrests-on: [INC-05]\n")
    (problem,) = validate(copy)
    assert (problem.code, problem.severity) == ("rests-on-cycle", "error")
    assert sorted(str(problem.values["circle"]).split(" → ")[1:]) == ["DQ-06", "INC-05"]


def test_that_nothing_is_defined_is_said_in_both_languages() -> None:
    problem = unknown_at(Where("a.yaml", 1, 1), "x", "competence", ())
    assert problem.message.endswith("known: none is defined")
    assert "none" not in problem_text(problem, "zh")


def test_a_document_that_breaks_its_schema_has_its_references_checked_too(copy: Path) -> None:
    first = edit(copy, SERVICES, "criticality: high", "criticality: hihg")
    second = edit(copy, SERVICES, "hours: around-the-clock", "hours: arond-the-clock")
    assert told(validate(copy)) == [
        ("unknown-calendar", SERVICES, second[0], second[1] + 7, "around-the-clock"),
        ("not-allowed", SERVICES, first[0], first[1] + 13, "high"),
    ]
    edit(copy, SERVICES, "hours: arond-the-clock", "hours: [around-the-clock]")
    assert [p.code for p in validate(copy)] == ["wrong-type", "not-allowed"], "one complaint about one value"


def test_a_file_that_is_no_text_does_not_echo(copy: Path) -> None:
    (copy / INCIDENT).write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    assert told(validate(copy)) == [("not-utf8", INCIDENT, 1, 1, "")]


@pytest.mark.parametrize("text", ["", "# all of it\n# taken out\n", "---\n---\n", "\n\n"])
def test_a_file_that_defines_nothing_is_told_and_stops_nobody(text: str, copy: Path) -> None:
    (copy / "catalog/services/emptied.yaml").write_text(text, encoding="utf-8")
    for _ in range(2):  # the second time from what is kept
        (told,) = validate(copy)
        assert (str(told.where), told.code, told.severity) == ("catalog/services/emptied.yaml:1:1", "defines-nothing", "warning")  # fmt: skip
    assert load(copy).services


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "id: nobody\n", "42\n"])
def test_a_document_that_is_no_definition(text: str, copy: Path) -> None:
    (copy / "catalog" / "odd.yaml").write_text(text, encoding="utf-8")
    assert [(p.code, p.where.file, p.where.line) for p in validate(copy)] == [
        ("missing-key" if text.startswith("id") else "not-a-definition", "catalog/odd.yaml", 1)
    ]


# Which folder, which files


def test_a_folder_without_definitions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError) as caught:
        find_root(tmp_path)
    assert [(p.code, p.where.file) for p in caught.value.problems] == [("no-definitions", str(tmp_path))]


def test_this_folder_comes_before_the_reference_set(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_root(None) == ROOT and load().is_reference
    monkeypatch.chdir(copy)
    assert find_root(None) == copy and not load().is_reference


def test_a_relative_root_is_the_same_root(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load(copy)
    monkeypatch.chdir(copy.parent)
    relative = load(Path(copy.name))
    assert (relative.files, relative.digest, relative.rules) == (whole.files, whole.digest, whole.rules)
    edit(copy, SERVICES, "type: business", "type: busines")
    assert told(validate(Path(copy.name))) == told(validate(copy))
    assert told(validate(Path(copy.name), [Path(copy.name) / SERVICES])) == told(validate(copy))


def test_only_the_files_named_are_told_but_all_are_read(copy: Path) -> None:
    edit(copy, SERVICES, "hours: around-the-clock", "hours: cn-ofice")
    edit(copy, QUALITY, "severity: minor", "severity: mnior")
    told = validate(copy, [copy / SERVICES])
    assert {p.where.file for p in told} == {SERVICES}
    assert [p.code for p in told] == ["not-judged", "unknown-calendar"]
    assert QUALITY in {p.where.file for p in validate(copy, [copy / "policies"])}
    assert validate(copy, [copy / CHINA]) == []
    with pytest.raises(ItsmctlError) as caught:
        validate(copy, [copy / "nothing.yaml"])
    assert [p.code for p in caught.value.problems] == ["unreadable-file"]


def test_the_digest_is_of_names_and_bytes_alone(copy: Path, tmp_path: Path) -> None:
    before = load(copy).digest
    assert load(ROOT).digest == before
    (copy / SERVICES).rename(copy / "catalog" / "renamed.yaml")
    assert load(copy).digest != before
    (copy / "catalog" / "renamed.yaml").rename(copy / SERVICES)
    assert load(copy).digest == before
    (copy / SERVICES).write_bytes((copy / SERVICES).read_bytes() + b"\n")
    assert load(copy).digest != before


def test_earlier_ids_stand_for_todays(copy: Path) -> None:
    for name, old in (
        (SERVICES, "id: order-management\n"),
        (CHINA, "id: cn-office\n"),
        ("policies/codes/incident-priority.yaml", "id: incident-priority\n"),
        (INCIDENT, "id: incident\n"),
        ("policies/codes/incident.yaml", "id: priority\n"),
        (QUALITY, "id: DQ-06\n"),
    ):
        word = old.split()[1]
        new = "DQ-96" if word == "DQ-06" else f"{word}-new"
        edit(copy, name, old, f"id: {new}\naliases: [{word}]\n")
    assert validate(copy) == []
    d = load(copy)
    assert d.agreements["sla-order-management"].services == ("order-management-new",)
    assert d.agreements["sla-email-collaboration"].calendar == "cn-office-new"
    assert {rule.process for name, rule in d.rules.items() if name.startswith("INC-")} == {"incident-new"}
    assert d.rules["INC-03"].parameters["matrix"] == "incident-priority-new"
    assert d.rules["DQ-15"].parameters["codes"] == "priority-new"
    assert d.rules["DQ-09"].parameters["states"] == "incident-new"
    assert d.rules["INC-06"].rests_on == ("DQ-96",)
    assert d.racis["raci-incident"].process == "incident-new"


# A mapping beside the definitions


def test_a_mapping_file_of_ones_own(tmp_path: Path) -> None:
    text = (SYSTEM / "policies" / "policies.yaml").read_text(encoding="utf-8")
    system = load(SYSTEM)
    (own,) = [d for d in read_documents(ROOT / MAPPINGS) if isinstance(d.data, dict) and d.data["id"] == "xes-vinst"]
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(own.data), encoding="utf-8")
    with pytest.raises(ItsmctlError) as caught:
        load_mappings(path, system)
    assert {p.code for p in caught.value.problems} == {"unknown-state"}
    whole = load(ROOT)
    (found,) = load_mappings(path, whole)
    assert replace(found, where=whole.mappings["xes-vinst"].where) == whole.mappings["xes-vinst"]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ItsmctlError) as caught:
        load_mappings(path, system)
    assert [(p.code, p.where.file) for p in caught.value.problems] == [("not-a-mapping", str(path))]


def test_a_builder_reports_what_the_schema_cannot_see() -> None:
    text = "kind: sla\nid: a\ntitle: A\neffective: {from: 2026-02-01, to: 2026-01-31}\nservices: any\ncalendar: c\nclocks: {response: {title: R, targets: [{within: 30m}]}}\n"
    (document,) = parse_documents(text, "a.yaml")
    assert check_document(document) == []
    builder = Builder(document)
    build(builder)
    assert [(p.code, p.where.line, p.where.column) for p in builder.problems] == [("ends-before-start", 4, 35)]


def test_a_file_whose_ending_is_written_in_capitals_is_not_passed_over(copy: Path) -> None:
    """Its rules were not in force, and nothing said so."""
    file = copy / "audits/one.YAML"
    file.write_text("kind: rule\nid: NOT-READ\n", encoding="utf-8")
    assert told(validate(copy)) == [("wrong-suffix", "audits/one.YAML", 0, 0, "")]
    with pytest.raises(ItsmctlError, match=r"the name ends in \.YAML; definitions are read from files that end in"):
        load(copy)
    file.rename(file.with_suffix(".yaml.bak"))
    assert validate(copy) == []
