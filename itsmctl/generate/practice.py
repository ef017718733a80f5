"""The cases of the other processes: how many, about what, when, and how they and the incidents refer to each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from itsmctl.generate import changes, problems, requests
from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew, Job
from itsmctl.generate.dice import shares
from itsmctl.generate.misdeeds import misbehave
from itsmctl.generate.people import SITES
from itsmctl.generate.problems import Trouble
from itsmctl.generate.requests import Wish
from itsmctl.generate.rhythm import DAY, month_of
from itsmctl.generate.sidelines import Scenery, others

HOUR = 3600
_INCIDENTS_PER_CHANGE = 12
_EMERGENCIES_OF_100, _HARMFUL_OF_100 = 7, 5
_FEW, _RISING = (1,), (0, 0, 2, 4, 7, 2)
"""How emergencies are spread over the months: evenly over a few, else more of them every month until the last one."""
_SOME, _MANY, _CLICKED = 40, 150, 23
"""Where there are many changes, so many of them are approved at one sitting."""
_CURED = 31 * DAY
_LEAD = 13
"""Working days that a change may need before its night."""
_FIRST_CHANGE, _FIRST_PROBLEM, _FIRST_REQUEST = 30_001, 40_001, 50_001
_INCIDENTS_PER_PROBLEM, _INCIDENTS_PER_REQUEST = 75, 3
_LATE, _LAST = 4, 18
"""One problem in so many is recorded in the last weeks, so that it is a known error when the export is made."""


@dataclass
class Reference:
    """Records that an incident names."""

    problem: str = ""
    change: str = ""
    caused_by: str = ""
    ci: str = ""
    """The item that fails after a change of it that nobody looked at again."""
    again: Trouble | None = None
    """The problem whose fault it shows once more, though its cause was removed."""


@dataclass
class Practice:
    """Every case, by process, and what incidents refer to."""

    cases: dict[str, list[Case]] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=lambda: defaultdict(Reference))
    cured: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """When the problem of a service, item and category was closed with its cause removed."""

    def is_cured(self, service: str, ci: str, category: str, moment: int) -> bool:
        """Whether a cause was removed so lately that the fault must not come back."""
        closings = self.cured.get((service, ci, category), ())
        return any(closed_at <= moment <= closed_at + _CURED for closed_at in closings)


def practise(scenery: Scenery, crew: Crew, processes: frozenset[str], as_of: int) -> Practice:
    """Make the cases of those processes that the definitions have."""
    practice, troubles = Practice(), list[Trouble]()
    jobs = _Jobs(scenery, crew, practice).all() if "change" in processes else []
    if "problem" in processes:
        troubles = _troubles(scenery, crew, practice, jobs)
        practice.cases["problem"] = [problems.live(trouble, crew, scenery.problem_cells) for trouble in troubles]
    practice.cases["change"] = [changes.live(job, crew) for job in jobs]
    if "request" in processes:
        practice.cases["request"] = [requests.live(wish, crew) for wish in _wishes(scenery, crew)]
    practice.cases |= {
        process: cases
        for process, cases in others(scenery, crew, jobs, practice.cases["change"])
        if process in processes
    }
    for process, cases in practice.cases.items():
        misbehave(process, cases, crew, as_of)
        for case in cases:
            case.finish(as_of)
    for case in practice.cases.get("problem", ()):
        if case.text("closure_code") == "removed":
            key = (case.text("service"), case.text("ci"), case.text("category"))
            practice.cured[key].append(case.time("closed_at"))
    _relapse(scenery, practice, troubles)
    _follow(scenery, practice)
    practice.cases = {process: [case for case in cases if case.entries] for process, cases in practice.cases.items()}
    return practice


def _troubles(scenery: Scenery, crew: Crew, practice: Practice, jobs: list[Job]) -> list[Trouble]:
    """Problems behind some incidents of one service; changes of that service three weeks later remove most of them."""
    dice, diary, found = crew.dice, crew.diary, list[Trouble]()
    for number in range(len(scenery.openings) // _INCIDENTS_PER_PROBLEM):
        is_late = number % _LATE == _LATE - 1 and len(diary) > _LAST
        place = len(diary) - dice.between(_LAST - 5, _LAST) if is_late else dice.below(len(diary))
        service = dice.pick(scenery.offered)
        before = range(_index(scenery, diary.day(place) - 15 * DAY), _index(scenery, diary.day(place)))
        near = [i for i in before if scenery.services[i].id == service.id and _is_free(scenery, practice, i)]
        if not near or not service.supported_by:
            continue
        category, symptom = scenery.catalogue.draw(dice, service, monitored=False, shelved=False)
        chosen = tuple(sorted({dice.pick(near) for _ in range(3)}))
        ci, numbers = dice.pick(service.supported_by), [scenery.numbers[i] for i in chosen]
        for index in chosen:
            practice.references[index].problem = "to be numbered"
        found.append(Trouble(str(chosen[0]), service, ci, category, symptom, place, numbers))
    found += _after_majors(scenery, crew, practice)
    found.sort(key=lambda trouble: (trouble.place, trouble.number))
    numbered = [replace(t, number=f"PRB{_FIRST_PROBLEM + n:07d}") for n, t in enumerate(found)]
    at = {number: index for index, number in enumerate(scenery.numbers)}
    for trouble in numbered:
        for trouble_number in trouble.incidents:
            practice.references[at[trouble_number]].problem = trouble.number
    return [_removed(trouble, jobs) for trouble in numbered]


def _after_majors(scenery: Scenery, crew: Crew, practice: Practice) -> Iterator[Trouble]:
    """A problem for each major incident, recorded on the next working day."""
    for index in scenery.majors:
        at, service = scenery.openings[index].at, scenery.services[index]
        place = next((place for place in range(len(crew.diary)) if crew.diary.day(place) > at), len(crew.diary))
        category, symptom = scenery.catalogue.draw(crew.dice, service, monitored=False, shelved=False)
        ci = crew.dice.pick(service.supported_by) if service.supported_by else ""
        practice.references[index].problem = "to be numbered"
        yield Trouble(str(index), service, ci, category, symptom, place, [scenery.numbers[index]])


def _relapse(scenery: Scenery, practice: Practice, troubles: Sequence[Trouble]) -> None:
    """After one cure in eight the fault comes back within thirty days."""
    known = {trouble.number: trouble for trouble in troubles}
    cured = [
        case for case in practice.cases.get("problem", ()) if case.text("closure_code") == "removed" and not case.deed
    ]
    for case in cured[::8]:
        trouble, since = known[case.number], case.time("closed_at")
        later = range(_index(scenery, since + 1), _index(scenery, since + 25 * DAY))
        near = (
            i
            for i in later
            if scenery.services[i].id == trouble.service.id
            and not scenery.openings[i].monitored
            and _is_free(scenery, practice, i)
        )
        index = next(near, None)
        if index is not None:
            practice.references[index].again = trouble
            case.deed = "came back within thirty days"


def _follow(scenery: Scenery, practice: Practice) -> None:
    """An incident on the item of each success that nobody reviewed, two days later at most."""
    for case in practice.cases["change"]:
        if case.text("closure_code") == "successful" and "reviewed_at" not in case.columns:
            ended, service = case.time("actual_end"), case.text("service")
            later = range(_index(scenery, ended + 1), _index(scenery, ended + 60 * HOUR))
            near = (i for i in later if scenery.services[i].id == service and _is_free(scenery, practice, i))
            index = next(near, None)
            if index is not None:
                practice.references[index].ci = case.text("ci")


def _removed(trouble: Trouble, jobs: list[Job]) -> Trouble:
    """The problem with the change that removes it, where one of its service comes at the right time."""
    for place, job in enumerate(jobs):
        fits = job.kind == "normal" and job.outcome == "successful" and not job.references
        if fits and job.service.id == trouble.service.id and 12 <= job.night - trouble.place <= 22:
            jobs[place] = replace(job, references={"problem": trouble.number, "channel": "problem"})
            return replace(trouble, change=job.number, night=job.night, ci=job.ci)
    return trouble


def _wishes(scenery: Scenery, crew: Crew) -> Iterator[Wish]:
    """Requests for what the services offer, a few every working day."""
    dice, offers = crew.dice, [(service, offer) for service in scenery.offered for offer in service.requests]
    wanted = len(scenery.openings) // _INCIDENTS_PER_REQUEST if offers else 0
    places = sorted(dice.below(len(crew.diary)) for _ in range(wanted))
    for number, place in enumerate(places, start=_FIRST_REQUEST):
        (service, offer), site = dice.pick(offers), dice.pick(SITES)
        requester = dice.pick(scenery.staff.users[site.id])
        customer = next(iter(service.customers), "")
        yield Wish(f"REQ{number:07d}", service, offer, site, requester, customer, place)


def _index(scenery: Scenery, moment: int) -> int:
    return bisect_left(scenery.openings, moment, key=lambda opening: opening.at)


def _is_free(scenery: Scenery, practice: Practice, index: int) -> bool:
    return index not in scenery.taken and index not in practice.references


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
        if len(planned) > _SOME:
            planned[-1] = self._beside(planned[0])
        jobs = sorted((*emergencies, *planned), key=lambda job: (job.start, job.ci))
        if len(jobs) > _MANY:
            jobs = self._clicked(jobs)
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
        months: dict[str, list[int]] = defaultdict(list)
        for index in (i for i in range(len(self.scenery.openings)) if i not in self.scenery.taken):
            months[month_of(self.scenery.openings[index].at)].append(index)
        weights = _RISING if len(months) == len(_RISING) else _FEW * len(months)
        counts = shares(wanted, weights)
        for span in [span for span, count in zip(months.values(), counts, strict=True) for _ in range(count)]:
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

    def _beside(self, job: Job) -> Job:
        """Another change on the same item, half an hour later on the same evening."""
        return replace(job, kind="standard", start=job.start + 1800, end=job.end + 1800, outcome="successful")

    def _clicked(self, jobs: list[Job]) -> list[Job]:
        """The same with a row of changes in the middle that the change manager approves within minutes."""
        planned = [place for place, job in enumerate(jobs) if job.kind == "standard"]
        row = planned[len(planned) // 2 :][:_CLICKED]
        sitting = self.crew.diary.at(jobs[row[0]].night - 3, self.dice, 16, 17)
        for number, place in enumerate(row):
            jobs[place] = replace(jobs[place], clicked_at=sitting + 9 * number)
        return jobs

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
            if self.scenery.services[index].id == job.service.id and _is_free(self.scenery, self.practice, index):
                self.practice.references[index].caused_by = job.number
                return replace(job, outcome="with-incident")
            index += 1
        return job
