"""Figures over what is kept beside the tickets, a second time in plain Python: definitions, surveys, assessments, experience."""

from __future__ import annotations

from datetime import date
from math import fsum
from typing import Any

import pytest
from assessment_case import rule
from plain_definitions import documents, every_document, holders
from scorecard_case import kpi, reference

from itsmctl.experience import experience, periods_of
from itsmctl.model import DefinitionShare, MaturityLevel, SurveyFigure
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.measuring import measure

ENDS = {"2026-Q1": "2026-03-31", "2026-Q2": "2026-06-30"}


def told(figure: object, period: str = "quarter", **values: Any) -> dict[str, Tally]:
    """What an indicator counts in each period up to the end of June."""
    with sources(reference(), [], None, Asked(period="2026-06", periods=2)) as found:
        (indicator,) = measure(found, [kpi(figure, period=period, **values)], 2).indicators
    return {figure.span.label: figure.tally for figure in indicator.figures}


def in_force(one: dict[str, Any], day: str) -> bool:
    days = one.get("effective", {})
    return str(days.get("from", "0")) <= day <= str(days.get("to", "9"))


def live(day: str) -> list[dict[str, Any]]:
    return [one for one in documents("catalog/services", "service") if one["stage"] == "live" and in_force(one, day)]


def promised(day: str) -> set[str]:
    """Services that customers are promised, and technical ones that teams or suppliers carry."""
    agreements = [one for one in documents("catalog/sla", "sla") if in_force(one, day)]
    behind = [one for kind, folder in (("ola", "catalog/ola"), ("contract", "catalog/contracts")) for one in documents(folder, kind) if in_force(one, day)]  # fmt: skip
    carried = {s for one in behind for s in one.get("services", ())}
    technical = {one["id"] for one in live(day) if one.get("type") == "technical"}
    return {s for one in agreements for s in one.get("services", ())} | (carried & technical)


def test_services_with_an_agreement_and_new_ones() -> None:
    with_agreement, new = told(DefinitionShare("services-with-agreement")), told(DefinitionShare("new-services"))
    for label, day in ENDS.items():
        names = {one["id"] for one in live(day)}
        assert (with_agreement[label].n, with_agreement[label].hits) == (len(names), len(names & promised(day)))
        year_before = f"{int(day[:4]) - 1}{day[4:]}"
        young = [one for one in live(day) if str(one.get("effective", {}).get("from", "0")) > year_before]
        assert (new[label].n, new[label].hits) == (len(names), len(young))
    assert {tally.hits for tally in new.values()} == {0, 1} or new["2026-Q1"].hits == 1


def test_roles_that_somebody_holds() -> None:
    found = told(DefinitionShare("roles-filled"))
    for label, day in ENDS.items():
        held = {role for _, role, _, start, end in holders() if start <= day <= end}
        roles = {one["id"] for one in documents("roles", "role") if in_force(one, day)}
        assert (found[label].n, found[label].hits) == (len(roles), len(roles & held))


def test_contracts_that_fit_and_reviews_in_time() -> None:
    fitting, day = told(DefinitionShare("contracts-fitting"))["2026-Q2"], ENDS["2026-Q2"]
    behind = [*documents("catalog/ola", "ola"), *documents("catalog/contracts", "contract")]
    asked = [one for one in behind if one.get("supports") and in_force(one, day)]
    assert (fitting.n, fitting.hits) == (len(asked), len(asked))
    reviewed = told(DefinitionShare("reviews-in-time"))["2026-Q2"]
    cycles = [one for folder in ("audits", "catalog", "policies", "roles") for one in every_document(folder) if "review" in one and str(one.get("effective", {}).get("to", "9")) >= day]  # fmt: skip
    late = [one for one in cycles if due(one) < day]
    assert (reviewed.n, reviewed.hits, reviewed.unknown) == (len(cycles), len(cycles) - len(late), 0)


def due(one: dict[str, Any]) -> str:
    """The last day of the next review, in whole months from the last one."""
    last, months = one["review"].get("last") or one["effective"]["from"], int(str(one["review"]["every"]).removesuffix("mo"))  # fmt: skip
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return f"{year:04}-{month + 1:02}-{last.day:02}"


