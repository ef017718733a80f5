"""What an audit says of the export because no verdict tells it: pauses that it cannot tell, and records that no scope can place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.reference import reference_root
from itsmctl.reports.phrases import phrase_text
from tests.dataset import write_dataset

RECORD = {
    "record_id": "1", "number": "INC1", "process": "incident", "service": "email", "priority": "P2", "state": "resolved",
    "opened_at": "2026-03-02T09:00:00+08:00",
}  # fmt: skip


NEVER = "incident: no time is taken off for pauses that the export neither has nor has a word for: awaiting-user"


def _warned(tmp_path: Path, *visited: str, codes: dict[str, dict[str, str]] | None = None) -> list[str]:
    """What the audit says of pauses, of one incident that was in some states between being opened and resolved."""
    states = ["new", "in-progress", *visited, "resolved"]
    hours = [f"2026-03-02T{9 + place:02}:00:00+08:00" for place in range(len(states))]
    events = [("1", at, "state", old, new) for at, old, new in zip(hours, [None, *states], states, strict=False)]
    folder = write_dataset(tmp_path / "dataset", [{**RECORD, "resolved_at": hours[-1]}], events, codes=codes)
    result = audit(load(reference_root()), folder, AuditOptions(as_of="2026-03-31T00:00:00+08:00"))
    assert 1 in {one.judged for one in result.attainment}
    return [message for code, message in result.dataset.warnings if code == "pause-never-named"]


def test_a_pause_that_the_export_cannot_tell_is_said(tmp_path: Path) -> None:
    assert _warned(tmp_path) == [NEVER]


def test_a_pause_that_some_record_had_is_not(tmp_path: Path) -> None:
    assert _warned(tmp_path, "awaiting-user", "in-progress") == []


def test_nor_is_one_for_which_the_mapping_has_a_word(tmp_path: Path) -> None:
    assert _warned(tmp_path, codes={"state": {"On hold": "awaiting-user"}}) == []


def test_it_is_said_in_every_language() -> None:
    assert phrase_text(NEVER, "en") == NEVER.replace("awaiting-user", "Awaiting user")
    assert phrase_text(NEVER, "zh").startswith("事件：") and phrase_text(NEVER, "zh").endswith("：等待用户")


def _left_out(tmp_path: Path, *records: dict[str, object], lacking: dict[str, list[str]] | None = None) -> list[str]:
    """What the audit says of scopes, of incidents judged by rules about major ones, urgent ones and closed ones."""
    rows = [{"opened_at": RECORD["opened_at"], "state": "closed", **one} for one in records]
    files = [("a.csv", 1), ("b.csv", 1)] if lacking else [("export.csv", 0)]
    folder = write_dataset(tmp_path / "dataset", rows, files=files, lacking=lacking)
    options = AuditOptions(as_of="2026-03-31T00:00:00+08:00", rules=("MI-02", "INC-07", "INC-11", "MI-03"))
    result = audit(load(reference_root()), folder, options)
    return [message for code, message in result.dataset.warnings if code == "scope-unknown"]


FULL = {"priority": "P1", "major": True, "closure_code": "solved", "declared_at": RECORD["opened_at"], "manager": "Li", "resolved_by": "Wang"}  # fmt: skip


def test_a_record_without_what_a_scope_asks_for_is_counted_with_the_rules_that_left_it_out(tmp_path: Path) -> None:
    records = [
        {**FULL, "record_id": "1"},
        {**FULL, "record_id": "2", "major": None},
        {**FULL, "record_id": "3", "state": None},
    ]
    assert _left_out(tmp_path, *records) == [
        "records of incident without major, left out by rules that choose by it: 1 (MI-02, MI-03)",
        "records of incident without state, left out by rules that choose by it: 1 (INC-11, MI-03)",
    ]


def test_one_that_another_condition_leaves_out_is_not(tmp_path: Path) -> None:
    cancelled = {**FULL, "record_id": "2", "state": "cancelled", "major": False}
    assert _left_out(tmp_path, {**FULL, "record_id": "1"}, cancelled) == []


def test_a_file_without_the_column_stays_in_scope(tmp_path: Path) -> None:
    first, second = ({**FULL, "record_id": str(n), "source_file": f"{letter}.csv"} for n, letter in enumerate("ab"))
    assert _left_out(tmp_path, first, {**second, "major": None}, lacking={"b.csv": ["major"]}) == []


def test_what_is_said_of_scopes_is_said_in_every_language() -> None:
    told = "records of incident without cause_code, left out by rules that choose by it: 3409 (KNW-03, …)"
    assert phrase_text(told, "en").startswith("records of incident without cause code")
    assert phrase_text(told, "zh") == "事件记录中有 3,409 条缺少原因代码，按该列选取记录的规则没有判定它们（KNW-03, …）"


def test_what_is_said_of_unread_cells_is_said_in_every_language() -> None:
    told = (
        "records of incident whose resolved_at is not known, so that rules about groups rest on the others: 12 (SLM-04)"
    )
    assert phrase_text(told, "zh") == "事件记录中有 12 条的“解决”无从得知，分组判定的规则以其余记录为准（SLM-04）"
    assert phrase_text(told.replace(" of incident", ""), "zh").startswith("有 12 条记录的“解决”无从得知")


def _ends_before(tmp_path: Path, as_of: str, *, days: int = 40, left_open: int = 2) -> list[str]:
    """What the audit says of the end of an export with an incident on each day from the first of March, the last ones open."""
    opened = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=n) for n in range(days)]
    rows = [
        {**RECORD, "record_id": str(n), "number": f"INC{n}", "opened_at": at.isoformat()}
        | ({"state": "new"} if n >= days - left_open else {"resolved_at": (at + timedelta(hours=2)).isoformat()})
        for n, at in enumerate(opened)
    ]
    folder = write_dataset(tmp_path / "dataset", rows, mapped=["resolved_at"])
    result = audit(load(reference_root()), folder, AuditOptions(as_of=as_of, rules=("INC-16",)))
    return [message for code, message in result.dataset.warnings if code == "export-ends-before"]


ENDED = (
    "nothing is told after 2026-04-09T09:00:00Z, and what was open then is judged as if it were open until 2026-06-30T00:00:00Z: 2; "
    "export again, or name an earlier moment with --as-of"
)


def test_an_export_that_ends_long_before_the_moment_of_the_audit_is_told(tmp_path: Path) -> None:
    """Who was open then may have been helped since: as of June every one of them would be late."""
    assert _ends_before(tmp_path, "2026-06-30T00:00:00Z") == [ENDED]


@pytest.mark.parametrize(
    ("as_of", "given"),
    [
        ("2026-04-12T00:00:00Z", {}),
        ("2026-04-12T00:00:01Z", {"days": 3}),
        ("2026-06-30T00:00:00Z", {"days": 3}),
        ("2026-06-30T00:00:00Z", {"left_open": 0}),
    ],
    ids=["no longer than is usual", "a short one", "too few to say", "nothing was open"],
)
def test_nothing_is_told_where_nobody_can_say_or_nothing_was_open(
    as_of: str, given: dict[str, int], tmp_path: Path
) -> None:
    assert _ends_before(tmp_path, as_of, **given) == []


def test_the_end_of_an_export_is_told_in_every_language() -> None:
    assert phrase_text(ENDED, "en") == ENDED
    told = phrase_text(ENDED, "zh")
    assert "2026-04-09T09:00:00Z" in told and "2 " in told and "nothing" not in told
