"""What somebody asks for, or an audit plan has written down, as a sample that is ready to be drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from itsmctl.audit.choices import plan_named
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.model import Definitions, Language, SamplingPlan
from itsmctl.sampling.allocating import Allocation
from itsmctl.sampling.conditions import conditions_of, written
from itsmctl.sampling.frame import Frame, Wanted, frame_of_dataset, frame_of_result, rule_named
from itsmctl.sampling.planning import Purpose, aim_of_plan, sample_from
from itsmctl.sampling.population import Population
from itsmctl.sampling.sample import Sample
from itsmctl.sampling.sizing import METHODS, Aim, aim_of

USUAL_CONFIDENCE = "95"
USUAL_TOLERABLE = "5"


@dataclass(frozen=True)
class Asked:
    """What was typed; empty means not said."""

    plan: str = ""
    rule: str = ""
    where: Sequence[str] = ()
    always: Sequence[str] = ()
    strata: Sequence[str] = ()
    allocation: Allocation = "proportional"
    minimum: int = 1
    method: str | None = None
    confidence: str = ""
    tolerable: str = ""
    expected: str = ""
    allowed: int | None = None
    objective: str = ""
    attribute: str = ""
    as_of: str = ""


def sample_of_dataset(
    definitions: Definitions, dataset: Path, asked: Asked, language: Language
) -> tuple[Sample, Population]:
    """The sample from the records of a dataset; raises ItsmctlError where it is not said which records are meant."""
    planned = _planned(definitions, asked.plan)
    where = conditions_of(asked.where, "--where") or (planned.population if planned and not asked.rule else ())
    if not asked.rule and not where:
        template = "say which records to draw from: --rule ID, --where CONDITION, or --plan ID of an audit plan with a population"
        raise ItsmctlError(Problem("no-population-named", template))
    aim = _aim(asked, planned)
    wanted = Wanted(
        rule=asked.rule and rule_named(definitions, asked.rule).id,
        where=where,
        always=conditions_of(asked.always, "--always") or (planned.always if planned else ()),
        strata=tuple(asked.strata) or (planned.strata if planned else ()),
        plan=asked.plan,
        as_of=asked.as_of,
    )
    frame = frame_of_dataset(definitions, dataset, wanted)
    return sample_from(frame, aim, _purpose(definitions, wanted, asked, planned, language)), frame.population


def sample_of_result(
    definitions: Definitions, verdicts: Path, digest: str, in_scope: int, about: Frame, asked: Asked, language: Language
) -> tuple[Sample, Population]:
    """The sample from the records that an audit judged by a rule; `about` says what its `result.json` tells of them."""
    if asked.where or asked.always or asked.strata or asked.plan:
        template = (
            "a result folder holds verdicts, not records: for --where, --always, --strata and --plan name the --tickets"
        )
        raise ItsmctlError(Problem("no-records-in-result", template))
    aim = _aim(asked, None)
    rule = rule_named(definitions, asked.rule)
    check_digest(verdicts, digest)
    frame = frame_of_result(verdicts, rule.id, in_scope, about)
    purpose = _purpose(definitions, Wanted(rule=rule.id), asked, None, language)
    return sample_from(frame, aim, purpose), frame.population


def check_digest(verdicts: Path, digest: str) -> None:
    """Raise ItsmctlError where the verdicts are not those that the audit wrote."""
    try:
        with verdicts.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        template = "cannot read the file: {why}"
        values = {"why": error.strerror or str(error)}
        raise ItsmctlError(Problem("unreadable-file", template, Where(str(verdicts)), values)) from error
    if found != digest:
        template = "this is not the file that the audit wrote: result.json has another digest for it; audit again"
        raise ItsmctlError(Problem("result-altered", template, Where(str(verdicts))))


def _planned(definitions: Definitions, plan: str) -> SamplingPlan | None:
    found = plan_named(definitions, plan)
    if found and not found.sampling:
        template = "the audit plan {plan} says nothing about sampling"
        raise ItsmctlError(Problem("plan-without-sampling", template, found.where, {"plan": plan}))
    return found.sampling if found else None


def _aim(asked: Asked, planned: SamplingPlan | None) -> Aim:
    """What was typed beats the plan, and the plan beats what is usual."""
    typed = aim_of(
        asked.method,
        asked.confidence or USUAL_CONFIDENCE,
        asked.tolerable or USUAL_TOLERABLE,
        asked.expected or "0",
        asked.allowed or 0,
        None,
    )
    aim = aim_of_plan(planned) if planned else replace(typed, method="hypergeometric")
    return Aim(
        method=next((m for m in METHODS if m == asked.method), aim.method),
        confidence=typed.confidence if asked.confidence else aim.confidence,
        tolerable=typed.tolerable if asked.tolerable else aim.tolerable,
        expected=typed.expected if asked.expected else aim.expected,
        allowed=typed.allowed if asked.allowed is not None else aim.allowed,
    )


def _purpose(
    definitions: Definitions, wanted: Wanted, asked: Asked, planned: SamplingPlan | None, language: Language
) -> Purpose:
    rule = rule_named(definitions, wanted.rule) if wanted.rule else None
    objective = (planned.objective.in_(language) if planned else "") or (rule.title.in_(language) if rule else "")
    where = "; ".join(map(written, wanted.where))
    parts = [f"rule {rule.id}" if rule else "", where, f"plan {wanted.plan}" if wanted.plan else ""]
    return Purpose(
        objective=asked.objective or objective,
        attribute=asked.attribute,
        control=rule.id if rule else "",
        query="; ".join(part for part in parts if part),
        allocation=asked.allocation,
        minimum=asked.minimum,
    )
