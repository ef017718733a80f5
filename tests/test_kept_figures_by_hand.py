"""Figures over definitions, registers and assessments on cases small enough for a head: the sums stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from law_examples import system_of
from scorecard_case import kpi, reference

from itsmctl.complaints.own import own_told, question_told
from itsmctl.definitions.registers import rows_of
from itsmctl.model import (
    Attested,
    ComplaintSign,
    Definitions,
    DefinitionShare,
    Effective,
    Kpi,
    MaturityLevel,
    RegisterFigure,
    RegisterRow,
    Text,
)
from itsmctl.model.indicators import DefinitionFigure
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import parse_span

DAY = date(2026, 6, 30)
COMPANY = reference()


def tally(figure: object, definitions: Definitions, **values: object) -> Tally:
    """What an indicator counts in June."""
    given = Sources(definitions, DAY, system=lambda: system_of(AGREEMENTS, DAY))
    (indicator,) = measure(given, [kpi(figure, **values)], 1).indicators
    assert indicator.now is not None, indicator.untold
    return indicator.now.tally


# --- Definitions ----------------------------------------------------------------------------------------------------

AGREEMENTS = """\
kind: calendar
id: always
zone: Asia/Shanghai
week: {mon: ["00:00-24:00"], tue: ["00:00-24:00"], wed: ["00:00-24:00"], thu: ["00:00-24:00"], fri: ["00:00-24:00"],
       sat: ["00:00-24:00"], sun: ["00:00-24:00"]}
