"""`itsmctl import --check`: what an export says about itself, and what cannot be audited with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from itsmctl.audit import audit
from itsmctl.engine.session import Session
from itsmctl.honesty.honesty import Blind, Gap, Honesty, Lookalike, OfficeDay, Personal, TimeColumn, Wanted
from itsmctl.honesty.looking import create_record, gaps, kept_columns, lookalikes, office_day, personal
from itsmctl.importers.receipt import read_receipt
from itsmctl.importers.times import order_of
from itsmctl.model import SEVERITIES, Definitions, MappingDefinition
from itsmctl.result import RuleResult

__all__ = ["Blind", "Gap", "Honesty", "Lookalike", "OfficeDay", "Personal", "TimeColumn", "Wanted", "honesty"]


def honesty(folder: Path, definitions: Definitions, known: Mapping[str, MappingDefinition]) -> Honesty:
    """Look at an imported dataset: at its gaps, times and people, and by which rules its records can be judged at all.

    The rules are asked, not guessed at: what they could not test, and why, is what an audit would say.
    """
    receipt = read_receipt(folder)
    mappings = tuple({**known, **definitions.mappings}.values())
    with Session() as session:
        create_record(session, folder)
        processes = {str(process) for (process,) in session.rows("SELECT DISTINCT process FROM record")}
        kept = kept_columns(session)
        values = [(column, tuple(cells.values())) for column, cells in sorted(kept.items())]
        largest, day = gaps(session), office_day(session, receipt.zone)
        people = tuple(personal(session, receipt, values))
        alike = lookalikes(session, receipt, kept, mappings)
    result = audit(definitions, folder)
    every = (*result.rules, *result.enquiries)
    rules = [rule for rule in every if rule.rule.process in {"", *processes}]
    elsewhere = Counter(rule.rule.process for rule in every if rule.rule.process not in {"", *processes})
    blind = _blind(rules)
    return Honesty(
        receipt=receipt,
        gaps=largest,
        office_day=day,
        times=tuple(TimeColumn(name, form, order_of(form)) for name, form in sorted(receipt.time_formats.items())),
        lookalikes=alike,
        personal=people,
        rules=len(rules),
        testable=sum(rule.outcome in ("pass", "fail") for rule in rules),
        wanted=_wanted(blind),
        blind=tuple(one for one in blind if one.reason.partition(":")[0] not in _COLUMNS_LACK),
        elsewhere=tuple(sorted(elsewhere.items())),
        no_records=tuple(rule.rule.id for rule in rules if rule.outcome == "no_data"),
    )


_COLUMNS_LACK = {"column-not-exported": False, "no-history": True}
"""Reasons that name columns: whether it is their history that lacks."""


def _wanted(blind: Sequence[Blind]) -> tuple[Wanted, ...]:
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


def _blind(rules: Sequence[RuleResult]) -> tuple[Blind, ...]:
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
