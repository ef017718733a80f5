"""Of a large dataset only the columns are loaded that statements name: verdicts, reports and explanations must not notice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import itsmctl.audit
from itsmctl.audit import AuditOptions, audit
from itsmctl.audit.preparing import load_records
from itsmctl.definitions import load
from itsmctl.engine.database import duckdb
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session
from itsmctl.engine.tables.loading import ALWAYS, Part
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import read_receipt
from itsmctl.model import TEXT_COLUMNS, Condition, Definitions
from itsmctl.reference import reference_root
from itsmctl.result import AuditResult, Verdict


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


@pytest.fixture(scope="module")
def dataset(definitions: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("columns")
    generate(definitions, 400, 5, folder / "export")
    files = sorted((folder / "export").glob("*.csv"))
    import_files(files, None, definitions.mappings, ZONE, folder / "dataset")
    return folder / "dataset"


@pytest.fixture(scope="module")
def usual(
    definitions: Definitions, dataset: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[AuditResult, list[Verdict]]:
    """The audit by the whole library of everything that the dataset holds."""
    verdicts = tmp_path_factory.mktemp("usual") / "verdicts.parquet"
    options = AuditOptions(all_verdicts=True, charts=True)
    return audit(definitions, dataset, options, verdicts=verdicts), list(read_verdicts(verdicts))


def _in_part(definitions: Definitions, dataset: Path, options: AuditOptions, out: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[AuditResult, list[Verdict]]:  # fmt: skip
    monkeypatch.setattr(itsmctl.audit, "MANY", -1)
    return audit(definitions, dataset, options, verdicts=out), list(read_verdicts(out))


def test_the_whole_library_finds_the_same(
    definitions: Definitions,
    dataset: Path,
    usual: tuple[AuditResult, list[Verdict]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = AuditOptions(all_verdicts=True, charts=True)
    assert _in_part(definitions, dataset, options, tmp_path / "v.parquet", monkeypatch) == usual


@pytest.mark.parametrize("check", sorted({rule.check for rule in load(reference_root()).rules.values()}))
def test_each_check_alone_finds_the_same(
    check: str,
    definitions: Definitions,
    dataset: Path,
    usual: tuple[AuditResult, list[Verdict]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where few rules judge, few columns are there: what a check reads and does not name would be missed."""
    rules = tuple(rule.id for rule in definitions.rules.values() if rule.check == check)
    options = AuditOptions(rules=rules, all_verdicts=True, charts=True)
    result, verdicts = _in_part(definitions, dataset, options, tmp_path / "v.parquet", monkeypatch)
    assert verdicts == [verdict for verdict in usual[1] if verdict.rule in rules]
    told = {one.record_id: one for one in usual[0].explanations}
    for one in result.explanations:
        if one.record_id in told:
            assert (one.columns, one.moments) == (told[one.record_id].columns, told[one.record_id].moments)


def test_what_clocks_of_supporting_agreements_ask_for_is_read(
    definitions: Definitions, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    supports = {}
    for id_, one in definitions.operational_agreements.items():
        clocks = {
            name: replace(
                clock,
                targets=tuple(
                    replace(t, conditions=(*t.conditions, Condition("ci", "present"))) for t in clock.targets
                ),
            )
            for name, clock in one.terms.clocks.items()
        }
        supports[id_] = replace(one, terms=replace(one.terms, clocks=clocks))
    asked = replace(definitions, operational_agreements=supports)
    rules = tuple(rule.id for rule in definitions.rules.values() if rule.check == "leg-within")
    options = AuditOptions(rules=rules, all_verdicts=True)
    whole = audit(asked, dataset, options, verdicts=tmp_path / "whole.parquet")
    told = list(read_verdicts(tmp_path / "whole.parquet"))
    assert _in_part(asked, dataset, options, tmp_path / "part.parquet", monkeypatch) == (whole, told)


def test_a_text_that_nobody_names_is_no_column(definitions: Definitions, dataset: Path) -> None:
    receipt = read_receipt(dataset)
    with Session() as session:
        part = Part(columns=frozenset({"title"}), people=False)
        load_records(session, definitions, dataset, receipt, 4_000_000_000, (None, None), ZONE, part)
        held = {str(column) for (column,) in session.rows("SELECT column_name FROM (DESCRIBE record)")}
        assert held & set(TEXT_COLUMNS) == {"title"} | ALWAYS
        assert session.one("SELECT count(resolution) > 0 FROM whole_record") == (True,)
        for unread in ("SELECT resolution FROM record", "SELECT actor FROM event"):
            with pytest.raises(duckdb.BinderException):
                session.rows(unread)
