"""The honesty report: what an export lacks, hides or gives away is said before anything is drawn from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from importing.mappings import ROOT, mapping
from jsonschema import Draft7Validator

from itsmctl.audit import AuditOptions, audit
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.honesty.examining import honesty
from itsmctl.honesty.honesty import Honesty, TimeColumn, Wanted
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Gap, receipt_schema
from itsmctl.reports.honesty import honesty_schema, render, render_json

COLUMNS = {"record_id": ("Number",), "number": ("Number",), "opened_at": ("Opened",), "state": ("State",), "assignee": ("Agent",)}  # fmt: skip
GONE = {*range(20, 31), 40}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tickets opened from five in the afternoon on, on the clock that was named; 12 of them are gone."""
    folder = tmp_path_factory.mktemp("honesty")
    lines = ["Number,Opened,State,Agent,Priority,Contact"]
    for n in (n for n in range(1, 101) if n not in GONE):
        contact = "a.weber@example.com" if n % 2 else ""
        lines.append(f"INC{n:04},2026-03-{1 + n % 28:02} {17 + n % 7}:{n % 60:02}:00,closed,Agent {n % 3},{1 + n % 4} - x,{contact}")  # fmt: skip
    (folder / "export.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    read = mapping(columns=COLUMNS, recognise=("Number", "Opened"), time_formats=("yyyy-MM-dd HH:mm:ss",))
    import_files([folder / "export.csv"], read, {}, "America/New_York", folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def found(dataset: Path) -> Honesty:
    return honesty(dataset, load(ROOT), {})


def test_the_largest_gaps_come_first(found: Honesty) -> None:
    assert found.gaps == (Gap("INC0019", "INC0031", 11), Gap("INC0039", "INC0041", 1))
    assert found.receipt.number_gaps == 2 and found.numbered


def test_what_the_file_of_another_mapping_holds_is_not_missing(tmp_path: Path) -> None:
    """Incidents and changes that share one run of numbers, in a file each."""
    incidents = "Number,Caller,Opened,State\n" + "".join(
        f"T-{n},Ann,2026-01-05 09:00:00,Closed\n" for n in (1, 3, 5, 9)
    )
    changes = "Number,Type,Planned start date,State\n" + "".join(
        f"T-{n},Normal,2026-01-07 09:00:00,Closed\n" for n in (2, 4)
    )
    (tmp_path / "incidents.csv").write_text(incidents, encoding="utf-8")
    (tmp_path / "changes.csv").write_text(changes, encoding="utf-8")
    files = [tmp_path / "incidents.csv", tmp_path / "changes.csv"]
    receipt = import_files(files, None, load(ROOT).mappings, "UTC", tmp_path / "out")
    assert (receipt.number_gaps, receipt.largest_gaps) == (1, (Gap("T-5", "T-9", 3),))
    assert dict(receipt.warnings)["number-gaps"] == "gaps in the ticket numbers: 1, numbers missing: 3"


@pytest.mark.parametrize(
    ("column", "ids"), [("Number", ("3f9a0c1d", "9b01c2e7", "10482736")), ("Id", ("A1", "A2", "A9"))]
)
def test_gaps_that_nobody_can_see_are_not_told_as_none(tmp_path: Path, column: str, ids: tuple[str, ...]) -> None:
    """Hexadecimal ids, and an export without numbers."""
    lines = [f"{column},Opened,State,Agent", *(f"{one},2026-03-02 09:00:00,closed,Ann" for one in ids)]
    (tmp_path / "export.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {
        key: ((column,) if words == ("Number",) else words)
        for key, words in COLUMNS.items()
        if key != "number" or column == "Number"
    }
    read = mapping(columns=columns, recognise=(column, "Opened"), time_formats=("yyyy-MM-dd HH:mm:ss",))
    import_files([tmp_path / "export.csv"], read, {}, "UTC", tmp_path / "out")
    told = honesty(tmp_path / "out", load(ROOT), {})
    assert not told.numbered and not json.loads(render_json(told))["numbered"]
    assert "Gaps in the ticket numbers\n  - nobody can tell" in render(told)
    assert "单号的缺口\n  - 无法判断" in render(told, "zh")


def test_the_keys_of_other_work_are_no_gaps(tmp_path: Path) -> None:
    kinds = ("Incident", "Task", "Sub-task", "Incident", "Frobnicate", "Change")
    lines = [f"ITSM-{n},{n},{kind},Done,High,18/jul/26 9:10 AM" for n, kind in enumerate(kinds, start=1)]
    lines += ["ITSM-9,9,Incident,Done,High,18/jul/26 9:10 AM", "ITSM-11,11,Task,Done,High,18/jul/26 9:10 AM"]
    text = "\n".join(("Issue key,Issue id,Issue Type,Status,Priority,Created", *lines))
    (tmp_path / "jira.csv").write_text(text, encoding="utf-8")
    definitions = load(ROOT)
    receipt = import_files([tmp_path / "jira.csv"], None, definitions.mappings, "UTC", tmp_path / "out")
    assert dict(receipt.warnings)["number-gaps"] == "gaps in the ticket numbers: 1, numbers missing: 2"
    assert honesty(tmp_path / "out", definitions, {}).gaps == (Gap("ITSM-6", "ITSM-9", 2),)
    (judged,) = audit(definitions, tmp_path / "out", AuditOptions(rules=("DQ-03",))).rules
    assert [sample.observed for sample in judged.samples] == ["2 missing between ITSM-1 and ITSM-9"]


def test_a_wrong_zone_shows_in_the_hours_of_the_day(found: Honesty) -> None:
    assert found.office_day is not None
    assert found.office_day.strange
    assert found.office_day.start >= 14 * 60
    assert "is the zone right?" in render(found)


def test_personal_data_is_named_where_it_stands(found: Honesty) -> None:
    told = {(one.column, one.kind): one.records for one in found.personal}
    assert told == {("assignee", "person"): 88, ("Contact", "mail-address"): sum(n % 2 for n in range(1, 101) if n not in GONE)}  # fmt: skip
    assert "a.weber@example.com" not in render(found) + render_json(found), "the report gives away none of it"


def test_a_column_that_nobody_took_is_recognised(found: Honesty) -> None:
    seen = {one.canonical: one.exported for one in found.lookalikes}
    assert seen == {"priority": "Priority", "requester": "Contact"}


def test_what_would_make_rules_testable_is_what_the_audit_says(found: Honesty) -> None:
    wanted = {(one.column, one.history): one for one in found.wanted}
    assert "INC-02" in wanted["state", True].alone
    assert "INC-04" in wanted["service", False].alone
    assert "INC-03" in wanted["impact", False].with_others
    assert all(not set(one.alone) & set(one.with_others) for one in found.wanted)
    assert found.testable
    assert found.rules > found.testable
    assert "incident" not in dict(found.elsewhere)
    assert dict(found.elsewhere)["change"] > 10


def test_registers_of_the_example_company_make_no_rule_testable(found: Honesty, dataset: Path) -> None:
    """As the audit has it: by the reference set they say nothing about these tickets."""
    definitions = load(ROOT)
    assert definitions.is_reference
    own = honesty(dataset, replace(definitions, is_reference=False), {})
    for told, wanted, other in ((found, "example-registers", "no-rows"), (own, "no-rows", "example-registers")):
        reasons = {one.reason.partition(":")[0] for one in told.blind}
        assert wanted in reasons and other not in reasons, reasons


def test_the_report_keeps_within_its_columns(found: Honesty) -> None:
    for language in ("en", "zh"):
        text = render(found, language)
        assert "INC0019" in text
        assert "88" in text
    assert max(len(line) for line in render(found).splitlines()) <= 80


def test_columns_written_in_one_way_stand_in_one_line(found: Honesty) -> None:
    times = (TimeColumn("a", "yyyy-MM-dd", "month-first"), TimeColumn("b", "d/M/yy", "day-first"), TimeColumn("c", "yyyy-MM-dd", "month-first"))  # fmt: skip
    text = render(replace(found, times=times))
    assert "  - written as yyyy-MM-dd: a, c\n" in text, "nobody takes the month of an ISO date for the day"
    assert "  - written as d/M/yy, the day first, as the values or the mapping decide: b\n" in text


def test_what_the_mapping_takes_the_records_for_is_said(found: Honesty) -> None:
    assert "  - read as Incident management (88) by mapping tickets\n" in render(found)
    assert "由映射 tickets 读作事件管理（88）" in render(found, "zh")


def test_only_processes_of_which_there_are_records_are_named(found: Honesty) -> None:
    """A mapping that may give changes and problems, too, says nothing about what the file holds."""
    both = replace(
        found,
        receipt=replace(found.receipt, process="change, incident, request"),
        processes=(("incident", 1267), ("request", 133)),
    )
    assert "read as Incident management (1,267), Service request management (133) by" in render(both, width=120)


def test_a_zone_that_no_time_needed_is_not_said_to_have_been_used(tmp_path: Path) -> None:
    read = mapping(columns=COLUMNS, recognise=("Number", "Opened"), time_formats=("iso",))
    (tmp_path / "export.csv").write_text("Number,Opened,State,Agent\nINC1,2026-03-01T10:00:00+08:00,new,A\n", encoding="utf-8")  # fmt: skip
    receipt = import_files([tmp_path / "export.csv"], read, {}, "Europe/Berlin", tmp_path / "out")
    assert (receipt.zone, receipt.local_times) == ("Europe/Berlin", False)
    text = render(honesty(tmp_path / "out", load(ROOT), {}), width=200)
    assert "every time says itself how far it is from UTC; no zone had to be named; the clock below is that of Europe/Berlin" in text  # fmt: skip
    assert "written as ISO 8601: Opened" in text


def test_columns_that_help_only_together_stand_in_one_line(found: Honesty) -> None:
    wanted = (Wanted("state", True, ("INC-02",), ("INC-03",)), Wanted("major", False, (), ("INC-03", "MI-01")), Wanted("title", False, (), ("MI-01",)))  # fmt: skip
    text = render(replace(found, wanted=wanted), width=200)
    assert "  - history of state (`state`): alone for INC-02; with other columns for 1 rule\n" in text
    assert "  - only with other columns, for so many rules: major incident (`major`) × 2, title (`title`) × 1\n" in text
    assert "变更管理（" in render(found, "zh"), "processes go by their titles"


def test_the_command_needs_no_place_to_write(dataset: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(group, ["import", str(dataset), "--check", "--format", "json", "--root", str(ROOT)])
    assert run.exit_code == 0, run.output
    data = json.loads(run.output)
    assert data["gaps"][0] == {"before": "INC0019", "after": "INC0031", "numbers": 11}
    assert data["receipt"]["records"] == 88
    Draft7Validator(honesty_schema()).validate(data)
    Draft7Validator(receipt_schema()).validate(data["receipt"])
    export = Path(__file__).parent / "importing" / "otrs" / "tickets.csv"
    shown = CliRunner().invoke(group, ["import", str(export), "--zone", "UTC", "--check", "--root", str(ROOT)])
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("What was read\n")
    assert shown.output.endswith("\nnext: the same command, with -o dataset in place of --check\n")
    there = CliRunner().invoke(group, ["import", str(dataset), "--check", "--root", str(ROOT)])
    assert there.output.endswith(f"\nnext: itsmctl audit --tickets {dataset} -o result\n")
