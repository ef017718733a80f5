"""An audit rule: what it demands of which records, why, what is allowed, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable

from itsmctl.examples import Example, examples_of
from itsmctl.language import Language, column_text, severity_text, tr
from itsmctl.model import Definitions, Rule
from itsmctl.reports.asked import ASKED
from itsmctl.reports.demands import limit_text
from itsmctl.views.demand import parameters_text, records_text
from itsmctl.views.page import Facts, Page, Points, Section, Words
from itsmctl.views.wording import called, clauses_text, listed


def page(definitions: Definitions, rule: Rule, language: Language) -> Page:
    """The page of a rule."""
    names = (tr("Passes", language), tr("Fails", language))
    told = tuple(fact for fact in facts(rule, definitions, language) if fact[0] != tr("Why", language))
    return Page(
        title=f"{rule.title.in_(language)} · {rule.id}",
        subtitle=tr("rule", language) + " · " + severity(rule, language),
        blocks=(Words(rule.rationale.in_(language)), Facts(told)),
        sections=tuple(
            Section(name, (Words(example.name), Points(example.lines)))
            for name, example in zip(names, examples(rule, definitions, language), strict=False)
        ),
        source=str(rule.where),
    )


def facts(rule: Rule, definitions: Definitions, language: Language) -> list[tuple[str, str]]:
    """What a rule says, by label; what it leaves open is left out."""
    process = definitions.processes.get(rule.process)
    none = tr("none", language)
    told = [
        (tr("Severity", language), severity(rule, language)),
        (tr("What it asks", language), tr(ASKED[rule.check], language)),
        (tr("Process", language), process.title.in_(language) if process else ""),
        (tr("Records", language), records_text(rule, definitions, language)),
        (tr("Check", language), rule.check),
        (tr("Parameters", language), parameters_text(rule, definitions, language) or none),
        (tr("Tolerance", language), limit_text(rule.tolerance, language)),
        (tr("Data", language), data_text(rule, definitions, language)),
        (tr("Rests on rules", language), ", ".join(rule.rests_on)),
        (tr("Clauses", language), clauses_text(definitions, rule.clauses, language) or "–"),
        (tr("Why", language), rule.rationale.in_(language)),
        (
            tr("Legitimate exceptions", language),
            tr("; ", language).join(text.in_(language) for text in rule.exceptions) or none,
        ),
        (tr("Remedy", language), rule.remedy.in_(language)),
    ]
    return [(label, text) for label, text in told if text]


def data_text(rule: Rule, definitions: Definitions, language: Language) -> str:
    """What the rule cannot be tested without: columns, histories, approvals, links, or a register."""
    from itsmctl.checks import CHECKS

    needs = CHECKS[rule.check].needs(rule)
    columns, history, links = (_named(names, language) for names in (needs.columns, needs.history, needs.links))
    processes = listed(definitions.processes, sorted(needs.processes), language)
    register = called(definitions.registers, str(rule.parameters.get("register", "")), language)
    told = [
        (tr("columns {names}", language, names=columns), needs.columns),
        (tr("history of {names}", language, names=history), needs.history),
        (tr("approvals", language), needs.tables),
        (tr("links {names}", language, names=links), needs.links),
        (tr("records of {names}", language, names=processes), needs.processes),
        (tr("register {name}", language, name=register), rule.check == "register"),
    ]
    return tr("; ", language).join(text for text, is_needed in told if is_needed) or tr("the export itself", language)


def _named(columns: Iterable[str], language: Language) -> str:
    """Columns by name, and by the id that mappings have for them."""
    names = ((column_text(column, language), column) for column in sorted(columns))
    return tr(", ", language).join(text if text == column else f"{text} ({column})" for text, column in names)


def examples(rule: Rule, definitions: Definitions, language: Language = "en") -> tuple[Example, ...]:
    """What passes and what fails; the cases are those of the reference set, and of no other."""
    return (examples_of(rule.id, language) or ()) if definitions.is_reference else ()


def severity(rule: Rule, language: Language) -> str:
    """How grave a failure is, or that it is no verdict at all."""
    return tr("enquiry", language) if rule.enquiry else severity_text(rule.severity, language)
