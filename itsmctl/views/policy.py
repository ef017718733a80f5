"""A documented statement of the management system: what it says, who approved it, who was told."""

from __future__ import annotations

from itsmctl.language import Language, msg, tr
from itsmctl.model import Definitions, Policy
from itsmctl.views.page import Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, clauses_text, day_text, listed, period_text, review_text

TYPES = {
    "policy": msg("policy"),
    "scope": msg("scope of the system"),
    "plan": msg("plan"),
    "assessment": msg("assessment"),
    "criteria": msg("criteria"),
}


def page(definitions: Definitions, policy: Policy, language: Language) -> Page:
    """The page of a policy."""
    facts = (
        (tr("Version", language), policy.version),
        (tr("Approved", language), day_text(policy.approved)),
        (tr("Approved by", language), called(definitions.roles, policy.approver, language)),
        (tr("Owner", language), called(definitions.roles, policy.owner, language)),
        (tr("In force", language), period_text(policy.effective, language)),
        (tr("Review", language), review_text(policy, language)),
        (tr("Scope", language), policy.scope.in_(language)),
        (tr("Kept", language), policy.retention.in_(language)),
        (tr("Clauses", language), clauses_text(definitions, policy.clauses, language)),
    )
    return Page(
        title=f"{policy.title.in_(language)} · {policy.id}",
        subtitle=tr("{type}, version {version}", language, type=tr(TYPES[policy.type], language), version=policy.version),
        blocks=(Words(policy.purpose.in_(language)), Facts(facts)),
        sections=(
            Section(tr("What it says", language), (_statements(definitions, policy, language),)),
            Section(tr("Who was told", language), (_communicated(policy, language),)),
        ),
        source=str(policy.where),
    )  # fmt: skip


def _statements(definitions: Definitions, policy: Policy, language: Language) -> Grid:
    rows = tuple(
        (
            str(number),
            statement.text.in_(language),
            listed(definitions.processes, statement.processes, language),
            tr(", ", language).join(statement.rules),
        )
        for number, statement in enumerate(policy.statements, 1)
    )
    heads = ("", tr("statement", language), tr("carried out by", language), tr("tested by", language))
    return Grid(heads, rows)


def _communicated(policy: Policy, language: Language) -> Grid:
    heads = (tr("who", language), tr("how", language), tr("when", language), tr("confirmed by", language))
    rows = tuple(
        (
            told.to.in_(language),
            told.by.in_(language),
            day_text(told.on),
            "" if told.acknowledged is None else f"{told.acknowledged:g}%",
        )
        for told in policy.communicated
    )
    return Grid(heads, rows)
