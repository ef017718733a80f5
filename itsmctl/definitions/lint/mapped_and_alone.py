"""A requirement is mapped to others or said to stand alone, never both.

一项要求要么与其他要求对应，要么注明独立，不能两者兼有。

Why
    A crosswalk that says both of one requirement is read by each reader as they like it.

    对照表若对同一要求两种说法都有，读者便各取所需。

Passes
    kind: crosswalk
    id: own-and-other
    frameworks: [own, other]
    subjects:
      - {id: incident, title: Incident, clauses: ["own:1", "other:1"]}
    alone:
      - {clauses: ["own:2"], why: Only ours asks for it}

Fails
    kind: crosswalk
    id: own-and-other
    frameworks: [own, other]
    subjects:
      - {id: incident, title: Incident, clauses: ["own:1", "other:1"]}
    alone:
      - {clauses: ["own:1"], why: Only ours asks for it}  # <-

Remedy
    Take it out of `alone`, or out of the subject.

    从 `alone` 或者从主题中删去。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.references import values_at
from itsmctl.errors import Problem, Severity

CODE = "mapped-and-alone"
SEVERITY: Severity = "error"
READS = ("crosswalk",)


def check(system: System) -> Iterator[Problem]:
    """Requirements under `alone` that a subject names as well, by themselves or by a heading."""
    for crosswalk in system.all(model.Crosswalk):
        mapped = [clause for subject in crosswalk.definition.subjects for clause in subject.clauses]
        for path, clause in values_at(crosswalk.document.data, "alone/*/clauses/*"):
            if any(model.within(clause, other) or model.within(other, clause) for other in mapped):
                template = "{clause} is said to stand alone, but a subject names it"
                yield Problem(CODE, template, crosswalk.where(*path), {"clause": clause}, SEVERITY)
