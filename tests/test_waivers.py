"""Waivers: which failures they excuse and which they never do, at their edges; and what is said of each."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dataset import at, write_dataset

from itsmctl import cli
from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.model import Condition, Definitions, Effective, Limit, Rule, Waiver
from itsmctl.reference import reference_root
from itsmctl.reports import html
from itsmctl.reports import json as json_report
from itsmctl.reports.deviations import waiver_text
from itsmctl.reports.text import render
from itsmctl.result import AuditResult, RuleResult
from itsmctl.zones import midnight_after

RULE = "INC-11"
"""Demands a closure code of what is resolved or closed."""
AS_OF = "2026-06-30T00:00:00Z"
MAIL = (Condition("service", "in", ("email-collaboration",)),)


@cache
def reference() -> Definitions:
    return load(reference_root())


def waiver(**changes: Any) -> Waiver:
    """In force from 30 April 2026 on, of mail, by somebody who had the authority on that day."""
    template = reference().waivers["carrier-portal-closure-codes"]
    until = midnight_after(date(2026, 9, 30), "Europe/Berlin")
    fields = {"id": "mail", "scope": MAIL, "opened": Effective(), "approved": date(2026, 4, 30), "expires": until}
    return replace(template, **{**fields, **changes})


def with_waivers(*waivers: Waiver, **rule: Any) -> Definitions:
    rules = reference().rules
    changed = {**rules, RULE: replace(rules[RULE], **rule)}
    return replace(reference(), rules=changed, waivers={one.id: one for one in waivers})


def ticket(name: str, opened: str, service: str = "email-collaboration", code: str | None = None) -> dict[str, object]:
    moment = at(opened)
    return {"record_id": name, "service": service, "priority": "P3", "state": "closed", "closure_code": code, "opened_at": moment,
            "resolved_at": moment + 60, "closed_at": moment + 60}  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("waivers") / "dataset"
    records = [
        ticket("BEFORE", "2026-04-29T21:59:59Z"),
        ticket("FIRST", "2026-04-29T22:00:00Z"),
        ticket("MAIL", "2026-06-01T08:00:00Z"),
        ticket("ERP", "2026-06-01T08:00:00Z", "finance-erp"),
        ticket("GOOD", "2026-06-01T09:00:00Z", code="solved"),
    ]
    write_dataset(folder, records, mapped=records[0], zone="Europe/Berlin")
    return folder


def judged(
    dataset: Path, definitions: Definitions, tmp_path: Path, **options: Any
) -> tuple[AuditResult, dict[str, str]]:
    """The result of the rule, and by record what excuses its failure: 'fails' where nothing does."""
    choices = AuditOptions(**{"as_of": AS_OF, "rules": (RULE,), **options})
    result = audit(definitions, dataset, choices, verdicts=tmp_path / "v.parquet")
    told = {v.record_id: v.waiver or "fails" for v in read_verdicts(tmp_path / "v.parquet") if v.passed is False}
    return result, told


def only(result: AuditResult) -> RuleResult:
    (found,) = result.rules
    assert found.in_scope == found.passed + found.failed + found.not_testable + found.waived
    return found


def codes(result: AuditResult) -> list[str]:
    return [problem.code for use in result.waivers for problem in use.problems]


def test_a_failure_within_scope_and_time_is_waived_and_everything_else_counts(dataset: Path, tmp_path: Path) -> None:
    result, told = judged(dataset, with_waivers(waiver()), tmp_path)
    assert told == {"BEFORE": "fails", "FIRST": "mail", "MAIL": "mail", "ERP": "fails"}
    found = only(result)
    assert (found.in_scope, found.passed, found.failed, found.waived) == (5, 1, 2, 2)
    assert [sample.record_id for sample in found.samples] == ["BEFORE", "ERP"]
    assert {share.value: share.failed for share in found.breakdown if share.column == "service"} == {
        "email-collaboration": 1,
        "finance-erp": 1,
    }
    (use,) = result.waivers
    assert (use.standing, use.excused, use.problems) == ("in_force", 2, ())


def test_it_begins_with_the_day_of_approval_in_its_own_zone(dataset: Path, tmp_path: Path) -> None:
    told = judged(dataset, with_waivers(waiver(zone="America/New_York")), tmp_path)[1]
    assert told["FIRST"] == "fails"


def test_it_ends_with_the_stated_day_and_what_came_after_is_told(dataset: Path, tmp_path: Path) -> None:
    ended = waiver(expires=midnight_after(date(2026, 5, 31), "Europe/Berlin"))
    result, told = judged(dataset, with_waivers(ended), tmp_path)
    assert (told["FIRST"], told["MAIL"]) == ("mail", "fails")
    assert result.waivers[0].standing == "expired"
    assert codes(result) == ["waiver-expired"]


def test_what_was_excused_when_it_happened_stays_so_in_a_later_audit(dataset: Path, tmp_path: Path) -> None:
    definitions = with_waivers(waiver(expires=at("2026-06-02T00:00:00Z")))
    early = judged(dataset, definitions, tmp_path, as_of="2026-06-01T12:00:00Z")[1]
    late = judged(dataset, definitions, tmp_path, as_of="2027-01-01T00:00:00Z")[1]
    assert early == late == {"BEFORE": "fails", "FIRST": "mail", "MAIL": "mail", "ERP": "fails"}


def test_what_two_waivers_excuse_is_counted_once_and_does_not_count_because_one_of_them_ended(
    dataset: Path, tmp_path: Path
) -> None:
    ended = waiver(expires=midnight_after(date(2026, 5, 31), "Europe/Berlin"))
    everything = waiver(id="wide", scope=(Condition("priority", "in", ("P3",)),))
    result, told = judged(dataset, with_waivers(everything, ended), tmp_path)
    assert told == {"BEFORE": "fails", "FIRST": "mail", "MAIL": "wide", "ERP": "wide"}
    mail, wide = result.waivers
    assert (mail.excused, mail.elsewhere, mail.problems) == (1, 0, ())
    assert (wide.excused, wide.elsewhere) == (3, 1)
    assert sum(use.excused - use.elsewhere for use in result.waivers) == only(result).waived == 3
    assert "3 failures waived; 1 of them counted under another waiver; approved by" in waiver_text(wide, result, "en")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approver": "Peter Schulz"}, "own-approval"),
        ({"approver": "Katrin Vogel"}, "waiver-without-authority"),
        ({"approved": date(2026, 5, 1)}, "waiver-without-authority"),
    ],
)
def test_an_approval_that_is_none_excuses_nothing(
    changes: dict[str, Any], code: str, dataset: Path, tmp_path: Path
) -> None:
    result, told = judged(dataset, with_waivers(waiver(**changes)), tmp_path)
    assert set(told.values()) == {"fails"}
    assert (result.waivers[0].standing, codes(result)) == ("refused", [code])


def test_unused_over_broad_and_ending_ones_are_told(dataset: Path, tmp_path: Path) -> None:
    unused = waiver(id="unused", scope=(Condition("service", "in", ("fax",)),))
    broad = waiver(id="broad", scope=(Condition("priority", "in", ("P3",)),), approved=date(2026, 2, 1))
    ending = waiver(id="ending", expires=at("2026-07-10T00:00:00Z"))
    result, _ = judged(dataset, with_waivers(unused, broad, ending), tmp_path)
    told = {use.waiver.id: [problem.code for problem in use.problems] for use in result.waivers}
    assert told == {"unused": ["waiver-unused"], "broad": ["waiver-too-broad"], "ending": ["waiver-ends-soon"]}
    long_over = judged(
        dataset, with_waivers(waiver(approved=date(2026, 2, 1), expires=at("2026-03-01T00:00:00Z"))), tmp_path
    )
    assert codes(long_over[0]) == ["waiver-expired"]


def test_a_waiver_of_another_time_is_not_called_unused(dataset: Path, tmp_path: Path) -> None:
    past = waiver(
        scope=(Condition("service", "in", ("fax",)),), approved=date(2026, 2, 1), expires=at("2026-03-01T00:00:00Z")
    )
    assert codes(judged(dataset, with_waivers(past), tmp_path)[0]) == []


def test_records_are_waived_by_name_and_by_an_alias_of_the_rule(dataset: Path, tmp_path: Path) -> None:
    named = waiver(scope=(), records=("ERP",), rule="OLD-1")
    definitions = with_waivers(named, aliases=("OLD-1",))
    assert judged(dataset, definitions, tmp_path)[1] == {
        "BEFORE": "fails",
        "FIRST": "fails",
        "MAIL": "fails",
        "ERP": "mail",
    }
    both = replace(named, scope=MAIL)
    assert set(judged(dataset, with_waivers(both, aliases=("OLD-1",)), tmp_path)[1].values()) == {"fails"}


def test_what_cannot_be_tested_is_never_waived(tmp_path: Path) -> None:
    row = {c: v for c, v in ticket("MAIL", "2026-06-01T08:00:00Z").items() if c != "closure_code"}
    write_dataset(tmp_path / "d", [row], mapped=row)
    result, _ = judged(tmp_path / "d", with_waivers(waiver()), tmp_path)
    found = only(result)
    assert (found.outcome, found.not_testable, found.waived) == ("not_testable", 1, 0)
    assert codes(result) == []


def test_a_waiver_whose_column_the_export_lacks_covers_nothing(dataset: Path, tmp_path: Path) -> None:
    elsewhere = waiver(scope=(Condition("vendor", "not-in", ("x",)),))
    assert set(judged(dataset, with_waivers(elsewhere), tmp_path)[1].values()) == {"fails"}


def test_it_may_be_about_what_was_opened_on_some_days(dataset: Path, tmp_path: Path) -> None:
    """Days of its rule's audit, both included; of what does not say when it was opened nobody knows."""
    before = date(2026, 2, 1)
    for first, last, covered in (
        (None, date(2026, 4, 29), {"BEFORE"}),
        (date(2026, 4, 30), date(2026, 6, 1), {"FIRST", "MAIL"}),
        (date(2026, 6, 2), None, set()),
    ):
        _, told = judged(dataset, with_waivers(waiver(approved=before, opened=Effective(first, last))), tmp_path)
        assert {name for name, why in told.items() if why == "mail"} == covered
    unsaid = {**ticket("UNSAID", "2026-06-01T08:00:00Z"), "opened_at": None}
    write_dataset(tmp_path / "dataset", [unsaid], mapped=unsaid, zone="Europe/Berlin")
    for opened, excused in ((Effective(), "mail"), (Effective(None, date(2026, 6, 1)), "fails")):
        _, told = judged(tmp_path / "dataset", with_waivers(waiver(opened=opened), scope=()), tmp_path)
        assert told == {"UNSAID": excused}


