"""An audit rule: what it demands of which records, why, what is allowed, and how to put it right."""

from __future__ import annotations

from itsmctl.engine.context import Needs
from itsmctl.examples import Example, examples_of
from itsmctl.language import Language, severity_text, tr
from itsmctl.model import Definitions, Rule
from itsmctl.reports.asked import ASKED
from itsmctl.reports.demands import limit_text, parameters_text, scope_text
from itsmctl.views.page import Facts, Page, Points, Section, Words
from itsmctl.views.wording import clauses_text


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
            for name, example in zip(names, examples(rule, definitions), strict=False)
        ),
        source=str(rule.where),
    )


def facts(rule: Rule, definitions: Definitions, language: Language) -> list[tuple[str, str]]:
    """What a rule says, by label; what it leaves open is left out."""
    from itsmctl.checks import CHECKS

    process = definitions.processes.get(rule.process)
    none = tr("none", language)
    told = [
        (tr("Severity", language), severity(rule, language)),
        (tr("What it asks", language), tr(ASKED[rule.check], language)),
        (tr("Process", language), process.title.in_(language) if process else ""),
        (tr("Records", language), scope_text(rule)),
        (tr("Check", language), rule.check),
        (tr("Parameters", language), parameters_text(rule) or none),
        (tr("Tolerance", language), limit_text(rule.tolerance, language)),
        (tr("Data", language), data_text(rule, CHECKS[rule.check].needs(rule), language)),
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


def data_text(rule: Rule, needs: Needs, language: Language) -> str:
    """What the rule cannot be tested without: columns, histories, approvals, links, or a register."""
    told = [
        (tr("columns {names}", language, names=", ".join(sorted(needs.columns))), needs.columns),
        (tr("history of {names}", language, names=", ".join(sorted(needs.history))), needs.history),
        (tr("approvals", language), needs.tables),
        (tr("links {names}", language, names=", ".join(sorted(needs.links))), needs.links),
        (tr("records of {names}", language, names=", ".join(sorted(needs.processes))), needs.processes),
        (tr("register {name}", language, name=rule.parameters.get("register", "")), rule.check == "register"),
    ]
    return tr("; ", language).join(text for text, is_needed in told if is_needed) or tr("the export itself", language)


def examples(rule: Rule, definitions: Definitions) -> tuple[Example, ...]:
    """What passes and what fails; the cases are those of the reference set, and of no other."""
    return (examples_of(rule.id) or ()) if definitions.is_reference else ()


def severity(rule: Rule, language: Language) -> str:
    """How grave a failure is, or that it is no verdict at all."""
    return tr("enquiry", language) if rule.enquiry else severity_text(rule.severity, language)
