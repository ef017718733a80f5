"""A waiver: which rule need not be kept, by which records, until when, and who took that on."""

from __future__ import annotations

from itsmctl.language import Language, moment_text, tr, zone_of
from itsmctl.model import Definitions, Waiver
from itsmctl.reports.called import conditions_text
from itsmctl.views.page import Facts, Page, Section, Words
from itsmctl.views.wording import called, day_text, sentences


def page(definitions: Definitions, waiver: Waiver, language: Language) -> Page:
    """The page of a waiver."""
    facts = (
        (tr("Rule", language), waiver.rule),
        (tr("Records", language), conditions_text(waiver.scope, language) if waiver.scope else ""),
        (tr("These only", language), tr(", ", language).join(waiver.records)),
        (tr("Author", language), waiver.author),
        (tr("Approved by", language), waiver.approver),
        (tr("As", language), called(definitions.roles, waiver.authority, language)),
        (tr("Approved", language), day_text(waiver.approved)),
        (tr("Ends", language), moment_text(waiver.expires, zone_of(waiver.zone)) + f" {waiver.zone or 'UTC'}"),
    )
    return Page(
        title=f"{waiver.title.in_(language)} · {waiver.id}",
        subtitle=tr("waiver", language),
        blocks=(Words(waiver.reason.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Risk", language), (Words(waiver.risk.in_(language)),)),
            Section(tr("Measures", language), (sentences(waiver.measures, language),)),
        ),
        source=str(waiver.where),
    )
