"""Every requirement of the frameworks that a crosswalk joins has its place in it.

对照表所连接的框架，其每项要求在表中都有位置。

Why
    What a crosswalk passes over in silence may have no counterpart, or may have been forgotten; nobody can tell which.

    对照表中默默略过的要求，可能没有对应，也可能被遗漏，谁也分不清。

Passes
    kind: framework
    id: own
    clauses: [{number: "1", title: Incident}, {number: "2", title: Poetry}]
    ---
    kind: crosswalk
    id: own-and-other
    frameworks: [own, other]
    subjects:
      - {id: incident, title: Incident, clauses: ["own:1"]}
    alone:
      - {clauses: ["own:2"], why: Only ours asks for it}

Fails
    kind: framework
    id: own
    clauses: [{number: "1", title: Incident}, {number: "2", title: Poetry}]
    ---
    kind: crosswalk
    id: own-and-other
    frameworks:
      - own  # <-
      - other
    subjects:
      - {id: incident, title: Incident, clauses: ["own:1"]}

Remedy
    Name it under a subject, or under `alone` with the reason.

    将其列入某个主题，或者列入 `alone` 并说明原因。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "clause-not-mapped"
SEVERITY: Severity = "error"
READS = ("crosswalk", "framework")
TELLS = ("crosswalk",)


def check(system: System) -> Iterator[Problem]:
    """Requirements that no subject names and that are not said to stand alone."""
    for crosswalk in system.all(model.Crosswalk):
        c = crosswalk.definition
        placed = [clause for subject in c.subjects for clause in subject.clauses] + list(c.alone)
        for position, name in enumerate(c.frameworks):
            framework = system.find(model.Framework, name)
            for leaf in framework.definition.leaves() if framework else ():
                if not model.covers(placed, f"{name}:{leaf.number}"):
                    template = "{clause} has no place in the crosswalk; name it under a subject, or under `alone` with the reason"
                    where = crosswalk.where("frameworks", position)
                    yield Problem(CODE, template, where, {"clause": f"{name}:{leaf.number}"}, SEVERITY)
