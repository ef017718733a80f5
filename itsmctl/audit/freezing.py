"""What a baseline is made of: every failure of an audit that no waiver excuses, and what is left of one after the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from itsmctl.audit import AuditOptions, Progress, audit
from itsmctl.definitions.baselines import entries
from itsmctl.engine.known import failing
from itsmctl.engine.session import Session
from itsmctl.model import GROUPED, Definitions, Rule
from itsmctl.result import AuditResult
from itsmctl.scratch import scratch


@dataclass(frozen=True)
class Frozen:
    """The failures of an audit as they stand under `findings`, and the audit itself."""

    findings: list[dict[str, Any]]
    result: AuditResult


def freeze(definitions: Definitions, dataset: Path, options: AuditOptions, progress: Progress | None = None) -> Frozen:
    """Audit a dataset and list every failure by rule and by record or group; questions of enquiries are none.

    Every verdict is kept meanwhile, so that a baseline named in the options learns which of its findings are gone.
    """
    found: list[dict[str, Any]] = []

    def take(session: Session, verdicts: Path, rules: Sequence[Rule]) -> None:
        wanted = {rule.id: rule for rule in rules}
        groups = [rule.check for rule in rules if rule.check in GROUPED]
        found.extend(entries((one for one in failing(session) if one[0] in wanted), wanted, groups))

    with scratch() as folder:
        whole = replace(options, all_verdicts=True)
        result = audit(
            definitions, dataset, whole, verdicts=folder / "verdicts.parquet", findings=take, progress=progress
        )
    return Frozen(found, result)