@pytest.mark.parametrize("name", ["customer-satisfaction", "employee-satisfaction", "customer-experience"])
def test_surveys(name: str) -> None:
    (survey,) = (one for one in documents("audits/surveys", "survey") if one["id"] == name)
    good = [bool(step.get("satisfied")) for step in survey["scale"]]
    points = [step.get("points", place) for place, step in enumerate(survey["scale"], 1)]
    answers: dict[str, list[int]] = {}
    people: dict[str, list[int]] = {}
    for run in survey["results"]:
        label = f"{run['period']['to'].year}-H{1 if run['period']['to'].month <= 6 else 2}"
        sums = [sum(column) for column in zip(*run["counts"].values(), strict=True)]
        answers[label] = [a + b for a, b in zip(answers.get(label, [0] * len(sums)), sums, strict=True)]
        people[label] = [a + b for a, b in zip(people.get(label, [0, 0]), (run["invited"], run["answered"]), strict=True)]  # fmt: skip
    figures = ("response", "satisfied", "mean") if any(good) else ("response", "mean")
    found = {figure: told(SurveyFigure(name, figure), "half-year") for figure in figures}
    assert set(answers) == {"2025-H2", "2026-H1"} == set(found["response"])
    for label, counts in answers.items():
        total = sum(counts)
        assert (found["response"][label].n, found["response"][label].hits) == tuple(people[label])
        assert found["mean"][label].value == pytest.approx(sum(p * n for p, n in zip(points, counts, strict=True)) / total)  # fmt: skip
        if any(good):
            satisfied = sum(n for n, ok in zip(counts, good, strict=True) if ok)
            assert found["satisfied"][label].value == pytest.approx(100 * satisfied / total)


def test_maturity_of_the_processes() -> None:
    found = told(MaturityLevel("all"), "half-year", unit="points", target=3)
    for one in documents("audits/assessments", "assessment"):
        if one["questionnaire"] == "capability":
            levels = [int(answer["rating"]) for answer in one["answers"].values()]
            label = f"{one['id'].removeprefix('capability-').upper()}"
            # No clause that limits them is without a definition in the reference set, and no tickets were looked at.
            assert (found[label].n, found[label].value) == (len(levels), pytest.approx(sum(levels) / len(levels)))


def test_experience_of_each_stage() -> None:
    (survey,) = (one for one in documents("audits/surveys", "survey") if one["id"] == "customer-experience")
    named = sorted({name for question in survey["questions"] for name in question.get("measured-by", ())})
    shares = {name: (place * 7 % 20, 20) for place, name in enumerate(named)}
    rules = {name: rule(name, passed, of) for name, (passed, of) in shares.items()}
    model = reference().surveys["customer-experience"]
    now = periods_of(model)[-1]
    assert now.end == date(2026, 6, 30)
    stages = {(one.stage, one.aspect): one for one in experience(model, rules, now).stages}
    good = [bool(step.get("satisfied")) for step in survey["scale"]]
    runs = [run for run in survey["results"] if run["period"]["to"] == now.end]
    felt, measured = {}, {}
    for question in survey["questions"]:
        counts = [run["counts"][question["id"]] for run in runs if question["id"] in run["counts"]]
        hits = sum(n for one in counts for n, ok in zip(one, good, strict=True) if ok)
        felt[question["id"]] = hits / sum(map(sum, counts))
        own = [passed / of for passed, of in (shares[name] for name in question.get("measured-by", ()))]
        if own:
            measured[question["id"]] = fsum(own) / len(own)
    for stage in ("sales", "deployment", "operation"):
        asked = [(one["id"], one.get("weight", 1)) for one in survey["questions"] if one.get("stage") == stage]
        weight = sum(w for _, w in asked)
        assert stages[stage, ""].felt == pytest.approx(sum(w * felt[q] for q, w in asked) / weight)
        assert stages[stage, ""].index == pytest.approx(sum(w * measured.get(q, felt[q]) for q, w in asked) / weight)
        assert stages[stage, ""].data_share == pytest.approx(sum(w for q, w in asked if q in measured) / weight)
