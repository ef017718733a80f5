"""What the reports of coverage say in words: strengths, outcomes, kinds and steps."""

from __future__ import annotations

from itsmctl.coverage import ClauseCoverage, Strength
from itsmctl.coverage.steps import Step
from itsmctl.language import Language, msg, tr
from itsmctl.model import Definition, Definitions, EvidenceClass
from itsmctl.reports.tally import SYMBOLS

STRENGTH_SYMBOLS: dict[Strength, str] = {"strong": "●", "partial": "◐", "attested": "◌", "none": "○"}
NOT_BY_DATA = "∅"

_STRENGTHS: dict[Strength, str] = {
    "strong": msg("strong"),
    "partial": msg("partial"),
    "attested": msg("attested"),
    "none": msg("none"),
}
_OUTCOMES = {
    "fail": msg("fails"),
    "not_testable": msg("untestable"),
    "no_data": msg("no data"),
    "pass": msg("passes"),
}
CLASSES: dict[EvidenceClass, str] = {
    "definitions": msg("definitions"),
    "history": msg("history"),
    "tickets": msg("tickets"),
    "registers": msg("registers"),
    "attestation": msg("attestation"),
}
KINDS = {
    "assessment": msg("assessment"), "assignment": msg("assignment"), "audit": msg("audit plan"), "baseline": msg("baseline"),
    "calendar": msg("calendar"), "code-list": msg("code list"), "complaint": msg("complaint"), "contract": msg("underpinning contract"),
    "customer": msg("customer"), "kpi": msg("indicator (KPI)"), "mapping": msg("mapping"), "nonconformity": msg("nonconformity"),
    "ola": msg("operational level agreement"), "policy": msg("policy"), "position": msg("position"),
    "priority-matrix": msg("priority matrix"), "procedure": msg("procedure"), "process": msg("process"),
    "programme": msg("audit programme"), "questionnaire": msg("questionnaire"), "raci": msg("RACI matrix"), "register": msg("register"), "review": msg("management review"), "role": msg("role"),
    "rule": msg("rule"), "separation": msg("separation of duties"), "service": msg("service"),
    "sla": msg("service level agreement"), "supplier": msg("supplier"), "survey": msg("survey"), "waiver": msg("waiver"),
}  # fmt: skip
"""Kinds of definitions as people call them."""

_STEPS = {
    "audit": msg(
        "Judge the tickets: `itsmctl audit --tickets EXPORT -o result`, then `itsmctl coverage --result result`"
    ),
    "name": msg("Let the {what} that is meant name {clause} ({title}) under its `clauses`"),
    "export": msg("Export what these rules lacked for {clause} ({title}): {what}"),
    "mend": msg("Mend what fails for {clause} ({title}): {what}"),
    "write": msg("Write a {what} for {clause} ({title}), and name the clause in it"),
    "define": msg("Define the first {what}: {clauses} wants it"),
    "rule": msg("Write a rule for {clause} ({title}): tickets can show it, and nothing looks"),
    "record": msg("Keep a record for {clause} ({title}): {evidence}"),
    "ask": msg("Ask people about {clause} ({title}), and note who said what and when"),
}


def strength_text(strength: Strength, language: Language) -> str:
    """◐ partial"""
    return f"{STRENGTH_SYMBOLS[strength]} {tr(_STRENGTHS[strength], language)}"


def outcome_text(clause: ClauseCoverage, language: Language, *, short: bool = False) -> str:
    """✕ fails; where ticket data can test nothing, that."""
    if clause.outcome:
        return f"{SYMBOLS[clause.outcome]} {tr(_OUTCOMES[clause.outcome], language)}"
    if not clause.testable:
        return f"{NOT_BY_DATA} {tr('not by data' if short else 'not testable by data', language)}"
    return tr("not judged", language) if clause.standing.rules else tr("no rule", language)


def kind_text(kind: str, language: Language) -> str:
    """A kind of definition as people call it."""
    return tr(KINDS[kind], language) if kind in KINDS else kind


def names(found: tuple[Definition, ...]) -> str:
    """process incident · policy change-policy; many of one kind as their number."""
    by_kind: dict[str, list[str]] = {}
    for definition in found:
        by_kind.setdefault(definition.kind, []).append(definition.id)
    return " · ".join(f"{kind} {ids[0]}" if len(ids) == 1 else f"{len(ids)} {kind}" for kind, ids in by_kind.items())


def step_text(step: Step, definitions: Definitions, language: Language) -> str:
    """What to do, in one sentence."""
    framework, _, number = step.clauses[0].partition(":")
    clause = definitions.frameworks[framework].requirements[number]
    kinds = step.code in ("name", "write", "define")
    what = tr(", ", language).join(kind_text(name, language) if kinds else name for name in step.what)
    evidence = (clause.evidence[0] if clause.evidence else clause.title).in_(language)
    numbers = tr(", ", language).join(reference.partition(":")[2] for reference in step.clauses)
    return tr(
        _STEPS[step.code], language,
        what=what, clause=number, title=clause.title.in_(language), clauses=numbers, evidence=evidence,
    )  # fmt: skip
