"""result.json: the audit for machines, format `itsmctl/result/v1`; its schema lies beside this module."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from itsmctl.errors import Problem
from itsmctl.language import Language, iso
from itsmctl.model import SEVERITIES, Outcome, Text
from itsmctl.output import schema_beside
from itsmctl.result import (
    Attainment,
    AuditResult,
    BaselineUse,
    DatasetFacts,
    Redaction,
    RuleResult,
    UsedDefinition,
    Verdict,
    WaiverUse,
)

FORMAT = "itsmctl/result/v1"
OUTCOMES: tuple[Outcome, ...] = ("fail", "not_testable", "no_data", "pass")


def render(result: AuditResult, language: Language = "en", files: Sequence[Path] = ()) -> str:
    """The whole result as JSON, the same bytes in every language; with the digests of the files written beside it."""
    return json.dumps(document(result, files), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def document(result: AuditResult, files: Sequence[Path] = ()) -> dict[str, object]:
    """The result as plain values in the shape of result.schema.json."""
    facts = result.definitions
    return {
        "format": FORMAT,
        "title": str(result.title),
        "titles": titles(result.title),
        "as_of": iso(result.as_of),
        "zone": result.zone,
        "period": {"from": iso(result.period_from), "to": iso(result.period_to)},
        "chosen_by_default": list(result.chosen_by_default),
        "definitions": {
            "commit": facts.commit,
            **({"commit_unknown": facts.commit_unknown} if facts.commit_unknown else {}),
            "digest": facts.digest,
            "dirty": facts.dirty,
            "reference": facts.is_reference,
            "used": [_used(one) for one in result.used],
        },
        "dataset": _dataset(result.dataset),
        "rules": [_rule(entry) for entry in result.rules],
        "enquiries": [_rule(entry) for entry in result.enquiries],
        "waivers": [_waiver(use) for use in result.waivers],
        "baseline": _baseline(result.baseline) if result.baseline else None,
        "attainment": [_attainment(entry) for entry in result.attainment],
        "states": [{"state": state, "records": n} for state, n in result.states],
        "months": [{"month": month, "opened": opened, "resolved": done} for month, opened, done in result.months],
        "summary": _summary(result),
        "people": "pseudonyms" if result.redaction else "names",
        "files": [_file(path) for path in sorted(files)],
    }


def redaction_document(redaction: Redaction) -> dict[str, object]:
    """redaction.json: what the result shows otherwise than the tickets have it, and what it leaves out; no name."""
    return {
        "format": "itsmctl/redaction/v1",
        "people": {
            "shown_as": "pseudonyms",
            "named": len(redaction.names),
            "key": {"id": redaction.key_id, "source": redaction.key_source},
            "in_verdicts": dict(redaction.names_in_verdicts),
            "in_records": dict(redaction.names_in_records),
        },
        "free_text": {"asked_for": redaction.free_text, "left_out": dict(redaction.left_out)},
        "withheld": dict(redaction.withheld),
    }


def _file(path: Path) -> dict[str, object]:
    with path.open("rb") as stream:
        return {"name": path.name, "sha256": hashlib.file_digest(stream, "sha256").hexdigest(), "bytes": stream.tell()}


def result_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of result.json."""
    return schema_beside(__file__, "result")


def _dataset(facts: DatasetFacts) -> dict[str, object]:
    return {
        "digest": facts.digest,
        "records": facts.records,
        "events": facts.events,
        "rejects": facts.rejects,
        "mapping": facts.mapping,
        "tool": facts.tool,
        "zone": facts.zone,
        "opened": {"from": facts.opened_from, "to": facts.opened_to},
        "sources": [
            {
                "name": source.name,
                "sha256": source.sha256,
                "bytes": source.bytes,
                "rows_read": source.rows_read,
                "rows_imported": source.rows_imported,
                "rows_rejected": source.rows_rejected,
            }
            for source in facts.sources
        ],
        "missing_columns": list(facts.missing_columns),
        "history": list(facts.history),
        "warnings": [{"code": code, "message": message} for code, message in facts.warnings],
        "number_gaps": facts.number_gaps,
        "gaps": [vars(gap) for gap in facts.gaps],
        "personal": [vars(one) for one in facts.personal],
    }


