"""Document control limits answers: reviews in time by the definitions, approvals by git; and an earlier assessment, as shown."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from datetime import date
from pathlib import Path

import pytest
from assessment_case import F, L, N, P, answer, assessment, criterion, questionnaire, rule, system, tickets
from click.testing import CliRunner

from itsmctl.assessment import Assessed, assess
from itsmctl.assessment.shown import Shown
from itsmctl.cli import group
from itsmctl.control.approved import approved
from itsmctl.definitions import load
from itsmctl.language import LANGUAGES
from itsmctl.model import Cap

DAY = date(2026, 6, 24)
REVIEWED, APPROVED = Cap("", 90, control="reviewed"), Cap("", 90, control="approved")
MODEL = questionnaire([criterion("C.1", "D", 1, caps=[REVIEWED]), criterion("C.2", "D", 1, caps=[APPROVED])])
SAID = assessment({"C.1": "F", "C.2": "F"}, on=DAY)


def stands(shown: Shown) -> list[int | None]:
    return [one.shown for one in assess(system([MODEL], [SAID]), SAID, shown).rated]


@pytest.mark.parametrize(("overdue", "ceiling"), [(0, F), (1, F), (2, L), (5, P), (9, N), (10, N)])
def test_overdue_reviews_lower_an_answer(overdue: int, ceiling: int) -> None:
    due = (*[date(2026, 6, 23)] * overdue, *[DAY] * (10 - overdue))
    assert stands(Shown(due=due)) == [ceiling, F]


@pytest.mark.parametrize(("good", "ceiling"), [(10, F), (9, F), (8, L), (5, P), (0, N)])
def test_missing_approvals_lower_an_answer_once_somebody_looked(good: int, ceiling: int) -> None:
    assert stands(Shown(due=(DAY,), approved=(good, 10))) == [F, ceiling]
    assert stands(Shown(due=(DAY,))) == [F, F]
    unseen = assess(system([MODEL], [SAID]), SAID, Shown(due=(DAY,))).rated
    assert [one.unapproved for one in unseen] == [False, True]


def test_more_reviews_and_approvals_never_lower_and_a_better_answer_never_passes_the_limit() -> None:
    for said in "NPLF":
        one = assessment({"C.1": said, "C.2": said}, on=DAY)
        found = [
            [
                r.shown or 0
                for r in assess(
                    system([MODEL], [one]),
                    one,
                    Shown(due=(*[DAY] * n, *[date(2026, 1, 1)] * (10 - n)), approved=(n, 10)),
                ).rated
            ]
            for n in range(11)
        ]
        assert found == sorted(found)
        ceilings = [[min(place, "NPLF".index(said)) for place in row] for row in found]
        assert found == ceilings


def test_what_document_control_holds_back_is_told_with_its_cause() -> None:
    shown = Shown(due=(date(2026, 1, 1),), approved=(0, 3))
    found = assess(system([MODEL], [SAID]), SAID, shown)
    assert [(one.source, one.id, one.criteria) for one in found.advice] == [
        ("control", "approved", ("C.2",)),
        ("control", "reviewed", ("C.1",)),
    ]


# --- Approvals in git ---


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Policies of the reference company, whose first commit nobody approved, and of which two were changed since."""
    from itsmctl.reference import reference_root

    root = tmp_path_factory.mktemp("git")
    for folder in ("catalog", "policies", "roles", "audits"):
        subprocess.run(["cp", "-r", str(reference_root() / folder), str(root)], check=True)
    run(root, "init", "-q")
    commit(root, "First")
    return root


def run(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def commit(root: Path, message: str, author: str = "Somebody <somebody@example.org>") -> None:
    run(root, "add", "-A")
    name, mail = author.rstrip(">").split(" <")
    run(root, "-c", f"user.name={name}", "-c", f"user.email={mail}", "commit", "-q", "-m", message)


def test_a_document_stands_approved_by_who_may_and_did_not_write_it_until_it_is_edited(root: Path) -> None:
    good, all_of_them = approved(load(root))
    assert (good, all_of_them > 100) == (0, True)
    policy = load(root).policies["change-management-policy"]
    file = root / policy.where.file
    holders = [one.person for one in load(root).assignments.values() if one.role == policy.approver]
    told = f"Say it again\n\nReviewed-by: {holders[0]} <nobody@example.org>"
    file.write_text(file.read_text(encoding="utf-8") + "# said again\n", encoding="utf-8")
    commit(root, told)
    mine = [one for one in load(root).every() if one.review and one.where.file == policy.where.file]
    good, _ = approved(load(root))
    assert 1 <= good <= len(mine)
    file.write_text(file.read_text(encoding="utf-8") + "# not committed\n", encoding="utf-8")
    assert approved(load(root))[0] == 0
    commit(root, told, f"{holders[0]} <nobody@example.org>")
    assert approved(load(root))[0] == 0, "nobody approves their own work"


# --- Compared as shown ---


def compared(then: Shown | None) -> Assessed:
    model = questionnaire([criterion("C.1", "D", 1, caps=[Cap("R-1", 90)])])
    early = assessment({"C.1": answer("F")}, name="then", on=date(2025, 12, 1))
    late = assessment({"C.1": answer("L")}, on=DAY)
    return assess(system([model], [early, late]), late, tickets(rule("R-1", 60)), shown_then=then)


def test_with_what_tickets_showed_then_both_are_compared_as_shown() -> None:
    said, shown = compared(None).comparison, compared(tickets(rule("R-1", 20))).comparison
    assert said is not None
    assert shown is not None
    assert [(one.before, one.now) for one in said.moved] == [(F, L)]
    assert [(one.before, one.now) for one in shown.moved] == [(P, L)]
    assert (said.as_shown, shown.as_shown) == (False, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_road_map_is_a_drawing_with_every_written_recommendation(language: str) -> None:
    drawn = CliRunner().invoke(group, ["assess", "maturity", "--format", "svg", "--lang", language])
    assert drawn.exit_code == 0
    assert drawn.stdout.startswith("<svg")
    told = json.loads(CliRunner().invoke(group, ["assess", "maturity", "--format", "json"]).stdout)
    for one in told["assessments"][0]["recommendations"]:
        assert one["id"] in drawn.stdout
    assert ("近期" in drawn.stdout) == (language == "zh")


def test_another_assessment_to_compare_with_is_one_by_the_same_questionnaire() -> None:
    ask = CliRunner().invoke
    assert (
        "maturity-2025-h2"
        in ask(group, ["assess", "maturity", "--before", "maturity-2025-h2", "--format", "json"]).stdout
    )
    wrong = ask(group, ["assess", "maturity", "--before", "capability-2025-h2"])
    assert "unknown assessment" in str(wrong.exception)


def test_the_page_holds_the_whole_road_map() -> None:
    page = CliRunner().invoke(group, ["assess", "maturity", "--format", "html"]).stdout
    drawn = CliRunner().invoke(group, ["assess", "maturity", "--format", "svg"]).stdout
    assert b64encode(drawn.encode()).decode("ascii") in page
