"""What supports a promise: the agreement with a team of our own (OLA), and the contract with a supplier."""

from __future__ import annotations

from itsmctl.language import Language, clock_text, tr
from itsmctl.model import Contract, Definitions, OperationalAgreement, Renewal
from itsmctl.reports.called import conditions_text
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import (
    called,
    day_text,
    listed,
    percent_of,
    period_text,
    review_text,
    sentences,
    target_text,
    workload_text,
)


def ola_page(definitions: Definitions, ola: OperationalAgreement, language: Language) -> Page:
    """The page of an operational level agreement."""
    facts = (
        (tr("Provider", language), called(definitions.roles, ola.provider, language)),
        (tr("Groups", language), tr(", ", language).join(ola.groups)),
        *_terms(definitions, ola, language),
    )
    return Page(
        title=f"{ola.title.in_(language)} · {ola.id}",
        subtitle=tr("operational level agreement", language) + " · " + period_text(ola.effective, language),
        blocks=(Words(ola.terms.scope.in_(language)), Facts(facts)),
        sections=(
            *_promises(definitions, ola, language),
            Section(tr("Commitments", language), (sentences(ola.commitments, language),)),
            Section(tr("Interfaces", language), (sentences(ola.terms.interfaces, language),)),
            Section(tr("Exceptions", language), (sentences(ola.exceptions, language),)),
        ),
        source=str(ola.where),
    )


def contract_page(definitions: Definitions, contract: Contract, language: Language) -> Page:
    """The page of an underpinning contract."""
    facts = (
        (tr("Supplier", language), called(definitions.suppliers, contract.supplier, language)),
        (tr("Number", language), contract.number),
        (tr("Manager", language), called(definitions.roles, contract.manager, language)),
        *_terms(definitions, contract, language),
        (tr("Renewal", language), _renewal(contract.renewal, language)),
    )
    subcontractors = Points(tuple(called(definitions.suppliers, one, language) for one in contract.subcontractors))
    return Page(
        title=f"{contract.title.in_(language)} · {contract.id}",
        subtitle=tr("underpinning contract", language) + " · " + period_text(contract.effective, language),
        blocks=(Words(contract.terms.scope.in_(language)), Facts(facts)),
        sections=(
            *_promises(definitions, contract, language),
            Section(tr("What we do", language), (sentences(contract.ours, language),)),
            Section(tr("What the supplier does", language), (sentences(contract.theirs, language),)),
            Section(tr("Interfaces", language), (sentences(contract.terms.interfaces, language),)),
            Section(tr("Subcontractors", language), (subcontractors,)),
            Section(tr("Terms", language), (Facts(_clauses(contract, language)),)),
        ),
        source=str(contract.where),
    )


def _terms(
    definitions: Definitions, one: OperationalAgreement | Contract, language: Language
) -> tuple[tuple[str, str], ...]:
    terms = one.terms
    return (
        (tr("Services", language), listed(definitions.services, terms.services, language)),
        (tr("Supports", language), listed(definitions.agreements, terms.supports, language)),
        (tr("Hours", language), called(definitions.calendars, terms.calendar, language)),
        (tr("Availability agreed", language), percent_of(terms.availability)),
        (tr("Workload limit", language), workload_text(terms.workload_limit, language)),
        (tr("Review", language), review_text(one, language)),
    )  # fmt: skip


def _promises(
    definitions: Definitions, one: OperationalAgreement | Contract, language: Language
) -> tuple[Section, ...]:
    heads = (tr("applies to", language), tr("within", language))
    found = []
    for leg in one.terms.clocks.values():
        facts = (
            (
                tr("Part of", language),
                tr("step {n} of {clock}", language, n=leg.step, clock=clock_text(leg.inside, language)),
            ),
            (tr("Attainment agreed", language), percent_of(one.terms.attainment.get(leg.name))),
        )
        rows = tuple((conditions_text(t.conditions, language), target_text(t, language)) for t in leg.targets)
        found.append(Section(leg.title.in_(language), (Facts(facts), Grid(heads, rows))))
    return tuple(found)


def _clauses(contract: Contract, language: Language) -> tuple[tuple[str, str], ...]:
    return (
        (tr("Reporting", language), contract.reporting.in_(language)),
        (tr("Remedies", language), contract.remedies.in_(language)),
        (tr("Disputes", language), contract.disputes.in_(language)),
        (tr("At its end", language), contract.exit.in_(language)),
    )


def _renewal(renewal: Renewal | None, language: Language) -> str:
    if renewal is None:
        return ""
    parts = [
        tr("decided by {day}", language, day=day_text(renewal.decide_by)) if renewal.decide_by else "",
        tr("goes on by itself", language) if renewal.automatic else tr("ends unless renewed", language),
        renewal.notice.in_(language),
    ]
    return tr("; ", language).join(part for part in parts if part)
