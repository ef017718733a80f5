"""A nonconformity is closed only with a cause, finished actions, and the finding that they worked.

不符合项须查明原因、完成措施并确认有效后才能关闭。

Why
    Done is not effective. ISO/IEC 20000-1 (10.1) asks whether the action worked; closing without looking is how the same finding
    comes back next year.

    做了不等于有效。ISO/IEC 20000-1（10.1）要求评审措施的有效性；不看效果就关闭，明年会再次出现同样的发现。

Passes
    kind: nonconformity
    id: nc-2026-02
    cause: The form lets people close without a code
    actions:
      - {what: Ask for the code on closing, owner: Zhao Lei, due: 2026-04-30, done: 2026-04-20}
    effectiveness: {by: Xu Jing, on: 2026-06-20, result: effective}
    closed: 2026-06-22

Fails
    kind: nonconformity
    id: nc-2026-02
    cause: The form lets people close without a code
    actions:
      - {what: Ask for the code on closing, owner: Zhao Lei, due: 2026-04-30, done: 2026-04-20}
    closed: 2026-06-22  # <-

Remedy
    Let somebody who did not take the action look at records from after it, and write down what they saw. Until then it stays
    open.

    请未执行措施的人查看措施之后的记录并写明所见。在此之前保持开放。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "closed-unfinished"
SEVERITY: Severity = "error"
READS = ("nonconformity",)


def check(system: System) -> Iterator[Problem]:
    """Closed nonconformities that lack what closing asks for."""
    for nonconformity in system.all(model.Nonconformity):
        n = nonconformity.definition
        if n.closed is None:
            continue
        missing = [] if n.cause.en or n.cause.zh else ["cause"]
        missing += [] if n.actions and all(action.done for action in n.actions) else ["actions"]
        missing += [] if n.effectiveness and n.effectiveness.result == "effective" else ["effectiveness"]
        if missing:
            template = "closed without what closing asks for: {missing}"
            yield Problem(CODE, template, nonconformity.where("closed"), {"missing": ", ".join(missing)}, SEVERITY)
