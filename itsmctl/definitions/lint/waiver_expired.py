"""No waiver claims records from after its own end.

豁免不得涵盖其到期之后的记录。

Why
    A waiver that has expired and still names records without an end excuses nothing any more, but looks as if it did: the
    deviation goes on without anybody's approval. One whose records all lie before its end is history, and stays.

    已到期却仍无限期地涵盖记录的豁免不再有效，看上去却仍像有效：偏差在无人批准的情况下继续。
    所涵盖记录全部早于到期时刻的豁免属于历史，应予保留。

Passes
    # --as-of 2026-06-30
    kind: waiver
    id: no-closure-codes
    opened: {from: 2026-04-01, to: 2026-04-30}
    expires: "2026-05-01T00:00:00+08:00"

Fails
    # --as-of 2026-06-30
    kind: waiver
    id: no-closure-codes
    opened: {from: 2026-04-01}
    expires: "2026-05-01T00:00:00+08:00"  # <-

Remedy
    Write the last day of the records that it excuses under `opened.to`; if the deviation goes on, have it approved anew, with a
    new expiry.

    在 `opened.to` 写明所豁免记录的最后一天；偏差仍在继续的，重新批准并设定新的到期时间。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from itsmctl import model
from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity

CODE = "waiver-expired"
SEVERITY: Severity = "warning"
READS = ("waiver",)
_EASTERNMOST = timedelta(hours=14)
"""A day begins so much earlier there than in UTC: what had expired before it began has expired everywhere."""


def check(system: System) -> Iterator[Problem]:
    """Waivers that had expired before the day named began and go on claiming records; without a day, none."""
    if system.as_of is None:
        return
    begins = datetime.combine(system.as_of, time(), UTC) - _EASTERNMOST
    for waiver in system.all(model.Waiver):
        w = waiver.definition
        last = w.opened.end or w.effective.end
        claims_more = last is None or datetime.combine(last, time(), UTC).timestamp() > w.expires
        if w.expires < begins.timestamp() and claims_more:
            template = "waiver {waiver} of {rule} has expired, but claims records from after its end"
            yield Problem(CODE, template, waiver.where("expires"), {"waiver": w.id, "rule": w.rule}, SEVERITY)
