"""The statement: for every clause of every framework, what the pack shows, and plainly where it shows nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.coverage import worst
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.model import Definitions, Framework, Text

Strength = Literal["partial", "none"]

_TESTED = ("pass", "fail")

PARTIAL = Text(
    "Evidenced in part: records were tested against rules. Whether the way of working is suitable, known and "
    "followed outside the tool is for the auditor to establish.",
    "部分佐证：已按规则检验记录。工作方式是否适宜、是否为人所知、在工具之外是否得到遵循，由审核员判定。",
)
NOT_TESTED = Text(
    "Not evidenced by this pack: rules exist, but none of them could be tested on these records.",
    "本证据包未提供佐证：虽有规则，但均无法在这批记录上检验。",
)
ELSEWHERE = Text(
    "Not evidenced by this pack by itself; see the clauses below it.",
    "本证据包未对该条款本身提供佐证；见其下级条款。",
)
NOT_EVIDENCED = Text("Not evidenced by this pack.", "本证据包未提供佐证。")


@dataclass(frozen=True)
class ClauseStatement:
    """What the pack shows for one clause; `outcome` is the worst of its rules', or empty without rules."""

    number: str
    title: Text
    strength: Strength
    outcome: str
    sentence: Text
    rules: tuple[JudgedRule, ...]
    enquiries: tuple[JudgedRule, ...]
    below: tuple[str, ...]
    """Clauses under this one that are evidenced."""


@dataclass(frozen=True)
class FrameworkStatement:
    """A framework with every one of its clauses."""

    id: str
    title: Text
    version: str
    clauses: tuple[ClauseStatement, ...]


def statements(definitions: Definitions, judged: Judged) -> tuple[FrameworkStatement, ...]:
    """State every clause of every framework that a rule of the definitions names, in the framework's own order.

    A framework that no rule names (ITIL as a mere vocabulary, say) was not what the audit was about.

    Enquiries stand beside a clause and never count as evidence: by themselves they are no verdict.
    """
    _check_rules(definitions, judged)
    rules, enquiries = _by_clause(judged.rules), _by_clause(judged.enquiries)
    named = {clause.partition(":")[0] for rule in definitions.rules.values() for clause in rule.clauses}
    wanted = sorted(id_ for id_ in definitions.frameworks if id_ in named)
    return tuple(_framework(definitions.frameworks[id_], rules, enquiries) for id_ in wanted)


def as_json(definitions: Definitions, judged: Judged, found: Sequence[FrameworkStatement]) -> dict[str, object]:
    """The statement for machines."""
    return {
        "format": "itsmctl/statement/v1",
        "as_of": f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "period": {"from": judged.period_from or None, "to": judged.period_to or None},
        "definitions": {"commit": judged.commit, "digest": judged.definitions_digest, "dirty": judged.dirty},
        "dataset": {"digest": judged.dataset_digest, "records": judged.records},
        "frameworks": [
            {
                "id": framework.id,
                "title": _both(framework.title),
                "version": framework.version,
                "strengths": _tally(clause.strength for clause in framework.clauses),
                "clauses": [_clause_json(definitions, clause) for clause in framework.clauses],
            }
            for framework in found
        ],
    }


def _check_rules(definitions: Definitions, judged: Judged) -> None:
    """The digest says that the definitions are the same; a result that still disagrees has been edited."""
    for rule in (*judged.rules, *judged.enquiries):
        known = definitions.rules.get(rule.id)
        if known is None or known.version != rule.version or tuple(known.clauses) != rule.clauses:
            message = "rule {rule!r} is not the one of the definitions that the result names; audit again"
            raise ItsmctlError(Problem("result-edited", message, Where("result.json"), {"rule": rule.id}))


def _by_clause(rules: Iterable[JudgedRule]) -> dict[str, list[JudgedRule]]:
    found: dict[str, list[JudgedRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        for clause in rule.clauses:
            found.setdefault(clause, []).append(rule)
    return found


def _framework(
    framework: Framework, rules: Mapping[str, list[JudgedRule]], enquiries: Mapping[str, list[JudgedRule]]
) -> FrameworkStatement:
    tested = {
        number
        for number in framework.requirements
        if any(rule.outcome in _TESTED for rule in rules.get(f"{framework.id}:{number}", []))
    }
    clauses = []
    for number, clause in framework.requirements.items():
        served = rules.get(f"{framework.id}:{number}", [])
        below = tuple(other for other in framework.requirements if other in tested and other.startswith(f"{number}."))
        if number in tested:
            sentence = PARTIAL
        elif served:
            sentence = NOT_TESTED
        else:
            sentence = ELSEWHERE if below else NOT_EVIDENCED
        outcomes = {rule.outcome for rule in served}
        clauses.append(
            ClauseStatement(
                number,
                clause.title,
                "partial" if number in tested else "none",
                worst(outcomes) or "",
                sentence,
                tuple(served),
                tuple(enquiries.get(f"{framework.id}:{number}", [])),
                below,
            )
        )
    return FrameworkStatement(framework.id, framework.title, framework.version, tuple(clauses))


def _clause_json(definitions: Definitions, clause: ClauseStatement) -> dict[str, object]:
    return {
        "clause": clause.number,
        "title": _both(clause.title),
        "strength": clause.strength,
        "outcome": clause.outcome or None,
        "sentence": _both(clause.sentence),
        "outcomes": _tally(rule.outcome for rule in clause.rules),
        "rules": [_rule_json(definitions, rule) for rule in clause.rules],
        "enquiries": [_rule_json(definitions, rule) for rule in clause.enquiries],
        "evidenced_below": list(clause.below),
    }


def _rule_json(definitions: Definitions, rule: JudgedRule) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": rule.id,
        "version": rule.version,
        "title": _both(definitions.rules[rule.id].title),
        "severity": rule.severity,
        "outcome": rule.outcome,
    }
    return {**facts, **rule.counts}


def _both(text: Text) -> dict[str, str]:
    return {"en": text.in_("en"), "zh": text.in_("zh")}


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
