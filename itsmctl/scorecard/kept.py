"""Figures over what is kept beside the tickets: registers, surveys, the definitions themselves, and assessments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import fsum

from itsmctl import model
from itsmctl.assessment import Assessed, assess
from itsmctl.assessment.shown import Shown
from itsmctl.definitions.lint import target_does_not_fit
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.registers import rows_of
from itsmctl.model import Cell, Definitions, RegisterFigure, RegisterRow
from itsmctl.model.definition import months_after
from itsmctl.model.holding import tenures
from itsmctl.model.indicators import DefinitionFigure
from itsmctl.model.periods import in_force
from itsmctl.scorecard.figures import Tally
from itsmctl.scorecard.periods import Span
from itsmctl.scorecard.tickets import Told
from itsmctl.zones import local_day

_Asked = Mapping[str, tuple[str | int | float | bool, ...]]


def register_told(
    definitions: Definitions, measure: RegisterFigure, spans: Sequence[Span], as_of: date, zone: str
) -> Told:
    """A figure over the rows of a register, each in the period of its day.

    Rows without their day belong to the last period, where nobody can tell what they would say; a register without days is as it stands now.
    """
    register = definitions.registers[measure.register]
    rows = rows_of(definitions, register, as_of)
    if not rows:
        return f"no-rows:{register.id}"
    dated = measure.dated or register.dated
    found: dict[Span, list[RegisterRow]] = {span: [] for span in spans}
    undated = 0
    for row in rows:
        day = _day(row.values.get(dated), zone) if dated else as_of
        if day is None:
            undated += _meets(row, measure.of) is not False
        elif day <= as_of:
            for span in spans:
                if span.start <= day <= span.end:
                    found[span].append(row)
    if not dated:
        found = {spans[-1]: list(rows)}
    told = {span: _tally(measure, some, undated if span == spans[-1] else 0) for span, some in found.items()}
    return {span: told.get(span, Tally(0)) for span in spans}


def _tally(measure: RegisterFigure, rows: Sequence[RegisterRow], untold: int) -> Tally:
    """`untold` are the rows without their day. One that does not say whether it is among those asked of is unknown too: else a share would rise by what a row lost."""
    among = [row for row in rows if _meets(row, measure.of) is True]
    met = [_meets(row, measure.where) for row in among]
    untold += sum(_meets(row, measure.of) is None for row in rows)
    if measure.figure in ("count", "share"):
        return Tally(len(among) + untold, met.count(True), met.count(None) + untold)
    chosen = [row for row, fits in zip(among, met, strict=True) if fits]
    names = [name for name in (measure.column, measure.over) if name]
    known = [row for row in chosen if all(isinstance(row.values.get(name), int | float) for name in names)]
    sums = [fsum(float(str(row.values[name])) for row in known) for name in names]
    unknown = len(chosen) - len(known) + met.count(None) + untold
    if not known or (measure.figure == "ratio" and not sums[1]):
        return Tally(len(chosen), len(known), unknown)
    value = 100 * sums[0] / sums[1] if measure.figure == "ratio" else sums[0] / len(known)
    return Tally(len(chosen), len(known), unknown, value)


def _meets(row: RegisterRow, asked: _Asked) -> bool | None:
    """Whether a row holds what is asked; None where a cell is empty and nothing else decides."""
    told = [_holds(row.values.get(column), values) for column, values in asked.items()]
    return False if False in told else None if None in told else True


def _holds(cell: Cell | None, values: tuple[str | int | float | bool, ...]) -> bool | None:
    if cell is None:
        return None
    text = cell.isoformat() if isinstance(cell, date) else cell
    return any(text == value and isinstance(text, bool) == isinstance(value, bool) for value in values)


def _day(cell: Cell | None, zone: str) -> date | None:
    if isinstance(cell, date):
        return cell
    return local_day(cell, zone) if isinstance(cell, int) and not isinstance(cell, bool) else None


def survey_told(survey: model.Survey, figure: str, spans: Sequence[Span]) -> dict[Span, Tally]:
    """Runs in the period in which they ended, with the answers to single tickets of its days; every answer counts alike."""
    return {span: _survey_tally(survey, figure, span) for span in spans}


def _survey_tally(survey: model.Survey, figure: str, span: Span) -> Tally:
    runs = [run for run in survey.results if (day := run.period.end or run.asked) and span.start <= day <= span.end]
    single = [one for one in survey.responses if one.on and span.start <= one.on <= span.end]
    counts = [0] * len(survey.scale)
    for run in runs:
        for row in run.counts.values():
            counts = [have + more for have, more in zip(counts, row, strict=True)]
    for one in single:
        for score in one.scores.values():
            counts[score - 1] += 1
    people = sum(run.answered for run in runs) + len(single)
    if figure == "response":
        invited = sum(run.invited for run in runs)
        return Tally(invited, sum(run.answered for run in runs))
    answers = sum(counts)
    if not answers or people < survey.least_answers:
        return Tally(people)
    if figure == "satisfied":
        good = {place for place, step in enumerate(survey.scale) if step.satisfied} or set(
            range(len(counts) - 2, len(counts))
        )
        share = sum(counts[place] for place in good) / answers
        return Tally(people, round(people * share), 0, 100 * share)
    points = fsum(step.points * count for step, count in zip(survey.scale, counts, strict=True))
    return Tally(people, people, 0, points / answers)


def definitions_told(
    definitions: Definitions,
    system: Callable[[], System] | None,
    figure: DefinitionFigure,
    spans: Sequence[Span],
    as_of: date,
) -> Told:
    """Shares of the definitions at the end of each period; what was only known later is told of the last period alone."""
    counts: Mapping[str, Callable[[date], Tally]] = {
        "new-services": lambda day: _new_services(definitions, day),
        "services-with-agreement": lambda day: _with_agreement(definitions, day),
        "reviews-in-time": lambda day: _reviewed(definitions, day),
        "roles-filled": lambda day: _filled(definitions, day),
        "contracts-fitting": lambda day: _fitting(definitions, system, day),
    }
    if figure == "contracts-fitting" and system is None:
        return "no-system"
    only_now = figure in ("reviews-in-time", "contracts-fitting")
    told = spans[-1:] if only_now else spans
    return {span: counts[figure](min(span.end, as_of)) for span in told}


def live_services(definitions: Definitions, day: date) -> list[model.Service]:
    """The services that are live on a day, as far as they say since when."""
    return [service for service in definitions.services.values() if _stage(service, day) == "live"]


def _stage(service: model.Service, day: date) -> str:
    if not in_force(service.effective, day):
        return ""
    begun = [(since, stage) for stage, since in service.stages.items() if since <= day]
    if service.stages and not begun and service.stage in service.stages:
        return ""
    return max(begun)[1] if begun else service.stage


def supporting(definitions: Definitions) -> list[model.OperationalAgreement | model.Contract]:
    """Every agreement that supports others."""
    found: list[model.OperationalAgreement | model.Contract] = [*definitions.operational_agreements.values()]
    return [*found, *definitions.contracts.values()]


def _new_services(definitions: Definitions, day: date) -> Tally:
    live = live_services(definitions, day)
    began = [service.stages.get("live") or service.effective.start for service in live]
    new = [since for since in began if since and months_after(since, 12) > day]
    return Tally(len(live), len(new))


def _with_agreement(definitions: Definitions, day: date) -> Tally:
    live = live_services(definitions, day)
    promised = {s for a in definitions.agreements.values() if in_force(a.effective, day) for s in a.services}
    supported = {s for one in supporting(definitions) if in_force(one.effective, day) for s in one.terms.services}
    told = [s for s in live if s.id in promised or (s.type == "technical" and s.id in supported)]
    return Tally(len(live), len(told))


def _reviewed(definitions: Definitions, day: date) -> Tally:
    dues = [
        d.review.due(d.effective.start)
        for d in definitions.every()
        if d.review and not (d.effective.end and d.effective.end < day)
    ]
    known = [due for due in dues if due is not None]
    return Tally(len(dues), sum(due >= day for due in known), len(dues) - len(known))


def _filled(definitions: Definitions, day: date) -> Tally:
    held = {t.role for t in tenures(definitions.assignments.values(), definitions.positions) if in_force(t.period, day)}
    roles = [role for role in definitions.roles.values() if in_force(role.effective, day)]
    return Tally(len(roles), sum(role.id in held for role in roles))


def _fitting(definitions: Definitions, system: Callable[[], System] | None, day: date) -> Tally:
    asked = {one.id for one in supporting(definitions) if one.terms.supports and in_force(one.effective, day)}
    problems = target_does_not_fit.check(system()) if system else ()
    wrong = {str(problem.values["leg"]).split()[0] for problem in problems} & asked
    return Tally(len(asked), len(asked) - len(wrong))


def maturity_told(
    definitions: Definitions, of: str, process: str, spans: Sequence[Span], as_of: date, shown: Shown
) -> Told:
    """Levels by the last assessment up to the end of each period that rates processes; what nobody rated is at level 0."""
    rating = {q.id for q in definitions.questionnaires.values() if any(d.process for d in q.dimensions)}
    every = [a for a in definitions.assessments.values() if a.questionnaire in rating and a.assessed]
    if not every:
        return "no-assessment"
    return {span: _levels(definitions, every, of, process, span, as_of, shown) for span in spans}


def _levels(
    definitions: Definitions,
    every: Sequence[model.Assessment],
    of: str,
    process: str,
    span: Span,
    as_of: date,
    shown: Shown,
) -> Tally:
    day = min(span.end, as_of)
    past = sorted((a.assessed, a.id, a) for a in every if a.assessed and a.assessed <= day)
    if not past:
        return Tally(0)
    # What tickets show now says nothing about an earlier time: only the last period is held to it.
    found: Assessed = assess(definitions, past[-1][2], shown if span.end >= as_of else Shown(None, shown.clauses))
    results = [d for d in found.dimensions if d.dimension.process and (of == "all" or d.dimension.process == process)]
    levels = [d.shown.level or 0 for d in results]
    unknown = sum(d.shown.level is None for d in results)
    return Tally(len(levels), len(levels), unknown, sum(levels) / len(levels) if levels else None)
