"""Whether `result.json` agrees with the verdicts beside it and with the rules: it holds their digests, and nothing holds its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from itsmctl.audit.judging import outcome
from itsmctl.engine.evaluate import Counts
from itsmctl.engine.results import counted
from itsmctl.errors import Problem, Where
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.model import Definitions, Rule


def contradictions(judged: Judged, definitions: Definitions, verdicts: Path) -> Iterator[Problem]:
    """Every rule of which `result.json` tells something else than its verdicts and its definition do."""
    enquiries = {rule.id for rule in judged.enquiries}
    told = {rule.id: rule for rule in (*judged.rules, *judged.enquiries)}
    found = counted(verdicts)
    where = Where(str(verdicts.with_name("result.json")))
    for id_ in sorted({*told, *found}):
        rule, result = definitions.rules.get(id_), told.get(id_)
        if result is None:
            message = "it does not name rule {rule!r}, of which there are verdicts; audit again"
            yield Problem("result-edited", message, where, {"rule": id_})
        elif rule is None:
            message = "it names rule {rule!r}, which no definition has; audit again"
            yield Problem("result-edited", message, where, {"rule": id_})
        else:
            yield from _contradiction(result, id_ in enquiries, rule, found.get(id_, (0, 0, 0)), where)


def _contradiction(
    result: JudgedRule, enquiry: bool, rule: Rule, found: tuple[int, int, int], where: Where
) -> Iterator[Problem]:
    counts, (failed, not_testable, waived) = result.counts, found
    in_scope = counts["passed"] + failed + not_testable + waived
    judged = Counts(in_scope, counts["passed"], failed, not_testable, 0, result.untested_because, waived=waived)
    pairs = (
        ("version", rule.version, result.version),
        ("clauses", " ".join(rule.clauses), " ".join(result.clauses)),
        ("enquiry", rule.enquiry, enquiry),
        ("severity", rule.severity, result.severity),
        ("failed", failed, counts["failed"]),
        ("not_testable", not_testable, counts["not_testable"]),
        ("waived", waived, counts["waived"]),
        ("in_scope", in_scope, counts["in_scope"]),
        ("outcome", outcome(rule, judged), result.outcome),
    )
    for name, expected, said in pairs:
        if said != expected:
            message = (
                "it says of rule {rule}: {name} {said!r}, but the verdicts and the definition give {expected!r}; "
                "audit again"
            )
            values = {"rule": rule.id, "name": name, "said": said, "expected": expected}
            yield Problem("result-edited", message, where, values)
            return