---
kind: sla
id: sla-order
services: [order]
calendar: always
clocks: {resolution: {title: Time to resolve, targets: [{within: 4h}]}}
---
kind: sla
id: sla-mail
services: [mail]
calendar: always
clocks: {resolution: {title: Time to resolve, targets: [{within: 4h}]}}
---
kind: ola
id: ola-fits
supports: [sla-order]
calendar: always
clocks: {repair: {title: Time to repair, leg: resolution, targets: [{within: 2h}]}}
---
kind: contract
id: contract-does-not
supports: [sla-mail]
calendar: always
clocks: {repair: {title: Time to repair, leg: resolution, targets: [{within: 5h}]}}
"""
"""Two hours fit into four, five do not."""


def supported(figure: DefinitionFigure) -> Tally:
    (ola, contract) = (next(iter(some.values())) for some in (COMPANY.operational_agreements, COMPANY.contracts))
    fits = replace(ola, id="ola-fits", effective=Effective(), terms=replace(ola.terms, supports=("sla-order",)))
    terms = replace(contract.terms, supports=("sla-mail",))
    wrong = replace(contract, id="contract-does-not", effective=Effective(), terms=terms)
    later = replace(wrong, id="contract-later", effective=Effective(date(2026, 7, 1), None))
    idle = replace(wrong, id="contract-of-nothing", terms=replace(terms, supports=()))
    contracts = {one.id: one for one in (wrong, later, idle)}
    return tally(DefinitionShare(figure), replace(COMPANY, operational_agreements={fits.id: fits}, contracts=contracts))


def test_contracts_that_carry_what_was_promised() -> None:
    # One fits, one does not; one is not in force yet, and one supports nothing.
    assert supported("contracts-fitting") == Tally(2, 1)


def services(figure: DefinitionFigure) -> Tally:
    """Four services: an old and a new one, one that is still planned, one that has been retired."""
    mail = COMPANY.services["email-collaboration"]

    def one(name: str, since: date, stage: str = "live", until: date | None = None) -> object:
        return replace(mail, id=name, stage=stage, stages={}, effective=Effective(since, until))  # type: ignore[arg-type]

    made = {
        "old": one("old", date(2025, 6, 30)),
        "new": one("new", date(2025, 7, 1)),
        "planned": one("planned", date(2026, 1, 1), "pipeline"),
        "gone": one("gone", date(2020, 1, 1), until=date(2026, 6, 29)),
    }
    sla = replace(next(iter(COMPANY.agreements.values())), services=("new",), effective=Effective())
    return tally(DefinitionShare(figure), replace(COMPANY, services=made, agreements={sla.id: sla}, contracts={}))  # type: ignore[arg-type]


def test_new_services_and_services_with_an_agreement() -> None:
    # Two are live. One of them went live within twelve months, and that one has an agreement.
    assert services("new-services") == services("services-with-agreement") == Tally(2, 1)


def test_roles_that_somebody_holds() -> None:
    roles = {name: COMPANY.roles[name] for name in ("service-desk-agent", "second-line-engineer", "top-management")}
    agent = next(one for one in COMPANY.assignments.values() if one.role == "service-desk-agent")
    left = replace(agent, id="left", role="second-line-engineer", effective=Effective(None, date(2026, 6, 29)))
    made = replace(COMPANY, roles=roles, assignments={agent.id: agent, left.id: left})
    # The agent is there, the engineer left the day before, and nobody ever was the management.
    assert tally(DefinitionShare("roles-filled"), made) == Tally(3, 1)


def test_definitions_reviewed_in_time() -> None:
    sla = next(one for one in COMPANY.agreements.values() if one.review)
    assert sla.review is not None
    made = {
        "last-day": replace(sla, id="last-day", review=replace(sla.review, months=12, last=date(2025, 6, 30))),
        "late": replace(sla, id="late", review=replace(sla.review, months=12, last=date(2025, 6, 29))),
        "never": replace(sla, id="never", effective=Effective(), review=replace(sla.review, last=None)),
        "over": replace(sla, id="over", effective=Effective(None, date(2026, 6, 29))),
    }
    # Due on the day itself is in time; of one without any day nobody can tell; what is over is reviewed no more.
    assert tally(
        DefinitionShare("reviews-in-time"), Definitions(COMPANY.root, False, (), "", agreements=made)
    ) == Tally(3, 1, 1)


# --- Registers ------------------------------------------------------------------------------------------------------

ROWS: Sequence[Mapping[str, str | float]] = (
    {"service": "one", "month": "2026-06-01", "budgeted": 100.0, "actual": 90.0},
    {"service": "two", "month": "2026-06-01", "budgeted": 50.0, "actual": 60.0},
    {"service": "two", "month": "2026-06-15", "budgeted": 10.0},
    {"service": "two", "month": "2026-05-31", "budgeted": 999.0, "actual": 1.0},
)


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [
        ("count", Tally(3, 2)),  # three rows of June, two of them of the second service
        ("share", Tally(3, 2)),
        ("mean", Tally(2, 1, 1, 60.0)),  # of its two, one says what was spent
        ("ratio", Tally(2, 1, 1, 120.0)),  # 60 of 50; the other says only what was planned
    ],
)
def test_a_register(figure: Literal["count", "mean", "ratio", "share"], wanted: Tally) -> None:
    budget = replace(COMPANY.registers["budget"], files=(), sources=(), entries=tuple(ROWS))
    made = replace(COMPANY, registers={"budget": budget})
    of_second = RegisterFigure("budget", figure, {"service": ("two",)}, {}, "actual", "budgeted", "month")
    assert tally(of_second, made, unit="percent" if figure == "share" else "count") == wanted


# --- Assessments, surveys, processes --------------------------------------------------------------------------------


def test_the_maturity_of_processes_is_the_mean_of_their_levels() -> None:
    last = COMPANY.assessments["capability-2026-h1"]
    answers = {name: replace(one, rating="2") for name, one in last.answers.items()}
    first = sorted(answers)[0]
    made = replace(COMPANY, assessments={last.id: replace(last, answers={**answers, first: replace(answers[first], rating="1")})})  # fmt: skip
    told = tally(MaturityLevel("all"), made, unit="points", target=3)
    n = told.n
    assert told == Tally(n, n, 0, pytest.approx((2 * (n - 1) + 1) / n)) and n > 10


def test_the_answers_to_one_question() -> None:
    survey = COMPANY.surveys["customer-experience"]
    good = [step.satisfied for step in survey.scale]
    counts = tuple(range(1, len(good) + 1))
    span = parse_span("2026-H1")
    run = replace(survey.results[0], period=Effective(span.start, span.end), counts={"attitude": counts})
    earlier = replace(run, period=Effective(date(2025, 7, 1), date(2025, 12, 31)))
    told = question_told(replace(survey, results=(earlier, run)), "attitude", span)
    # 1 + 2 + 3 + 4 + 5 people; the last two steps of the scale are those of the satisfied.
    assert good == [False, False, False, True, True]
    assert told == Tally(15, 9)


def test_processes_with_an_indicator_that_is_more_than_a_word() -> None:
    kpis = {
        "counted": kpi(DefinitionShare("new-services"), id="counted", process="incident"),
        "said": kpi(Attested("", Text()), id="said", process="change"),
    }
    made = {name: COMPANY.processes[name] for name in ("incident", "change", "problem")}
    given = Sources(replace(COMPANY, kpis=kpis, processes=made), DAY)
    span = parse_span("2026-06")
    assert own_told(ComplaintSign(figure="processes-with-figures"), given, [span]) == {span: Tally(3, 1)}


# --- Rows of registers ------------------------------------------------------------------------------------------------

KEPT = sorted(one.id for one in COMPANY.kpis.values() if isinstance(one.measure, RegisterFigure) and one.measure.of)


@pytest.mark.parametrize("name", KEPT)
def test_no_indicator_gets_better_by_what_a_row_lost(name: str) -> None:
    """Each cell by which a row is counted at all is emptied, one row after the other, also in rows that do not count."""
    one = COMPANY.kpis[name]
    assert isinstance(one.measure, RegisterFigure)
    register = COMPANY.registers[one.measure.register]
    rows = rows_of(COMPANY, register, date(2026, 10, 31))
    before = badness(one, rows)
    assert rows
    for place, row in enumerate(rows):
        for column in one.measure.of:
            worse = RegisterRow(row.where, {key: cell for key, cell in row.values.items() if key != column})
            after = badness(one, [*rows[:place], worse, *rows[place + 1 :]])
            assert all(later >= earlier for earlier, later in zip(before, after, strict=True)), (row.where, column)


def badness(one: Kpi, rows: Sequence[RegisterRow]) -> list[float]:
    """How far each period lies from what is wanted, in per cent; nothing where there is no figure."""
    assert isinstance(one.measure, RegisterFigure)
    cells = tuple({key: str(cell) if isinstance(cell, date) else cell for key, cell in row.values.items()} for row in rows)  # fmt: skip
    register = replace(COMPANY.registers[one.measure.register], files=(), sources=(), entries=cells)
    given = Sources(replace(COMPANY, registers={register.id: register}), date(2026, 10, 31))
    (indicator,) = measure(given, [replace(one, minimum=1)], 6).indicators
    least, most = one.target.at_least, one.target.at_most
    return [
        max(least - figure.value if least is not None else 0.0, figure.value - most if most is not None else 0.0, 0.0)
        if figure.value is not None else 0.0
        for figure in indicator.figures
    ]  # fmt: skip


def test_a_row_that_does_not_say_whether_it_is_asked_of_is_unknown() -> None:
    """Of three rows one is good, one bad, and the third does not say whether it was due: 1 of 3, at best 2."""
    rows = ({"service": "one", "actual": 1.0}, {"service": "one", "actual": 2.0}, {"actual": 1.0}, {"service": "two", "actual": 1.0})  # fmt: skip
    budget = replace(COMPANY.registers["budget"], files=(), sources=(), dated="", entries=rows)
    share = RegisterFigure("budget", "share", {"actual": (1.0,)}, {"service": ("one",)}, "", "", "")
    assert tally(share, replace(COMPANY, registers={"budget": budget}), period="month") == Tally(3, 1, 1)
