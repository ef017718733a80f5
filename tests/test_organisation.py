"""What an organisation says about itself: what is refused beyond the schema, and what the reference set promises."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from itsmctl import model
from itsmctl.audit.choices import chosen_rules
from itsmctl.definitions import load, validate
from itsmctl.errors import ItsmctlError
from itsmctl.model.periods import in_force
from itsmctl.reference import FOLDERS, reference_root

ROOT = reference_root()
REFERENCE = load(ROOT)
OPERATION_2025 = "audits/nonconformities/2025.yaml"
SURVEY = "audits/surveys/customer-satisfaction.yaml"
MATURITY = "audits/questionnaires/maturity.yaml"
ANSWERS = "audits/assessments/maturity-2026-h1.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The reference definitions, to be broken."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("audits/waivers.yaml", "expires: \"2026-05-18", "expires: \"2026-04-05", ("expires-before-approval", 10)),
        ("audits/waivers.yaml", "expires: \"2026-05-18T09:00:00+02:00\"", "expires: \"2026-05-18T09:00:00\"", ("wrong-form", 10)),
        ("audits/baseline.yaml", "rule: INC-16", "rule: INC-11", ("rule-twice", 11)),
        (OPERATION_2025, "closed: 2025-12-11", "closed: 2025-09-11", ("closed-before-found", 9)),
        (SURVEY, "answered: 88", "answered: 288", ("more-than-asked", 15)),
        (SURVEY, "answered: 88", "answered: 48", ("more-than-answered", 23)),
        (SURVEY, "[4, 9, 17, 38, 20]", "[4, 9, 17, 38]", ("counts-not-scale", 23)),
        (SURVEY, "response-speed: [4,", "response-sped: [4,", ("unknown-question", 7)),
        (MATURITY, "level: 5, evidence: [judgement]", "level: 6, evidence: [judgement]", ("unknown-level", 46)),
        (MATURITY, "dimension: TEC, level: 5", "dimension: TEK, level: 5", ("unknown-dimension", 34)),
        ("audits/questionnaires/capability.yaml", "      - {en: Nobody does this on purpose., zh: 没有人有意识地做这件事。}\n", "", ("levels-not-scale", 7)),
        (ANSWERS, "MM.L5.TEC.1: {rating: N", "MM.L5.TEC.1: {rating: X", ("unknown-rating", 25)),
        (ANSWERS, "TRT: 3", "TRX: 3", ("unknown-dimension", 11)),
        ("audits/plans/internal-2026.yaml", "reported: 2026-03-03", "reported: 2026-02-03", ("reported-before-held", 11)),
        ("audits/reviews/2025-h2.yaml", "chair: Lin Haiyan 林海燕", "chair: Anna Becker", ("chair-absent", 3)),
        ("policies/statements/supplier-policy.yaml", "approved: 2024-12-16", "approved: 2025-01-02", ("approved-too-late", 11)),
        ("roles/separation.yaml", "- roles: [configuration-manager]", "- roles: [configuration-librarian]", ("on-two-sides", 17)),
        ("roles/positions.yaml", "id: tact,", "id: statistics,", ("id-twice", 10)),
        ("roles/assignments.yaml", "competence: tact,", "competence: tackt,", ("unknown-competence", 18)),
    ],
    ids=lambda x: str(x) if isinstance(x, tuple) else "",
)  # fmt: skip
def test_a_mistake_is_found_at_its_place(file: str, old: str, new: str, found: tuple[str, int], copy: Path) -> None:
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    problems = validate(copy)
    assert (found[0], found[1]) in {(p.code, p.where.column) for p in problems if p.where.file == file}, problems
    if found[0] not in ("chair-absent", "levels-not-scale", "more-than-answered"):  # told at what does not fit to it
        assert line in {p.where.line for p in problems if p.code == found[0]}


def held() -> dict[str, set[str]]:
    """Who holds which role on any day, also as somebody's delegate."""
    found: dict[str, set[str]] = {role: set() for role in REFERENCE.roles}
    for assignment in REFERENCE.assignments.values():
        roles = (assignment.role,) if assignment.role else REFERENCE.positions[assignment.position].roles
        for role in roles:
            found[role] |= {assignment.person, *(one.person for one in assignment.delegations)}
    return found


def test_duties_are_kept_apart_also_by_those_who_stand_in() -> None:
    holders = held()
    in_position: dict[str, set[str]] = {}
    for assignment in REFERENCE.assignments.values():
        people = {assignment.person, *(one.person for one in assignment.delegations)}
        in_position[assignment.position] = in_position.get(assignment.position, set()) | people
    duties = [duty for separation in REFERENCE.separations.values() for duty in separation.duties]
    assert len(duties) >= 10
    for duty in duties:
        sides = [
            {p for r in side.roles for p in holders[r]} | {p for name in side.positions for p in in_position[name]}
            for side in duty.sides
        ]
        if duty.within == "person":
            assert not set.intersection(*sides), duty.id


def test_every_process_but_the_audit_is_kept_apart_from_the_auditors() -> None:
    (duty,) = (d for s in REFERENCE.separations.values() for d in s.duties if d.id == "audit-and-own")
    audited = set(duty.sides[1].roles)
    for process in REFERENCE.processes.values():
        if process.id != "internal-audit":
            assert {process.owner, process.manager} <= audited, process.id


