"""What is recorded less often than incidents and changes: how many, about what, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from itsmctl.generate import papers, releases, threats
from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew, Job
from itsmctl.generate.people import Staff
from itsmctl.generate.rhythm import Opening
from itsmctl.generate.symptoms import Catalogue
from itsmctl.model import Service

_INCIDENTS_PER_RELEASE, _INCIDENTS_PER_THREAT, _INCIDENTS_PER_ARTICLE = 60, 110, 100
_INCIDENTS_PER_IMPROVEMENT, _INCIDENTS_PER_COMPLAINT = 200, 200
_CHANGES_PER_PROJECT = 60


@dataclass(frozen=True)
class Scenery:
    """What the cases are made from: the incidents to be, and the services that have items."""

    openings: Sequence[Opening]
    services: Sequence[Service]
    """By incident."""
    taken: frozenset[int]
    """Incidents that are bent on purpose, so that nothing may refer to them."""
    majors: Sequence[int]
    """Incidents that must lead to a problem."""
    numbers: Sequence[str]
    offered: Sequence[Service]
    staff: Staff
    catalogue: Catalogue
    problem_cells: Mapping[tuple[str, str], str]
    security_cells: Mapping[tuple[str, str], str]


def others(scenery: Scenery, crew: Crew, jobs: Sequence[Job], made: Sequence[Case]) -> Iterator[tuple[str, list[Case]]]:
    """What is recorded less often: releases, security incidents, articles, items, improvements, complaints, projects."""
    incidents, dice = len(scenery.openings), crew.dice

    def spread(per: int, first: int, prefix: str) -> Iterator[tuple[str, int, Service]]:
        places = sorted(dice.below(len(crew.diary)) for _ in range(incidents // per))
        for number, place in enumerate(places, start=first):
            yield f"{prefix}{number:07d}", place, dice.pick(scenery.offered)

    yield "release", list(_releases(incidents // _INCIDENTS_PER_RELEASE, jobs, crew))
    threats_ = spread(_INCIDENTS_PER_THREAT, 70_001, "SIR")
    yield "security", [threats.live(n, service, place, crew, scenery.security_cells) for n, place, service in threats_]
    articles = []
    for number, place, service in spread(_INCIDENTS_PER_ARTICLE, 80_001, "KB"):
        _, symptom = scenery.catalogue.draw(dice, service, monitored=False, shelved=False)
        articles.append(papers.article(number, service, symptom, place, crew))
    yield "knowledge", articles
    spread_out = spread(_INCIDENTS_PER_IMPROVEMENT, 85_001, "CIM")
    yield "improvement", [papers.improvement(n, service, place, crew) for n, place, service in spread_out]
    spread_out = spread(_INCIDENTS_PER_COMPLAINT, 90_001, "CS")
    yield "relationship", [papers.complaint(n, service, place, crew) for n, place, service in spread_out]
    services = {job.number: job.service for job in jobs}
    items = {case.text("ci"): case for case in reversed(made)}
    yield "configuration", [papers.item(ci, services[items[ci].number], items[ci], crew) for ci in sorted(items)]
    wide = [case for case in made if case.text("category") == "normal"][5::_CHANGES_PER_PROJECT]
    for case in wide:
        case.change("nature", "service-transferred")
    yield (
        "service-design-transition",
        [papers.project(f"PRJ{n:07d}", services[case.number], case, crew) for n, case in enumerate(wide, start=95_001)],
    )


def _releases(wanted: int, jobs: Sequence[Job], crew: Crew) -> Iterator[Case]:
    """Releases for the changes that remove problems, and for some of the others."""
    fitting = [job for job in jobs if job.kind != "emergency"]
    carried = [job for job in fitting if "problem" in job.references]
    others = [job for job in fitting if "problem" not in job.references]
    crew.dice.shuffle(others)
    others.sort(key=lambda job: job.outcome not in ("partly", "backed-out"))
    chosen = sorted((*carried, *others[: max(wanted - len(carried), 0)]), key=lambda job: job.number)
    for number, job in enumerate(chosen, start=60_001):
        yield releases.live(f"RLS{number:07d}", job, crew)
