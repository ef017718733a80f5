"""Changes for machines, format `itsmctl/diff/v1`; its schema lies beside this module."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from itsmctl.change import EFFECTS, Change
from itsmctl.errors import Where
from itsmctl.output import schema_beside

FORMAT = "itsmctl/diff/v1"


def as_json(changes: Sequence[Change], base: str = "", head: str = "") -> str:
    """The comparison as JSON, the same bytes in every language; `base` and `head` are commits, where there are any."""
    number = Counter(change.effect for change in changes)
    document = {
        "format": FORMAT,
        "base": {"commit": base},
        "head": {"commit": head},
        "summary": {effect: number[effect] for effect in EFFECTS},
        "changes": [entry(change) for change in changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def entry(change: Change) -> dict[str, object]:
    """One change as plain values."""
    return {
        "code": change.code,
        "class": change.effect,
        "kind": change.kind,
        "id": change.id,
        "path": change.path,
        "old": change.old,
        "new": change.new,
        "base_location": _place(change.base_location),
        "head_location": _place(change.head_location),
        "approvers": list(change.approvers),
        "fingerprint": change.fingerprint,
    }


def diff_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the comparison as JSON."""
    return schema_beside(__file__, "diff")


def _place(where: Where | None) -> str | None:
    return None if where is None else str(where)
