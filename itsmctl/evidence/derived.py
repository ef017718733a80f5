"""What a pack holds beside the result itself, made from it: tables, working papers, and the formats of other tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from itsmctl.engine.results import failures, write_failures
from itsmctl.engine.session import Session
from itsmctl.evidence import apart, papers
from itsmctl.evidence.exchange import junit, oscal, sarif
from itsmctl.evidence.origins import create_origins
from itsmctl.evidence.reading import COUNTS, Judged, JudgedRule
from itsmctl.evidence.statement import ClauseStatement, FrameworkStatement
from itsmctl.evidence.statement.told import StatementWords
from itsmctl.evidence.statement.words import lacking_text
from itsmctl.evidence.tables import csv_bytes, json_bytes, write_table, write_verdicts
from itsmctl.evidence.write import Content
from itsmctl.language import LANGUAGES, Language
from itsmctl.model import Definitions

MEMORY = "1GiB"
"""What the database may hold while it writes tables; the rest goes to disk."""

RULE_COLUMNS: Mapping[str, type] = {
    "rule": str, "version": int, "title_en": str, "title_zh": str, "process": str, "severity": str, "check": str,
    "clauses": str, "outcome": str, **dict.fromkeys(COUNTS, int), "allowed_failures": int, "untested_because": str,
    "file": str, "line": int,
}  # fmt: skip
CLAUSE_COLUMNS: Mapping[str, type] = {
    "framework": str, "clause": str, "title_en": str, "title_zh": str, "strength": str, "outcome": str,
    "definitions": int, "rules": int, "registers": int, "failing": str, "not_testable": str, "open_nonconformities": str,
    "not_evidenced_en": str, "not_evidenced_zh": str,
}  # fmt: skip


def derived(
    definitions: Definitions,
    judged: Judged,
    found: Sequence[FrameworkStatement],
    words: Sequence[StatementWords],
    verdicts: Path,
    findings: Path,
    scratch: Path,
) -> dict[str, Content]:
    """The files by their names in a pack; those that may be large are written to `scratch`."""
    with Session(memory_limit=MEMORY, spill=scratch) as session:
        create_origins(session, verdicts, findings, (rule.id for rule in judged.rules))
        told = failures(session, verdicts, (rule.id for rule in judged.rules), sarif.share(judged.rules))
        files: dict[str, Content] = {
            "data/exchange/findings.sarif": json_bytes(sarif.document(definitions, judged, told)),
            "data/exchange/oscal-assessment-results.json": json_bytes(oscal.document(definitions, judged, found)),
            "data/exchange/rules.junit.xml": junit.document(definitions, judged),
        }
        rules = [_rule(definitions, rule) for rule in judged.rules]
        clauses = [_clause(clause) for framework in found for clause in framework.clauses]
        for stem, columns, rows in (("rules", RULE_COLUMNS, rules), ("clauses", CLAUSE_COLUMNS, clauses)):
            files[f"data/tables/{stem}.csv"] = csv_bytes(tuple(columns), rows)
            write_table(session, columns, rows, scratch / f"{stem}.parquet")
            files[f"data/tables/{stem}.parquet"] = scratch / f"{stem}.parquet"
        write_failures(session, verdicts, [_about(definitions, rule) for rule in judged.rules], scratch / "findings")
        files["data/tables/findings.parquet"] = scratch / "findings"
        files |= _papers(session, definitions, judged, words, verdicts)
        asked = failures(session, verdicts, (rule.id for rule in judged.enquiries), apart.share(judged.enquiries))
        files |= apart.enquiries(definitions, judged, (verdict for verdict, _ in asked))
        if write_verdicts(session, verdicts, scratch / "verdicts"):
            files["data/tables/verdicts.csv"] = scratch / "verdicts"
    return files | apart.waivers(definitions, judged)


def _papers(
    session: Session, definitions: Definitions, judged: Judged, words: Sequence[StatementWords], verdicts: Path
) -> dict[str, Content]:
    told = failures(session, verdicts, (rule.id for rule in judged.rules), papers.share(judged.rules))
    found = {rule: list(some) for rule, some in groupby(told, lambda one: one[0].rule)}
    files: dict[str, Content] = {}
    for language in words:
        files[in_language(language.language, "data/papers/rules.xlsx")] = papers.rules_book(
            definitions, judged, language, found
        )
        files[in_language(language.language, "data/papers/clauses.xlsx")] = papers.clauses_book(definitions, language)
    return files


def in_language(language: Language, name: str) -> str:
    """The name of a file in a language: English has the plain one."""
    stem, _, ending = name.rpartition(".")
    return name if language == "en" else f"{stem}.{language}.{ending}"


def _about(definitions: Definitions, rule: JudgedRule) -> tuple[str, str, str, str]:
    return rule.id, definitions.rules[rule.id].title.in_("en"), rule.severity, " ".join(rule.clauses)


def _rule(definitions: Definitions, result: JudgedRule) -> tuple[str | int, ...]:
    rule = definitions.rules[result.id]
    return (
        rule.id, rule.version, rule.title.in_("en"), rule.title.in_("zh"), rule.process, result.severity, rule.check,
        " ".join(result.clauses), result.outcome, *(result.counts[name] for name in COUNTS), result.allowed_failures,
        result.untested_because, rule.where.file, rule.where.line or 0,
    )  # fmt: skip


def _clause(found: ClauseStatement) -> tuple[str | int, ...]:
    coverage = found.coverage
    standing, title = coverage.standing, coverage.clause.title
    return (
        coverage.framework, found.number, title.in_("en"), title.in_("zh"), coverage.strength, coverage.outcome or "",
        len(standing.definitions), len(standing.rules), len(standing.registers),
        _with_outcome(found, "fail"), _with_outcome(found, "not_testable"), " ".join(one.id for one in found.open),
        *(" ".join(lacking_text(one, language) for one in found.lacking) for language in LANGUAGES),
    )  # fmt: skip


def _with_outcome(found: ClauseStatement, outcome: str) -> str:
    return " ".join(rule.id for rule in found.rules if rule.outcome == outcome)
