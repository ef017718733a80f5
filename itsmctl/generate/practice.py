"""The cases of the other processes: how many, about what, when, and how they and the incidents refer to each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from itsmctl.generate import changes
from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew, Job
from itsmctl.generate.misdeeds import misbehave
from itsmctl.generate.rhythm import Opening
from itsmctl.model import Service

HOUR = 3600
_INCIDENTS_PER_CHANGE = 12
_EMERGENCIES_OF_100, _HARMFUL_OF_100 = 5, 5
_LEAD = 13
"""Working days that a change may need before its night."""
_FIRST_CHANGE = 30_001


@dataclass
class Reference:
    """Records that an incident names."""

    problem: str = ""
    change: str = ""
    caused_by: str = ""


@dataclass(frozen=True)
class Scenery:
    """What the cases are made from: the incidents to be, and the services that have items."""

    openings: Sequence[Opening]
    services: Sequence[Service]
    """By incident."""
    taken: frozenset[int]
    """Incidents that are bent on purpose, so that nothing may refer to them."""
    numbers: Sequence[str]
    offered: Sequence[Service]


@dataclass
class Practice:
    """Every case, by process, and what incidents refer to."""

    cases: dict[str, list[Case]] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=lambda: defaultdict(Reference))


def practise(scenery: Scenery, crew: Crew, processes: frozenset[str], as_of: int) -> Practice:
    """Make the cases of those processes that the definitions have."""
    practice = Practice()
    if "change" in processes:
        practice.cases["change"] = [changes.live(job, crew) for job in _Jobs(scenery, crew, practice).all()]
    for process, cases in practice.cases.items():
        misbehave(process, cases, crew, as_of)
        for case in cases:
            case.finish(as_of)
    practice.cases = {process: [case for case in cases if case.entries] for process, cases in practice.cases.items()}
    return practice


class _Jobs:
    """Plans changes so that no two touch one item at once."""

    def __init__(self, scenery: Scenery, crew: Crew, practice: Practice) -> None:
        self.scenery, self.crew, self.practice, self.dice = scenery, crew, practice, crew.dice
        self.with_items = [service for service in scenery.offered if service.supported_by]
        self.booked: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.nights = [night for night in crew.diary.nights if night >= _LEAD]

    def all(self) -> list[Job]:
        """Every change, numbered in the order of its window."""
        wanted = len(self.scenery.openings) // _INCIDENTS_PER_CHANGE
        if not self.with_items or not self.nights:
            return []
        emergencies = [job for job in self._emergencies(wanted * _EMERGENCIES_OF_100 // 100) if job]
        planned = [job for job in (self._planned() for _ in range(wanted - len(emergencies))) if job]
        jobs = sorted((*emergencies, *planned), key=lambda job: (job.start, job.ci))
        numbered = [replace(job, number=f"CHG{_FIRST_CHANGE + n:07d}") for n, job in enumerate(jobs)]
        for job in numbered:
            if "incident" in job.references:
                index = self.scenery.numbers.index(job.references["incident"])
                self.practice.references[index].change = job.number
        return [self._harmful(job) if self.dice.below(100) < _HARMFUL_OF_100 else job for job in numbered]

    def _planned(self) -> Job | None:
        dice = self.dice
        for _ in range(40):
            service = dice.pick(self.with_items)
            ci, night = dice.pick(service.supported_by), dice.pick(self.nights)
            start = self.crew.diary.day(night) + dice.pick((18, 20, 22)) * HOUR
            end = start + dice.pick((60, 90, 110)) * 60
            if self._book(ci, start, end):
                kind = dice.weighted((("standard", 38), ("normal", 62)))
                outcome = dice.weighted((("successful", 93), ("partly", 4), ("backed-out", 3)))
                return Job("", kind, service, ci, night, start, end, outcome)
        return None

    def _emergencies(self, wanted: int) -> Iterator[Job | None]:
        """Emergencies resolve incidents of people on a day that another working day follows, spread over the period."""
        diary, dice = self.crew.diary, self.dice
        indexes = [i for i in range(len(self.scenery.openings)) if i not in self.scenery.taken]
        for part in range(wanted):
            span = indexes[part * len(indexes) // wanted : (part + 1) * len(indexes) // wanted]
            for _ in range(40):
                index = dice.pick(span)
                service = self.scenery.services[index]
                start = self.scenery.openings[index].at + dice.between(62, 80) * 60
                night = diary.place_of(start)
                if night is None or night < _LEAD or not service.supported_by:
                    continue
                if start > diary.day(night) + 22 * HOUR:
                    continue
                ci, end = dice.pick(service.supported_by), start + 90 * 60
                if self._book(ci, start, end):
                    number = self.scenery.numbers[index]
                    yield Job(
                        "", "emergency", service, ci, night, start, end,
                        references={"incident": number, "channel": "incident"},
                    )  # fmt: skip
                    break

    def _book(self, ci: str, start: int, end: int) -> bool:
        if any(start < until and since < end for since, until in self.booked[ci]):
            return False
        self.booked[ci].append((start, end))
        return True

    def _harmful(self, job: Job) -> Job:
        """A change after which an incident of its service names it, where there is one."""
        if job.outcome != "successful":
            return job
        openings = self.scenery.openings
        index = bisect_left(openings, job.end, key=lambda opening: opening.at)
        while index < len(openings) and openings[index].at < job.end + 36 * HOUR:
            if self.scenery.services[index].id == job.service.id and self._is_free(index):
                self.practice.references[index].caused_by = job.number
                return replace(job, outcome="with-incident")
            index += 1
        return job

    def _is_free(self, index: int) -> bool:
        return index not in self.scenery.taken and index not in self.practice.references