def test_a_cell_that_nobody_could_read_may_be_what_a_waiver_excepts(tmp_path: Path) -> None:
    records = [{**ticket(name, "2026-06-01T08:00:00Z"), "ci": None} for name in ("EMPTY", "UNREAD")]
    lost = {"source_file": "export.csv", "source_row": 2, "record_id": "UNREAD", "column": "ci", "value": "#REF!"}
    rejects = [{**lost, "reason": "spreadsheet-error"}]
    write_dataset(tmp_path / "dataset", records, mapped=records[0], zone="Europe/Berlin", rejects=rejects)
    _, told = judged(tmp_path / "dataset", with_waivers(waiver(scope=(Condition("ci", "not-in", ("x",)),))), tmp_path)
    assert told == {"EMPTY": "mail", "UNREAD": "fails"}


@pytest.mark.parametrize(
    ("column", "excepted", "other", "strange"),
    [("priority", "P1", "P3", "紧急"), ("state", "resolved", "closed", "归档")],
)
def test_a_word_that_nobody_translates_may_be_the_one_that_a_waiver_excepts(
    tmp_path: Path, column: str, excepted: str, other: str, strange: str
) -> None:
    words = {"OTHER": other, "EXCEPTED": excepted, "STRANGE": strange}
    opened = "2026-06-01T08:00:00Z"
    records = [{**ticket(name, opened), column: word} for name, word in words.items()]
    write_dataset(tmp_path / "dataset", records, mapped=records[0], zone="Europe/Berlin")
    scope = (Condition(column, "not-in", (excepted,)),)
    for process in ("incident", ""):
        definitions = with_waivers(waiver(scope=scope), scope=(), process=process)
        _, told = judged(tmp_path / "dataset", definitions, tmp_path)
        assert told == {"OTHER": "mail", "EXCEPTED": "fails", "STRANGE": "fails"}
    named = with_waivers(waiver(scope=(Condition(column, "in", (strange,)),)), scope=())
    _, told = judged(tmp_path / "dataset", named, tmp_path)
    assert told == {"OTHER": "fails", "EXCEPTED": "fails", "STRANGE": "mail"}


