"""Whatever is reviewed at intervals has been reviewed in time.

凡规定定期评审的，都已按时评审。

Why
    A review cycle is a promise to look again. Where nobody looked, the text may still be right, but nobody can say so (7.5.3).

    评审周期是“会再看一遍”的承诺。没有人看过，内容或许仍然正确，但谁也不敢这么说（7.5.3）。

Passes
    # --as-of 2026-06-30
    kind: kpi
    id: incident-backlog
    review: {every: 12mo, last: 2025-07-01}

Fails
    # --as-of 2026-06-30
    kind: kpi
    id: incident-backlog
    review: {every: 12mo, last: 2025-06-29}  # <-

Remedy
    Review it, correct what is no longer so, and write the day under `review.last`. A date without a review is a
    nonconformity of its own.

    实际评审，更正已不符之处，并将日期写入 `review.last`。只改日期而不评审，本身就是不符合。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.definitions.lint.system import System
from itsmctl.definitions.schema import kinds
from itsmctl.errors import Problem, Severity

CODE = "review-overdue"
SEVERITY: Severity = "warning"
READS = tuple(kinds())
ALONE = True


def check(system: System) -> Iterator[Problem]:
    """Definitions whose next review was due before the day named; without a day, none."""
    if system.as_of is None:
        return
    for entry in system.entries:
        d = entry.definition
        due = d.review.due(d.effective.start) if d.review else None
        ended = d.effective.end is not None and d.effective.end < system.as_of
        if d.review is None or due is None or due >= system.as_of or ended:
            continue
        path = ("review", "last") if d.review.last else ("review",)
        yield Problem(
            CODE,
            "the review of {kind} {id} was due on {due}",
            entry.document.where(path),
            {"kind": d.kind, "id": d.id, "due": due},
            SEVERITY,
        )
