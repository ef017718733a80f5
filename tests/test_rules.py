"""Every rule of the library by its cases, and a law about the cases: each rule shows every situation it can meet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from dataset import write_dataset
from rule_cases import FOLDER, Population, judged, library, needs_scope, populations
from test_checks import APPLIES

from itsmctl.audit import AuditOptions, audit
from itsmctl.examples import examples_of
from itsmctl.model import Rule

WITH_CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
ALL = [population for rule in WITH_CASES for population in populations(rule)]
UNSCOPED = {"register", "row-count"}
"""Checks of whole files and of registers: no record of theirs is out of scope."""
SITUATIONS = {"pass", "fail", "not-testable", "out", "limit", "open"}


@pytest.mark.parametrize("population", ALL, ids=lambda p: f"{p.rule}.{p.place}")
def test_each_record_is_judged_as_its_case_says(population: Population) -> None:
    assert judged(population) == population.expected


def test_every_rule_has_cases() -> None:
    rules = set(library().rules)
    assert set(WITH_CASES) - rules == set()
    assert rules - set(WITH_CASES) == set()


@pytest.mark.parametrize("rule", WITH_CASES)
def test_its_cases_show_every_situation(rule: str) -> None:
    mine = library().rules[rule]
    shown = {situation for population in populations(rule) for situation in population.shown}
    assert shown <= SITUATIONS
    assert situations(mine) - shown == set()
    assert mine.check in UNSCOPED or any(needs_scope(mine, population) for population in populations(rule))


def test_every_rule_shows_what_passes_and_what_fails() -> None:
    for rule in library().rules:
        found = examples_of(rule)
        assert found is not None, rule
        assert all(example.lines for example in found), rule
    assert examples_of("HOUSE-1") is None, "a rule of one's own has no cases here"
    passing, failing = (example.lines for example in examples_of("INC-02") or ())
    assert passing == (
        "opened_at 2026-03-02 09:00, state closed | changes: 2026-03-02 09:00 state new; 2026-03-02 10:00 state resolved; 2026-03-02 10:00 state closed",
    )
    assert "resolved" not in failing[0]


def test_a_value_that_is_called_as_a_column_is_told_as_it_is() -> None:
    _, failing = examples_of("CHG-02", "zh") or ((), ())
    assert "分类：major、" in failing.lines[0]  # type: ignore[union-attr]


def situations(rule: Rule) -> set[str]:
    """What the cases of a rule must show: what its check can meet, as the cases of the check have it."""
    met = set(APPLIES[rule.check].split())
    needed = {"pass", "fail"} | ({"limit", "open"} & met)
    if met & {"unknown", "column", "history"}:
        needed.add("not-testable")
    return needed if rule.check in UNSCOPED else needed | {"out"}


def test_an_export_that_shows_nothing_fails_nobody(tmp_path: Path) -> None:
    """A column that is not there gives `not testable`, never `fail`: one record of every process, with no columns."""
    processes = sorted({rule.process for rule in library().rules.values()})
    dataset = write_dataset(tmp_path / "dataset", [{"record_id": p, "process": p} for p in processes], history=())
    result = audit(library(), dataset, AuditOptions(as_of="2026-06-30T00:00Z", threads=1))
    outcomes: Mapping[str, str] = {r.rule.id: r.outcome for r in (*result.rules, *result.enquiries)}
    clean = {rule for rule, outcome in outcomes.items() if outcome in ("pass", "fail")}
    assert set(outcomes) == set(library().rules)
    assert {library().rules[rule].check for rule in clean} <= {"register", "row-count", "readable", "not-in-future"}
