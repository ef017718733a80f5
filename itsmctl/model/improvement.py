"""What was found and decided: nonconformities with their corrective actions, and management reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from itsmctl.errors import Where
from itsmctl.model.assessments import Evidence
from itsmctl.model.definition import Definition, Effective, Severity, Text
from itsmctl.values import value


@value
class Correction:
    """What was done at once about the case itself."""

    what: Text
    by: str
    on: date | None


@value
class CorrectiveAction:
    """What is changed so that it does not happen again; `done` is None while it is open."""

    what: Text
    owner: str
    due: date | None
    done: date | None
    evidence: tuple[Evidence, ...]
    where: Where


@value
class Effectiveness:
    """Whether the actions worked, judged by somebody who did not take them."""

    by: str
    on: date | None
    result: Literal["effective", "not-effective"]
    watched_from: date | None
    note: Text
    evidence: tuple[Evidence, ...]


@value
class Nonconformity(Definition):
    """A nonconformity from its finding to the check whether it stays away; `closed` is None while it is open."""

    severity: Severity
    source: str
    audit: str
    found: date | None
    found_by: str
    rules: tuple[str, ...]
    process: str
    service: str
    nature: Text
    evidence: tuple[Evidence, ...]
    effect: Text
    correction: Correction | None
    cause: Text
    similar: Text
    actions: tuple[CorrectiveAction, ...]
    effectiveness: Effectiveness | None
    system_changes: Text
    closed: date | None
    repeats: str


@value
class Attendee:
    """Who was there: a person of the organisation, or a guest; `role` is why."""

    person: str
    guest: str
    role: str


@value
class ReviewInput:
    """What was reported on one subject."""

    summary: Text
    trend: str
    evidence: tuple[Evidence, ...]


@value
class Decision:
    """What was decided; `done` is None while it is open."""

    id: str
    decision: Text
    type: str
    owner: str
    due: date | None
    done: date | None
    where: Where


@value
class ManagementReview(Definition):
    """A management review: subjects reported on, and decisions."""

    held: date | None
    period: Effective
    chair: str
    attendees: tuple[Attendee, ...]
    inputs: Mapping[str, ReviewInput]
    outputs: tuple[Decision, ...]
    conclusion: Text
    next: date | None
