"""What an export lacks: the columns that would make rules testable, and what else keeps them from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from itsmctl.honesty.honesty import Blind, Wanted
from itsmctl.model import SEVERITIES
from itsmctl.result import RuleResult

_COLUMNS_LACK = {"column-not-exported": False, "no-history": True}
"""Reasons that name columns: whether it is their history that lacks."""


def wanted_columns(blind: Sequence[Blind]) -> tuple[Wanted, ...]:
    """The columns that the export lacks: what frees most rules by itself first, then what most rules need."""
    alone: dict[tuple[str, bool], list[str]] = defaultdict(list)
    together: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for one in blind:
        code, _, rest = one.reason.partition(":")
        columns = [column for column in rest.split(",") if column and code in _COLUMNS_LACK]
        for column in columns:
            (alone if len(columns) == 1 else together)[column, _COLUMNS_LACK[code]] += one.rules
    found = (
        Wanted(column, history, tuple(alone[column, history]), tuple(sorted(together[column, history])))
        for column, history in {**alone, **together}
    )
    return tuple(sorted(found, key=lambda w: (-len(w.alone), -len(w.with_others), w.history, w.column)))


def blind_spots(rules: Sequence[RuleResult]) -> tuple[Blind, ...]:
    """Why rules could not be tested: what keeps most of them from it first."""
    by_reason: dict[str, list[RuleResult]] = defaultdict(list)
    for rule in rules:
        if rule.outcome == "not_testable":
            by_reason[rule.untested_because or (rule.reasons[0][0] if rule.reasons else "cannot-tell")].append(rule)
    blind = [
        Blind(
            reason,
            tuple(r.rule.id for r in sorted(those, key=lambda r: (SEVERITIES.index(r.rule.severity), r.rule.id))),
        )
        for reason, those in by_reason.items()
    ]
    return tuple(sorted(blind, key=lambda one: (-len(one.rules), one.reason)))


def other_than_columns(blind: Sequence[Blind]) -> tuple[Blind, ...]:
    """What no further column would cure."""
    return tuple(one for one in blind if one.reason.partition(":")[0] not in _COLUMNS_LACK)
