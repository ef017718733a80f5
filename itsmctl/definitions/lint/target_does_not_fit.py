"""Targets of operational agreements and contracts fit inside the target of the agreement that they support.

运营级别协议和支撑合同的时限，都能容纳在其支撑的服务级别协议的时限之内。

Why
    Whoever has promised the customer four hours cannot allow a supplier four hours, and not two in office hours either when
    the customer counts nights. What is compared is not the numbers but what they use up: a ticket may be opened at any
    moment; from there every leg takes the whole of its time (hand-over included), counted in its own calendar; legs of one
    step run side by side and the longest counts, steps follow one another. The promise holds if, for every such moment
    of the years that the calendars know, the customer's calendar has counted no more than the target when the last
    leg ends. Compared are the targets that the same records meet; where the conditions make so many
    combinations that not all can be tried, that is said. (ISO/IEC 20000-1, 8.3.4)

    对客户承诺四小时，就不能给供应商四小时；若客户的时钟夜间也走，办公时间内的两小时同样不行。
    比较的不是数字，而是消耗：工单可在任一时刻产生；自该时刻起，每一段都用足其时限（含交接），按各自日历计时；
    同一步骤的各段并行，取最长者，步骤之间先后相接。只有在日历已知年份的每一个时刻，最后一段结束时客户日历计得的时间都不超过目标，
    承诺才成立。只比较同一记录所适用的目标；条件组合过多、无法逐一尝试时会予以提示。（ISO/IEC 20000-1，8.3.4）

Passes
    kind: calendar
    id: always
    zone: Asia/Shanghai
    week: {mon: ["00:00-24:00"], tue: ["00:00-24:00"], wed: ["00:00-24:00"], thu: ["00:00-24:00"], fri: ["00:00-24:00"],
           sat: ["00:00-24:00"], sun: ["00:00-24:00"]}
    ---
    kind: sla
    id: sla-order
    services: [order]
    calendar: always
    clocks:
      resolution:
        title: Time to resolve
        targets: [{within: 4h}]
    ---
    kind: ola
    id: ola-network
    supports: [sla-order]
    calendar: always
    clocks:
      repair: {title: Time to repair, leg: resolution, step: 1, targets: [{within: 2h}]}
    ---
    kind: contract
    id: contract-line
    supports: [sla-order]
    calendar: always
    clocks:
      repair: {title: Time to repair, leg: resolution, step: 2, targets: [{within: 2h}]}

Fails
    kind: calendar
    id: always
    zone: Asia/Shanghai
    week: {mon: ["00:00-24:00"], tue: ["00:00-24:00"], wed: ["00:00-24:00"], thu: ["00:00-24:00"], fri: ["00:00-24:00"],
           sat: ["00:00-24:00"], sun: ["00:00-24:00"]}
    ---
    kind: calendar
    id: office
    zone: Asia/Shanghai
    week: {mon: ["09:00-17:00"], tue: ["09:00-17:00"], wed: ["09:00-17:00"], thu: ["09:00-17:00"], fri: ["09:00-17:00"]}
    ---
    kind: sla
    id: sla-order
    services: [order]
    calendar: always
    clocks:
      resolution:
        title: Time to resolve
        targets: [{within: 4h}]
    ---
    kind: ola
    id: ola-network
    supports: [sla-order]
    calendar: office
    clocks:
      repair:
        title: Time to repair
        leg: resolution
        targets:
          - {within: 2h}  # <-

Remedy
    Tighten the leg, lengthen its hours, or promise the customer what can be kept. Where not all could be compared, let the
    targets ask fewer columns or values. The message names the moment from which it
    does not work: play it through with `itsmctl clock`.

    收紧该段时限、延长其服务时间，或者只向客户承诺做得到的时限。未能全部比较时，请减少目标条件所用的列或取值。提示中给出了反例时刻，可用 `itsmctl clock` 逐段核对。
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from itsmctl import model
from itsmctl.definitions.lint.record_classes import MOST, combinations_of, meeting_targets
from itsmctl.definitions.lint.support import SupportingLeg, chains, window
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.errors import Problem, Severity
from itsmctl.worktime import Leg, WorstCase, always_open_with, duration_text, moment_text, worst_case

CODE = "target-does-not-fit"
SEVERITY: Severity = "warning"
READS = ("calendar", "contract", "ola", "sla")
TELLS = ("contract", "ola")

Chosen = Sequence[tuple[SupportingLeg, model.Target]]
"""Legs with the targets that one and the same record meets."""


def check(system: System) -> Iterator[Problem]:
    """One problem for each target of an agreement that what supports it can use up and more."""
    for sla in system.all(model.Agreement):
        calendar = system.find(model.Calendar, sla.definition.calendar)
        for clock in sla.definition.clocks.values() if calendar else ():
            told: set[tuple[object, object]] = set()
            for chain in chains(system, sla, clock.name):
                lists = [clock.targets, *(one.leg.targets for one in chain)]
                if (count := combinations_of(lists)) > MOST:
                    unsure = _not_compared(sla, clock, chain[0], count)
                    if (unsure.where, None) not in told:
                        told.add((unsure.where, None))
                        yield unsure
                for first, *others in meeting_targets(lists):
                    chosen = [(one, one.leg.targets[n]) for one, n in zip(chain, others, strict=True) if n is not None]
                    if first is None or not chosen or calendar is None:
                        continue
                    promised = clock.targets[first]
                    problem = _problem(sla, clock, promised, calendar.definition, chosen)
                    if problem and (problem.where, promised.where) not in told:
                        told.add((problem.where, promised.where))
                        yield problem


def _not_compared(
    sla: Placed[model.Agreement], clock: model.ClockDefinition, first: SupportingLeg, count: int
) -> Problem:
    values = {"leg": first.name, "sla": sla.definition.id, "clock": clock.name, "count": count, "most": MOST}
    template = "could not compare {leg} with {sla} {clock} for every record: the conditions of their targets make {count} combinations, of which {most} were tried"
    return Problem(CODE, template, first.agreement.where("clocks", first.leg.name), values, SEVERITY)


def _problem(
    sla: Placed[model.Agreement], clock: model.ClockDefinition, promised: model.Target, calendar: model.Calendar, chosen: Chosen
) -> Problem | None:  # fmt: skip
    target = _seconds(promised, calendar)
    first, last = window([calendar, *(one.calendar for one, _ in chosen)])
    if _fits_plainly(calendar, target, chosen, first, last):
        return None
    worst = worst_case(calendar, _steps(chosen), first, last)
    if worst.end is not None and worst.counted <= target:
        return None
    culprit, its_target = _culprit(chosen, calendar, target, first, last)
    others = [f"{one.name} ({t.text})" for one, t in chosen if one is not culprit]
    values = {
        "leg": culprit.name,
        "within": its_target.text,
        "others": " + ".join(others) or "–",
        "sla": sla.definition.id,
        "clock": clock.name,
        "target": promised.text,
        **_counter_example(worst, calendar),
    }
    if worst.end is None:
        template = "{leg} within {within} (with {others}) never ends for a ticket opened at {start}, but {sla} promises {clock} within {target}"
        return Problem(CODE, template, its_target.where, values, SEVERITY)
    template = "{leg} within {within} (with {others}) does not fit inside {sla} {clock} within {target}: opened at {start} it ends at {end}, after {counted}"
    return Problem(CODE, template, its_target.where, values, SEVERITY)


def _counter_example(worst: WorstCase, calendar: model.Calendar) -> dict[str, str]:
    end = moment_text(worst.end, calendar.zone) if worst.end is not None else ""
    return {"start": moment_text(worst.start, calendar.zone), "end": end, "counted": duration_text(worst.counted)}


def _fits_plainly(calendar: model.Calendar, target: int, chosen: Chosen, first: int, last: int) -> bool:
    """Whether it fits without looking at every moment: legs that run whenever the promise does use up no more than they count."""
    total = sum(max(leg.seconds for leg in step) for step in _steps(chosen))
    return total <= target and all(always_open_with(calendar, one.calendar, first, last) for one, _ in chosen)


def _culprit(
    chosen: Chosen, calendar: model.Calendar, target: int, first: int, last: int
) -> tuple[SupportingLeg, model.Target]:
    """The leg to name: one that does not fit even alone, else the longest."""
    for one, its_target in chosen:
        alone = worst_case(calendar, _steps([(one, its_target)]), first, last)
        if alone.end is None or alone.counted > target:
            return one, its_target
    return max(chosen, key=lambda pair: _leg(pair).seconds)


def _steps(chosen: Chosen) -> list[list[Leg]]:
    return [[_leg(pair) for pair in step] for _, step in groupby(chosen, key=lambda pair: pair[0].leg.step)]


def _leg(pair: tuple[SupportingLeg, model.Target]) -> Leg:
    one, target = pair
    return Leg(one.calendar, _seconds(target, one.calendar) + one.leg.hand_over)


def _seconds(target: model.Target, calendar: model.Calendar) -> int:
    return target.seconds + target.business_days * calendar.day_minutes * 60