def _rule(result: RuleResult) -> dict[str, object]:
    rule = result.rule
    return {
        "id": rule.id,
        "version": rule.version,
        "meaning": rule.meaning,
        "title": str(rule.title),
        "titles": titles(rule.title),
        "severity": rule.severity,
        "clauses": list(rule.clauses),
        "process": rule.process,
        "check": rule.check,
        "outcome": result.outcome,
        "in_scope": result.in_scope,
        "passed": result.passed,
        "failed": result.failed,
        "known": result.known,
        "not_testable": result.not_testable,
        "waived": result.waived,
        "not_applicable": result.not_applicable,
        "too_small": result.too_small,
        "tolerance": {
            "count": rule.tolerance.count,
            "percent": rule.tolerance.percent,
            "failures": result.allowed_failures,
        },
        "untested_because": result.untested_because,
        "reasons": [{"reason": reason, "records": n} for reason, n in result.reasons],
        "breakdown": [
            {
                "column": share.column,
                "value": share.value,
                "in_scope": share.in_scope,
                "failed": share.failed,
                "not_testable": share.not_testable,
            }
            for share in result.breakdown
        ],
        "samples": [verdict_document(verdict) for verdict in result.samples],
    }


def titles(text: Text) -> dict[str, str]:
    """A text in the languages that it has."""
    return {language: words for language, words in (("en", text.en), ("zh", text.zh)) if words}


def verdict_document(verdict: Verdict) -> dict[str, object]:
    """One verdict as plain values, with the names of `verdicts.parquet`."""
    return {
        "rule": verdict.rule,
        "record_id": verdict.record_id,
        "passed": verdict.passed,
        "observed": verdict.observed,
        "expected": verdict.expected,
        "at": iso(verdict.at),
        "reason": verdict.reason,
        "waiver": verdict.waiver,
        "baseline": verdict.baseline,
    }


def _used(one: UsedDefinition) -> dict[str, object]:
    days = one.effective
    return {
        "kind": one.kind,
        "id": one.id,
        "from": days.start.isoformat() if days.start else None,
        "to": days.end.isoformat() if days.end else None,
        "place": one.place,
        "sha256": one.sha256,
        "records": one.records,
    }


def _waiver(use: WaiverUse) -> dict[str, object]:
    waiver = use.waiver
    return {
        "id": waiver.id,
        "title": str(waiver.title),
        "rule": waiver.rule,
        "author": waiver.author,
        "approver": waiver.approver,
        "authority": waiver.authority,
        "approved": waiver.approved.isoformat() if waiver.approved else None,
        "from": iso(use.since),
        "until": iso(use.until),
        "standing": use.standing,
        "excused": use.excused,
        "elsewhere": use.elsewhere,
        "reason": str(waiver.reason),
        "risk": str(waiver.risk),
        "problems": _problems(use.problems),
    }


def _baseline(use: BaselineUse) -> dict[str, object]:
    return {
        "id": use.baseline.id,
        "taken": iso(use.baseline.taken),
        "approver": use.baseline.approver,
        "until": iso(use.baseline.expires),
        "known": use.known,
        "gone": [{"rule": rule, "record_id": record, "observed": observed} for rule, record, observed in use.gone],
        "problems": _problems(use.problems),
    }


def _problems(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"code": p.code, "message": p.message, "place": str(p.where)} for p in problems]


def _attainment(entry: Attainment) -> dict[str, object]:
    return {
        "clock": entry.clock,
        "service": entry.service,
        "month": entry.month,
        "judged": entry.judged,
        "met": entry.met,
        "not_testable": entry.not_testable,
        "percent": round(100 * entry.met / entry.judged, 2) if entry.judged else None,
        "agreed": entry.agreed,
    }


def _summary(result: AuditResult) -> dict[str, object]:
    outcomes = Counter(entry.outcome for entry in result.rules)
    failing = Counter(entry.rule.severity for entry in result.rules if entry.outcome == "fail")
    return {
        "rules": len(result.rules),
        "outcomes": {outcome: outcomes[outcome] for outcome in OUTCOMES},
        "failing": {severity: failing[severity] for severity in SEVERITIES},
        "verdicts": {
            "in_scope": sum(entry.in_scope for entry in result.rules),
            "passed": sum(entry.passed for entry in result.rules),
            "failed": sum(entry.failed for entry in result.rules),
            "not_testable": sum(entry.not_testable for entry in result.rules),
            "waived": sum(entry.waived for entry in result.rules),
        },
        "enquiries": len(result.enquiries),
    }
