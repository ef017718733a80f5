"""What was found and decided: a nonconformity up to the check that it stays away, and a management review."""

from __future__ import annotations

from collections.abc import Iterable

from itsmctl.language import Language, msg, severity_text, tr
from itsmctl.model import Definitions, Evidence, ManagementReview, Nonconformity
from itsmctl.reports.coverage_words import kind_text
from itsmctl.views.page import Block, Facts, Grid, Page, Section, Words
from itsmctl.views.wording import called, clauses_text, day_text, period_text

TRENDS = {"better": msg("better"), "worse": msg("worse"), "same": msg("unchanged"), "new": msg("new")}
INPUTS = {
    "earlier-actions": msg("Earlier decisions"),
    "context": msg("Context"),
    "nonconformities": msg("Nonconformities"),
    "measurements": msg("Measurements"),
    "audits": msg("Audits"),
    "objectives": msg("Objectives"),
    "service-performance": msg("Performance of services"),
    "suppliers": msg("Suppliers"),
    "feedback": msg("Feedback of customers"),
    "policies": msg("Policies"),
    "resources": msg("Resources"),
    "risks": msg("Risks"),
    "changes": msg("Changes ahead"),
    "improvements": msg("Opportunities to improve"),
}
RESULTS = {"effective": msg("effective"), "not-effective": msg("not effective")}


def nonconformity_page(definitions: Definitions, one: Nonconformity, language: Language) -> Page:
    """The page of a nonconformity."""
    facts = (
        (tr("Found", language), day_text(one.found)),
        (tr("Found by", language), one.found_by),
        (tr("Audit", language), called(definitions.plans, one.audit, language) if one.audit else ""),
        (tr("Process", language), called(definitions.processes, one.process, language) if one.process else ""),
        (tr("Service", language), called(definitions.services, one.service, language) if one.service else ""),
        (tr("Rules", language), tr(", ", language).join(one.rules)),
        (tr("Clauses", language), clauses_text(definitions, one.clauses, language)),
        (tr("Repeats", language), called(definitions.nonconformities, one.repeats, language) if one.repeats else ""),
        (tr("Closed", language), day_text(one.closed) or tr("open", language)),
    )
    heads = (tr("action", language), tr("owner", language), tr("due", language), tr("done", language))
    actions = tuple((a.what.in_(language), a.owner, day_text(a.due), day_text(a.done)) for a in one.actions)
    return Page(
        title=f"{one.title.in_(language)} · {one.id}",
        subtitle=tr("nonconformity", language) + " · " + severity_text(one.severity, language),
        blocks=(Words(one.nature.in_(language)), Facts(facts)),
        sections=(
            Section(tr("Effect", language), (Words(one.effect.in_(language)),)),
            Section(tr("Correction", language), _correction(one, language)),
            Section(tr("Cause", language), (Words(one.cause.in_(language)),)),
            Section(tr("Similar cases", language), (Words(one.similar.in_(language)),)),
            Section(tr("Corrective actions", language), (Grid(heads, actions),)),
            Section(tr("Did it help?", language), _effectiveness(one, language)),
            Section(tr("Changes of the system", language), (Words(one.system_changes.in_(language)),)),
        ),
        source=str(one.where),
    )


def _correction(one: Nonconformity, language: Language) -> tuple[Block, ...]:
    found = one.correction
    if found is None:
        return ()
    facts = ((tr("By", language), found.by), (tr("On", language), day_text(found.on)))
    return Words(found.what.in_(language)), Facts(facts)


def _effectiveness(one: Nonconformity, language: Language) -> tuple[Block, ...]:
    found = one.effectiveness
    if found is None:
        return ()
    facts = (
        (tr("Result", language), tr(RESULTS[found.result], language)),
        (tr("By", language), found.by),
        (tr("On", language), day_text(found.on)),
        (tr("Watched from", language), day_text(found.watched_from)),
    )
    return Facts(facts), Words(found.note.in_(language))


def review_page(definitions: Definitions, review: ManagementReview, language: Language) -> Page:
    """The page of a management review."""
    facts = (
        (tr("Held", language), day_text(review.held)),
        (tr("Period", language), period_text(review.period, language)),
        (tr("Chair", language), review.chair),
        (tr("Next review", language), day_text(review.next)),
    )
    there = tuple(
        (who.person or who.guest, called(definitions.roles, who.role, language) if who.role else "")
        for who in review.attendees
    )
    inputs = tuple(
        (
            tr(INPUTS.get(name, name), language),
            found.summary.in_(language),
            tr(TRENDS.get(found.trend, found.trend), language) if found.trend else "",
            _evidence(found.evidence, language),
        )
        for name, found in review.inputs.items()
    )
    heads = (
        tr("subject", language),
        tr("what was reported", language),
        tr("trend", language),
        tr("evidence", language),
    )
    return Page(
        title=f"{review.title.in_(language)} · {review.id}",
        subtitle=tr("management review", language),
        blocks=(Facts(facts), Words(review.conclusion.in_(language))),
        sections=(
            Section(tr("Decisions", language), (_decisions(review, language),)),
            Section(tr("Inputs", language), (Grid(heads, inputs),)),
            Section(tr("Present", language), (Grid((tr("person", language), tr("role", language)), there),)),
        ),
        source=str(review.where),
    )


def _decisions(review: ManagementReview, language: Language) -> Grid:
    heads = ("", tr("decision", language), tr("owner", language), tr("due", language), tr("done", language))
    rows = tuple(
        (str(number), one.decision.in_(language), one.owner, day_text(one.due), day_text(one.done))
        for number, one in enumerate(review.outputs, 1)
    )
    return Grid(heads, rows)


def _evidence(found: Iterable[Evidence], language: Language) -> str:
    """Rules by their id, other definitions with their kind, documents as they are called."""
    told = (
        one.document.in_(language) if one.kind == "document" else one.id if one.kind == "rule" else f"{kind_text(one.kind, language)} {one.id}"
        for one in found
    )  # fmt: skip
    return tr("; ", language).join(told)
