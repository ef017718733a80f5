"""`itsmctl import --check`: what an export says about itself, and what cannot be audited with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from itsmctl.audit import AuditOptions, audit
from itsmctl.engine.numbering import are_counted
from itsmctl.engine.session import Session, exported
from itsmctl.honesty.honesty import Honesty, TimeColumn
from itsmctl.honesty.inside import addresses, addresses_kept, kept_columns, named_people, sample_of
from itsmctl.honesty.lacking import blind_spots, other_than_columns, wanted_columns
from itsmctl.honesty.looking import lookalikes, office_day
from itsmctl.importers.receipt import Receipt, unchanged
from itsmctl.importers.times import order_of
from itsmctl.model import Definitions, MappingDefinition

SAMPLE = 20_000
"""Records of which the columns that nobody took are looked at."""


def honesty(folder: Path, definitions: Definitions, known: Mapping[str, MappingDefinition]) -> Honesty:
    """Look at an imported dataset: at its gaps, times and people, and by which rules its records can be judged at all.

    The rules are asked, not guessed at: what they could not test, and why, is what an audit would say.
    """
    with unchanged(folder) as receipt:
        return _looked_at(folder, receipt, definitions, known)


def _looked_at(
    folder: Path, receipt: Receipt, definitions: Definitions, known: Mapping[str, MappingDefinition]
) -> Honesty:
    mappings = tuple({**known, **definitions.mappings}.values())
    records = exported(folder, "record")
    with Session() as session:
        counted = session.rows(
            f"SELECT process, count(*) FROM {records} GROUP BY process ORDER BY count(*) DESC, process"
        )
        processes = {str(process): int(str(n)) for process, n in counted}
        kept = kept_columns(session, sample_of(records, SAMPLE, ("attributes",)))
        day = office_day(session, records, receipt.zone)
        people = (
            *named_people(session, records, receipt.mapped),
            *addresses(session, records, receipt.mapped),
            *addresses_kept(kept),
        )
        alike = lookalikes(session, receipt, kept, mappings)
        numbered = "number" in receipt.mapped and are_counted(session, records)
    result = audit(definitions, folder, AuditOptions(own_registers=not definitions.is_reference))
    every = (*result.rules, *result.enquiries)
    rules = [rule for rule in every if rule.rule.process in {"", *processes}]
    elsewhere = Counter(rule.rule.process for rule in every if rule.rule.process not in {"", *processes})
    blind = blind_spots(rules)
    return Honesty(
        receipt=receipt,
        gaps=receipt.largest_gaps,
        numbered=numbered,
        office_day=day,
        times=tuple(TimeColumn(name, form, order_of(form)) for name, form in sorted(receipt.time_formats.items())),
        lookalikes=alike,
        personal=people,
        rules=len(rules),
        testable=sum(rule.outcome in ("pass", "fail") for rule in rules),
        wanted=wanted_columns(blind),
        blind=other_than_columns(blind),
        elsewhere=tuple(sorted(elsewhere.items())),
        processes=tuple(processes.items()),
        process_titles=result.process_titles,
        no_records=tuple(rule.rule.id for rule in rules if rule.outcome == "no_data"),
    )
