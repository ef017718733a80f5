"""The statement for machines: definitions and rules once, clauses and processes that refer to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from itsmctl.coverage import STRENGTHS
from itsmctl.coverage.processes import process_of
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement import ClauseStatement, FrameworkStatement, ProcessStatement
from itsmctl.evidence.statement.lacking import Lacking
from itsmctl.evidence.statement.versions import Versions
from itsmctl.evidence.statement.words import lacking_text
from itsmctl.language import LANGUAGES
from itsmctl.model import Definition, Definitions, Nonconformity, Text
from itsmctl.output import schema_beside

FORMAT = "itsmctl/statement/v1"


def statement_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the statement."""
    return schema_beside(__file__, "statement")


def document(
    definitions: Definitions, judged: Judged, found: Sequence[FrameworkStatement], versions: Versions
) -> dict[str, object]:
    """The whole statement as plain values; a definition is KIND:ID."""
    shown = {_name(d): d for framework in found for clause in framework.clauses for d in _definitions(clause)}
    return {
        "format": FORMAT,
        "as_of": f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "period": {"from": judged.period_from or None, "to": judged.period_to or None},
        "commit": judged.commit,
        "digest": judged.definitions_digest,
        "dirty": judged.dirty,
        "dataset": {"digest": judged.dataset_digest, "records": judged.records},
        "definitions": [_definition(shown[name], versions) for name in sorted(shown)],
        "rules": [_rule(definitions, rule) for rule in judged.rules],
        "enquiries": [_rule(definitions, rule) for rule in judged.enquiries],
        "nonconformities": _open(found),
        "frameworks": [_framework(framework, definitions) for framework in found],
    }


def _framework(found: FrameworkStatement, definitions: Definitions) -> dict[str, object]:
    return {
        "id": found.framework.id,
        "title": both(found.framework.title),
        "version": found.framework.version,
        "attribution": both(found.framework.attribution),
        "strengths": {strength: found.coverage.count(strength) for strength in STRENGTHS},
        "clauses": [{**_clause(clause), "title": both(clause.coverage.clause.title)} for clause in found.clauses],
        "processes": [_process(process) for process in found.processes],
    }


def _clause(clause: ClauseStatement) -> dict[str, object]:
    coverage = clause.coverage
    return {
        "clause": clause.number,
        "strength": coverage.strength,
        "outcome": coverage.outcome,
        "outcomes": _tally(rule.outcome for rule in clause.rules),
        "checked_by": list(dict.fromkeys(way.by for way in coverage.ways)),
        "definitions": [_name(d) for d in coverage.standing.definitions],
        "registers": [_name(d) for d in coverage.standing.registers],
        "rules": [rule.id for rule in clause.rules],
        "enquiries": [rule.id for rule in clause.enquiries],
        "nonconformities": [one.id for one in clause.open],
        "not_evidenced": [_lacking(one) for one in clause.lacking],
    }


def _process(found: ProcessStatement) -> dict[str, object]:
    return {
        "process": found.process.id,
        "title": both(found.process.title),
        "version": found.process.version,
        "outcomes": _tally(rule.outcome for rule in found.rules),
        "rules": [rule.id for rule in found.rules],
        "enquiries": [rule.id for rule in found.enquiries],
        "nonconformities": [one.id for one in found.open],
        "clauses": [_clause(clause) for clause in found.clauses],
    }


def _lacking(one: Lacking) -> dict[str, object]:
    texts = {language: lacking_text(one, language) for language in LANGUAGES}
    return {"code": one.code, "what": list(one.what), "text": texts}


def _definition(definition: Definition, versions: Versions) -> dict[str, object]:
    version = versions.of(definition)
    return {
        "kind": definition.kind,
        "id": definition.id,
        "title": both(definition.title),
        "process": process_of(definition) or None,
        "file": definition.where.file,
        "line": definition.where.line,
        "version": version.stated or None,
        "commit": version.commit or None,
        "committed_at": version.committed_at or None,
    }


def _rule(definitions: Definitions, result: JudgedRule) -> dict[str, object]:
    rule = definitions.rules[result.id]
    return {
        "id": result.id,
        "version": result.version,
        "title": both(rule.title),
        "process": rule.process,
        "severity": result.severity,
        "check": rule.check,
        "clauses": list(rule.clauses),
        "file": rule.where.file,
        "line": rule.where.line,
        "outcome": result.outcome,
        **result.counts,
        "allowed_failures": result.allowed_failures,
        "reasons": [{"reason": reason, "records": records} for reason, records in result.reasons],
        "untested_because": result.untested_because or None,
    }


def _open(found: Sequence[FrameworkStatement]) -> list[dict[str, object]]:
    every = {one.id: one for framework in found for clause in framework.clauses for one in clause.open}
    every |= {one.id: one for framework in found for process in framework.processes for one in process.open}
    return [_nonconformity(every[id_]) for id_ in sorted(every)]


def _nonconformity(one: Nonconformity) -> dict[str, object]:
    return {
        "id": one.id,
        "title": both(one.title),
        "severity": one.severity,
        "found": one.found.isoformat() if one.found else None,
        "process": one.process or None,
        "clauses": list(one.clauses),
        "rules": list(one.rules),
        "actions": len(one.actions),
        "actions_done": sum(action.done is not None for action in one.actions),
        "file": one.where.file,
        "line": one.where.line,
    }


def _definitions(clause: ClauseStatement) -> Sequence[Definition]:
    return (*clause.coverage.standing.definitions, *clause.coverage.standing.registers)


def _name(definition: Definition) -> str:
    return f"{definition.kind}:{definition.id}"


def both(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {language: text.in_(language) for language in LANGUAGES}


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
