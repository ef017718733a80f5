"""Pauses that an agreement allows and an export cannot tell: the audit says so, for what waited counts in full."""

from __future__ import annotations

from pathlib import Path

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
