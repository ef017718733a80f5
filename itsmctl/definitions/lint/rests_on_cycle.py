"""No rule rests on itself, not even through others.

任何规则都不得以自身为前提，间接也不行。

Why
    A rule is judged after those that it rests on, and is not testable where one of them fails. In a circle none can be
    judged first, and no audit can begin.

    规则在其前提之后判定，前提不通过时不可测试。循环之中没有一条能够先判定，审核无法开始。

Passes
    kind: rule
    id: INC-06
    rests-on: [DQ-06]
    ---
    kind: rule
    id: DQ-06

Fails
    kind: rule
    id: INC-05
    rests-on: [INC-06]  # <-
    ---
    kind: rule
    id: INC-06
    rests-on: [INC-05]

Remedy
    Keep the direction in which an error spreads: the rule whose verdict means nothing on bad data rests on the one that
    looks at the data.

    保留错误传播的方向：数据不可靠时判定便无意义的规则，以检查该数据的规则为前提。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.graphs import circles
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "rests-on-cycle"
SEVERITY: Severity = "error"
READS = ("rule",)


def check(system: System) -> Iterator[Problem]:
    """One problem for each circle, at the first rule of it."""
    rules = {rule.definition.id: rule for rule in system.all(model.Rule)}
    steps = {id_: rule.definition.rests_on for id_, rule in rules.items()}
    for start, position, circle in circles(steps):
        where, values = rules[start].where("rests-on", position), {"circle": " → ".join(circle)}
        yield Problem(CODE, "the rules rest on each other in a circle: {circle}", where, values, SEVERITY)
