"""Procedures and the activities that they detail name each other.

规程与其所细化的活动互相指明。

Why
    Whoever stands at an activity looks there for the way to do it. A procedure that its activity does not name is a document in a
    drawer; one that an activity names without being about it sends people astray.

    做某项活动的人会在那里找做法。活动没有提到的规程是抽屉里的文件；活动提到却与之无关的规程会把人引错。

Passes
    kind: procedure
    id: incident-handling
    process: incident
    activities: [IM1]
    ---
    kind: process
    id: incident
    activities:
      - {id: IM1, title: Record, lane: first-line, procedures: [incident-handling]}

Fails
    kind: procedure
    id: incident-handling
    process: incident
    activities:
      - IM1  # <-
    ---
    kind: process
    id: incident
    activities:
      - {id: IM1, title: Record, lane: first-line}
      - {id: IM2, title: Classify, lane: first-line, procedures: [incident-handling]}  # <-

Remedy
    Add the procedure to `procedures` of the activity, or the activity to `activities` of the procedure.

    将规程加入活动的 `procedures`，或将活动加入规程的 `activities`。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.errors import Problem, Severity

CODE = "procedure-unnamed"
SEVERITY: Severity = "warning"
READS = ("procedure", "process")


def check(system: System) -> Iterator[Problem]:
    """Procedures whose activity does not name them, and activities that name a procedure about something else."""
    for process in system.all(model.Process):
        yield from _activities(system, process)
    for procedure in system.all(model.Procedure):
        own = system.find(model.Process, procedure.definition.process)
        named = {a.id: set(a.procedures) for a in own.definition.activities} if own else {}
        for position, activity in enumerate(procedure.definition.activities):
            if activity in named and named[activity].isdisjoint(_names(procedure)):
                yield Problem(
                    CODE,
                    "activity {activity} does not name this procedure",
                    procedure.where("activities", position),
                    {"activity": activity},
                    SEVERITY,
                )


def _activities(system: System, process: Placed[model.Process]) -> Iterator[Problem]:
    for number, activity in enumerate(process.definition.activities):
        for position, id_ in enumerate(activity.procedures):
            procedure = system.find(model.Procedure, id_)
            if procedure and (
                system.find(model.Process, procedure.definition.process) is not process
                or activity.id not in procedure.definition.activities
            ):
                yield Problem(
                    CODE,
                    "procedure {id} is not about activity {activity} of {process}",
                    process.where("activities", number, "procedures", position),
                    {"id": id_, "activity": activity.id, "process": process.definition.id},
                    SEVERITY,
                )


def _names(procedure: Placed[model.Procedure]) -> tuple[str, ...]:
    return procedure.definition.id, *procedure.definition.aliases