def test_the_outcome_and_the_tolerance_are_of_what_is_left(dataset: Path, tmp_path: Path) -> None:
    everything = waiver(scope=(Condition("priority", "in", ("P3",)),), approved=date(2026, 2, 1))
    assert only(judged(dataset, with_waivers(everything), tmp_path)[0]).outcome == "pass"
    # Two of five are waived: half of the three that are left is one, and two fail.
    assert only(judged(dataset, with_waivers(waiver(), tolerance=Limit(percent=50)), tmp_path)[0]).allowed_failures == 1


def test_a_waived_failure_is_still_no_ground_to_rest_on(dataset: Path, tmp_path: Path) -> None:
    everything = waiver(scope=(Condition("priority", "in", ("P3",)),), approved=date(2026, 2, 1))
    definitions = with_waivers(everything)
    other = replace(definitions.rules["INC-01"], id="INC-01", rests_on=(RULE,))
    definitions = replace(definitions, rules={**definitions.rules, "INC-01": other})
    result, _ = judged(dataset, definitions, tmp_path, rules=("INC-01",))
    assert result.rules[0].untested_because == f"rests-on:{RULE}"


def test_a_group_is_waived_by_its_name_only(dataset: Path, tmp_path: Path) -> None:
    share = replace(
        reference().rules[RULE], id="G-1", check="share", version=1, scope=(),
        parameters={"where": (Condition("closure_code", "present"),), "least": 90, "per": ("service",), "minimum": 1},
    )  # fmt: skip
    rules: dict[str, Rule] = {**reference().rules, "G-1": share}
    result = audit(replace(reference(), rules=rules), dataset, AuditOptions(as_of=AS_OF, rules=("G-1",)))
    (found,) = result.rules
    group = found.samples[0].record_id
    before = {"approved": date(2026, 2, 1)}
    named, scoped = waiver(rule="G-1", scope=(), records=(group,), **before), waiver(rule="G-1", **before)
    for one, expected in ((named, 1), (scoped, 0)):
        definitions = replace(reference(), rules=rules, waivers={one.id: one})
        result = audit(definitions, dataset, AuditOptions(as_of=AS_OF, rules=("G-1",)))
        assert result.rules[0].waived == expected


