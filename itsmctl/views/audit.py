"""Audits: the programme, and one audit with its scope, its auditors, and what came of it."""

from __future__ import annotations

from itsmctl.language import Language, msg, severity_text, tr
from itsmctl.model import AuditPlan, Definitions, Programme
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called, day_text, listed, period_text, sentences

TYPES = {
    "tickets": msg("audit of tickets"),
    "internal": msg("internal audit"),
    "external": msg("external audit"),
}


def programme_page(definitions: Definitions, programme: Programme, language: Language) -> Page:
    """The page of an audit programme, with its audits."""
    audits = [plan for plan in definitions.plans.values() if plan.programme == programme.id]
    heads = (tr("audit", language), tr("planned", language), tr("held", language), tr("reported", language))
    rows = tuple(
        (called(definitions.plans, plan.id, language), period_text(plan.planned, language), day_text(plan.held), day_text(plan.reported))
        for plan in sorted(audits, key=lambda plan: (str(plan.planned.start or ""), plan.id))
    )  # fmt: skip
    facts = (
        (tr("Cycle", language), period_text(programme.cycle, language)),
        (tr("Frameworks", language), listed(definitions.frameworks, programme.frameworks, language)),
        (tr("Responsible", language), called(definitions.roles, programme.responsible, language)),
        (tr("Approved by", language), called(definitions.roles, programme.approver, language)),
        (tr("Independence", language), programme.independence.in_(language)),
        (tr("Reporting", language), programme.reporting.in_(language)),
    )
    return Page(
        title=f"{programme.title.in_(language)} · {programme.id}",
        subtitle=tr("audit programme", language),
        blocks=(Words(programme.method.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Audits", language), (Grid(heads, rows),)),
            Section(tr("Priorities", language), (sentences(programme.priorities, language),)),
        ),
        source=str(programme.where),
    )


def plan_page(definitions: Definitions, plan: AuditPlan, language: Language) -> Page:
    """The page of an audit."""
    facts = (
        (tr("Programme", language), called(definitions.programmes, plan.programme, language) if plan.programme else ""),
        (
            tr("Planned", language),
            period_text(plan.planned, language) if plan.planned.start or plan.planned.end else "",
        ),
        (tr("Held", language), day_text(plan.held)),
        (tr("Reported", language), day_text(plan.reported)),
        (tr("Period", language), " – ".join(day_text(day) for day in (plan.period_start, plan.period_end) if day)),
        (tr("Auditors", language), tr(", ", language).join((*plan.auditors, *plan.guest_auditors))),
        (tr("Processes", language), listed(definitions.processes, plan.processes, language)),
        (tr("Frameworks", language), listed(definitions.frameworks, plan.frameworks, language)),
        (tr("Rules", language), tr(", ", language).join(plan.rules)),
    )
    return Page(
        title=f"{plan.title.in_(language)} · {plan.id}",
        subtitle=tr(TYPES[plan.type], language),
        blocks=(Words(plan.scope.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Areas", language), (Points(tuple(_area(definitions, area, language) for area in plan.areas)),)),
            Section(tr("Conclusion", language), (Words(plan.conclusion.in_(language)),)),
            Section(tr("Nonconformities", language), (_findings(definitions, plan, language),)),
            Section(tr("Sampling", language), (_sampling(plan, language),)),
        ),
        source=str(plan.where),
    )


def _area(definitions: Definitions, area: str, language: Language) -> str:
    """An area is a role whose work is looked at, or a process."""
    return called(definitions.roles if area in definitions.roles else definitions.processes, area, language)


def _findings(definitions: Definitions, plan: AuditPlan, language: Language) -> Grid:
    found = [definitions.nonconformities[id_] for id_ in plan.findings if id_ in definitions.nonconformities]
    heads = (tr("nonconformity", language), tr("severity", language), tr("closed", language))
    rows = tuple(
        (called(definitions.nonconformities, one.id, language), severity_text(one.severity, language), day_text(one.closed))
        for one in found
    )  # fmt: skip
    return Grid(heads, rows)


def _sampling(plan: AuditPlan, language: Language) -> Facts:
    sampling = plan.sampling
    if sampling is None:
        return Facts(())
    return Facts(
        (
            (tr("Objective", language), sampling.objective.in_(language)),
            (tr("Method", language), sampling.method),
            (tr("Confidence (per cent)", language), f"{sampling.confidence:g}"),
            (tr("Tolerable rate (per cent)", language), f"{sampling.tolerable:g}"),
            (tr("Deviations allowed", language), str(sampling.allowed)),
            (tr("Origin of the seed", language), sampling.seed_origin.in_(language)),
        )
    )
