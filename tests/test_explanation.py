"""One record in full: what it was, what happened, what each rule says, and a ledger that agrees with the verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dataset import at, write_dataset
from test_audit import AS_OF, reference, tickets

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.clocks import create_clocks
from itsmctl.engine.context import Context
from itsmctl.engine.session import Session
from itsmctl.engine.tables import load_tables
from itsmctl.engine.tables.loading import Loading
from itsmctl.engine.verdicts import create_verdict_table
from itsmctl.errors import ItsmctlError
from itsmctl.explanation import explain
from itsmctl.model import RECORD_COLUMNS, TIME_COLUMNS, Definitions
from itsmctl.result import ClockExplanation, Explanation

LIFE = [
    ["A1", "2026-03-02T09:00:00Z", "state", None, "new", "Li", "desk"],
    ["A1", "2026-03-02T09:00:00Z", "group", None, "desk", "Li", "desk"],
    ["A1", "2026-03-02T10:00:00Z", "state", "new", "awaiting-user", None, None],
    ["A1", "2026-03-02T12:00:00Z", "state", "awaiting-user", "in-progress", None, None],
    ["A1", "2026-03-02T12:30:00Z", "state", "in-progress", "resolved", None, None],
    ["A1", "2026-03-03T09:00:00Z", "state", "resolved", "in-progress", None, None],
    ["A1", "2026-03-03T11:30:00Z", "state", "in-progress", "closed", "Wang", None],
]
ROW: dict[str, object] = {
    "record_id": "A1",
    "number": "INC1",
    "service": "ERP",
    "priority": "P1",
    "state": "closed",
    "opened_at": "2026-03-02T09:00:00Z",
    "responded_at": "2026-03-02T09:10:00Z",
    "resolved_at": None,
    "reopen_count": 1,
    "reported_sla_met": False,
}


@cache
def small() -> Definitions:
    """The system of the cases beside this, with the rules of the reference set that it can carry."""
    system = load(Path(__file__).parent / "cases" / "system")
    chosen = ("INC-02", "INC-05", "INC-06", "INC-12")
    return replace(system, rules={r: replace(reference().rules[r], rests_on=()) for r in chosen})


def explained(
    folder: Path, *records: str, definitions: Definitions | None = None, as_of: str = AS_OF
) -> tuple[Explanation, ...]:
    return audit(definitions or small(), folder, AuditOptions(as_of=as_of, explain=records)).explanations


def clock(one: Explanation, name: str) -> ClockExplanation:
    (found,) = [c for c in one.clocks if c.clock == name]
    return found


def test_a_whole_life(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "SAP"}], LIFE, history=("state", "group"))
    (one,) = explained(folder, "A1")
    assert one.record_id == "A1" and one.as_of == at(AS_OF)
    assert dict(one.columns) == {
        "record_id": "A1", "process": "incident", "number": "INC1", "service": "erp", "priority": "P1", "state": "closed",
        "opened_at": "2026-03-02T09:00:00Z", "responded_at": "2026-03-02T09:10:00Z", "reopen_count": "1",
        "reported_sla_met": "false", "attributes": "{}", "source_file": "export.csv", "source_row": "1",
    }  # fmt: skip
    assert list(one.columns) == [c for c in RECORD_COLUMNS if c in one.columns]
    assert [(m.at, m.actor, m.actor_group, m.field, m.old, m.new) for m in one.moments] == [
        (at(str(moment)), who or "", group or "", field, old or "", new)
        for _, moment, field, old, new, who, group in LIFE
    ]
    assert [(v.rule, v.passed, v.observed, v.expected) for v in one.verdicts] == [
        ("INC-02", True, "resolved before closed", "resolved before closed"),
        ("INC-05", True, "10m", "30m"),
        ("INC-06", True, "4h", "4h"),
        ("INC-12", False, "1", "at most 0"),
    ]


def test_approvals_stand_among_the_changes(tmp_path: Path) -> None:
    given = [
        {"record_id": "A1", "at": moment, "approver": "Chen", "role": "board", "decision": decision}
        for moment, decision in (
            ("2026-03-02T12:00:00Z", "rejected"),
            ("2026-03-04T09:00:00Z", "approved"),
            (None, "approved"),
        )
    ]
    folder = write_dataset(tmp_path / "dataset", [ROW], LIFE, history=("state", "group"), approvals=given)
    (one,) = explained(folder, "A1")
    told = [(m.field, m.new, m.actor, m.actor_group) for m in one.moments]
    assert told[4] == ("approval", "rejected", "Chen", "board"), "after what was changed by then"
    assert told[-1] == ("approval", "approved", "Chen", "board")
    assert len(told) == len(LIFE) + 2, "one without a moment has no place in time"


def test_the_ledger_says_where_the_time_went(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "SAP"}], LIFE, history=("state", "group"))
    resolution = clock(explained(folder, "A1")[0], "resolution")
    told = (
        resolution.rule,
        resolution.agreement,
        resolution.calendar,
        resolution.zone,
        resolution.target_text,
        resolution.reason,
    )
    assert told == ("INC-06", "sla-erp", "office", "Europe/Berlin", "4h", "")
    source = (Path(__file__).parent / "cases" / "system" / resolution.target_file).read_text(encoding="utf-8")
    assert "within: 4h" in source.splitlines()[resolution.target_line - 1]
    (cycle,) = resolution.cycles
    assert (cycle.start, cycle.stop, cycle.running) == (at("2026-03-02T09:00:00Z"), at("2026-03-03T11:30:00Z"), False)
    # Berlin is open from 08:00 to 16:00 UTC in winter.
    assert [(p.kind, p.reason, p.seconds // 60) for p in cycle.ledger] == [
        ("counted", "", 60), ("paused", "awaiting-user", 120), ("counted", "", 30), ("paused", "resolved", 210),
        ("closed", "closed", 960), ("paused", "resolved", 60), ("counted", "", 150),
    ]  # fmt: skip
    assert (cycle.counted, cycle.paused, cycle.closed) == (240 * 60, 390 * 60, 960 * 60)
    assert (cycle.target, cycle.deadline, cycle.verdict) == (240 * 60, at("2026-03-03T11:30:00Z"), "met")


def test_as_it_stood_at_the_moment_of_the_audit(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "erp"}], LIFE, history=("state", "group"))
    (one,) = explained(folder, "A1", as_of="2026-03-02T11:00:00Z")
    (cycle,) = clock(one, "resolution").cycles
    assert (cycle.stop, cycle.running, cycle.counted, cycle.verdict) == (
        at("2026-03-02T11:00:00Z"),
        True,
        3600,
        "paused_ok",
    )
    assert one.columns["state"] == "awaiting-user"


@pytest.mark.parametrize(
    ("change", "name", "reason", "cycles"),
    [
        ({"service": "print"}, "resolution", "no-agreement", 0),
        ({"service": None}, "resolution", "no-agreement", 0),
        ({"service": "mail"}, "response", "no-clock", 0),
        ({"opened_at": None}, "resolution", "missing:opened_at", 0),
        ({"opened_at": "1900-01-01T00:00:00Z"}, "resolution", "before-1970", 0),
        ({"responded_at": None, "resolved_at": "2026-03-02T10:00:00Z"}, "response", "missing:responded_at", 0),
        ({"priority": "P4"}, "resolution", "no-target", 1),
        ({"priority": None}, "resolution", "missing:priority", 1),
        ({"responded_at": "2026-03-02T08:00:00Z"}, "response", "stop-before-start", 1),
    ],
)
def test_why_a_clock_says_nothing(change: dict[str, Any], name: str, reason: str, cycles: int, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "erp", **change}], LIFE)
    (one,) = explained(folder, "A1")
    told = clock(one, name)
    assert (told.reason, len(told.cycles)) == (reason, cycles)
    assert all(cycle.verdict == "not_testable" for cycle in told.cycles)


def test_a_clock_that_never_started_has_no_stop_at_which_it_was_promised_anything(tmp_path: Path) -> None:
    """An opening typed a century late: the answer lies before the change of the priority, and the clock after the audit."""
    changes = [
        ["A1", "2026-03-02T09:00:00Z", "priority", None, "P1", "Li", "desk"],
        ["A1", "2026-03-02T12:00:00Z", "priority", "P1", "unheard-of", "Li", "desk"],
    ]
    late = {**ROW, "service": "nobody's", "opened_at": "2099-01-01T00:00:00Z", "priority": "unheard-of"}
    moments = sorted([*LIFE, *changes], key=lambda change: str(change[1]))
    folder = write_dataset(
        tmp_path / "dataset", [late], moments, history=("state", "priority"), exported=moments[-1][1]
    )
    (one,) = explained(folder, "A1", definitions=replace(reference(), rules=small().rules))
    told = clock(one, "response")
    assert (told.reason, told.target_text, told.cycles) == ("after-as-of", "", ())


def test_without_a_history_and_without_a_column(tmp_path: Path) -> None:
    row = {c: v for c, v in ROW.items() if c != "responded_at"}
    folder = write_dataset(
        tmp_path / "dataset", [{**row, "service": "erp", "resolved_at": "2026-03-02T15:00:00Z"}], history=()
    )
    (one,) = explained(folder, "A1")
    assert clock(one, "resolution").reason == "no-history:state"
    assert clock(one, "response").reason == "column-not-exported:responded_at"
    assert clock(one, "response").cycles == () and one.moments == ()


def test_records_come_in_the_order_asked_and_every_unknown_one_is_named(tmp_path: Path) -> None:
    rows = [{**ROW, "record_id": r, "service": "erp"} for r in ("A1", "A2", "A3")]
    folder = write_dataset(tmp_path / "dataset", rows, LIFE)
    assert [one.record_id for one in explained(folder, "A3", "A1")] == ["A3", "A1"]
    with pytest.raises(ItsmctlError) as caught:
        explained(folder, "A2", "a1", "B'; DROP TABLE record; --")
    assert [(p.code, p.values["word"], p.suggestion) for p in caught.value.problems] == [
        ("unknown-record", "a1", "A1"),
        ("unknown-record", "B'; DROP TABLE record; --", ""),
    ]


def test_ledgers_agree_with_the_verdicts_of_all_records(tmp_path: Path) -> None:
    records, events = tickets(400, "explanations")
    ids = tuple(str(record["record_id"]) for record in records)
    folder = write_dataset(tmp_path / "dataset", records, events, zone="Asia/Shanghai", history=("state", "group"))
    result = audit(reference(), folder, AuditOptions(as_of=AS_OF, explain=ids, rules=("INC-05", "INC-06")))
    assert tuple(one.record_id for one in result.explanations) == ids
    seen = set()
    for one in result.explanations:
        verdicts = {v.rule: v for v in one.verdicts}
        for told in one.clocks:
            seen.add(told.reason.partition(":")[0] or told.cycles[0].verdict)
            for cycle in told.cycles:
                assert sum(piece.seconds for piece in cycle.ledger) == max(cycle.stop - cycle.start, 0)
                assert [p.start for p in cycle.ledger[1:]] == [p.end for p in cycle.ledger[:-1]]
                good = {
                    "met": True,
                    "running_ok": True,
                    "paused_ok": True,
                    "breached": False,
                    "running_breached": False,
                }
                if cycle.verdict != "cancelled" and verdicts[told.rule].reason == "unknown-state":
                    assert good[cycle.verdict] is False  # the time is told as it was counted, and not believed
                    seen.add("unknown-state")
                elif cycle.verdict != "cancelled":
                    assert verdicts[told.rule].passed is good.get(cycle.verdict)
                    assert verdicts[told.rule].reason == told.reason
                else:
                    assert told.rule not in verdicts
    assert seen >= {"met", "breached", "running_breached", "cancelled", "missing", "no-target", "unknown-state"}


def test_a_disagreement_stops_the_report(tmp_path: Path) -> None:
    """The check behind all this can fail: SQL that counts one second more is caught."""
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "erp"}], LIFE)
    as_of = at(AS_OF)
    exported = frozenset(TIME_COLUMNS)
    with Session() as session:
        load_tables(session, Loading(folder, {}, "UTC", as_of, None, None, ()))
        create_clocks(session, small(), as_of, exported)
        create_verdict_table(session)
        context = Context(small(), exported, frozenset({"state"}), as_of)
        assert len(explain(session, context, ("A1",))) == 1
        session.run("UPDATE clock SET counted = counted + 1 WHERE clock = 'resolution'")
        with pytest.raises(AssertionError, match="A1"):
            explain(session, context, ("A1",))
        session.run("UPDATE clock SET counted = counted - 1, verdict = 'breached' WHERE clock = 'resolution'")
        with pytest.raises(AssertionError, match="A1"):
            explain(session, context, ("A1",))


def test_nothing_asked_is_nothing_explained(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{**ROW, "service": "erp", "reopen_count": 0}], LIFE)
    assert audit(small(), folder, AuditOptions(as_of=AS_OF)).explanations == ()
