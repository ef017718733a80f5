"""Findings as SARIF 2.1.0: each stands at the line of its rule and names its record.

A rule that could not be tested is an open result, so that no viewer takes its absence for a clean bill.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from itsmctl import __version__
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement.words import population_text
from itsmctl.language import reason_text
from itsmctl.model import Definitions, Framework, Rule
from itsmctl.reports.plain import shown
from itsmctl.reports.problems.sarif import MOST, SCHEMA
from itsmctl.result import ExportRow, Verdict

LEVELS: Mapping[str, str] = {"major": "error", "minor": "warning", "observation": "note"}
_BASE = "DEFINITIONS"


def document(
    definitions: Definitions, judged: Judged, failures: Iterable[tuple[Verdict, ExportRow | None]]
) -> dict[str, object]:
    """One run: every rule that was judged, and a result for each failure until there are as many as forges show."""
    rules = sorted(judged.rules, key=lambda rule: rule.id)
    index = {rule.id: position for position, rule in enumerate(rules)}
    frameworks = _frameworks(definitions, rules)
    results = [_open(definitions, rule, index) for rule in rules if rule.outcome == "not_testable"]
    results += [_failure(definitions, verdict, row, index) for verdict, row in failures]
    failed = sum(rule.found for rule in rules)
    shown_ = sum(result["kind"] == "fail" for result in results)
    run: dict[str, object] = {
        "tool": {
            "driver": {
                "name": "itsmctl",
                "version": __version__,
                "rules": [_rule(definitions.rules[rule.id], frameworks) for rule in rules],
                "supportedTaxonomies": [{"name": name, "guid": _guid(name)} for name in frameworks],
            }
        },
        "automationDetails": {"id": "itsmctl/audit/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {"uri": "../definitions/", "description": {"text": "The definitions in the pack."}}
        },
        "taxonomies": [_taxonomy(definitions.frameworks[name]) for name in frameworks],
        "invocations": [_invocation(failed - shown_)],
        "properties": {"asOf": f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}", "records": judged.records, "failures": failed},
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def share(rules: Sequence[JudgedRule]) -> int:
    """How many failures of each rule are told, so that no rule takes the room of another."""
    failing = sum(rule.found > 0 for rule in rules)
    untested = sum(rule.outcome == "not_testable" for rule in rules)
    return max(1, (MOST - untested) // max(failing, 1))


def _invocation(left_out: int) -> dict[str, object]:
    if not left_out:
        return {"executionSuccessful": True}
    text = f"{left_out} more failures are not told here; all of them are in tables/findings.parquet."
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "note", "message": {"text": text}}],
    }


def _frameworks(definitions: Definitions, rules: Sequence[JudgedRule]) -> list[str]:
    named = {clause.partition(":")[0] for rule in rules for clause in rule.clauses}
    return sorted(named & definitions.frameworks.keys())


def _taxonomy(framework: Framework) -> dict[str, object]:
    return {
        "name": framework.id,
        "guid": _guid(framework.id),
        "version": framework.version,
        "shortDescription": {"text": shown(framework.title)},
        "taxa": [{"id": number, "name": shown(clause.title)} for number, clause in framework.requirements.items()],
    }


def _rule(rule: Rule, frameworks: Sequence[str]) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": rule.id,
        "shortDescription": {"text": shown(rule.title)},
        "fullDescription": {"text": shown(rule.rationale)},
        "help": {"text": shown(rule.remedy)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"version": rule.version, "process": rule.process, "severity": rule.severity},
    }
    relations = list(_relations(rule, frameworks))
    return {**facts, "relationships": relations} if relations else facts


def _relations(rule: Rule, frameworks: Sequence[str]) -> Iterator[dict[str, object]]:
    for clause in rule.clauses:
        name, _, number = clause.partition(":")
        if name in frameworks:
            component = {"name": name, "guid": _guid(name), "index": frameworks.index(name)}
            yield {"target": {"id": number, "toolComponent": component}, "kinds": ["relevant"]}


def _open(definitions: Definitions, result: JudgedRule, index: Mapping[str, int]) -> dict[str, object]:
    why = f" {reason_text(result.why, 'en')}" if result.why else ""
    text = f"Could not be tested: {population_text(result, 'en')}.{why}"
    return {
        "ruleId": result.id,
        "ruleIndex": index[result.id],
        "kind": "open",
        "level": "none",
        "message": {"text": shown(text)},
        "locations": [_place(definitions.rules[result.id])],
    }


def _failure(
    definitions: Definitions, verdict: Verdict, row: ExportRow | None, index: Mapping[str, int]
) -> dict[str, object]:
    rule = definitions.rules[verdict.rule]
    observed, expected = shown(verdict.observed), shown(verdict.expected)
    text = f"{shown(verdict.record_id)}: {shown(rule.title)}"
    text += f"; found {observed}" if observed else ""
    text += f"; expected {expected}" if expected else ""
    about = f"{verdict.rule}\n{verdict.record_id}"
    facts: dict[str, object] = {
        "ruleId": verdict.rule,
        "ruleIndex": index[verdict.rule],
        "kind": "fail",
        "level": LEVELS[rule.severity],
        "message": {"text": text},
        "locations": [_place(rule, verdict.record_id)],
        "partialFingerprints": {"itsmctl/v1": hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:40]},
    }
    if row:
        facts["properties"] = {"sourceFile": shown(row.file), "sourceRow": row.row}
    if verdict.baseline:
        facts["baselineState"] = "unchanged"
    if not verdict.waiver:
        return facts
    return {**facts, "suppressions": [_suppression(definitions, verdict.waiver)]}


def _suppression(definitions: Definitions, name: str) -> dict[str, object]:
    """A waiver, with where it stands and why it was given."""
    waiver = definitions.waivers.get(name)
    if waiver is None:
        return {"kind": "external", "status": "accepted", "justification": shown(name)}
    told = f"{name}: {waiver.reason} [{waiver.where.file}:{waiver.where.line}]"
    return {"kind": "external", "status": "accepted", "justification": shown(told)}


def _place(rule: Rule, record: str = "") -> dict[str, object]:
    """The line of a rule in the definitions of the pack, and the record that it is about."""
    place: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(rule.where.file, errors="surrogateescape"), "uriBaseId": _BASE},
            "region": {"startLine": rule.where.line or 1},
        }
    }
    return {**place, "logicalLocations": [{"fullyQualifiedName": shown(record), "kind": "record"}]} if record else place


def _guid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://itsmctl.invalid/frameworks/{name}"))
