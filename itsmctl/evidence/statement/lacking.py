"""What is not evidenced for a clause, as codes: nothing that was not looked at may read as clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.coverage import ClauseCoverage
from itsmctl.evidence.reading import JudgedRule
from itsmctl.language import msg
from itsmctl.model import Text

Lack = Literal[
    "nothing",
    "no-definition",
    "not-named",
    "not-controlled",
    "no-rule",
    "not-run",
    "not-testable",
    "no-data",
    "no-record",
    "stale",
    "borrowed",
    "only-people",
]

SENTENCES: Mapping[Lack, str] = {
    "nothing": msg("Nothing in this pack stands for the clause."),
    "no-definition": msg("No {what} is defined."),
    "not-named": msg("No {what} names the clause."),
    "not-controlled": msg("The definitions are not, unchanged, those of a commit: who approved them cannot be shown."),
    "no-rule": msg("Records could show it, but no rule tests them."),
    "not-run": msg("Not run in this audit: {what}."),
    "not-testable": msg("Could not be tested on these records: {what}."),
    "no-data": msg("No record was in scope of: {what}."),
    "no-record": msg("No register or record of what took place stands for it."),
    "stale": msg("Too old, by their own rule, to show how it is on the day of the audit: {what}."),
    "borrowed": msg("Nothing names this clause itself; what is shown stands for its counterparts: {what}."),
    "only-people": msg("Only people can say, and were not asked here: {text}"),
}


@dataclass(frozen=True)
class Lacking:
    """One thing that is not evidenced: what it is about (kinds, rules or clauses), or a text of the framework."""

    code: Lack
    what: tuple[str, ...] = ()
    text: Text = Text()


def lacking(
    clause: ClauseCoverage, rules: Sequence[JudgedRule], stale: Mapping[str, str], *, controlled: bool
) -> tuple[Lacking, ...]:
    """Everything that is not evidenced for a clause, given what came of the rules that were run and which registers are stale."""
    return tuple(_found(clause, rules, stale, controlled))


def _found(
    clause: ClauseCoverage, rules: Sequence[JudgedRule], stale: Mapping[str, str], controlled: bool
) -> Iterator[Lacking]:
    standing = clause.standing
    if clause.strength == "none":
        yield Lacking("nothing")
    for kind, named in clause.gaps:
        yield Lacking("not-named" if named else "no-definition", (kind,))
    if standing.definitions and not controlled:
        yield Lacking("not-controlled")
    classes = [way.by for way in clause.ways]
    if "tickets" in classes and not standing.rules:
        yield Lacking("no-rule")
    yield from _untested(clause, rules)
    if "registers" in classes and not standing.registers:
        yield Lacking("no-record")
    old = tuple(
        f"{one.id} ({stale[one.id]})" for one in standing.registers if one.kind == "register" and one.id in stale
    )
    if old:
        yield Lacking("stale", old)
    if standing.through:
        yield Lacking("borrowed", standing.through)
    for way in clause.ways:
        if way.by == "attestation":
            yield Lacking("only-people", text=way.how)


def _untested(clause: ClauseCoverage, rules: Sequence[JudgedRule]) -> Iterator[Lacking]:
    ran = {rule.id for rule in rules}
    left_out = tuple(rule.id for rule in clause.standing.rules if rule.id not in ran)
    if left_out:
        yield Lacking("not-run", left_out)
    untested: tuple[tuple[Lack, str], ...] = (("not-testable", "not_testable"), ("no-data", "no_data"))
    for code, outcome in untested:
        found = tuple(rule.id for rule in rules if rule.outcome == outcome)
        if found:
            yield Lacking(code, found)
