"""The complaints ledger: planted violations are its records, and each figure once more in plain Python."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from scorecard_case import month_of, reference, rows_of

from itsmctl.cli import group
from itsmctl.complaints import Ledger, Sign, ledger
from itsmctl.definitions import load, validate
from itsmctl.errors import ItsmctlError
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES
from itsmctl.reference import reference_root
from itsmctl.scorecard.asking import Asked
from itsmctl.views.complaints import amiss, complaints_schema, data, page
from itsmctl.views.page import text

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    generate(reference(), 300, 5, folder / "export", start=date(2026, 1, 1), months=6)
    import_files(sorted((folder / "export").glob("*.csv")), None, reference().mappings, ZONE, folder / "dataset")
    return folder


@pytest.fixture(scope="module")
def found(history: Path) -> Ledger:
    return ledger(reference(), history / "dataset", Asked("2026-H1", zone=ZONE), "month", 1000)


def signs(found: Ledger) -> dict[str, Sign]:
    return {sign.indicator.kpi.id: sign for heard in found.complaints for sign in heard.signs}


def test_the_complaints_of_the_deck_ship_with_the_reference_set_each_with_a_sign_and_a_threshold() -> None:
    complaints = reference().complaints
    assert {"kicked-around", "not-seen-through", "no-promise", "treats-symptoms", "fire-fighting", "key-persons"} <= set(complaints)  # fmt: skip
    for complaint in complaints.values():
        assert complaint.title.en
        assert complaint.title.zh
        assert all(sign.loud_from for sign in complaint.signs)


OWN = """
kind: complaint
id: ours
title: {en: Ours, zh: 我们的}
loud-from: 30
signs:
  - {rule: INC-14, minimum: 1, title: {en: Tickets that stay, zh: 不往返的工单}}
  - {kpi: sla-attainment, loud-from: 0}
  - {question: {survey: customer-experience, id: attitude}}
  - {figure: key-person, most-by-one: 1, least-resolved: 1}
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference company with one complaint of its own in the place of those of the deck."""
    root = tmp_path_factory.mktemp("company")
    for name in ("audits", "catalog", "policies", "roles"):
        shutil.copytree(reference_root() / name, root / name)
    (root / "policies/complaints.yaml").write_text(OWN, encoding="utf-8")
    return root


def test_an_organisation_has_its_own_complaints_signs_and_thresholds(company: Path, history: Path) -> None:
    told = ledger(load(company), history / "dataset", Asked("2026-H1", zone=ZONE), "month", 5, company)
    assert [one.complaint.id for one in told.complaints] == ["ours"]
    found = signs(told)
    assert found["INC-14"].indicator.kpi.title.en == "Tickets that stay"
    assert found["sla-attainment"].loud  # whatever is amiss is loud from 0 on
    assert found["customer-experience/attitude"].kept is not None
    assert not found["customer-experience/attitude"].loud  # 9 of 43, and 30 per cent would be loud
    by_default = ledger(reference(), history / "dataset", Asked("2026-H1", zone=ZONE), "month", 5)
    assert (found["key-person"].kept or 0) <= (signs(by_default)["key-person"].kept or 0)
    assert found["key-person"].loud


@pytest.mark.parametrize(
    ("was", "now", "code", "near"),
    [
        ("rule: INC-14", "rule: INC-144", "unknown-rule", "INC-14"),
        ("id: attitude", "id: atitude", "unknown-question", "attitude"),
        ("kpi: sla-attainment", "kpi: sla-attainmnt", "unknown-kpi", "sla-attainment"),
        ("kpi: sla-attainment", "kpi: first-response-time", "unknown-kpi", ""),
        ("kpi: sla-attainment,", "kpi: sla-attainment, rule: INC-01,", "sign-source", ""),
        ("minimum: 1", "most-by-one: 70", "sign-threshold", ""),
        ("loud-from: 30", "loud-from: 130", "", ""),
        ("minimum: 1", "minimun: 1", "", "minimum"),
    ],
)
def test_what_is_wrong_with_a_complaint_is_told_at_its_place(
    company: Path, was: str, now: str, code: str, near: str
) -> None:
    path = company / "policies/complaints.yaml"
    path.write_text(OWN.replace(was, now), encoding="utf-8")
    try:
        problems = [one for one in validate(company, [path]) if one.severity == "error"]
    finally:
        path.write_text(OWN, encoding="utf-8")
    assert problems
    assert all(one.where.file == "policies/complaints.yaml" and one.where.line for one in problems)
    assert (code or problems[0].code) in [one.code for one in problems]
    assert near in [one.suggestion for one in problems] or not near


def test_only_a_share_of_which_more_is_better_can_be_a_sign(company: Path) -> None:
    other = next(one for one in reference().kpis.values() if (one.unit, one.direction) != ("percent", "higher"))
    path = company / "policies/complaints.yaml"
    path.write_text(OWN.replace("sla-attainment", other.id), encoding="utf-8")
    try:
        assert [one.code for one in validate(company, [path]) if one.severity == "error"] == ["sign-not-a-share"]
    finally:
        path.write_text(OWN, encoding="utf-8")


def test_without_any_complaint_that_is_said(company: Path) -> None:
    bare = replace(reference(), complaints={})
    with pytest.raises(ItsmctlError, match="itsmctl schema complaint"):
        ledger(bare, None, Asked("2026-H1"), "month", 5)


def test_the_loudest_complaint_comes_first(found: Ledger) -> None:
    kept = [one.worst.kept for one in found.complaints if one.worst and one.worst.kept is not None]
    assert kept == sorted(kept)
    assert all(one.worst for one in found.complaints[: len(kept)])


def test_what_was_planted_is_what_the_ledger_counts_over_all_periods(history: Path, found: Ledger) -> None:
    planted = Counter(
        one["rule"] for one in json.loads((history / "export/truth.json").read_text(encoding="utf-8"))["planted"]
    )
    looked_at = 0
    for name, sign in signs(found).items():
        if sign.rule and not sign.indicator.untold and reference().rules[name].process == "incident":
            tallies = [figure.tally for figure in sign.indicator.figures]
            failing = sum(tally.n - tally.hits - tally.unknown for tally in tallies)
            assert failing == planted[name], name
            looked_at += failing
    assert looked_at


def test_the_records_behind_a_sign_are_those_planted_in_its_period(history: Path, found: Ledger) -> None:
    planted = json.loads((history / "export/truth.json").read_text(encoding="utf-8"))["planted"]
    for name, sign in signs(found).items():
        now = sign.indicator.now
        if sign.rule and now:
            failing = now.tally.n - now.tally.hits - now.tally.unknown
            assert (sign.failing == failing) or name not in {one["rule"] for one in planted}
            assert set(sign.records) <= {one["record"] for one in planted if one["rule"] == name}


def test_leaning_on_one_person_is_counted_as_in_plain_python(history: Path, found: Ledger) -> None:
    by_month: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows_of(history / "dataset"):
        if row["process"] == "incident" and row["resolved_at"] and row["category"] and row["resolved_by"]:
            by_month[month_of(row["resolved_at"], ZONE)][row["category"]][row["resolved_by"]] += 1
    figures = {one.span.label: one.tally for one in signs(found)["key-person"].indicator.figures}
    for month in ("2026-01", "2026-03", "2026-06"):
        enough = [people for people in by_month[month].values() if sum(people.values()) >= 5]
        spread = [p for p in enough if 100 * max(p.values()) <= 60 * sum(p.values())]
        assert (figures[month].n, figures[month].hits) == (len(enough), len(spread))
    assert any(figures[month].n for month in figures)


def test_the_loudest_sign_is_the_one_with_the_least_kept(found: Ledger) -> None:
    for heard in found.complaints:
        kept = [sign.kept for sign in heard.signs if sign.kept is not None]
        assert (heard.worst.kept if heard.worst else None) == (min(kept) if kept else None)


def test_a_share_is_never_rounded_to_nothing_or_to_all(found: Ledger) -> None:
    told = [figure for sign in signs(found).values() for figure in sign.indicator.figures if figure.value is not None]
    assert all((amiss(one).startswith("0%")) == (one.value == 100) for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_both_languages_and_fits_its_columns(found: Ledger, language: str) -> None:
    shown = text(page(found, "zh" if language == "zh" else "en"), 100)
    assert ("爱踢球" in shown) == (language == "zh")
    for sign in signs(found).values():
        assert not sign.rule or sign.rule in shown
    Draft7Validator(complaints_schema()).validate(data(found))


def test_without_tickets_the_other_signs_are_told_and_the_lack_is_said() -> None:
    for form in ("text", "markdown", "html", "json"):
        told = CliRunner().invoke(group, ["assess", "complaints", "--as-of", "2026-06-30", "--format", form])
        assert told.exit_code == 0, told.output
    signs_ = {s["id"]: s for one in json.loads(told.stdout)["complaints"] for s in one["signs"]}
    assert signs_["INC-14"]["untold"] == "no-tickets"
    assert signs_["customer-experience/attitude"]["kept"] == round(100 * 34 / 43, 2)
