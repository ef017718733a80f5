"""The statement put into words of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.coverage import STRENGTHS, FrameworkCoverage
from itsmctl.coverage.processes import process_of
from itsmctl.evidence.reading import Judged, JudgedRule
from itsmctl.evidence.statement import ClauseStatement, FrameworkStatement, ProcessStatement
from itsmctl.evidence.statement.lacking import SENTENCES, Lacking
from itsmctl.evidence.statement.told import (
    ClauseWords,
    DefinitionWords,
    FrameworkWords,
    ProcessWords,
    RuleWords,
    StatementWords,
)
from itsmctl.evidence.statement.versions import Versions
from itsmctl.language import Language, msg, number_text, outcome_text, reason_text, severity_text, tr, trn
from itsmctl.model import Clause, Definition, Definitions, Nonconformity
from itsmctl.reports import coverage_words
from itsmctl.reports.tally import SYMBOLS, told_outcome

PRINCIPLES = (
    msg(
        "For each clause: what is defined and where, what was tested on which records and with what outcome, which register stands for it, and plainly what is not evidenced."
    ),
    msg(
        "Records can show operation; they cannot show conformity by themselves. A rule that fails is a candidate nonconformity: the auditor decides."
    ),
    msg(
        "Strong: definitions under version control and records agree. Partial: one of the two. Attested: people say so. None: nothing here evidences the clause. Only “pass” is clean; “not testable” and “no data” are not."
    ),
)
"""What a reader must know before the first clause."""


def in_words(
    definitions: Definitions,
    judged: Judged,
    found: Sequence[FrameworkStatement],
    versions: Versions,
    language: Language,
) -> StatementWords:
    """The statement in a language."""
    teller = _Teller(definitions, versions, language)
    return StatementWords(
        language,
        judged.title.in_(language) or tr("Service management audit", language),
        _facts(judged, language),
        tuple(tr(principle, language) for principle in PRINCIPLES),
        tuple(teller.framework(framework) for framework in found),
    )


def lacking_text(one: Lacking, language: Language) -> str:
    """What is not evidenced, as a sentence."""
    names = one.what
    if one.code in ("no-definition", "not-named"):
        names = tuple(coverage_words.kind_text(kind, language) for kind in names)
    return tr(SENTENCES[one.code], language, what=tr(", ", language).join(names), text=one.text.in_(language))


def _facts(judged: Judged, language: Language) -> tuple[tuple[str, str], ...]:
    period = f"{judged.period_from or '…'} – {judged.period_to or '…'}"
    if not judged.period_from and not judged.period_to:
        period = tr("all that the export holds", language)
    commit = judged.commit or tr("not kept in git", language)
    if judged.commit_unknown:
        commit = tr("commit unknown: {why}", language, why=tr(judged.commit_unknown, language))
    if judged.dirty:
        commit = tr("commit {commit}, with changes that are not committed", language, commit=judged.commit)
    return (
        (tr("Judged as of", language), f"{judged.as_of:%Y-%m-%d %H:%M:%S} UTC"),
        (tr("Period", language), period),
        (tr("Records judged", language), number_text(judged.records)),
        (tr("Definitions", language), commit),
        (tr("Dataset digest", language), judged.dataset_digest),
        (tr("Definitions digest", language), judged.definitions_digest),
    )


@dataclass(frozen=True)
class _Teller:
    """Tells what was found in one language."""

    definitions: Definitions
    versions: Versions
    language: Language

    def framework(self, found: FrameworkStatement) -> FrameworkWords:
        framework = found.framework
        return FrameworkWords(
            framework.id,
            framework.title.in_(self.language),
            framework.version,
            framework.attribution.in_(self.language),
            tuple((s, coverage_words.strength_text(s, self.language), found.coverage.count(s)) for s in STRENGTHS),
            tuple(map(self._clause, found.clauses, self._headings(found.coverage))),
            tuple(self._process(process) for process in found.processes),
        )

    def _headings(self, found: FrameworkCoverage) -> list[tuple[tuple[str, str], ...]]:
        """For each clause the headings above it that no clause before stood under."""
        known: set[str] = set()
        rows = []
        for clause in found.clauses:
            new = [heading for heading in _above(clause.clause, found) if heading.number not in known]
            known.update(heading.number for heading in new)
            rows.append(tuple((heading.number, heading.title.in_(self.language)) for heading in new))
        return rows

    def _process(self, found: ProcessStatement) -> ProcessWords:
        process = found.process
        tally = [(code, sum(rule.outcome == code for rule in found.rules)) for code in SYMBOLS]
        told = [f"{SYMBOLS[code]} {outcome_text(code, self.language)} {n}" for code, n in tally if n]
        return ProcessWords(
            process.id,
            process.title.in_(self.language),
            process.version,
            _place(process),
            tr(", ", self.language).join(told) or tr("No rule of it was run.", self.language),
            tuple(map(self._nonconformity, found.open)),
            tuple(self._clause(clause) for clause in found.clauses),
        )

    def _clause(self, found: ClauseStatement, above: tuple[tuple[str, str], ...] = ()) -> ClauseWords:
        coverage = found.coverage
        return ClauseWords(
            above,
            found.number,
            coverage.clause.title.in_(self.language),
            coverage.strength,
            coverage_words.strength_text(coverage.strength, self.language),
            coverage.outcome or "",
            coverage_words.outcome_text(coverage, self.language),
            tuple(map(self._definition, coverage.standing.definitions)),
            tuple(map(self._rule, found.rules)),
            tuple(map(self._rule, found.enquiries)),
            tuple(map(self._definition, coverage.standing.registers)),
            tuple(map(self._nonconformity, found.open)),
            tuple(lacking_text(one, self.language) for one in found.lacking),
        )

    def _definition(self, definition: Definition) -> DefinitionWords:
        version = self.versions.of(definition)
        parts = [version.stated, f"{version.commit[:10]} {version.committed_at[:10]}".strip()]
        return DefinitionWords(
            coverage_words.kind_text(definition.kind, self.language),
            definition.id,
            definition.title.in_(self.language),
            _place(definition),
            ", ".join(part for part in parts if part),
            process_of(definition),
        )

    def _rule(self, result: JudgedRule) -> RuleWords:
        rule = self.definitions.rules[result.id]
        told = told_outcome(rule, result.outcome)
        return RuleWords(
            result.id,
            rule.title.in_(self.language),
            result.version,
            severity_text(result.severity, self.language),
            told,
            f"{SYMBOLS[told]} {outcome_text(told, self.language)}",
            population_text(result, self.language),
            reason_text(result.why, self.language) if result.why else "",
        )

    def _nonconformity(self, one: Nonconformity) -> str:
        done = sum(action.done is not None for action in one.actions)
        facts = [one.id, one.title.in_(self.language), severity_text(one.severity, self.language)]
        if one.found:
            facts.append(tr("found {day}", self.language, day=one.found.isoformat()))
        facts.append(tr("{done} of {n} actions done", self.language, done=done, n=len(one.actions)))
        return f"{' · '.join(facts)} [{_place(one)}]"


def population_text(result: JudgedRule, language: Language) -> str:
    """On which records a rule ran and what became of them: 3 of 400 failed, 2 not testable, 17 not in scope."""
    counts = result.counts
    failed, in_scope = number_text(counts["failed"]), number_text(counts["in_scope"])
    parts = [tr("{failed} of {n} failed", language, failed=failed, n=in_scope)]
    if counts["failed"] and result.allowed_failures:
        parts.append(tr("{n} tolerated", language, n=number_text(result.allowed_failures)))
    for name, text in (
        ("not_testable", msg("{n} not testable")),
        ("waived", msg("{n} waived")),
        ("not_applicable", msg("{n} not in scope")),
    ):
        if counts[name]:
            parts.append(tr(text, language, n=number_text(counts[name])))
    if result.too_small:
        parts.append(trn("{n} group too small to judge", "{n} groups too small to judge", result.too_small, language))
    return tr(", ", language).join(parts)


def _above(clause: Clause, found: FrameworkCoverage) -> list[Clause]:
    parts = clause.number.split(".")
    numbers = [".".join(parts[:depth]) for depth in range(1, len(parts))]
    return [found.framework.requirements[number] for number in numbers if number in found.framework.requirements]


def _place(definition: Definition) -> str:
    return f"{definition.where.file}:{definition.where.line}"