def test_positions_have_their_six_attributes_and_holders_who_are_able() -> None:
    for position in REFERENCE.positions.values():
        assert position.exists
        for attribute in (position.responsibilities, position.standards, position.competences, position.assessment, position.training, position.kpis, position.roles):  # fmt: skip
            assert attribute, position.id
    lacking = set()
    for assignment in REFERENCE.assignments.values():
        if not assignment.position:
            continue
        wanted = {competence.id for competence in REFERENCE.positions[assignment.position].competences}
        for day in (
            model.months_after(assignment.effective.start, 12 + n) for n in range(6) if assignment.effective.start
        ):
            shown = {p.competence for p in assignment.competences if p.start <= day and (p.end is None or day <= p.end)}
            lacking |= {(assignment.id, competence, day.month) for competence in wanted - shown}
    assert lacking == {
        ("service-engineer-tang", "technical-field", 6),  # ran out on the last of May
        *(("service-engineer-xie", "hand-over-language", month) for month in (1, 2, 3, 4)),  # shown on 20 April
        *(("service-engineer-yan", "data-protection", month) for month in (4, 5)),  # the test two months late
    }, "what pages about competence have to show, and nothing else"


def test_single_roles_have_one_holder_at_a_time() -> None:
    days = [date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 30), date(2026, 8, 31), date(2026, 9, 1)]
    for role in REFERENCE.roles.values():
        for day in days:
            people = {
                assignment.person
                for assignment in REFERENCE.assignments.values()
                if in_force(assignment.effective, day)
                and (role.id == assignment.role or (assignment.position and role.id in REFERENCE.positions[assignment.position].roles))
            }  # fmt: skip
            assert people, (role.id, day)
            assert role.holders == "many" or len(people) == 1, (role.id, day)


def test_something_stands_on_the_page_of_positions() -> None:
    """One position lies vacant in summer, one person wears two hats; both are lawful."""
    day = date(2026, 6, 30)
    on_duty = [one for one in REFERENCE.assignments.values() if in_force(one.effective, day) and one.position]
    assert set(REFERENCE.positions) - {one.position for one in on_duty} == {"service-solution-manager"}
    hats = Counter(one.person for one in on_duty)
    assert [person for person, n in hats.items() if n > 1] == ["Jonas Weber"]


def test_the_programme_covers_every_clause_and_every_process_by_others() -> None:
    (programme,) = REFERENCE.programmes.values()
    plans = [plan for plan in REFERENCE.plans.values() if plan.programme == programme.id]
    covered = [clause for plan in plans for clause in plan.clauses]
    for framework in programme.frameworks:
        leaves = [f"{framework}:{leaf.number}" for leaf in REFERENCE.frameworks[framework].leaves()]
        assert len(leaves) == 57
        assert [leaf for leaf in leaves if not model.covers(covered, leaf)] == []
    assert {process for plan in plans for process in plan.processes} == set(REFERENCE.processes)
    holders = held()
    for plan in plans:
        assert plan.auditors or plan.guest_auditors, plan.id
        assert programme.cycle.start and programme.cycle.end and plan.planned.start and plan.planned.end
        assert programme.cycle.start <= plan.planned.start <= plan.planned.end <= programme.cycle.end
        for process in (REFERENCE.processes[name] for name in plan.processes):
            assert not set(plan.auditors) & (holders[process.owner] | holders[process.manager]), (plan.id, process.id)


def test_a_plan_runs_only_rules_for_the_clauses_that_it_covers() -> None:
    plan = REFERENCE.plans["internal-2026-operation"]
    chosen = chosen_rules(REFERENCE, plan, [])
    assert {"INC-01", "INC-02"} <= {rule.id for rule in chosen}
    assert all(any(model.covers(plan.clauses, clause) for clause in rule.clauses) for rule in chosen)
    assert "INC-06" not in {rule.id for rule in chosen}
    with pytest.raises(ItsmctlError) as raised:  # what leaves no trace must not look clean
        chosen_rules(REFERENCE, replace(plan, clauses=("iso-20000-1:4.4",)), [])
    assert [problem.code for problem in raised.value.problems] == ["no-rules"]


def test_findings_of_an_audit_and_its_plan_name_each_other() -> None:
    for plan in REFERENCE.plans.values():
        named = {n.id for n in REFERENCE.nonconformities.values() if n.audit == plan.id}
        assert set(plan.findings) == named, plan.id


def test_maturity_has_the_criteria_of_the_deck_and_earns_nothing_for_symptoms() -> None:
    maturity = REFERENCE.questionnaires["maturity"]
    ours = [name for name in maturity.criteria if name.rsplit(".", 1)[1].startswith("A")]
    assert len(maturity.criteria) - len(ours) == 67
    for level in (2, 3, 4, 5):
        for dimension in maturity.dimensions:
            achieved = [c for c in maturity.criteria.values() if c.level == level and c.dimension == dimension.id and c.polarity == "achieve"]  # fmt: skip
            assert achieved, (level, dimension.id)
    assert {c.polarity for c in maturity.criteria.values() if c.level == 1} == {"symptom"}


def test_every_questionnaire_was_answered_in_full_for_two_periods() -> None:
    for questionnaire in REFERENCE.questionnaires.values():
        answered = [a for a in REFERENCE.assessments.values() if a.questionnaire == questionnaire.id]
        assert len({a.period for a in answered}) == 2
        for assessment in answered:
            assert set(assessment.answers) == set(questionnaire.criteria), assessment.id
    capability = REFERENCE.questionnaires["capability"]
    assert {dimension.process for dimension in capability.dimensions} == set(REFERENCE.processes)


def test_exceptions_are_approved_by_somebody_else_who_may() -> None:
    holders = held()
    for one in (*REFERENCE.waivers.values(), *REFERENCE.baselines.values()):
        assert one.author != one.approver
        assert one.approver in holders[one.authority], one.id


def test_reviews_are_not_overdue_at_the_end_of_june_2026() -> None:
    for policy in REFERENCE.policies.values():
        due = policy.review.due(policy.effective.start) if policy.review else None
        assert due and due >= date(2026, 6, 30), policy.id
