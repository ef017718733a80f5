"""A process keeps the eight "-able" principles (八可) far enough to be worked with.

流程达到“八可”原则的最低要求，足以据以开展工作。

Why
    Definable, repeatable, measurable, improvable, visualisable, executable, traceable, auditable: each is the share of what
    is counted for it that the definitions have, from 0 to 100. `itsmctl rules show eight-able` shows what is counted and the scores
    of each process. Three of them are a matter of writing alone, and below the limit the definition cannot be worked
    with: definable and visualisable 75, executable 50. The others grow with use and are shown without a limit.

    可定义、可重复、可计量、可改进、可视化、可执行、可追溯、可审计：每项得分为应有内容中已具备的比例，0至100。
    `itsmctl rules show eight-able` 显示计分内容和各流程得分。其中三项只取决于是否写明，低于下限便无法据以开展工作：
    可定义、可视化75分，可执行50分。其余各项随使用逐步提高，只显示得分，不设下限。

Passes
    kind: process
    id: change
    activities:
      - {id: CM1, title: {en: Assess, zh: 评估}, lane: team}
    ---
    kind: raci
    id: raci-change
    process: change
    activities:
      CM1: {R: [change-manager], A: [change-manager]}
    ---
    kind: assignment
    id: change-manager
    person: Zhao Lei
    role: change-manager

Fails
    kind: process
    id: change  # <-
    activities:
      - {id: CM1, title: {en: Assess, zh: 评估}, lane: team}
    ---
    kind: raci
    id: raci-change
    process: change
    activities:
      CM1: {R: [change-manager], A: [change-manager]}

Remedy
    Look at what is counted for the principle, and add what is missing: sections, titles in both languages, conditions of ways
    that part, holders of roles.

    查看该原则的计分内容并补齐所缺：设计内容、双语名称、分支条件、角色担任者。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.able import scores
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "eight-able"
SEVERITY: Severity = "warning"
READS = ("assignment", "audit", "kpi", "position", "procedure", "process", "raci")
TELLS = ("process",)
LEAST = {"definable": 75, "visualisable": 75, "executable": 50}
"""Points below which a definition cannot be worked with."""


def check(system: System) -> Iterator[Problem]:
    """Processes with fewer points than the least for a principle."""
    for process, found in scores(system):
        placed = system.find(model.Process, process.id)
        for score in found:
            least = LEAST.get(score.principle, 0)
            if placed is not None and score.points < least:
                template = "process {process} is {principle} to {points} of 100 ({there} of {wanted}); at least {least}"
                values = {
                    "process": process.id,
                    "principle": score.principle,
                    "points": score.points,
                    "there": score.there,
                    "wanted": score.wanted,
                    "least": least,
                }
                yield Problem(CODE, template, placed.where("id"), values, SEVERITY)
