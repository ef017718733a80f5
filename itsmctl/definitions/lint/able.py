"""The eight "-able" principles 八可原则: how far each process is what a process should be, as its definitions show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from itsmctl import model
from itsmctl.definitions.lint.held import held_roles
from itsmctl.definitions.lint.system import System
from itsmctl.model import Process, Text
from itsmctl.model.periods import in_force

Share = tuple[int, int]
"""How many of how many."""


def points_of(there: int, wanted: int) -> int:
    """So many of so many in per cent, rounded down: only what is whole is 100, and so is what asks for nothing."""
    return 100 * there // wanted if wanted else 100


@dataclass(frozen=True)
class Score:
    """How far a process keeps one principle, from 0 to 100: the share of what is counted that is there."""

    principle: str
    there: int
    wanted: int

    @property
    def points(self) -> int:
        """The share in per cent."""
        return points_of(self.there, self.wanted)


@dataclass(frozen=True)
class Facts:
    """What is known about a system, looked up once for all its processes."""

    system: System
    held: frozenset[str]
    answers: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    instructed: frozenset[tuple[str, str]]
    audited: frozenset[str]


@dataclass(frozen=True)
class Principle:
    """One of the eight, and what is counted for it."""

    id: str
    title: Text
    counts: Text
    share: Callable[[Facts, Process], Share]


def facts_of(system: System) -> Facts:
    """Look up who holds what, who answers for what, what is instructed and what is audited."""
    answers = {matrix.definition.process: matrix.definition.activities for matrix in system.all(model.Raci)}
    instructed = {(p.definition.process, a) for p in system.all(model.Procedure) for a in p.definition.activities}
    audited = {process for plan in system.all(model.AuditPlan) for process in plan.definition.processes}
    held = {tenure.role for tenure in held_roles(system) if in_force(tenure.period, system.as_of)}
    return Facts(system, frozenset(held), answers, frozenset(instructed), frozenset(audited))


def scores(system: System) -> Iterator[tuple[Process, Sequence[Score]]]:
    """The eight scores of each process, in the order of the files."""
    facts = facts_of(system)
    for process in system.all(Process):
        p = process.definition
        yield p, [Score(one.id, *one.share(facts, p)) for one in PRINCIPLES]


def _share(found: Sequence[bool]) -> Share:
    return sum(found), len(found)


def _definable(facts: Facts, p: Process) -> Share:
    sections: list[bool] = [bool(p.purpose.en or p.purpose.zh), bool(p.scope.en or p.scope.zh)]
    sections += [bool(p.owner and p.manager), bool(p.inputs and p.outputs), p.id in facts.answers]
    sections += [bool(p.kpis), bool(p.interfaces), all(p.principles.get(name) for name in _SIX)]
    if p.states:
        sections += [bool(p.codes), bool(p.form)]
    return _share(sections)


_SIX = ("general", "responsibility", "assignment", "closure", "notification", "escalation")


def _repeatable(facts: Facts, p: Process) -> Share:
    return _share([bool(a.procedures) or (p.id, a.id) in facts.instructed for a in p.activities])


def _measurable(facts: Facts, p: Process) -> Share:
    found = [facts.system.find(model.Kpi, name) for name in p.kpis]
    return _share(
        [kpi is not None and not isinstance(kpi.definition.measure, model.Attested) for kpi in found] or [False]
    )


def _improvable(facts: Facts, p: Process) -> Share:
    found = [facts.system.find(model.Kpi, name) for name in p.kpis]
    gives = any("improvement" in one.processes for one in p.outputs) or p.id == "improvement"
    takes = any("improvement" in one.processes for one in p.inputs) or p.id == "improvement"
    return _share([p.review is not None, gives, takes, any(kpi and kpi.definition.supports for kpi in found)])


def _visualisable(_: Facts, p: Process) -> Share:
    named = [bool(a.title.en and a.title.zh) for a in p.activities]
    forks = [bool(flow.when.en or flow.when.zh) for a in p.activities if len(a.flows) > 1 for flow in a.flows]
    return _share(named + forks)


def _executable(facts: Facts, p: Process) -> Share:
    cells = facts.answers.get(p.id, {})
    roles = [(*cells.get(a.id, {}).get("R", ()), *cells.get(a.id, {}).get("A", ())) for a in p.activities]
    return _share([bool(found) and set(found) <= facts.held for found in roles])


def _traceable(facts: Facts, p: Process) -> Share:
    met = [
        name == model.OUTSIDE or _meets(facts.system, name, p.id, one.id, side)
        for side, artefacts in (("inputs", p.outputs), ("outputs", p.inputs))
        for one in artefacts
        for name in one.processes
    ]
    return _share([*met, bool(p.version), bool(p.clauses)])


def _meets(system: System, other: str, mine: str, artefact: str, side: str) -> bool:
    found = system.find(Process, other)
    if found is None:
        return False
    artefacts = found.definition.inputs if side == "inputs" else found.definition.outputs
    return any(one.id == artefact and mine in one.processes for one in artefacts)


def _auditable(facts: Facts, p: Process) -> Share:
    sentences = [bool(s.rules) for items in p.principles.values() for s in items] if p.states else []
    return _share([*sentences, p.id in facts.audited, bool(p.clauses)])


PRINCIPLES: tuple[Principle, ...] = (
    Principle("definable", Text("Definable", "可定义"), Text("sections of the design that are there", "已写明的设计内容"), _definable),
    Principle("repeatable", Text("Repeatable", "可重复"), Text("activities with a procedure or work instruction", "有规程或操作指示的活动"), _repeatable),
    Principle("measurable", Text("Measurable", "可计量"), Text("indicators computed from data", "由数据计算得出的指标"), _measurable),
    Principle("improvable", Text("Improvable", "可改进"), Text("review cycle, way to and from improvement, a goal served", "评审周期、与改进流程的往来、所支撑的目标"), _improvable),
    Principle("visualisable", Text("Visualisable", "可视化"), Text("activities named in both languages, and ways that say when", "双语命名的活动和写明条件的分支"), _visualisable),
    Principle("executable", Text("Executable", "可执行"), Text("activities whose responsible and accountable roles are held", "执行与负责角色均有人担任的活动"), _executable),
    Principle("traceable", Text("Traceable", "可追溯"), Text("artefacts known at both ends, version and requirements named", "两端一致的产物、版本和所依据的条款"), _traceable),
    Principle("auditable", Text("Auditable", "可审计"), Text("sentences of its policy with a rule, an audit, requirements named", "有规则检验的原则语句、审核安排和所依据的条款"), _auditable),
)  # fmt: skip
"""In the order of the presentation."""
