"""Rows of registers made of definitions that exist already, as they stood on a day; nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from itsmctl import model
from itsmctl.definitions.registers import catalogued
from itsmctl.errors import Where
from itsmctl.model.periods import in_force

REPORT_DAYS = timedelta(14)
"""Ten working days without their calendar: within which the report of an audit is due."""

_DUE = ("due", "done")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "action": ("id", "source", "owner", "due_on", "done_on", *_DUE),
    "assessment": ("id", "questionnaire", "assessed", "recommendations"),
    "assignment": ("id", "person", "position", "role", "competence", "shown", "until", "state"),
    "audit": ("id", "type", "planned", "held", "reported", "findings", "repeated_findings", "report", *_DUE),
    "nonconformity": (
        "id", "found", "found_by", "severity", "source", "process", "service", "state", "cause_known", "actions", "overdue",
        "checked_by", "checked_on", "result", "closed", "came_back",
    ),
    "review": ("id", "held", "chair", "inputs", "decisions", "next"),
    "survey": ("id", "asked", "customer", "service", "population", "invited", "answered", "actions"),
    **catalogued.COLUMNS,
}  # fmt: skip
"""The columns that each kind of definition fills; a column without a value in a definition is empty."""

Found = tuple[Where, Mapping[str, model.Cell | None]]


def rows_from(
    source: model.RowSource, definitions: model.Definitions, as_of: date | None
) -> Iterator[model.RegisterRow]:
    """The rows that definitions of a kind are; without a day, as they stand today."""
    day = as_of or date.max
    for where, values in _ROWS[source](definitions, day):
        yield model.RegisterRow(where, {name: value for name, value in values.items() if value is not None})


def _actions(definitions: model.Definitions, day: date) -> Iterator[Found]:
    for one in definitions.nonconformities.values():
        if _by(one.found, day):
            for number, action in enumerate(one.actions, 1):
                yield (
                    action.where,
                    {
                        "id": f"{one.id}/{number}",
                        "source": one.source,
                        "owner": action.owner,
                        **_done(action.due, action.done, day),
                    },
                )
    for review in definitions.reviews.values():
        if _by(review.held, day):
            for decision in review.outputs:
                yield (
                    decision.where,
                    {
                        "id": f"{review.id}/{decision.id}",
                        "source": "management-review",
                        "owner": decision.owner,
                        **_done(decision.due, decision.done, day),
                    },
                )


def _assessments(definitions: model.Definitions, day: date) -> Iterator[Found]:
    for one in definitions.assessments.values():
        if one.assessed and _by(one.assessed, day):
            yield (
                one.where,
                {
                    "id": one.id,
                    "questionnaire": one.questionnaire,
                    "assessed": one.assessed,
                    "recommendations": len(one.recommendations),
                },
            )


def _competences(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """One row for each competence that the position or the role of somebody in office asks for, with the best proof of it."""
    for one in definitions.assignments.values():
        if not in_force(one.effective, None if day == date.max else day):
            continue
        position, role = definitions.positions.get(one.position), definitions.roles.get(one.role)
        asked = {c.id for holder in (position, role) if holder for c in holder.competences}
        for name in sorted(asked):
            proofs = [p for p in one.competences if p.competence == name and _by(p.start, day)]
            best = max(proofs, key=lambda p: p.end or date.max, default=None)
            until = best.end if best else None
            current = best is not None and (until is None or day == date.max or until >= day)
            yield (
                one.where,
                {
                    "id": f"{one.id}/{name}",
                    "person": one.person,
                    "position": one.position or None,
                    "role": one.role or None,
                    "competence": name,
                    "shown": best.start if best else None,
                    "until": until,
                    "state": "current" if current else "expired" if best else "missing",
                },
            )


def _audits(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """Audits by people; the audits of tickets are no rows, as they are runs of this program."""
    repeated = {one.id for one in definitions.nonconformities.values() if one.repeats}
    for plan in definitions.plans.values():
        if plan.type == "tickets":
            continue
        held, reported = _until(plan.held, day), _until(plan.reported, day)
        late = None if held is None else (reported or day) > held + REPORT_DAYS
        done = {name: value for name, value in _done(plan.planned.end, held, day).items() if name in _DUE}
        yield (
            plan.where,
            {
                "id": plan.id,
                "type": plan.type,
                "planned": plan.planned.end,
                "held": held,
                "reported": reported,
                "findings": len(plan.findings) if held else None,
                "repeated_findings": len(repeated.intersection(plan.findings)) if held else None,
                "report": "not-due" if late is None or (not reported and not late) else "late" if late else "in-time",
                **done,
            },
        )


def _nonconformities(definitions: model.Definitions, day: date) -> Iterator[Found]:
    came_back = {one.repeats for one in definitions.nonconformities.values() if _by(one.found, day)}
    for one in definitions.nonconformities.values():
        if not _by(one.found, day):
            continue
        check = one.effectiveness if one.effectiveness and _by(one.effectiveness.on, day) else None
        closed = _until(one.closed, day)
        yield (
            one.where,
            {
                "id": one.id,
                "found": one.found,
                "found_by": one.found_by,
                "severity": one.severity,
                "source": one.source,
                "process": one.process or None,
                "service": one.service or None,
                "state": "closed" if closed else "open",
                "cause_known": bool(str(one.cause)),
                "actions": len(one.actions),
                "overdue": any(_is_late(action.due, _until(action.done, day), day) for action in one.actions),
                "checked_by": check.by if check else None,
                "checked_on": check.on if check else None,
                "result": check.result if check else None,
                "closed": closed,
                "came_back": one.id in came_back,
            },
        )


def _reviews(definitions: model.Definitions, day: date) -> Iterator[Found]:
    for one in definitions.reviews.values():
        if _by(one.held, day):
            yield (
                one.where,
                {
                    "id": one.id,
                    "held": one.held,
                    "chair": one.chair,
                    "inputs": len(one.inputs),
                    "decisions": len(one.outputs),
                    "next": one.next,
                },
            )


def _surveys(definitions: model.Definitions, day: date) -> Iterator[Found]:
    """One row for each run."""
    for survey in definitions.surveys.values():
        for run in survey.results:
            if _by(run.asked, day):
                yield (
                    survey.where,
                    {
                        "id": survey.id,
                        "asked": run.asked,
                        "customer": run.customer or None,
                        "service": run.service or None,
                        "population": run.population,
                        "invited": run.invited,
                        "answered": run.answered,
                        "actions": len(run.actions),
                    },
                )


def _by(when: date | None, day: date) -> bool:
    """Whether it had come about by the end of a day."""
    return when is None or when <= day


def _until(when: date | None, day: date) -> date | None:
    return when if when and when <= day else None


def _is_late(due: date | None, done: date | None, day: date) -> bool:
    return due is not None and (done or day) > due and day != date.max


def _done(due: date | None, done: date | None, day: date) -> dict[str, model.Cell | None]:
    """Whether it was due by the day, and whether it was done in time, late or not at all; None while it may still be."""
    done = _until(done, day)
    past = due is not None and due <= day
    told = ("late" if due and done > due else "in-time") if done else "never" if past and day != date.max else None
    return {"due_on": due, "done_on": done, "due": past or done is not None, "done": told}


_ROWS = {
    "action": _actions,
    "agreement": catalogued.agreements,
    "assessment": _assessments,
    "assignment": _competences,
    "audit": _audits,
    "definition": catalogued.definitions_kept,
    "nonconformity": _nonconformities,
    "review": _reviews,
    "service": catalogued.services,
    "survey": _surveys,
}
