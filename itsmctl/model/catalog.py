"""What stands under `catalog/`: services, who agrees them, who helps to supply them, and the hours in which they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from itsmctl.model.definition import Definition, Text
from itsmctl.values import value


@value
class Slot:
    """Opening hours within one local day, in minutes after midnight, half-open; 1440 is the end of the day."""

    start: int
    end: int


@value
class SpecialDay:
    """A day whose hours differ from its weekday's: a holiday has none, a make-up working day (调休上班) has some.

    `published` is when it was announced; None: in time.
    """

    day: date
    title: Text
    slots: tuple[Slot, ...]
    published: date | None = None


@value
class Calendar(Definition):
    """Service hours in a zone: seven weekdays from Monday, and the days that differ.

    `known_until` is the last day whose special hours have been published; None: every day is known.
    """

    zone: str
    week: tuple[tuple[Slot, ...], ...]
    special: Mapping[date, SpecialDay]
    day_minutes: int
    source: Text = Text()
    known_until: date | None = None
    later: tuple[tuple[date, tuple[tuple[Slot, ...], ...]], ...] = ()
    """Weeks that take the place of the one before from a day on, in order."""


Stage = Literal["pipeline", "live", "retired"]


STAGES: tuple[Stage, ...] = ("pipeline", "live", "retired")
"""The life of a service, in order."""


Grade = Literal["high", "medium", "low"]


@value
class OfferedRequest:
    """Something that users may ask for: who may, who approves, who does it, how soon."""

    id: str
    title: Text
    entitled: Text
    within: str
    approval: str
    group: str


@value
class Continuity:
    """After a disaster: how soon a service is back, and how much of the last work may be lost, in seconds."""

    recovery_time: int
    recovery_point: int


@value
class UserView:
    """A service as its users see it."""

    get_it: Text = Text()
    use_it: Text = Text()
    get_help: Text = Text()


@value
class TechnicianView:
    """A service as those see it who repair it; `groups` in the order in which a ticket reaches them."""

    groups: tuple[str, ...] = ()
    monitoring: Text = Text()
    recovery: Text = Text()
    watch_out: Text = Text()


@value
class Service(Definition):
    """A service of the catalogue.

    `stages` says since when it has been, or will be, in each stage; `capabilities` and `resources` hold what it
    takes, by the names of the five capabilities and the five resources.
    """

    type: Literal["business", "technical"]
    stage: Stage
    description: Text
    owner: str
    customers: tuple[str, ...]
    hours: str
    criticality: Grade
    depends_on: tuple[str, ...]
    supported_by: tuple[str, ...]
    also_called: tuple[str, ...]
    stages: Mapping[Stage, date] = field(default_factory=dict)
    offering: Literal["support", "managed", "designed", ""] = ""
    outcome: Text = Text()
    continuity: Continuity | None = None
    requests: tuple[OfferedRequest, ...] = ()
    for_users: UserView = UserView()
    for_technicians: TechnicianView = TechnicianView()
    capabilities: Mapping[str, Text] = field(default_factory=dict)
    resources: Mapping[str, Text] = field(default_factory=dict)


@value
class Customer(Definition):
    """Who agrees services and speaks for their users."""

    type: Literal["internal", "external"]
    description: Text
    part_of: str
    region: str
    zone: str
    users: int | None
    contact: Text
    relationship_manager: str
    channels: tuple[Text, ...]
    escalation: Text
    also_called: tuple[str, ...]


@value
class Certificate:
    """What a supplier is certified for, and until when."""

    standard: str
    scope: Text
    valid_until: date | None


@value
class Criterion:
    """One criterion of a supplier's assessment: its share in per cent, and its score from 0 to 5."""

    id: str
    title: Text
    weight: float
    score: float


@value
class SupplierAssessment:
    """The last assessment of a supplier."""

    on: date | None
    grade: Literal["A", "B", "C", "D"]
    criteria: tuple[Criterion, ...]
    conclusion: Text

    @property
    def score(self) -> float:
        """The weighted score, from 0 to 5."""
        return sum(criterion.weight * criterion.score for criterion in self.criteria) / 100


@value
class Supplier(Definition):
    """A party outside that provides or operates a service, a component or people."""

    type: str
    description: Text
    manager: str
    contact: Text
    criticality: Grade
    status: Literal["candidate", "approved", "watched", "ended"]
    hours: str
    groups: tuple[str, ...]
    certifications: tuple[Certificate, ...]
    assessment: SupplierAssessment | None
    subcontractors: tuple[str, ...]
    risks: tuple[Text, ...]
