"""What stands apart in a pack: waivers with what they excuse, and enquiries, in which nobody is named."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from evidence_case import OBSERVED, make_case

from itsmctl.definitions import load
from itsmctl.evidence.apart import enquiries, waivers
from itsmctl.evidence.exchange import sarif
from itsmctl.evidence.pack import build
from itsmctl.evidence.reading import COUNTS, Judged, JudgedRule, JudgedWaiver
from itsmctl.evidence.write import Content
from itsmctl.model import Definitions
from itsmctl.reference import reference_root
from itsmctl.result import Verdict


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def _judged(
    definitions: Definitions, *, rules: tuple[str, ...] = (), asked: tuple[str, ...] = (), people: str = "names"
) -> Judged:
    """A result in which each rule has two records: one failed, one was excused."""
    counts = {**dict.fromkeys(COUNTS, 0), "in_scope": 2, "failed": 1, "waived": 1}

    def result(name: str) -> JudgedRule:
        rule = definitions.rules[name]
        return JudgedRule(name, rule.version, rule.severity, rule.clauses, "fail", counts)

    as_of = datetime(2026, 6, 30, tzinfo=UTC)
    used = JudgedWaiver("carrier-portal-closure-codes", "in_force", 1, "2026-01-28T00:00:00Z", "", ("over-broad",))
    return Judged(
        "June", as_of, "", "", "", definitions.digest, False, "d" * 64, 2,
        tuple(map(result, rules)), tuple(map(result, asked)), (used,), people, {},
    )  # fmt: skip


def _verdict(rule: str, record: str, waiver: str = "") -> Verdict:
    return Verdict(rule, record, False, "Chen Wei 陈薇, Li Na 李娜", "two people", 1780000000, "", waiver)


def _lines(content: Content) -> list[dict[str, str]]:
    assert isinstance(content, bytes)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_waiver_is_listed_with_its_approval_and_what_it_excuses(definitions: Definitions) -> None:
    (line,) = _lines(waivers(definitions, _judged(definitions))["data/waivers.csv"])
    waiver = definitions.waivers["carrier-portal-closure-codes"]
    assert (line["waiver"], line["rule"], line["excused"], line["standing"]) == (waiver.id, "INC-11", "1", "in_force")
    assert (line["approver"], line["approved"]) == (waiver.approver, "2026-01-28")
    assert (line["problems"], line["reason_zh"]) == ("over-broad", waiver.reason.zh)
    assert (line["file"], line["line"]) == (waiver.where.file, str(waiver.where.line))


def test_without_waivers_there_is_no_list(definitions: Definitions) -> None:
    assert waivers(definitions, replace(_judged(definitions), waivers=())) == {}


def test_an_excused_failure_is_suppressed_in_sarif_with_its_reason(definitions: Definitions) -> None:
    judged = _judged(definitions, rules=("INC-11",))
    told = [_verdict("INC-11", "INC1"), _verdict("INC-11", "INC2", "carrier-portal-closure-codes")]
    (run,) = sarif.document(definitions, judged, [(one, None) for one in told])["runs"]  # type: ignore[misc]
    first, second = run["results"]
    assert "suppressions" not in first and "baselineState" not in first
    (again,) = sarif.document(definitions, judged, [(replace(told[0], baseline="may"), None)])["runs"]  # type: ignore[misc]
    assert again["results"][0]["baselineState"] == "unchanged"
    (suppression,) = second["suppressions"]
    assert suppression["status"] == "accepted"
    assert "without a closure code" in suppression["justification"]
    assert "audits/waivers.yaml:" in suppression["justification"]
    assert run["invocations"] == [{"executionSuccessful": True}], "both are told, and none is left out"


def test_an_enquiry_that_looks_at_people_names_nobody(definitions: Definitions) -> None:
    shares = replace(definitions.rules["INC-14"], id="X-1", check="paused-share")
    more = replace(definitions, rules={**definitions.rules, "X-1": shares})
    judged = _judged(more, asked=("X-1", "INT-04", "INC-14"))
    told = [
        replace(_verdict("X-1", "Li Na 李娜 / 2026-05"), observed="41%"),
        replace(_verdict("X-1", "Li Na 李娜 / 2026-06"), observed="42%"),
        _verdict("INT-04", "INC7"),
        replace(_verdict("INC-14", "INC8"), observed="hand-overs: 5"),
    ]
    files = enquiries(more, judged, told)
    lines = _lines(files["data/enquiries/records.csv"])
    assert [line["record_id"] for line in lines] == ["P-1 / 2026-05", "P-1 / 2026-06", "INC7", "INC8"]
    assert [line["observed"] for line in lines] == ["", "", "", "hand-overs: 5"]
    assert not any("Li Na" in str(line) for line in lines)
    hidden = enquiries(more, replace(judged, people="pseudonyms"), [_verdict("INT-04", "INC7")])
    (line,) = _lines(hidden["data/enquiries/records.csv"])
    assert line["observed"] == told[2].observed, "the audit has hidden names already, and what is left is told"
    listed = _lines(files["data/enquiries/enquiries.csv"])
    assert [(line["enquiry"], line["failed"]) for line in listed] == [("X-1", "1"), ("INT-04", "1"), ("INC-14", "1")]


def test_enquiries_stand_apart_in_a_pack(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    build(result, tmp_path / "pack", root=root)
    data = tmp_path / "pack/data"
    (line,) = _lines((data / "enquiries/records.csv").read_bytes())
    assert (line["enquiry"], line["record_id"], line["observed"]) == ("INC-14", "INC0001", f"'{OBSERVED}")
    for name in ("tables/rules.csv", "exchange/rules.junit.xml", "exchange/findings.sarif"):
        assert "INC-14" not in (data / name).read_text("utf-8")
    assert "`data/enquiries/`" in (data / "README.zh.md").read_text("utf-8")
