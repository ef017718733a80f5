"""What a comparison of two management systems yields: changes, each with what it means for whoever is judged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from itsmctl.errors import Where
from itsmctl.marks import Path_, Value

Effect = Literal["loosened", "review", "tightened", "structural", "neutral"]
"""What a change does to the demands: fewer, unknown, more, or none (who and how, or only words)."""

EFFECTS: tuple[Effect, ...] = ("loosened", "review", "tightened", "structural", "neutral")
"""In the order in which a reviewer wants to see them."""


def joined(names: Sequence[str]) -> str:
    """Names as one path; a slash inside of a name is written `~1`, as JSON Pointer does."""
    return "/".join(name.replace("~", "~0").replace("/", "~1") for name in names)


def parted(path: str) -> tuple[str, ...]:
    """The names in a path."""
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in path.split("/")) if path else ()


@dataclass(frozen=True)
class Change:
    """One change of meaning in one definition."""

    code: str
    """Stable name of this sort of change, as `sla-target-changed`."""
    effect: Effect
    kind: str
    id: str
    """Id of the definition, as the newer side has it."""
    path: str
    """What changed in it, in names that stay when lines move: `clocks/resolution/targets/P1/within`; empty for all of it."""
    old: Value
    """The value before; None where there was none."""
    new: Value
    base_location: Where | None
    """Where the old value stands, or the nearest part around it; None where the definition did not exist."""
    head_location: Where | None
    approvers: tuple[str, ...]
    """Ids of the roles that must approve it."""
    base_path: Path_ = ()
    """How to get to the old value in its document."""
    head_path: Path_ = ()

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that stay the same in whatever commit and on whatever line the change stands."""
        told = json.dumps([self.kind, self.id, self.path, self.old, self.new], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]
