"""Tickets that are worse to read: their verdicts are left open, those of others stand, and what goes without a verdict is told."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benches import bench
from dataset import at, write_dataset
from public_log import UCI

from itsmctl.audit import AuditOptions, audit
from itsmctl.audit.things import names_of_things
from itsmctl.definitions import load
from itsmctl.engine.results import Verdict, read_verdicts
from itsmctl.importers.importing import import_files
from itsmctl.model import Condition, Definitions
from itsmctl.reference import reference_root

degrading = bench("degrading")
AS_OF = "2026-03-01"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return degrading.Bench.generated(tmp_path_factory.mktemp("degraded"), 250, 2, 7, AS_OF)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_verdict_turns_into_its_opposite_where_tickets_get_worse_to_read(ours: Any, seed: int) -> None:
    found, _ = ours.round(seed, 0.15)
    assert [turn for turn in found if degrading.wrong(ours.definitions, turn)] == []
    assert len(found) > 50 and {turn.after for turn in found} >= {"not_testable", "fail"}


def test_neither_does_one_in_a_real_log(tmp_path: Path) -> None:
    if not UCI.exists():
        pytest.skip("the public incident log is not beside the repository")
    real = degrading.Bench.real(tmp_path, UCI, 300, 1, "Europe/Lisbon", "2017-03-01")
    found, _ = real.round(1, 0.3)
    assert [turn for turn in found if degrading.wrong(real.definitions, turn)] == []
    assert len(found) > 200 and {turn.after for turn in found} >= {"not_testable", "fail"}


def test_a_turn_that_is_wrong_would_be_seen(ours: Any) -> None:
    other = degrading.Turn("INC-06", "INC1", "fail", "pass", None)
    own = degrading.Turn("INC-06", "INC1", "pass", "fail", degrading.Worse("incidents.csv", "state", "word", True))
    assert degrading.wrong(ours.definitions, other) and degrading.wrong(ours.definitions, own)


# Rows of a log

HEAD = ("number", "sys_mod_count", "sys_updated_at", "sys_updated_by", "incident_state", "opened_at", "priority")
Row = tuple[str, ...]


def rows_of(number: str, states: tuple[str, ...] = ("New", "Active", "Resolved", "Closed")) -> list[Row]:
    return [
        (number, str(n), f"2026-02-02 1{n}:00:00", "Li", state, "2026-02-02 10:00:00", "3 - Moderate")
        for n, state in enumerate(states)
    ]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def of_log(
    folder: Path, definitions: Definitions, rows: list[Row], *rules: str, head: Row = HEAD
) -> tuple[Mapping[tuple[str, str], Verdict], Mapping[str, str]]:
    """What is said of the tickets of a log, and what was warned of."""
    with (folder / "log.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    mapping = definitions.mappings["servicenow-audit-log"]
    import_files([folder / "log.csv"], mapping, definitions.mappings, "Asia/Shanghai", folder / "dataset")
    verdicts = folder / "verdicts.parquet"
    result = audit(definitions, folder / "dataset", AuditOptions(rules=rules, as_of=AS_OF, all_verdicts=True), verdicts=verdicts)  # fmt: skip
    return {(one.rule, one.record_id): one for one in read_verdicts(verdicts)}, dict(result.dataset.warnings)


PATH = ("INC-02", "INC-24", "INC-25", "DQ-13")


@pytest.mark.parametrize("column", ["sys_updated_at", "incident_state"])
@pytest.mark.parametrize("place", [0, 2])
def test_a_row_that_tells_no_time_or_no_state_accuses_nobody_of_a_step_left_out(
    column: str, place: int, tmp_path: Path, definitions: Definitions
) -> None:
    rows = [row for n in range(1, 4) for row in rows_of(f"INC000{n}")]
    untold = list(rows[place])
    untold[HEAD.index(column)] = ""
    rows[place] = tuple(untold)
    found, _ = of_log(tmp_path, definitions, rows, *PATH)
    assert {found[rule, "INC0001"].passed for rule in PATH} == {None}
    assert {found[rule, "INC0001"].reason for rule in PATH} == {"history-gap:state"}
    assert {found[rule, record].passed for rule in PATH for record in ("INC0002", "INC0003")} == {True}


def test_a_log_that_tells_states_only_where_they_change_has_no_gaps_for_that(
    tmp_path: Path, definitions: Definitions
) -> None:
    rows = [row for n in range(1, 4) for row in rows_of(f"INC000{n}", ("New", "", "Active", "", "Resolved", "Closed"))]
    found, _ = of_log(tmp_path, definitions, rows, *PATH)
    assert {one.passed for one in found.values()} == {True}


def test_a_count_of_updates_that_is_no_number_puts_no_other_ticket_out_of_order(
    tmp_path: Path, definitions: Definitions
) -> None:
    """As words, `10` comes before `9`, and a ticket would end with its tenth update."""
    states = ("New", *(("Active",) * 8), "Resolved", "Closed")
    rows = [
        (number, str(n), f"2026-02-{2 + n:02} 10:00:00", "Li", state, "2026-02-02 10:00:00", "3 - Moderate")
        for number in ("INC0001", "INC0002")
        for n, state in enumerate(states)
    ]
    rows[5] = (rows[5][0], "５x", *rows[5][2:])
    found, warned = of_log(tmp_path, definitions, rows, *PATH)
    assert {one.passed for one in found.values()} == {True} and len(found) == 8
    assert "time-order" not in warned


def test_a_reopening_that_the_log_leaves_out_stops_no_clock(tmp_path: Path, definitions: Definitions) -> None:
    """The ticket counts that it was reopened, and its log tells of no such thing: in time was what was resolved days later."""
    moments = ("02 10:00:00", "02 10:10:00", "02 11:00:00", "04 09:00:00", "06 09:00:00", "09 09:00:00")
    states = ("New", "Active", "Resolved", "Active", "Resolved", "Closed")
    head = (*HEAD, "reopen_count")
    reopened = [
        ("INC0001", str(n), f"2026-02-{at}", "Li", state, "2026-02-02 10:00:00", "3 - Moderate", "1" if n > 2 else "0")
        for n, (state, at) in enumerate(zip(states, moments, strict=True))
    ]
    others = [(*row, "0") for n in range(2, 5) for row in rows_of(f"INC000{n}")]
    rules = ("INC-06", "INC-12", "INC-24", "DQ-13")
    told = {}
    for name, rows in (("whole", reopened), ("hole", reopened[:3] + reopened[5:])):
        (tmp_path / name).mkdir()
        found, _ = of_log(tmp_path / name, definitions, [*rows, *others], *rules, head=head)
        told[name] = [found[rule, "INC0001"].passed for rule in rules]
        assert {found[rule, "INC0002"].passed for rule in rules} == {True}
    assert told == {"whole": [True, False, True, True], "hole": [None, False, None, None]}


def test_a_step_that_a_list_of_changes_leaves_out_is_no_step_that_was_not_taken(
    tmp_path: Path, definitions: Definitions
) -> None:
    """`resolved -> closed` says that it was resolved, though no change tells when; that the list has a gap, DQ-13 finds."""
    moment = at("2026-01-05T09:00:00+00:00")
    row = {
        "process": "incident",
        "opened_at": moment,
        "state": "closed",
        "closed_at": moment + 7200,
        "resolved_at": moment + 5400,
    }
    steps = (None, "new", "in-progress", "resolved", "closed")
    whole = [
        ("INC1", moment + 1800 * n, "state", old, new)
        for n, (old, new) in enumerate(zip(steps, steps[1:], strict=False))
    ]
    torn = [("INC2", *change[1:]) for change in whole if change[4] != "resolved"]
    write_dataset(tmp_path / "dataset", [{**row, "record_id": name} for name in ("INC1", "INC2")], [*whole, *torn])
    options = AuditOptions(rules=("INC-02", "DQ-13"), as_of="2026-01-30", all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    found = {
        (one.rule, one.record_id): (one.passed, one.reason) for one in read_verdicts(tmp_path / "verdicts.parquet")
    }
    assert found["INC-02", "INC1"] == found["DQ-13", "INC1"] == (True, "")
    assert found["INC-02", "INC2"] == (None, "history-gap:state")
    assert found["DQ-13", "INC2"] == (False, "")


# Names


def named(
    folder: Path, definitions: Definitions, names: tuple[str, ...], rule: str, column: str
) -> tuple[dict[str, Verdict], list[str]]:
    """Changes one after the other on items of such names, or incidents handed on among such groups."""
    rows = [
        {
            "record_id": f"CHG{n}", "process": "change", "opened_at": at("2026-01-05T09:00:00+00:00"), "state": "scheduled", "category": "normal",
            "planned_start": at("2026-01-07T09:00:00+00:00"), "planned_end": at("2026-01-07T11:00:00+00:00"), column: name,
        }
        for n, name in enumerate(names)
    ]  # fmt: skip
    write_dataset(folder / "dataset", rows)
    options = AuditOptions(rules=(rule,), as_of="2026-01-30", all_verdicts=True)
    result = audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    warned = [message for code, message in result.dataset.warnings if code == "spelt-otherwise"]
    return {one.record_id: one for one in read_verdicts(folder / "verdicts.parquet")}, warned


def test_an_item_in_capitals_or_wide_letters_is_the_same_item(tmp_path: Path, definitions: Definitions) -> None:
    found, warned = named(
        tmp_path, definitions, ("erp-01", "erp-01", "ERP-01", "ｅｒｐ－０１", "crm-01"), "CHG-17", "ci"
    )
    assert [found[f"CHG{n}"].passed for n in range(5)] == [False, False, False, False, True]
    assert warned == [
        "ci: names that differ only in capitals or in the width of letters, taken for one: 1 ('ERP-01' = 'erp-01')"
    ]


def test_a_group_in_capitals_hands_nothing_on_to_itself(tmp_path: Path, definitions: Definitions) -> None:
    moment = at("2026-01-05T09:00:00+00:00")
    groups = ("Network", "NETWORK", "network", "Network", "NETWORK", "Network")
    events = [("INC1", moment + 60 * n, "group", old, new) for n, (old, new) in enumerate(zip((None, *groups), groups, strict=False))]  # fmt: skip
    row = {"record_id": "INC1", "process": "incident", "opened_at": moment, "state": "new", "group": "Network"}
    write_dataset(tmp_path / "dataset", [row], events, history=("state", "group"))
    options = AuditOptions(rules=("INC-14",), as_of="2026-01-30", all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    (verdict,) = read_verdicts(tmp_path / "verdicts.parquet")
    assert (verdict.passed, verdict.observed) == (True, "hand-overs: 0, returns: 0")


def test_a_name_in_a_history_is_the_same_with_blanks_and_wide_letters_that_its_record_has_not(
    tmp_path: Path, definitions: Definitions
) -> None:
    """In the history a group in capitals was known for the same, but not where a blank was doubled, too."""
    moment = at("2026-01-05T09:00:00+00:00")
    groups = ("Net work", "NET  WORK", "ＮＥＴ WORK", " net work", "Net work")
    events = [("INC1", moment + 60 * n, "group", old, new) for n, (old, new) in enumerate(zip((None, *groups), groups, strict=False))]  # fmt: skip
    row = {"process": "incident", "opened_at": moment, "state": "new"}
    rows = [{**row, "record_id": f"INC{n}", "group": group} for n, group in enumerate(("NET WORK", *["Net work"] * 4))]
    write_dataset(tmp_path / "dataset", rows, events, history=("state", "group"))
    options = AuditOptions(rules=("INC-14",), as_of="2026-01-30", all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    found = {one.record_id: one.observed for one in read_verdicts(tmp_path / "verdicts.parquet")}
    assert found["INC1"] == "hand-overs: 0, returns: 0"


def test_a_name_that_a_definition_asks_for_is_the_one_that_counts(definitions: Definitions) -> None:
    """Most tickets may write it otherwise: what asks for it must find it."""
    waiver = next(iter(definitions.waivers.values()))
    agreement = definitions.agreements["sla-order-management"]
    clock = agreement.clocks["resolution"]
    target = replace(clock.targets[0], conditions=(Condition("ci", "in", ("Mail-01",)),))
    asking = replace(
        definitions,
        waivers={waiver.id: replace(waiver, scope=(Condition("group", "in", ("Some Group",)),))},
        agreements={agreement.id: replace(agreement, clocks={"resolution": replace(clock, targets=(target,))})},
        rules={
            one.id: one
            for one in (
                replace(definitions.rules["INC-01"], check="expression", parameters={"that": "customer <> 'Big One'"}),
                replace(definitions.rules["INC-14"], check="returns", parameters={"field": "group", "to": ("First Line",), "most": 0}),
            )
        },
    )  # fmt: skip
    called = names_of_things(asking)
    assert {"Some Group", "First Line"} <= called["group"]
    assert (called["ci"], called["customer"], called["service"]) == ({"Mail-01"}, {"Big One"}, set())


def test_a_service_in_capitals_keeps_its_own_agreement(tmp_path: Path, definitions: Definitions) -> None:
    names = ("email-collaboration", "EMAIL-COLLABORATION", "E-MAIL AND COLLABORATION", "Unheard of")
    rows = [
        {"record_id": f"INC{n}", "process": "incident", "opened_at": at("2026-01-05T09:00:00+00:00"), "priority": "P3", "service": name, "state": "new"}
        for n, name in enumerate(names)
    ]  # fmt: skip
    write_dataset(tmp_path / "dataset", rows)
    options = AuditOptions(rules=("INC-04", "SLM-12"), as_of="2026-01-06", all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    found = {(one.rule, one.record_id): one for one in read_verdicts(tmp_path / "verdicts.parquet")}
    assert [found["INC-04", f"INC{n}"].passed for n in range(4)] == [True, True, True, False]
    assert len({found["SLM-12", f"INC{n}"].observed for n in range(3)}) == 1


# Groups of records


def test_records_that_no_group_counts_are_told(tmp_path: Path, definitions: Definitions) -> None:
    """A month keeps its promise as soon as the tickets that broke it do not say of which service they are."""
    rows = [
        {"record_id": f"INC{n}", "process": "incident", "opened_at": at("2026-01-05T09:00:00+00:00"), "priority": "P3", "state": "new", "service": "email-collaboration" if n else None}
        for n in range(30)
    ]  # fmt: skip
    write_dataset(tmp_path / "dataset", rows)
    result = audit(definitions, tmp_path / "dataset", AuditOptions(rules=("SLM-04", "SLM-08"), as_of="2026-01-30"))
    assert [message for code, message in result.dataset.warnings if code == "group-unknown"] == [
        "records of incident without service, missing in the groups that rules make by it: 1 (SLM-04)"
    ]
