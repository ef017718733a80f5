"""Which version of which definition judged: the agreements and calendars of clocks, the processes and registers of rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache

from itsmctl.engine.context import Context
from itsmctl.engine.session import Session
from itsmctl.model import Agreement, Definition, Definitions, Rule
from itsmctl.result import UsedDefinition


def used_definitions(session: Session, context: Context, rules: Sequence[Rule]) -> tuple[UsedDefinition, ...]:
    """Every definition beside the rules that had a part in the verdicts, by kind and id, with the digest of its file."""
    definitions = context.definitions
    by_clock = _judged_by_clocks(session, definitions)
    calendars = [definitions.calendars[d.calendar] for d, _ in by_clock if isinstance(d, Agreement)]
    every = [*_named(definitions, rules), *calendars, *(d for d, _ in by_clock)]
    named = {(d.kind, d.id): d for d in every}
    records = {(d.kind, d.id): n for d, n in by_clock}

    @cache
    def digest(file: str) -> str:
        path = definitions.root / file
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""  # made by a program

    return tuple(
        UsedDefinition(*key, d.effective, str(d.where), digest(d.where.file), records.get(key, 0))
        for key, d in sorted(named.items())
    )


def _judged_by_clocks(session: Session, definitions: Definitions) -> list[tuple[Definition, int]]:
    """The agreements whose promises some record was judged by, and for how many records."""
    rows = session.rows("SELECT agreement, count(DISTINCT tix) FROM clock WHERE agreement IS NOT NULL GROUP BY 1")
    kinds = (definitions.agreements, definitions.operational_agreements, definitions.contracts)
    every: dict[str, Definition] = {id_: d for kind in kinds for id_, d in kind.items()}
    return [(every[str(id_)], int(str(n))) for id_, n in rows]


def _named(definitions: Definitions, rules: Sequence[Rule]) -> Iterator[Definition]:
    """The processes of rules, and the calendars and registers that they name."""
    for rule in rules:
        if rule.process in definitions.processes:
            yield definitions.processes[rule.process]
        if "calendar" in rule.parameters:
            yield definitions.calendars[str(rule.parameters["calendar"])]
        if "register" in rule.parameters:
            yield definitions.registers[str(rule.parameters["register"])]
