"""Policies, processes with their codes and documents, indicators, frameworks."""

from __future__ import annotations

from dataclasses import replace

from itsmctl.change.judging import At, always, ordered
from itsmctl.change.kinds.common import ALLOWED, ASKED_ABOUT, demanding, describing
from itsmctl.change.parts import (
    REVIEW,
    REVIEW_SET,
    STRUCTURE,
    STRUCTURE_SET,
    TERMS,
    WORDS,
    Kind,
    Part,
    Table,
    each,
    members,
    number,
)
from itsmctl.change.types import Effect
from itsmctl.language import msg
from itsmctl.marks import Value


def _target(old: Value, new: Value, at: At) -> Effect:
    """A target nearer to what is easy loosens; which way that is, the indicator says."""
    ways = {definition.get("direction") for definition in (at.old, at.new) if isinstance(definition, dict)}
    if len(ways) != 1 or not all(isinstance(value, int | float) for value in (old, new)):
        return "review"
    up: Effect | None = {"higher": "tightened", "lower": "loosened"}.get(str(ways.pop()))  # type: ignore[assignment]
    return ordered(up, old <= new, new <= old) if up else "review"  # type: ignore[operator]


_BY_DIRECTION = Part(_target, msg("nearer to what is easy loosens"))

_POLICY: Table = {
    "type": STRUCTURE,
    "version": STRUCTURE.called(msg("version")),
    "owner": STRUCTURE,
    "approver": REVIEW.called(msg("approver")),
    "approved": STRUCTURE,
    "purpose": TERMS,
    "scope": TERMS.called(msg("scope")),
    "statements": each("tightened", key="id").called(msg("statement"), "statement"),
    "statements/*/text": TERMS.called(msg("text of a statement"), "statement-text"),
    "statements/*/clauses": STRUCTURE_SET,
    "statements/*/processes": STRUCTURE_SET,
    "statements/*/rules": members("tightened").called(msg("rules that test a statement"), "statement-rules"),
    "communicated": STRUCTURE,
    "retention": TERMS,
}

_PRINCIPLES = ("general", "responsibility", "assignment", "closure", "notification", "escalation")

_PROCESS: Table = {
    "effective": ASKED_ABOUT,
    "version": STRUCTURE.called(msg("version")),
    "owner": REVIEW.called(msg("owner")),
    "manager": STRUCTURE,
    "purpose": TERMS,
    "scope": TERMS.called(msg("scope")),
    **{
        f"{side}{rest}": part
        for side, way in (("inputs", "from"), ("outputs", "to"))
        for rest, part in (
            ("", each("structural", key="id")),
            ("/*/title", WORDS),
            (f"/*/{way}", STRUCTURE_SET),
        )
    },
    "lanes": each("structural", key="id").called(msg("lane"), "lane"),
    "lanes/*/title": WORDS,
    "lanes/*/roles": REVIEW_SET,
    "activities": each("structural", key="id").called(msg("activity"), "activity"),
    "activities/*/title": WORDS,
    "activities/*/lane": STRUCTURE,
    "activities/*/description": WORDS,
    "activities/*/inputs": STRUCTURE_SET,
    "activities/*/outputs": STRUCTURE_SET,
    "activities/*/states": STRUCTURE_SET,
    "activities/*/procedures": STRUCTURE_SET,
    "activities/*/next": STRUCTURE_SET,
    "states": each("review", key="id").called(msg("state"), "state"),
    "states/*/title": WORDS,
    "states/*/phase": REVIEW,
    "states/*/initial": REVIEW,
    "transitions": each("review").called(msg("transitions"), "transition"),
    "transitions/*": members("loosened").called(msg("states that may follow"), "transition"),
    **{f"principles/{subject}": REVIEW_SET for subject in _PRINCIPLES},
    "kpis": members("tightened"),
    "codes": REVIEW,
    "form": each("structural", key="column attribute"),
    "form/*/title": WORDS,
    "form/*/required-in": REVIEW,
    "form/*/codes": REVIEW,
    "interfaces": STRUCTURE_SET,
}

_CODE_LIST: Table = {
    "column": REVIEW,
    "attribute": REVIEW,
    "codes": replace(each("loosened", key="id"), in_order=True).called(msg("code"), "code"),
    "codes/*/title": WORDS,
    **{f"codes/*/{pattern}": part for pattern, part in ALLOWED.items()},
}

_MATRIX: Table = {"process": REVIEW, "cells": REVIEW_SET.called(msg("cells of the matrix"), "cell")}

_PROCEDURE: Table = {
    "level": STRUCTURE,
    "process": STRUCTURE,
    "activities": STRUCTURE_SET,
    "under": STRUCTURE,
    "owner": STRUCTURE,
    "version": STRUCTURE.called(msg("version")),
    "purpose": WORDS,
    "begins": TERMS,
    "steps": REVIEW,
}

_KPI: Table = {
    "process": STRUCTURE,
    "position": STRUCTURE,
    "quadrant": STRUCTURE,
    "type": STRUCTURE,
    "supports": STRUCTURE_SET,
    "definition": TERMS,
    "unit": REVIEW,
    "direction": REVIEW,
    "target": _BY_DIRECTION.called(msg("target")),
    "alarm": _BY_DIRECTION.called(msg("alarm")),
    "period": REVIEW,
    "minimum": number("loosened", absent=0),
    "measure": REVIEW,
}

_COMPLAINT: Table = {
    "loud-from": number("loosened", absent=100).called(msg("threshold")),
    "signs": REVIEW_SET,
}

_FRAMEWORK: Table = {
    "version": STRUCTURE.called(msg("version")),
    "attribution": WORDS,
    "clauses": STRUCTURE,
}

_CROSSWALK: Table = {"frameworks": STRUCTURE, "subjects": STRUCTURE, "alone": STRUCTURE}

KINDS = {
    "policy": Kind(demanding(_POLICY), always("tightened"), always("loosened")),
    "process": Kind(describing(_PROCESS), removed=always("review")),
    "code-list": Kind(describing(_CODE_LIST), removed=always("review")),
    "priority-matrix": Kind(describing(_MATRIX), always("review"), always("review")),
    "procedure": Kind(describing(_PROCEDURE), removed=always("review")),
    "complaint": Kind(describing(_COMPLAINT), removed=always("review")),
    "kpi": Kind(demanding(_KPI), always("tightened"), always("loosened")),
    "framework": Kind(describing(_FRAMEWORK)),
    "crosswalk": Kind(describing(_CROSSWALK)),
}
