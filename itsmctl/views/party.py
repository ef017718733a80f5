"""Those outside whom services are for, and those who help to provide them: customers and suppliers."""

from __future__ import annotations

from itsmctl.language import Language, msg, number_text, tr
from itsmctl.model import Customer, Definitions, Supplier
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.service import CRITICALITY
from itsmctl.views.wording import called, day_text, period_text, review_text, sentences

CUSTOMERS = {"internal": msg("internal customer"), "external": msg("external customer")}
STATUSES = {
    "candidate": msg("candidate"),
    "approved": msg("approved"),
    "watched": msg("watched"),
    "ended": msg("ended"),
}


def customer_page(definitions: Definitions, customer: Customer, language: Language) -> Page:
    """The page of a customer."""
    services = (s for s in definitions.services.values() if customer.id in s.customers)
    agreements = (a for a in definitions.agreements.values() if customer.id in a.customers)
    facts = (
        (
            tr("Part of", language),
            called(definitions.customers, customer.part_of, language) if customer.part_of else "",
        ),
        (tr("Region", language), customer.region),
        (tr("Time zone", language), customer.zone),
        (tr("Users", language), number_text(customer.users) if customer.users else ""),
        (tr("Contact", language), customer.contact.in_(language)),
        (tr("Relationship manager", language), called(definitions.roles, customer.relationship_manager, language)),
        (tr("Escalation", language), customer.escalation.in_(language)),
        (tr("Also called", language), tr(", ", language).join(customer.also_called)),
    )
    return Page(
        title=f"{customer.title.in_(language)} · {customer.id}",
        subtitle=tr(CUSTOMERS[customer.type], language),
        blocks=(Words(customer.description.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Services", language), (Points(tuple(called(definitions.services, s.id, language) for s in services)),)),
            Section(tr("Agreements", language), (Points(tuple(called(definitions.agreements, a.id, language) for a in agreements)),)),
            Section(tr("How we talk", language), (sentences(customer.channels, language),)),
        ),
        source=str(customer.where),
    )  # fmt: skip


def supplier_page(definitions: Definitions, supplier: Supplier, language: Language) -> Page:
    """The page of a supplier."""
    contracts = (c for c in definitions.contracts.values() if c.supplier == supplier.id)
    facts = (
        (tr("Standing", language), tr(STATUSES[supplier.status], language)),
        (tr("Criticality", language), tr(CRITICALITY[supplier.criticality], language)),
        (tr("Manager", language), called(definitions.roles, supplier.manager, language)),
        (tr("Contact", language), supplier.contact.in_(language)),
        (tr("Hours", language), called(definitions.calendars, supplier.hours, language)),
        (tr("Groups", language), tr(", ", language).join(supplier.groups)),
        (tr("In force", language), period_text(supplier.effective, language)),
        (tr("Review", language), review_text(supplier, language)),
    )
    others = Points(tuple(called(definitions.suppliers, one, language) for one in supplier.subcontractors))
    return Page(
        title=f"{supplier.title.in_(language)} · {supplier.id}",
        subtitle=tr("supplier", language),
        blocks=(Words(supplier.description.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Contracts", language), (Points(tuple(called(definitions.contracts, c.id, language) for c in contracts)),)),
            Section(tr("Last assessment", language), _assessment(supplier, language)),
            Section(tr("Certificates", language), (_certificates(supplier, language),)),
            Section(tr("Subcontractors", language), (others,)),
            Section(tr("Risks", language), (sentences(supplier.risks, language),)),
        ),
        source=str(supplier.where),
    )  # fmt: skip


def _assessment(supplier: Supplier, language: Language) -> tuple[Facts, Grid, Words]:
    found = supplier.assessment
    if found is None:
        return Facts(()), Grid((), ()), Words("")
    facts = (
        (tr("On", language), day_text(found.on)),
        (tr("Grade", language), found.grade),
        (tr("Score", language), f"{found.score:.2f} / 5"),
    )
    heads = (tr("criterion", language), tr("weight", language), tr("score", language))
    rows = tuple((c.title.in_(language) or c.id, f"{c.weight:g}%", f"{c.score:g}") for c in found.criteria)
    return Facts(facts), Grid(heads, rows), Words(found.conclusion.in_(language))


def _certificates(supplier: Supplier, language: Language) -> Grid:
    heads = (tr("standard", language), tr("scope", language), tr("valid until", language))
    rows = tuple((c.standard, c.scope.in_(language), day_text(c.valid_until)) for c in supplier.certifications)
    return Grid(heads, rows)
