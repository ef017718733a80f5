"""The complaints ledger: planted violations are its records, and each figure once more in plain Python."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from scorecard_case import month_of, reference, rows_of

from itsmctl.cli import group
from itsmctl.complaints import Ledger, Sign, ledger
from itsmctl.complaints.deck import COMPLAINTS
from itsmctl.complaints.records import LEAST_RESOLVED, MOST_BY_ONE
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES
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


def test_every_rule_of_the_deck_is_in_the_library_and_every_question_in_its_survey() -> None:
    for complaint in COMPLAINTS:
        assert complaint.rules or complaint.definitions or complaint.own
        assert not [rule for rule in complaint.rules if rule not in reference().rules]
        assert all(q in reference().surveys[survey].questions for survey, q in complaint.questions)
        assert complaint.title.en
        assert complaint.title.zh


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
        enough = [people for people in by_month[month].values() if sum(people.values()) >= LEAST_RESOLVED]
        spread = [p for p in enough if max(p.values()) <= MOST_BY_ONE * sum(p.values())]
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