def test_every_report_says_who_approved_it_and_until_when(dataset: Path, tmp_path: Path) -> None:
    result, _ = judged(dataset, with_waivers(waiver()), tmp_path)
    until = "2026-10-01"
    (entry,) = json.loads(json_report.render(result))["waivers"]
    assert (entry["approver"], entry["until"], entry["excused"]) == ("Chen Wei 陈薇", "2026-09-30T22:00:00Z", 2)
    for page in (render(result), html.render(result), render(result, "zh"), html.render(result, "zh")):
        assert "Chen Wei 陈薇" in page
        assert until in page
    assert "2 failures waived" in render(result)


WAIVE = (
    "rules", "waive", RULE, "--reason", "The carrier: no such field.", "--risk", "Causes are missing.", "--author", "Peter Schulz",
    "--authority", "incident-process-owner", "--approved", "2026-03-27", "--until", "2026-04-30", "--zone", "Europe/Berlin",
)  # fmt: skip
OWNER = ("--approver", "Chen Wei 陈薇")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the reference set to write into."""
    folder = tmp_path_factory.mktemp("system")
    for part in ("audits", "catalog", "policies", "roles", "schemas"):
        shutil.copytree(reference_root() / part, folder / part)
    return folder


def test_a_waiver_is_written_as_it_was_asked_for_and_never_over_another(system: Path) -> None:
    asked = [
        *WAIVE,
        *OWNER,
        "--root",
        str(system),
        "--where",
        "group: [Network, 'yes']",
        "--record",
        "1e5",
        "--record",
        'a: #"b"',
    ]
    assert cli.run(asked) == 0
    written = load(system).waivers["inc-11-until-2026-04-30"]
    assert written.scope == (Condition("group", "in", ("Network", "yes")),)
    assert written.records == ("1e5", 'a: #"b"')
    assert written.expires == at("2026-05-01T00:00:00+02:00")
    assert str(written.reason) == "The carrier: no such field."
    path = system / "audits/waivers/inc-11-until-2026-04-30.yaml"
    before = path.read_text(encoding="utf-8")
    assert before.startswith("# yaml-language-server: $schema=../../schemas/waiver.schema.json\n")
    assert cli.run(asked) == 2
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--approver", "Katrin Vogel", "--record", "A"], "[waiver-without-authority]"),
        (["--approver", "Peter Schulz", "--record", "A"], "[own-approval]"),
        ([*OWNER], "waiver.yaml"),
        ([*OWNER, "--where", "service: {present: true}"], "[waiver-too-broad]"),
        ([*OWNER, "--where", "servic: x"], "(did you mean service?)"),
        ([*OWNER, "--where", "just words"], "[bad-condition]"),
        ([*OWNER, "--record", "A", "--zone", "Berlin"], "[unknown-zone]"),
    ],
)
def test_a_waiver_that_would_not_count_is_not_written(
    more: list[str], told: str, system: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*WAIVE, "--root", str(system), "--id", "waiver", *more]) == 2
    assert told in capsys.readouterr().err
    assert not (system / "audits/waivers/waiver.yaml").exists()
