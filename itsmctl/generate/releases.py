"""The life of a release: it carries one change through building, testing and acceptance into its window, and is watched."""

from __future__ import annotations

from itsmctl.generate.case import Case
from itsmctl.generate.changes import Crew, Job

HOUR = 3600
_WATCH = 336 * HOUR
"""Fourteen days of early-life support."""


def live(number: str, job: Job, crew: Crew) -> Case:
    """The whole life of the release that carries a change, whenever its end may be."""
    case = Case("release", number)
    dice, diary, roster = crew.dice, crew.diary, crew.roster
    builder = roster.anyone("release-builder", job.start, dice)
    planned_at = diary.at(job.night - 4, dice, 9, 12)
    manager = _manager(crew, planned_at)
    case.put(
        planned_at, manager, state="planned", number=number, opened_at=planned_at, recorded_at=planned_at + dice.below(90),
        opened_by=manager, title=f"Release 发布: {job.ci}", category="minor" if dice.permille(850) else "major", channel="own",
        nature="application", service=job.service.id, ci=job.ci, planned_start=job.start, problem=job.references.get("problem", ""),
        change=job.number,
    )  # fmt: skip
    digest = f"sha256:{dice.below(16**12):012x}"
    case.put(diary.at(job.night - 3, dice), builder, state="building", built_digest=digest)
    case.put(diary.at(job.night - 2, dice), builder, state="testing")
    accepted_at = diary.at(job.night - 1, dice, 9, 16)
    case.put(accepted_at, _manager(crew, accepted_at), state="accepted", accepted_at=accepted_at)
    baselined_at = diary.day(job.night) + dice.between(14, 16) * HOUR
    case.put(baselined_at, builder, baselined_at=baselined_at)
    _deployed(case, job, crew)
    return case


def _manager(crew: Crew, moment: int) -> str:
    """Who manages releases on that day; somebody stands in during leave."""
    return crew.roster.holders("release-manager", moment)[0]


def _deployed(case: Case, job: Job, crew: Crew) -> None:
    dice, began = crew.dice, job.start + crew.dice.between(1, 8) * 60
    engineer = crew.roster.holders("deployment-engineer", began)[0]
    case.put(began, engineer, state="deploying", actual_start=began)
    ended = job.end - dice.between(6, 20) * 60
    if job.outcome == "backed-out":
        case.put(ended, engineer, state="backed-out", actual_end=ended)
        reviewed_at, code = crew.diary.at(job.night + 1, dice), "backed-out"
    else:
        digest = case.text("built_digest")
        case.put(ended, engineer, state="deployed", actual_end=ended, resolved_at=ended, deployed_digest=digest)
        reviewed_at = ended + _WATCH + dice.between(8, 40) * HOUR
        code = "deployed-in-part" if job.outcome == "partly" else "deployed"
    manager = _manager(crew, reviewed_at)
    actions = "" if code == "deployed" else "Cause found, package corrected 已查明原因并修正发布包"
    case.put(
        reviewed_at, manager, state="closed", reviewed_at=reviewed_at, closed_at=reviewed_at, closed_by=manager,
        closure_code=code, actions=actions,
    )  # fmt: skip
