"""What stands under `audits/`: how tickets are read, what is audited, and the records that people keep of judging."""

from __future__ import annotations

from dataclasses import replace

from itsmctl.change.judging import always
from itsmctl.change.kinds.common import describing
from itsmctl.change.parts import (
    REVIEW,
    REVIEW_SET,
    STRUCTURE,
    STRUCTURE_SET,
    TERMS,
    WORDS,
    Kind,
    Table,
    each,
    flag,
    members,
    months,
    number,
    ranked,
)
from itsmctl.language import msg

_PLAN: Table = {
    "type": STRUCTURE,
    "programme": STRUCTURE,
    "scope": TERMS,
    "period": REVIEW,
    "as-of": REVIEW,
    "mapping": REVIEW,
    "zone": REVIEW,
    "datasets": REVIEW_SET,
    "rules": members("tightened", absent_is_all=True).called(msg("rules to run")),
    "processes": members("tightened", absent_is_all=True).called(msg("processes audited")),
    "frameworks": members("tightened", absent_is_all=True).called(msg("frameworks audited")),
    "areas": STRUCTURE_SET,
    "auditors": STRUCTURE_SET,
    "guest-auditors": STRUCTURE_SET,
    "planned": STRUCTURE,
    "held": STRUCTURE,
    "reported": STRUCTURE,
    "conclusion": STRUCTURE,
    "findings": members("tightened"),
    "sampling/objective": WORDS,
    "sampling/population": REVIEW,
    "sampling/method": REVIEW,
    "sampling/confidence": number("tightened"),
    "sampling/tolerable": number("loosened"),
    "sampling/expected": REVIEW,
    "sampling/allowed": REVIEW,
    "sampling/strata": REVIEW_SET,
    "sampling/always": REVIEW,
    "sampling/seed-origin": REVIEW,
    "fail-on": ranked("tightened", ("never", "major", "minor", "observation", "not-testable")).called(msg("fails at")),
}

_MAPPING: Table = dict.fromkeys(
    [
        "tool",
        "format",
        "table",
        "shape",
        "process",
        "process-column",
        "links",
        "link-type",
        "date-order",
        "header-row",
        "time-formats",
        "zone",
        "order-by",
        "columns",
        "at",
        "actor",
        "actor-group",
        "codes",
    ],
    REVIEW,
) | dict.fromkeys(("recognise", "missing", "history", "only/*", "without/*"), REVIEW_SET)

_PROGRAMME: Table = {
    "cycle": REVIEW,
    "frameworks": members("tightened"),
    "responsible": STRUCTURE,
    "approver": REVIEW.called(msg("approver")),
    "method": TERMS,
    "priorities": STRUCTURE,
    "independence": TERMS,
    "reporting": TERMS,
}

_QUESTIONNAIRE: Table = {
    "version": STRUCTURE.called(msg("version")),
    "description": WORDS,
    "method": REVIEW,
    "scale": REVIEW,
    "levels": REVIEW,
    "dimensions": REVIEW,
    "criteria": each("review", key="id").called(msg("criterion"), "criterion"),
    "criteria/*/text": TERMS,
    **{f"criteria/*/{name}": REVIEW for name in ("dimension", "level", "polarity", "caps", "levels")},
    "criteria/*/evidence": REVIEW_SET,
    "criteria/*/clauses": STRUCTURE_SET,
}

_ASSESSMENT: Table = dict.fromkeys(
    ["questionnaire", "period", "assessed", "current-state", "gaps", "answers", "recommendations"], STRUCTURE
) | {
    "methods": STRUCTURE_SET,
    "processes": STRUCTURE_SET,
    "assessors": STRUCTURE_SET,
    "targets/*": number("tightened", absent=0).called(msg("level to reach")),
}

_SURVEY: Table = {
    "audience": REVIEW,
    "owner": STRUCTURE,
    "method": TERMS,
    "least-answers": REVIEW,
    "scale": REVIEW,
    "questions": REVIEW,
    "results": STRUCTURE,
    "responses": STRUCTURE,
}

_NONCONFORMITY: Table = dict.fromkeys(
    [
        "source",
        "audit",
        "found",
        "found-by",
        "process",
        "service",
        "nature",
        "evidence",
        "effect",
        "correction",
        "cause",
        "similar",
        "actions",
        "effectiveness",
        "system-changes",
        "closed",
        "repeats",
    ],
    STRUCTURE,
) | {
    "severity": ranked("tightened", ("observation", "minor", "major")).called(msg("severity")),
    "rules": members("tightened"),
}

_REVIEW: Table = dict.fromkeys(
    ["held", "period", "chair", "attendees", "inputs", "outputs", "conclusion", "next"], STRUCTURE
)

_REGISTER: Table = {
    "purpose": TERMS,
    "process": STRUCTURE,
    "owner": STRUCTURE,
    # Rows are called by their key columns in this order: in another one every finding about them is a new one.
    "columns": replace(each("review", key="id"), in_order=True).called(msg("column"), "column"),
    "columns/*/title": WORDS,
    "columns/*/type": REVIEW,
    "columns/*/to": REVIEW,
    "columns/*/values": members("loosened"),
    "columns/*/required": flag("tightened"),
    "columns/*/description": WORDS,
    "key": REVIEW_SET,
    "dated": REVIEW,
    "fresh-for": months("loosened", absent="loosened").called(msg("how long a row is recent")),
    "from": REVIEW_SET,
    "files": STRUCTURE_SET,
    "entries": REVIEW_SET,  # rows, as those in files
}

KINDS = {
    "audit": Kind(describing(_PLAN), removed=always("review")),
    "mapping": Kind(describing(_MAPPING), always("review"), always("review")),
    "programme": Kind(describing(_PROGRAMME), removed=always("review")),
    "questionnaire": Kind(describing(_QUESTIONNAIRE)),
    "assessment": Kind(describing(_ASSESSMENT), removed=always("review")),
    "survey": Kind(describing(_SURVEY), removed=always("review")),
    "nonconformity": Kind(describing(_NONCONFORMITY), removed=always("review")),
    "review": Kind(describing(_REVIEW), removed=always("review")),
    "register": Kind(describing(_REGISTER), removed=always("review")),
}
