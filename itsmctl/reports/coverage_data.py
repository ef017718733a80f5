"""Coverage for machines and for documents: JSON and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from itsmctl.coverage import STRENGTHS, ClauseCoverage, FrameworkCoverage
from itsmctl.coverage.steps import Step
from itsmctl.language import Language, tr
from itsmctl.model import Definition, Definitions, within
from itsmctl.output import schema_beside
from itsmctl.reports.coverage_words import names, outcome_text, step_text, strength_text

FORMAT = "itsmctl/coverage/v1"


def coverage_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the coverage as JSON."""
    return schema_beside(__file__, "coverage")


def as_json(
    found: Sequence[FrameworkCoverage], steps: Mapping[str, Sequence[Step]], definitions: Definitions, only: str = ""
) -> str:
    """The coverage as JSON, the same bytes in every language; `definitions` and `registers` are KIND:ID.

    `only`: nothing but this clause, or what stands below it.
    """
    document = {
        "format": FORMAT,
        "frameworks": [
            {
                "id": entry.framework.id,
                "title": entry.framework.title.en,
                "version": entry.framework.version,
                "attribution": entry.framework.attribution.en or None,
                "clauses": len(entry.clauses),
                "strengths": {strength: entry.count(strength) for strength in STRENGTHS},
            }
            for entry in found
        ],
        "clauses": [
            _clause(clause) for entry in found for clause in entry.clauses if not only or within(clause.reference, only)
        ],
        "steps": [
            {
                "framework": framework,
                "code": step.code,
                "clauses": list(step.clauses),
                "what": list(step.what),
                "text": step_text(step, definitions, "en"),
            }
            for framework, some in steps.items()
            for step in some
            if not only or any(within(clause, only) for clause in step.clauses)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _clause(clause: ClauseCoverage) -> dict[str, object]:
    return {
        "framework": clause.framework,
        "clause": clause.clause.number,
        "title": clause.clause.title.en,
        "titles": {"en": clause.clause.title.in_("en"), "zh": clause.clause.title.in_("zh")},
        "definitions": _ids(clause.standing.definitions),
        "rules": [rule.id for rule in clause.standing.rules],
        "enquiries": [rule.id for rule in clause.standing.enquiries],
        "registers": _ids(clause.standing.registers),
        "strength": clause.strength,
        "outcome": clause.outcome,
        "testable": clause.testable,
        "checked_by": list(dict.fromkeys(way.by for way in clause.ways)),
        "missing": [{"kind": kind, "named": named} for kind, named in clause.gaps],
        "counterparts": list(clause.counterparts),
        "through": list(clause.standing.through),
    }


def _ids(found: Sequence[Definition]) -> list[str]:
    return [f"{definition.kind}:{definition.id}" for definition in found]


def markdown(
    found: Sequence[FrameworkCoverage],
    steps: Mapping[str, Sequence[Step]],
    definitions: Definitions,
    language: Language = "en",
    most: int = 5,
) -> str:
    """The coverage as a document: a table per framework, then the first steps."""
    parts = [f"# {tr('Coverage', language)}\n"]
    for entry in found:
        parts += _framework(entry, language)
        some = steps.get(entry.framework.id, ())[:most]
        if some:
            parts.append(f"### {tr('What to do next, smallest step first', language)}\n")
            parts.append("\n".join(f"{n}. {step_text(s, definitions, language)}" for n, s in enumerate(some, 1)) + "\n")
        if entry.framework.attribution.in_(language):
            parts.append(f"*{entry.framework.attribution.in_(language)}*\n")
    return "\n".join(parts)


def _framework(entry: FrameworkCoverage, language: Language) -> Iterator[str]:
    yield f"## {entry.framework.title.in_(language)} · {entry.framework.version}\n"
    yield " · ".join(f"{strength_text(s, language)} {entry.count(s)}" for s in STRENGTHS) + "\n"
    head = [
        tr("clause", language),
        "",
        tr("strength", language),
        tr("definitions", language),
        tr("rules", language),
        tr("registers", language),
        tr("last result", language),
    ]
    rows = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for clause in entry.clauses:
        cells = [
            clause.clause.number,
            clause.clause.title.in_(language),
            strength_text(clause.strength, language),
            names(clause.standing.definitions) or "–",
            ", ".join(rule.id for rule in clause.standing.rules) or "–",
            names(clause.standing.registers) or "–",
            outcome_text(clause, language),
        ]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    yield "\n".join(rows) + "\n"
