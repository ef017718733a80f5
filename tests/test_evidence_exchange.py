"""The formats of other tools in a pack: they satisfy the published schemas, and say what the audit found."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree

import duckdb
import jsonschema_rs
import pytest
import xmlschema
from evidence_case import OBSERVED, RULES, make_case
from jsonschema import Draft4Validator

from itsmctl.evidence.exchange import sarif
from itsmctl.evidence.pack import build

ORACLES = Path(__file__).parent.parent / ".." / "shared" / "oracles"
FAILED = {id_: failed for id_, (_, _, _, failed, _) in RULES.items() if id_ != "INC-14" and failed}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_case(tmp_path_factory.mktemp("exchange"))


@pytest.fixture(scope="module")
def data(case: tuple[Path, Path]) -> Path:
    result, root = case
    build(result, result.parent / "pack", root=root)
    return result.parent / "pack/data"


def _oracle(name: str) -> Path:
    path = ORACLES / name
    if not path.is_file():
        pytest.skip(f"the published schema {name} is not here")
    return path


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


# OSCAL


@pytest.fixture(scope="module")
def oscal(data: Path) -> dict[str, Any]:
    read: dict[str, Any] = _read(data / "exchange/oscal-assessment-results.json")["assessment-results"]
    return read


def test_oscal_satisfies_the_schema_of_nist(data: Path, oscal: dict[str, Any]) -> None:
    schema = _read(_oracle("oscal-assessment-results-1.2.1.schema.json"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    document = _read(data / "exchange/oscal-assessment-results.json")
    assert [error.message for error in validator.iter_errors(document)] == []
    document["assessment-results"]["results"][0]["uuid"] = "00000000-0000-1000-8000-000000000000"
    assert list(validator.iter_errors(document)), "a UUID of version 1 must be refused, or nothing was looked at"


def test_oscal_observes_everything_and_finds_failures(oscal: dict[str, Any]) -> None:
    (result,) = oscal["results"]
    told = {(o["methods"][0], o["title"].split(" ")[0]) for o in result["observations"]}
    assert told == {
        ("EXAMINE", "8.6.1"), ("EXAMINE", "8.6.2"), ("EXAMINE", "9.1"),
        ("TEST", "INC-01"), ("TEST", "INC-02"), ("TEST", "INC-03"), ("TEST", "INC-04"),
    }  # fmt: skip
    (finding,) = result["findings"]
    assert finding["target"] == {
        "type": "objective-id",
        "target-id": "iso-20000-1_8.6.1",
        "status": {"state": "not-satisfied", "reason": "fail"},
    }
    by_uuid = {o["uuid"]: o["title"] for o in result["observations"]}
    related = [by_uuid[one["observation-uuid"]] for one in finding["related-observations"]]
    assert [title.split(" ")[0] for title in related] == ["8.6.1", "INC-01"]
    reviewed = result["reviewed-controls"]["control-selections"][0]["include-controls"]
    assert [one["control-id"] for one in reviewed] == ["iso-20000-1_8.6.1", "iso-20000-1_8.6.2", "iso-20000-1_9.1"]


def test_oscal_names_are_derived_and_never_repeat(data: Path) -> None:
    text = (data / "exchange/oscal-assessment-results.json").read_text("utf-8")
    own = re.findall(r'"uuid": "([^"]+)"', text)
    assert len(own) == len(set(own)) > 8
    assert {UUID(name).version for name in own} == {5}
    assert set(re.findall(r'"observation-uuid": "([^"]+)"', text)) <= set(own)


def test_oscal_points_at_files_of_the_pack(data: Path, oscal: dict[str, Any]) -> None:
    links = {e["href"] for o in oscal["results"][0]["observations"] for e in o["relevant-evidence"]}
    assert "../definitions/policies/rules/incident.yaml" in links
    assert all((data / "exchange" / unquote(link)).is_file() for link in links)


# SARIF


def test_sarif_satisfies_the_schema_of_oasis(data: Path) -> None:
    validator = Draft4Validator(_read(_oracle("sarif-schema-2.1.0.json")))
    document = _read(data / "exchange/findings.sarif")
    assert [error.message for error in validator.iter_errors(document)] == []


def test_sarif_has_a_result_for_each_failure_and_each_rule_that_could_not_be_tested(data: Path) -> None:
    (run,) = _read(data / "exchange/findings.sarif")["runs"]
    assert Counter(r["ruleId"] for r in run["results"] if r["kind"] == "fail") == FAILED
    assert [r["ruleId"] for r in run["results"] if r["kind"] == "open"] == ["INC-03"]
    assert "INC-14" not in json.dumps(run), "an enquiry is no finding"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        lines = (data / "definitions" / place["artifactLocation"]["uri"]).read_text("utf-8").splitlines()
        assert lines[place["region"]["startLine"]] == f"id: {result['ruleId']}"
    names = [r["partialFingerprints"]["itsmctl/v1"] for r in run["results"] if r["kind"] == "fail"]
    assert len(set(names)) == sum(FAILED.values())


def test_sarif_taxa_are_clauses(data: Path) -> None:
    (run,) = _read(data / "exchange/findings.sarif")["runs"]
    rule = next(r for r in run["tool"]["driver"]["rules"] if r["id"] == "INC-01")
    target = rule["relationships"][0]["target"]
    taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
    assert (taxonomy["name"], target["id"]) == ("iso-20000-1", "8.6.1")
    assert target["id"] in [taxon["id"] for taxon in taxonomy["taxa"]]


def test_sarif_says_what_it_leaves_out(
    case: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST", 4)
    result, root = case
    build(result, tmp_path / "pack", root=root)
    (run,) = _read(tmp_path / "pack/data/exchange/findings.sarif")["runs"]
    assert Counter(r["kind"] for r in run["results"]) == {"fail": 3, "open": 1}
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("4 more failures are not told here")


# JUnit


def test_junit_satisfies_the_strict_schema(data: Path) -> None:
    schema = xmlschema.XMLSchema(str(_oracle("junit.xsd")))
    assert [error.reason for error in schema.iter_errors(str(data / "exchange/rules.junit.xml"))] == []


def test_junit_calls_only_a_pass_clean(data: Path) -> None:
    (suite,) = ElementTree.parse(data / "exchange/rules.junit.xml").getroot()
    told = {case.attrib["name"].split(" ")[0]: [child.tag for child in case] for case in suite.iter("testcase")}
    assert told == {"INC-01": ["failure"], "INC-02": [], "INC-03": ["error"], "INC-04": []}
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("4", "1", "1")
    failure = next(suite.iter("failure"))
    assert failure.attrib["message"] == "7 of 50 failed, 3 not testable."
    assert (failure.text or "").startswith("policies/rules/incident.yaml:")


# Tables


def test_tables_are_the_same_as_csv_and_as_parquet(data: Path) -> None:
    for name in ("rules", "clauses"):
        with (data / f"tables/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        found = duckdb.sql(f"SELECT * FROM '{data / f'tables/{name}.parquet'}'")
        assert lines[0] == found.columns
        assert lines[1:] == [[str(cell) for cell in row] for row in found.fetchall()]
        assert len(lines) > 1


def test_the_table_of_findings_leaves_enquiries_out_and_changes_no_text(data: Path) -> None:
    rows = duckdb.sql(
        f"""SELECT "rule", clauses, observed, count(*) FROM '{data / "tables/findings.parquet"}' GROUP BY ALL"""
    ).fetchall()
    assert rows == [("INC-01", "iso-20000-1:8.6.1", OBSERVED, 7)]


def test_the_verdicts_as_csv_run_nothing(data: Path, case: tuple[Path, Path]) -> None:
    text = (data / "tables/verdicts.csv").read_bytes().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    [(count,)] = duckdb.sql(f"SELECT count(*) FROM '{case[0] / 'verdicts.parquet'}'").fetchall()
    assert len(lines) == count == 61
    assert {line["observed"] for line in lines} == {f"'{OBSERVED}", ""}
    assert Counter(line["passed"] for line in lines) == {"no": 8, "": 53}
    assert {line["at"] for line in lines} == {"2026-06-05T08:30:00Z"}
